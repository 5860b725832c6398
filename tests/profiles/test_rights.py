"""An erased person is gone; a receipt that names nobody stays."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kikubari.profiles import Identifier
from kikubari.spec.errors import NotFoundError
from kikubari.storage import metadata

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def erase(shop, reference):
    number = shop.find(reference)
    return shop.state.write(
        lambda c: shop.rights.erase(c, number, receipt_id="ers_1", erased_at=NOW)
    )


def dump(shop):
    with shop.state.read() as connection:
        return "\n".join(
            str(list(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def test_nothing_of_an_erased_person_can_be_found(shop, make):
    shop.take_in(
        make.identify(
            "canary-1", anonymous_id="canary-device",
            traits={"email": "canary@x.jp", "name": "Canary Bird", "city": "Canaryville"},
        ),
        make.consent("canary-1", "granted"),
        make.identify("u2", anonymous_id="canary-device", minute=5),
    )  # fmt: skip
    assert "canary" in dump(shop)
    receipt = erase(shop, "canary@x.jp")
    assert "canary" not in dump(shop).lower()
    assert shop.find("canary-1") is None
    assert shop.ask(shop.profiles.search, "canary") == []
    assert [one.event.user_id for one in shop.log.read_range(1, 9)] == ["u2"]
    history = shop.ask(shop.ledger.history, receipt.profile)
    assert history == []
    assert shop.profile("u2").identifiers[0].identifier.value == "u2"


def test_the_receipt_proves_it_to_whoever_knows_the_address(shop, make):
    shop.take_in(make.identify("u1", traits={"email": "a@x.jp"}))
    numbers = shop.profile("u1").numbers
    receipt = erase(shop, "u1")
    assert receipt.numbers == numbers
    assert receipt.counts["identifier email"] == 1
    assert shop.rights.hash_identifier(Identifier("email", "a@x.jp")) in receipt.hashes
    assert shop.ask(shop.rights.list_receipts) == [receipt]


def test_the_same_person_comes_back_as_somebody_new(shop, make):
    shop.take_in(make.identify("u1", traits={"city": "Kyoto"}), make.consent("u1", "granted"))
    old = shop.find("u1")
    erase(shop, "u1")
    shop.take_in(make.identify("u1", minute=9))
    assert shop.find("u1") not in (None, old)
    assert shop.profile("u1").traits == {}
    assert shop.consent("u1").status == "unknown"


def test_nobody_to_erase(shop):
    with pytest.raises(NotFoundError):
        shop.state.write(lambda c: shop.rights.erase(c, 99, receipt_id="x", erased_at=NOW))
