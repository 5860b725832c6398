"""Forty requests of customers, each whole within a minute by the wall, whatever their situation.

Eight requests: a copy, erasure, an objection, consent withdrawn, a restriction, one lifted, a
correction, a datum left alone. Five situations: nothing special; two people found to be one; on a
way with a message and a webhook call waiting; a device joined to them later; back from a back-up.

The table of results goes to where KIKUBARI_RIGHTS_TABLE names a file.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from rights_acts import Shops, do_request, people_of
from rights_shop import PROMISED, REQUESTS, RightsShop

from http_peer import serving
from installation import Installation

SITUATIONS = ("plain", "merged", "under_way", "device", "restored")
NETWORKS = "127.0.0.0/8"
CANARIES = people_of(SITUATIONS, "qz")
# Opens the columnar copy as the product does and says everything that is in it.
DUMP = """
import sys
from kikubari.app import Settings
from kikubari.app.engines import Engines
columnar = Engines(Settings(home=sys.argv[1])).columnar
for (name,) in columnar.query_rows("SHOW TABLES", {}):
    for row in columnar.query_rows(f"SELECT * FROM {name}", {}):
        print(row)
"""


@pytest.fixture(scope="module")
def peer() -> Iterator[object]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def shops(tmp_path_factory, peer) -> Iterator[Shops]:
    """The shop on SQLite, and another made of its back-up."""
    folder = tmp_path_factory.mktemp("requests")
    all_shops = Shops(CANARIES)
    settings = {"MAIL_DOMAIN": "shop.example", "WEBHOOK_NETWORKS": NETWORKS}
    with Installation(folder / "home", **settings).served() as first:
        shop = RightsShop(first, peer)
        shop.fill(CANARIES)
        shop.keep_waiting([one for key, one in CANARIES.items() if key[0] == "under_way"])
        first.json("backup", str(folder / "backup"))
        again = Installation(folder / "again", **settings)
        copytree(first.home / "keys", again.home / "keys")
        again.json("restore", str(folder / "backup"))
        with again.served():
            restored = RightsShop(again, peer)
            restored.take_over(shop)
            again.settle()
            all_shops.by_situation = dict.fromkeys(SITUATIONS, shop) | {"restored": restored}
            all_shops.original = shop
            yield all_shops


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_request_is_whole_within_a_minute(shops: Shops, situation: str, request_: str) -> None:
    do_request(shops, situation, request_)


@pytest.mark.parametrize("situation", ["plain", "restored"])
def test_the_columnar_copy_and_the_log_hold_nobody_who_was_erased(
    shops: Shops, situation: str
) -> None:
    """After all requests: what one engine holds is read by the engine, the rest as bytes."""
    shop = shops.by_situation[situation].installation
    shop.stop()
    try:
        dumped = subprocess.run(
            [sys.executable, "-c", DUMP, str(shop.home)],
            env=shop.environment, capture_output=True, text=True, timeout=60, check=True,
        ).stdout.lower()  # fmt: skip
    finally:
        shop.start()
    assert "order completed" in dumped
    gone = [one for key, one in CANARIES.items() if key[1] == "erase"]
    if situation == "plain":
        assert [one.canary for one in gone if one.canary in dumped] == []
    assert CANARIES[situation, "export"].canary in dumped


def test_all_forty_were_done_and_are_in_the_table(shops: Shops) -> None:
    assert shops.seconds.keys() == CANARIES.keys()
    assert max(shops.seconds.values()) < PROMISED
    if path := os.environ.get("KIKUBARI_RIGHTS_TABLE"):
        Path(path).write_text(table(shops.seconds))


def table(seconds: dict[tuple[str, str], float]) -> str:
    """Return the results as docs have them."""
    head = "| | " + " | ".join(SITUATIONS) + " |\n" + "|---" * (len(SITUATIONS) + 1) + "|\n"
    rows = [
        f"| {one} | "
        + " | ".join(
            f"{seconds[of, one]:.1f} s" if (of, one) in seconds else "" for of in SITUATIONS
        )
        + " |\n"
        for one in REQUESTS
    ]
    return head + "".join(rows)
