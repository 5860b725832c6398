import asyncio
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from delivery_world import NOW, ORIGIN, World

from kikubari.deliver import (
    Composed,
    MessageState,
    Origin,
    Purpose,
    Reason,
    public_id,
)
from kikubari.deliver.providers.smtp import ConnectionLost, PermanentRefusal, TemporaryRefusal
from kikubari.spec.errors import ConflictError
from kikubari.spec.topics import EMAIL_BOUNCED, EMAIL_FAILED, EMAIL_SENT, EMAIL_SKIPPED
from kikubari.testing.deliver import letter, person


def test_everybody_gets_the_message_once_and_the_log_learns_of_it(state):
    world = World(state)
    dispatch_id = world.enqueue()
    world.deliver()
    assert world.reached == sorted(f"p{n}@example.com" for n in range(1, 11))
    assert world.states() == {MessageState.SENT: 10}
    sent = [item for item in world.events() if item.event.type == EMAIL_SENT]
    assert {item.number for item in sent} == set(range(1, 11))
    assert sent[0].event.properties["broadcast_id"] == "brd_1"
    ids = {public_id(dispatch_id << 32 | number) for number in range(1, 11)}
    assert {item.event.properties["message_id"] for item in sent} == ids


@pytest.mark.parametrize("has_tracking", [True, False])
def test_the_log_says_of_whom_opens_can_be_known(state, has_tracking):
    world = World(state, [1, 2])
    world.recipients.people[1] = person(1, is_tracked=True)
    world.enqueue(of=msgspec.structs.replace(letter(), has_tracking=has_tracking))
    world.deliver()
    tracked = {one.number for one in world.events() if one.event.properties["is_tracked"]}
    assert tracked == ({1} if has_tracking else set())


def test_queueing_again_adds_nobody_twice(state):
    world = World(state)
    world.enqueue()
    world.deliver()
    world.enqueue(range(1, 13))
    world.recipients.people.update({n: person(n) for n in (11, 12)})
    world.consents.granted |= {(11, "marketing"), (12, "marketing")}
    world.deliver()
    assert Counter(world.reached) == Counter(f"p{n}@example.com" for n in range(1, 13))


def test_each_refusal_has_its_reason_and_stops_nobody_else(state):
    world = World(state)
    world.consents.granted.discard((1, "marketing"))
    world.recipients.people[2] = person(2, address="")
    world.recipients.people[3] = person(3, is_verified=False)
    world.recipients.people[4] = person(4, address="not an address")
    del world.recipients.people[5]
    world.recipients.people[7] = person(7, address="P6+news@EXAMPLE.com")
    world.composer.stopped = {
        8: Composed(stopped_by=Reason.RENDER_FAILED),
        9: Composed(stopped_by=Reason.GUARD_BLOCKED),
    }
    world.enqueue()
    world.deliver(connections=1)
    counts = world.outbox.count(ORIGIN)
    assert counts.states == {
        MessageState.SENT: 2,
        MessageState.SKIPPED: 7,
        MessageState.FAILED: 1,
    }
    assert counts.reasons == {
        Reason.NO_CONSENT: 1,
        Reason.NO_ADDRESS: 1,
        Reason.ADDRESS_UNVERIFIED: 1,
        Reason.ADDRESS_INVALID: 1,
        Reason.PROFILE_GONE: 1,
        Reason.DUPLICATE_ADDRESS: 1,
        Reason.RENDER_FAILED: 1,
        Reason.GUARD_BLOCKED: 1,
    }
    types = Counter(item.event.type for item in world.events())
    assert types == {EMAIL_SENT: 2, EMAIL_SKIPPED: 7, EMAIL_FAILED: 1}


def test_a_transactional_message_needs_no_consent_but_an_address_that_is_not_a_mere_claim(state):
    world = World(state, [1, 2])
    world.consents.granted.clear()
    world.recipients.people[2] = person(2, is_verified=False)
    world.enqueue(of=letter(purpose=Purpose.TRANSACTIONAL))
    world.deliver()
    assert world.states() == {MessageState.SENT: 1, MessageState.SKIPPED: 1}
    assert world.reached == ["p1@example.com"]


def test_consent_withdrawn_while_the_body_is_under_way_stops_the_message(state):
    world = World(state, [1, 2])

    async def withdraw(address: str) -> None:
        if address.startswith("p1@"):
            world.consents.granted.discard((1, "marketing"))

    world.transport.before_mark = withdraw
    world.enqueue()
    world.deliver()
    assert world.reached == ["p2@example.com"]
    assert world.transport.abandoned == ["p1@example.com"]
    assert world.outbox.count(ORIGIN).reasons == {Reason.NO_CONSENT: 1}


