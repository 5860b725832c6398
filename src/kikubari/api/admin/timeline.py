"""A customer's timeline: pages by time and place, with what words are made of."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Reason
from kikubari.events import SequencedEvent, TimelinePlace, is_simulated
from kikubari.kit.instants import EPOCH, LATEST, to_micros
from kikubari.kit.money import Money, to_minor
from kikubari.profiles import IdentityChange
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import CONSENT_CHANGED

_CURRENCY = re.compile(r"[A-Z]{3}")
_CURSOR = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,18})")
_AMOUNTS = ("total", "revenue", "value", "price")
# What tells most about an event, looked for in this order.
_TELLING = ("query", "name", "product_name", "title", "store", "url", "path", "coupon", "category")
_LONGEST = 200
_DECEMBER = 12
_ITEMS_NAMED = 3
_TRAITS_NAMED = 12
Types = Annotated[list[str] | None, QueryParameter(max_items=50)]


class EventSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event is about, for words in any language.

    Attributes:
        amount: of money, if one is named.
        items: names of some products, and `n_items` of them in all.
        text: what else tells most: a search, a page, a shop.
        reason: code of `docs/errors.md` why a message did not go.
        traits: names of what was said about the person.
        consent: purpose, channel and status of a consent.
    """

    amount: Money | None = None
    items: list[str] = []
    n_items: int = 0
    text: str = ""
    reason: str = ""
    traits: list[str] = []
    consent: dict[str, str] = {}


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a person's. `details` is everything that was said with it."""

    position: int
    type: str
    at: datetime
    source_id: int
    is_simulated: bool
    is_machine: bool
    summary: EventSummary
    details: dict[str, Any]


class TimelineAnswer(msgspec.Struct, frozen=True):
    """Some of a timeline, newest first.

    Attributes:
        events: in order.
        changes: identifiers that came or went within the time these events cover.
        next: pass as `before` for the next page; None at the end.
    """

    events: list[TimelineEvent]
    changes: list[IdentityChange]
    next: str | None


class TypeCount(msgspec.Struct, frozen=True):
    """How many events of a type there are."""

    type: str
    n: int


class MonthCount(msgspec.Struct, frozen=True):
    """How many events a month has, in the shop's zone.

    Attributes:
        month: such as ``2026-05``.
        n: events.
        ends_at: the first instant after it: pass as `until` to read its events.
    """

    month: str
    n: int
    ends_at: datetime


class TimelineOverview(msgspec.Struct, frozen=True):
    """A whole timeline in numbers."""

    total: int
    types: list[TypeCount]
    months: list[MonthCount]


@get("/profiles/{profile_id:str}/timeline", guards=[requires("read")], sync_to_thread=True)
def get_timeline(
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    *,
    before: Annotated[str, QueryParameter(max_length=40)] = "",
    until: FromQuery[datetime | None] = None,
    types: Types = None,
    excluded: Types = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> TimelineAnswer:
    """Return a page of a customer's timeline, newest first.

    Continue with `before`; start at an instant with `until`. `types` keeps only events of these
    types, `excluded` leaves some out.
    """
    place = _place(before, until)
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
        changes = services.profiles.identity_history(connection, profile.number)
    page = services.log.page_of_timeline(
        profile.numbers, before=place, types=types or (), excluded=excluded or (), limit=limit
    )
    currency = services.settings.currency
    after_us = page.next.occurred_us if page.next else to_micros(EPOCH - timedelta(days=365 * 200))
    until_us = place.occurred_us if place else to_micros(LATEST)
    return TimelineAnswer(
        [describe(item, currency) for item in page.events],
        [one for one in reversed(changes) if after_us <= to_micros(one.at) < until_us],
        f"{page.next.occurred_us}.{page.next.position}" if page.next else None,
    )


@get("/profiles/{profile_id:str}/timeline/overview", guards=[requires("read")], sync_to_thread=True)
def get_timeline_overview(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> TimelineOverview:
    """Return how many events of each type a customer has, and how many in each month."""
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
    zone = ZoneInfo(services.settings.timezone)
    types: dict[str, int] = {}
    months: dict[str, int] = {}
    for count in services.log.count_timeline(profile.numbers):
        at = EPOCH + timedelta(hours=count.hour)
        month = f"{at.astimezone(zone):%Y-%m}"
        types[count.type] = types.get(count.type, 0) + count.n
        months[month] = months.get(month, 0) + count.n
    return TimelineOverview(
        sum(types.values()),
        [TypeCount(*one) for one in sorted(types.items(), key=lambda one: (-one[1], one[0]))],
        [MonthCount(month, n, _end_of(month, zone)) for month, n in sorted(months.items())],
    )


def describe(item: SequencedEvent, currency: str) -> TimelineEvent:
    """Return an event as a timeline has it."""
    event = item.event
    return TimelineEvent(
        position=item.position,
        type=event.type,
        at=event.occurred_at,
        source_id=event.source_id,
        is_simulated=is_simulated(event),
        is_machine=event.properties.get("is_machine") is True,
        summary=_summary(event, currency),
        details=event.properties or event.traits,
    )


def _end_of(month: str, zone: ZoneInfo) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    following = (year + 1, 1) if number == _DECEMBER else (year, number + 1)
    return datetime(*following, 1, tzinfo=zone).astimezone(UTC)


def _place(before: str, until: datetime | None) -> TimelinePlace | None:
    if before:
        match = _CURSOR.fullmatch(before)
        if match is None:
            raise InvalidInputError("not a place in a timeline", hint="Pass on `next` as it came.")
        return TimelinePlace(int(match[1]), int(match[2]))
    if until is None:
        return None
    instant = until if until.tzinfo else until.replace(tzinfo=UTC)
    return TimelinePlace(to_micros(min(instant, LATEST)), 0)


def _summary(event: Event, currency: str) -> EventSummary:
    properties = event.properties
    reason = properties.get("reason")
    if event.kind is EventKind.IDENTIFY:
        return EventSummary(traits=list(event.traits)[:_TRAITS_NAMED])
    if event.type == CONSENT_CHANGED:
        told = {name: properties.get(name) for name in ("purpose", "channel", "status")}
        return EventSummary(
            consent={name: value for name, value in told.items() if isinstance(value, str)}
        )
    items = _item_names(properties)
    text = next((properties[name] for name in _TELLING if _is_text(properties.get(name))), "")
    return EventSummary(
        amount=_amount(properties, currency),
        items=items[:_ITEMS_NAMED],
        n_items=len(items),
        text="" if items else text[:_LONGEST],
        reason=reason if isinstance(reason, str) and reason in set(Reason) else "",
    )


def _item_names(properties: Mapping[str, Any]) -> list[str]:
    products = properties.get("products")
    if not isinstance(products, list):
        return []
    named = [item.get("name") or item.get("product_id") for item in products if _is_mapping(item)]
    return [str(name)[:_LONGEST] for name in named if name]


def _amount(properties: Mapping[str, Any], currency: str) -> Money | None:
    for name in _AMOUNTS:
        value = properties.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            stated = properties.get("currency")
            code = stated if isinstance(stated, str) and _CURRENCY.fullmatch(stated) else currency
            try:
                return Money(to_minor(value, code), code)
            except ValueError:
                return None
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


timeline_handlers = [get_timeline, get_timeline_overview]
