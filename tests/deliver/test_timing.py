"""Caps, quiet hours, pauses and topics, seen from the wire."""

import asyncio
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from delivery_world import NOW, ORIGIN, World

from kikubari.deliver import (
    BestHours,
    Cap,
    Composed,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    MessageState,
    Origin,
    Purpose,
    QuietHours,
    Reason,
    Rhythm,
    Wish,
    WishBook,
    WishProjection,
    forget_contact,
)
from kikubari.deliver.providers.smtp import PermanentRefusal, TemporaryRefusal
from kikubari.spec.topics import PREFERENCE_CHANGED
from kikubari.testing.deliver import Selves, letter, person

DAY = timedelta(days=1)
ONE_A_DAY = Cap(most=1, period=24, unit="hours")


def timed(
    world: World,
    policy: FrequencyPolicy | None = None,
    *,
    people: Selves | None = None,
    hours: BestHours | None = None,
) -> World:
    who = people or Selves()
    early = FrequencyCheck(who, world.clock, is_last=False, best_hours=hours)
    last = FrequencyCheck(who, world.clock, is_last=True)
    world.checks = {"early_checks": (early,), "timing_checks": (last,)}
    if policy is not None:
        FrequencyPolicies(world.store).set(policy, at=NOW, by="test")
    return world


def origins(n: int) -> list[Origin]:
    return [Origin("broadcast", f"brd_{i}") for i in range(n)]


def only_message(world: World, origin: Origin = ORIGIN):
    [message] = world.outbox.list_messages(origin)
    return message


def test_over_the_cap_a_message_waits_says_why_and_goes_when_there_is_room(state):
    world = timed(World(state, [1]), FrequencyPolicy(caps=[ONE_A_DAY]))
    first, second = origins(2)
    world.enqueue(origin=first)
    world.deliver()
    world.enqueue(origin=second)
    world.clock.advance(timedelta(hours=1))
    world.deliver()
    waiting = only_message(world, second)
    assert (waiting.state, waiting.reason) == (MessageState.QUEUED, Reason.OVER_CAP)
    assert waiting.due_at == NOW + DAY
    assert world.outbox.count(second).reasons == {Reason.OVER_CAP: 1}
    world.clock.set(NOW + DAY)
    world.deliver()
    assert world.states(second) == {MessageState.SENT: 1}


def test_a_cap_on_a_topic_counts_and_limits_that_topic_alone(state):
    cap = Cap(most=1, period=24, unit="hours", topic="tea")
    world = timed(World(state, [1]), FrequencyPolicy(caps=[cap]))
    shoes, tea, plain, more_tea = origins(4)
    on = {shoes: "shoes", tea: "tea", plain: "", more_tea: "tea"}
    for origin, topic in on.items():
        world.enqueue(origin=origin, of=letter(topic=topic))
        world.deliver()
    for origin in (shoes, tea, plain):
        assert world.states(origin) == {MessageState.SENT: 1}
    assert only_message(world, more_tea).reason is Reason.OVER_CAP


def test_what_certainly_did_not_arrive_does_not_count(state):
    refused = {
        "p1@example.com": [
            PermanentRefusal("final_dot", 554, "5.6.0 no"),
            TemporaryRefusal("final_dot", 451, "4.3.0 later"),
        ]
    }
    world = timed(World(state, [1], answers=refused), FrequencyPolicy(caps=[ONE_A_DAY]))
    first, second, third = origins(3)
    for origin in (first, second, third):
        world.enqueue(origin=origin)
        world.deliver()
    assert world.states(first) == {MessageState.FAILED: 1}
    assert only_message(world, second).reason is Reason.REFUSED_FOR_NOW
    assert world.states(third) == {MessageState.SENT: 1}
    world.clock.advance(timedelta(minutes=1))
    world.deliver()
    assert only_message(world, second).reason is Reason.OVER_CAP


