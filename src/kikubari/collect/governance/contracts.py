"""What governance tells others: attributes and their classes, the tracking plan, violations."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec


class AttributeKind(StrEnum):
    """Where an attribute stands: on a person, or on an event."""

    TRAIT = "trait"
    PROPERTY = "property"


class PiiClass(StrEnum):
    """How far an attribute tells who somebody is."""

    NONE = "none"
    QUASI = "quasi"  # narrows down: birthday, postal code, occupation
    CONTACT = "contact"  # reaches somebody: address, telephone
    IDENTIFYING = "identifying"  # names somebody: name, national number, card number


class Sensitivity(StrEnum):
    """Special categories: GDPR Art. 9 and 10, 要配慮個人情報 (APPI Art. 2(3)), and minors."""

    NONE = "none"
    HEALTH = "health"
    RELIGION = "religion"
    ETHNICITY = "ethnicity"
    POLITICS = "politics"
    SEXUALITY = "sexuality"
    UNION = "union"
    BIOMETRICS = "biometrics"
    CRIMINAL = "criminal"
    MINORS = "minors"


class ClassBasis(StrEnum):
    """What a class rests on."""

    NOTHING = "nothing"  # no rule fits
    NAME = "name"
    FORMAT = "format"  # most values look like an address, a card number …
    VALUES = "values"  # a frequent value names something sensitive
    EDITED = "edited"  # somebody decided


class Classification(msgspec.Struct, frozen=True):
    """An attribute's classes.

    Attributes:
        pii: how far it tells who somebody is.
        sensitivity: the special category it belongs to.
        is_proxy: it does not state the category but gives it away: halal, maternity wear.
        basis: what the classes rest on.
    """

    pii: PiiClass = PiiClass.NONE
    sensitivity: Sensitivity = Sensitivity.NONE
    is_proxy: bool = False
    basis: ClassBasis = ClassBasis.NOTHING


class AttributeClasses(Protocol):
    """Says how carefully an attribute must be treated."""

    def find(self, name: str, *, event: str = "") -> Classification:
        """Return the classes of a trait; with `event`, of that event's property.

        Nested properties are named by their path: ``shipping.city``, ``products[].price``.
        """
        ...


class TypeShare(msgspec.Struct, frozen=True):
    """How often an attribute has values of one type, and since when."""

    type: str  # text, number, boolean, instant, list, object, null, protected
    share: float
    first_seen_at: datetime
    last_seen_at: datetime


class ValueCount(msgspec.Struct, frozen=True):
    """One of the most frequent values; `n` is scaled up where a sample was read."""

    value: str
    n: int


class WeekOfTypes(msgspec.Struct, frozen=True):
    """How often each type was seen in the week that begins on `week_on`, a Monday."""

    week_on: date
    n_by_type: Mapping[str, int]


class AttributeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of an attribute.

    Attributes:
        n: people who have the trait; events (for a nested property: parents) that have it.
        of: people about whom anything is known; events of that name; parents.
        fill_rate: n / of.
        error: half the 95 % interval of `fill_rate`; 0 when everything was counted.
        n_distinct: values told apart (about 1 %); a lower bound when `is_sampled`; 0 where the
            copy does not hold values.
        types: the most frequent first.
        values: none of attributes that identify, few of those that narrow down.
        weeks: by the time the statements and events are about.
        n_by_source: statements or events per source.
        n_by_provenance: people per provenance; empty for properties.
    """

    n: int
    of: int
    fill_rate: float
    error: float
    is_sampled: bool
    n_distinct: int
    types: tuple[TypeShare, ...]
    values: tuple[ValueCount, ...]
    weeks: tuple[WeekOfTypes, ...]
    n_by_source: Mapping[str, int]
    n_by_provenance: Mapping[str, int]
    first_seen_at: datetime
    last_seen_at: datetime

    @property
    def has_type_drift(self) -> bool:
        """Say whether values of more than one type are seen; null is no type."""
        return len([one for one in self.types if one.type != "null"]) > 1


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute with its classes, its figures and what people wrote about it."""

    kind: AttributeKind
    event: str  # empty for a trait
    name: str
    classification: Classification
    description: str
    owner: str
    has_type_drift: bool
    figures: AttributeFigures


class EventFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How often an event was seen; all of it counted."""

    name: str
    n: int
    n_by_day: Mapping[str, int]  # the last 90 days that have any
    n_by_source: Mapping[str, int]
    first_seen_at: datetime
    last_seen_at: datetime


class CatalogueState(msgspec.Struct, frozen=True, kw_only=True):
    """What the stored catalogue describes."""

    taken_at: datetime
    position: int  # of the log
    seconds: float
    n_events: int
    n_events_read: int  # whose properties were read
    n_profiles: int  # about whom anything is known
    n_profiles_read: int


class AttributeEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided about an attribute; fields left None stay as they are.

    Setting ``""`` as description or owner clears it.
    """

    pii: PiiClass | None = None
    sensitivity: Sensitivity | None = None
    is_proxy: bool | None = None
    description: str | None = None
    owner: str | None = None


class RecordedEdit(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an attribute's history."""

    at: datetime
    by: str
    edit: AttributeEdit


class Mode(StrEnum):
    """What becomes of a message that breaks a rule."""

    ALLOW = "allow"  # taken, not even counted
    FLAG = "flag"  # taken and counted
    BLOCK = "block"  # refused


class PlanRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the properties of one event, or the traits of people, look like.

    Attributes:
        schema: JSON Schema 2020-12 of the object; references only within it (``#/…``).
        mode: what becomes of messages that do not fit `schema`.
        unknown_properties: what becomes of messages with properties that `schema` does not name.
        property_modes: other modes for faults of single properties of the first level.
        description: what the event means.
    """

    schema: dict[str, Any] = {}
    mode: Mode = Mode.FLAG
    unknown_properties: Mode = Mode.ALLOW
    property_modes: dict[str, Mode] = {}
    description: str = ""


class TrackingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the shop expects to be told.

    Attributes:
        unknown_events: what becomes of track events that `events` does not name.
        events: rules by event name; pages and screens as ``Page Viewed``, ``Screen Viewed``.
        traits: the rule of what identify calls say.
    """

    unknown_events: Mode = Mode.ALLOW
    events: dict[str, PlanRule] = {}
    traits: PlanRule | None = None


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it was applied; version 0 is the empty one before the first."""

    version: int
    at: datetime
    by: str
    note: str
    plan: TrackingPlan


class ViolationCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often messages of one source broke one rule in one way on one day (UTC).

    Messages that arrive again are counted again: this is before duplicates are recognised.
    """

    on: date
    source_id: int
    subject: str  # the event's name; empty: traits
    path: str  # of the fault, such as $.products[].price
    code: str  # keyword of the schema, or unknown_property, unknown_event
    mode: Mode
    n: int
    last_at: datetime


class ViolationSample(msgspec.Struct, frozen=True, kw_only=True):
    """One message that broke a rule; `found` is its value, only its kind where it is personal."""

    id: int
    at: datetime
    source_id: int
    subject: str
    path: str
    code: str
    mode: Mode
    expected: str
    found: str
    message_id: str
