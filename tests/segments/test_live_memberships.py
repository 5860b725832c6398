"""Live members equal a fresh evaluation, whatever happens, and every change is told once."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from focused import FOCUSED
from live_shop import LiveShop
from msgspec import structs
from population import AS_OFS, FixedLists
from pyroaring import BitMap
from trees import LEAVES, tree

from kikubari.events import Forgetting
from kikubari.segments import Membership, Memberships, announcing
from kikubari.segments.audiences.leaf_sets import LeafSets
from kikubari.segments.audiences.sessions import Ticket
from kikubari.segments.live import flatten, leaves_of
from kikubari.segments.reads import reads_of
from kikubari.spec.conditions import InList, InSegment, convert_condition, encode_condition
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.spec.topics import SEGMENT_ENTERED, SEGMENT_LEFT
from kikubari.storage import ColumnarStore, StateStore

CASES = int(os.environ.get("KIKUBARI_TEST_CASES", "200"))
STEPS = [
    timedelta(0), timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=5),
    timedelta(days=1), timedelta(days=8), timedelta(days=31),
]  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def live(state: StateStore, columnar: ColumnarStore) -> LiveShop:
    """A shop without segments and events."""
    return LiveShop(state, columnar, AS_OFS[0])


@pytest.mark.parametrize("seed", range(max(2, CASES // 100)))
def test_live_members_equal_a_fresh_evaluation_whatever_happens(
    state: StateStore, columnar: ColumnarStore, seed: int
) -> None:
    rng = random.Random(seed)
    live = LiveShop(state, columnar, AS_OFS[0], seed)
    for number, make in enumerate(LEAVES.values()):
        live.segments.put(f"leaf{number}", convert_condition(make(rng)))
    for number in range(4):
        live.segments.put(f"tree{number}", convert_condition(tree(rng)))
    for name in ("seg_a", "seg_b"):
        live.segments.put(name, convert_condition({"type": "list", "list": "few"}))
    for number, made in enumerate(rng.sample(list(FOCUSED["machines"]()), 8)):
        live.segments.put(f"mail{number}", convert_condition(made))
    live.happen(120)
    live.settle()
    told = {name: live.memberships.members(name) for name in live.segments.segments}
    before = dict.fromkeys(told, 0)
    for step in range(5):
        live.clock.advance(rng.choice(STEPS))
        live.happen(rng.choice([0, 1, 15]))
        if rng.random() < 0.6:
            live.move()
        if step == 3:
            live.start_follower()
        live.settle()
        engine = live.engine()
        for name, segment in live.segments.segments.items():
            fresh = engine.evaluate(InSegment(name), live.clock.now()).members
            tree_text = encode_condition(segment.definition).decode()
            assert live.memberships.members(name) == fresh, f"step {step}, {name}: {tree_text}"
            told[name], before[name] = replayed(live, name, told[name], before[name])
            assert told[name] == fresh


class SomeLeftOut:
    """Lists people whose data must not be used."""

    def __init__(self, numbers: BitMap) -> None:
        self.numbers = numbers

    def list_left_out(self) -> BitMap:
        return self.numbers


def test_who_is_left_out_counts_in_no_size(live: LiveShop) -> None:
    live.segments.put("all", convert_condition({"type": "everyone"}))
    live.happen(120)
    live.settle()
    members = live.memberships.members("all")
    assert len(members) > 1
    left_out = SomeLeftOut(BitMap([members[0]]))
    limited = Memberships(live.state, live.clock, left_out=left_out)
    for state in (limited.list_states()["all"], limited.find_state("all")):
        assert state is not None
        assert state.size == len(members) - 1
    left_out.numbers = BitMap()
    assert limited.list_states()["all"].size == len(members)


def replayed(live: LiveShop, name: str, members: BitMap, n_before: int) -> tuple[BitMap, int]:
    """Return the members after the events told since, and how many events were told."""
    events = live.told(name)
    for event in events[n_before:]:
        if event.type == SEGMENT_ENTERED:
            assert event.number not in members
            members = members | BitMap([event.number])
        elif event.type == SEGMENT_LEFT:
            assert event.number in members
            members = members - BitMap([event.number])
    return members, len(events)


BOUGHT, TWICE = (
    convert_condition({
        "type": "event_count", "event": "Order Completed", "count": {"at_least": times},
        "window": {"type": "last", "duration": {"days": 90}},
    })
    for times in (1, 2)
)  # fmt: skip


def order(live: LiveShop, number: int, ago: timedelta = timedelta(0)) -> Event:
    at = live.clock.now() - ago
    return Event(
        message_id=f"order-{number}-{at}", kind=EventKind.TRACK, type="Order Completed",
        occurred_at=at, received_at=at, source_id=1, number=number,
    )  # fmt: skip


def test_what_arrives_late_counts_where_it_lies_in_the_window(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    live.segments.put("twice", TWICE)
    live.append(order(live, 7, DAY))
    live.settle()
    edge, microsecond = timedelta(days=90), timedelta(microseconds=1)
    late = ((7, edge), (8, edge), (8, edge + DAY), (9, edge - microsecond), (9, -DAY))
    live.append(*(order(live, number, ago) for number, ago in late))
    live.settle()
    assert live.memberships.members("bought") == BitMap([7, 9])
    assert not live.memberships.members("twice")
    live.append(order(live, 7, 2 * DAY), order(live, 8, 2 * DAY))
    live.settle()
    assert live.memberships.members("bought") == BitMap([7, 8, 9])
    assert live.memberships.members("twice") == BitMap([7])


def kinds(live: LiveShop, segment_id: str) -> list[tuple[str, int | None, str]]:
    return [(e.type, e.number, e.properties["cause"]) for e in live.told(segment_id)]


def test_who_is_due_enters_and_leaves_at_an_instant_of_their_own(live: LiveShop) -> None:
    between = {"at_least": 1, "less_than": 2}
    leaf = {"type": "due", "event": "Order Completed", "intervals": between}
    live.segments.put("due", convert_condition(leaf))
    live.settle()
    for days in (20, 10, 0):
        live.append(order(live, 7, timedelta(days=days)))
        live.append(order(live, 8, timedelta(days=days / 2)))
    live.settle()
    microsecond = timedelta(microseconds=1)
    seen = []
    for step in (5 * DAY - microsecond, microsecond, 5 * DAY - microsecond, microsecond):
        live.clock.advance(step)
        live.settle()
        seen.append(live.memberships.members("due"))
    # Number 8 buys every five days: due after five, and no more after ten.
    assert seen == [BitMap(), BitMap([8]), BitMap([8]), BitMap([7])]
    live.append(order(live, 7))
    live.settle()
    assert live.memberships.members("due") == BitMap()
    live.clock.advance(10 * DAY)
    live.settle()
    assert live.memberships.members("due") == BitMap([7])


def test_time_alone_moves_people_to_the_microsecond(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    live.settle()
    live.append(order(live, 7))
    live.settle()
    assert live.memberships.members("bought") == BitMap([7])
    live.clock.advance(timedelta(days=90) - timedelta(microseconds=1))
    live.settle()
    assert live.memberships.members("bought") == BitMap([7])
    live.clock.advance(timedelta(microseconds=1))
    live.settle()
    assert live.memberships.members("bought") == BitMap()
    assert kinds(live, "bought") == [
        (SEGMENT_ENTERED, 7, "followed"), (SEGMENT_LEFT, 7, "followed"),
    ]  # fmt: skip


def test_an_event_that_comes_late_expires_in_time(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    live.append(order(live, 1))
    live.settle()
    live.append(order(live, 2, ago=timedelta(days=90) - timedelta(minutes=2)))
    live.settle()
    assert live.memberships.members("bought") == BitMap([1, 2])
    live.clock.advance(timedelta(minutes=2))
    live.settle()
    assert live.memberships.members("bought") == BitMap([1])


def test_first_members_are_not_told_and_an_edit_is_told_as_one(live: LiveShop) -> None:
    live.append(order(live, 1), order(live, 2), order(live, 2, ago=timedelta(days=1)))
    live.segments.put("buyers", BOUGHT)
    live.settle()
    assert live.told("buyers") == []
    (created,) = live.memberships.list_changes("buyers")
    assert (created.cause, created.size) == ("created", 2)
    twice = convert_condition(
        {"type": "event_count", "event": "Order Completed", "count": {"at_least": 2}}
    )
    live.segments.put("buyers", twice)
    live.settle()
    assert kinds(live, "buyers") == [(SEGMENT_LEFT, 1, "edited")]
    assert live.memberships.list_changes("buyers")[0].version == 2


def test_a_segment_that_keeps_silent_tells_nothing_but_keeps_its_feed(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT, announces=False)
    live.settle()
    live.append(order(live, 3))
    live.settle()
    assert live.told("bought") == []
    assert live.memberships.list_changes("bought")[0].entered == BitMap([3])
    live.memberships.set_announces("bought", announces=True)
    live.append(order(live, 4))
    live.settle()
    assert kinds(live, "bought") == [(SEGMENT_ENTERED, 4, "followed")]
    with pytest.raises(NotFoundError):
        live.memberships.set_announces("nothing", announces=True)


def test_a_step_that_dies_leaves_nothing_and_the_next_process_tells_it_once(
    live: LiveShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.segments.put("bought", BOUGHT)
    live.settle()
    live.append(*(order(live, number) for number in range(1, 6)))
    live.take_in()
    write = live.state.write

    def dying(work, **options):
        def and_die(connection):
            work(connection)
            raise RuntimeError("killed")

        return write(and_die, **options)

    monkeypatch.setattr(live.state, "write", dying)
    with pytest.raises(RuntimeError, match="killed"):
        live.follower.step()
    monkeypatch.undo()
    assert live.memberships.members("bought") == BitMap()
    live.start_follower()
    live.settle()
    live.start_follower()
    live.settle()
    assert live.memberships.members("bought") == BitMap(range(1, 6))
    assert len(live.told("bought")) == 5


def test_more_people_than_a_transaction_writes_are_all_told_once(
    live: LiveShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "_EVENTS_PER_WRITE", 4)
    live.segments.put("bought", BOUGHT)
    live.settle()
    live.append(*(order(live, number) for number in range(1, 12)))
    live.settle()
    assert [number for _, number, _ in kinds(live, "bought")] == list(range(1, 12))


def test_what_the_product_tells_itself_is_not_any_event(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    busy = convert_condition({"type": "event_count", "count": {"at_least": 2}})
    live.segments.put("busy", busy)
    named = {"type": "event_count", "event": SEGMENT_ENTERED, "count": {"at_least": 1}}
    live.segments.put("named", convert_condition(named))
    live.settle()
    live.append(order(live, 1))
    live.settle()
    assert live.memberships.members("busy") == BitMap()
    assert live.memberships.members("named") == BitMap([1])


def test_somebody_s_segments_with_since_when(live: LiveShop) -> None:
    live.append(order(live, 1))
    live.segments.put("bought", BOUGHT)
    live.settle()
    live.clock.advance(timedelta(hours=1))
    entered_at = live.clock.now()
    live.append(order(live, 2))
    live.settle()
    live.clock.advance(timedelta(hours=1))
    live.append(order(live, 3))
    live.settle()
    assert live.memberships.list_for(1) == {"bought": Membership(3, None)}
    assert live.memberships.list_for(2) == {"bought": Membership(3, entered_at)}
    assert live.memberships.list_for(9) == {}


@pytest.fixture
def other_state(state: StateStore, open_state: Callable[[], StateStore]) -> Iterator[StateStore]:
    """The same data base, as another process opens it."""
    del state
    other = open_state()
    yield other
    other.close()


def test_who_was_erased_is_gone_at_once_in_every_process(
    live: LiveShop, other_state: StateStore, columnar: ColumnarStore
) -> None:
    live.segments.put("bought", BOUGHT)
    twice = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 2}}
    live.segments.put("twice", convert_condition(twice))
    live.append(order(live, 1), order(live, 2), order(live, 1, ago=timedelta(days=2)))
    live.settle()
    engines = [live.engine(), live.engine(other_state)]
    answers = LeafSets(
        columnar,
        lists=FixedLists({}),
        definitions=live.segments,
        erasures=Forgetting(other_state, columnar),
    )
    moment = engines[0].moment(live.clock.now())

    def seen() -> list[BitMap]:
        answers.notice_erasures()
        return [
            answers.members(BOUGHT, moment, Ticket()),
            *(one.evaluate(BOUGHT, live.clock.now()).members for one in engines),
        ]

    assert seen() == [BitMap([1, 2])] * 3
    assert live.memberships.members("twice") == BitMap([1])
    live.erase(1)
    assert seen() == [BitMap([2])] * 3
    live.settle()
    assert live.memberships.members("bought") == BitMap([2])
    assert live.memberships.members("twice") == BitMap()


def test_sizes_by_the_hour_and_freshness(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    live.settle()
    live.append(order(live, 1), order(live, 2))
    live.settle()
    live.clock.advance(timedelta(hours=1))
    live.append(order(live, 3))
    live.settle()
    assert [(p.size, p.entered, p.left) for p in live.memberships.sizes("bought")] == [
        (2, 2, 0), (3, 1, 0),
    ]  # fmt: skip
    state = live.memberships.find_state("bought")
    assert state is not None
    assert state.lag_seconds == 0
    live.clock.advance(timedelta(seconds=90))
    assert live.memberships.lag() == timedelta(seconds=90)


def test_members_of_the_past_are_what_was_known_then(live: LiveShop) -> None:
    live.segments.put("bought", BOUGHT)
    live.settle()
    then = live.clock.now()
    live.clock.advance(timedelta(hours=2))
    late = structs.replace(order(live, 9), occurred_at=then)
    live.append(late)
    live.settle()
    engine = live.engine()
    assert engine.evaluate(InSegment("bought"), then).members == BitMap([9])
    assert engine.evaluate(InSegment("bought"), then, then).members == BitMap()


def test_a_circle_is_followed_by_nobody_and_stops_nobody(live: LiveShop) -> None:
    live.segments.put("a", InSegment("b"))
    live.segments.put("b", InSegment("a"))
    live.segments.put("bought", BOUGHT)
    live.append(order(live, 1))
    live.settle()
    assert live.memberships.find_state("a") is None
    assert live.memberships.members("bought") == BitMap([1])
    with pytest.raises(InvalidInputError, match="a → b → a"):
        flatten(InSegment("a"), live.segments.definition)


def test_every_leaf_says_what_it_reads() -> None:
    rng = random.Random(3)
    for name, make in LEAVES.items():
        tree_ = convert_condition(make(rng))
        if isinstance(tree_, InSegment | InList):
            continue
        for leaf in leaves_of(flatten(tree_, {}.__getitem__)):
            reads = reads_of(leaf)
            # Only what ranks people among all is asked about everybody.
            assert not reads.is_whole or name == "percentile", name
            assert reads.types or reads.traits or reads.purposes
