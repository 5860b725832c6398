"""A shop may be stricter than the rules, never looser."""

import msgspec
import pytest
from guard_cases import judge as judge_rows
from guard_cases import own_rows
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.guard import (
    LAW,
    Context,
    FactOfUse,
    Guard,
    GuardPolicy,
    Level,
    LooserThanLawError,
    Message,
    read_cases,
    read_policy,
)
from kikubari.decide.personalise import Provenance
from kikubari.spec.errors import InvalidInputError

LOOSER = [
    {"quiet_from": "21:01"},
    {"quiet_from": "23:00"},
    {"quiet_from": "03:00"},  # after midnight is later, not earlier
    {"quiet_until": "07:59"},
    {"quiet_until": "00:00"},
    {"quiet_until": "20:00"},  # would leave no day to send on
    {"min_confidence": 0.59},
    {"min_confidence": -1},
    {"min_confidence": 1.5},
    {"min_group": 99},
    {"min_group": 0},
    {"interest_days": 91},
    {"interest_days": -1},
    {"declared_days": 731},
    {"levels": {"R01": "ok"}},
    {"levels": {"R06": "block", "R03": "ok"}},
    {"levels": {"R03": "warn"}},
    {"levels": {"R30": "warn"}},  # only exempts
]
RULES = {
    "quiet_from": "R13",
    "quiet_until": "R13",
    "min_confidence": "R07",
    "min_group": "R26",
    "interest_days": "R24",
    "declared_days": "R24",
}


@pytest.mark.parametrize("settings", LOOSER, ids=str)
def test_looser_is_refused(settings):
    with pytest.raises(LooserThanLawError) as refusal:
        read_policy(settings)
    (name, value) = next(iter(settings.items()))
    assert name in refusal.value.message
    assert (RULES.get(name) or list(value)[-1]) in refusal.value.message


def test_every_setting_has_a_refused_loosening_or_can_only_add():
    can_only_add = {"sensitivities", "banned"}
    assert {name for one in LOOSER for name in one} == set(
        GuardPolicy.__struct_fields__
    ) - can_only_add


@pytest.mark.parametrize(
    "settings",
    [
        {"quiet_form": "20:00"},
        {"quiet_from": "late"},
        {"min_group": "many"},
        {"levels": {"R01": "fine"}},
        {"levels": {"R99": "block"}},
    ],
    ids=str,
)
def test_what_is_no_policy_is_refused(settings):
    with pytest.raises(InvalidInputError):
        read_policy(settings)


def test_a_lower_sensitivity_than_a_fact_has_changes_nothing():
    message = Message(
        channel="email",
        text="New in store.",
        uses=(FactOfUse(attribute="religion", provenance=Provenance.DECLARED),),
        context=Context(channel_consent=True, local_time="12:00", tz_known=True),
    )
    policy = read_policy({"sensitivities": {"religion": "S0"}})
    assert Guard(policy).judge(message).level is Level.BLOCK


policies = st.builds(
    GuardPolicy,
    quiet_from=st.sampled_from(["12:00", "18:00", "20:30", "21:00"]),
    quiet_until=st.sampled_from(["08:00", "09:15", "12:00"]),
    min_confidence=st.floats(0.6, 1),
    min_group=st.integers(100, 10_000),
    interest_days=st.integers(0, 90),
    declared_days=st.integers(0, 730),
    levels=st.dictionaries(
        st.sampled_from(["R06", "R13", "R21", "R24"]),
        st.sampled_from([Level.WARN, Level.HOLD, Level.BLOCK]),
    ),
    banned=st.lists(st.sampled_from(["interest:cycling", "size"])).map(tuple),
)


@given(policy=policies)
def test_no_accepted_policy_makes_any_verdict_better(policy):
    rows = own_rows()[::7]
    guard = Guard(read_policy(msgspec.to_builtins(policy)))
    for case, by_law in zip(read_cases(msgspec.json.encode(rows)), judge_rows(rows), strict=True):
        assert guard.judge(case.message).level.rank >= by_law.level.rank


def test_a_shop_can_ban_a_fact_and_widen_the_night():
    message = Message(
        channel="email",
        text="New in store.",
        uses=(FactOfUse(attribute="size", provenance=Provenance.DECLARED, category="basic"),),
        context=Context(channel_consent=True, local_time="20:30", tz_known=True),
    )
    assert Guard(LAW).judge(message).level is Level.OK
    assert Guard(read_policy({"banned": ["size"]})).judge(message).rules == ("P01",)
    assert Guard(read_policy({"quiet_from": "20:00"})).judge(message).rules == ("R13",)
