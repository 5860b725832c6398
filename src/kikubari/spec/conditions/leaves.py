"""The leaves of a condition tree. What each means to the microsecond: docs/segments.md."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kikubari.spec.conditions.filters import (
    MAX_FILTERS,
    Filters,
    ItemFieldFilter,
    ItemTextField,
    NumberColumn,
    Path,
    TextColumn,
)
from kikubari.spec.conditions.values import (
    EVER,
    Closed,
    CountRange,
    Duration,
    NumberRange,
    Test,
    Text,
    TextTest,
    Window,
)

Provenance = Literal["declared", "observed", "inferred_self", "inferred_group", "third_party"]
Confidence = Annotated[float, Meta(ge=0, le=1)]
Channel = Literal["email", "sms", "whatsapp", "line", "web_push", "app_push"]
Purpose = Literal["marketing", "tracking", "profiling", "enrichment"]
Id = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[A-Za-z0-9_.:-]+$")]
MAX_STEPS = 8
MAX_AGE = {"years": 200, "months": 2_400}


class Leaf(Closed, frozen=True, omit_defaults=True):
    """Base of all leaves."""


class Events(Closed, frozen=True, omit_defaults=True):
    """Which events: of this type (any, if not given), with all of these properties."""

    event: Text | None = None
    where: Filters = ()


class TraitIs(Leaf, frozen=True, tag="trait"):
    """A test of the latest statement of a trait, among the statements that count.

    `provenance` and `min_confidence` choose which statements count at all.
    """

    trait: Text
    test: Test
    provenance: Annotated[tuple[Provenance, ...], Meta(max_length=5)] = ()
    min_confidence: Confidence = 0.0


class EventCount(Leaf, frozen=True, tag="event_count"):
    """How many such events happened in the window; nobody counts as 0."""

    count: CountRange
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER


class ColumnMeasure(Closed, frozen=True, tag="column", tag_field="on"):
    """A typed number of the event: `value_minor` is money in minor units."""

    column: NumberColumn


class PropertyMeasure(Closed, frozen=True, tag="property", tag_field="on"):
    """A JSON number, read to six decimals; events without it, or beyond ±10¹², do not count."""

    path: Path


class ItemsMeasure(Closed, frozen=True, tag="items", tag_field="on", omit_defaults=True):
    """What the line items that pass `where` come to: pieces, money (price x quantity) or lines.

    Events without such an item do not count.
    """

    total: Literal["quantity", "amount_minor", "lines"]
    where: Annotated[tuple[ItemFieldFilter, ...], Meta(max_length=MAX_FILTERS)] = ()


Measure = ColumnMeasure | PropertyMeasure | ItemsMeasure
Function = Literal["sum", "avg", "min", "max"]


class EventAggregate(Leaf, frozen=True, tag="event_aggregate"):
    """Sum, average, least or greatest; the sum of nothing is 0, the others have no value then."""

    function: Function
    of: Measure
    value: NumberRange
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER


class ColumnText(Closed, frozen=True, tag="column", tag_field="on"):
    """A typed text of the event; events that lack it have no value."""

    column: TextColumn


class ItemText(Closed, frozen=True, tag="item", tag_field="on"):
    """A text of every line item: an event has as many values as different ones."""

    field: ItemTextField


class LocalDay(Closed, frozen=True, tag="day", tag_field="on"):
    """The day of the event, in the shop's zone."""


DistinctOf = ColumnText | ItemText | LocalDay


class DistinctCount(Leaf, frozen=True, tag="distinct_count"):
    """How many different values such events have: products, categories, days; no event is 0."""

    of: DistinctOf
    count: CountRange
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER


class Repeated(Leaf, frozen=True, tag="repeated"):
    """Some value is the same in so many such events: bought the same product again."""

    of: ColumnText | ItemText
    times: Annotated[int, Meta(ge=2, le=10_000)]
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER


class EventRatio(Leaf, frozen=True, tag="event_ratio"):
    """Events `part` for a hundred events `whole`; who has no `whole` has no value."""

    part: Events
    whole: Events
    percent: NumberRange
    window: Window = EVER


class Recency(Leaf, frozen=True, tag="recency"):
    """How long ago the last such event is; who never had one is in neither half."""

    event: Text | None = None
    where: Filters = ()
    within: Duration | None = None
    more_than: Duration | None = None

    def __post_init__(self) -> None:
        if self.within is None and self.more_than is None:
            raise ValueError("recency needs `within`, `more_than` or both")


class Due(Leaf, frozen=True, tag="due"):
    """How long ago the last such event is, measured by the person's own usual interval.

    The interval is the mean time between the events in the window; who has fewer than `events`
    of them, or all at one instant, has none.
    """

    intervals: NumberRange
    events: Annotated[int, Meta(ge=2, le=1_000)] = 3
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER


class _EdgeEvent(Leaf, frozen=True):
    event: Text | None = None
    among: Filters = ()
    where: Filters = ()
    window: Window = EVER


class FirstEvent(_EdgeEvent, frozen=True, tag="first_event"):
    """The first of the events (`among` says which count) is in the window and is like `where`."""


class LastEvent(_EdgeEvent, frozen=True, tag="last_event"):
    """The last of the events (`among` says which count) is in the window and is like `where`."""


class Sequence(Leaf, frozen=True, tag="sequence"):
    """One event of each step, each strictly later than the one before, all within a duration."""

    steps: Annotated[tuple[Events, ...], Meta(min_length=2, max_length=MAX_STEPS)]
    within: Duration
    window: Window = EVER


