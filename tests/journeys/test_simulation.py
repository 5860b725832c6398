"""A journey tried on the past: what it would have done, and that it did nothing."""

from datetime import datetime, time, timedelta

import pytest
from journey_world import TOKYO, branch, end, journey, message, split, wait, wait_for
from simulated_past import DAY, SINCE, UNTIL, History

from kikubari.deliver import Cap, FrequencyPolicy, QuietHours
from kikubari.journeys.definition import (
    DateTrigger,
    Goal,
    JourneyFaultError,
    Reentry,
    Rules,
    ScheduleTrigger,
    SegmentTrigger,
    WaitBestTimeStep,
)
from kikubari.journeys.simulation.throw_away import ThrowAwayStore
from kikubari.spec.conditions import Duration, Events
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import SEGMENT_ENTERED, SEGMENT_LEFT


def steps(result):
    return {step.step: step for step in result.steps}


def ways(result, step):
    return {one.way: one.people for one in steps(result)[step].ways}


def test_who_enters_waits_and_gets_a_message():
    history = History()
    for number in (1, 2, 3):
        history.did(number, "Signed Up", days=number)
    result = history.simulate(journey(wait("w", "m", days=2), message("m")))
    assert (result.entries, result.people, result.sent) == (3, 3, 3)
    assert steps(result)["w"].median_wait_seconds == 2 * 86_400
    assert result.messages_per_person == {1: 3}
    assert result.outcomes == {"completed": 3}
    assert history.types == {"Signed Up", "Order Completed", "Kikubari Journey Requested"}


def test_instants_are_those_at_which_things_happened():
    history = History()
    history.did(7, "Signed Up", days=1.25)
    result = history.simulate(journey(wait("w", "m", hours=5), message("m", "e"), end("e")))
    (one,) = result.sample
    began = SINCE + 1.25 * DAY
    assert one.entered_at == began
    assert [(step.step, step.at) for step in one.path][:2] == [
        ("w", began + timedelta(hours=5)),
        ("m", began + timedelta(hours=5)),
    ]


def test_what_people_did_takes_them_its_way():
    history = History()
    for number in range(1, 6):
        history.did(number, "Signed Up", days=1)
    for number in (1, 2):
        history.did(number, "Product Viewed", days=2)
    history.did(3, "Order Completed", days=1.5, revenue=1_200, currency="JPY")
    result = history.simulate(
        journey(wait_for("w", "Product Viewed", next_=None, on_timeout="m", days=3), message("m"))
    )
    assert ways(result, "w") == {"next": 2, "timeout": 2, "goal": 1}
    assert (result.reached_goal, result.value_minor) == (1, 1_200)
    assert result.sent == 2
    assert result.messages_per_person == {0: 3, 1: 2}


def test_who_is_still_on_the_way_at_the_end_waits():
    history = History()
    history.did(1, "Signed Up", days=29)
    result = history.simulate(journey(wait("w", "m", days=5), message("m")))
    assert steps(result)["w"].waiting == 1
    assert result.outcomes == {"": 1}
    assert result.sample[0].waiting_at == "w"


def test_segments_are_asked_as_of_the_past():
    history = History(vip=[1])
    for number in (1, 2):
        history.did(number, "Signed Up", days=3)
    result = history.simulate(journey(branch("b", vip="m"), message("m")))
    assert ways(result, "b") == {"b.vip": 1, "otherwise": 1}
    assert all(as_of <= SINCE + 31 * DAY for as_of in history.memories.instants)
    assert any(as_of < SINCE + 4 * DAY for as_of in history.memories.instants)


def test_consent_suppression_and_address_stop_messages():
    history = History(without_consent=[1], suppressed=[2])
    for number in (1, 2, 3, 500):
        history.did(number, "Signed Up", days=3)
    result = history.simulate(journey(message("m")))
    assert steps(result)["m"].stopped == {"no_consent": 1, "suppressed": 1, "no_address": 1}
    assert steps(result)["m"].sent == 1


def test_caps_and_quiet_hours_hold():
    history = History()
    history.policy = FrequencyPolicy(
        caps=[Cap(most=1, period=7, unit="calendar_days")],
        quiet_hours=[QuietHours(start="21:00", end="08:00")],
        hold_hours=24,
    )
    history.did(1, "Signed Up", days=3)
    result = history.simulate(journey(message("m", "w"), wait("w", "n", days=1), message("n")))
    assert steps(result)["m"].sent == 1
    assert set(steps(result)["n"].stopped) == {"expired_over_cap"}
    assert set(steps(result)["n"].delayed) == {"over_cap"}


def test_what_waits_is_withdrawn_by_a_purchase():
    history = History()
    history.policy = FrequencyPolicy(quiet_hours=[QuietHours(start="18:00", end="15:00")])
    for number in (1, 2):
        history.did(number, "Signed Up", days=3 + number / 100)
    history.did(1, "Order Completed", days=3.1, total=100, currency="JPY")
    result = history.simulate(journey(message("m")))
    assert steps(result)["m"].stopped == {"goal_reached": 1}
    assert steps(result)["m"].sent == 1
    fates = {one.number: one.path[0].message for one in result.sample}
    assert fates == {1: "goal_reached", 2: "sent"}


def test_rules_of_entry_hold():
    history = History()
    for days in (1, 2, 9):
        history.did(1, "Signed Up", days=days)
    rules = Rules(
        goal=Goal(events=Events("Order Completed")),
        reentry=Reentry(allowed=True, after=Duration(days=5)),
    )
    result = history.simulate(journey(message("m"), rules=rules))
    assert (result.entries, result.people) == (2, 1)
    assert result.refused == {"too_soon": 1}
    assert result.messages_per_person == {2: 1}


