"""The shop's policy: kept with every version, taken from the next message on."""

from datetime import UTC, datetime

import pytest

from kikubari.decide.guard import LAW, GuardPolicies, GuardPolicy, Level, LooserThanLawError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def policies(state):
    return GuardPolicies(state)


def test_before_anybody_sets_one_the_law_holds(policies):
    now = policies.get()
    assert (now.version, now.policy, now.changed_at) == (0, LAW, None)
    assert policies.list_versions() == []


def test_each_version_stays_with_who_made_it(policies):
    first = policies.set(GuardPolicy(min_confidence=0.8), at=NOON, by="Yuki")
    second = policies.set(GuardPolicy(levels={"R06": Level.BLOCK}), at=NOON, by="Ken")
    assert policies.get() == second
    assert (second.version, second.changed_by) == (2, "Ken")
    assert policies.list_versions() == [second, first]
    assert policies.list_versions(before=2) == [first]


def test_what_is_looser_than_the_law_changes_nothing(policies):
    with pytest.raises(LooserThanLawError, match="R07"):
        policies.set(GuardPolicy(min_confidence=0.2), at=NOON, by="Yuki")
    assert policies.get().version == 0
