"""JSON Schemas of a plan: checked before they are believed, compiled once.

What could reach out or run away is refused: references to elsewhere, references in a circle,
documents that unfold into too much, patterns that need backtracking.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs
import msgspec

from kikubari.spec.errors import InvalidInputError

MAX_SCHEMA_BYTES = 64 * 1024
MAX_NODES = 2_000  # objects and lists of a schema, references unfolded
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# These give a schema another base, dialect or target at run time.
_REFUSED = frozenset({"$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary"})
# Their values are data, where words like $ref mean nothing.
_DATA = frozenset({"const", "enum", "default", "examples"})
# Their keys are names, not keywords.
_MAPS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_PATTERN_BYTES = 1 << 20


class InvalidPlanError(InvalidInputError):
    """A tracking plan, or a schema in it, cannot be used."""

    code = "invalid_plan"


def compile_schema(schema: Mapping[str, Any], where: str) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a schema.

    Args:
        schema: JSON Schema 2020-12.
        where: names the rule in what is raised.

    Raises:
        InvalidPlanError: it is no such schema, or one that could reach out or run away.
    """
    if len(msgspec.json.encode(schema)) > MAX_SCHEMA_BYTES:
        raise InvalidPlanError(f"{where}: a schema has at most {MAX_SCHEMA_BYTES // 1024} KB")
    if schema.get("$schema", _DIALECT).rstrip("#") != _DIALECT:
        raise InvalidPlanError(f"{where}: schemas are JSON Schema 2020-12", hint=_DIALECT)
    _Unfolding(schema, where).count()
    try:
        return jsonschema_rs.Draft202012Validator(
            dict(schema),
            validate_formats=True,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(
                size_limit=_PATTERN_BYTES, dfa_size_limit=_PATTERN_BYTES
            ),
        )
    except jsonschema_rs.ValidationError as error:
        path = "/".join(map(str, error.instance_path))
        raise InvalidPlanError(
            f"{where}: {error.message} (at /{path})",
            hint="Patterns have no look-around and no back-references."
            if path.endswith("pattern") or "patternProperties" in path
            else "",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidPlanError(f"{where}: {error}") from error


class _Unfolding:
    """Counts what a schema is with its references in place: what a validator may have to walk."""

    def __init__(self, schema: Mapping[str, Any], where: str) -> None:
        self._schema = schema
        self._where = where
        self._sizes: dict[str, int] = {}
        self._open: set[str] = set()

    def count(self) -> int:
        return self._size(self._schema)

    def _size(self, node: object) -> int:
        if isinstance(node, list):
            size = 1 + sum(map(self._size, node))
        elif isinstance(node, dict):
            size = 1 + sum(self._size_of_keyword(name, value) for name, value in node.items())
        else:
            return 0
        if size > MAX_NODES:
            raise InvalidPlanError(
                f"{self._where}: the schema unfolds into more than {MAX_NODES:,} parts",
                hint="Use fewer references, or simpler parts.",
            )
        return size

    def _size_of_keyword(self, name: str, value: object) -> int:
        if name in _REFUSED:
            raise InvalidPlanError(f"{self._where}: {name} is not supported")
        if name == "$ref" and isinstance(value, str):
            return self._size_of_reference(value)
        if name in _MAPS and isinstance(value, dict):
            return sum(map(self._size, value.values()))
        return 0 if name in _DATA else self._size(value)

    def _size_of_reference(self, reference: str) -> int:
        if reference in self._open:
            raise InvalidPlanError(f"{self._where}: {reference} leads back to itself")
        if reference not in self._sizes:
            self._open.add(reference)
            self._sizes[reference] = self._size(self._find(reference))
            self._open.remove(reference)
        return self._sizes[reference]

    def _find(self, reference: str) -> object:
        if not reference.startswith("#/"):
            raise InvalidPlanError(
                f"{self._where}: {reference} is not within the schema",
                hint="Put what it names under $defs and write #/$defs/NAME.",
            )
        node: object = self._schema
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and name in node:
                node = node[name]
            else:
                raise InvalidPlanError(f"{self._where}: nothing is at {reference}")
        return node


def json_path(parts: Sequence[str | int], *, last: str = "") -> str:
    """Return the path of a fault; all elements of a list share one, so that they count as one."""
    path = "$"
    for part in (*parts, *([last] if last else [])):
        path += "[]" if isinstance(part, int) else f".{part}"
    return path
