from datetime import date, timedelta

import pytest
from delivery_world import NOW, ORIGIN, World

from kikubari.deliver import MessageState, Pace, Purpose, Reason, parse_rates, warm_up_limit
from kikubari.deliver.providers.smtp import Accepted, TemporaryRefusal
from kikubari.spec.errors import InvalidInputError
from kikubari.testing.deliver import letter, person

SLOW = TemporaryRefusal("rcpt", 451, "4.7.1 try later")
CLOSING = TemporaryRefusal("rcpt", 421, "4.7.0 too fast")
TAKEN = Accepted(250, "ok")


def sent_within(pace: Pace, address: str, n_messages: int, of: timedelta) -> int:
    """Try messages as a queue does, each again at its turn; return how many went in a time."""
    waiting = [NOW] * n_messages
    n_sent = 0
    while waiting:
        at = min(waiting)
        waiting.remove(at)
        if at > NOW + of:
            return n_sent
        turn = pace.admit(address, at)
        if turn is None:
            n_sent += 1
        else:
            assert turn > at
            waiting.append(turn)
    return n_sent


@pytest.mark.parametrize("address", ["a@gmail.com", "a@GoogleMail.com"])
def test_a_provider_gets_its_messages_a_minute(address):
    pace = Pace({"gmail": 120})
    minutes = sent_within(pace, address, 2_000, timedelta(minutes=5))
    assert 600 <= minutes <= 600 + 20 + 1  # and what may come at once


def test_one_provider_does_not_hold_up_another():
    pace = Pace({"gmail": 6, "docomo": 6})
    assert pace.admit("a@gmail.com", NOW) is None
    assert pace.admit("b@gmail.com", NOW) == NOW + timedelta(seconds=10)
    assert pace.admit("c@gmail.com", NOW) == NOW + timedelta(seconds=20)
    assert pace.admit("a@docomo.ne.jp", NOW) is None
    assert all(pace.admit("a@example.com", NOW) is None for _ in range(1_000))


def test_a_domain_of_its_own_and_all_the_others():
    pace = Pace({"example.com": 6, "others": 12})
    assert pace.admit("a@example.com", NOW) is None
    assert pace.admit("a@example.com", NOW) == NOW + timedelta(seconds=10)
    assert pace.admit("a@example.org", NOW) is None
    assert pace.admit("a@gmail.com", NOW) is None  # a provider is not one of the others
    assert all(pace.admit("a@gmail.com", NOW) is None for _ in range(100))


def test_turns_are_not_given_further_ahead_than_four_hours():
    pace = Pace({"gmail": 1})
    turns = [pace.admit("a@gmail.com", NOW) for _ in range(1_000)]
    assert max(turn for turn in turns if turn) == NOW + timedelta(hours=4)


def test_a_421_closes_a_provider_for_longer_each_time_and_halves_its_pace():
    pace = Pace({"gmail": 600})
    at = NOW
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        assert pace.admit("a@gmail.com", at) is None
        pace.learn("a@gmail.com", CLOSING, at)
        turn = pace.admit("b@gmail.com", at)
        assert turn is not None
        assert turn >= at + timedelta(seconds=seconds)
        at += timedelta(seconds=seconds)
    minute = sent_within_from(pace, at)
    assert 55 <= minute <= 75  # a tenth of 600, and what may come at once
    for _ in range(100):
        pace.learn("a@gmail.com", TAKEN, at)
    assert sent_within_from(pace, at + timedelta(minutes=1)) >= 600


def sent_within_from(pace: Pace, start) -> int:
    return sum(
        pace.admit("a@gmail.com", start + timedelta(seconds=tenth / 10)) is None
        for tenth in range(600)
        for _ in range(3)
    )


def test_what_was_on_its_way_when_a_provider_closed_does_not_open_it():
    pace = Pace({})
    pace.learn("a@gmail.com", CLOSING, NOW)
    pace.learn("b@gmail.com", TAKEN, NOW + timedelta(seconds=1))
    assert pace.admit("c@gmail.com", NOW + timedelta(seconds=2)) == NOW + timedelta(seconds=30)
    assert pace.admit("c@gmail.com", NOW + timedelta(seconds=30)) is None


