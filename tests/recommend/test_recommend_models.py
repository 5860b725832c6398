"""Models and traces on real stores: what is read at once equals what is followed; when to learn."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_shop import NOW
from pyroaring import BitMap

from kikubari.catalog import Catalog
from kikubari.decide.recommend import Lesson, RecommendationModels, Traces, learn_to_file, traces
from kikubari.decide.recommend._selling import OF_SALES
from kikubari.decide.recommend.statements import Kind, gather, key_of, read_statements
from kikubari.decide.recommend.traces import Trace
from kikubari.events import Copier, EventLog, Intake, RangeEncoder, RowBuilder, Sequencer
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import Event, EventKind
from kikubari.storage import metadata
from kikubari.testing.events import CountingNumbers, ListedMoves, PlainSealing

DAY = timedelta(days=1)
Said = tuple[str, str, float, dict[str, Any]]  # who, what, days ago, properties


class World:
    """A log, its copy, and what recommendations make of both."""

    def __init__(self, state, columnar, folder) -> None:
        state.write(metadata.create_all)
        sealing = PlainSealing()
        self.clock = ManualClock(NOW)
        self.numbers = CountingNumbers()
        self._intake = Intake(state)
        self._sequencer = Sequencer(state, [state], self.numbers, sealing)
        self._log = EventLog(state, sealing)
        self._copier = Copier(
            state, columnar, self._log, ListedMoves(), RangeEncoder(self._log, currency="JPY")
        )
        self._copier.prepare()
        self._state, self._columnar, self._folder = state, columnar, folder
        self._n_events = 0
        self.left_out = BitMap()
        self.lessons = []

    def take_in(self, *said: Said) -> None:
        events = []
        for user, kind, days, properties in said:
            self._n_events += 1
            events.append(
                Event(
                    message_id=f"m{self._n_events}",
                    kind=EventKind.TRACK,
                    type=kind,
                    occurred_at=NOW - days * DAY,
                    received_at=NOW,
                    source_id=1,
                    user_id=user,
                    properties=properties,
                )
            )
        if not events:
            return
        self._intake.append(events).result()
        while self._sequencer.run_once().n_new:
            pass
        while self._copier.run_once():
            pass

    def position(self):
        return min(self._log.position(), self._copier.copied_position())

    def read(self, first, last, types):
        return self._log.read_types(first, last, types)

    def traces(self):
        builder = RowBuilder(workspace_id=1, currency="JPY")
        return Traces(self._columnar, self, self.clock, builder)

    def list_left_out(self):
        return self.left_out

    def learn(self, lesson, path):
        self.lessons.append(lesson)
        return learn_to_file(lesson, path)

    def models(self):
        return RecommendationModels(
            self._state,
            self._columnar,
            Catalog(self._state),
            self.clock,
            left_out=self,
            folder=self._folder,
            learning=self.learn,
        )


@pytest.fixture
def world(state, columnar, tmp_path):
    return World(state, columnar, tmp_path / "models")


def order(user: str, days: float, *products: str, named: str = "") -> Said:
    lines = [{"product_id": one} for one in products]
    properties = {"products": lines, **({"order_id": named} if named else {})}
    return user, "Order Completed", days, properties


def trace_of(traces: Traces, *numbers: int) -> Trace:
    return traces.find(numbers, now=NOW, product_of=lambda name: name)


def deeds_of_one():
    """What a customer may say, in some order."""
    return [
        order("u1", 30, "a", "b", named="o1"),
        order("u1", 29, "a", "c", named="o1"),
        order("u1", 20, "d", named="o2"),
        ("u1", "Order Cancelled", 19, {"order_id": "o2"}),
        order("u1", 10, "e", "f", named="o3"),
        ("u1", "Order Refunded", 9, {"order_id": "o3", "products": [{"product_id": "f"}]}),
        order("u1", 8, "g"),
        ("u1", "Product Viewed", 7, {"product_id": "h"}),
        ("u1", "Product Viewed", 200, {"product_id": "long ago"}),
        ("u1", "Recommendation Dismissed", 6, {"product_id": "i"}),
        ("u1", "Recommendation Dismissed", 6, {"category": "Tea"}),
        ("u1", "Recommendation Dismissed", 5, {"product_id": "j"}),
        ("u1", "Recommendation Restored", 4, {"product_id": "j"}),
        order("u2", 3, "x"),
    ]


@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.permutations(range(14)), st.integers(0, 14))
def test_what_was_read_at_once_equals_what_was_followed(world, shuffled, n_first):
    base = world._n_events
    said = [
        (f"{user}-{base}", kind, days, _named(properties, base))
        for user, kind, days, properties in (deeds_of_one()[place] for place in shuffled)
    ]
    world.take_in(*said[:n_first])
    followed = world.traces()
    followed.follow()
    world.take_in(*said[n_first:])
    while followed.follow():
        pass
    read = world.traces()
    read.follow()
    number = world.numbers.numbers[f"u1-{base}"]
    found = trace_of(followed, number)
    assert found == trace_of(read, number)
    assert set(found.bought) == {"a", "c", "e", "g"}
    assert set(found.viewed) == {"h"}
    assert found.dismissed == {"i", "Tea"}


def _named(properties, base):
    if "order_id" in properties:
        return {**properties, "order_id": f"{properties['order_id']}-{base}"}
    return properties


def test_much_that_was_followed_is_read_anew_and_says_the_same(world, monkeypatch):
    monkeypatch.setattr(traces, "_MOST_FOLLOWED", 2)
    followed = world.traces()
    followed.follow()
    reads = []
    monkeypatch.setattr(
        traces,
        "read_statements",
        lambda *args, **kw: reads.append(1) or read_statements(*args, **kw),
    )
    for days in range(9, 1, -1):
        world.take_in(order("u1", days, f"p{days}"))
        followed.follow()
    assert 1 < len(reads) < 8
    found = trace_of(followed, world.numbers.numbers["u1"])
    assert set(found.bought) == {f"p{days}" for days in range(9, 1, -1)}


def test_a_person_of_several_numbers_has_one_trace(world):
    world.take_in(order("u1", 5, "a", named="o1"), order("u2", 4, "b", named="o2"))
    world.take_in(("u2", "Order Cancelled", 3, {"order_id": "o1"}))
    traces = world.traces()
    traces.follow()
    one, other = world.numbers.numbers["u1"], world.numbers.numbers["u2"]
    assert set(trace_of(traces, one).bought) == {"a"}
    assert set(trace_of(traces, one, other).bought) == {"b"}
    assert trace_of(traces, 99) == trace_of(traces)


def test_orders_of_two_people_by_one_name_do_not_touch():
    lines = [
        (1, 10, Kind.BOUGHT, key_of("o1"), key_of("a")),
        (2, 20, Kind.BOUGHT, key_of("o1"), key_of("a")),
        (2, 30, Kind.CANCELLED, key_of("o1"), key_of("")),
    ]
    assert gather(lines).standing_purchases().tolist() == [True, False, False]


def test_a_model_is_learned_when_it_is_due_and_not_before(world):
    models = world.models()
    assert not models.step()
    world.take_in(*(order(f"u{one % 9}", one, "a", "b") for one in range(1, 60)))
    assert not models.step()  # the shop may still be moving in
    world.clock.advance(timedelta(minutes=11))
    assert models.step()
    assert models.list_models(limit=1)[0].learned_at is None
    assert not models.step()
    first = models.list_models(limit=1)[0]
    assert (first.version, first.card.n_customers, first.card.n_items) == (1, 9, 2)
    world.clock.advance(timedelta(days=6))
    assert not models.step()
    world.take_in(*(order(f"n{one}", 1, "c") for one in range(100)))
    assert models.step()
    models.step()
    assert models.list_models(limit=1)[0].card.n_items == 3
    world.clock.advance(timedelta(days=8))
    assert models.step()


def test_what_another_process_left_unfinished_is_taken_up(world):
    world.take_in(order("u1", 3, "a"), order("u2", 2, "a", "b"))
    asked = world.models().ask()
    assert world.models().ask() == asked
    taken_up = world.models()
    taken_up.step()
    usable = taken_up.load_newer(None)
    assert usable.version == asked.version
    assert usable.learned.items == ("a", "b")
    assert len(usable.learned.snapshot.known) == 0
    assert taken_up.load_newer(usable) is None


def test_a_lost_file_is_made_again_the_same(world, tmp_path):
    world.take_in(*(order(f"u{one % 9}", one, "a", "b", "c") for one in range(1, 60)))
    models = world.models()
    models.ask()
    models.step()
    for file in (tmp_path / "models").iterdir():
        file.write_bytes(b"damaged")
    assert models.load_newer(None) is None
    models.make_missing()
    models.make_missing()
    assert models.load_newer(None).learned.items == ("a", "b", "c")
    first, second = world.lessons
    assert (first.seed, first.end_us) == (second.seed, second.end_us)
    assert lines_of(first) == lines_of(second)


def column(usable, name: str) -> dict[str, float]:
    about = usable.learned.snapshot.about_items[:, OF_SALES.index(name)]
    return dict(zip(usable.learned.items, about.tolist(), strict=True))


def test_what_sells_is_counted_anew_each_hour_between_two_learnings(world):
    world.take_in(*(order(f"u{one % 9}", 40 + one % 20, "a", "b") for one in range(60)))
    models = world.models()
    models.ask()
    models.step()
    learned = models.load_newer(None)
    assert learned.sales_at is None
    world.take_in(*(order(f"v{one}", 0.01, "b", "never seen") for one in range(20)))
    models.make_missing()
    assert models.load_newer(learned) is None
    world.clock.advance(timedelta(minutes=61))
    models.make_missing()
    fresh = models.load_newer(learned)
    assert (fresh.version, fresh.sales_at) == (learned.version, world.clock.now())
    assert fresh.learned.items == learned.learned.items
    assert fresh.learned.blends is learned.learned.blends
    before, now = column(learned, "pop_3"), column(fresh, "pop_3")
    assert before == {"a": 0, "b": 0}
    assert now == {"a": 0, "b": pytest.approx(np.log1p(20))}
    # Nothing is counted twice within the hour, and who is left out does not count at all.
    models.make_missing()
    assert models.load_newer(fresh) is None
    world.left_out = BitMap([world.numbers.numbers[f"v{one}"] for one in range(20)])
    world.clock.advance(timedelta(minutes=61))
    models.make_missing()
    assert column(models.load_newer(fresh), "pop_3") == before


def lines_of(lesson: Lesson) -> list[tuple[int, int, int]]:
    lines = (lesson.customer.tolist(), lesson.item.tolist(), lesson.at_us.tolist())
    return sorted(zip(*lines, strict=True))


def test_nothing_is_learned_from_who_is_left_out_or_bought_nothing(world):
    world.take_in(order("u1", 3, "a"), order("u2", 2, "b", named="o"))
    world.take_in(("u2", "Order Cancelled", 1, {"order_id": "o"}))
    world.left_out = BitMap([world.numbers.numbers["u1"]])
    models = world.models()
    models.ask()
    models.step()
    [model] = models.list_models(limit=5)
    assert (model.card, world.lessons) == (None, [])
    assert model.learned_at is not None
    assert models.load_newer(None) is None
