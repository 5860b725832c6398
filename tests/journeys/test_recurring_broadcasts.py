"""A recurring broadcast goes to who is there each time: once, whatever dies or runs beside it."""

import contextlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from broadcast_shop import NINE, NOW, Outgrown, Shop, letter
from pyroaring import BitMap

from kikubari.journeys import (
    BroadcastState,
    LetterExperiment,
    OtherLetter,
    Repeat,
    Timing,
    set_aside_restored,
)
from kikubari.spec.errors import ConflictError, InvalidInputError

DAY = timedelta(days=1)
DAILY = Repeat(each="day")


class Diary(Shop):
    """A shop with one recurring broadcast."""

    def __init__(self, state, repeat=DAILY, **more) -> None:
        super().__init__(state)
        self.id = self.write(start_at=NINE, repeat=repeat, **more)
        self.broadcasts.start(self.id, by="mem_1")

    def list_passed(self):
        """Return (instant, number of people, why not) of each occurrence, the first one first."""
        return [
            (
                one.occurs_at,
                self.broadcasts.get(one.broadcast_id).n_audience if one.broadcast_id else None,
                one.skipped,
            )
            for one in reversed(self.broadcasts.list_passed(self.id))
        ]

    def list_to_come(self, limit=5):
        return [one.occurs_at for one in self.broadcasts.list_to_come(self.id, limit=limit)]

    @property
    def recurring(self):
        return self.broadcasts.get(self.id)


def test_each_occurrence_is_a_broadcast_of_its_own_to_who_is_there_then(state):
    shop = Diary(state)
    assert (shop.recurring.state, shop.recurring.occurs_at) == (BroadcastState.REPEATING, NINE)
    shop.run_until(NINE - timedelta(seconds=1))
    assert not shop.due()
    shop.run_until(NINE)
    shop.members.numbers = BitMap([7, 8])
    shop.run_until(NINE + DAY)
    shop.run_until(NINE + DAY)
    assert shop.list_passed() == [(NINE, 5, None), (NINE + DAY, 2, None)]
    second, first = shop.broadcasts.list_passed(shop.id)
    for one, n_people in ((first, 5), (second, 2)):
        sent = shop.broadcasts.get(one.broadcast_id)
        assert (sent.state, sent.recurring_id) == (BroadcastState.SENDING, shop.id)
        assert (sent.occurs_at, sent.definition.timing.repeat) == (one.occurs_at, None)
        assert sum(shop.broadcasts.progress(sent.id).counts.states.values()) == n_people
    summed = shop.broadcasts.progress(shop.id)
    assert (summed.n_audience, summed.n_enqueued) == (7, 7)
    assert sum(summed.counts.states.values()) == 7
    assert shop.list_to_come(2) == [NINE + 2 * DAY, NINE + 3 * DAY]


def test_it_ends_by_its_count_and_what_was_skipped_is_not_counted(state):
    shop = Diary(state, Repeat(each="day", times=2))
    shop.broadcasts.skip_next(shop.id)
    assert shop.list_to_come() == [NINE + DAY, NINE + 2 * DAY]
    for days in range(5):
        shop.run_until(NINE + days * DAY)
    assert shop.list_passed() == [
        (NINE, None, "by_hand"),
        (NINE + DAY, 5, None),
        (NINE + 2 * DAY, 5, None),
    ]
    assert (shop.recurring.state, shop.list_to_come()) == (BroadcastState.DONE, [])
    with pytest.raises(ConflictError, match="is ended"):
        shop.broadcasts.skip_next(shop.id)


def test_it_ends_by_its_last_date(state):
    shop = Diary(state, Repeat(each="day", until=date(2026, 11, 22)))
    for days in range(4):
        shop.run_until(NINE + days * DAY)
    assert [at for at, _, _ in shop.list_passed()] == [NINE, NINE + DAY]
    assert shop.recurring.state is BroadcastState.DONE


def test_dates_that_are_all_over_are_refused(state):
    shop = Shop(state)
    repeat = Repeat(each="day", until=NOW.date() - DAY)
    draft = shop.write(start_at=NINE - 30 * DAY, repeat=repeat)
    with pytest.raises(InvalidInputError, match="would never go"):
        shop.broadcasts.start(draft)
    assert shop.broadcasts.get(draft).state is BroadcastState.DRAFT


