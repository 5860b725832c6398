"""From what a sample shows to what holds for all, with the error that remains. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from kikubari.collect.governance._discovery import TOP_VALUES, EventCount, Found, FoundTrait
from kikubari.collect.governance.classification import classify
from kikubari.collect.governance.contracts import (
    AttributeFigures,
    AttributeKind,
    Classification,
    EventFigures,
    PiiClass,
    Sensitivity,
    TypeShare,
    ValueCount,
    WeekOfTypes,
)

AttributeKey = tuple[AttributeKind, str, str]  # kind, event, name
Counted = dict[AttributeKey, tuple[Classification, AttributeFigures]]
# What counts as an attribute's class: somebody's decision, else the guess.
Decide = Callable[[AttributeKey, Classification], Classification]

# People to whom a value must apply before it is shown, where it narrows down or is sensitive.
FEWEST_SHARING = 10
_Z = 1.96  # 95 %
_EPOCH = date(1970, 1, 1)
_SHOWN_DAYS = 90
_MAX_SHOWN_CHARS = 100
# Attributes with more values name single things, not kinds of them.
_MAX_CHOICES = 200
_CONTAINERS = frozenset({"object", "list"})


def step_for(n: int, wanted: int) -> int:
    """Return one in how many to read so that about `wanted` of `n` are read."""
    return max(1, math.ceil(n / max(1, wanted)))


def estimate_properties(
    found: Sequence[Found],
    counts: Mapping[str, EventCount],
    steps: Mapping[str, tuple[int, int]],
    decide: Decide,
) -> Counted:
    """Return guessed classes and figures of properties."""
    by_place: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in found:
        by_place[one.event, one.path].append(one)
    results: Counted = {}
    for (event, path), kinds in by_place.items():
        parents = by_place.get((event, _parent(path)))
        if not path or not parents:
            continue  # the event itself, or a path whose parent fell to a limit
        of = _total(parents)
        if not _parent(path):
            of = counts[event].n_earlier + counts[event].n_lately
        key = (AttributeKind.PROPERTY, event, path)
        values = [(_json_text(item), n_item) for item, n_item in _merge_top(kinds)]
        n_distinct = sum(one.n_distinct for one in kinds if one.type != "null")
        guess = classify(
            path,
            AttributeKind.PROPERTY,
            _sampled_texts(kinds),
            choices=_choices((text for text, _ in values), n_distinct),
        )
        n = min(_total(kinds), of) if not _is_element(path) else _total(kinds)
        figures = AttributeFigures(
            n=n,
            of=of,
            fill_rate=min(1.0, n / of),
            error=_error(kinds, parents, steps[event]),
            is_sampled=max(steps[event]) > 1,
            n_distinct=n_distinct,
            types=_types(kinds),
            values=shown_values(_value_counts(values), decide(key, guess)),
            weeks=_weeks(kinds),
            n_by_source=_sum_sources(kinds),
            n_by_provenance={},
            first_seen_at=min(one.first_at for one in kinds),
            last_seen_at=max(one.last_at for one in kinds),
        )
        results[key] = (guess, figures)
    return results


def estimate_traits(
    traits: Sequence[FoundTrait],
    statements: Sequence[Found],
    *,
    n_profiles: int,
    n_read: int,
    step: int,
    decide: Decide,
) -> Counted:
    """Return guessed classes and figures of traits."""
    by_name: dict[str, list[Found]] = defaultdict(list)
    for one in statements:
        by_name[one.path].append(one)
    results: Counted = {}
    for trait in traits:
        kinds = by_name.get(trait.name)
        if not kinds:
            continue
        key = (AttributeKind.TRAIT, "", trait.name)
        guess = classify(
            trait.name,
            AttributeKind.TRAIT,
            [*filter(None, trait.values)],
            choices=_choices((item["item"] for item in trait.top), trait.n_distinct),
        )
        share = min(1.0, trait.n_read / max(1, n_read))
        values = [(item["item"], item["count"] * step) for item in _certain(trait.top)]
        figures = AttributeFigures(
            n=round(share * n_profiles),
            of=n_profiles,
            fill_rate=share,
            error=0.0 if step == 1 else _Z * math.sqrt(share * (1 - share) / max(1, n_read)),
            is_sampled=step > 1,
            n_distinct=0 if any(one.type == "protected" for one in kinds) else trait.n_distinct,
            types=_types(kinds),
            values=shown_values(_value_counts(values), decide(key, guess)),
            weeks=_weeks(kinds),
            n_by_source=_sum_sources(kinds),
            n_by_provenance={name: n * step for name, n in trait.n_by_provenance.items()},
            first_seen_at=min(one.first_at for one in kinds),
            last_seen_at=max(one.last_at for one in kinds),
        )
        results[key] = (guess, figures)
    return results


def event_figures(
    counts: Iterable[EventCount], days: Iterable[tuple[str, int, int, int]]
) -> list[EventFigures]:
    """Return how often each event was seen, in all, by day and by source."""
    by_day: dict[str, Counter[int]] = defaultdict(Counter)
    by_source: dict[str, Counter[int]] = defaultdict(Counter)
    for name, source_id, day, n in days:
        by_day[name][day] += n
        by_source[name][source_id] += n
    return [
        EventFigures(
            name=one.name,
            n=one.n_earlier + one.n_lately,
            n_by_day={
                (_EPOCH + timedelta(days=day)).isoformat(): by_day[one.name][day]
                for day in sorted(by_day[one.name])[-_SHOWN_DAYS:]
            },
            n_by_source={str(source): n for source, n in by_source[one.name].most_common()},
            first_seen_at=one.first_at,
            last_seen_at=one.last_at,
        )
        for one in counts
    ]


def _parent(path: str) -> str:
    """Return where the object or list stands that a path is in: '' for the event itself."""
    return path.removesuffix("[]") if _is_element(path) else path.rpartition(".")[0]


def _is_element(path: str) -> bool:
    return path.endswith("[]")


def _total(kinds: Sequence[Found]) -> int:
    return sum(one.n for one in kinds)


def _error(kinds: Sequence[Found], parents: Sequence[Found], steps: tuple[int, int]) -> float:
    """Return half the 95 % interval of the fill rate (Cochran, Sampling Techniques, 5.3).

    A stratum that was read whole adds nothing.
    """
    earlier, lately = steps
    strata = (
        (earlier, _sum(kinds, "n_read_earlier"), _sum(parents, "n_read_earlier")),
        (lately, _sum(kinds, "n_read_lately"), _sum(parents, "n_read_lately")),
    )
    whole = sum(step * n_parents for step, _, n_parents in strata)
    variance = 0.0
    for step, n_with, n_parents in strata:
        if step > 1 and n_parents:
            share = min(1.0, n_with / n_parents)
            variance += (step * n_parents) ** 2 * share * (1 - share) / n_parents
    return _Z * math.sqrt(variance) / whole if whole else 0.0


def _sum(kinds: Sequence[Found], field: str) -> int:
    return sum(getattr(one, field) for one in kinds)


def _types(kinds: Sequence[Found]) -> tuple[TypeShare, ...]:
    total = _total(kinds)
    shares = (TypeShare(one.type, one.n / total, one.first_at, one.last_at) for one in kinds)
    return tuple(sorted(shares, key=lambda one: (-one.share, one.type)))


def _weeks(kinds: Sequence[Found]) -> tuple[WeekOfTypes, ...]:
    weeks: dict[int, dict[str, int]] = defaultdict(dict)
    for one in kinds:
        for day, n in one.n_by_week.items():
            weeks[day][one.type] = int(n)
    return tuple(
        WeekOfTypes(_EPOCH + timedelta(days=int(day)), weeks[day]) for day in sorted(weeks)
    )


def _sum_sources(kinds: Sequence[Found]) -> dict[str, int]:
    totals: Counter[int] = Counter()
    for one in kinds:
        totals.update(one.n_by_source)
    return {str(source): int(n) for source, n in totals.most_common()}


def _sampled_texts(kinds: Sequence[Found]) -> list[str]:
    """Return values to guess a class from: texts as they are, other scalars as JSON."""
    return [
        _json_text(value)
        for one in kinds
        if one.type not in _CONTAINERS and one.type != "null"
        for value in one.values
    ]


def _choices(values: Iterable[str], n_distinct: int) -> list[str]:
    return list(values) if n_distinct <= _MAX_CHOICES else []


def _merge_top(kinds: Sequence[Found]) -> list[tuple[str, int]]:
    merged = [
        (str(item["item"]), int(item["count"]))
        for one in kinds
        if one.type not in _CONTAINERS and one.type != "null"
        for item in _certain(one.top)
    ]
    return sorted(merged, key=lambda pair: -pair[1])[:TOP_VALUES]


def _certain(top: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those of the most frequent values that are: of nearly unique ones none stands out."""
    return [item for item in top if item["error"] * 2 < item["count"]]


def _json_text(raw: str) -> str:
    """Return the text of a JSON string, any other JSON as it is; a cut one without its quote."""
    if not raw.startswith('"'):
        return raw
    try:
        return str(msgspec.json.decode(raw))
    except msgspec.DecodeError:
        return raw[1:] + "…"


def shown_values(
    values: Iterable[ValueCount], classification: Classification
) -> tuple[ValueCount, ...]:
    """Return the values that may be shown of an attribute of these classes."""
    if classification.pii in {PiiClass.IDENTIFYING, PiiClass.CONTACT}:
        return ()
    is_open = classification.pii is PiiClass.NONE and classification.sensitivity is Sensitivity.NONE
    fewest = 1 if is_open else FEWEST_SHARING
    return tuple(one for one in values if one.n >= fewest)


def _value_counts(values: Iterable[tuple[str, int]]) -> list[ValueCount]:
    return [ValueCount(text[:_MAX_SHOWN_CHARS], int(n)) for text, n in values if text]


def lately(at: datetime, days: int) -> datetime:
    """Return the beginning of the last `days` days, at midnight UTC."""
    return datetime.combine(at.date() - timedelta(days=days), datetime.min.time(), UTC)
