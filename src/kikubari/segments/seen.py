"""What a condition found for one person: the number, text or instant it judged by."""

from kikubari.kit.instants import from_micros
from kikubari.segments._evaluate_numbers import ranked_value
from kikubari.segments._values import select, trait_value
from kikubari.segments.contracts import BaseValues, Seen
from kikubari.segments.derive import derive
from kikubari.segments.measures import aggregate, scale_of
from kikubari.segments.moment import Bounds, resolve
from kikubari.segments.person import CONSENT, EVENT, View
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    ColumnMeasure,
    Condition,
    ConsentIs,
    EventAggregate,
    EventCount,
    FirstEvent,
    LastEvent,
    Percentile,
    Prediction,
    Recency,
    TraitIs,
    digest_of,
)

_AT = EVENT.at


_NOTHING = Seen("nothing")


def see(condition: Condition, view: View, base: BaseValues) -> Seen | None:
    """Return what a condition judged a person by; None where one value would not tell."""
    condition = derive(condition)
    match condition:
        case EventCount() | EventAggregate() | Percentile():
            return _see_number(condition, view, base)
        case FirstEvent() | LastEvent() | Recency():
            return _see_instant(condition, view)
        case (
            TraitIs(trait=trait)
            | Prediction(trait=trait)
            | Anniversary(trait=trait)
            | Age(trait=trait)
        ):
            return _stated(trait, view)
        case ConsentIs():
            return _consented(condition, view)
    return None


def _see_number(
    leaf: EventCount | EventAggregate | Percentile, view: View, base: BaseValues
) -> Seen | None:
    match leaf:
        case EventCount():
            bounds = resolve(leaf.window, view.moment)
            return Seen("count", len(select(leaf.event, leaf.where, bounds, view)))
        case EventAggregate(of=ColumnMeasure()):
            return _aggregated(leaf, view)
        case Percentile(of=ColumnMeasure()):
            return _ranked(leaf, view, base)
    return None


def _see_instant(leaf: FirstEvent | LastEvent | Recency, view: View) -> Seen:
    filters = leaf.where if isinstance(leaf, Recency) else leaf.among
    events = select(leaf.event, filters, Bounds(None, view.moment.as_of), view)
    if not events:
        return _NOTHING
    edge = events[0] if isinstance(leaf, FirstEvent) else events[-1]
    return Seen("instant", at=from_micros(edge[_AT]))


def _aggregated(leaf: EventAggregate, view: View) -> Seen:
    rows = select(leaf.event, leaf.where, resolve(leaf.window, view.moment), view)
    place = EVENT.place[leaf.of.column] if isinstance(leaf.of, ColumnMeasure) else 0
    value = aggregate(leaf.function, leaf.of, [int(row[place]) for row in rows])
    if value is None:
        return _NOTHING
    return Seen("amount", value / scale_of(leaf.function, leaf.of))


def _ranked(leaf: Percentile, view: View, base: BaseValues) -> Seen:
    value, edge = ranked_value(leaf, view), base.thresholds.get(digest_of(leaf))
    if value is None:
        return _NOTHING
    scale = scale_of(leaf.function, leaf.of)
    return Seen("amount", value / scale, edge=None if edge is None else edge / scale)


def _stated(trait: str, view: View) -> Seen:
    statements = view.statements_of(trait)
    value = trait_value(statements[-1]) if statements else None
    if value is None or not value.is_present:
        return _NOTHING
    return Seen("text", text=value.text)


def _consented(leaf: ConsentIs, view: View) -> Seen:
    channels = {"", leaf.channel or ""}
    place = CONSENT.place
    said = [
        row[place["status"]]
        for row in view.consents
        if row[place["purpose"]] == leaf.purpose and row[place["channel"]] in channels
    ]
    return Seen("status", text=said[-1] if said else "unknown")