def test_a_first_date_that_is_over_makes_up_for_nothing(state):
    shop = Shop(state)
    draft = shop.write(start_at=NINE - 30 * DAY, repeat=DAILY)
    assert shop.broadcasts.start(draft).occurs_at == NOW
    other = shop.write(start_at=NINE - 30 * DAY + timedelta(hours=1), repeat=DAILY)
    assert shop.broadcasts.start(other).occurs_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("late", "goes"), [(5.9, True), (6, True), (6.1, False)])
def test_what_was_missed_never_comes_in_a_burst(state, late, goes):
    shop = Diary(state)
    back = NINE + 3 * DAY + timedelta(hours=late)
    for _ in range(3):
        shop.run_until(back)
    missed = [(NINE + days * DAY, None, "missed") for days in range(3)]
    last = (NINE + 3 * DAY, 5, None) if goes else (NINE + 3 * DAY, None, "missed")
    assert shop.list_passed() == [*missed, last]
    assert shop.list_to_come(1) == [NINE + 4 * DAY]
    assert len(shop.due()) == (5 if goes else 0)


def test_a_pause_makes_up_for_nothing(state):
    shop = Diary(state)
    assert shop.broadcasts.pause(shop.id).state is BroadcastState.PAUSED
    shop.run_until(NINE + DAY)
    with pytest.raises(ConflictError, match="is paused"):
        shop.broadcasts.pause(shop.id)
    assert (shop.list_passed(), shop.list_to_come()) == ([], [])
    resumed = shop.broadcasts.resume(shop.id)
    assert (resumed.state, resumed.occurs_at) == (BroadcastState.REPEATING, NINE + DAY)
    shop.run_until(NINE + DAY)
    assert shop.list_passed() == [(NINE + DAY, 5, None)]


def test_cancelled_it_goes_no_more_and_what_is_under_way_goes_on(state):
    shop = Diary(state)
    shop.run_until(NINE)
    assert shop.broadcasts.cancel(shop.id).state is BroadcastState.CANCELLED
    shop.run_until(NINE + DAY)
    [one] = shop.broadcasts.list_passed(shop.id)
    assert shop.broadcasts.get(one.broadcast_id).state is BroadcastState.SENDING
    assert shop.broadcasts.cancel(one.broadcast_id).state is BroadcastState.CANCELLED
    for act in (shop.broadcasts.resume, shop.broadcasts.cancel, shop.broadcasts.unschedule):
        with pytest.raises(ConflictError):
            act(shop.id)


def test_it_is_changed_as_a_draft_and_goes_on_with_what_it_has_not_sent(state):
    shop = Diary(state)
    shop.run_until(NINE)
    definition = shop.recurring.definition
    later = Timing(start_at=NINE + timedelta(hours=1), repeat=DAILY)
    changed = msgspec.structs.replace(definition, name="Diary", timing=later)
    with pytest.raises(ConflictError, match="repeating"):
        shop.broadcasts.change(shop.id, changed)
    assert shop.broadcasts.unschedule(shop.id).state is BroadcastState.DRAFT
    shop.broadcasts.change(shop.id, changed)
    shop.run_until(NINE + timedelta(minutes=1))
    shop.broadcasts.start(shop.id)
    shop.run_until(NINE + timedelta(hours=1))
    assert [at for at, _, _ in shop.list_passed()] == [NINE, NINE + timedelta(hours=1)]
    names = [
        shop.broadcasts.get(one.broadcast_id).definition.name
        for one in shop.broadcasts.list_passed(shop.id)
    ]
    assert names == ["Diary", "Autumn"]


def test_everybody_gets_each_occurrence_by_their_own_clock_once(state):
    shop = Diary(state, in_local_time=True)
    begins_at = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    assert (shop.recurring.occurs_at, shop.recurring.begins_at) == (NINE, begins_at)
    for days in range(2):
        shop.run_until(begins_at + days * DAY)
    # Taken back and sent again while the second is under way, it does not go a second time.
    shop.broadcasts.unschedule(shop.id)
    assert shop.broadcasts.start(shop.id).occurs_at == NINE + 2 * DAY
    assert [at for at, _, _ in shop.list_passed()] == [NINE, NINE + DAY]
    for one in shop.broadcasts.list_passed(shop.id):
        due = shop.due_of(one.broadcast_id)
        assert due[1] == one.occurs_at
        assert len(due) == 5


