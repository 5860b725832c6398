"""What a simulation comes to: costs, the effect that may be expected, mail of the days before."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journey_world import journey, message
from simulated_past import DAY, SINCE, History

from kikubari.app import read_settings
from kikubari.app.past import EnrolledHoldouts
from kikubari.app.settings import read_costs
from kikubari.deliver import Cap, FrequencyPolicy, PastContact
from kikubari.journeys.running import Conversions
from kikubari.journeys.simulation import expect_effect
from kikubari.spec.errors import InvalidInputError

_BOUNDS = EnrolledHoldouts(None).find_bounds


class Mail:
    """Was sent to people on these days, counted from the beginning of the simulation."""

    def __init__(self, **days) -> None:
        self.days = {int(number.removeprefix("to_")): all_ for number, all_ in days.items()}
        self.asked_for = []

    def list_contacts(self, numbers, *, before):
        self.asked_for += numbers
        sent = [
            PastContact(number, SINCE + timedelta(days=day), "email", 7 + place)
            for number in numbers
            for place, day in enumerate(self.days.get(number, ()))
        ]
        return [one for one in sent if one.at < before]


def signed_up(*numbers: int):
    history = History()
    for number in numbers:
        history.did(number, "Signed Up", days=1)
    return history


@cache
def hundred():
    return signed_up(*range(1, 101)).simulate(journey(message("m")))


def near(reached, people):
    share = reached / people
    return max(0, share - 0.01), min(1, share + 0.01)


def test_the_effect_is_what_a_holdout_told():
    past = Conversions(entered=900, converted=90, held_out=100, held_out_converted=4)
    effect = expect_effect(hundred(), past, near)
    assert effect.past == past
    assert effect.conversions == pytest.approx(100 * (0.1 - 0.04))
    assert (effect.low, effect.high) == pytest.approx((4, 8))
    assert effect.is_known
    assert expect_effect(hundred(), None, near) is None
    assert expect_effect(hundred(), Conversions(entered=10, converted=1), near) is None


@pytest.mark.parametrize(
    ("held_out_converted", "is_known"),
    [(4, True), (9, False), (10, False), (11, False), (16, True)],
)
def test_an_effect_that_may_as_well_be_none_is_not_known(held_out_converted, is_known):
    figures = {"entered": 900, "converted": 90, "held_out": 100}
    past = Conversions(**figures, held_out_converted=held_out_converted)
    effect = expect_effect(hundred(), past, near)
    assert effect.is_known is is_known
    assert effect.is_known is not (effect.low <= 0 <= effect.high)


@given(entered=st.integers(1, 5_000), held_out=st.integers(1, 500), data=st.data())
def test_an_effect_lies_in_the_interval_that_reports_give(entered, held_out, data):
    past = Conversions(
        entered=entered,
        converted=data.draw(st.integers(0, entered)),
        held_out=held_out,
        held_out_converted=data.draw(st.integers(0, held_out)),
    )
    effect = expect_effect(hundred(), past, _BOUNDS)
    assert effect.low - 0.02 <= effect.conversions <= effect.high + 0.02
    assert -100 <= effect.low <= effect.high <= 100


def test_a_few_people_are_not_enough_to_know():
    past = Conversions(entered=20, converted=4, held_out=5, held_out_converted=0)
    assert not expect_effect(hundred(), past, _BOUNDS).is_known
    many = Conversions(entered=20_000, converted=4_000, held_out=5_000, held_out_converted=100)
    assert expect_effect(hundred(), many, _BOUNDS).is_known


def test_what_was_sent_in_the_days_before_counts_towards_caps():
    history = signed_up(1, 2, 3, 4)
    history.policy = FrequencyPolicy(caps=[Cap(most=2, period=72, unit="hours")], hold_hours=1)
    # What comes after the beginning is not what was sent before it.
    history.mail = Mail(to_1=[-0.5, -1], to_2=[-0.5], to_3=[-40, -41], to_4=[0.5, 0.6])
    result = history.simulate(journey(message("m")))
    met = {one.number: one.path[-1].message for one in result.sample}
    assert met[1] not in {"sent", "queued"}
    assert [met[number] for number in (2, 3, 4)] == ["sent"] * 3
    assert sorted(history.mail.asked_for) == [1, 2, 3, 4]


def test_it_is_forgotten_as_real_mail_is():
    history = signed_up(1)
    history.policy = FrequencyPolicy(caps=[Cap(most=1, period=72, unit="hours")], hold_hours=72)
    history.mail = Mail(to_1=[-0.5])
    result = history.simulate(journey(message("m")))
    (one,) = result.sample
    assert one.path[-1].message == "sent"
    assert one.path[-1].message_at - (SINCE + 2.5 * DAY) < timedelta(hours=2)


def test_a_message_costs_what_its_step_says_or_else_the_shop():
    history = signed_up(*range(1, 11))
    history.costs = {"email": 0.25, "sms": 8}
    steps = (message("m", "n"), message("n", "o", cost_minor=3), message("o", cost_minor=0))
    result = history.simulate(journey(*steps))
    assert [one.cost_minor for one in result.steps] == [2, 30, 0]
    assert result.cost_minor == 32


def test_costs_of_the_shop_are_read_from_its_settings():
    assert read_costs(" email=0.1, sms = 8 ") == {"email": 0.1, "sms": 8}
    assert read_costs("") == {}
    for wrong in ("email", "email=", "pigeon=3", "email=-1", "email=1e9", "=3"):
        with pytest.raises(InvalidInputError, match="KIKUBARI_MESSAGE_COSTS"):
            read_settings({"KIKUBARI_MESSAGE_COSTS": wrong})
