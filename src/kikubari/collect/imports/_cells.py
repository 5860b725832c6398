"""From a row's cells to the values of fields, by a mapping."""

from datetime import tzinfo
from typing import Any

import msgspec

from kikubari.collect.imports.contracts import IGNORE, Mapping, Problem, Row
from kikubari.collect.imports.mapping import fields_by_name, free_field
from kikubari.collect.imports.values import CellFaultError, Parser, parse_free

_SHOWN = 80


class Cells(msgspec.Struct):
    """What one row says: `fields` by canonical name, `free` by target and own name."""

    line: int
    fields: dict[str, Any]
    free: dict[str, dict[str, Any]]
    problems: list[Problem]

    def free_values(self, target: str) -> dict[str, Any]:
        """Return the values of columns that went to `traits`, `properties`, …"""
        return self.free.get(target, {})


class _Binding(msgspec.Struct, frozen=True):
    """Where a column's value goes: a field (`path` empty), or a path under a target."""

    name: str
    path: tuple[str, ...]
    parse: Parser


class CellReader:
    """Reads rows by a mapping. Blank cells say nothing, so they are absent."""

    def __init__(self, mapping: Mapping, zone: tzinfo) -> None:
        self._kind = mapping.kind
        self._zone = zone
        self._bindings: dict[str, _Binding | None] = {
            column.column: self._bind(column.field) for column in mapping.columns
        }
        self._columns = {column.field: column.column for column in mapping.columns}
        self._constants = [
            (name, self._bind(name), value) for name, value in mapping.constants.items()
        ]
        self._required = [field for field in fields_by_name(self._kind).values()
                          if field.is_required]  # fmt: skip

    def column_of(self, field: str) -> str:
        """Return the column a field is read from, or the field's own name."""
        return self._columns.get(field, field)

    def read(self, row: Row) -> Cells:
        """Return the values and the problems of a row; every bad cell is a problem."""
        cells = Cells(row.line, {}, {}, [])
        bindings = self._bindings
        for column, raw in row.values.items():
            if raw is None or raw == "":
                continue
            try:
                binding = bindings[column]
            except KeyError:  # a JSONL key that the first rows did not have
                binding = bindings[column] = self._bind(free_field(self._kind, column))
            if binding is not None:
                self._store(cells, binding, column, raw)
        for name, binding, value in self._constants:
            if binding is not None and (binding.path or name not in cells.fields):
                self._store(cells, binding, name, value, is_default=True)
        return cells

    def _bind(self, name: str) -> _Binding | None:
        if name == IGNORE:
            return None
        target, dot, rest = name.partition(".")
        if dot:
            return _Binding(target, tuple(rest.split(".")), parse_free)
        return _Binding(name, (), fields_by_name(self._kind)[name].parse)

    def _store(
        self, cells: Cells, binding: _Binding, column: str, raw: Any, *, is_default: bool = False
    ) -> None:
        if isinstance(raw, str) and raw.isspace():
            return
        try:
            value = binding.parse(raw, self._zone)
        except CellFaultError as fault:
            shown = str(raw)[:_SHOWN]
            cells.problems.append(Problem(cells.line, fault.code, fault.reason, column, shown))
            return
        if not binding.path:
            cells.fields[binding.name] = value
            return
        place = cells.free.setdefault(binding.name, {})
        for part in binding.path[:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        if is_default:
            place.setdefault(binding.path[-1], value)
        else:
            place[binding.path[-1]] = value

    def require(self, cells: Cells) -> None:
        """Add a problem for each required field that has no value."""
        for field in self._required:
            if field.name not in cells.fields:
                self.add_missing(cells, field.name)

    def add_missing(self, cells: Cells, field: str) -> None:
        """Add the problem that a field has no value, unless its cell was already bad."""
        column = self.column_of(field)
        if any(problem.column == column for problem in cells.problems):
            return
        cells.problems.append(Problem(cells.line, "missing_value", f"no {field}", column))
