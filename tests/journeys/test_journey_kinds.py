"""Who writes a kind of step that there is none of is told which there are."""

import msgspec
import pytest

from kikubari.journeys.definition import JourneyDefinition, hint_at_kind

PLAIN = {"name": "Fax", "trigger": {"type": "api"}}


def refusal(**more):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({**PLAIN, **more}, JourneyDefinition)
    return str(caught.value)


def test_the_known_kinds_are_named():
    assert "wait_until, webhook" in hint_at_kind(refusal(steps=[{"type": "fax", "id": "a"}]))
    assert hint_at_kind(refusal(trigger={"type": "smell"})).startswith("Triggers are: api, consent")
    assert hint_at_kind(refusal(stage="fax")) == ""
