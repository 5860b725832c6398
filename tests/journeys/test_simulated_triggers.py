"""Whatever lets people in: a simulation runs the functions that let them in live, to the same."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from journey_world import TOKYO, World, end, journey, message, wait, wait_for
from pyroaring import BitMap
from simulated_past import SINCE, History
from traced_engine import ACTS, DECIDES, names_in, traced

from kikubari.journeys.definition import (
    ApiTrigger,
    ConsentTrigger,
    DateTrigger,
    EventTrigger,
    FormTrigger,
    Goal,
    JourneyDefinition,
    MessageTrigger,
    OnceTrigger,
    ProductTrigger,
    Rules,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
)
from kikubari.journeys.running import Anniversaries, Explaining, Programs, Schedules, schedules
from kikubari.spec.conditions import Events
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    FORM_ANSWERED,
    JOURNEY_REQUESTED,
    PRICE_DROPPED,
    SEGMENT_ENTERED,
    SEGMENT_LEFT,
)

DAY = timedelta(days=1)
PEOPLE = range(1, 9)
N_DAYS, HOURS = 4, 3
# Each kind, and what happens to people, a day after the beginning; by the calendar nothing has to.
HAPPENS: dict[str, tuple[Trigger, str, dict[str, object]]] = {
    "event": (EventTrigger(Events("Signed Up")), "Signed Up", {}),
    "segment": (SegmentTrigger("vip"), SEGMENT_ENTERED, {"segment_id": "vip", "cause": "arrived"}),
    "segment left": (
        SegmentTrigger("vip", "left"),
        SEGMENT_LEFT,
        {"segment_id": "vip", "cause": "arrived"},
    ),
    "product": (
        ProductTrigger("price_dropped", min_drop_percent=10),
        PRICE_DROPPED,
        {"connection": "favourite", "drop_percent": 20},
    ),
    "form": (FormTrigger("quiz"), FORM_ANSWERED, {"form_id": "quiz"}),
    "message": (MessageTrigger("clicked", "brd_1"), EMAIL_LINK_CLICKED, {"broadcast_id": "brd_1"}),
    "consent": (
        ConsentTrigger("withdrawn"),
        CONSENT_CHANGED,
        {"status": "withdrawn", "purpose": "marketing", "channel": "email"},
    ),
    "api": (ApiTrigger(), JOURNEY_REQUESTED, {"journey_id": "jny_1"}),
    "date": (DateTrigger("birthday", at=time(9)), "", {}),
    "schedule": (ScheduleTrigger("0 18 * * SUN"), "", {}),
    "schedule of each": (ScheduleTrigger("0 18 * * SUN", zone="person"), "", {}),
    "once": (OnceTrigger((SINCE + 2 * DAY).date(), time(18)), "", {}),
}


def write(trigger: Trigger) -> JourneyDefinition:
    """Return a journey that waits, asks, and writes to everybody whom the trigger means."""
    is_by_calendar = isinstance(trigger, ScheduleTrigger | OnceTrigger)
    return journey(
        wait("pause", "hope", hours=2),
        wait_for("hope", "Product Viewed", next_="mail", on_timeout="done", days=1),
        message("mail", "done"),
        end("done"),
        trigger=trigger,
        segment="all" if is_by_calendar else None,
        rules=Rules(goal=Goal(events=Events("Order Completed"))),
    )


def is_birthday(since: datetime, as_of: datetime) -> bool:
    return as_of.astimezone(TOKYO).date() == (since + 2 * DAY).astimezone(TOKYO).date()


class Live:
    """The journey on a live engine, with what tells of calendars."""

    def __init__(self, state, kind: str) -> None:
        self.trigger, self.type, self.properties = HAPPENS[kind]
        self.world = world = World(state, all=PEOPLE)
        world.clock.set(SINCE)
        world.around = replace(world.around, append=self.append)
        evaluate = world.segments.evaluate

        def ask(segment, *, as_of, workspace_id):
            if isinstance(segment, str):
                return evaluate(segment, as_of=as_of, workspace_id=workspace_id)
            return BitMap(PEOPLE if is_birthday(SINCE, as_of) else ())

        world.segments.evaluate = ask
        world.publish(write(self.trigger))
        programs = Programs(state, workspace_id=1)
        tellers = {DateTrigger: Anniversaries, ScheduleTrigger: Schedules, OnceTrigger: Schedules}
        found = tellers.get(type(self.trigger))
        self.calendars = [found(world.around, programs)] if found else []

    def append(self, connection, events, *, workspace_id):
        for event in events:
            self.world.log.add(event.number, event.type, event.occurred_at, **event.properties)

    def run(self) -> None:
        for hour in range(0, N_DAYS * 24, HOURS):
            if hour == 24 and self.type:
                for number in PEOPLE:
                    self.world.happen(number, self.type, **self.properties)
            if hour % 24 == HOURS:
                for number in (2, 3):
                    self.world.happen(number, "Product Viewed")
            for one in self.calendars:
                one.step()
            self.world.pass_time(hours=HOURS)

    def ways(self) -> dict[tuple[str, str], int]:
        steps = Explaining(self.world.around, None).counts("jny_1").steps
        return {(one.step, way.way): way.passed for one in steps for way in one.ways if way.passed}


def simulate(kind: str):
    """Let the same be the past."""
    trigger, type_, properties = HAPPENS[kind]
    history = History(all=PEOPLE)
    if isinstance(trigger, SegmentTrigger):
        was_in = trigger.change == "left"

        def come_and_go(segment, as_of):
            has_turned = as_of >= SINCE + DAY
            return PEOPLE if segment == "all" or has_turned != was_in else ()

        history.memories.come_and_go = come_and_go
    elif type_:
        for number in PEOPLE:
            history.did(number, type_, days=1, **properties)
    history.memories.birthdays = lambda _, as_of: PEOPLE if is_birthday(SINCE, as_of) else ()
    for day in range(N_DAYS):
        for number in (2, 3):
            history.did(number, "Product Viewed", days=day + HOURS / 24)
    return history.simulate(write(trigger), until=SINCE + N_DAYS * DAY)


@pytest.mark.parametrize("kind", HAPPENS)
def test_what_lets_people_in_live_lets_them_in_in_a_simulation(open_state, kind):
    ran_live, ran_simulated = set(), set()
    with traced(ran_live):
        live = Live(open_state(), kind)
        live.run()
    # What the live engine worked out once, the other has to work out too.
    for known in (schedules._moments, schedules._offsets, schedules._zone_names):
        known.cache_clear()
    with traced(ran_simulated):
        result = simulate(kind)
    assert "_Walk._message" in names_in(ran_live, DECIDES)
    assert names_in(ran_live, DECIDES) - names_in(ran_simulated, DECIDES) == set()
    assert names_in(ran_simulated, ACTS) == set()
    assert result.entries == len(PEOPLE)
    # Not only the same code: the same people on the same ways.
    simulated = {
        (step.step, way.way): way.people
        for step in result.steps
        for way in step.ways
        if way.people and way.way not in ("goal", "completed")
    }
    with closing(live.world.store):
        assert simulated == live.ways()
