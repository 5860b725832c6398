"""The demo shop that its tests read: of which day, and its files as rows."""

import csv
from datetime import date
from zoneinfo import ZoneInfo

from kikubari.demo import DemoShop

NEWEST_ON = date(2026, 3, 30)  # the day after British clocks went forward
LONDON = ZoneInfo("Europe/London")


def read(shop: DemoShop, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    path = next(file.path for file in shop.files if file.path.name == name)
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))
