"""Why somebody entered or not, why each branch went as it did, and what comes next and when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journey_world import (
    NOW,
    TOKYO,
    World,
    branch,
    end,
    journey,
    message,
    offer,
    split,
    wait,
    wait_for,
)
from pyroaring import BitMap

from kikubari.deliver import MessageState, Purpose, Reason
from kikubari.deliver.contracts import MessageView, Origin
from kikubari.journeys.definition import (
    BranchStep,
    Exit,
    Goal,
    Match,
    Reentry,
    Rules,
    WaitUntilStep,
    Way,
)
from kikubari.journeys.running import Explaining, InWords, JudgedWay
from kikubari.journeys.running.contracts import Refusal
from kikubari.journeys.running.refusing import add_refusals, decode_refusals
from kikubari.spec.conditions import Events

GOAL = Goal(events=Events("Order Completed"))
MANY = {"type": "number", "more_than": 10}


def name_of(who):
    return who if isinstance(who, str) else who.get("segment") or who["event"]


class Judges:
    """Answers by the world's segments, and remembers as of when it was asked."""

    def __init__(self, world) -> None:
        self.members = world.segments.members
        self.asked = []

    def about(self, person):
        self.person = person
        return self

    def say(self, who):
        name = name_of(who)
        return InWords(f"{name}の方", f"those of {name}")

    def say_events(self, events):
        name = f"{events.event} {events.where[0].path[0]}"
        return InWords(name, name)

    def judge(self, way, who, *, as_of):
        self.asked.append((who, as_of))
        holds = self.person in self.members.get(name_of(who), ())
        return JudgedWay(way=way, holds=holds, text=self.say(who))


class Mail:
    def __init__(self, *views: MessageView) -> None:
        self.views = views

    def list_for_person(self, numbers, *, limit):
        return list(self.views)


def tell(world, number=1, *, mail=(), **more):
    judges = Judges(world)
    explaining = Explaining(world.around, Mail(*mail), judges)
    return explaining.explain("jny_1", number, **more), judges


def test_each_way_of_a_branch_says_whether_it_held_when_it_was_taken(state):
    world = World(state, gold=[2], silver=[1])
    fork = branch("who", "rest", gold="g", silver="s")
    world.publish(journey(wait("w", "who", days=1), fork, message("g"), message("s"), end("rest")))
    world.happen(1, "Signed Up")
    world.settle()
    world.pass_time(days=1, minutes=2)
    told, judges = tell(world)
    [entry] = told.entries
    [_, passed, _] = entry.path
    assert [(one.way, one.holds, one.text.en) for one in passed.asked] == [
        ("who.gold", False, "those of gold"),
        ("who.silver", True, "those of silver"),
    ]
    assert passed.way == "who.silver"
    assert not passed.differs
    # Each as of the instant at which the step was due, whenever one asks.
    assert judges.asked[:2] == [(name, NOW + timedelta(days=1)) for name in ("gold", "silver")]


def test_a_way_that_asks_what_let_in_says_each_part(state):
    world = World(state, vip=[1])
    dear = {"type": "trigger", "where": [{"on": "property", "path": ["total"], "test": MANY}]}
    vip = {"type": "segment", "segment": "vip"}
    both = Way(id="both", when={"type": "all", "of": [vip, dear]}, next="yes")
    neither = Way(id="no", when={"type": "not", "of": dear}, next="yes")
    fork = BranchStep(id="who", ways=(both, neither), otherwise="yes")
    world.segments.evaluate = lambda who, **_: BitMap([1])
    world.publish(journey(wait("w", "who", hours=1), fork, message("yes")))
    world.happen(1, "Signed Up", total=5)
    world.settle()
    [ahead] = [one for one in tell(world)[0].entries[0].ahead if one.step == "who"]
    assert ahead.way == "no"
    world.pass_time(hours=1)
    told = [one for one in tell(world)[0].entries[0].path if one.step == "who"]
    [asked, other] = told[0].asked
    assert (asked.holds, other.holds, told[0].differs) == (False, True, False)
    assert [one.text.en for one in asked.conditions] == [
        "those of vip",
        "What let them in was Signed Up total",
    ]
    assert not asked.conditions[1].holds
    assert asked.text.en == "Those of vip; and what let them in was Signed Up total"
    assert other.text.ja == "「きっかけが「Signed Up total」」ではない"


def test_an_event_that_must_be_like_the_trigger_is_named(state):
    world = World(state)
    same = (Match(trigger=("product_id",), path=("product_id",)),)
    rules = Rules(goal=GOAL, exits=(Exit(id="had", events=Events("Bought"), matches=same),))
    world.publish(journey(wait("w", days=9), rules=rules))
    world.happen(1, "Signed Up", product_id="A")
    world.settle()
    world.clock.advance(timedelta(hours=1))
    world.happen(1, "Bought", product_id="B")
    world.clock.advance(timedelta(hours=1))
    bought = world.happen(1, "Bought", product_id="A")
    world.settle()
    [left] = tell(world)[0].entries[0].path
    assert (left.way, left.by.position) == ("exit:had", bought)


