"""People as messages need them, read from profiles and the consent ledger."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.decide.personalise import Fact, Facts, Lineage, Provenance, gather_facts
from kikubari.deliver.contracts import EMAIL, Recipient
from kikubari.deliver.engagement import TRACKING
from kikubari.profiles import ConsentLedger, PersonFacts, Profiles, Trait
from kikubari.storage import StateStore

_PROVENANCES = {
    "declared": Provenance.DECLARED,
    "observed": Provenance.OBSERVED,
    "inferred_self": Provenance.INFERRED,
    "inferred_group": Provenance.INFERRED,
    "third_party": Provenance.THIRD_PARTY,
}
# Names are written family name first in these languages.
_FAMILY_FIRST = frozenset({"ja", "zh", "ko"})


class RecipientDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's language and zone, for people whose own are not known."""

    language: str = "ja"
    timezone: str = "Asia/Tokyo"


class LedgerConsents:
    """`Consents` on the consent ledger."""

    def __init__(self, ledger: ConsentLedger) -> None:
        self._ledger = ledger

    def list_granted(
        self,
        connection: Connection,
        numbers: Sequence[int],
        *,
        purpose: str,
        channel: str,
        workspace_id: int,
    ) -> Collection[int]:
        """Return those of the numbers whose latest word is a grant."""
        del workspace_id  # the ledger is one workspace's
        states = self._ledger.state(connection, numbers, purpose, channel)
        return {number for number, state in states.items() if state.is_granted}


class ProfileRecipients:
    """`Recipients` on profiles: their traits become ``customer.…`` in templates."""

    def __init__(
        self,
        store: StateStore,
        profiles: Profiles,
        consents: LedgerConsents,
        defaults: RecipientDefaults,
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._consents = consents
        self._defaults = defaults

    def load(self, numbers: Sequence[int], *, workspace_id: int) -> Mapping[int, Recipient]:
        """Return the people by the given numbers, whoever they have become since."""
        with self._store.read() as connection:
            profile_of = self._profiles.resolve_numbers(connection, numbers)
            people = self._profiles.load_profiles(connection, set(profile_of.values()))
            tracked = self._consents.list_granted(
                connection, numbers, purpose=TRACKING, channel=EMAIL, workspace_id=workspace_id
            )
        return {
            number: self._recipient(number, people[profile], is_tracked=number in tracked)
            for number, profile in profile_of.items()
        }

    def _recipient(self, number: int, person: PersonFacts, *, is_tracked: bool) -> Recipient:
        traits = person.traits
        language = _text(traits, "language") or self._defaults.language
        zone = _text(traits, "timezone")
        return Recipient(
            number=number,
            address=person.email or _text(traits, "email"),
            is_verified=person.email is not None,
            is_tracked=is_tracked,
            name=_full_name(traits, language),
            language=language,
            timezone=zone if _is_zone(zone) else self._defaults.timezone,
            facts=facts_of(person),
        )


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # what is not a name at all, or one nobody knows
        return False
    return True


def facts_of(person: PersonFacts) -> Facts:
    """Return a person's traits as facts of ``customer``, each with its lineage."""
    return gather_facts(
        {
            "customer": {
                name: Fact(value=trait.value, lineage=_lineage(trait))
                for name, trait in person.traits.items()
                if trait.value is not None
            }
        }
    )


def _lineage(trait: Trait) -> Lineage:
    fact = trait.fact
    return Lineage(
        provenance=_PROVENANCES.get(fact.provenance),
        confidence=fact.confidence,
        observed_at=fact.at,
        sources_agree=not trait.disagreements,
    )


def _full_name(traits: Mapping[str, Trait], language: str) -> str:
    first, last = _text(traits, "first_name"), _text(traits, "last_name")
    if not (first or last):
        return _text(traits, "name")
    if language.split("-", maxsplit=1)[0] in _FAMILY_FIRST:
        first, last = last, first
    return f"{first} {last}".strip()


def _text(traits: Mapping[str, Trait], name: str) -> str:
    trait = traits.get(name)
    return trait.value if trait is not None and isinstance(trait.value, str) else ""
