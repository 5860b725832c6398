"""Filters beyond Shopify's: money, dates, numbers, counts, names; and safer versions of two.

None of them reaches files, the network or the process's environment, and none ever may.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import nh3
from liquid import Environment, Markup
from liquid.builtin.filters import misc
from liquid.exceptions import FilterArgumentError
from liquid.filter import decimal_arg, liquid_filter, with_context, with_environment
from liquid.undefined import is_undefined

from kikubari.decide.personalise._context import RecordingContext
from kikubari.decide.personalise.locale_text import (
    HONORIFIC_STYLES,
    DateWidth,
    as_money,
    count_text,
    date_text,
    money_text,
    nameless,
    number_text,
    time_text,
    with_honorific,
)
from kikubari.kit.money import Money

Filter = Callable[..., Any]


def _is_blank(value: object) -> bool:
    return value is None or is_undefined(value) or (isinstance(value, str) and not value.strip())


@with_context
@liquid_filter
def money(value: Any, currency: Any = None, *, context: RecordingContext) -> str:
    """Write an amount of minor units, or a money object, in the reader's language."""
    if _is_blank(value):
        return ""
    amount = as_money(value)
    if amount is None:
        unit = context.settings.currency if _is_blank(currency) else str(currency)
        amount = Money(int(decimal_arg(value)), unit)
    return money_text(amount, context.settings.language)


@with_context
@liquid_filter
def number(value: Any, decimals: Any = None, *, context: RecordingContext) -> str:
    """Write a number with separators; an absent one prints nothing."""
    if _is_blank(value):
        return ""
    places = None if _is_blank(decimals) else int(decimal_arg(decimals))
    return number_text(float(decimal_arg(value)), context.settings.language, places)


@with_context
@liquid_filter
def count(value: Any, one: str = "", many: str | None = None, *, context: RecordingContext) -> str:
    """Write how many: ``{{ n | count: '点' }}``, ``{{ n | count: 'item', 'items' }}``."""
    amount = 0 if _is_blank(value) else decimal_arg(value)
    return count_text(float(amount), str(one), many, context.settings.language)


def _when(value: object, context: RecordingContext) -> datetime | date | None:
    """Read an instant or a day; instants come back in the customer's zone."""
    if value in ("now", "today"):
        value = context.settings.now
    elif isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise FilterArgumentError(f"not a date: {value!r}", token=None) from error
    elif isinstance(value, int | float):
        value = datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        return context.local(value) if value.tzinfo else value
    if isinstance(value, date):
        return value
    raise FilterArgumentError(f"expected a date, found {type(value).__name__}", token=None)


def _date_filter(width: DateWidth) -> Filter:
    @with_context
    @liquid_filter
    def write(value: Any, *, context: RecordingContext) -> str:
        if _is_blank(value):
            return ""
        when = _when(value, context)
        day = when.date() if isinstance(when, datetime) else when
        return date_text(day, context.settings.language, width) if day else ""

    return write


@with_context
@liquid_filter
def time_short(value: Any, *, context: RecordingContext) -> str:
    """Write the time of day of an instant in the customer's zone."""
    when = None if _is_blank(value) else _when(value, context)
    return time_text(when, context.settings.language) if isinstance(when, datetime) else ""


@with_context
@with_environment
@liquid_filter
def shopify_date(
    value: Any, fmt: Any, *, context: RecordingContext, environment: Environment
) -> Any:
    """Shopify's ``date``, with instants in the customer's zone and ``'now'`` the render's."""
    if value in ("now", "today"):
        value = context.settings.now
    if isinstance(value, datetime) and value.tzinfo and isinstance(fmt, str):
        # Not the library's: its cache takes one instant in two zones for the same thing.
        return context.local(value).strftime(fmt)
    return misc.date(value, fmt, environment=environment)


@with_context
@liquid_filter
def honorific(
    value: Any, style: str = "sama", fallback: Any = None, *, context: RecordingContext
) -> str:
    """Address a person (or a name): ``山田 様``, ``山田さん``; ``Taro`` in other languages.

    A missing name reads as `fallback`, else お客様 or ``there``.
    """
    if style not in HONORIFIC_STYLES:
        known = ", ".join(sorted(HONORIFIC_STYLES))
        raise FilterArgumentError(f"honorific knows {known}, not {style!r}", token=None)
    language = context.settings.language
    name = _name_of(value, language) if isinstance(value, dict) else value
    if _is_blank(name):
        return nameless(language) if _is_blank(fallback) else str(fallback)
    return with_honorific(str(name).strip(), style, language)


def _name_of(person: dict[str, Any], language: str) -> object:
    """Return the name that a language addresses people by: the family's in Japanese."""
    keys = ("last_name", "name", "first_name")
    for key in keys if language.startswith("ja") else reversed(keys):
        name = person.get(key)
        if not _is_blank(name):
            return name
    return None


@with_environment
@liquid_filter
def rich_text(value: Any, *, environment: Environment) -> str:
    """Let harmless HTML through: everything outside nh3's allow-list is removed."""
    if _is_blank(value):
        return ""
    cleaned = nh3.clean(str(value))
    return Markup(cleaned) if environment.autoescape else cleaned


OWN_FILTERS: dict[str, Filter] = {
    "money": money,
    "number": number,
    "count": count,
    "date": shopify_date,
    "date_short": _date_filter("short"),
    "date_medium": _date_filter("medium"),
    "date_long": _date_filter("long"),
    "date_full": _date_filter("full"),
    "time_short": time_short,
    "honorific": honorific,
    "rich_text": rich_text,
}

# `safe` and `escapejs` switch escaping off; `rich_text` is the way to print HTML.
REMOVED_FILTERS = frozenset({"safe", "escapejs"})