@pytest.mark.parametrize("n_workers", [8])
def test_fifty_messages_at_once_to_one_person_never_exceed_the_cap(state, n_workers):
    """Each with a dispatch of its own, claimed by workers in threads of their own."""
    world = timed(World(state, [1]), FrequencyPolicy(caps=[Cap(most=3, period=24, unit="hours")]))
    for origin in origins(50):
        world.enqueue(origin=origin)

    def work() -> None:
        worker = world.worker(is_alone=False, batch=3, chunk=1)
        asyncio.run(worker.run(until_idle=True))

    for day in range(3):
        world.clock.set(NOW + day * DAY)
        workers = [threading.Thread(target=work) for _ in range(n_workers)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert len(world.reached) == 3 * (day + 1)
    states = Counter(only_message(world, origin).state for origin in origins(50))
    assert states == {MessageState.SENT: 9, MessageState.QUEUED: 41}


def test_profiles_that_are_one_person_now_share_one_cap(state):
    same = Selves({2: 1})
    world = timed(World(state, [1, 2]), FrequencyPolicy(caps=[ONE_A_DAY]), people=same)
    world.enqueue()
    world.deliver()
    assert len(world.reached) == 1
    assert world.states() == {MessageState.SENT: 1, MessageState.QUEUED: 1}


def test_the_first_of_one_batch_takes_the_slot(state):
    same = Selves(dict.fromkeys(range(2, 11), 1))
    world = timed(World(state), FrequencyPolicy(caps=[ONE_A_DAY]), people=same)
    world.enqueue()
    world.deliver(connections=10)
    assert len(world.reached) == 1


def test_transactional_messages_neither_wait_nor_count_but_suppression_holds(state):
    quiet = QuietHours(start="00:00", end="23:59")
    world = timed(World(state, [1]), FrequencyPolicy(caps=[ONE_A_DAY], quiet_hours=[quiet]))
    WishBook(state).record(1, [Wish.pause(NOW + DAY)], at=NOW, proof="test")
    for origin in origins(3):
        world.enqueue(origin=origin, of=letter(purpose=Purpose.TRANSACTIONAL))
    world.deliver()
    assert len(world.reached) == 3
    FrequencyPolicies(state).set(FrequencyPolicy(caps=[ONE_A_DAY]), at=NOW, by="test")
    WishBook(state).record(1, [Wish.pause(None)], at=NOW, proof="test")
    world.enqueue()
    world.deliver()
    assert world.states() == {MessageState.SENT: 1}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"])
def test_quiet_hours_are_the_persons_own(state, zone):
    quiet = QuietHours(start="21:00", end="08:00")
    world = timed(World(state, [1, 2]), FrequencyPolicy(quiet_hours=[quiet], hold_hours=24))
    for number in (1, 2):
        world.recipients.people[number] = person(number, timezone=zone, is_zone_assumed=number == 2)
    evening = datetime(2026, 11, 20, 21, 30, tzinfo=ZoneInfo(zone))
    world.clock.set(evening)
    world.enqueue()
    world.deliver()
    own, assumed = world.outbox.list_messages(ORIGIN)
    assert world.reached == []
    assert own.reason is assumed.reason is Reason.QUIET_HOURS
    assert own.due_at == datetime(2026, 11, 21, 8, tzinfo=ZoneInfo(zone))
    assert (own.assumed_zone, assumed.assumed_zone) == ("", zone)
    world.clock.set(own.due_at)
    world.deliver()
    assert len(world.reached) == 2
    assert [one.assumed_zone for one in world.outbox.list_messages(ORIGIN)] == ["", zone]


def test_quiet_that_begins_while_the_body_is_under_way_stops_the_message(state):
    quiet = QuietHours(start="21:00", end="08:00")
    world = timed(World(state, [1]), FrequencyPolicy(quiet_hours=[quiet]))
    world.clock.set(datetime(2026, 11, 20, 20, 59, tzinfo=UTC))

    async def dawdle(_address: str) -> None:
        world.clock.advance(timedelta(minutes=2))

    world.transport.before_mark = dawdle
    world.enqueue()
    world.deliver()
    assert world.reached == []
    assert only_message(world).reason is Reason.QUIET_HOURS


def test_what_waits_too_long_is_given_up_and_says_what_for(state):
    policy = FrequencyPolicy(caps=[Cap(most=1, period=10 * 24, unit="hours")], hold_hours=48)
    world = timed(World(state, [1]), policy)
    first, second = origins(2)
    for origin in (first, second):
        world.enqueue(origin=origin)
        world.deliver()
    assert only_message(world, second).due_at == NOW + 2 * DAY
    world.clock.set(NOW + 2 * DAY)
    world.deliver()
    assert world.outbox.count(second).reasons == {Reason.EXPIRED_OVER_CAP: 1}
    assert world.states(second) == {MessageState.SKIPPED: 1}


def test_a_pause_a_rhythm_and_an_unwanted_topic_hold_for_what_is_queued(state):
    world = timed(World(state, [1, 2, 3, 4]))
    book = WishBook(state)
    book.record(1, [Wish.pause(NOW + 2 * DAY)], at=NOW, proof="page")
    book.record(2, [Wish.rhythm(Rhythm.WEEKLY)], at=NOW, proof="page")
    book.record(3, [Wish.topic("sale", is_wanted=False)], at=NOW, proof="page")
    first, second = origins(2)
    for origin in (first, second):
        world.enqueue(origin=origin, of=letter(topic="sale"))
        world.deliver()
    assert Counter(world.reached) == {"p2@example.com": 1, "p4@example.com": 2}
    assert world.outbox.count(second).reasons == {
        Reason.ASKED_TO_WAIT: 1,
        Reason.OVER_CAP: 1,
        Reason.TOPIC_UNWANTED: 1,
    }
    # Taken back, the pause ends at once for what waits.
    world.clock.advance(timedelta(minutes=1))
    book.record(1, [Wish.pause(None)], at=world.clock.now(), proof="page", numbers=[1])
    world.deliver()
    assert world.reached.count("p1@example.com") == 2


def test_a_wish_made_while_the_body_is_under_way_stops_the_message(state):
    world = timed(World(state, [1]))

    async def pause(_address: str) -> None:
        wish = Wish.pause(NOW + DAY)
        await asyncio.to_thread(WishBook(state).record, 1, [wish], at=NOW, proof="page")

    world.transport.before_mark = pause
    world.enqueue()
    world.deliver()
    assert world.reached == []
    assert only_message(world).reason is Reason.ASKED_TO_WAIT


def test_each_waits_once_for_their_best_hour(state):
    class Hours:
        def find(self, zones, *, workspace_id):
            return {number: 18 for number in zones if number == 1}

    world = timed(World(state, [1, 2]), hours=Hours())
    world.enqueue(of=letter(at_best_hour=True))
    world.deliver()
    assert world.reached == ["p2@example.com"]
    [waiting, _] = world.outbox.list_messages(ORIGIN)
    assert (waiting.reason, waiting.due_at) == (Reason.BEST_HOUR, NOW.replace(hour=18))
    world.clock.set(NOW.replace(hour=19, minute=5))  # nobody was there to send it at six
    world.deliver()
    assert world.reached == ["p1@example.com", "p2@example.com"]


def test_wishes_come_back_from_the_log_and_leave_with_the_person(state):
    world = timed(World(state, [1]))
    WishBook(state).record(1, [Wish.pause(NOW + DAY)], at=NOW, proof="page")
    WishBook(state).record(1, [Wish.pause(NOW + 2 * DAY)], at=NOW + DAY, proof="page")
    said = [item for item in world.events() if item.event.type == PREFERENCE_CHANGED]
    assert len(said) == 2
    state.write(lambda connection: forget_contact(connection, [1]))
    for order in (said, said[::-1], said):
        state.write(lambda connection, order=order: WishProjection().apply(connection, order))
    world.enqueue()
    world.deliver()
    assert only_message(world).due_at == NOW + 2 * DAY


def test_a_message_that_used_a_fact_taken_back_meanwhile_is_written_anew(state):
    """The first rendering prints the city; the person says no while its body is under way."""
    world = timed(World(state, [1]))
    fact = '{"path":"customer.city","use":"printed"}'
    record = f'{{"subject":"Hello","language":"en","facts":[{fact}]}}'.encode()
    world.composer.stopped = {1: Composed(data=b"X-City: Bath\r\n\r\n", record=record)}

    async def refuse(_address: str) -> None:
        if world.composer.stopped:
            world.composer.stopped = {}
            wish = Wish.use("city", is_allowed=False)
            await asyncio.to_thread(WishBook(state).record, 1, [wish], at=NOW, proof="page")

    world.transport.before_mark = refuse
    world.enqueue()
    world.deliver()
    world.deliver()
    [(_, data)] = world.transport.accepted
    assert b"Bath" not in data
