"""A condition for one person in memory, the moment something about them arrives.

The twin of `compile`: one differential suite demands that both always agree.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from kikubari.segments import _evaluate_events as on_events
from kikubari.segments import _evaluate_numbers as on_numbers
from kikubari.segments._values import ABSENT, Value, holds, trait_value
from kikubari.segments.contracts import BaseValues
from kikubari.segments.derive import derive
from kikubari.segments.moment import (
    Moment,
    age_days,
    anniversary_days,
    dates_by_zone,
    local_date,
)
from kikubari.segments.near import is_near
from kikubari.segments.person import CONSENT, TRAIT, Person, Row, View
from kikubari.spec.conditions import (
    Age,
    AllOf,
    Anniversary,
    AnyOf,
    Cart,
    Condition,
    ConsentIs,
    DistinctCount,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    Everyone,
    FirstEvent,
    InList,
    InSegment,
    LastEvent,
    Near,
    Not,
    NotFollowed,
    Percentile,
    Prediction,
    Recency,
    Repeated,
    RunsLow,
    Sequence,
    Suppressed,
    TraitIs,
    digest_of,
)
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SUPPRESSION_CHANGED

_DAY = re.compile(r"(?:[0-9]{4}|-)-([0-9]{2}-[0-9]{2})")
_IS_SET = TRAIT.place["is_set"]
_PROVENANCE = TRAIT.place["provenance"]
_CONFIDENCE = TRAIT.place["confidence"]
_PURPOSE = CONSENT.place["purpose"]
_CHANNEL = CONSENT.place["channel"]
_STATUS = CONSENT.place["status"]


def evaluate(condition: Condition, person: Person, base: BaseValues, moment: Moment) -> bool:
    """Say whether the person belongs; nobody without an event by then belongs anywhere.

    Args:
        condition: a tree, short forms and references to other segments included.
        person: everything the log says about the person.
        base: what the answer needs to know of everyone else.
        moment: when, and given what was known by when.

    Raises:
        KeyError: `base` lacks a segment, a list or a threshold that the tree refers to.
    """
    view = View(person, moment)
    return bool(view.events) and belongs(condition, view, base)


def belongs(condition: Condition, view: View, base: BaseValues) -> bool:
    """Say whether the condition holds for a person who is known."""
    match condition:
        case AllOf(of=inner):
            return all(belongs(one, view, base) for one in inner)
        case AnyOf(of=inner):
            return any(belongs(one, view, base) for one in inner)
        case Not(of=one):
            return not belongs(one, view, base)
        case InSegment(segment=segment):
            return belongs(base.segments[segment], view, base)
        case InList(list_id=list_id):
            return view.profile in base.lists[list_id]
        case Percentile():
            return on_numbers.is_beyond(condition, view, base.thresholds[digest_of(condition)])
    derived = derive(condition)
    if derived is not condition:
        return belongs(derived, view, base)
    return _EVALUATORS[type(condition)](condition, view)


def _everyone(_: Everyone, view: View) -> bool:
    return bool(view.events)


def _trait(leaf: TraitIs | Prediction, view: View) -> bool:
    counted = [one for one in view.statements_of(leaf.trait) if _counts(leaf, one)]
    value = trait_value(counted[-1]) if counted else ABSENT
    return holds(leaf.test, value, view.moment)


def _counts(leaf: TraitIs | Prediction, statement: Row) -> bool:
    if isinstance(leaf, Prediction):
        if statement[TRAIT.source_id] != INTERNAL_SOURCE_ID:
            return False
    elif leaf.provenance and statement[_PROVENANCE] not in leaf.provenance:
        return False
    return not leaf.min_confidence or _single(statement[_CONFIDENCE]) >= _single(
        leaf.min_confidence
    )


def _single(number: float) -> float:
    """Round to single precision, as the column that holds confidences."""
    return float(np.float32(number))


def _latest(view: View, trait: str) -> Value:
    statements = view.statements_of(trait)
    return trait_value(statements[-1]) if statements else ABSENT


def _anniversary(leaf: Anniversary, view: View) -> bool:
    day = _DAY.match(_latest(view, leaf.trait).text)
    return day is not None and day[1] in anniversary_days(leaf, _today(view))


def _age(leaf: Age, view: View) -> bool:
    value = _latest(view, leaf.trait)
    if value.instant is None:
        return False
    after, until = age_days(leaf, _today(view))
    return after < value.text[:10] <= until


def _today(view: View) -> date:
    """Return the date where the person is."""
    as_of = view.moment.as_of
    here = dates_by_zone(as_of).get(_latest(view, "timezone").text)
    return local_date(view.moment.zone, as_of) if here is None else here


def _near(leaf: Near, view: View) -> bool:
    latitude = _latest(view, "latitude").number
    longitude = _latest(view, "longitude").number
    return latitude is not None and longitude is not None and is_near(leaf, latitude, longitude)


def _consent(leaf: ConsentIs, view: View) -> bool:
    channels = {"", leaf.channel or ""}
    said = [
        row[_STATUS]
        for row in view.consents
        if row[_PURPOSE] == leaf.purpose and row[_CHANNEL] in channels
    ]
    return (said[-1] if said else "unknown") == leaf.status


def _suppressed(leaf: Suppressed, view: View) -> bool:
    said = [
        properties.get("status") == "suppressed"
        for properties in map(view.properties, view.events_of(SUPPRESSION_CHANGED))
        if _channel_of(properties) in {"", leaf.channel}
    ]
    return bool(said) and said[-1]


def _channel_of(properties: dict[str, Any]) -> str:
    channel = properties.get("channel")
    return channel if isinstance(channel, str) else ""


_EVALUATORS: dict[type[Any], Callable[[Any, View], bool]] = {
    Everyone: _everyone,
    TraitIs: _trait,
    Prediction: _trait,
    RunsLow: on_events.is_running_low,
    EventCount: on_numbers.is_count,
    EventAggregate: on_numbers.is_aggregate,
    DistinctCount: on_numbers.is_distinct,
    Repeated: on_numbers.is_repeated,
    EventRatio: on_numbers.is_ratio,
    Recency: on_events.is_recent,
    Due: on_numbers.is_due,
    FirstEvent: on_events.is_edge,
    LastEvent: on_events.is_edge,
    Sequence: on_events.is_sequence,
    NotFollowed: on_events.is_not_followed,
    Cart: on_events.is_cart,
    Anniversary: _anniversary,
    Age: _age,
    Near: _near,
    ConsentIs: _consent,
    Suppressed: _suppressed,
}
