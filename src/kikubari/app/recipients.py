"""What deliver needs to know about people, read from profiles and the columnar copy."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import Connection

from kikubari.app.limits import PeopleLimits
from kikubari.app.standing import (
    STANDING_PURPOSES,
    Acts,
    query_acts,
    refuses_profiling,
    standing_of,
)
from kikubari.catalog import Product
from kikubari.decide.personalise import Fact, Facts, Lineage, Provenance
from kikubari.decide.recommend import PopularProducts
from kikubari.deliver import (
    EMAIL,
    Countable,
    Recipient,
    count_gives,
    load_tracking,
    load_wishes,
    matter_of,
)
from kikubari.kit.clock import Clock
from kikubari.kit.money import Money
from kikubari.profiles import (
    ComputedTraits,
    ConsentLedger,
    ConsentState,
    Households,
    PersonFacts,
    Profiles,
    Trait,
    query_computed,
)
from kikubari.storage import ColumnarStore, StateStore

# Purposes of the ledger, each on e-mail.
_TRACKING, _MARKETING = "tracking", "marketing"
_PURPOSES = (_TRACKING, _MARKETING, *STANDING_PURPOSES)
# Contact data and bookkeeping are no facts to write a sentence with.
_NOT_FACTS = frozenset({"email", "phone", "simulated_fields"})
_PROVENANCES = {
    "declared": Provenance.DECLARED,
    "observed": Provenance.OBSERVED,
    "inferred_self": Provenance.INFERRED,
    "inferred_group": Provenance.INFERRED,
    "third_party": Provenance.THIRD_PARTY,
}


class _Shelf(NamedTuple):
    """A category's Japanese name, and its products as templates see them."""

    name_ja: str | None
    products: list[dict[str, Any]]


