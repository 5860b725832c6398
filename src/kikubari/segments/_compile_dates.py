# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Queries of the leaves that compare a trait's date with the date of today where the person is."""

from collections.abc import Callable
from datetime import date

from kikubari.events import PROFILE
from kikubari.segments._people import IN_DOUBT, KEY, people_settled
from kikubari.segments._sql import Query, Scope
from kikubari.segments.moment import (
    Bounds,
    age_days,
    anniversary_days,
    dates_by_zone,
    local_date,
)
from kikubari.spec.conditions import Age, Anniversary

# A full date as it is written, if the text is an instant in ISO 8601.
_FULL_DATE = "if(isNotNull(instant), substring(text, 1, 10), '')"


def anniversary_query(leaf: Anniversary, scope: Scope) -> Query:
    """Whose date returns on one of the days."""

    def is_due(text: str, today: date) -> str:
        days = scope.add(sorted(anniversary_days(leaf, today)), "Array(String)")
        return (
            f"(substring({text}, 6, 5) IN ({days}) AND match({text}, '^[0-9][0-9][0-9][0-9]-')"
            f" OR substring({text}, 3, 5) IN ({days}) AND startsWith({text}, '--'))"
        )

    return _dated(leaf.trait, "text", is_due, scope)


def age_query(leaf: Age, scope: Scope) -> Query:
    """Whose date lies so many years or months back."""

    def is_of_age(text: str, today: date) -> str:
        after, until = age_days(leaf, today)
        return f"({text} > {scope.text(after)} AND {text} <= {scope.text(until)})"

    return _dated(leaf.trait, _FULL_DATE, is_of_age, scope)


def _dated(trait: str, text: str, holds: Callable[[str, date], str], scope: Scope) -> Query:
    """Return who has a trait whose text holds today, whatever the date of today is for them.

    It is two or three dates in all zones together. Where a text holds at each of them or at none,
    the person's zone does not matter; the zones of the others are looked up.
    """
    moment = scope.moment
    here = local_date(moment.zone, moment.as_of)
    dates = {name: day for name, day in dates_by_zone(moment.as_of).items() if day != here}
    days = sorted({here, *dates.values()})
    names = scope.add(list(dates), "Array(String)")
    indexes = scope.add([days.index(day) for day in dates.values()], "Array(UInt8)")
    today = f"transform(zone, {names}, {indexes}, toUInt8({days.index(here)}))"
    named = scope.text(trait)
    rows = f"FROM traits WHERE {scope.rows(Bounds(None, moment.as_of))}"
    due = " OR ".join(f"(today = {i} AND {holds('date_text', day)})" for i, day in enumerate(days))
    by = (
        f"SELECT p FROM (SELECT {PROFILE} AS p,"
        f" argMaxIf({text}, {KEY}, name = {named}) AS date_text,"
        f" argMaxIf(text, {KEY}, name = 'timezone') AS zone, {today} AS today"
        f" {rows} AND name IN ({named}, 'timezone') AND {IN_DOUBT} GROUP BY p) WHERE {due}"
    )
    anywhere = [holds(text, day) for day in days]
    sql = people_settled(
        f"{rows} AND name = {named}",
        f"({' OR '.join(anywhere)})",
        f"NOT ({' AND '.join(anywhere)})",
        by,
    )
    return Query(sql, scope.parameters)
