"""The catalogue counts what is in the copy: exactly while it is small, within its error above."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kikubari.collect import (
    Attribute,
    AttributeCatalogue,
    AttributeEdit,
    AttributeKind,
    ClassBasis,
    Mode,
    PiiClass,
    Sensitivity,
    TrackingPlan,
    ValueCount,
    infer_plan,
)
from kikubari.collect.governance import catalogue as catalogue_module
from kikubari.collect.governance.compiled_plan import CompiledPlan
from kikubari.events import Copier, EventLog, Intake, RangeEncoder, Sequencer
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore, StateStore
from kikubari.testing.events import CountingNumbers, ListedMoves, PlainSealing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRAIT, PROPERTY = AttributeKind.TRAIT, AttributeKind.PROPERTY


class World:
    """A log, its copy and the catalogue of both."""

    def __init__(self, state: StateStore, columnar: ColumnarStore) -> None:
        sealing = PlainSealing()
        self.log = EventLog(state, sealing)
        self.clock = ManualClock(NOON)
        self._intake = Intake(state)
        self._sequencer = Sequencer(state, [state], CountingNumbers(), sealing)
        encoder = RangeEncoder(self.log, currency="JPY")
        self._copier = Copier(state, columnar, self.log, ListedMoves(), encoder)
        self._copier.prepare()
        self._n = 0
        self.catalogue = AttributeCatalogue(state, columnar, self._copier, self.clock)

    def take_in(self, *events: dict[str, Any]) -> None:
        self._intake.append([self._event(**fields) for fields in events]).result()
        while self._sequencer.run_once().n_new:
            pass
        while self._copier.run_once():
            pass

    def count(self, *events: dict[str, Any]) -> AttributeCatalogue:
        self.take_in(*events)
        self.catalogue.refresh()
        return self.catalogue

    def _event(self, **fields: Any) -> Event:
        self._n += 1
        return Event(
            **{
                "message_id": f"m{self._n}",
                "kind": EventKind.TRACK,
                "type": "Order Completed",
                "occurred_at": NOON,
                "received_at": NOON,
                "source_id": 1,
                "user_id": f"u{self._n}",
            }
            | fields
        )


@pytest.fixture
def world(state: StateStore, columnar: ColumnarStore) -> World:
    return World(state, columnar)


def order(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def person(user_id: str, *, at: datetime = NOON, source: int = 1, **traits: Any) -> dict[str, Any]:
    return {
        "kind": EventKind.IDENTIFY,
        "type": IDENTIFIED,
        "user_id": user_id,
        "traits": traits,
        "occurred_at": at,
        "source_id": source,
    }


def test_an_empty_shop_has_no_attributes(world: World):
    assert world.catalogue.state() is None
    assert world.catalogue.list_attributes() == []
    state = world.count().state()
    assert state is not None
    assert (state.n_events, state.n_profiles) == (0, 0)


def test_properties_with_fill_rate_values_and_sources(world: World):
    catalogue = world.count(
        *[order(total=100, coupon="SPRING") for _ in range(3)],
        order(total=250, coupon=None) | {"source_id": 2},
        {"type": "Kikubari Email Sent", "properties": {"x": 1}},
    )
    names = [(one.event, one.name) for one in catalogue.list_attributes()]
    assert names == [("Order Completed", "coupon"), ("Order Completed", "total")]
    total = catalogue.get(PROPERTY, "Order Completed", "total").figures
    assert (total.n, total.of, total.fill_rate, total.error) == (4, 4, 1.0, 0.0)
    assert total.values == (ValueCount("100", 3), ValueCount("250", 1))
    assert (total.n_distinct, dict(total.n_by_source)) == (2, {"1": 3, "2": 1})
    coupon = catalogue.get(PROPERTY, "Order Completed", "coupon").figures
    assert [(one.type, one.share) for one in coupon.types] == [("text", 0.75), ("null", 0.25)]
    assert not coupon.has_type_drift  # null is no type of its own
    with pytest.raises(NotFoundError):
        catalogue.get(PROPERTY, "Kikubari Email Sent", "x")


def test_type_drift_over_time(world: World):
    earlier = NOON - timedelta(days=20)
    catalogue = world.count(
        *[order(total=100) | {"occurred_at": earlier} for _ in range(3)],
        order(total="100"),
    )
    total = catalogue.get(PROPERTY, "Order Completed", "total")
    assert total.has_type_drift
    number, text = total.figures.types
    assert (number.type, number.share, number.last_seen_at) == ("number", 0.75, earlier)
    assert (text.type, text.share, text.first_seen_at) == ("text", 0.25, NOON)
    assert [(week.week_on, dict(week.n_by_type)) for week in total.figures.weeks] == [
        (date(2026, 10, 26), {"number": 3}),
        (date(2026, 11, 16), {"text": 1}),
    ]


def test_line_items_and_objects_are_looked_into(world: World):
    items = [{"product_id": "a", "price": 1.5}, {"product_id": "b"}]
    catalogue = world.count(
        order(products=items, shipping={"city": "Tokyo"}, tags=["x", "y"]), order()
    )
    found = {one.name: (one.figures.n, one.figures.of) for one in catalogue.list_attributes()}
    assert found == {
        "products": (1, 2),
        "products[]": (2, 1),
        "products[].product_id": (2, 2),
        "products[].price": (1, 2),
        "shipping": (1, 2),
        "shipping.city": (1, 1),
        "tags": (1, 2),
        "tags[]": (2, 1),
    }


def test_traits_count_people_and_their_latest_word(world: World):
    catalogue = world.count(
        person("u1", tier="gold", at=NOON - timedelta(days=2)),
        person("u1", tier="silver"),
        person("u2", tier="silver", interests=["tea", "lamps"]),
        person("u3", tier=None, interests=["tea"]),
        person("u4", points=12, member_since="2024-05-01"),
    )
    tier = catalogue.get(TRAIT, "", "tier").figures
    assert (tier.n, tier.of) == (2, 4)
    assert tier.values == (ValueCount("silver", 2),)
    assert dict(tier.n_by_provenance) == {"declared": 2}
    interests = catalogue.get(TRAIT, "", "interests").figures
    assert interests.values == (ValueCount("tea", 2), ValueCount("lamps", 1))
    assert [one.type for one in interests.types] == ["list"]
    types = {
        one.name: [share.type for share in one.figures.types] for one in catalogue.list_attributes()
    }
    assert types["points"] == ["number"]
    assert types["member_since"] == ["instant"]
    assert types["tier"] == ["text", "null"]


def test_identifying_values_are_never_kept(world: World, state: StateStore):
    catalogue = world.count(
        *[person(f"u{n}", email=f"p{n}@example.jp", work_contact=f"p{n}@work.jp") for n in range(9)]
    )
    for name in ("email", "work_contact"):
        found = catalogue.get(TRAIT, "", name)
        assert found.classification.pii is PiiClass.CONTACT
        assert found.figures.values == ()
    assert catalogue.get(TRAIT, "", "email").figures.n_distinct == 0
    from kikubari.collect.governance._tables import attributes

    with state.read() as connection:
        stored = connection.execute(attributes.select()).all()
    assert not any(b"work.jp" in row.figures for row in stored)


def test_values_that_narrow_down_are_shown_when_many_share_them(world: World):
    catalogue = world.count(
        *[person(f"u{n}", city="Tokyo" if n < 10 else "Oshamambe") for n in range(12)]
    )
    assert catalogue.get(TRAIT, "", "city").figures.values == (ValueCount("Tokyo", 10),)


def test_samples_state_their_error_and_keep_to_it(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue_module, "EVENTS_READ", 400)
    monkeypatch.setattr(catalogue_module, "PROFILES_READ", 400)
    rare = {"type": "Rare", "properties": {"x": 1}}
    catalogue = world.count(
        *[
            {"properties": {"coupon": "A"} if n % 4 == 0 else {}}
            | {"occurred_at": NOON - timedelta(days=n % 40)}
            for n in range(6000)
        ],
        *[person(f"p{n}", **({"tier": "gold"} if n % 3 else {"points": 1})) for n in range(2000)],
        rare,
    )
    state = catalogue.state()
    assert state is not None
    assert state.n_events == 8001 - 2000
    assert state.n_events_read < 2000
    coupon = catalogue.get(PROPERTY, "Order Completed", "coupon").figures
    assert coupon.is_sampled
    assert coupon.of == 6000
    assert 0 < coupon.error < 0.06
    assert abs(coupon.fill_rate - 0.25) < 2 * coupon.error
    tier = catalogue.get(TRAIT, "", "tier").figures
    assert abs(tier.fill_rate - 2 / 3) < 2 * tier.error
    rare_x = catalogue.get(PROPERTY, "Rare", "x").figures
    assert (rare_x.n, rare_x.error, rare_x.is_sampled) == (1, 0.0, False)


def test_events_by_day(world: World):
    catalogue = world.count(
        order(), order() | {"occurred_at": NOON - timedelta(days=1)}, {"type": "Product Viewed"}
    )
    (orders, views) = catalogue.list_events()
    assert (orders.name, orders.n) == ("Order Completed", 2)
    assert dict(orders.n_by_day) == {"2026-11-19": 1, "2026-11-20": 1}
    assert (views.name, views.n) == ("Product Viewed", 1)


def test_people_decide_and_the_history_keeps_who_did(world: World):
    catalogue = world.count(*[person(f"u{n}", note="x") for n in range(12)])
    assert catalogue.find("note").pii is PiiClass.NONE
    edit = AttributeEdit(pii=PiiClass.IDENTIFYING, description="Free text of the desk")
    decided = catalogue.edit(TRAIT, "", "note", edit, by="hana")
    assert (decided.pii, decided.basis) == (PiiClass.IDENTIFYING, ClassBasis.EDITED)
    assert catalogue.get(TRAIT, "", "note").figures.values == ()
    catalogue.edit(TRAIT, "", "note", AttributeEdit(owner="Support"), by="taro")
    found = catalogue.get(TRAIT, "", "note")
    assert (found.description, found.owner) == ("Free text of the desk", "Support")
    assert [one.by for one in catalogue.list_edits(TRAIT, "", "note")] == ["taro", "hana"]
    catalogue.edit(TRAIT, "", "note", AttributeEdit(pii=PiiClass.NONE), by="taro")
    catalogue.refresh()  # decisions outlive counts, and a milder one shows values again
    assert catalogue.find("note").basis is ClassBasis.EDITED
    assert catalogue.get(TRAIT, "", "note").figures.values == (ValueCount("x", 12),)


def test_classes_need_no_data(world: World):
    assert world.catalogue.find("religion").sensitivity is Sensitivity.RELIGION
    assert world.catalogue.find("shipping.phone", event="Any").pii is PiiClass.CONTACT
    decided = world.catalogue.edit(
        PROPERTY, "Any", "x", AttributeEdit(sensitivity=Sensitivity.HEALTH), by="hana"
    )
    assert decided.sensitivity is Sensitivity.HEALTH
    assert world.catalogue.find("x", event="Any") == decided
    assert world.catalogue.find("x").sensitivity is Sensitivity.NONE


@pytest.mark.parametrize(
    "decide",
    [
        lambda catalogue: catalogue.edit(TRAIT, "", "", AttributeEdit(), by="x"),
        lambda catalogue: catalogue.edit(TRAIT, "Order", "x", AttributeEdit(), by="x"),
        lambda catalogue: catalogue.edit(PROPERTY, "", "x", AttributeEdit(), by="x"),
        lambda catalogue: catalogue.edit(TRAIT, "", "x", AttributeEdit(owner="x" * 2000), by="x"),
    ],
)
def test_decisions_about_nothing(world: World, decide: Callable[[AttributeCatalogue], Any]):
    with pytest.raises(InvalidInputError):
        decide(world.catalogue)


def test_counting_is_due_when_the_log_moved_and_not_too_often(world: World):
    assert not world.catalogue.refresh_if_due()  # nothing has come in yet
    world.take_in(order(total=1))
    assert world.catalogue.refresh_if_due()
    world.clock.advance(timedelta(hours=7))
    assert not world.catalogue.refresh_if_due()  # nothing new
    world.take_in(order(total=1))
    assert world.catalogue.refresh_if_due()
    world.take_in(order(total=1))
    world.clock.advance(timedelta(seconds=30))
    assert not world.catalogue.refresh_if_due()
    world.clock.advance(timedelta(hours=7))
    assert world.catalogue.refresh_if_due()


def test_a_plan_made_of_what_was_seen_lets_it_pass(world: World):
    world.count(
        *[
            order(
                order_id=f"A-{n}",
                total=n,
                coupon=None if n % 2 else "X",
                products=[{"product_id": "a", "price": 1.5, "tags": ["x"]}],
                shipping={"city": "Tokyo"},
            )
            for n in range(150)
        ],
        *[person(f"u{n}", tier="gold", points=str(n), email=f"{n}@x.jp") for n in range(20)],
    )
    plan = inferred(world.catalogue, mode=Mode.BLOCK, unknown=Mode.BLOCK)
    rule = plan.events["Order Completed"]
    assert rule.schema["properties"]["total"] == {"type": "number"}
    assert sorted(rule.schema["properties"]["coupon"]["type"]) == ["null", "string"]
    assert set(rule.schema["required"]) == {
        "order_id", "total", "coupon", "products", "shipping",
    }  # fmt: skip
    item = rule.schema["properties"]["products"]["items"]
    assert item["properties"]["price"] == {"type": "number"}
    compiled = CompiledPlan(plan)
    events = [one.event for one in world.log.read_range(1, world.log.position())]
    assert [compiled.find_faults(event) for event in events] == [None] * len(events)


def test_a_rare_type_is_taken_for_a_mistake(world: World):
    world.count(*[order(total="1" if n == 0 else n) for n in range(200)])
    rule = inferred(world.catalogue).events["Order Completed"]
    assert rule.schema["properties"]["total"] == {"type": "number"}


def inferred(catalogue: AttributeCatalogue, **modes: Mode) -> TrackingPlan:
    attributes: list[Attribute] = catalogue.list_attributes()
    return infer_plan(attributes, [one.name for one in catalogue.list_events()], **modes)