def test_refusals_of_single_recipients_close_nothing_five_in_a_row_do():
    pace = Pace({})
    for _ in range(20):
        for _ in range(4):
            pace.learn("a@example.com", SLOW, NOW)
        pace.learn("a@example.com", TAKEN, NOW)
    assert pace.admit("a@example.com", NOW) is None
    for _ in range(5):
        pace.learn("a@example.com", SLOW, NOW)
    assert pace.admit("a@example.com", NOW) == NOW + timedelta(seconds=30)
    assert pace.admit("a@example.org", NOW) is None
    assert pace.admit("a@example.com", NOW + timedelta(seconds=30)) is None


def test_what_is_about_the_server_and_not_the_recipient_closes_nothing():
    pace = Pace({})
    for phase in ("connect", "greeting", "auth"):
        pace.learn("a@example.com", TemporaryRefusal(phase, 421, "busy"), NOW)
    assert pace.admit("a@example.com", NOW) is None


def test_a_new_sender_grows_by_half_a_day_and_is_then_like_any_other():
    assert [warm_up_limit(day) for day in (-1, 0, 1, 2, 15)] == [500, 500, 750, 1125, 218947]
    assert warm_up_limit(16) is None
    pace = Pace({}, warm_up_from=date(2026, 11, 19))
    day = sent_within(pace, "a@example.com", 1_000, timedelta(hours=10))
    assert 300 <= day <= 325  # the second day's 750, in ten of 24 hours
    known = Pace({}, warm_up_from=date(2026, 11, 1))
    assert all(known.admit("a@example.com", NOW) is None for _ in range(1_000))


@pytest.mark.parametrize("text", ["gmail", "gmail=", "gmail=-1", "gmail=0", "gmail=x", "=5,gmail"])
def test_rates_that_cannot_be_read_are_refused(text):
    with pytest.raises(InvalidInputError):
        parse_rates(text)


def test_rates_are_read():
    assert parse_rates(" gmail=10, Others = 5 ") == {"gmail": 10, "others": 5}
    assert parse_rates("off") == parse_rates("") == {}


def world_at(state, pace: Pace, purpose: Purpose = Purpose.MARKETING, **answers) -> World:
    world = World(state, range(1, 7), **answers)
    for number in range(1, 6):
        world.recipients.people[number] = person(number, address=f"p{number}@gmail.com")
    world.throttle = pace
    world.enqueue(of=letter(purpose=purpose))
    return world


def test_messages_wait_for_their_turn_and_say_so(state):
    world = world_at(state, Pace({"gmail": 1}))
    world.deliver()
    counts = world.outbox.count(ORIGIN)
    assert counts.states == {MessageState.SENT: 2, MessageState.QUEUED: 4}
    assert counts.reasons == {Reason.THROTTLED: 4}
    assert "p6@example.com" in world.reached
    for _ in range(4):
        world.clock.advance(timedelta(minutes=1))
        world.deliver()
    assert world.states() == {MessageState.SENT: 6}
    assert len(world.reached) == len(set(world.reached)) == 6


def test_transactional_mail_does_not_wait(state):
    world = world_at(state, Pace({"gmail": 1}), Purpose.TRANSACTIONAL)
    world.deliver()
    assert world.states() == {MessageState.SENT: 6}


def test_a_provider_that_says_421_is_left_alone_at_once(state):
    world = world_at(state, Pace({}), answers={"p1@gmail.com": [CLOSING]})
    world.deliver(connections=1, batch=1)
    assert "p6@example.com" in world.reached
    # What was past the gate when the provider said so may still have gone to it.
    assert set(world.reached) <= {"p2@gmail.com", "p6@example.com"}
    world.clock.advance(timedelta(minutes=2))
    world.deliver()
    assert world.states() == {MessageState.SENT: 6}


def test_where_each_provider_and_a_new_sender_stand_can_be_seen():
    pace = Pace({"gmail": 600, "others": 60}, warm_up_from=NOW.date() - timedelta(days=1))
    pace.admit("a@gmail.com", NOW)
    pace.learn("a@gmail.com", CLOSING, NOW)
    gmail, others = pace.list_paces(NOW)
    assert (gmail.name, gmail.per_minute, gmail.per_minute_now) == ("gmail", 600, 300)
    assert gmail.closed_until == NOW + timedelta(seconds=30)
    assert (others.name, others.per_minute_now, others.closed_until) == ("others", 60, None)
    warm_up = pace.find_warm_up(NOW)
    assert (warm_up.day, warm_up.most) == (1, 750)
    assert pace.find_warm_up(NOW + timedelta(days=20)) is None
