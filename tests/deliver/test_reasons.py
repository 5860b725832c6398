import re
from pathlib import Path

import pytest
from delivery_world import NOW

from kikubari.deliver import FrequencyCheck, MessageState, Reason, SuppressionReason, explain
from kikubari.deliver.gate import last_gate
from kikubari.deliver.retry import SCHEDULE
from kikubari.kit.clock import ManualClock
from kikubari.testing.deliver import GrantedConsents, Selves

DOCS = (Path(__file__).parents[2] / "docs/delivery.md").read_text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_documented_and_said_in_both_languages(reason):
    [row] = re.findall(rf"^\| `{reason}` \| (\w+) \| .+ \|$", DOCS, re.MULTILINE)
    assert row in set(MessageState)
    assert re.search(r"[ぁ-ん]", explain(reason, "ja-JP"))
    assert explain(reason, "en").isascii()
    assert explain(reason, "fr") == explain(reason, "en")


@pytest.mark.parametrize("code", [*MessageState, *SuppressionReason])
def test_every_state_and_suppression_is_documented(code):
    assert f"\n| `{code}` |" in DOCS


def test_the_gates_order_is_documented():
    order = re.findall(r"^\d\. `(\w+)`", DOCS, re.MULTILINE)
    frequency = FrequencyCheck(Selves(), ManualClock(NOW), is_last=True)
    gate = last_gate(GrantedConsents(), timing=[frequency])
    assert [check.name for check in gate.checks] == order


def test_the_schedule_is_documented():
    minutes = [int(delay.total_seconds() // 60) for delay in SCHEDULE]
    assert ", ".join(str(m) for m in minutes[:8]) + " minutes, then 4 hours" in DOCS
    assert set(minutes[8:]) == {240}
