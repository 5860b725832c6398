from datetime import timedelta

import pytest
from delivery_world import NOW, World

from kikubari.deliver import (
    AlarmLevel,
    AlarmScope,
    MessageState,
    Origin,
    Outcome,
    OutcomeKind,
    Outcomes,
    SpamWatch,
)
from kikubari.deliver.tracking import TrackedMessage
from kikubari.spec.errors import ConflictError

FIRST, SECOND = Origin("broadcast", "brd_1"), Origin("broadcast", "brd_2")
COMPLAINT = Outcome(kind=OutcomeKind.COMPLAINED, told_by="mail", feedback_type="abuse")


class Watched:
    """Messages of a first broadcast that were sent."""

    def __init__(self, state, *, n_sent: int = 1_000) -> None:
        self.world = World(state, range(1, n_sent + 1))
        self.dispatch_id = self.world.enqueue(origin=FIRST)
        self.world.deliver(batch=1_000)
        self.watch = SpamWatch(state, self.world.clock)

    def complain(self, *numbers: int) -> None:
        for number in numbers:
            about = TrackedMessage(1, self.dispatch_id << 32 | number)
            assert Outcomes(self.world.store).record(about, COMPLAINT, at=self.world.clock.now())

    def raised(self) -> dict[AlarmScope, AlarmLevel]:
        return {one.scope: one.level for one in self.watch.check()}


def test_fewer_than_three_complaints_raise_no_alarm(state):
    watched = Watched(state, n_sent=20)
    watched.complain(1, 2)
    assert watched.raised() == {}


def test_told_twice_a_complaint_counts_once(state):
    watched = Watched(state, n_sent=20)
    watched.complain(1, 1, 1, 2)
    assert watched.raised() == {}


def test_a_tenth_of_a_percent_warns_and_nothing_is_held(state):
    watched = Watched(state, n_sent=1_001)
    watched.world.enqueue([1, 2], origin=SECOND)
    watched.complain(1, 2, 3)
    both = {AlarmScope.BROADCAST: AlarmLevel.WARNED, AlarmScope.SENDER: AlarmLevel.WARNED}
    assert watched.raised() == both
    assert watched.raised() == {}  # once is enough
    watched.world.deliver()
    # One of the two complained and is not written to again.
    assert watched.world.states(SECOND) == {MessageState.SKIPPED: 2}


def test_three_tenths_of_a_percent_hold_all_mail_of_the_sender_until_a_person_resumes(state):
    watched = Watched(state)
    world = watched.world
    world.enqueue([10, 11], origin=SECOND)
    watched.complain(1, 2, 3)
    both = {AlarmScope.BROADCAST: AlarmLevel.HALTED, AlarmScope.SENDER: AlarmLevel.HALTED}
    assert watched.raised() == both
    world.deliver()
    assert world.states(SECOND) == {MessageState.QUEUED: 2}
    with pytest.raises(ConflictError):
        watched.watch.refuse_if_held("other@SHOP.example")
    watched.watch.refuse_if_held("news@elsewhere.example")

    world.outbox.resume(SECOND)  # a broadcast alone cannot be let go while its sender is held
    watched.watch.check()
    world.deliver()
    assert world.states(SECOND) == {MessageState.QUEUED: 2}

    watched.watch.resume_sender("shop.example", by="Aiko")
    watched.watch.refuse_if_held("news@shop.example")
    assert watched.raised() == {}
    world.deliver()
    assert world.states(SECOND) == {MessageState.SENT: 2}
    (alarm,) = [one for one in watched.watch.list_alarms() if one.scope is AlarmScope.SENDER]
    assert (alarm.resumed_by, alarm.n_complaints, alarm.n_sent) == ("Aiko", 3, 1_000)
    with pytest.raises(ConflictError):
        watched.watch.resume_sender("shop.example", by="Aiko")


def test_a_broadcast_resumed_as_any_is_counts_anew(state):
    watched = Watched(state)
    watched.complain(1, 2, 3)
    watched.raised()
    watched.world.clock.advance(timedelta(minutes=1))
    watched.watch.resume_sender("shop.example", by="Aiko")
    watched.world.outbox.resume(FIRST)
    assert watched.raised() == {}
    watched.complain(4, 5, 6)  # about messages from before
    assert watched.raised() == {}
    alarms = {one.scope: one for one in watched.watch.list_alarms()}
    assert not any(one.is_holding for one in alarms.values())


def test_complaints_about_old_mail_are_past_the_window(state):
    watched = Watched(state, n_sent=20)
    watched.world.clock.set(NOW + timedelta(days=8))
    watched.complain(1, 2, 3)
    assert watched.raised() == {}
