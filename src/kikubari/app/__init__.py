"""Composition root: settings, engines and handlers wired to the Protocols that rooms declare."""

from kikubari.app.house import House as House
from kikubari.app.house import ProductPicture as ProductPicture
from kikubari.app.presence import Presence as Presence
from kikubari.app.presence import ServerAddress as ServerAddress
from kikubari.app.server import private_server as private_server
from kikubari.app.server import serve as serve
from kikubari.app.settings import Settings as Settings
from kikubari.app.settings import read_settings as read_settings
