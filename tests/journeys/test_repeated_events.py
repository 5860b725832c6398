"""What is sent again changes nothing: not at once, not after a restart, not after 400 days."""

import random
from datetime import timedelta
from typing import Any

import msgspec
from journey_world import NOW, World, end, journey, message
from model_world import RealLog
from sqlalchemy import select

from kikubari.events import Sequencer, append_in
from kikubari.journeys.definition import Goal, Reentry, Rules
from kikubari.journeys.running import Follower, Programs
from kikubari.profiles import (
    ConsentProjection,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    SavedProjection,
    TraitProjection,
)
from kikubari.spec.conditions import Events
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED
from kikubari.storage import StateStore, metadata

PEOPLE = 6
# What waits, and the log's mark with its count of events that were sent again.
_NOT_TOLD = {"inbox", "log_marks"}
_CONSENT = {
    "purpose": "marketing", "channel": "email", "status": "granted",
    "wording_version": "v1", "source": "form", "proof": "box",
}  # fmt: skip


def an_event(number: int, source: int = 1) -> Event:
    """Return one of many kinds, each with a messageId of its own."""
    kinds: list[dict[str, Any]] = [
        {"kind": EventKind.IDENTIFY, "type": IDENTIFIED, "anonymous_id": f"d{number % 4}",
         "traits": {"email": f"u{number % PEOPLE}@x.jp", "plan": f"p{number % 3}"}},
        {"kind": EventKind.TRACK, "type": "Signed Up"},
        {"kind": EventKind.TRACK, "type": CONSENT_CHANGED, "properties": _CONSENT},
        {"kind": EventKind.TRACK, "type": "Product Added to Wishlist",
         "properties": {"product_id": f"p{number % 2}", "name": "Lamp"}},
        {"kind": EventKind.TRACK, "type": "Order Completed",
         "properties": {"order_id": f"o{number}", "total": 500}},
    ]  # fmt: skip
    at = NOW - timedelta(hours=2, seconds=number)
    return Event(
        message_id=f"m{number}", occurred_at=at, received_at=at, source_id=source,
        trust=Trust.SERVER, user_id=f"u{number % PEOPLE}", **kinds[number % len(kinds)],
    )  # fmt: skip


class Sent:
    """A shop that takes in events of real people, and a journey that each of them may enter."""

    def __init__(self, state: StateStore) -> None:
        self.world = World(state)
        rules = Rules(goal=Goal(events=Events("Never")), reentry=Reentry(allowed=True))
        self.world.publish(journey(message("hello", "end"), end(), rules=rules))
        self.restart()

    def restart(self) -> None:
        """Go on as a process does that knows only what is in the store."""
        world, store = self.world, self.world.store
        keys = PersonKeys(InstanceKey(b"k" * 32))
        self.log = RealLog(store, keys)
        world.around = type(world.around)(**{**vars(world.around), "log": self.log})
        projections = [TraitProjection(keys), ConsentProjection(keys), SavedProjection(keys)]
        self.sequencer = Sequencer(store, [store], IdentityNumbering(), keys, projections)
        world.stepper = world.make_stepper()
        world.follower = Follower(world.around, Programs(store, workspace_id=1), limit=50)
        world.follower.step()

    def send(self, events: list[Event], dice: random.Random) -> None:
        """Let each arrive one to five times, in any order and any batches, and all follow of it."""
        arriving = [one for one in events for _ in range(dice.randint(1, 5))]
        dice.shuffle(arriving)
        now = self.world.clock.now()
        while arriving:
            size = dice.randint(1, 20)
            batch = [msgspec.structs.replace(one, received_at=now) for one in arriving[:size]]
            arriving = arriving[size:]
            self.world.store.write(lambda c, batch=batch: append_in(c, batch))
            if dice.random() < 0.3:
                self.settle()
        self.settle()

    def settle(self) -> None:
        while self.sequencer.run_once().n_new:
            pass
        self.world.settle()

    def told(self) -> dict[str, list[Any]]:
        """Return every row of every table that says something about people."""
        with self.world.store.read() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table)).all()))
                for table in metadata.sorted_tables
                if table.name not in _NOT_TOLD
            }


def test_what_is_sent_again_changes_nothing_for_ever(state: StateStore) -> None:
    dice, sent = random.Random(1), Sent(state)
    events = [an_event(number) for number in range(60)]
    sent.send(events, dice)
    assert sent.log.position() == len(events)
    assert len(sent.world.sent()) >= PEOPLE
    before = sent.told()
    assert len(before["events"]) == len(events)
    assert before["consent_entries"]
    assert before["saved_statements"]
    for step in (timedelta(0), timedelta(hours=23, minutes=59), timedelta(days=400)):
        sent.world.clock.advance(step)
        for is_restarted in (False, True):
            if is_restarted:
                sent.restart()
            sent.send(events, dice)
            assert sent.told() == before, f"after {step}, restarted: {is_restarted}"


def test_the_same_name_from_another_source_is_another_event(state: StateStore) -> None:
    """Or a careless source could make another one's events disappear."""
    dice, sent = random.Random(2), Sent(state)
    one, other = ([an_event(number, source) for number in range(20)] for source in (1, 2))
    sent.send(one, dice)
    entered = len(sent.world.sent())
    sent.send(other, dice)
    assert sent.log.position() == 2 * len(one)
    assert len(sent.world.sent()) > entered
    before = sent.told()
    sent.restart()
    sent.send([*one, *other], dice)
    assert sent.told() == before
