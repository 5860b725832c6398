"""Names of people, for lists, links and headings."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from kikubari.api.contracts import Services
from kikubari.profiles import Trait, profile_id

NAME_TRAITS = ("name", "first_name", "last_name", "language", "country", "prefecture", "region")


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a list.

    Attributes:
        id: for links.
        name: as their language writes it; the address, or the id, for people without a name.
        region, country: where they live, empty if not known; the country as its two letters.
        is_simulated: the name is made up.
        last_seen_at: of their latest event, where that was looked up.
    """

    id: str
    name: str
    email: str
    region: str
    country: str
    is_simulated: bool
    last_seen_at: datetime | None = None


def load_people(services: Services, numbers: Collection[int]) -> dict[int, PersonLine]:
    """Return the people these numbers are now; those erased are missing."""
    with services.store.read() as connection:
        now_is = services.profiles.resolve_numbers(connection, numbers)
        people = services.profiles.load_profiles(
            connection, set(now_is.values()), names=NAME_TRAITS
        )
    lines = {
        number: PersonLine(
            id=profile_id(number),
            name=name_of(facts.traits) or facts.email or profile_id(number),
            email=facts.email or "",
            region=_text(facts.traits, "prefecture") or _text(facts.traits, "region"),
            country=_text(facts.traits, "country"),
            is_simulated=is_name_simulated(facts.traits),
        )
        for number, facts in people.items()
    }
    return {number: lines[canonical] for number, canonical in now_is.items() if canonical in lines}


def name_of(traits: Mapping[str, Trait]) -> str:
    """Return the name as its language writes it: family name first in Japanese."""
    whole, first, last = (_text(traits, name) for name in ("name", "first_name", "last_name"))
    is_japanese = _text(traits, "language").startswith("ja")
    parts = (last, first) if is_japanese else (first, last)
    return whole or " ".join(part for part in parts if part)


def is_name_simulated(traits: Mapping[str, Trait]) -> bool:
    """Say whether the name was made up."""
    used = [traits[name] for name in ("name", "first_name", "last_name") if name in traits]
    return any(trait.fact.is_simulated for trait in used)


def _text(traits: Mapping[str, Trait], name: str) -> str:
    trait = traits.get(name)
    return trait.value.strip() if trait is not None and isinstance(trait.value, str) else ""
