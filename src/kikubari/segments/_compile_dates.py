# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Queries of the leaves that compare a trait's date with the date of today where the person is.

It is two or three dates in all zones together, the *todays*. At which of them a text holds is one
number, the text's *pattern*: bit i stands for the i-th of them. Most people said one date, and it
holds at all of the todays or at none, wherever they are: one scan settles them. One more, of the
zones alone, settles whose date holds at some. Only who said different things is looked at closely.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import reduce
from itertools import combinations

from kikubari.events import PROFILE
from kikubari.segments._people import IN_DOUBT, KEY, people_of
from kikubari.segments._sql import Query, Scope
from kikubari.segments.moment import (
    Bounds,
    age_days,
    anniversary_days,
    dates_by_zone,
    local_date,
)
from kikubari.spec.conditions import Age, Anniversary

# Whether the text is an instant in ISO 8601, so that it begins with a full date.
_HAS_DATE = "isNotNull(instant)"
# Behind a date, it sorts after the same date with any time of day. Cutting every text to its date
# instead takes as long as all comparisons together.
_WHOLE_DAY = "\U0010ffff" * 2


def anniversary_query(leaf: Anniversary, scope: Scope) -> Query:
    """Whose date returns on one of the days."""

    def pattern(text: str, todays: Sequence[date]) -> str:
        due = [anniversary_days(leaf, today) for today in todays]
        days = sorted(frozenset().union(*due))
        codes = [sum(1 << i for i, some in enumerate(due) if day in some) for day in days]
        named = f"{scope.add(days, 'Array(String)')}, {scope.add(codes, 'Array(UInt8)')}"
        # Most texts are full dates, and most days are not due: hardly any text is cut at another
        # place, or looked at a second time.
        day = f"transform(substring({text}, 6, 5), {named}, toUInt8(0))"
        is_full = f"match({text}, '^[0-9][0-9][0-9][0-9]-')"
        without_year = f"transform(substring({text}, 3, 5), {named}, toUInt8(0))"
        return (
            f"if(({day} AS day) = 0, 0, if({is_full}, day, 0))"
            f" + if(startsWith({text}, '--'), {without_year}, 0)"
        )

    return _dated(leaf.trait, "1", pattern, scope)


def age_query(leaf: Age, scope: Scope) -> Query:
    """Whose date lies so many years or months back."""

    def pattern(text: str, todays: Sequence[date]) -> str:
        spans = [age_days(leaf, today) for today in todays]
        return " + ".join(
            f"if({text} > {scope.text(after and after + _WHOLE_DAY)}"
            f" AND {text} <= {scope.text(until + _WHOLE_DAY)}, {1 << i}, 0)"
            for i, (after, until) in enumerate(spans)
        )

    return _dated(leaf.trait, _HAS_DATE, pattern, scope)


def _dated(
    trait: str, counts: str, pattern: Callable[[str, Sequence[date]], str], scope: Scope
) -> Query:
    """Return who has a trait whose text holds today, whatever the date of today is for them.

    Args:
        trait: its name.
        counts: condition on a statement; the text of one that fails it holds never.
        pattern: returns SQL of a text's pattern for these todays.
        scope: of the query.
    """
    moment = scope.moment
    here = local_date(moment.zone, moment.as_of)
    dates = {name: day for name, day in dates_by_zone(moment.as_of).items() if day != here}
    todays = sorted({here, *dates.values()})
    home = todays.index(here)
    places = [todays.index(day) for day in dates.values()]
    zones = f"{scope.add(list(dates), 'Array(String)')}, {scope.add(places, 'Array(UInt8)')}"
    rows = f"FROM traits WHERE {scope.rows(Bounds(None, moment.as_of))}"
    named = scope.text(trait)
    said = [f"said.{code + 1}" for code in range(1 << len(todays))]
    told = [f"told.{i + 1}" for i in range(len(todays))]
    code = f"if({counts}, {pattern('text', todays)}, 0)"
    zone = f"transform(text, {zones}, {home})"
    open_to_zones = (
        f"{rows} AND name = 'timezone' AND bitmapCardinality(partly) > 0"
        f" AND bitmapContains(partly, {PROFILE})"
    )
    # Where a text holds at some of the todays, by today.
    due = [
        _union(one for n, one in enumerate(said[:-1]) if n >> place & 1)
        for place in range(len(told))
    ]
    settled = [
        said[-1],
        f"bitmapAndnot({due[home]}, {_union(told[:home] + told[home + 1 :])})",
        *(f"bitmapAnd({due[i]}, {told[i]})" for i in range(len(told)) if i != home),
    ]
    closely = (
        f"SELECT p FROM (SELECT {PROFILE} AS p,"
        f" argMaxIf(if({counts}, text, ''), {KEY}, name = {named}) AS date_text,"
        f" argMaxIf(text, {KEY}, name = 'timezone') AS zone"
        f" {rows} AND name IN ({named}, 'timezone') AND {IN_DOUBT} GROUP BY p)"
        f" WHERE bitTest({pattern('date_text', todays)}, transform(zone, {zones}, {home}))"
    )
    sql = (
        f"WITH ({_split(code, len(said), f'{rows} AND name = {named}')}) AS said,"
        f" {_union(said[1:-1])} AS partly,"
        f" ({_split(zone, len(told), open_to_zones)}) AS told,"
        f" bitmapOr({_twice(said)}, {_twice(told)}) AS doubt"
        f" SELECT bitmapOr(bitmapAndnot({_union(settled)}, doubt), ({people_of(closely)}))"
    )
    return Query(sql, scope.parameters)


def _split(code: str, n: int, source: str) -> str:
    """Return the query of a tuple: the people who have rows of each code below `n` in a source.

    Grouping by the code reads it once; a condition for each would work it out for every one.
    """
    sets = (f"groupBitmapMergeStateIf(people, code = {i})" for i in range(n))
    return (
        f"SELECT ({', '.join(sets)}) FROM (SELECT toUInt8({code}) AS code,"
        f" groupBitmapState({PROFILE}) AS people {source} GROUP BY code)"
    )


def _union(sets: Iterable[str]) -> str:
    """Return who is in any of the sets."""
    return reduce(lambda one, other: f"bitmapOr({one}, {other})", sets)


def _twice(sets: Sequence[str]) -> str:
    """Return who is in two of the sets."""
    return _union(f"bitmapAnd({one}, {other})" for one, other in combinations(sets, 2))