class NotFollowed(Leaf, frozen=True, tag="not_followed"):
    """An event `first` in the window whose time for being followed is over, and nothing came."""

    first: Events
    by: Events
    within: Duration
    window: Window = EVER


class Percentile(Leaf, frozen=True, tag="percentile"):
    """Among all who have such an event in the window: the highest or lowest part by a measure.

    Ties at the edge are all in, so the part can be larger than asked for, never smaller.
    """

    function: Function
    of: Measure
    top_percent: Annotated[float, Meta(ge=0.01, le=100)] | None = None
    bottom_percent: Annotated[float, Meta(ge=0.01, le=100)] | None = None
    event: Text | None = None
    where: Filters = ()
    window: Window = EVER

    def __post_init__(self) -> None:
        if (self.top_percent is None) == (self.bottom_percent is None):
            raise ValueError("a percentile needs one of `top_percent` and `bottom_percent`")

    @property
    def share(self) -> int:
        """The part in hundredths of a percent."""
        return round((self.top_percent or self.bottom_percent or 0) * 100)


class Cart(Leaf, frozen=True, tag="cart"):
    """The person's open cart, what it is worth in minor units, and how long it lies untouched."""

    value: NumberRange | None = None
    idle: Duration | None = None
    lookback: Duration = Duration(days=30)


class Anniversary(Leaf, frozen=True, tag="anniversary"):
    """The yearly return of a trait's date is `from` .. `to` days from today, ends inside.

    Today is the date at `as_of` in the person's `timezone`, else in the shop's zone.
    """

    trait: Text
    first_day: Annotated[int, Meta(ge=-180, le=180)] = msgspec.field(name="from", default=0)
    last_day: Annotated[int, Meta(ge=-180, le=180)] = msgspec.field(name="to", default=0)
    february_29: Literal["feb_28", "mar_1", "leap_years_only"] = "feb_28"

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("`to` lies before `from`")


class Age(Leaf, frozen=True, tag="age"):
    """Whole years or months from a trait's date to today; a date ahead has no age.

    Today is as for `anniversary`. With `feb_28`, 28 February of a common year counts as the 29th.
    """

    age: CountRange
    trait: Text = "birthday"
    unit: Literal["years", "months"] = "years"
    february_29: Literal["feb_28", "mar_1"] = "feb_28"

    def __post_init__(self) -> None:
        bounds = (self.age.at_least, self.age.at_most)
        if any(bound is not None and bound > MAX_AGE[self.unit] for bound in bounds):
            raise ValueError(f"an age is at most {MAX_AGE[self.unit]} {self.unit}")


class ConsentIs(Leaf, frozen=True, tag="consent"):
    """The latest word on a purpose for a channel; a word on all channels is one on this too."""

    purpose: Purpose
    channel: Channel | None = None
    status: Literal["granted", "denied", "withdrawn", "unknown"] = "granted"


class Suppressed(Leaf, frozen=True, tag="suppressed"):
    """The latest word on deliverability for a channel says: do not send."""

    channel: Channel


class Reachable(Leaf, frozen=True, tag="reachable"):
    """Has an address on the channel, consented to marketing on it and is not suppressed."""

    channel: Channel


class InSegment(Leaf, frozen=True, tag="segment"):
    """Is in another segment, at the same instants."""

    segment: Id


class InList(Leaf, frozen=True, tag="list"):
    """Is on a static list."""

    list_id: Id = msgspec.field(name="list")


class Prediction(Leaf, frozen=True, tag="prediction"):
    """A trait that the product itself computed, and nobody else's statement of that name."""

    trait: Text
    test: Test
    min_confidence: Confidence = 0.0


class RunsLow(Leaf, frozen=True, tag="runs_low"):
    """Something the person buys again and again is expected to run low within so many days.

    The newest forecast of each product, or of a whole category, counts, until it is bought again.
    Days are counted from the last full hour, and what runs low today counts until the day is over.
    Forecasts reach four weeks ahead.
    """

    within_days: Annotated[int, Meta(ge=1, le=28)]
    product_id: Text | None = None
    category: Text | None = None
    min_confidence: Confidence = 0.0


class Place(Leaf, frozen=True, tag="place"):
    """Where the person lives by own word (`trait`), or was on the last visit that tells."""

    field: Literal["country", "region", "postal_code", "timezone"]
    test: TextTest
    source: Literal["trait", "last_visit"] = "trait"

    def __post_init__(self) -> None:
        if self.source == "last_visit" and self.field not in {"country", "region"}:
            raise ValueError("a visit tells the country and the region only")


class Near(Leaf, frozen=True, tag="near"):
    """The point of the traits `latitude` and `longitude` lies within a distance of another."""

    latitude: Annotated[float, Meta(ge=-85, le=85)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    within_km: Annotated[float, Meta(gt=0, le=500)]


class Technology(Leaf, frozen=True, tag="technology"):
    """Used such a device, system, browser or app in the window."""

    field: Literal["device", "os", "browser", "app"]
    test: TextTest
    window: Window = EVER


class Searched(Leaf, frozen=True, tag="searched"):
    """Searched for something that contains this text; A-Z and a-z are the same."""

    text: Text
    window: Window = EVER


class Acquired(Leaf, frozen=True, tag="acquired"):
    """The first event that tells where a visit came from says this."""

    test: TextTest
    field: Literal["acquisition_channel", "utm_source", "utm_medium", "utm_campaign"] = (
        "acquisition_channel"
    )
