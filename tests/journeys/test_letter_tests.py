"""Several letters of one broadcast: who gets which, when, and what the rest gets."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from test_broadcasts import HTML, NOW, DiesAfter, Members, definition

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import MessageState, Origin, Outbox, list_dispatch_ids
from kikubari.journeys import (
    BroadcastDefinition,
    Broadcasts,
    BroadcastState,
    ChosenBecause,
    FirstTest,
    LetterExperiment,
    LetterGoal,
    LetterTests,
    OtherLetter,
    Timing,
    share_out,
)
from kikubari.journeys.lots import draw_letters
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.measure import find_best_letter
from kikubari.spec.errors import ConflictError, InvalidInputError
from kikubari.testing.events import PlainSealing

PEOPLE = range(1, 401)


def other(subject="Hello", html=HTML) -> OtherLetter:
    variants = {"en": EmailVariant(subject=subject, html=html)}
    return OtherLetter(template=EmailTemplateSource(variants=variants, default_language="en"))


def experiment(**changes) -> LetterExperiment:
    return LetterExperiment(**{"others": (other(),), **changes})


TESTED = experiment(test=FirstTest(percent=20, decide_within_hours=24), holdout_percent=10)


class Shop:
    """Broadcasts with people who reach the goal as a test says."""

    def __init__(self, store, numbers=PEOPLE) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.reached = {}
        outbox = Outbox(store, PlainSealing(), self.clock)
        self.broadcasts = Broadcasts(
            store, outbox, Members(numbers), self.clock, TimeOrderedIds(), chunk=7
        )
        self.tests = LetterTests(
            store, self.clock, count=lambda *_: self.reached, judge=find_best_letter
        )

    def send(self, **changes) -> str:
        draft = self.broadcasts.create(definition(**changes))
        self.broadcasts.send(draft.id)
        return draft.id

    def go_on(self) -> None:
        self.tests.decide()
        self.broadcasts.resume_enqueuing()

    def list_people(self, broadcast_id) -> dict[str, list[int]]:
        """Return who has a message of which letter."""
        with self.store.read() as connection:
            ids = list_dispatch_ids(connection, Origin("broadcast", broadcast_id))
        names = {number: name for name, number in ids.items()}
        people = {name: [] for name in ids}
        for one in self.broadcasts.list_messages(broadcast_id, limit=1000):
            people[names[int(one.id.removeprefix("msg_"), 16) >> 32]].append(one.number)
        return people


def test_everybody_gets_one_letter_or_none(state):
    shop = Shop(state)
    sent = shop.send(experiment=experiment(others=(other(), other()), holdout_percent=25))
    shares = shop.broadcasts.get_shares(sent)
    people = shop.list_people(sent)
    assert set(people) == {"a", "b", "c"}
    assert sorted(n for mine in people.values() for n in mine) == list(shares.first)
    assert shares.first | shares.held == BitMap(PEOPLE)
    assert not shares.rest
    assert 70 < len(shares.held) < 130
    assert all(70 < len(mine) < 130 for mine in people.values())
    found = shop.broadcasts.get(sent)
    assert (found.state, found.n_audience) == (BroadcastState.SENDING, len(PEOPLE))
    assert found.n_enqueued == len(shares.first)


def test_the_rest_gets_the_proven_letter(state):
    shop = Shop(state)
    sent = shop.send(experiment=TESTED)
    shares = shop.broadcasts.get_shares(sent)
    watched = shop.broadcasts.get(sent)
    assert watched.state is BroadcastState.WATCHING
    assert watched.decides_at == NOW + timedelta(hours=24)
    assert shop.broadcasts.progress(sent).counts.states == {MessageState.QUEUED: len(shares.first)}
    shop.go_on()
    assert shop.broadcasts.get(sent).state is BroadcastState.WATCHING
    before = shop.list_people(sent)
    shop.reached = {"a": (40, 1), "b": (40, 25)}
    shop.go_on()
    done = shop.broadcasts.get(sent)
    assert done.state is BroadcastState.SENDING
    assert (done.choice.letter, done.choice.because) == ("b", ChosenBecause.PROVEN)
    after = shop.list_people(sent)
    assert after["a"] == before["a"]
    assert sorted(after["b"]) == sorted([*before["b"], *shares.rest])
    # What comes later went one way and compares nothing.
    shop.reached = {"a": (40, 30), "b": (300, 31)}
    assert [one.reached for one in shop.tests.tally(sent, TESTED)] == [1, 25]


@pytest.mark.parametrize(
    ("otherwise", "reached", "letter", "because"),
    [
        ("best", {"a": (40, 3), "b": (40, 5)}, "b", ChosenBecause.BEST),
        ("best", {"a": (40, 4), "b": (40, 4)}, "a", ChosenBecause.BEST),
        ("best", {}, "a", ChosenBecause.FIRST),
        ("first", {"a": (40, 3), "b": (40, 5)}, "a", ChosenBecause.FIRST),
    ],
)
def test_without_proof_the_author_s_wish_counts_at_the_deadline(
    state, otherwise, reached, letter, because
):
    shop = Shop(state)
    test = FirstTest(percent=20, decide_within_hours=24, otherwise=otherwise)
    sent = shop.send(experiment=experiment(test=test))
    shop.reached = reached
    shop.clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    shop.go_on()
    assert shop.broadcasts.get(sent).state is BroadcastState.WATCHING
    shop.clock.advance(timedelta(microseconds=1))
    shop.go_on()
    choice = shop.broadcasts.get(sent).choice
    assert (choice.letter, choice.because) == (letter, because)
    assert len(shop.broadcasts.list_messages(sent, limit=1000)) == len(PEOPLE)


def test_the_time_begins_when_the_last_of_a_slow_test_is_due(state):
    shop = Shop(state)
    sent = shop.send(experiment=TESTED, timing=Timing(per_hour=10))
    n_first = len(shop.broadcasts.get_shares(sent).first)
    due = NOW + timedelta(hours=(n_first - 1) / 10)
    found = shop.broadcasts.get(sent)
    assert abs(found.decides_at - due - timedelta(hours=24)) <= timedelta(minutes=1)


def test_the_rest_is_paced_from_when_its_letter_was_chosen(state):
    shop = Shop(state)
    sent = shop.send(experiment=TESTED, timing=Timing(per_hour=60))
    rest = shop.broadcasts.get_shares(sent).rest
    shop.clock.advance(timedelta(hours=10))
    shop.reached = {"a": (40, 1), "b": (40, 25)}
    shop.go_on()
    chosen_at = NOW + timedelta(hours=10)
    due = sorted(one.due_at for one in shop.broadcasts.list_messages(sent, limit=1000))
    due = due[-len(rest) :]
    assert due[0] == chosen_at
    assert due[-1] == chosen_at + timedelta(minutes=len(rest) - 1)


def test_who_pauses_waits_with_the_choice_and_who_cancels_makes_none(state):
    shop = Shop(state)
    sent = shop.send(experiment=TESTED)
    shop.reached = {"a": (40, 1), "b": (40, 25)}
    assert shop.broadcasts.pause(sent).state is BroadcastState.PAUSED
    shop.go_on()
    assert shop.broadcasts.get(sent).choice is None
    assert shop.broadcasts.resume(sent).state is BroadcastState.WATCHING
    shop.broadcasts.cancel(sent)
    shop.clock.advance(timedelta(days=3))
    shop.go_on()
    cancelled = shop.broadcasts.get(sent)
    assert (cancelled.state, cancelled.choice) == (BroadcastState.CANCELLED, None)
    n_first = len(shop.broadcasts.get_shares(sent).first)
    assert len(shop.broadcasts.list_messages(sent, limit=1000)) == n_first


def test_cancelled_after_the_choice_stops_every_letter(state):
    shop = Shop(state)
    sent = shop.send(experiment=TESTED)
    shop.reached = {"a": (40, 1), "b": (40, 25)}
    shop.tests.decide()
    assert shop.broadcasts.cancel(sent).state is BroadcastState.CANCELLED
    with pytest.raises(ConflictError):
        shop.broadcasts.resume(sent)


@pytest.mark.parametrize("writes", range(2, 70, 6))
def test_who_dies_at_any_write_leaves_everybody_one_message(state, writes):
    shop = Shop(state)
    draft = shop.broadcasts.create(definition(experiment=TESTED))
    dying = Shop(DiesAfter(state, writes))
    dying.reached = shop.reached = {"a": (40, 1), "b": (40, 25)}
    try:
        dying.broadcasts.send(draft.id)
        dying.go_on()
    except KeyboardInterrupt:
        # The segment has changed meanwhile: those it was begun with count.
        again = Shop(state, [999])
        again.reached = shop.reached
        again.broadcasts.resume_enqueuing()
        again.go_on()
        again.go_on()
    shares = shop.broadcasts.get_shares(draft.id)
    numbers = Counter(one.number for one in shop.broadcasts.list_messages(draft.id, limit=1000))
    assert numbers == Counter([*shares.first, *shares.rest])
    assert shop.broadcasts.get(draft.id).choice.letter == "b"


def test_messages_are_listed_page_by_page_over_all_letters(state):
    shop = Shop(state)
    sent = shop.send(experiment=experiment())
    found, after = [], None
    while page := shop.broadcasts.list_messages(sent, after=after, limit=90):
        found += page
        after = page[-1].id
    assert sorted(one.number for one in found) == list(PEOPLE)
    assert len({one.id for one in found}) == len(PEOPLE)


@pytest.mark.parametrize(
    "bad",
    [
        {"experiment": experiment(others=(other(html="<p>no way out</p>"),))},
        {"experiment": experiment(), "has_tracking": False},
    ],
)
def test_an_experiment_that_cannot_work_is_refused(state, bad):
    with pytest.raises(InvalidInputError):
        Shop(state).broadcasts.create(definition(**bad))


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"holdout_percent": 10, "test": {"percent": 20}},
        {"goal": {"kind": "event"}, "holdout_percent": 10},
        {"goal": {"kind": "order", "event": "Signed Up"}, "holdout_percent": 10},
        {"holdout_percent": 51},
    ],
)
def test_a_definition_that_compares_nothing_is_not_read(bad):
    body = msgspec.to_builtins(definition()) | {"experiment": bad}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, BroadcastDefinition)


@given(
    st.text("abcdef0123456789", min_size=1, max_size=20),
    st.sets(st.integers(1, 2**32 - 1), max_size=200),
    st.integers(1, 7),
    st.integers(0, 50),
    st.integers(1, 90),
)
def test_lots_are_the_same_whenever_drawn_and_for_whomever_together(
    broadcast_id, numbers, n_others, held, first
):
    one = experiment(
        others=(other(),) * n_others, holdout_percent=held, test=FirstTest(percent=first)
    )
    whole = share_out(broadcast_id, BitMap(numbers), one)
    assert whole.first | whole.rest | whole.held == BitMap(numbers)
    assert len(whole.first) + len(whole.rest) + len(whole.held) == len(numbers)
    few = BitMap(sorted(numbers)[::3])
    part = share_out(broadcast_id, few, one)
    assert (part.first, part.held) == (whole.first & few, whole.held & few)
    letters = draw_letters(broadcast_id, sorted(numbers), one)
    assert sorted(n for mine in letters.values() for n in mine) == sorted(numbers)
    for number in few:
        [letter] = draw_letters(broadcast_id, [number], one)
        assert number in letters[letter]


def test_shares_come_out_as_asked_for_and_letters_do_not_depend_on_them():
    people = BitMap(range(1, 200_001))
    one = experiment(others=(other(),) * 2, holdout_percent=10, test=FirstTest(percent=20))
    shares = share_out("brd_1", people, one)
    assert abs(len(shares.held) / 200_000 - 0.10) < 0.003
    assert abs(len(shares.first) / 180_000 - 0.20) < 0.004
    for group in (shares.first, shares.rest, shares.held):
        counts = {k: len(mine) for k, mine in draw_letters("brd_1", list(group), one).items()}
        assert all(abs(n / len(group) - 1 / 3) < 0.015 for n in counts.values())
    again = share_out("brd_2", people, one)
    # Another broadcast draws anew: a tenth of the one holdout is in the other.
    assert abs(len(shares.held & again.held) / len(shares.held) - 0.10) < 0.01


def test_a_goal_of_clicks_compares_people_without_a_letter_by_orders():
    assert LetterGoal().topic_without_letter == "Order Completed"
    assert LetterGoal(kind="event", event="Signed Up").topic_without_letter == "Signed Up"
