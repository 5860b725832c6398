"""Restriction and objection: kept, not used, and back again."""

from datetime import UTC, datetime

import pytest

from kikubari.profiles import Limit, LimitReceipt, Restrictions
from kikubari.spec.errors import ConflictError, NotFoundError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.fixture
def limits(shop):
    class Asking:
        rules = Restrictions()

        def place(self, reference, kind=Limit.RESTRICTION, receipt_id="lim_1"):
            number = shop.find(reference)
            receipt = LimitReceipt(
                receipt_id=receipt_id, profile=number, kind=kind, placed_at=NOW,
                placed_by="support", reason="asked by letter",
            )  # fmt: skip
            shop.state.write(lambda c: self.rules.place(c, receipt))
            return receipt

        def lift(self, reference, kind=Limit.RESTRICTION):
            number = shop.find(reference)
            return shop.state.write(
                lambda c: self.rules.lift(c, number, kind, at=LATER, by="support")
            )

        def of(self, reference):
            number = shop.find(reference)
            return shop.ask(self.rules.find, [number]).get(number, frozenset())

    return Asking()


def test_a_limit_holds_until_it_is_lifted(shop, make, limits):
    shop.take_in(make.identify("u1"), make.identify("u2"))
    receipt = limits.place("u1")
    assert limits.of("u1") == {Limit.RESTRICTION}
    assert limits.of("u2") == frozenset()
    assert shop.ask(limits.rules.list_limited) == [shop.find("u1")]
    assert shop.ask(limits.rules.list_receipts) == [receipt]
    (lifted,) = limits.lift("u1")
    assert (lifted.lifted_at, lifted.lifted_by) == (LATER, "support")
    assert limits.of("u1") == frozenset()
    assert shop.ask(limits.rules.list_limited) == []
    assert shop.ask(limits.rules.list_receipts) == [lifted]


def test_the_two_kinds_are_apart(shop, make, limits):
    shop.take_in(make.identify("u1"))
    limits.place("u1", Limit.RESTRICTION)
    limits.place("u1", Limit.OBJECTION, "lim_2")
    assert limits.of("u1") == {Limit.RESTRICTION, Limit.OBJECTION}
    limits.lift("u1", Limit.RESTRICTION)
    assert limits.of("u1") == {Limit.OBJECTION}


def test_twice_is_a_conflict_and_nothing_cannot_be_lifted(shop, make, limits):
    shop.take_in(make.identify("u1"))
    limits.place("u1")
    with pytest.raises(ConflictError):
        limits.place("u1", receipt_id="lim_2")
    with pytest.raises(NotFoundError):
        limits.lift("u1", Limit.OBJECTION)


def test_a_merge_takes_the_limit_along(shop, make, limits):
    shop.take_in(make.identify("u1"), make.identify("u2", minute=1))
    limits.place("u1")
    assert limits.of("u2") == frozenset()
    shop.take_in(make.alias("u2", "u1", minute=2))
    assert shop.find("u1") == shop.find("u2")
    assert limits.of("u2") == {Limit.RESTRICTION}
    limits.lift("u2")
    assert limits.of("u1") == frozenset()


def test_erasing_leaves_the_receipt_alone(shop, make, limits):
    shop.take_in(make.identify("u1"))
    limits.place("u1")
    number = shop.find("u1")
    shop.state.write(lambda c: shop.rights.erase(c, number, receipt_id="ers_1", erased_at=NOW))
    assert shop.ask(limits.rules.list_limited) == []
    assert [one.receipt_id for one in shop.ask(limits.rules.list_receipts)] == ["lim_1"]
