"""What the guard said, counted by rule and broadcast."""

from datetime import UTC, datetime, timedelta

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.measure import GuardTallies
from kikubari.spec import topics
from kikubari.spec.envelope import Event, EventKind, Trust

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def settled(place, type_, at=NOW, **properties):
    return SequencedEvent(
        place,
        place,
        Event(
            message_id=f"e{place}", kind=EventKind.TRACK, type=type_, occurred_at=at,
            received_at=at, source_id=0, trust=Trust.INTERNAL, number=place,
            properties={"message_id": f"m{place}", "broadcast_id": "one", **properties},
        ),
    )  # fmt: skip


def test_objections_are_counted_by_rule_level_and_broadcast(columnar):
    for statement in list_definitions(columnar.database, columnar.dictionary_access):
        columnar.command(statement)
    block = {"guard": "block", "guard_rules": ["R05", "R21"]}
    events = [
        settled(1, topics.EMAIL_SKIPPED, **block),
        settled(2, topics.EMAIL_SKIPPED, guard="hold", guard_rules=["R31"]),
        settled(3, topics.EMAIL_SENT, guard="warn", guard_rules=["R21"]),
        settled(4, topics.EMAIL_SENT, guard="warn", guard_rules=["R21"], broadcast_id="two"),
        settled(5, topics.EMAIL_SENT),
        settled(6, topics.EMAIL_SKIPPED, at=NOW - timedelta(days=40), **block),
    ]
    rows = RowBuilder(workspace_id=1, currency="JPY").build(events)["events"]
    columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))
    tallies = GuardTallies(columnar)
    may = {"blocking": ["R05"], "holding": ["R31"]}
    counted = {
        (one.rule, one.broadcast_id): (one.n_blocked, one.n_held, one.n_warned)
        for one in tallies.count(NOW - timedelta(days=30), **may)
    }
    assert counted == {
        ("R05", "one"): (1, 0, 0),
        ("R21", "one"): (0, 0, 1),  # what it said of the blocked one did not stop it
        ("R21", "two"): (0, 0, 1),
        ("R31", "one"): (0, 1, 0),
    }
    [only] = tallies.count(NOW - timedelta(days=30), **may, broadcast_id="two")
    assert only.message_ids == ("m4",)
