"""What clients may rely on in answers, beyond what their types say."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')


def complete_answers(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document whose answers have all their fields.

    A field with a default may be left out of a request; an answer always carries it. Types that
    requests use too keep their optional fields.
    """
    schemas = document["components"]["schemas"]
    asked = _reachable(schemas, _references(list(_requests(document))))
    completed = {
        name: schema
        if name in asked or "properties" not in schema
        else {**schema, "required": list(schema["properties"])}
        for name, schema in schemas.items()
    }
    return {**document, "components": {**document["components"], "schemas": completed}}


def mend_lists(part: Any) -> Any:
    """Return an OpenAPI document in which lists of bounded length say what they are lists of.

    Litestar describes ``Annotated[tuple[X, ...], Meta(max_length=…)]`` as a list of X or anything.
    """
    if isinstance(part, list):
        return [mend_lists(one) for one in part]
    if not isinstance(part, dict):
        return part
    mended = {name: mend_lists(one) for name, one in part.items()}
    match mended.get("items"):
        case {"oneOf": [item, {} as anything]} if not anything:
            mended["items"] = item
    return mended


def _requests(document: dict[str, Any]) -> Iterator[Any]:
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                yield operation.get("requestBody")
                yield operation.get("parameters")


def _reachable(schemas: dict[str, Any], names: set[str]) -> set[str]:
    found: set[str] = set()
    while names:
        found |= names
        names = _references([schemas[name] for name in names]) - found
    return found


def _references(part: Any) -> set[str]:
    return set(_REFERENCE.findall(msgspec.json.encode(part).decode()))
