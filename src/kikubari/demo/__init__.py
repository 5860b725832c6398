"""The demo shop: UCI Online Retail, completed by marked simulation, as ordinary import files."""

from kikubari.demo.contracts import DemoFile, DemoShop, Progress
from kikubari.demo.picture import product_image
from kikubari.demo.shop import VISITORS, write_demo_shop

__all__ = ["VISITORS", "DemoFile", "DemoShop", "Progress", "product_image", "write_demo_shop"]
