"""What the guard learns of people: what they allowed, how old they are, what they are busy with."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kikubari.app.standing import STANDING_PURPOSES, query_acts, standing_of
from kikubari.events import SENSITIVE_PURPOSES, SequencedEvent, find_consent_assertion
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.profiles import ConsentState, Trait, TraitFact
from kikubari.spec import topics
from kikubari.spec.envelope import Event, EventKind, Trust

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNSAID = dict.fromkeys(STANDING_PURPOSES, ConsentState())


def ago(**times):
    return NOW - timedelta(**times)


def trait(value):
    return Trait(
        TraitFact("age", value, NOW, 1, "declared", 1.0, is_verified=True, is_simulated=False)
    )


def standing(acts=None, *, zone="UTC", **traits):
    known = {name: trait(one) for name, one in traits.items()}
    return standing_of(UNSAID, known, acts or {}, NOW, zone=ZoneInfo(zone))


def event(place, type_, at, number=1, **properties):
    return SequencedEvent(
        place,
        number,
        Event(
            message_id=f"e{place}", kind=EventKind.TRACK, type=type_, occurred_at=at,
            received_at=at, source_id=1, trust=Trust.SERVER, number=number, properties=properties,
        ),
    )  # fmt: skip


def test_who_is_unknown_has_no_standing():
    nobody = standing()
    assert (nobody.recipient_age, nobody.open_issue, nobody.journey_stage) == (None, False, "")


@pytest.mark.parametrize(
    ("traits", "age"),
    [
        ({"birthday": "2010-11-21"}, 15),
        ({"birthday": "2010-11-20"}, 16),
        ({"birthday": "1960-01-01T00:00:00Z"}, 18),
        ({"birthday": "soon", "age": 12}, 12),
        ({"birth_year": 2014}, 12),
        ({"age": True}, None),
        ({"birthday": 7}, None),
    ],
)
def test_the_age_is_told_as_far_as_it_matters(traits, age):
    assert standing(**traits).recipient_age == age


def test_a_birthday_begins_where_the_person_is():
    assert standing(zone="Pacific/Kiritimati", birthday="2010-11-21").recipient_age == 16
    assert standing(zone="Pacific/Pago_Pago", birthday="2010-11-21").recipient_age == 15


@pytest.mark.parametrize(
    ("acts", "is_open"),
    [
        ({topics.SUPPORT_TICKET_OPENED: ago(days=2)}, True),
        (
            {
                topics.SUPPORT_TICKET_OPENED: ago(days=2),
                topics.SUPPORT_TICKET_CLOSED: ago(days=1),
            },
            False,
        ),
        (
            {
                topics.SUPPORT_TICKET_OPENED: ago(days=1),
                topics.SUPPORT_TICKET_CLOSED: ago(days=2),
            },
            True,
        ),
        ({topics.RETURN_REQUESTED: ago(days=3)}, True),
        ({topics.RETURN_REQUESTED: ago(days=3), topics.ORDER_REFUNDED: ago(days=1)}, False),
    ],
)
def test_an_issue_is_open_until_it_is_closed(acts, is_open):
    assert standing(acts).open_issue is is_open


@pytest.mark.parametrize(
    ("acts", "stage"),
    [
        ({topics.CHECKOUT_STARTED: ago(minutes=20)}, "checkout"),
        ({topics.CHECKOUT_STARTED: ago(hours=2)}, ""),
        (
            {topics.CHECKOUT_STARTED: ago(minutes=20), topics.ORDER_COMPLETED: ago(minutes=5)},
            "purchased",
        ),
        ({topics.CANCELLATION_STARTED: ago(hours=3)}, "cancelling"),
        ({topics.ORDER_COMPLETED: ago(days=8)}, ""),
    ],
)
def test_what_somebody_is_in_the_middle_of(acts, stage):
    assert standing(acts).journey_stage == stage


def test_explicit_consent_to_what_is_delicate_reaches_the_guard():
    said = {**UNSAID, "sensitive:health": ConsentState(status="granted", at=NOW)}
    assert standing_of(said, {}, {}, NOW, zone=ZoneInfo("UTC")).explicit_consent == ("health",)
    for purpose in SENSITIVE_PURPOSES:
        told = event(1, topics.CONSENT_CHANGED, NOW, purpose=purpose, status="granted").event
        assertion = find_consent_assertion(told)
        assert assertion is not None
        assert assertion.purpose == purpose


def test_the_latest_of_each_act_is_asked_in_one_query(columnar):
    for statement in list_definitions(columnar.database, columnar.dictionary_access):
        columnar.command(statement)
    events = [
        event(1, topics.CHECKOUT_STARTED, ago(days=3)),
        event(2, topics.CHECKOUT_STARTED, ago(minutes=3)),
        event(3, topics.SUPPORT_TICKET_OPENED, ago(days=40), number=2),
        event(4, topics.PRODUCT_VIEWED, ago(minutes=1), number=2),
        event(5, topics.ORDER_COMPLETED, ago(days=1), number=3),
    ]
    rows = RowBuilder(workspace_id=1, currency="JPY").build(events)["events"]
    columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))
    assert query_acts(columnar, [1, 2], now=NOW) == {
        1: {topics.CHECKOUT_STARTED: ago(minutes=3)},
        2: {},
    }