@pytest.mark.parametrize("verb", ["cancel", "pause"])
def test_cancel_and_pause_hold_what_is_not_past_the_gate(state, verb):
    world = World(state, range(1, 41))
    done = []
    turn = asyncio.Lock()

    async def interrupt(_address: str) -> None:
        async with turn:
            done.append(1)
            if len(done) == 10:
                await asyncio.to_thread(getattr(world.outbox, verb), ORIGIN)

    world.transport.before_mark = interrupt
    world.enqueue()
    world.deliver()
    n_sent = len(world.reached)
    # Of the nine before, two other connections may have been waiting for the gate's answer.
    assert 7 <= n_sent <= 9
    world.transport.before_mark = None
    world.deliver()
    assert len(world.reached) == n_sent
    if verb == "cancel":
        with pytest.raises(ConflictError):
            world.outbox.resume(ORIGIN)
        assert world.states() == {MessageState.SENT: n_sent, MessageState.CANCELLED: 40 - n_sent}
    else:
        world.outbox.resume(ORIGIN)
        world.deliver()
        assert Counter(world.reached) == Counter(f"p{n}@example.com" for n in range(1, 41))


def test_a_temporary_refusal_is_tried_again_for_at_least_four_days(state):
    refusal = TemporaryRefusal("rcpt", 451, "4.7.1 p1@example.com is greylisted")
    world = World(state, [1], answers={"p1@example.com": [refusal] * 200})
    world.enqueue()
    tries = 0
    while world.states().get(MessageState.FAILED) is None:
        world.deliver()
        tries += 1
        [message] = world.outbox.list_messages(ORIGIN)
        assert message.attempts == tries
        assert "example" not in message.smtp_text
        if message.due_at is not None:
            assert message.reason is Reason.REFUSED_FOR_NOW
            world.clock.set(message.due_at)
    assert world.clock.now() - NOW >= timedelta(days=4)
    assert message.reason is Reason.RETRIES_EXHAUSTED
    assert 20 < tries < 60


def test_a_refused_message_arrives_when_the_server_changes_its_mind(state):
    busy = TemporaryRefusal("final_dot", 451, "4.3.0 try later")
    world = World(state, [1], answers={"p1@example.com": [busy]})
    world.enqueue()
    world.deliver()
    world.deliver()
    assert world.reached == []
    world.clock.advance(timedelta(minutes=2))
    world.deliver()
    assert world.reached == ["p1@example.com"]


def test_a_permanent_refusal_is_tried_once_and_a_dead_address_is_reported(state):
    world = World(
        state,
        [1, 2],
        answers={
            "p1@example.com": [PermanentRefusal("rcpt", 550, "5.1.1 no such user")],
            "p2@example.com": [PermanentRefusal("final_dot", 554, "5.7.1 spam")],
        },
    )
    world.enqueue()
    world.deliver()
    world.clock.advance(timedelta(days=9))
    world.deliver()
    assert world.outbox.count(ORIGIN).reasons == {Reason.REFUSED: 2}
    bounced = [item for item in world.events() if item.event.type == EMAIL_BOUNCED]
    types = {item.number: item.event.properties["bounce_type"] for item in bounced}
    assert types == {1: "hard", 2: "policy"}


def test_a_server_that_is_away_uses_up_no_attempts(state):
    away = ConnectionLost("connect", is_after_dot=False, reason="closed", text="refused")
    world = World(state, [1], answers={"p1@example.com": [away] * 3})
    world.enqueue()
    for _ in range(3):
        world.deliver()
        world.clock.advance(timedelta(minutes=2))
    assert world.outbox.list_messages(ORIGIN)[0].attempts == 0
    world.deliver()
    assert world.reached == ["p1@example.com"]


@pytest.mark.parametrize(
    ("resends", "state_after", "n_later"),
    [(False, MessageState.UNKNOWN, 0), (True, MessageState.QUEUED, 1)],
)
def test_an_answer_lost_after_the_dot_is_unknown_unless_the_letter_wants_it_resent(
    state, resends, state_after, n_later
):
    lost = ConnectionLost("final_dot", is_after_dot=True, reason="timeout", text="no answer")
    world = World(state, [1], answers={"p1@example.com": [lost]})
    world.enqueue(of=letter(purpose=Purpose.TRANSACTIONAL, resends_unknown=resends))
    world.deliver()
    assert world.states() == {state_after: 1}
    world.clock.advance(timedelta(days=5))
    world.deliver()
    assert len(world.reached) == n_later


def test_transactional_messages_overtake_a_broadcast(state):
    world = World(state, range(1, 31))
    world.enqueue(range(1, 30))
    receipt = Origin("receipt", "order-1")
    world.enqueue([30], origin=receipt, of=letter(purpose=Purpose.TRANSACTIONAL))
    world.deliver(connections=1, batch=5)
    assert world.transport.accepted[0][0] == "p30@example.com"


def test_what_was_said_is_kept_sealed_and_goes_with_the_person(state):
    world = World(state, [1])
    world.enqueue()
    world.deliver()
    [message] = world.outbox.list_messages(ORIGIN)
    record = world.outbox.find_record(message.id)
    assert record is not None
    assert record.subject == "Hello"
    world.sealing.forgotten.add(1)
    assert world.outbox.find_record(message.id) is None
