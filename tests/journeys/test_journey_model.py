"""The engine against the reference: whatever happens, in whatever order, both come to the same."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from journey_drawing import journeys, kinds, other_journeys
from journey_reference import WISH, Facts, Happened, ReferenceShop
from journey_reference import Reference as ReferenceJourney
from journey_world import NOW, TOKYO
from model_world import ModelWorld, happened

from empty_stores import write_empty_sqlite
from kikubari.spec.errors import ConflictError
from kikubari.storage import PostgresStateStore, SqliteStateStore, StateStore

# KIKUBARI_TEST_CASES=2000 tells more of them, where there is time.
CASES = int(os.environ.get("KIKUBARI_TEST_CASES", "30"))
PEOPLE = range(1, 5)
EVENTS = ("Signed Up", "Signed Up", "Clicked", "Clicked", "Viewed", "Bought", "Gave Up")
# A common day, and those before clocks go back and forward in Berlin.
DAYS = (NOW, datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2027, 3, 27, 12, 0, tzinfo=UTC))
ONE, OTHER = "jny_1", "jny_2"
OpenStore = Callable[[], StateStore]
Begin = Callable[[], AbstractContextManager[OpenStore]]


class Machine(RuleBasedStateMachine):
    begin_store: Begin  # of an empty store, for each example

    @initialize(data=st.data(), kinds=kinds, now=st.sampled_from(DAYS))
    def begin(self, data, kinds, now):
        batch, limit = data.draw(st.sampled_from([1, 2, 100])), data.draw(st.sampled_from([1, 100]))
        self.restarts_every = data.draw(st.sampled_from([None, None, 1, 3]))
        self.holding = self.begin_store()
        self.open_store = self.holding.__enter__()
        self.store = self.open_store()
        self.facts = Facts(
            zone=TOKYO,
            zones={1: "Europe/Berlin", 2: "Pacific/Kiritimati", 3: "Etc/GMT+12"},
            hours={1: 2, 3: 20},
            segments={"vip": {1, 2}, "new": {2, 3}, "leavers": set()},
            merged={},
        )
        self.world = ModelWorld(self.store, self.facts, now, batch=batch, limit=limit)
        self.shop = ReferenceShop(self.facts)
        self.kinds = kinds
        self.events, self.wishes = [], set()
        for journey_id, drawn in ((OTHER, other_journeys()), (ONE, journeys(kinds))):
            definition = data.draw(drawn)
            self.world.publish(definition, journey_id)
            self.shop.journeys[journey_id] = ReferenceJourney(self.shop, journey_id)
            self.shop.journeys[journey_id].publish(definition, now)
        for person in PEOPLE:
            self.happen({person: "Signed Up"}, 0)

    @property
    def one(self) -> ReferenceJourney:
        return self.shop.journeys[ONE]

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @rule(
        what=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(EVENTS), min_size=1),
        minutes_ago=st.sampled_from([0, 0, 0, 0, 1, 30, 90, 600, 3_000]),
    )
    def happen(self, what, minutes_ago):
        """Let something happen to some people at once; it may be long ago."""
        at = self.now - timedelta(minutes=minutes_ago)
        people = {self.facts.who(person): person for person in what}
        new = [
            Happened(len(self.shop.events) + place, person, what[person], at, 100)
            for place, person in enumerate(people.values(), start=1)
        ]
        events = [
            happened(one.person, one.type, at, f"e{one.position}", total=100, currency="JPY")
            for one in new
        ]
        self.events += events
        self.world.append(events)
        self.shop.happen(new, self.now)
        self.check()

    @rule(which=st.integers(0, 100))
    def happen_again(self, which):
        """Let an event come that came before: it is the same one."""
        self.world.append([self.events[which % len(self.events)]])
        self.check()

    @rule(person=st.sampled_from(PEOPLE), key=st.sampled_from(["a", "b"]))
    def ask_for_entry(self, person, key):
        try:
            self.world.journeys.request_entry(ONE, person, key=key, properties={})
        except ConflictError:
            assert self.one.state != "running"
            return
        if (person, key) not in self.wishes:
            self.wishes.add((person, key))
            place = len(self.shop.events) + 1
            wish = Happened(place, person, WISH, self.now, journey=ONE)
            self.shop.happen([wish], self.now)
        self.check()

    @rule(minutes=st.sampled_from([1, 10, 45, 60, 61, 300, 1_440, 4_000]))
    def pass_time(self, minutes):
        self.world.clock.advance(timedelta(minutes=minutes))
        self.shop.go(self.now)
        self.check()

    @rule(person=st.sampled_from(PEOPLE), segment=st.sampled_from(["vip", "new", "leavers"]))
    def change_member(self, person, segment):
        self.facts.segments[segment] ^= {self.facts.who(person)}

    @rule(gone=st.sampled_from(PEOPLE), kept=st.sampled_from(PEOPLE))
    def merge(self, gone, kept):
        """Two turn out to be one person: what is known of them is known of that one."""
        gone, kept = self.facts.who(gone), self.facts.who(kept)
        if gone == kept:
            return
        for number in PEOPLE:
            if self.facts.who(number) == gone:
                self.facts.merged[number] = kept
        for members in self.facts.segments.values():
            if gone in members:
                members.remove(gone)
                members.add(kept)
        self.shop.listed = {self.facts.who(one) for one in self.shop.listed}

    @rule(act=st.sampled_from(["pause", "pause", "resume", "resume", "drain"]))
    def switch(self, act):
        become = {"pause": "paused", "resume": "running", "drain": "draining"}[act]
        try:
            getattr(self.world.journeys, act)(ONE)
        except ConflictError:
            assert self.one.state in (become, "cancelled")
            return
        self.one.become(become)
        self.shop.go(self.now)
        self.check()

    @rule(really=st.integers(0, 19))
    def cancel(self, really):
        if really == 0 and self.one.state != "cancelled":
            self.world.journeys.cancel(ONE)
            self.one.become("cancelled")
            self.check()

    @precondition(lambda self: self.one.state != "cancelled")
    @rule(data=st.data(), moves=st.booleans())
    def publish(self, data, moves):
        """Publish another version; who is on the way stays on theirs, or is moved on purpose."""
        definition = data.draw(journeys(self.kinds))
        told = None
        if moves:
            ids = [step.id for step in definition.steps]
            gone = sorted({f"s{place}" for place in range(len(self.kinds))} - set(ids))
            told = {step: data.draw(st.sampled_from(["", *ids])) for step in gone}
        options = {"people": "stay"} if told is None else {"people": "move", "moves": told}
        self.world.publish(definition, ONE, **options)
        self.one.publish(definition, self.now, told)
        self.shop.go(self.now)
        self.check()

    @rule()
    def decide_experiments(self):
        self.world.experiments.decide()
        self.one.decide(lambda counts: next((p for p, n in counts.items() if n >= 3), None))

    @rule()
    def restart(self):
        """End, and begin again with what the store holds."""
        self.store.close()
        self.store = self.world.store = self.open_store()
        self.world.restart()

    def check(self):
        done = 0
        while self.world.step():
            done += 1
            if self.restarts_every and done % self.restarts_every == 0:
                self.world.restart()
        assert self.world.messages() == sorted(
            sent for one in self.shop.journeys.values() for sent in one.sent
        )
        for journey_id, one in self.shop.journeys.items():
            assert self.world.entries(journey_id) == sorted(map(told, one.entries))
            assert self.world.counts(journey_id) == {k: n for k, n in one.passed.items() if n}
        assert self.world.told() == sorted(self.one.told)
        assert self.world.stated() == sorted(self.one.stated)
        assert self.world.listed() == self.shop.listed

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.holding.__exit__(None, None, None)


def told(entry):
    return (
        entry.person,
        entry.ordinal,
        entry.version,
        entry.step or "",
        entry.outcome,
        entry.is_held_out,
        str(entry.converted and entry.converted.astimezone(UTC)),
        entry.value,
        tuple(entry.path),
    )


@contextmanager
def begin_sqlite() -> Iterator[OpenStore]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        write_empty_sqlite(path)
        yield lambda: SqliteStateStore(path)


def run(begin_store: Begin, cases: int) -> None:
    """Let as many stories happen on this store."""

    class OnThisStore(Machine):
        pass

    OnThisStore.begin_store = staticmethod(begin_store)
    run_state_machine_as_test(
        OnThisStore,
        settings=settings(
            max_examples=cases,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_the_engine_comes_to_what_the_reference_says_on_sqlite():
    run(begin_sqlite, CASES)


@pytest.mark.postgres
def test_the_engine_comes_to_what_the_reference_says_on_postgresql(copy_postgres):
    @contextmanager
    def begin() -> Iterator[OpenStore]:
        with copy_postgres() as url:
            yield lambda: PostgresStateStore(url)

    run(begin, CASES // 2)
