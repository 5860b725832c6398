"""What the columns of a file mean: guessed from their names, shown, corrected by the user."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping as Mappings
from functools import cache
from itertools import islice
from typing import Any

from kikubari.collect.imports.contracts import (
    IGNORE,
    ColumnMapping,
    ImportKind,
    Mapping,
    Row,
)
from kikubari.collect.imports.fields import FIELDS, FREE_TARGET, TARGETS, Field
from kikubari.collect.imports.readers import RowSource
from kikubari.spec.errors import InvalidInputError

_SAMPLED_ROWS = 200
_SAMPLES_SHOWN = 3
_SAMPLE_CHARS = 40
_EXACT, _SYNONYM, _CONTESTED, _OWN_NAME = 1.0, 0.9, 0.6, 0.3
_NOT_WORD = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def guess_mapping(
    kind: ImportKind,
    source: RowSource,
    *,
    overrides: Mappings[str, str] | None = None,
    constants: Mappings[str, str] | None = None,
) -> Mapping:
    """Return what each column of a file seems to mean, with sample values.

    Args:
        kind: what a row says.
        source: the opened file; its first rows are read for samples.
        overrides: column → field, from the user; `-` ignores the column.
        constants: field → value for rows in which the field is absent or blank.

    Raises:
        InvalidInputError: an override for a column or field that does not exist, two columns for
            one field, or nothing that gives a required field.
    """
    samples = _samples(source)
    chosen = dict(overrides or {})
    fixed = dict(constants or {})
    for column in chosen.keys() - set(source.columns):
        raise InvalidInputError(
            f"there is no column {column!r}", hint=f"columns: {', '.join(source.columns)}"
        )
    for name in (*chosen.values(), *fixed):
        check_field(kind, name)
    columns = _assign(kind, source.columns, chosen, samples)
    _check_complete(kind, columns, fixed)
    return Mapping(kind=kind, columns=columns, constants=fixed)


def check_field(kind: ImportKind, name: str) -> None:
    """Make sure a field exists for a kind.

    Raises:
        InvalidInputError: it does not.
    """
    target, dot, rest = name.partition(".")
    is_free = bool(dot) and target in TARGETS[kind] and all(rest.split("."))
    if name != IGNORE and not is_free and name not in fields_by_name(kind):
        names = [*fields_by_name(kind), *(f"{target}.NAME" for target in sorted(TARGETS[kind]))]
        raise InvalidInputError(
            f"{kind.value} have no field {name!r}", hint=f"fields: {', '.join(names)}, -"
        )


@cache
def fields_by_name(kind: ImportKind) -> dict[str, Field]:
    """Return the canonical fields of a kind by name."""
    return {field.name: field for field in FIELDS[kind]}


def free_field(kind: ImportKind, column: str) -> str:
    """Return where a column goes that is no canonical field: its own name in snake case."""
    target = FREE_TARGET[kind]
    if target == IGNORE:
        return IGNORE
    prefix, dot, rest = column.partition(".")
    if dot and prefix.lower() in TARGETS[kind] and all(rest.split(".")):
        return f"{prefix.lower()}.{rest}"
    return f"{target}.{snake_case(column)}"


def snake_case(name: str) -> str:
    """Return a name as properties and traits are written: `Income band` → `income_band`."""
    text = _CAMEL.sub("_", unicodedata.normalize("NFKC", name).strip())
    return _NOT_WORD.sub("_", text).strip("_").lower() or "column"


def _bare(name: str) -> str:
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", name).casefold())


@cache
def _synonyms(kind: ImportKind) -> dict[str, tuple[str, int]]:
    """Known header → (field, rank among the field's own names; 0 is the field's name)."""
    known: dict[str, tuple[str, int]] = {}
    for field in FIELDS[kind]:
        for rank, word in enumerate((field.name, *field.synonyms)):
            bare = _bare(word)
            if bare not in known or (rank == 0 and known[bare][1] > 0):
                known[bare] = (field.name, rank)
    return known


def _assign(
    kind: ImportKind,
    columns: tuple[str, ...],
    chosen: dict[str, str],
    samples: dict[str, list[str]],
) -> tuple[ColumnMapping, ...]:
    """Give each field to the column that names it best; the user's word comes first."""
    taken = {field for field in chosen.values() if field != IGNORE}
    best: dict[str, tuple[int, str]] = {}
    matches = {column: _synonyms(kind).get(_bare(column)) for column in columns}
    for column, match in matches.items():
        if match is not None and column not in chosen and match[0] not in taken:
            best[match[0]] = min(best.get(match[0], (len(_synonyms(kind)), "")), (match[1], column))
    contested = Counter(match[0] for match in matches.values() if match)

    def mapped(column: str) -> ColumnMapping:
        shown = tuple(samples.get(column, ()))
        if column in chosen:
            return ColumnMapping(column, chosen[column], _EXACT, "user", shown)
        match = matches[column]
        if match is None or best.get(match[0], (0, ""))[1] != column:
            return ColumnMapping(column, free_field(kind, column), _OWN_NAME, "own_name", shown)
        field, rank = match
        confidence = _EXACT if rank == 0 else _SYNONYM if contested[field] == 1 else _CONTESTED
        return ColumnMapping(column, field, confidence, "synonym" if rank else "header", shown)

    return tuple(mapped(column) for column in columns)


def _check_complete(
    kind: ImportKind, columns: tuple[ColumnMapping, ...], constants: dict[str, str]
) -> None:
    counts = Counter(column.field for column in columns if column.field != IGNORE)
    twice = [field for field, count in counts.items() if count > 1]
    if twice:
        clashing = [column.column for column in columns if column.field == twice[0]]
        raise InvalidInputError(
            f"columns {', '.join(clashing)} would all be {twice[0]}",
            hint="map one of them to another field, or to - to leave it out",
        )
    present = {*counts, *constants}
    missing = [field.name for field in FIELDS[kind] if field.is_required and not {
        field.name} & present]  # fmt: skip
    if missing:
        raise InvalidInputError(
            f"no column seems to hold {', '.join(missing)}",
            hint=f"say which one: --map COLUMN={missing[0]} (or --set {missing[0]}=VALUE)",
        )


def _samples(source: RowSource) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = source.iter_rows()
    for row in islice(rows, _SAMPLED_ROWS):
        if isinstance(row, Row):
            for column, value in row.values.items():
                _add_sample(found.setdefault(column, []), value)
    close = getattr(rows, "close", None)
    if close:
        close()
    return found


def _add_sample(samples: list[str], value: Any) -> None:
    text = "" if value is None else str(value).strip()[:_SAMPLE_CHARS]
    if text and text not in samples and len(samples) < _SAMPLES_SHOWN:
        samples.append(text)
