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
_COMPILE_NUMBERS = "kikubari.segments._compile_numbers"
_COMPILE_DATES = "kikubari.segments._compile_dates"
_PEOPLE = "kikubari.segments._people"
_VALUES = "kikubari.segments._values"
_PERSON = "kikubari.segments.person"
_EVALUATE = "kikubari.segments.evaluate"
_EVALUATE_EVENTS = "kikubari.segments._evaluate_events"
_EVALUATE_NUMBERS = "kikubari.segments._evaluate_numbers"
_MOMENT = "kikubari.segments.moment"
_MEASURES = "kikubari.segments.measures"
_ENGINE = "kikubari.segments.engine"

MUTANTS = [
    # What counts at all.
    Mutant(_SQL, 'parts = [f"at <= {', 'parts = [f"at < {', "event_count"),
    Mutant(_SQL, 'parts.append(f"at >= {', 'parts.append(f"at > {', "event_count"),
    Mutant(_SQL, "received_at <= {", "received_at < {", "event_count"),
    Mutant(_SQL, "if self.moment.known_at is not None:", "if False:", "event_count"),
    Mutant(_SQL, '"profile != 0"', '"1"', "event_count"),
    Mutant(_PEOPLE, " + bitShiftLeft(toUInt128(source_id), 42)", "", "edge_event"),
    Mutant(_PEOPLE, " + bitShiftRight(message_key, 22)", "", "trait_forms"),
    Mutant(_PEOPLE, "{-to_micros(EARLIEST)}), 74)", "0), 74)", "edge_event"),
    Mutant(_PERSON, "row[at] <= moment.as_of", "row[at] < moment.as_of", "event_count"),
    Mutant(_PERSON, "row[received_at] <= known_at", "True", "event_count"),
    Mutant(
        _PERSON,
        "(row[at], row[self.source_id], row[self.message_key])",
        "(row[at], row[self.message_key])",
        "trait_forms",
    ),
    Mutant(
        _PEOPLE,
        'f"SELECT groupBitmapState({PROFILE}) {source}"',
        'f"SELECT groupBitmapState(profile) {source}"',
        "event_count",
    ),
    Mutant(
        _PEOPLE,
        "groupBitmapStateIf({PROFILE}, {yes})",
        "groupBitmapStateIf(profile, {yes})",
        "trait",
    ),
    Mutant(
        _COMPILE_NUMBERS,
        '"SELECT {PROFILE} AS p {source} GROUP',
        '"SELECT profile AS p {source} GROUP',
        "event_count",
    ),
    # Who is settled by two sets, and who is looked at closely.
    Mutant(_PEOPLE, "bitmapAndnot({_split(yes, no)})", "bitmapOr({_split(yes, no)})", "recency"),
    Mutant(_PEOPLE, "bitmapOr(bitmapAndnot(split.1, split.2)", "bitmapOr(split.1", "trait"),
    Mutant(_PEOPLE, ", ({people_of(by)}))", ", bitmapBuild(emptyArrayUInt32()))", "trait"),
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
        'return names, " AND ".join(parts)',
        'return names, " OR ".join(parts)',
        "filter_forms",
    ),
    Mutant(
        _SQL,
        'return "element", " AND ".join(parts)',
        'return "element", " OR ".join(parts)',
        "filter_forms",
    ),
    Mutant(_SQL, "(notEmpty({arrays[0]}) AND arrayAll", "(arrayAll", "filter_forms"),
    Mutant(_SQL, "NOT arrayExists({over})", "arrayExists({over})", "filter_forms"),
    Mutant(_VALUES, "bool(passing) and all(passing)", "all(passing)", "filter_forms"),
    Mutant(_VALUES, "return not any(passing)", "return not all(passing)", "filter_forms"),
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
    Mutant(_PEOPLE, "argMax(toUInt8({yes}), {KEY})", "max(toUInt8({yes}))", "trait"),
    Mutant(_COMPILE, '"(is_set = 1 AND {test})"', '"({test})"', "trait"),
    # What runs low.
    Mutant(_COMPILE_EVENTS, ">= {scope.add(span.first", "> {scope.add(span.first", "runs_low"),
    Mutant(_COMPILE_EVENTS, "<= {scope.add(span.last", "< {scope.add(span.last", "runs_low"),
    Mutant(_COMPILE_EVENTS, "HAVING argMax(low, said)", "HAVING max(low)", "runs_low"),
    Mutant(_COMPILE_EVENTS, "HAVING argMax(low, said)", "HAVING argMin(low, said)", "runs_low"),
    Mutant(_COMPILE_EVENTS, "if(product_id = '', ('c'", "if(1, ('c'", "runs_low"),
    Mutant(_COMPILE_EVENTS, "(one -> ('c', toString(one))", "(one -> ('d', one)", "runs_low"),
    Mutant(_COMPILE_EVENTS, "confidence} >= {", "confidence} > {", "runs_low"),
    Mutant(_EVALUATE_EVENTS, "row[_AT] < span.known_since", "False", "runs_low"),
    Mutant(_EVALUATE_EVENTS, "dict.fromkeys(((name, one)", "dict.fromkeys((one", "runs_low"),
    Mutant(_EVALUATE_EVENTS, "leaf.category in {None, row[_CATEGORY]}", "True", "runs_low"),
    Mutant(_MOMENT, "leaf.within_days * _DAY - 1", "leaf.within_days * _DAY", PINNED),
    Mutant(_MOMENT, "hour - _DAY + 1", "hour - _DAY", PINNED),
    Mutant(_COMPILE, 'f"source_id = {INTERNAL_SOURCE_ID}"', '"1"', "prediction"),
    # Counts, aggregates, recency.
    Mutant(
        _COMPILE_NUMBERS,
        "low, high = (high or 0) + 1, None",
        "low, high = (high or 0), None",
        "event_count",
    ),
    Mutant(_COMPILE_NUMBERS, "{counter} <= {", "{counter} < {", "event_count"),
    Mutant(
        _COMPILE_NUMBERS,
        'leaf.function == "sum" and is_within(0, low, high)',
        "False",
        "event_aggregate",
    ),
    Mutant(_COMPILE_NUMBERS, "toInt64(round(", "toInt64((", "aggregate_edges"),
    Mutant(_COMPILE_NUMBERS, 'if function == "max" else "<"', "", "event_aggregate"),
    Mutant(
        _COMPILE_NUMBERS,
        "Query(people_but(source, inside, outside)",
        'Query(people_in(f"{source} AND {inside}")',
        "event_aggregate",
    ),
    Mutant(
        _COMPILE_EVENTS,
        '"at <= {edge}", f"at > {edge}"',
        '"at < {edge}", f"at >= {edge}"',
        "recency",
    ),
    Mutant(
        _COMPILE_EVENTS,
        "as_of - micros_of(leaf.within) + 1",
        "as_of - micros_of(leaf.within)",
        "recency_edges",
    ),
    # Line items, different values, ratios, rhythms.
    Mutant(
        _COMPILE_NUMBERS,
        "item_quantity * item_price_minor",
        "item_price_minor",
        "item_totals",
    ),
    Mutant(_COMPILE_NUMBERS, 'f"arrayExists(({names}) -> {passes}, {over})"', '"1"', "item_totals"),
    Mutant(
        _COMPILE_NUMBERS,
        'counter = "uniqExactArray" if',
        'counter = "uniqExact" if',
        "distinct_count",
    ),
    Mutant(
        _COMPILE_NUMBERS,
        "toTimeZone(at, {scope.text(scope.moment.zone.key)})",
        "at",
        "distinct_count",
    ),
    Mutant(
        _COMPILE_NUMBERS,
        "arrayFilter(text -> text != '', {ITEM_COLUMNS[field]})",
        "{ITEM_COLUMNS[field]}",
        "distinct_count",
    ),
    Mutant(
        _COMPILE_NUMBERS,
        "arrayJoin(arrayDistinct({ITEM_COLUMNS[leaf.of.field]}))",
        "arrayJoin({ITEM_COLUMNS[leaf.of.field]})",
        "repeated_edges",
    ),
    Mutant(_COMPILE_NUMBERS, "count() >= {", "count() > {", "repeated"),
    Mutant(_COMPILE_NUMBERS, '"{n_whole} > 0 AND ', '"', "ratio_edges"),
    Mutant(_COMPILE_NUMBERS, "(n - 1) * {MICRO}", "n * {MICRO}", "due_edges"),
    Mutant(_COMPILE_NUMBERS, " AND last > first", "", "due_edges"),
    Mutant(_COMPILE_NUMBERS, "WHERE n >= {", "WHERE n > {", "due_edges"),
    Mutant(_EVALUATE_NUMBERS, "if n_whole == 0:", "if n_part == 0:", "ratio_edges"),
    Mutant(_EVALUATE_NUMBERS, "(len(rows) - 1) * MICRO", "len(rows) * MICRO", "due_edges"),
    Mutant(
        _EVALUATE_NUMBERS,
        "for value in set(_texts(row, leaf.of, view))",
        "for value in list(_texts(row, leaf.of, view))",
        "repeated_edges",
    ),
    Mutant(
        _EVALUATE_NUMBERS,
        "[text for text in row[ITEM_PLACES[field]] if text]",
        "row[ITEM_PLACES[field]]",
        "distinct_count",
    ),
    Mutant(_EVALUATE_NUMBERS, "if not chosen:", "if False:", "item_totals"),
    Mutant(_EVALUATE_NUMBERS, "sum(quantities[i] * prices[i]", "sum(prices[i]", "item_totals"),
    Mutant(
        _EVALUATE_EVENTS, "age < micros_of(leaf.within)", "age <= micros_of(leaf.within)", "recency"
    ),
    Mutant(
        _EVALUATE_EVENTS,
        "age >= micros_of(leaf.more_than)",
        "age > micros_of(leaf.more_than)",
        "recency",
    ),
    # Any event is one that somebody sent.
    Mutant(_SQL, "_NOT_RESERVED if event is None", '"1" if event is None', "event_count"),
    Mutant(_VALUES, "is_sent(row) if event is None", "True if event is None", "sequence"),
    # Machines read mail, and are nobody.
    Mutant(_SQL, "if counts_people_only(event, where):", "if False:", "machines"),
    Mutant(_SQL, '"is_machine = 0"', '"is_machine = 1"', "machines"),
    Mutant(_VALUES, "not (row[_IS_MACHINE] and counts", "not (counts", "machines"),
    Mutant(
        _VALUES,
        "== event\n    return is_type and _counts",
        "== event\n    return is_type or _counts",
        "machines",
    ),
    Mutant(
        _VALUES,
        "bounds.holds(row[_AT]) and _counts(row, event, where)",
        "bounds.holds(row[_AT])",
        "machines",
    ),
    # First and last, sequences.
    Mutant(_COMPILE_EVENTS, 'else "argMin"', 'else "argMax"', "edge_event"),
    Mutant(_COMPILE_EVENTS, 'scope.passes(leaf.where), f"at', 'f"at', "edge_event"),
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
    Mutant(_COMPILE_NUMBERS, '">=" if leaf.top_percent', '">" if leaf.top_percent', "percentile"),
    Mutant(_COMPILE_NUMBERS, "{share} + 9999, 10000)", "{share}, 10000) + 1", "percentile_edges"),
    Mutant(_COMPILE_EVENTS, ", maxIf(ordered, cart_id = '')", ", 0", "cart"),
    Mutant(_COMPILE_EVENTS, "argMax(ordered, touched)", "max(ordered)", "cart"),
    Mutant(_COMPILE_EVENTS, "idle_since + 1", "idle_since", "cart"),
    Mutant(_COMPILE_EVENTS, "if(e.2 = 2, -e.4, e.4)", "e.4", "cart"),
    Mutant(_COMPILE_EVENTS, " OR (e.2 = 0 AND e.3 = '')", "", "cart"),
    Mutant(_COMPILE_EVENTS, "greatest(0, arraySum", "(arraySum", "cart"),
    Mutant(_EVALUATE_EVENTS, "value = amount\n", "value += amount\n", "cart"),
    Mutant(_EVALUATE_EVENTS, "opened[-1][_AT] > as_of", "opened[-1][_AT] >= as_of", "cart"),
    Mutant(_COMPILE_NUMBERS, '(">=", low)', '(">", low)', "aggregate_edges"),
    Mutant(_COMPILE_NUMBERS, '("<=", high)', '("<", high)', "aggregate_edges"),
    Mutant(_COMPILE_NUMBERS, '(">", low - 1)', '(">", low)', "aggregate_edges"),
    Mutant(_COMPILE_NUMBERS, '("<", high + 1)', '("<", high)', "aggregate_edges"),
    Mutant(_COMPILE_NUMBERS, "{factor // shared}", "{factor}", "aggregate_edges"),
    Mutant(_COMPILE_DATES, "transform(zone, {zones}, {home})", "toUInt8({home})", "anniversary"),
    Mutant(_COMPILE_DATES, "transform(text, {zones}, {home})", "toUInt8({home})", "anniversary"),
    Mutant(_COMPILE_DATES, "range(1 << len(todays))", "range(4)", "anniversary_edges"),
    Mutant(_COMPILE_DATES, "if n >> place & 1", "if not n >> place & 1", "anniversary"),
    Mutant(_COMPILE_DATES, "told[:home] + told[home + 1 :]", "told", "anniversary"),
    Mutant(
        _COMPILE_DATES, "{_twice(said)}, {_twice(told)}", "{_twice(told)}, {_twice(told)}", "age"
    ),
    Mutant(
        _COMPILE_DATES,
        "bitmapOr({_twice(said)}, {_twice(told)})",
        "{_twice(said)}",
        "anniversary",
    ),
    Mutant(_COMPILE_DATES, "until + _WHOLE_DAY", "until", "age_edges"),
    Mutant(_COMPILE_DATES, "after and after + _WHOLE_DAY", "after", "age_edges"),
    Mutant(_COMPILE_DATES, '"isNotNull(instant)"', '"1"', "age_edges"),
    Mutant(_COMPILE_DATES, "{is_full}, day", "1, day", "anniversary"),
    Mutant(_COMPILE_DATES, "'--'), {without_year}", "'-!'), {without_year}", "anniversary"),
    Mutant(_EVALUATE, "if value.instant is None:", "if not value.text:", "age_edges"),
    Mutant(_EVALUATE, "after < value.text[:10]", "after <= value.text[:10]", "age_edges"),
    Mutant(_EVALUATE, "if here is None else here", "", "anniversary"),
    Mutant(_MOMENT, "day = 29", "day = 28", PINNED),
    Mutant(_MOMENT, "high + 1), _days_ago", "high), _days_ago", PINNED),
    Mutant(
        _MOMENT,
        "Bounds(moment.as_of + 1, moment.as_of + micros_of(duration))",
        "Bounds(moment.as_of, moment.as_of + micros_of(duration))",
        PINNED,
    ),
    Mutant(
        _MOMENT,
        "moment.as_of + micros_of(duration))",
        "moment.as_of + micros_of(duration) - 1)",
        PINNED,
    ),
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
    Mutant(_COMPILE, "number(box.latitudes)", "number(box.latitudes / 1000)", "near"),
    Mutant("kikubari.segments.near", "<= box.square_km", "<= box.square_km * 2", "near"),
]