def test_each_occurrence_has_lots_of_its_own(state):
    experiment = LetterExperiment(others=(OtherLetter(template=letter("Ho")),))
    shop = Diary(state, experiment=experiment)
    shop.members.numbers = BitMap(range(200))
    shop.run_until(NINE)
    shop.run_until(NINE + DAY)
    second, first = (
        shop.letters_of(one.broadcast_id) for one in shop.broadcasts.list_passed(shop.id)
    )
    assert first.keys() == second.keys()
    assert set(first.values()) == {"a", "b"}
    assert first != second


def test_two_schedulers_begin_an_occurrence_once(state):
    shop = Diary(state)
    evaluate, nested = shop.members.evaluate, []

    def beside(segment, **more):
        """Lets another process do the same while this one asks who is there."""
        if not nested:
            nested.append(True)
            shop.broadcasts.begin_scheduled()
        return evaluate(segment, **more)

    shop.members.evaluate = beside
    shop.run_until(NINE + DAY)
    shop.run_until(NINE + DAY)
    assert nested
    assert shop.list_passed() == [(NINE, None, "missed"), (NINE + DAY, 5, None)]
    sent = [one for one in shop.broadcasts.list_broadcasts() if one.recurring_id == shop.id]
    assert len(sent) == 1
    assert len(shop.due()) == 5


class Dying:
    """A store whose process dies before, or right after, one of its writes."""

    def __init__(self, store, writes, *, after) -> None:
        self._store, self._left, self._after = store, writes, after
        self.read = store.read

    def write(self, work, **options):
        self._left -= 1
        if self._left < 0 and not self._after:
            raise KeyboardInterrupt
        done = self._store.write(work, **options)
        if self._left < 0:
            raise KeyboardInterrupt
        return done


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("writes", range(6))
def test_an_occurrence_that_dies_is_finished_by_the_next_start(state, writes, after):
    shop = Diary(state)
    dying = Shop(Dying(state, writes, after=after))
    with contextlib.suppress(KeyboardInterrupt):
        dying.run_until(NINE + DAY)
    shop.run_until(NINE + DAY)
    assert shop.list_passed() == [(NINE, None, "missed"), (NINE + DAY, 5, None)]
    [one] = [one for one in shop.broadcasts.list_passed(shop.id) if one.broadcast_id]
    messages = shop.broadcasts.list_messages(one.broadcast_id)
    assert Counter(message.number for message in messages) == Counter(range(1, 6))
    assert len(shop.due()) == 5


@pytest.mark.parametrize(("hours", "goes"), [(0, True), (5, True), (7, False)])
def test_an_audience_that_has_outgrown_its_permission_takes_it_back_and_asks(state, hours, goes):
    shop, growth = Diary(state), Outgrown()
    shop.members.numbers = BitMap(range(10))
    shop.clock.set(NINE)
    shop.broadcasts.begin_scheduled(growth)
    assert shop.list_passed() == [(NINE, 10, None)]
    shop.members.numbers = BitMap(range(11))
    shop.clock.set(NINE + DAY)
    for _ in range(2):
        shop.broadcasts.begin_scheduled(growth)
    held = shop.recurring
    assert (held.state, len(shop.list_passed())) == (BroadcastState.DRAFT, 1)
    assert held.problem == "it was permitted for 5 and would go to 11 people now"
    assert growth.asked == [(shop.id, 11, "mem_1")]
    # Permitted for so many, it goes on: with the one that was held, if that is not too late.
    shop.clock.set(NINE + DAY + timedelta(hours=hours))
    shop.broadcasts.start(shop.id)
    shop.broadcasts.begin_scheduled(growth)
    held_one = (NINE + DAY, 11, None) if goes else (NINE + DAY, None, "missed")
    assert shop.list_passed() == [(NINE, 10, None), held_one]
    assert shop.recurring.occurs_at == NINE + 2 * DAY


def test_one_whose_segment_is_gone_is_a_draft_again_and_says_why(state):
    shop = Diary(state)
    shop.members.is_gone = True
    shop.run_until(NINE)
    assert (shop.recurring.state, shop.recurring.problem) == (
        BroadcastState.DRAFT,
        "no segment 'vip'",
    )


def test_a_restored_one_waits_for_a_person(state):
    shop = Diary(state)
    shop.run_until(NINE)
    set_aside = state.write(set_aside_restored)
    assert set_aside.unscheduled == [shop.id]
    shop.run_until(NINE + DAY)
    assert shop.recurring.state is BroadcastState.DRAFT
    assert "restored" in shop.recurring.problem
    assert shop.list_passed() == [(NINE, 5, None)]
