"""Journeys as hypothesis draws them: of every kind of step, in versions that share their steps."""

from datetime import time

from hypothesis import strategies as st
from journey_world import branch, end, journey, message, offer, split, wait, wait_for

from kikubari.journeys.definition import (
    ApiTrigger,
    EnterStep,
    Exit,
    ExperimentStep,
    Goal,
    JourneyDefinition,
    ListStep,
    NotifyStep,
    Part,
    PauseStep,
    Reentry,
    Rules,
    SetTraitStep,
    WaitBestTimeStep,
    WaitUntilStep,
    WebhookStep,
    ways_out,
)
from kikubari.spec.conditions import Duration, Events

KINDS = (
    "message", "wait", "wait", "until", "best", "for", "for", "branch", "split", "experiment",
    "offer", "trait", "pause", "list", "webhook", "notify", "enter", "end",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFER, LIST, ENDPOINT, STAFF, OTHER = "ten", "told", "till", "team@shop.example", "jny_2"
MINUTES = st.integers(1, 3_000)
# Where everybody stands still first, something can happen to them on the way.
kinds = st.tuples(
    st.sampled_from(["wait", "for", "for", "until", *KINDS]),
    st.lists(st.sampled_from(KINDS), min_size=2, max_size=7),
).map(lambda drawn: [drawn[0], *drawn[1]])


@st.composite
def step_at(draw, place, kinds):
    """Draw a step whose ways lead to later steps, or to the end."""
    n = len(kinds)
    onward = st.one_of(
        st.none(), *([st.integers(place + 1, n - 1).map(lambda i: f"s{i}")] * 2 * (place < n - 1))
    )
    id_ = f"s{place}"
    match kinds[place]:
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
        case "experiment":
            percent = draw(st.sampled_from([20, 50]))
            shares = {"a": percent, "b": 100 - percent}
            parts = tuple(
                Part(id=f"{id_}.{name}", percent=share, next=draw(onward))
                for name, share in shares.items()
            )
            return ExperimentStep(id=id_, parts=parts, decides_winner=draw(st.booleans()))
        case "end":
            return end(id_)
        case kind if kind in ("wait", "until", "best"):
            return draw(waiting(kind, id_, onward))
        case kind:
            return draw(acting(kind, id_, onward))


@st.composite
def waiting(draw, kind, id_, onward):
    if kind == "wait":
        return wait(id_, draw(onward), minutes=draw(MINUTES))
    if kind == "best":
        within = Duration(hours=draw(st.integers(1, 48)))
        return WaitBestTimeStep(id=id_, within=within, next=draw(onward))
    return WaitUntilStep(
        id=id_,
        at=time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30]))),
        weekdays=tuple(draw(st.sets(st.sampled_from(WEEKDAYS), max_size=2))),
        zone=draw(st.sampled_from(["person", "shop"])),
        next=draw(onward),
    )


@st.composite
def acting(draw, kind, id_, onward):
    next_ = draw(onward)
    match kind:
        case "message":
            return message(id_, next_)
        case "trait":
            told = f"{id_} {draw(st.integers(1, 3))}"
            return SetTraitStep(id=id_, traits={"told": told}, next=next_)
        case "pause":
            return PauseStep(id=id_, duration=Duration(days=30), next=next_)
        case "list":
            act = draw(st.sampled_from(["add", "remove"]))
            return ListStep(id=id_, list=LIST, act=act, next=next_)
        case "webhook":
            return WebhookStep(id=id_, endpoint=ENDPOINT, next=next_)
        case "notify":
            return NotifyStep(id=id_, to=(STAFF,), subject="Look", text="Here", next=next_)
    return EnterStep(id=id_, journey=OTHER, next=next_)


@st.composite
def rules(draw) -> Rules:
    hours = st.none() | st.integers(1, 72).map(lambda hours: Duration(hours=hours))
    exits = (Exit(id="gone", events=Events("Gave Up")),)
    if draw(st.booleans()):
        exits += (Exit(id="left", when="leavers"),)
    return Rules(
        goal=Goal(
            events=Events("Bought"),
            within=Duration(days=draw(st.integers(1, 5))),
            ends_journey=draw(st.booleans()),
        ),
        exits=exits,
        reentry=Reentry(
            allowed=draw(st.booleans()),
            after=draw(hours),
            limit=draw(st.none() | st.integers(1, 3)),
        ),
        entry_limit_per_day=draw(st.sampled_from([None, None, 1, 2])),
        holdout_percent=draw(st.sampled_from([0, 0, 30])),
    )


@st.composite
def journeys(draw, kinds) -> JourneyDefinition:
    """Draw a version of a journey whose steps are of these kinds, as far as ways lead to them."""
    drawn = {f"s{place}": draw(step_at(place, kinds)) for place in range(len(kinds))}
    start = draw(st.sampled_from(["s0", "s0", "s0", "s1"]))
    reached, waiting_ = set(), [start]
    while waiting_:
        one = waiting_.pop()
        if one is not None and one not in reached:
            reached.add(one)
            waiting_ += [onward for _, onward in ways_out(drawn[one])]
    segment = draw(st.sampled_from([None, None, "vip"]))
    others = sorted(reached - {start})
    steps = [drawn[id_] for id_ in [start, *others]]
    return journey(*steps, rules=draw(rules()), segment=segment)


@st.composite
def other_journeys(draw) -> JourneyDefinition:
    """Draw the journey that others lead into; it begins by waiting."""
    rules_ = Rules(
        goal=Goal(events=Events("Bought")),
        reentry=Reentry(allowed=draw(st.booleans()), limit=draw(st.sampled_from([None, 2]))),
    )
    steps = wait("later", "tell", minutes=draw(MINUTES)), message("tell")
    return journey(*steps, trigger=ApiTrigger(), rules=rules_)