def test_a_holdout_gets_nothing_and_is_counted():
    history = History()
    for number in range(1, 100):
        history.did(number, "Signed Up", days=1)
    rules = Rules(goal=Goal(events=Events("Order Completed")), holdout_percent=50)
    result = history.simulate(journey(message("m"), rules=rules))
    assert 20 < result.held_out < 80
    assert result.entries + result.held_out == 99
    assert result.sent == result.entries


def test_the_guard_looks_at_some_of_each_message():
    history = History()
    for number in range(1, 100):
        history.did(number, "Signed Up", days=1)
    result = history.simulate(
        journey(
            split("s", one=(50, "m"), other=(50, "n")), message("m", cost_minor=3), message("n")
        )
    )
    asked = {step: len(numbers) for step, (numbers, _) in history.guard.asked.items()}
    assert set(asked) == {"m", "n"}
    assert steps(result)["m"].guard_sample == asked["m"]
    assert result.cost_minor == 3 * steps(result)["m"].sent


def test_twice_gives_the_same():
    history = History()
    for number in range(1, 60):
        history.did(number, "Signed Up", days=number / 3)
    definition = journey(split("s", one=(30, "m"), other=(70, None)), message("m"))
    first, second = (history.simulate(definition) for _ in range(2))
    assert first.steps == second.steps
    assert first.sample == second.sample


def test_progress_is_told_and_can_end_it():
    told = []
    History().simulate(journey(message("m")), since=UNTIL - DAY, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(_):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        History().simulate(journey(message("m")), progress=stop)


def test_what_cannot_be_simulated_is_refused():
    history = History()
    with pytest.raises(InvalidInputError):
        history.simulate(journey(message("m")), since=UNTIL)
    with pytest.raises(JourneyFaultError):
        history.simulate(journey(message("m", "nowhere")))


def test_everybody_enters_each_time_the_schedule_comes_round():
    history = History(vip=[3, 4])
    trigger = ScheduleTrigger(cron="0 10 * * MON")
    rules = Rules(goal=Goal(events=Events("Order Completed")), reentry=Reentry(allowed=True))
    result = history.simulate(
        journey(message("m"), trigger=trigger, segment="vip", rules=rules), until=SINCE + 21 * DAY
    )
    assert (result.entries, result.people, result.sent) == (6, 2, 6)
    assert {one.entered_at.astimezone(TOKYO).strftime("%a %H:%M") for one in result.sample} == {
        "Mon 10:00"
    }
    assert history.memories.recalled == {3, 4}


def test_people_enter_on_their_days():
    history = History()
    birthday = (SINCE + 5 * DAY).astimezone(TOKYO).date()
    history.memories.birthdays = lambda _, as_of: (
        [7] if as_of.astimezone(TOKYO).date() == birthday else []
    )
    result = history.simulate(
        journey(message("m"), trigger=DateTrigger(trait="birthday", at=time(9, 30)))
    )
    assert (result.entries, result.sent) == (1, 1)
    (one,) = result.sample
    assert one.entered_at == datetime.combine(birthday, time(9, 30), TOKYO)


def test_a_day_whose_hour_was_before_the_beginning_lets_nobody_in():
    history = History()
    history.memories.birthdays = lambda _, as_of: (
        [7] if as_of.astimezone(TOKYO).date() == SINCE.astimezone(TOKYO).date() else []
    )
    trigger = DateTrigger(trait="birthday", at=time(0, 30))
    assert history.simulate(journey(message("m"), trigger=trigger)).entries == 0


@pytest.mark.parametrize(("change", "day"), [("entered", 4), ("left", 6)])
def test_who_comes_into_a_segment_or_leaves_it_enters(change, day):
    history = History()
    # What was told then is told anew: the segment may have meant somebody else.
    told = SEGMENT_ENTERED if change == "entered" else SEGMENT_LEFT
    history.did(9, told, days=2, segment_id="vip", cause="arrived")

    def come_and_go(_, as_of):
        has_been = SINCE + 4 * DAY <= as_of < SINCE + 6 * DAY
        return [1, 2] if has_been else [1]

    history.memories.come_and_go = come_and_go
    result = history.simulate(journey(message("m"), trigger=SegmentTrigger("vip", change)))
    (one,) = result.sample
    assert (result.entries, one.number, one.entered_at) == (1, 2, SINCE + day * DAY)


def test_the_best_time_is_waited_for_as_people_had_it_then():
    history = History()
    history.hours = {1: 20}
    for number in (1, 2):
        history.did(number, "Signed Up", days=3)
    step = WaitBestTimeStep(id="w", within=Duration(days=1), next="m")
    result = history.simulate(journey(step, message("m")))
    passed = {one.number: one.path[0].at for one in result.sample}
    assert passed[1].astimezone(TOKYO).hour == 20
    assert passed[2] == SINCE + 3 * DAY
    assert max(history.asked_at) <= UNTIL


def test_each_way_tells_what_became_of_its_messages():
    history = History(without_consent=[2])
    for number in (1, 2):
        history.did(number, "Signed Up", days=3)
    result = history.simulate(journey(wait("w", "m", hours=1), message("m")))
    assert [[step.message for step in one.path] for one in result.sample] == [
        ["", "sent"],
        ["", "no_consent"],
    ]
    assert result.sample[0].path[1].message_at == SINCE + 3 * DAY + timedelta(hours=1)


def test_the_store_of_a_simulation_undoes_what_fails():
    with ThrowAwayStore() as store:

        def fail(connection):
            connection.exec_driver_sql("CREATE TABLE t (x INTEGER)")
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            store.write(fail)
        with store.read() as connection:
            rows = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 't'")
            assert rows.all() == []
        assert isinstance(store.submit(fail).exception(), ValueError)
        assert store.submit(lambda _: 5).result() == 5