def test_what_arrived_later_is_told_from_what_was_known(state):
    world = World(state, gold=[])
    world.publish(journey(branch("who", "rest", gold="g"), message("g"), end("rest")))
    world.happen(1, "Signed Up")
    world.settle()
    world.segments.members["gold"].add(1)
    [passed, _] = tell(world)[0].entries[0].path
    assert (passed.way, passed.differs) == ("otherwise", True)
    assert [one.way for one in passed.asked] == ["who.gold"]


def test_an_exit_a_goal_and_a_wait_name_the_event(state):
    world = World(state)
    rules = Rules(goal=GOAL, exits=(Exit(id="gone", events=Events("Unsubscribed")),))
    first = wait_for("look", "Viewed", next_="w", on_timeout="w", days=5)
    world.publish(journey(first, wait("w", days=9), rules=rules))
    for number in (1, 2):
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(hours=2))
    viewed = world.happen(1, "Viewed", ago=timedelta(minutes=5))
    world.settle()
    world.clock.advance(timedelta(hours=2))
    left = world.happen(1, "Unsubscribed")
    bought = world.happen(2, "Order Completed")
    world.settle()
    looked, gone = tell(world)[0].entries[0].path
    assert (looked.by.event, looked.by.position) == ("Viewed", viewed)
    assert (gone.way, gone.by.position) == ("exit:gone", left)
    [reached] = tell(world, 2)[0].entries[0].path
    assert (reached.way, reached.by.position) == ("goal", bought)


def test_an_exit_by_who_somebody_is_says_who(state):
    world = World(state, vip=[1])
    rules = Rules(goal=GOAL, exits=(Exit(id="vip", when="vip"),))
    world.publish(journey(wait("w", "hello", days=1), message("hello"), rules=rules))
    world.happen(1, "Signed Up")
    world.settle()
    [passed] = tell(world)[0].entries[0].path
    assert passed.way == "exit:vip"
    assert [(one.text.en, one.holds) for one in passed.asked] == [("those of vip", True)]


def test_whoever_never_entered_is_told_what_it_takes_and_what_they_have(state):
    world = World(state, club=[2])
    early = world.happen(1, "Signed Up", ago=timedelta(days=3))
    world.happen(1, "Something Else")
    world.follower.step()
    world.clock.advance(timedelta(minutes=1))
    world.publish(journey(message("hello"), segment="club"))
    told, _ = tell(world, 3)
    assert told.entries == []
    assert told.wanted.seen == []
    assert told.wanted.text.en == "those of Signed Up"
    assert (told.wanted.may.holds, told.wanted.since) == (False, world.clock.now())
    assert [(one.position, one.became) for one in tell(world)[0].wanted.seen] == [
        (early, "before_publication")
    ]
    late = world.happen(1, "Signed Up")
    assert tell(world)[0].wanted.seen[0].became == "not_read"
    world.settle()
    told, _ = tell(world)
    assert [(one.position, one.became) for one in told.wanted.seen] == [
        (late, "not_in_segment"),
        (early, "before_publication"),
    ]


def test_every_refusal_is_told_with_its_time_not_only_the_last(state):
    world = World(state)
    world.publish(journey(wait("w", days=2), rules=Rules(goal=GOAL, reentry=Reentry())))
    begun = world.clock.now()
    for hours in (0, 5, 5, 60):
        world.pass_time(hours=hours)
        world.happen(1, "Signed Up")
        world.settle()
    told, _ = tell(world)
    assert [(one.reason, one.at - begun) for one in told.refusals] == [
        ("was_in", timedelta(hours=70)),
        ("still_in", timedelta(hours=10)),
        ("still_in", timedelta(hours=5)),
    ]
    assert (told.refused, told.refused_at) == ("was_in", begun + timedelta(hours=70))
    became = [one.became for one in told.wanted.seen]
    assert became == ["was_in", "still_in", "still_in", "entered"]


@given(st.lists(st.lists(st.tuples(st.sampled_from(Refusal), st.integers(0, 2**60)), max_size=9)))
def test_the_latest_twenty_refusals_are_kept(batches):
    kept = b""
    for batch in batches:
        kept = add_refusals(kept, [(reason.value, at_us) for reason, at_us in batch])
    every = [(reason.value, at_us) for batch in batches for reason, at_us in batch]
    assert list(decode_refusals(kept)) == every[::-1][:20]


