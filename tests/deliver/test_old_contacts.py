"""Slots that no cap can ask for are forgotten, and no others."""

from datetime import timedelta

from delivery_world import World
from sqlalchemy import select

from kikubari.deliver import Origin
from kikubari.deliver._tables import contact_slots
from kikubari.deliver.frequency import LONGEST_MEMORY, MAX_DAYS, MAX_HOURS, Cap, longest_memory
from kikubari.deliver.old_contacts import OldContacts


def list_slots(world: World) -> list[int]:
    with world.store.read() as connection:
        return list(
            connection.execute(
                select(contact_slots.c.number).order_by(contact_slots.c.number)
            ).scalars()
        )


def forget_all(world: World) -> None:
    old = OldContacts(world.store, world.clock)
    while old.forget_some(people=2):
        pass


def test_what_no_cap_can_count_is_forgotten(state):
    world = World(state, range(1, 6))
    world.enqueue()
    world.deliver()
    world.clock.advance(LONGEST_MEMORY)
    forget_all(world)
    assert list_slots(world) == [1, 2, 3, 4, 5]
    world.enqueue([2, 5], origin=Origin("broadcast", "brd_2"))
    world.deliver()
    world.clock.advance(timedelta(seconds=1))
    forget_all(world)
    assert list_slots(world) == [2, 5]


def test_no_cap_remembers_for_longer():
    caps = [
        Cap(most=1, period=MAX_HOURS, unit="hours"),
        Cap(most=1, period=MAX_DAYS, unit="calendar_days"),
    ]
    assert longest_memory(caps) <= LONGEST_MEMORY
