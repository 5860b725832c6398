"""What journeys and scheduled broadcasts do in a copy that was restored, or only started."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from journey_world import MAIL, NOW, World, journey, message, wait
from test_journey_telling import LETTER, Office

from kikubari.app.backup import back_up, restore
from kikubari.app.engines import open_state
from kikubari.app.secrets import load_secrets
from kikubari.app.settings import Settings
from kikubari.deliver import Outbox, Sender
from kikubari.journeys import BroadcastDefinition, Broadcasts, BroadcastState, Timing
from kikubari.journeys.running import JourneyState
from kikubari.kit.ids import TimeOrderedIds
from kikubari.storage import StateStore, migrate
from kikubari.testing.events import PlainSealing
from kikubari.testing.journeys import NamedSegments

DAY = timedelta(days=1)


class Shop:
    """An installation whose state is opened, copied and restored."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=str(folder / "shop"))
        load_secrets(self.settings.keys_folder, dkim_selector="kikubari")
        for name in ("intake", "state"):
            store = open_state(self.settings, name)
            migrate(store)
            store.close()
        self.backup = folder / "backup"
        self._new = folder / "new"

    def open(self) -> StateStore:
        return open_state(self.settings)

    def restore(self):
        """Restore the shop from a back-up of now; return what was set aside, and the state."""
        home = msgspec.structs.replace(self.settings, home=str(self._new))
        home.folder.mkdir()
        home.keys_folder.symlink_to(self.settings.keys_folder)
        back_up(self.settings, self.backup)
        return restore(home, self.backup), open_state(home)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def broadcasts_of(world: World) -> Broadcasts:
    return Broadcasts(
        world.store,
        Outbox(world.store, PlainSealing(), world.clock),
        NamedSegments(everybody={1, 2, 3}),
        world.clock,
        TimeOrderedIds(),
    )


def test_journeys_of_a_restored_copy_wait_for_a_person(shop: Shop):
    store = shop.open()
    world = World(store)
    world.publish(journey(wait("w", "m", days=1), message("m")))
    world.happen(1, "Signed Up")
    world.settle()
    store.close()
    set_aside, copy = shop.restore()
    assert set_aside.journeys_paused == ["jny_1"]
    restored = World(copy)
    restored.clock.set(NOW + 2 * DAY)
    restored.settle()
    # The original wrote to them a day ago, and the copy cannot know.
    assert restored.sent() == []
    assert restored.journeys.get("jny_1").state is JourneyState.PAUSED
    copy.close()


def test_a_journey_that_drained_goes_on_draining_after_a_restore(shop: Shop):
    store = shop.open()
    world = World(store)
    world.publish(journey(wait("w", "m", days=1), message("m")))
    world.happen(1, "Signed Up")
    world.settle()
    world.journeys.drain("jny_1")
    store.close()
    _, copy = shop.restore()
    restored = World(copy)
    assert restored.journeys.get("jny_1").state is JourneyState.PAUSED
    assert restored.journeys.resume("jny_1").state is JourneyState.DRAINING
    restored.happen(2, "Signed Up")
    restored.clock.set(NOW + 2 * DAY)
    restored.settle()
    numbers = {row.number for row in restored.rows("SELECT number FROM journey_enrolments")}
    assert numbers == {1}
    copy.close()


def test_a_scheduled_broadcast_of_a_restored_copy_is_a_draft_that_says_why(shop: Shop):
    store = shop.open()
    broadcasts = broadcasts_of(World(store))
    draft = broadcasts.create(
        BroadcastDefinition(
            name="Tomorrow",
            segment="everybody",
            sender=Sender(from_address="news@shop.example"),
            template=MAIL,
            timing=Timing(start_at=NOW + DAY),
        )
    )
    assert broadcasts.start(draft.id).state is BroadcastState.SCHEDULED
    store.close()
    set_aside, copy = shop.restore()
    assert set_aside.broadcasts_unscheduled == [draft.id]
    world = World(copy)
    world.clock.set(NOW + 2 * DAY)
    again = broadcasts_of(world)
    again.begin_scheduled()
    found = again.get(draft.id)
    assert found.state is BroadcastState.DRAFT
    assert "back-up" in found.problem
    copy.close()


def test_letters_to_staff_leave_neither_a_copy_that_was_only_started_nor_a_restored_one(shop: Shop):
    store = shop.open()
    office = Office(store)
    office.world.publish(journey(LETTER))
    office.enter(1)
    store.close()
    _, copy = shop.restore()
    restored = Office(copy)
    restored.send()
    assert restored.handed == []
    copy.close()
    kept = open_state(msgspec.structs.replace(shop.settings, home=str(shop.backup)))
    only_started = Office(kept)
    only_started.send()
    assert only_started.handed == []
    kept.close()
