"""The engine against the reference: whatever happens, in whatever order, both come to the same."""

import tempfile
from datetime import UTC, time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from journey_reference import Happened, Reference
from journey_world import TOKYO, World, branch, end, journey, message, offer, split, wait, wait_for

from kikubari.journeys.definition import (
    Exit,
    Goal,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitUntilStep,
    ways_out,
)
from kikubari.journeys.running import Follower, Programs
from kikubari.journeys.running._repository import decode_names
from kikubari.journeys.running.paths import decode_path
from kikubari.kit.instants import from_micros
from kikubari.spec.conditions import Duration, Events
from kikubari.storage import SqliteStateStore, metadata

PEOPLE = range(1, 4)
EVENTS = ("Signed Up", "Clicked", "Clicked", "Viewed", "Bought", "Gave Up")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFER = "ten"
MINUTES = st.integers(1, 3_000)


@st.composite
def step_at(draw, place, n):
    """Draw a step whose ways lead to later steps, or to the end."""
    onward = st.one_of(
        st.none(), *([st.integers(place + 1, n - 1).map(lambda i: f"s{i}")] * (place < n - 1))
    )
    id_ = f"s{place}"
    kind = draw(
        st.sampled_from(
            ["message", "wait", "wait", "until", "for", "for", "branch", "split", "offer", "end"]
        )
    )
    match kind:
        case "message":
            return message(id_, draw(onward))
        case "wait":
            return wait(id_, draw(onward), minutes=draw(MINUTES))
        case "until":
            return WaitUntilStep(
                id=id_,
                at=time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30]))),
                weekdays=tuple(draw(st.sets(st.sampled_from(WEEKDAYS), max_size=2))),
                zone=draw(st.sampled_from(["person", "shop"])),
                next=draw(onward),
            )
        case "for":
            event = draw(st.sampled_from(["Clicked", "Viewed"]))
            minutes = draw(MINUTES)
            return wait_for(
                id_, event, next_=draw(onward), on_timeout=draw(onward), minutes=minutes
            )
        case "branch":
            return branch(id_, draw(onward), vip=draw(onward), new=draw(onward))
        case "offer":
            return offer(id_, OFFER, next_=draw(onward), on_none=draw(onward))
        case "split":
            percent = draw(st.integers(1, 99))
            return split(id_, a=(percent, draw(onward)), b=(100 - percent, draw(onward)))
    return end(id_)


@st.composite
def journeys(draw) -> JourneyDefinition:
    n = draw(st.integers(2, 8))
    drawn = {f"s{place}": draw(step_at(place, n)) for place in range(n)}
    reached, waiting = set(), ["s0"]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in reached:
            reached.add(one)
            waiting += [onward for _, onward in ways_out(drawn[one])]
    duration = st.none() | st.integers(1, 72).map(lambda hours: Duration(hours=hours))
    rules = Rules(
        goal=Goal(
            events=Events("Bought"),
            within=Duration(days=draw(st.integers(1, 5))),
            ends_journey=draw(st.booleans()),
        ),
        exits=(Exit(id="gone", events=Events("Gave Up")),),
        reentry=Reentry(
            allowed=draw(st.booleans()),
            after=draw(duration),
            limit=draw(st.none() | st.integers(1, 3)),
        ),
        holdout_percent=draw(st.sampled_from([0, 0, 30])),
    )
    segment = draw(st.sampled_from([None, None, "vip"]))
    return journey(*(drawn[id_] for id_ in sorted(reached)), rules=rules, segment=segment)


class Machine(RuleBasedStateMachine):
    @initialize(
        definition=journeys(), batch=st.sampled_from([1, 2, 100]), limit=st.sampled_from([1, 100])
    )
    def begin(self, definition, batch, limit):
        self.folder = tempfile.TemporaryDirectory()  # lasts as long as the example
        self.store = SqliteStateStore(Path(self.folder.name) / "state.db")
        self.store.write(metadata.create_all)
        self.world = World(self.store, batch=batch, vip=[1, 2], new=[2, 3])
        self.world.follower = Follower(
            self.world.around, Programs(self.store, workspace_id=1), limit=limit
        )
        self.world.people.zone_names = {1: "UTC", 2: "Pacific/Kiritimati", 3: "Etc/GMT+12"}
        self.world.make_offer(OFFER)
        self.world.publish(definition)
        self.reference = Reference(
            "jny_1", definition, TOKYO, self.world.people.zone_names, self.world.segments.members
        )
        for person in PEOPLE:
            self.happen(person, "Signed Up", person * 20)

    @rule(
        person=st.sampled_from(PEOPLE),
        event=st.sampled_from(EVENTS),
        minutes_ago=st.sampled_from([0, 0, 0, 0, 1, 30, 90, 600, 3_000]),
    )
    def happen(self, person, event, minutes_ago):
        ago = timedelta(minutes=minutes_ago)
        position = self.world.happen(person, event, ago=ago, total=100, currency="JPY")
        now = self.world.clock.now()
        self.reference.happen(Happened(position, person, event, now - ago, 100), now)
        self.check()

    @rule(minutes=st.sampled_from([1, 10, 45, 60, 61, 300, 1_440, 4_000]))
    def pass_time(self, minutes):
        self.world.clock.advance(timedelta(minutes=minutes))
        self.reference.go(self.world.clock.now())
        self.check()

    @rule(person=st.sampled_from(PEOPLE), segment=st.sampled_from(["vip", "new"]))
    def change_member(self, person, segment):
        self.world.segments.members[segment] ^= type(self.world.segments.members[segment])([person])

    @rule(really=st.sampled_from([False, False, True]))
    def pause_or_resume(self, really):
        if not really and not self.reference.is_paused:
            return
        control = self.world.journeys
        (control.resume if self.reference.is_paused else control.pause)("jny_1")
        self.reference.is_paused = not self.reference.is_paused
        self.reference.go(self.world.clock.now())
        self.check()

    def check(self):
        self.world.settle()
        assert self.world.sent() == sorted(self.reference.sent)
        assert self.engine_entries() == sorted(map(told, self.reference.entries))

    def engine_entries(self):
        names = decode_names(self.world.rows("SELECT names FROM journeys")[0][0])
        return sorted(
            (
                row.number,
                row.ordinal,
                names[row.step],
                "" if row.outcome is None else names[row.outcome],
                row.state == 3,
                str(row.converted_us and from_micros(row.converted_us)),
                row.value_minor,
                tuple((names[step], names[way]) for step, way, _ in decode_path(row.path)),
            )
            for row in self.world.rows("SELECT * FROM journey_enrolments")
        )

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


def told(entry):
    return (
        entry.person,
        entry.ordinal,
        entry.step or "",
        entry.outcome,
        entry.is_held_out,
        str(entry.converted and entry.converted.astimezone(UTC)),
        entry.value,
        tuple(entry.path),
    )


TestEngineAgainstReference = Machine.TestCase
TestEngineAgainstReference.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
