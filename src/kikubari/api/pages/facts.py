"""Facts about a person in words: what a message used, and how each came to be known."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from kikubari.api.pages.texts import load_texts
from kikubari.deliver import MessageRecord

How = Literal["printed", "consulted"]
# The same fact in another form.
_SAME = {"favourite_category_ja": "favourite_category"}
_INDEX = re.compile(r"\[\d+\]")


class UsedFact(msgspec.Struct, frozen=True):
    """One kind of fact that a message used.

    Attributes:
        name: of the trait.
        how: printed in the message, or only consulted to choose what it says.
        provenance: declared, observed, inferred or third_party; empty if not known.
    """

    name: str
    how: How
    provenance: str


def list_used_facts(record: MessageRecord | None) -> list[UsedFact]:
    """Return what a message used, printed facts first; what it looked for in vain is left out."""
    found: dict[str, UsedFact] = {}
    uses: tuple[How, ...] = ("printed", "consulted")
    for how in uses:
        for entry in record.facts if record else ():
            if entry.get("use") == how:
                name = trait_of(str(entry.get("path", "")))
                if name:
                    found.setdefault(name, UsedFact(name, how, _provenance(entry)))
    return list(found.values())


def trait_of(path: str) -> str:
    """Return the trait a fact's path lies in: ``city`` for ``customer.city``, none for a root."""
    _, _, below = _INDEX.sub("", path).partition(".")
    name = below.partition(".")[0]
    return _SAME.get(name, name)


def trait_key(name: str) -> str | None:
    """Return the catalogue's key for a trait's name, None for one the shop made up."""
    key = f"traits.{name}"
    return key if key in load_texts() else None


def _provenance(entry: Mapping[str, object]) -> str:
    lineage = entry.get("lineage")
    return str(lineage.get("provenance") or "") if isinstance(lineage, Mapping) else ""