class LedgerConsents:
    """Implements `deliver.Consents` on the consent ledger."""

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
    """Implements `deliver.Recipients`: address, language, and the facts templates may use.

    Args:
        store: of the profiles.
        profiles: reads traits.
        ledger: says who agreed to tracking.
        columnar: tells computed traits.
        clock: recency counts from now.
        currency: of computed amounts.
        popular: what sells in the category a person buys most.
        timezone: of people whose own is unknown.
        base_url: makes pictures' addresses whole.
        limits: says for whom nothing but their own words may be used.
        households: says who shares a device.
        countable: says of whom the last day of an open may be kept.
    """

    def __init__(
        self,
        store: StateStore,
        profiles: Profiles,
        ledger: ConsentLedger,
        columnar: ColumnarStore,
        *,
        clock: Clock,
        popular: PopularProducts,
        currency: str,
        timezone: str,
        base_url: str,
        limits: PeopleLimits,
        households: Households,
        countable: Countable,
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._ledger = ledger
        self._columnar = columnar
        self._clock = clock
        self._currency = currency
        self._timezone = timezone
        self._popular = popular
        self._base_url = base_url
        self._limits = limits
        self._households = households
        self._countable = countable

    def load(self, numbers: Sequence[int], *, workspace_id: int) -> Mapping[int, Recipient]:
        """Return the people by the given numbers; those erased are missing.

        A number that was merged into another person since is that person now.
        """
        del workspace_id  # profiles are one workspace's
        with self._store.read() as connection:
            now_is = self._profiles.resolve_numbers(connection, numbers)
            people = self._profiles.load_profiles(connection, set(now_is.values()))
            said = self._ledger.states(connection, set(now_is.values()), _PURPOSES, EMAIL)
            own = self._list_numbers(connection, set(now_is.values()))
            unused = {key: one.unused for key, one in load_wishes(connection, own).items()}
            gives = count_gives(connection, own)
            unprofiled = self._limits.find_unprofiled(connection, numbers)
            tracking = load_tracking(connection).policy
            counted = self._countable.find(connection, numbers, tracking)
            sharing = self._households.list_sharing_device(connection, set(now_is.values()))
        now = self._clock.now()
        computed = query_computed(self._columnar, set(now_is.values()), as_of=now)
        acts = query_acts(self._columnar, set(now_is.values()), now=now)
        shelves = self._shelves(one.favourite_category for one in computed.values())
        return {
            number: self._recipient(
                number,
                people[canonical],
                computed[canonical],
                shelves,
                now,
                said={purpose: states[canonical] for purpose, states in said.items()},
                acts=acts[canonical],
                unused=unused.get(canonical, frozenset()),
                is_profiled=number not in unprofiled,
                shares_device=canonical in sharing,
                gives_last5=gives.get(canonical),
                tracks_all=tracking.tracking == "full",
                has_open_day=number in counted,
            )
            for number, canonical in now_is.items()
        }

    def _list_numbers(self, connection: Connection, people: Collection[int]) -> dict[int, set[int]]:
        """Return all numbers of each of the people."""
        own: dict[int, set[int]] = {}
        for number, canonical in self._profiles.numbers_of(connection, people).items():
            own.setdefault(canonical, {canonical}).add(number)
        return own

    def _recipient(
        self,
        number: int,
        person: PersonFacts,
        computed: ComputedTraits,
        shelves: Mapping[str, _Shelf],
        now: datetime,
        *,
        said: Mapping[str, ConsentState],
        acts: Acts,
        unused: frozenset[str],
        is_profiled: bool,
        shares_device: bool,
        gives_last5: int | None,
        tracks_all: bool,
        has_open_day: bool,
    ) -> Recipient:
        facts = {
            name: _fact_of(trait) for name, trait in person.traits.items() if name not in _NOT_FACTS
        }
        facts |= self._computed_facts(computed, shelves, now)
        # What chose the person is judged by where it came from, though it may not be used.
        lineage = {f"customer.{name}": fact.lineage for name, fact in facts.items()}
        if not is_profiled or refuses_profiling(said):
            facts = {name: fact for name, fact in facts.items() if _is_declared(fact)}
        if unused:
            facts = {name: fact for name, fact in facts.items() if matter_of(name) not in unused}
            lineage = {path: one for path, one in lineage.items() if matter_of(path) not in unused}
        zone = _zone_name(person.traits)
        return Recipient(
            number=number,
            # One that is only claimed goes along too, so that the gate can say what is missing.
            address=person.email or _text(person.traits, "email"),
            is_verified=person.email is not None,
            is_tracked=said[_TRACKING].is_granted and tracks_all,
            has_open_day=has_open_day,
            name=_display_name(person.traits),
            language=_text(person.traits, "language") or "en",
            timezone=zone or self._timezone,
            is_zone_assumed=not zone,
            facts=Facts({"customer": {name: fact.value for name, fact in facts.items()}}, lineage),
            standing=standing_of(
                said,
                person.traits,
                acts,
                now,
                zone=ZoneInfo(zone or self._timezone),
                shares_device=shares_device,
                gives_last5=gives_last5,
                objects=not is_profiled,
            ),
            consented_at=said[_MARKETING].at if said[_MARKETING].is_granted else None,
            consent_source=said[_MARKETING].source,
        )

    def _computed_facts(
        self, computed: ComputedTraits, shelves: Mapping[str, _Shelf], now: datetime
    ) -> dict[str, Fact]:
        lineage = Lineage(
            provenance=Provenance.OBSERVED,
            confidence=1.0,
            observed_at=now,
            sources_agree=True,
            category="purchase",
            sensitivity="S1",
        )
        values: dict[str, Any] = {
            "order_count": computed.frequency,
            "days_since_order": computed.recency_days,
            "first_order_at": computed.first_order_at,
            "last_order_at": computed.last_order_at,
            "favourite_category": computed.favourite_category,
            "total_spent": msgspec.to_builtins(Money(computed.monetary_minor, self._currency)),
        }
        if computed.favourite_category is not None:
            shelf = shelves[computed.favourite_category]
            values["favourite_category_ja"] = shelf.name_ja
            values["favourite_category_products"] = shelf.products
        return {
            name: Fact(value=value, lineage=lineage)
            for name, value in values.items()
            if value is not None
        }

    def _shelves(self, categories: Iterable[str | None]) -> dict[str, _Shelf]:
        """Return what sells in each category: looked up once, however many like it best."""
        shelves = {}
        for category in set(categories):
            if category is None:
                continue
            picks = self._popular.top(category)
            shelves[category] = _Shelf(
                next((one.category_ja for one in picks if one.category_ja), None),
                [self._pick(one) for one in picks],
            )
        return shelves

    def _pick(self, product: Product) -> dict[str, Any]:
        return {
            "product_id": product.product_id,
            "title": product.title,
            "title_ja": product.title_ja or product.title,
            "price": msgspec.to_builtins(product.price),
            "image_url": urljoin(f"{self._base_url}/", product.image_url or ""),
            "url": urljoin(f"{self._base_url}/", product.url or ""),
        }


def _is_declared(fact: Fact) -> bool:
    return fact.lineage.provenance is Provenance.DECLARED


def _fact_of(trait: Trait) -> Fact:
    standing = trait.fact
    return Fact(
        value=standing.value,
        lineage=Lineage(
            provenance=_PROVENANCES.get(standing.provenance),
            confidence=standing.confidence,
            observed_at=standing.at,
            sources_agree=not trait.disagreements,
        ),
    )


def _text(traits: Mapping[str, Trait], name: str) -> str:
    trait = traits.get(name)
    return trait.value if trait is not None and isinstance(trait.value, str) else ""


def _zone_name(traits: Mapping[str, Trait]) -> str:
    """Return the person's time zone, empty when none is known or what is known is none."""
    name = _text(traits, "timezone")
    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def _display_name(traits: Mapping[str, Trait]) -> str:
    """Return the name as its language writes it: family name first in Japanese."""
    whole = _text(traits, "name")
    first, last = _text(traits, "first_name"), _text(traits, "last_name")
    if _text(traits, "language").startswith("ja"):
        return whole or " ".join(filter(None, (last, first)))
    return whole or " ".join(filter(None, (first, last)))
