"""Computed traits: the same in memory and in the columnar copy."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kikubari.events import Copier, RangeEncoder, RowBuilder
from kikubari.profiles import ComputedTraits, compute, list_order_events, query_computed
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BUILDER = RowBuilder(workspace_id=1, currency="JPY")


def order(make, user, order_id, revenue, *, items=(), name=ORDER_COMPLETED, **fields):
    products = [
        {"product_id": category, "category": category, "quantity": quantity, "price": 100}
        for category, quantity in items
    ]
    properties = {"order_id": order_id, "revenue": revenue, "products": products}
    return make.track(name, user_id=user, properties=properties, **fields)


def in_memory(shop, reference, **options):
    profile = shop.profile(reference)
    events = shop.log.timeline(profile.numbers, limit=10_000)
    return compute(list_order_events(events, BUILDER), **options)


def test_orders_refunds_and_cancellations(shop, make):
    shop.take_in(
        order(make, "u1", "A", 1000, items=[("tea", 1), ("cup", 3)]),
        order(make, "u1", "A", 1200, items=[("tea", 5), ("cup", 3)], minute=1),
        order(make, "u1", "B", 500, items=[("pot", 9)], day=1),
        order(make, "u1", "B", 0, name=ORDER_CANCELLED, day=2),
        order(make, "u1", "C", 800, items=[("pot", 9)], day=3),
        order(make, "u1", "C", 800, name=ORDER_REFUNDED, day=4),
        order(make, "u1", "D", 301, items=[("cup", 2)], day=5),
        order(make, "u1", "D", 100, name=ORDER_REFUNDED, day=6),
        order(make, "u1", "lost", 50, name=ORDER_REFUNDED, day=7),
    )
    assert in_memory(shop, "u1", as_of=NOW) == ComputedTraits(
        frequency=2,
        monetary_minor=1200 + 301 - 100 - 50,
        aov_minor=675,
        recency_days=25,
        first_order_at=make.start + timedelta(minutes=1),
        last_order_at=make.start + timedelta(days=5),
        favourite_category="cup",
    )


def test_nobody_without_orders_has_a_recency(shop, make):
    shop.take_in(make.identify("u1"))
    assert in_memory(shop, "u1", as_of=NOW) == ComputedTraits()


def test_as_of_and_known_at(shop, make):
    late = make.start + timedelta(days=20)
    shop.take_in(
        order(make, "u1", "A", 100),
        order(make, "u1", "B", 100, day=10),
        order(make, "u1", "C", 100, day=1, received=late),
    )
    assert in_memory(shop, "u1", as_of=make.start).frequency == 1
    assert in_memory(shop, "u1", as_of=make.start, known_at=NOW).recency_days == 0
    assert in_memory(shop, "u1", as_of=NOW).frequency == 3
    assert in_memory(shop, "u1", as_of=NOW, known_at=late - timedelta(1)).frequency == 2


names = st.sampled_from([ORDER_COMPLETED, ORDER_COMPLETED, ORDER_REFUNDED, ORDER_CANCELLED])
histories = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(["A", "B", "C", "", ""]),
        st.sampled_from([0, 100, 100, 250, -50]),
        st.lists(st.tuples(st.sampled_from(["tea", "cup", ""]), st.integers(-1, 3)), max_size=3),
        names,
        st.integers(0, 6),
        st.integers(0, 6),
    ),
    max_size=14,
)


@pytest.fixture
def copier(shop, columnar):
    made = Copier(
        shop.state,
        columnar,
        shop.log,
        shop.numbering,
        RangeEncoder(shop.log, currency="JPY"),
    )
    made.prepare()
    made.columnar = columnar
    return made


@pytest.mark.parametrize("open_state", ["sqlite"], indirect=True)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(worlds=st.lists(histories, min_size=12, max_size=12), seed=st.integers(0, 2**32))
def test_both_readings_agree(shop, make, copier, worlds, seed):
    """Many histories share one copy; some of their people are merged."""
    dice = random.Random(seed)
    people = []
    events = []
    for index, history in enumerate(worlds):
        suffix = f"-{index}-{make.track().message_id}"
        for user, order_id, revenue, items, name, day, late in history:
            received = make.start + timedelta(days=day + late)
            events.append(
                order(
                    make, user + suffix, order_id, revenue, items=items, name=name, day=day,
                    received=received, source_id=dice.choice([1, 2]),
                )
            )  # fmt: skip
        events.append(make.alias("u1" + suffix, "u2" + suffix))
        people += ["u1" + suffix, "u3" + suffix]
        events.append(make.identify("u3" + suffix))
    dice.shuffle(events)
    shop.take_in(*events)
    while copier.lag():
        copier.run_once()
    as_of = make.start + timedelta(days=dice.randint(0, 8))
    known_at = make.start + timedelta(days=dice.randint(2, 14))
    numbers = {name: shop.find(name) for name in people}
    found = query_computed(copier.columnar, numbers.values(), as_of=as_of, known_at=known_at)
    for name, number in numbers.items():
        assert found[number] == in_memory(shop, name, as_of=as_of, known_at=known_at), name