def test_what_comes_next_is_told_with_its_dates_up_to_where_nobody_knows(state):
    world = World(state, gold=[1])
    morning = WaitUntilStep(id="nine", at=NOW.time(), next="who")
    fork = branch("who", "rest", gold="g")
    world.publish(
        journey(
            wait("w", "hello", days=3), message("hello", "nine"), morning, fork,
            message("g"), end("rest"),
        )
    )  # fmt: skip
    world.people.zone_names[1] = "America/New_York"
    world.happen(1, "Signed Up")
    world.settle()
    told, _ = tell(world)
    assert told.zone == "America/New_York"
    ahead = told.entries[0].ahead
    # Nine where the person lives is fourteen o'clock UTC, five hours after the mail.
    nine = NOW + timedelta(days=3, hours=5)
    assert [(one.step, one.at, one.until, one.way) for one in ahead] == [
        ("w", NOW, NOW + timedelta(days=3), "next"),
        ("hello", NOW + timedelta(days=3), NOW + timedelta(days=3), "next"),
        ("nine", NOW + timedelta(days=3), nine, "next"),
        ("who", nine, nine, "who.gold"),
    ]
    assert [one.holds for one in ahead[-1].asked] == [True]
    world.pass_time(days=3, minutes=1)
    assert [one.step for one in tell(world)[0].entries[0].ahead] == ["nine", "who"]


def test_waits_for_events_and_codes_end_what_can_be_known(state):
    world = World(state)
    world.make_offer("ten")
    steps = (wait("w", "code", days=1), offer("code", "ten", next_="m"), message("m"))
    world.publish(journey(*steps))
    world.happen(1, "Signed Up")
    world.settle()
    [first, last] = tell(world)[0].entries[0].ahead
    assert (first.step, last.step, last.way, last.ends) == ("w", "code", "", False)
    looks = wait_for("look", "Viewed", next_="e", on_timeout="e", days=5)
    world.publish(journey(looks, end("e")), "jny_1")
    world.happen(2, "Signed Up")
    world.settle()
    [only] = tell(world, 2)[0].entries[0].ahead
    assert (only.step, only.way, only.until) == ("look", "", NOW + timedelta(days=5))


@pytest.mark.parametrize("number", range(1, 6))
def test_the_lot_that_is_told_is_the_lot_that_is_drawn(state, number):
    world = World(state)
    world.publish(
        journey(
            wait("w", "s", days=1), split("s", one=(50, "a"), two=(50, "b")),
            message("a"), message("b"),
        )
    )  # fmt: skip
    world.happen(number, "Signed Up")
    world.settle()
    ahead = tell(world, number)[0].entries[0].ahead
    assert [one.ends for one in ahead] == [False, False, True]
    world.pass_time(days=1, minutes=1)
    gone = tell(world, number)[0].entries[0]
    assert [(one.step, one.way) for one in ahead] == [(one.step, one.way) for one in gone.path]
    assert gone.ahead == []


def test_who_is_about_to_leave_by_who_they_are_is_told_so(state):
    world = World(state, vip=[])
    rules = Rules(goal=GOAL, exits=(Exit(id="vip", when="vip"),))
    world.publish(journey(wait("w", days=1), rules=rules))
    world.happen(1, "Signed Up")
    world.settle()
    assert tell(world)[0].entries[0].leaves_by is None
    world.segments.members["vip"].add(1)
    assert tell(world)[0].entries[0].leaves_by.way == "exit:vip"


def test_a_paused_journey_promises_no_dates(state):
    world = World(state)
    world.publish(journey(wait("w", days=1)))
    world.happen(1, "Signed Up")
    world.settle()
    world.journeys.pause("jny_1")
    assert tell(world)[0].entries[0].ahead == []


def test_a_message_says_what_became_of_it_and_why(state):
    world = World(state)
    world.publish(journey(message("hello", "w"), wait("w", days=1)))
    world.happen(1, "Signed Up")
    world.settle()
    view = MessageView(
        id="msg_1",
        origin=Origin("journey", "jny_1/1/hello/1"),
        number=1,
        state=MessageState.SKIPPED,
        reason=Reason.NO_CONSENT,
        attempts=1,
        queued_at=NOW,
        due_at=None,
        sent_at=None,
        smtp_code=None,
        smtp_text="",
        assumed_zone="",
        purpose=Purpose.MARKETING,
    )
    [passed] = tell(world, mail=[view])[0].entries[0].path
    assert (passed.message_id, passed.message.state, passed.message.reason) == (
        "msg_1", "skipped", "no_consent",
    )  # fmt: skip
    assert "agreed" in passed.message.text.en


def test_a_brief_answer_asks_nothing(state):
    world = World(state, gold=[1])
    world.publish(journey(branch("who", "rest", gold="g"), message("g"), end("rest")))
    world.happen(1, "Signed Up")
    world.settle()
    told, judges = tell(world, is_brief=True)
    assert judges.asked == []
    assert told.wanted is None
    assert [one.step for one in told.entries[0].path] == ["who", "g"]
    assert told.zone == TOKYO.key
