"""The same requests where PostgreSQL holds the state: each whole within a minute by the wall.

Eight requests in three situations: nothing special; on a way with a message and a webhook call
waiting; a device joined to them later. After all of them the data base is dumped as an operator
would, and nobody who was erased is in the dump: not in words, not in the bytes of its columns, not
packed.
"""

import re
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from rights_acts import Shops, do_request, people_of
from rights_shop import PROMISED, REQUESTS, RightsShop, left_in_files

from http_peer import serving
from installation import Installation
from postgres_server import find_binaries, own_database

pytestmark = pytest.mark.postgres

SITUATIONS = ("plain", "under_way", "device")
NETWORKS = "127.0.0.0/8"
CANARIES = people_of(SITUATIONS, "qpg")
ERASED = [one.canary for (_, request), one in CANARIES.items() if request == "erase"]
# How a dump writes the bytes of a column.
BYTES = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")


class Base:
    """The data base of the shop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def dump(self) -> bytes:
        """Return all that a dump says, in lower case: its words, its bytes, and those unpacked."""
        command = (find_binaries() or Path()) / "pg_dump"
        done = subprocess.run([command, self.url], capture_output=True, text=True, check=True)
        said = [done.stdout.encode()]
        for found in BYTES.findall(done.stdout):
            raw = bytes.fromhex(found)
            said.append(raw)
            with suppress(zlib.error):
                said.append(zlib.decompress(raw))
        return b"\n".join(said).lower()


@pytest.fixture(scope="module")
def base(postgres_url) -> Iterator[Base]:
    with own_database(postgres_url) as url:
        yield Base(url)


@pytest.fixture(scope="module")
def shops(tmp_path_factory, base: Base) -> Iterator[Shops]:
    folder = tmp_path_factory.mktemp("on-postgres")
    settings = {"MAIL_DOMAIN": "shop.example", "WEBHOOK_NETWORKS": NETWORKS}
    home = folder / "home"
    with (
        serving() as peer,
        Installation(home, DATABASE_URL=base.url, **settings).served() as running,
    ):
        shop = RightsShop(running, peer)
        shop.fill(CANARIES)
        shop.keep_waiting([one for key, one in CANARIES.items() if key[0] == "under_way"])
        all_shops = Shops(CANARIES)
        all_shops.by_situation = dict.fromkeys(SITUATIONS, shop)
        all_shops.original = shop
        yield all_shops


def test_what_is_looked_for_can_be_found(shops: Shops, base: Base) -> None:
    """Before anything is erased every canary is somewhere: the search would see it."""
    dumped = base.dump()
    home = shops.original.installation.home
    unseen = [one for one in ERASED if one.encode() not in dumped and not left_in_files(home, one)]
    assert unseen == []


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_request_on_postgresql_is_whole_within_a_minute(
    shops: Shops, situation: str, request_: str
) -> None:
    do_request(shops, situation, request_)


def test_no_dump_and_no_file_holds_anybody_who_was_erased(shops: Shops, base: Base) -> None:
    assert shops.seconds.keys() == CANARIES.keys()
    assert max(shops.seconds.values()) < PROMISED
    dumped = base.dump()
    assert CANARIES["plain", "export"].canary.encode() in dumped
    home = shops.original.installation.home
    left = {one: left_in_files(home, one) for one in ERASED}
    assert {one: files for one, files in left.items() if files} == {}
    assert [one for one in ERASED if one.encode() in dumped] == []
