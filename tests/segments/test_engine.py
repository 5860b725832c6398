"""What is asked of the columnar store, what is kept, and how long it stays true."""

import random
import time
from datetime import timedelta

import pytest
from agreement import CLOCK_START, Shop
from population import AS_OFS, MICRO
from trees import LEAVES

from kikubari.kit.instants import from_micros
from kikubari.segments import BUILTIN_SEGMENTS, Moment
from kikubari.segments.cache import valid_until
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError

BOUGHT = {
    "type": "event_count",
    "event": "Order Completed",
    "count": {"at_least": 1},
    "window": {"type": "last", "duration": {"days": 40}},
}
TREE = {
    "type": "all",
    "of": [
        BOUGHT,
        {"type": "not", "of": {"type": "searched", "text": "dog"}},
        {"type": "trait", "trait": "plan", "test": {"type": "is_set"}},
        {"type": "segment", "segment": "seg_b"},
        {"type": "cart"},
    ],
}


class CountingStore:
    """Passes queries on and notes what they ask for and give."""

    def __init__(self, store) -> None:
        self._store = store
        self.numbers: list[tuple[str, dict]] = []
        self.rows: list[tuple[str, list]] = []

    def query_bitmap(self, sql, parameters=None):
        self.numbers.append((sql, parameters))
        return self._store.query_bitmap(sql, parameters)

    def query_rows(self, sql, parameters=None):
        rows = self._store.query_rows(sql, parameters)
        self.rows.append((sql, rows))
        return rows


@pytest.fixture
def counting(shop: Shop):
    """An engine of its own over the shared shop, and the store that counts for it."""
    store = CountingStore(shop.store)
    engine = shop.new_engine()
    engine._columnar = store
    return engine, store


def test_no_leaf_brings_events_into_memory(shop: Shop, counting) -> None:
    engine, store = counting
    rng = random.Random(7)
    for make in LEAVES.values():
        condition = convert_condition(make(rng))
        engine.evaluate(condition, AS_OFS[3], None)
        engine.base_values(condition, engine.moment(AS_OFS[3], None))
    assert len(store.numbers) >= 20
    for sql, parameters in store.numbers:
        names = shop.store.query_rows(f"DESCRIBE ({sql})", parameters)
        assert [row[1] for row in names] == ["AggregateFunction(groupBitmap, UInt32)"]
    # Besides, single numbers: the edge of a percentile, the next instant dated ahead.
    assert all(len(rows) <= 1 and all(len(row) == 1 for row in rows) for _, rows in store.rows)


def test_a_fresh_tree_answers_without_a_query(counting) -> None:
    engine, store = counting
    tree = convert_condition(TREE)
    first = engine.evaluate(tree)
    asked = len(store.numbers)
    best = min(_seconds(lambda: engine.evaluate(tree)) for _ in range(5))
    assert engine.evaluate(tree).members == first.members
    assert len(store.numbers) == asked
    assert best < 0.005


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_editing_one_condition_asks_for_that_one_only(counting) -> None:
    engine, store = counting
    engine.evaluate(convert_condition(TREE))
    asked = len(store.numbers)
    changed = {**TREE, "of": [{**BOUGHT, "count": {"at_least": 2}}, *TREE["of"][1:]]}
    engine.evaluate(convert_condition(changed))
    assert len(store.numbers) == asked + 1


def test_new_events_and_time_make_leaves_stale(shop: Shop, counting) -> None:
    engine, store = counting
    shop.clock.set(CLOCK_START)
    sliding, lasting = convert_condition(BOUGHT), convert_condition(LEAVES["reachable"](None))
    engine.evaluate(sliding)
    engine.evaluate(lasting)
    asked = len(store.numbers)
    shop.clock.advance(timedelta(minutes=1))
    engine.evaluate(lasting)
    assert len(store.numbers) == asked
    engine.evaluate(sliding)
    assert len(store.numbers) == asked + 1
    shop.progress.position += 1
    engine.evaluate(sliding)
    assert len(store.numbers) == asked + 2
    shop.clock.set(CLOCK_START)


def test_an_event_dated_ahead_comes_into_sight_in_time(shop: Shop, counting) -> None:
    engine, _ = counting
    ever = convert_condition({**BOUGHT, "window": {"type": "ever"}})
    instants = sorted(
        {row[4] for person in shop.population.people for row in person.rows["events"]}
    )[-30:]
    moments = [Moment(at + step, None, engine.moment().zone) for at in instants for step in (-1, 0)]
    for moment in moments:
        as_of = from_micros(moment.as_of)
        assert engine.evaluate(ever, as_of).members == shop.one_by_one(ever, as_of, None)


def test_validity_ends_when_time_alone_may_change_the_answer(shop: Shop) -> None:
    moment = shop.engine.moment(AS_OFS[0])

    def until(value):
        found = valid_until(convert_condition(value), moment)
        return None if found is None else found - moment.as_of

    hour = 3_600_000_000
    assert until(BOUGHT) == 0
    assert until({**BOUGHT, "window": {"type": "ever"}}) is None
    # Noon UTC is seven in the morning in New York.
    calendar = {"type": "calendar", "unit": "day"}
    assert until({**BOUGHT, "window": calendar}) == 17 * hour
    assert until({**BOUGHT, "window": {**calendar, "offset": -1}}) == 17 * hour
    between = {"type": "between", "until": (AS_OFS[0] + timedelta(hours=1)).isoformat()}
    assert until({**BOUGHT, "window": between}) == hour
    over = {"type": "between", "until": AS_OFS[0].isoformat()}
    assert until({**BOUGHT, "window": over}) is None
    assert until({"type": "anniversary", "trait": "birthday"}) == hour // 4
    assert until({"type": "cart"}) == 0


def test_counts_name_each_leaf_of_the_tree(shop: Shop) -> None:
    found = shop.engine.evaluate(convert_condition(TREE), AS_OFS[3])
    assert [leaf.path for leaf in found.leaves] == [
        "$.of[0]", "$.of[1].of", "$.of[2]", "$.of[3]", "$.of[4]",
    ]  # fmt: skip
    assert all(leaf.count >= len(found.members) for leaf in (found.leaves[0], *found.leaves[2:]))
    assert found.as_of == AS_OFS[3]


def test_an_unknown_reference_is_said(shop: Shop) -> None:
    for value in ({"type": "segment", "segment": "none"}, {"type": "list", "list": "none"}):
        with pytest.raises(NotFoundError, match="none"):
            shop.engine.evaluate(convert_condition(value))


def test_a_circle_of_segments_is_said(shop: Shop) -> None:
    engine = shop.new_engine()
    definitions = engine._definitions.definitions
    definitions["a"] = convert_condition({"type": "segment", "segment": "b"})
    definitions["b"] = convert_condition({"type": "not", "of": {"type": "segment", "segment": "a"}})
    with pytest.raises(InvalidInputError, match="a → b → a"):
        engine.evaluate(definitions["b"].of)


@pytest.mark.parametrize("segment", BUILTIN_SEGMENTS, ids=lambda segment: segment.id)
def test_ready_made_segments_have_words_and_agree(shop: Shop, segment) -> None:
    words = (segment.name_en, segment.name_ja, segment.description_en, segment.description_ja)
    assert all(words)
    for as_of in (AS_OFS[0], AS_OFS[4] - MICRO):
        members = shop.as_set(segment.definition, as_of, None)
        assert members == shop.one_by_one(segment.definition, as_of, None)
