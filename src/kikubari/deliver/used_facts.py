"""Which attributes of a person a rendered message used."""

from collections.abc import Collection
from functools import lru_cache

import msgspec

_USES = frozenset({"printed", "consulted"})


class _Use(msgspec.Struct, frozen=True):
    path: str = ""
    use: str = ""


class _Record(msgspec.Struct, frozen=True):
    facts: list[_Use] = []
    told_only: bool = False


_decoder = msgspec.json.Decoder(_Record)


def uses_any(record: bytes, attributes: Collection[str]) -> bool:
    """Say whether a message used any of the attributes; one not yet rendered used none.

    Args:
        record: JSON of its `MessageRecord`.
        attributes: names, such as ``city`` for ``customer.city``.
    """
    if not record:
        return False
    names = {matter_of(one.path) for one in _decoder.decode(record).facts if one.use in _USES}
    return not names.isdisjoint(attributes)


def is_told_only(record: bytes) -> bool:
    """Say whether a message was written for somebody who objects to more than their own words."""
    return _decoder.decode(record).told_only


@lru_cache(maxsize=4_096)
def matter_of(path: str) -> str:
    """Return the attribute a fact is about, by its path below the person or its bare name.

    What is made of a favourite category is about the favourite category.
    """
    below = path.partition(".")[2] or path
    name = below.partition(".")[0].partition("[")[0]
    return "favourite_category" if name.startswith("favourite_category_") else name
