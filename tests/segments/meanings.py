"""What boundaries mean, pinned for one person: instants to the microsecond."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from population import instant

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import RowBuilder
from kikubari.segments.contracts import BaseValues
from kikubari.segments.evaluate import evaluate
from kikubari.segments.measures import rank_of
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person
from kikubari.spec.conditions import convert_condition
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind

MICRO = timedelta(microseconds=1)
TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
_BUILDER = RowBuilder(workspace_id=1, currency="JPY")
# Wednesday 15:00 in Tokyo.
NOW = instant("2026-03-11T06:00:00+00:00")


def person_with(*events: Event) -> Person:
    sequenced = [SequencedEvent(i, 1, event) for i, event in enumerate(events, start=1)]
    return Person.from_events(1, sequenced, _BUILDER)


def order(at, received_at=None, message_id="m", source_id=1, **properties):
    return Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type="Order Completed",
        occurred_at=at,
        received_at=received_at or at,
        source_id=source_id,
        properties=properties,
    )


def traits(at=NOW, message_id="t", source_id=1, **values):
    return Event(
        message_id=message_id,
        kind=EventKind.IDENTIFY,
        type=IDENTIFIED,
        occurred_at=at,
        received_at=at,
        source_id=source_id,
        traits=values,
    )


def holds(condition, *events: Event, as_of=NOW, known_at=None, zone=TOKYO) -> bool:
    moment = Moment.at(as_of, known_at, zone)
    return evaluate(convert_condition(condition), person_with(*events), BaseValues(), moment)


def bought(window, at, **options) -> bool:
    leaf = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}
    return holds(
        {**leaf, "window": window}, traits(at=instant("2020-01-01T00:00:00Z")), order(at), **options
    )


def check_last() -> None:
    last = {"type": "last", "duration": {"days": 2}}
    assert bought(last, NOW)
    assert not bought(last, NOW + MICRO)
    assert not bought(last, NOW - timedelta(days=2))
    assert bought(last, NOW - timedelta(days=2) + MICRO)


def check_between() -> None:
    start, end = NOW - timedelta(days=3), NOW - timedelta(days=1)
    between = {"type": "between", "from": start.isoformat(), "until": end.isoformat()}
    assert bought(between, start)
    assert not bought(between, start - MICRO)
    assert bought(between, end - MICRO)
    assert not bought(between, end)


def check_calendar() -> None:
    # Monday 00:00 in Tokyo is Sunday 15:00 UTC.
    monday = instant("2026-03-08T15:00:00+00:00")
    week = {"type": "calendar", "unit": "week"}
    assert bought(week, monday)
    assert not bought(week, monday - MICRO)
    last_week = {**week, "offset": -1}
    assert bought(last_week, monday - MICRO)
    assert not bought(last_week, monday)
    assert bought(last_week, monday - timedelta(days=7))
    assert not bought(last_week, monday - timedelta(days=7) - MICRO)
    month = instant("2026-02-28T15:00:00+00:00")
    assert bought({"type": "calendar", "unit": "month"}, month)
    assert not bought({"type": "calendar", "unit": "month"}, month - MICRO)
    year = instant("2025-12-31T15:00:00+00:00")
    assert bought({"type": "calendar", "unit": "quarter"}, year)
    assert bought({"type": "calendar", "unit": "year", "offset": -1}, year - MICRO)


def check_clock_change() -> None:
    # New York's 8 March 2026 has 23 hours: it ends at 04:00 UTC, not at 05:00.
    day = {"type": "calendar", "unit": "day"}
    as_of = instant("2026-03-08T20:00:00+00:00")
    assert bought(day, instant("2026-03-08T05:00:00+00:00"), as_of=as_of, zone=NEW_YORK)
    yesterday = {**day, "offset": -1}
    as_of = instant("2026-03-09T12:00:00+00:00")
    edge = instant("2026-03-09T04:00:00+00:00")
    assert bought(yesterday, edge - MICRO, as_of=as_of, zone=NEW_YORK)
    assert not bought(yesterday, edge, as_of=as_of, zone=NEW_YORK)
    # "Two days" are 48 hours all the same.
    last = {"type": "last", "duration": {"days": 2}}
    assert not bought(last, as_of - timedelta(hours=48), as_of=as_of, zone=NEW_YORK)


def check_february_29() -> None:
    def is_due(day, rule):
        leaf = {"type": "anniversary", "trait": "birthday", "february_29": rule}
        as_of = instant(f"{day}T03:00:00+00:00")
        born = traits(at=instant("2020-01-01T00:00:00Z"), birthday="1992-02-29")
        return holds(leaf, born, as_of=as_of)

    assert is_due("2027-02-28", "feb_28")
    assert not is_due("2027-03-01", "feb_28")
    assert is_due("2027-03-01", "mar_1")
    assert not is_due("2027-02-28", "mar_1")
    assert not is_due("2027-02-28", "leap_years_only")
    for rule in ("feb_28", "mar_1", "leap_years_only"):
        assert is_due("2028-02-29", rule)
        assert not is_due("2028-02-28", rule)
        assert not is_due("2028-03-01", rule)


def check_age() -> None:
    def is_aged(day, born, rule="feb_28", unit="years", **age):
        leaf = {"type": "age", "age": age, "unit": unit, "february_29": rule}
        as_of = instant(f"{day}T03:00:00+00:00")
        return holds(leaf, traits(at=instant("1993-01-01T00:00:00Z"), birthday=born), as_of=as_of)

    assert is_aged("2026-03-11", "2001-03-11", at_least=25, at_most=25)
    assert not is_aged("2026-03-10", "2001-03-11", at_least=25)
    assert is_aged("2027-03-10", "2001-03-11", at_most=25)
    assert not is_aged("2027-03-11", "2001-03-11", at_most=25)
    # Who is born on 29 February comes of age a day earlier or later, as the rule says.
    assert is_aged("2010-02-28", "1992-02-29", at_least=18)
    assert not is_aged("2010-02-28", "1992-02-29", rule="mar_1", at_least=18)
    assert is_aged("2010-03-01", "1992-02-29", rule="mar_1", at_least=18)
    assert not is_aged("2012-02-28", "1992-02-29", at_least=20)
    # A month is over on the same day of the next one, or on the first after it.
    assert is_aged("2026-03-31", "2026-02-28", unit="months", at_least=1)
    assert not is_aged("2026-04-30", "2026-03-31", unit="months", at_least=1)
    assert is_aged("2026-05-01", "2026-03-31", unit="months", at_least=1, at_most=1)
    assert not is_aged("2026-03-11", "2026-03-12", at_most=5)


def check_next() -> None:
    def is_ahead(at, hours):
        test = {"type": "when", "window": {"type": "next", "duration": {"hours": hours}}}
        said = traits(at=instant("2020-01-01T00:00:00Z"), renews=at.isoformat())
        return holds({"type": "trait", "trait": "renews", "test": test}, said)

    assert not is_ahead(NOW, 2)
    assert is_ahead(NOW + MICRO, 2)
    assert is_ahead(NOW + timedelta(hours=2), 2)
    assert not is_ahead(NOW + timedelta(hours=2) + MICRO, 2)


def check_ranges() -> None:
    leaf = {
        "type": "event_aggregate",
        "function": "avg",
        "of": {"on": "column", "column": "value_minor"},
        "event": "Order Completed",
    }
    two = (order(NOW, total=100), order(NOW, message_id="n", total=101))
    assert holds({**leaf, "value": {"at_least": 100.5}}, *two)
    assert not holds({**leaf, "value": {"more_than": 100.5}}, *two)
    assert holds({**leaf, "value": {"at_most": 100.5}}, *two)
    assert not holds({**leaf, "value": {"less_than": 100.5}}, *two)


def check_rank() -> None:
    assert rank_of(101, 1_000) == 11
    assert rank_of(100, 1_000) == 10
    assert rank_of(1, 1) == 1


def check_runs_low() -> None:
    def is_low(low_at, days, *, as_of=NOW, bought_at=None):
        low_us = (low_at - instant("1970-01-01T00:00:00+00:00")) // MICRO
        forecast = Event(
            message_id="f",
            kind=EventKind.TRACK,
            type="Kikubari Replenishment Forecast",
            occurred_at=NOW - timedelta(days=3),
            received_at=NOW,
            source_id=0,
            properties={"product_id": "p1", "runs_low_us": low_us, "confidence": 0.6},
        )
        bought = [order(bought_at, products=[{"product_id": "p1"}])] if bought_at else []
        return holds({"type": "runs_low", "within_days": days}, forecast, *bought, as_of=as_of)

    assert is_low(NOW, 1)
    whole_day = timedelta(days=1)
    assert is_low(NOW - whole_day + MICRO, 1)
    assert not is_low(NOW - whole_day, 1)
    assert is_low(NOW, 1, as_of=NOW + whole_day - MICRO)
    assert not is_low(NOW, 1, as_of=NOW + whole_day)
    assert is_low(NOW + timedelta(days=5) - MICRO, 5)
    assert not is_low(NOW + timedelta(days=5), 5)
    assert not is_low(NOW, 1, bought_at=NOW - timedelta(days=1))
    assert is_low(NOW, 1, bought_at=NOW - timedelta(days=4))


CHECKS = [
    check_runs_low,
    check_last, check_between, check_calendar, check_clock_change, check_february_29, check_age,
    check_next, check_ranges, check_rank,
]  # fmt: skip
