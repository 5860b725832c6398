"""All mail of the last days, and a frequency policy tried on it, against its plainest reading."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kikubari.deliver import Cap, FrequencyPolicy, QuietHours
from kikubari.deliver.frequency import find_room
from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.measure import Mailings
from kikubari.spec import topics
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.storage import ColumnarStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tokyo")


class Sent:
    """Messages that left, as the copy of the log holds them."""

    def __init__(self, columnar: ColumnarStore) -> None:
        self.columnar = columnar
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)

    def fill(self, sent: Iterable[tuple[int, datetime, str, dict[str, object]]]) -> Mailings:
        """Write (number, at, type, properties) instead of what was there."""
        self.columnar.command("TRUNCATE TABLE events")
        events = [
            SequencedEvent(
                place,
                number,
                Event(
                    message_id=f"m{place}", kind=EventKind.TRACK, type=type_, occurred_at=at,
                    received_at=at, source_id=0, trust=Trust.INTERNAL, number=number,
                    properties={
                        "message_id": f"{place}", "purpose": "marketing", "channel": "email", **more
                    },
                ),
            )
            for place, (number, at, type_, more) in enumerate(sent, start=1)
        ]  # fmt: skip
        rows = RowBuilder(workspace_id=1, currency="JPY").build(events)["events"]
        if events:
            self.columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))
        return Mailings(self.columnar, timezone=str(ZONE))


@pytest.fixture
def sent(columnar: ColumnarStore) -> Sent:
    return Sent(columnar)


def test_mail_is_counted_by_broadcast(sent):
    one, other = {"broadcast_id": "one"}, {"broadcast_id": "other"}
    mailings = sent.fill([
        (1, NOW - timedelta(hours=3), topics.EMAIL_SENT, one),
        (2, NOW - timedelta(hours=2), topics.EMAIL_SENT, one | {"message_id": "twice"}),
        (2, NOW - timedelta(hours=1), topics.EMAIL_BOUNCED, one | {"message_id": "twice"}),
        (3, NOW - timedelta(hours=1), topics.EMAIL_BOUNCED, one),
        (1, NOW, topics.EMAIL_MARKED_AS_SPAM, one),
        (1, NOW - timedelta(days=40), topics.EMAIL_SENT, other),
        (4, NOW - timedelta(hours=1), topics.EMAIL_SENT, other | {"purpose": "transactional"}),
    ])  # fmt: skip
    counts = mailings.count_by_broadcast(NOW - timedelta(days=30))
    assert (counts["one"].n_tried, counts["one"].n_bounced, counts["one"].n_complained) == (3, 2, 1)
    assert counts["other"].n_tried == 1
    assert mailings.count_marketing(NOW - timedelta(days=1)) == 2


def test_quiet_hours_are_tried_by_the_shops_clock_past_midnight_too(sent):
    at = {hour: NOW.replace(hour=hour) - timedelta(days=1) for hour in (0, 11, 12, 22)}
    mailings = sent.fill([(hour + 1, when, topics.EMAIL_SENT, {}) for hour, when in at.items()])
    night = FrequencyPolicy(quiet_hours=[QuietHours(start="21:00", end="08:00")])
    trial = mailings.try_policy(night, until=NOW, days=30, on_topic={})
    # 09:00, 20:00, 21:00 and 07:00 in Tokyo.
    assert (trial.n_people, trial.n_held, trial.quiet_hours) == (4, 2, [2])


def test_a_cap_on_a_topic_counts_broadcasts_on_it_only(sent):
    sends = [("tea", 1), ("tea", 2), ("shoes", 2), ("tea", 3), ("tea", 3)]
    mailings = sent.fill([
        (person, NOW - timedelta(hours=place), topics.EMAIL_SENT, {"broadcast_id": of})
        for place, (of, person) in enumerate(sends)
    ])  # fmt: skip
    cap = Cap(most=1, period=7, unit="calendar_days", topic="tea")
    policy = FrequencyPolicy(caps=[cap])
    trial = mailings.try_policy(policy, until=NOW, days=30, on_topic={"tea": ["tea"]})
    assert (trial.n_people, trial.n_held) == (3, 1)
    assert mailings.try_policy(policy, until=NOW, days=30, on_topic={}).n_held == 0


MINUTES = st.lists(st.integers(0, 30 * 24 * 60), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    people=st.lists(MINUTES, min_size=1, max_size=4),
    most=st.integers(1, 3),
    period=st.integers(1, 9),
    unit=st.sampled_from(("hours", "calendar_days")),
)
def test_a_cap_is_tried_as_the_gate_would_have_judged(sent, people, most, period, unit):
    cap = Cap(most=most, period=period, unit=unit)
    times = [sorted(NOW - timedelta(minutes=one) for one in own) for own in people]
    assert all(left <= right for own in times for left, right in pairwise(own))
    mailings = sent.fill(
        (number, at, topics.EMAIL_SENT, {})
        for number, own in enumerate(times, start=1)
        for at in own
    )
    held = sum(
        any(find_room(cap, own[:place], at, ZONE) is not None for place, at in enumerate(own))
        for own in times
    )
    policy = FrequencyPolicy(caps=[cap])
    trial = mailings.try_policy(policy, until=NOW, days=31, on_topic={})
    assert (trial.n_people, trial.caps) == (sum(map(bool, times)), [held])
