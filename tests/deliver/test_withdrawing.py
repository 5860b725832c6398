"""Messages that are taken back while they wait, or while a worker has them."""

import msgspec
from delivery_world import ORIGIN, World

from kikubari.deliver import CouponPlan, MessageState, Origin, PlannedOffer, Reason, withdraw
from kikubari.spec.topics import EMAIL_SKIPPED
from kikubari.testing.deliver import letter

OTHER = Origin("broadcast", "brd_2")
GOAL = Reason.GOAL_REACHED


def take_back(world, unwanted, **more):
    return world.store.write(
        lambda connection: withdraw(connection, unwanted, now=world.clock.now(), **more)
    )


def test_only_these_people_get_nothing_and_the_log_says_why(state):
    world = World(state, [1, 2, 3])
    world.enqueue()
    world.enqueue(origin=OTHER)
    gone = take_back(world, {ORIGIN: {1: GOAL, 3: Reason.JOURNEY_LEFT, 9: GOAL}})
    assert [(origin, one.number, verdict.reason) for origin, one, verdict in gone] == [
        (ORIGIN, 1, GOAL),
        (ORIGIN, 3, Reason.JOURNEY_LEFT),
    ]
    assert take_back(world, {ORIGIN: {1: GOAL}}) == []
    world.deliver()
    assert world.states() == {MessageState.SKIPPED: 2, MessageState.SENT: 1}
    assert world.states(OTHER) == {MessageState.SENT: 3}
    assert world.outbox.count(ORIGIN).reasons == {GOAL: 1, Reason.JOURNEY_LEFT: 1}
    told = {
        one.number: one.event.properties["reason"]
        for one in world.events()
        if one.event.type == EMAIL_SKIPPED
    }
    assert told == {1: "goal_reached", 3: "journey_left"}


class LateCodes:
    """Draws codes for messages that were taken back just before; notes what comes back."""

    def __init__(self, world) -> None:
        self.world = world
        self.released = []

    def provide(self, plan, people):
        take_back(
            self.world, {ORIGIN: {message.number: GOAL for message, _ in people}}, coupons=self
        )
        self.released.clear()
        return {}

    def release_in(self, connection, message_ids):
        self.released += [message_id & 0xFFFFFFFF for message_id in message_ids]


def test_a_message_that_a_worker_has_is_taken_from_it_with_its_code(state):
    world = World(state, [1, 2])
    world.coupons = codes = LateCodes(world)
    plan = CouponPlan(offers=(PlannedOffer(offer_id="off_1"),))
    world.enqueue(of=msgspec.structs.replace(letter(), coupon=plan))
    world.deliver()
    assert world.reached == []
    assert world.states() == {MessageState.SKIPPED: 2}
    assert world.outbox.count(ORIGIN).reasons == {GOAL: 2}
    # Codes drawn after it was taken back do not stay with a message that nobody gets.
    assert sorted(codes.released) == [1, 2]


def test_nothing_is_asked_where_nothing_is_unwanted(state):
    world = World(state, [1])
    world.enqueue()
    assert take_back(world, {}) == []
    assert take_back(world, {Origin("journey", "jny/1/mail/1"): {1: GOAL}}) == []
    world.deliver()
    assert world.states() == {MessageState.SENT: 1}
