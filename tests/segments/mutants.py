"""Small faults of either evaluator, each of which the suite must notice.

A mutant names the module, the text it changes, what it becomes, and which leaf types' cases (or
the pinned meanings) are asked to notice.
"""

from typing import NamedTuple

PINNED = "pinned"


class Mutant(NamedTuple):
    module: str
    old: str
    new: str
    noticed_by: str


_SQL = "kikubari.segments._sql"
_COMPILE = "kikubari.segments.compile"
_COMPILE_EVENTS = "kikubari.segments._compile_events"
_VALUES = "kikubari.segments._values"
_PERSON = "kikubari.segments.person"
_EVALUATE = "kikubari.segments.evaluate"
_EVALUATE_EVENTS = "kikubari.segments._evaluate_events"
_MOMENT = "kikubari.segments.moment"
_MEASURES = "kikubari.segments.measures"
_ENGINE = "kikubari.segments.engine"

MUTANTS = [
    # What counts at all.
    Mutant(_SQL, 'parts = [f"at <= {', 'parts = [f"at < {', "event_count"),
    Mutant(_SQL, 'parts.append(f"at >= {', 'parts.append(f"at > {', "event_count"),
    Mutant(_SQL, "received_at <= {", "received_at < {", "event_count"),
    Mutant(_SQL, "if self.moment.known_at is not None:", "if False:", "event_count"),
    Mutant(_SQL, " AND profile != 0 AND ", " AND ", "event_count"),
    Mutant(_SQL, ' + bitShiftLeft(toInt256(source_id), 64) + message_key"', '"', "trait"),
    Mutant(_SQL, " + message_key", "", "trait_forms"),
    Mutant(_SQL, "bitShiftLeft(toInt256(source_id), 64) + ", "", "trait_forms"),
    Mutant(_PERSON, "row[at] <= moment.as_of", "row[at] < moment.as_of", "event_count"),
    Mutant(_PERSON, "row[received_at] <= known_at", "True", "event_count"),
    Mutant(
        _PERSON,
        "(row[at], row[self.source_id], row[self.message_key])",
        "(row[at], row[self.message_key])",
        "trait_forms",
    ),
    Mutant(
        _COMPILE_EVENTS,
        '"SELECT {PROFILE} AS p {source}',
        '"SELECT profile AS p {source}',
        "recency",
    ),
    Mutant(
        _COMPILE, '"SELECT {PROFILE} AS p FROM traits', '"SELECT profile AS p FROM traits', "trait"
    ),
    Mutant(_ENGINE, "& self._everyone()", "", "list"),
    # Windows, pinned by meaning because both evaluators share them.
    Mutant(_MOMENT, "micros_of(duration) + 1", "micros_of(duration)", PINNED),
    Mutant(_MOMENT, "to_micros(end) - 1)", "to_micros(end))", PINNED),
    Mutant(_MOMENT, "min(moment.as_of, end_us - 1)", "min(moment.as_of, end_us)", PINNED),
    Mutant(_MOMENT, "today.weekday()", "today.isoweekday()", PINNED),
    Mutant(_MOMENT, "tzinfo=zone)", "tzinfo=UTC)", PINNED),
    Mutant(_MOMENT, "isleap(day.year)", "False", PINNED),
    Mutant(
        _MEASURES, "whole if total >= 0 else -whole", "total // len(numbers)", "aggregate_edges"
    ),
    Mutant(_MEASURES, "ROUND_FLOOR) + 1)", "ROUND_FLOOR))", PINNED),
    Mutant(_MEASURES, "share + 9_999", "share", PINNED),
    # Values: text, numbers, JSON.
    Mutant(_SQL, "{operand.text} != ''", "1", "trait_forms"),
    Mutant(_SQL, "has_text=f\" AND {kind} = 'String'\"", "has_text=''", "filter_forms"),
    Mutant(_SQL, "position(lower({text}), lower(", "position({text}, (", "searched"),
    Mutant(_SQL, '">=": test.at_least', '">": test.at_least', "trait_forms"),
    Mutant(
        _SQL,
        'number="assumeNotNull(number)"',
        'number="toFloat32(assumeNotNull(number))"',
        "trait_forms",
    ),
    Mutant(
        _SQL,
        "-> {' AND '.join(parts)}, {arrays})",
        "-> {' OR '.join(parts)}, {arrays})",
        "filter_forms",
    ),
    Mutant(
        _SQL, "element -> {' AND '.join(parts)}", "element -> {' OR '.join(parts)}", "filter_forms"
    ),
    Mutant(
        _VALUES,
        "Value(is_present=True, truth=value)",
        "Value(is_present=True, number=value)",
        "filter_forms",
    ),
    Mutant(_VALUES, "_has_form(other, value) and ", "", "trait_forms"),
    Mutant(_VALUES, 'value.text != "" and _text_holds', "_text_holds", "trait_forms"),
    Mutant(_VALUES, "if not statement[_IS_SET]:", "if False:", "trait"),
    Mutant(
        _VALUES,
        "part.translate(_A_TO_Z) in text.translate(_A_TO_Z)",
        "part.casefold() in text.casefold()",
        "filter_forms",
    ),
    Mutant(_EVALUATE, "return float(np.float32(number))", "return round(number)", "trait"),
    Mutant(_COMPILE, "argMax(is_set = 1 AND {test}", "max(is_set = 1 AND {test}", "trait"),
    Mutant(_COMPILE, 'f"source_id = {INTERNAL_SOURCE_ID}"', '"1"', "prediction"),
    # Counts, aggregates, recency.
    Mutant(
        _COMPILE_EVENTS,
        "low, high = (high or 0) + 1, None",
        "low, high = (high or 0), None",
        "event_count",
    ),
    Mutant(_COMPILE_EVENTS, 'f"count() <= {', 'f"count() < {', "event_count"),
    Mutant(
        _COMPILE_EVENTS,
        'is_complement = leaf.function == "sum" and is_within(0, low, high)',
        "is_complement = False",
        "event_aggregate",
    ),
    Mutant(_COMPILE_EVENTS, "toInt64(round(", "toInt64((", "aggregate_edges"),
    Mutant(_COMPILE_EVENTS, '"max(at) <= {edge}"', '"max(at) < {edge}"', "recency"),
    Mutant(_COMPILE_EVENTS, "AND at > {edge}", "AND at >= {edge}", "recency_edges"),
    Mutant(
        _EVALUATE_EVENTS, "age < micros_of(leaf.within)", "age <= micros_of(leaf.within)", "recency"
    ),
    Mutant(
        _EVALUATE_EVENTS,
        "age >= micros_of(leaf.more_than)",
        "age > micros_of(leaf.more_than)",
        "recency",
    ),
    # First and last, sequences.
    Mutant(_COMPILE_EVENTS, 'else "argMin"', 'else "argMax"', "edge_event"),
    Mutant(_COMPILE_EVENTS, 'scope.event(None, leaf.where), f"at', 'f"at', "edge_event"),
    Mutant(_EVALUATE_EVENTS, "return in_window and passes", "return passes", "edge_event"),
    Mutant(
        _COMPILE_EVENTS,
        "micros_of(leaf.within) * 8\n",
        "micros_of(leaf.within) * 8 + 8\n",
        "sequence_edges",
    ),
    Mutant(_COMPILE_EVENTS, "* 8 + {n} - step AS tick", "* 8 + step AS tick", "sequence"),
    Mutant(_EVALUATE_EVENTS, "range(n - 1, -1, -1)", "range(n)", "sequence"),
    Mutant(_EVALUATE_EVENTS, "at - start > span", "at - start >= span", "sequence_edges"),
    Mutant(
        _COMPILE_EVENTS,
        "min(window.last, scope.moment.as_of - span)",
        "window.last",
        "not_followed",
    ),
    Mutant(_COMPILE_EVENTS, "intDiv(c, 2) > {", "intDiv(c, 2) >= {", "not_followed_edges"),
    Mutant(_EVALUATE_EVENTS, "any(0 < then[_AT]", "any(0 <= then[_AT]", "not_followed"),
    # Everyone's order, carts, days, consent, place.
    Mutant(_COMPILE_EVENTS, '">=" if leaf.top_percent', '">" if leaf.top_percent', "percentile"),
    Mutant(_COMPILE_EVENTS, "{share} + 9999, 10000)", "{share}, 10000) + 1", "percentile_edges"),
    Mutant(_COMPILE_EVENTS, "if(e.2 = 2, -e.4, e.4)", "e.4", "cart"),
    Mutant(_COMPILE_EVENTS, " OR (e.2 = 0 AND e.3 = '')", "", "cart"),
    Mutant(_COMPILE_EVENTS, "greatest(0, arraySum", "(arraySum", "cart"),
    Mutant(_EVALUATE_EVENTS, "value = amount\n", "value += amount\n", "cart"),
    Mutant(_EVALUATE_EVENTS, "opened[-1][_AT] > as_of", "opened[-1][_AT] >= as_of", "cart"),
    Mutant(
        _COMPILE,
        "transform(zone, {names}, {indexes}, toUInt8({days.index(here)}))",
        "toUInt8({days.index(here)})",
        "anniversary",
    ),
    Mutant(_EVALUATE, "today = local_date(view.moment.zone, as_of)", "return False", "anniversary"),
    Mutant(_COMPILE, '["", leaf.channel] if', "[leaf.channel] if", "consent"),
    Mutant(
        _EVALUATE, 'said[-1] if said else "unknown"', 'said[0] if said else "unknown"', "consent"
    ),
    Mutant(
        _COMPILE,
        " OR JSONExtractString(properties, 'channel') = ''",
        "",
        "suppressed",
    ),
    Mutant(_COMPILE, "y.1, 999)", "y.1, 35.7)", "near"),
    Mutant("kikubari.segments.near", "<= box.square_km", "<= box.square_km * 2", "near"),
]
