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
        """Return the values of the columns that went to a target such as `traits`."""
        return self.free.get(target, {})


# Where a column's value goes: a field's name and no path, or a target and a path under it.
_Binding = tuple[str, tuple[str, ...], Parser]


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
            (binding, value)
            for name, value in mapping.constants.items()
            if (binding := self._bind(name)) is not None
        ]
        self._required = [field for field in fields_by_name(self._kind).values()
                          if field.is_required]  # fmt: skip

    def column_of(self, field: str) -> str:
        """Return the column a field is read from, or the field's own name."""
        return self._columns.get(field, field)

    def read(self, row: Row) -> Cells:
        """Return the values and the problems of a row; every bad cell is a problem."""
        cells = Cells(row.line, {}, {}, [])
        bindings, fields, zone = self._bindings, cells.fields, self._zone
        for column, raw in row.values.items():
            if raw is None or raw == "":
                continue
            try:
                binding = bindings[column]
            except KeyError:  # a JSONL key that the first rows did not have
                binding = bindings[column] = self._bind(free_field(self._kind, column))
            if binding is None:
                continue
            name, path, parse = binding
            try:
                value = parse(raw, zone)
            except CellFaultError as fault:
                _add_fault(cells, fault, column, raw)
                continue
            if value == "":
                continue
            if path:
                _place(cells, name, path, value)
            else:
                fields[name] = value
        if self._constants:
            self._fill_in(cells)
        return cells

    def _bind(self, name: str) -> _Binding | None:
        if name == IGNORE:
            return None
        target, dot, rest = name.partition(".")
        if dot:
            return target, tuple(rest.split(".")), parse_free
        return name, (), fields_by_name(self._kind)[name].parse

    def _fill_in(self, cells: Cells) -> None:
        """Give constants to what the row leaves unsaid."""
        for (name, path, parse), text in self._constants:
            if path:
                _place(cells, name, path, text, is_default=True)
            elif name not in cells.fields:
                try:
                    cells.fields[name] = parse(text, self._zone)
                except CellFaultError as fault:
                    _add_fault(cells, fault, name, text)

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


def _add_fault(cells: Cells, fault: CellFaultError, column: str, raw: Any) -> None:
    if isinstance(raw, str) and raw.isspace():
        return  # as good as blank
    problem = Problem(cells.line, fault.code, fault.reason, column, str(raw)[:_SHOWN])
    cells.problems.append(problem)


def _place(
    cells: Cells, target: str, path: tuple[str, ...], value: Any, *, is_default: bool = False
) -> None:
    """Put a value under `target`, with an object for each dot of its name."""
    place = cells.free.setdefault(target, {})
    for part in path[:-1]:
        inner = place.get(part)
        if not isinstance(inner, dict):
            inner = place[part] = {}
        place = inner
    if not is_default or path[-1] not in place:
        place[path[-1]] = value
