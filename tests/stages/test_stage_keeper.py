"""Everybody's stages are told when they change, and only then; removed ones are taken back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pyroaring import BitMap
from sqlalchemy import select
from test_life_stages import DOG

from kikubari.decide.stages import (
    NO_STAGE,
    StageBook,
    StageCount,
    StageKeeper,
    StagePeople,
    StageSurroundings,
)
from kikubari.events import RowBuilder, SequencedEvent
from kikubari.events._tables import inbox
from kikubari.events.codec import decode_batch
from kikubari.events.copy_rows import COLUMNS
from kikubari.events.copy_schema import list_definitions
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind
from kikubari.spec.errors import ConflictError, NotFoundError

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


class World:
    """A copy with what people did and said, and a log; what is told comes into the copy."""

    def __init__(self, state, columnar) -> None:
        self.state, self.columnar = state, columnar
        self.clock = ManualClock(NOW)
        self.book = StageBook(state)
        self.left_out = BitMap()
        self._n = 0
        self._n_read = 0
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)
        around = StageSurroundings(
            state=state,
            columnar=columnar,
            clock=self.clock,
            zone=ZoneInfo("Asia/Tokyo"),
            left_out=self,
        )
        self.keeper, self.people = StageKeeper(around), StagePeople(around)

    def list_left_out(self) -> BitMap:
        return self.left_out

    def put(self, number, event):
        self._n += 1
        built = RowBuilder(workspace_id=1, currency="JPY").build(
            [SequencedEvent(self._n, number, event)]
        )
        for table, rows in built.items():
            if rows:
                self.columnar.insert(table, COLUMNS[table], list(zip(*rows, strict=True)))

    def bought(self, number, category, days_ago):
        at = self.clock.now() - timedelta(days=days_ago)
        products = [{"product_id": "p", "category": category}]
        self.put(number, self._event("Order Completed", at, properties={"products": products}))

    def said(self, number, **traits):
        context = {"kikubari": {"provenance": "declared"}}
        at = self.clock.now() - timedelta(minutes=5)
        self.put(number, self._event(IDENTIFIED, at, traits=traits, context=context))

    def _event(self, type_, at, **body):
        return Event(
            message_id=f"m{self._n}",
            kind=EventKind.IDENTIFY if type_ == IDENTIFIED else EventKind.TRACK,
            type=type_,
            occurred_at=at,
            received_at=at,
            source_id=1,
            **body,
        )

    def step(self, after=timedelta(hours=1)):
        """Let time pass, look, and return what was told anew by number."""
        self.clock.advance(after)
        self.keeper.step()
        return self.read_told()

    def read_told(self):
        """Bring what was told into the copy, and return what is new, by number."""
        with self.state.read() as connection:
            bodies = list(connection.scalars(select(inbox.c.body).order_by(inbox.c.id)))
        events = [event for body in bodies for event in decode_batch(body)][self._n_read :]
        self._n_read += len(events)
        for event in events:
            self.put(event.number, event)
        return {event.number: event for event in events}


@pytest.fixture
def world(state, columnar):
    return World(state, columnar)


def stages(told):
    return {number: event.traits["life_stage.dog"] for number, event in told.items()}


def test_stages_are_told_with_where_they_are_from_and_until_when(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.said(2, dogs_birthday=(NOW - timedelta(days=400)).date().isoformat())
    world.bought(2, "puppy", 3)
    world.said(3, dog_stage="puppy")
    world.bought(4, "something else", 3)
    told = world.step()
    assert stages(told) == {1: "puppy", 2: "adult", 3: "puppy"}
    assert told[1].context["kikubari"] == {"provenance": "inferred_self", "confidence": 0.5}
    assert told[2].context["kikubari"] == {"provenance": "declared", "confidence": 1.0}
    assert told[1].traits["life_stage.dog.until"] == (NOW + timedelta(days=177)).date().isoformat()


def test_the_day_until_which_it_holds_is_the_shops(world):
    world.clock.set(datetime(2026, 11, 1, 20, tzinfo=UTC))  # the second of November in Tokyo
    world.book.put(DOG)
    world.bought(1, "puppy", 0)
    told = world.step()
    assert told[1].traits["life_stage.dog.until"] == "2027-05-01"
    corrected = correct(world, "adult")
    assert corrected == ("adult", "adult")


def test_it_is_told_again_only_when_it_changes(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    assert stages(world.step()) == {1: "puppy"}
    assert world.step() == {}
    world.bought(1, "adult dog", 0)
    assert stages(world.step()) == {1: "adult"}
    assert stages(world.step(after=timedelta(days=500))) == {1: None}
    assert world.step() == {}


def test_a_changed_definition_counts_at_once_and_a_removed_one_takes_back_what_it_told(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.step()
    world.book.put(msgspec.structs.replace(DOG, min_confidence=0.9))
    assert stages(world.step(after=A_MINUTE)) == {1: None}
    world.book.put(DOG)
    world.step(after=A_MINUTE)
    world.book.remove("dog")
    assert world.book.list_all() == []
    assert stages(world.step(after=A_MINUTE)) == {1: None}
    world.step()
    with pytest.raises(NotFoundError):
        world.book.remove("dog")


def test_nothing_is_inferred_of_who_is_left_out(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.left_out.add(1)
    assert world.step() == {}


def test_counts_tell_own_word_from_guesses_and_a_draft_is_counted_without_telling(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.said(2, dog_stage="puppy")
    world.bought(3, "adult dog", 2)
    expected = [
        StageCount("considering", 0, 0),
        StageCount("puppy", 1, 1),
        StageCount("adult", 0, 1),
    ]
    assert world.people.try_out(DOG) == expected
    assert world.people.count(DOG) == [StageCount(one.stage, 0, 0) for one in expected]
    world.step()
    assert world.people.count(DOG) == expected


def explained(world, number):
    return world.people.explain([DOG], number, [number])[0]


def test_a_stage_is_explained_by_what_speaks_for_it(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.bought(1, "puppy", 5)
    world.bought(1, "adult dog", 900)
    found = explained(world, 1)
    assert (found.stage, found.confidence, found.is_declared) == ("puppy", 0.75, False)
    assert found.until == NOW + timedelta(days=177)
    puppy, adult = found.evidence
    assert (puppy.stage, puppy.evidence, puppy.n_days, puppy.is_over) == ("puppy", 2, 2, False)
    assert (adult.stage, adult.is_over) == ("adult", True)
    assert explained(world, 2).evidence == []
    world.left_out = BitMap([1])
    assert explained(world, 1).is_left_out


def correct(world, stage):
    world.clock.advance(A_MINUTE)
    found = world.people.correct(DOG, 1, [1], stage=stage, by="Aya")
    event = world.read_told()[1]
    assert event.properties == {"by": "Aya"}
    assert world.step() == {}, "what was corrected is what everybody's rules find, too"
    return found.stage, event.traits["life_stage.dog"]


def test_what_staff_were_told_counts_at_once_stays_and_can_be_taken_back(world):
    world.book.put(DOG)
    world.bought(1, "puppy", 3)
    world.step()
    assert correct(world, "adult") == ("adult", "adult")
    assert explained(world, 1).is_declared
    assert explained(world, 1).evidence[0].evidence is None
    assert correct(world, NO_STAGE) == (None, None)
    assert correct(world, None) == ("puppy", "puppy")


def test_no_stage_is_written_down_that_there_is_not_or_of_who_is_left_out(world):
    world.book.put(DOG)
    with pytest.raises(NotFoundError):
        world.people.correct(DOG, 1, [1], stage="cat", by="Aya")
    world.left_out = BitMap([1])
    with pytest.raises(ConflictError):
        world.people.correct(DOG, 1, [1], stage="adult", by="Aya")
