"""Everything about one customer, a part at a time: facts, identity, sharing, saved, messages."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import is_name_simulated, load_people, name_of
from kikubari.catalog import Product
from kikubari.deliver import MessageView, Reason, explain
from kikubari.journeys import JOURNEY
from kikubari.kit.money import Money, to_minor
from kikubari.profiles import (
    Company,
    ComputedTraits,
    ConsentEntry,
    Decision,
    Evidence,
    ExplainedTrait,
    Habits,
    IdentityChange,
    KnownIdentifier,
    ProfileView,
    SavedItem,
    SharedDevice,
    Tie,
    explain_traits,
    query_computed,
    query_habits,
)
from kikubari.segments import BUILTIN_SEGMENTS, Membership
from kikubari.spec.errors import NotFoundError

_LOYALTY_TIERS = ("loyalty_tier", "tier", "member_rank", "rank")
_LOYALTY_POINTS = ("loyalty_points", "points", "point_balance")
_MESSAGES = 50


class SourceName(msgspec.Struct, frozen=True):
    """A source by id; 0 is Kikubari itself."""

    id: int
    name: str


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who a customer is, with what is said, by whom, and what it is worth now.

    Attributes:
        id: of the profile.
        name: as their language writes it, empty if not known.
        is_name_simulated: the name is made up.
        email: the verified address to write to.
        traits: with every source's word, freshness and confidence.
        sources: that traits name.
        computed: from their orders.
        habits: when and where they come.
        companies: they belong to.
        tier: of loyalty, empty if not known.
        points: of loyalty.
        consents: the ledger, newest first.
        hold_back: why what is private should not be shown: ``shared_device``, ``household``.
    """

    id: str
    name: str
    is_name_simulated: bool
    email: str | None
    traits: list[ExplainedTrait]
    sources: list[SourceName]
    computed: ComputedTraits
    currency: str
    habits: Habits
    companies: list[Company]
    tier: str
    points: float | None
    consents: list[ConsentEntry]
    hold_back: list[str]


class IdentityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a customer's identifiers hang together, and what was refused and why."""

    id: str
    identifiers: list[KnownIdentifier]
    evidence: list[Evidence]
    decisions: list[Decision]
    history: list[IdentityChange]


class NamedPerson(msgspec.Struct, frozen=True):
    """Somebody else, for a link."""

    number: int
    id: str
    name: str


class SharingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer shares with others, and the evidence.

    Attributes:
        profile: canonical number of the customer, as `ties` and `devices` name people.
        household: numbers of all members, empty if none was found.
        is_crowded: too many people are tied together to be a household.
        ties: with each of the others, strongest first.
        devices: on which others signed in too.
        hold_back: why what is private should be held back.
        people: names of the numbers.
    """

    profile: int
    household: list[int]
    is_crowded: bool
    ties: list[Tie]
    devices: list[SharedDevice]
    hold_back: list[str]
    people: list[NamedPerson]


class SavedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """Something saved with what the catalogue says of it now.

    Attributes:
        item: as it was saved.
        title: in the catalogue, empty if it is not there.
        title_ja: the same in Japanese.
        image_url: of its picture.
        price: now.
        price_then: when it was saved.
        availability: ``available``, ``sold_out`` or ``unknown`` (not in the catalogue).
    """

    item: SavedItem
    title: str
    title_ja: str
    image_url: str
    price: Money | None
    price_then: Money | None
    availability: str


class SavedAnswer(msgspec.Struct, frozen=True):
    """All that a customer has saved, newest first in each place."""

    favourites: list[SavedProduct]
    compared: list[SavedProduct]
    cart: list[SavedProduct]
    searches: list[SavedItem]


class MembershipLine(msgspec.Struct, frozen=True):
    """A segment a customer is in.

    Attributes:
        since: when they entered; null if it was long ago, before the segment was first counted, or
            if the segment is not counted live yet.
        why: where its conditions are, each with what it saw of the customer.
    """

    id: str
    name_en: str
    name_ja: str
    size: int
    since: datetime | None
    why: str


class MessageLine(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a customer: what became of it and why, and which facts it used.

    Attributes:
        title: name of the broadcast or journey that it is of, else the id of what caused it.
        why: why it came, in the words that the customer reads.
    """

    message: MessageView
    title: str
    subject: str
    why: str
    facts: list[dict[str, Any]]
    reason_en: str
    reason_ja: str


@get("/profiles/{profile_id:str}/facts", guards=[requires("read")], sync_to_thread=True)
def get_facts(services: NamedDependency[Services], profile_id: FromPath[str]) -> PersonAnswer:
    """Return who a customer is, from whom each fact comes and what it is worth."""
    now = services.clock.now()
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
        number = profile.number
        statements = services.statements.list_all(connection, number)
        companies = services.companies.load(connection, [number])[number]
        sharing = services.households.load(connection, [number])[number]
        consents = services.consents.history(connection, number)
    zone = services.settings.timezone
    return PersonAnswer(
        id=profile.id,
        name=name_of(profile.traits),
        is_name_simulated=is_name_simulated(profile.traits),
        email=profile.email,
        traits=explain_traits(profile.traits, statements, now=now),
        sources=[SourceName(one.id, one.name) for one in services.sources.list_all()],
        computed=query_computed(services.columnar, [number], as_of=now)[number],
        currency=services.settings.currency,
        habits=query_habits(services.columnar, profile.numbers, zone=zone, as_of=now),
        companies=list(companies),
        tier=_text(profile, _LOYALTY_TIERS),
        points=_number(profile, _LOYALTY_POINTS),
        consents=consents[::-1],
        hold_back=list(sharing.hold_back),
    )


@get("/profiles/{profile_id:str}/identity", guards=[requires("read")], sync_to_thread=True)
def get_identity(services: NamedDependency[Services], profile_id: FromPath[str]) -> IdentityAnswer:
    """Return a customer's identifiers, what links them, what was refused, and who decided what."""
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
        history = services.profiles.identity_history(connection, profile.number)
    return IdentityAnswer(
        id=profile.id,
        identifiers=list(profile.identifiers),
        evidence=list(profile.evidence),
        decisions=list(profile.decisions),
        history=history,
    )


@get("/profiles/{profile_id:str}/sharing", guards=[requires("read")], sync_to_thread=True)
def get_sharing(services: NamedDependency[Services], profile_id: FromPath[str]) -> SharingAnswer:
    """Return the household and the shared devices of a customer, with the evidence."""
    number = _number_of(services, profile_id)
    with services.store.read() as connection:
        sharing = services.households.load(connection, [number])[number]
    others = {number, *sharing.household}
    others |= {end for tie in sharing.ties for end in (tie.left, tie.right)}
    others |= {use.profile for device in sharing.devices for use in device.uses}
    return SharingAnswer(
        profile=number,
        household=list(sharing.household),
        is_crowded=sharing.is_crowded,
        ties=list(sharing.ties),
        devices=list(sharing.devices),
        hold_back=list(sharing.hold_back),
        people=[
            NamedPerson(one, line.id, line.name)
            for one, line in sorted(load_people(services, others).items())
        ],
    )


@get("/profiles/{profile_id:str}/saved", guards=[requires("read")], sync_to_thread=True)
def get_saved(services: NamedDependency[Services], profile_id: FromPath[str]) -> SavedAnswer:
    """Return a customer's favourites, compare list, cart and saved searches."""
    number = _number_of(services, profile_id)
    with services.store.read() as connection:
        saved = services.saved.load(connection, [number])[number]
    known = services.catalog.load_products(saved.product_ids())
    favourites, compared, cart = (
        [_saved_product(item, known.get(item.id), services.settings.currency) for item in place]
        for place in (saved.favourites, saved.compared, saved.cart)
    )
    return SavedAnswer(favourites, compared, cart, list(saved.searches))


@get("/profiles/{profile_id:str}/segments", guards=[requires("read")], sync_to_thread=True)
def list_profile_segments(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> list[MembershipLine]:
    """List the segments a customer is in, since when, and where it is said why."""
    number = _number_of(services, profile_id)
    live = services.memberships.list_for(number)
    followed = services.memberships.list_states().keys()
    named = [(one.id, one.name_en, one.name_ja) for one in BUILTIN_SEGMENTS]
    named += [(one.id, one.name, one.name) for one in services.segments.list_all()]
    lines = []
    for segment_id, name_en, name_ja in named:
        membership = live.get(segment_id)
        if segment_id not in followed:
            members = services.segments.evaluate(segment_id).members
            membership = Membership(len(members), None) if number in members else None
        if membership is not None:
            why = f"/api/segments/{segment_id}/explain?profile_id={quote(profile_id)}"
            lines.append(
                MembershipLine(segment_id, name_en, name_ja, membership.size, membership.since, why)
            )
    return lines


@get("/profiles/{profile_id:str}/messages", guards=[requires("read")], sync_to_thread=True)
def list_profile_messages(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> list[MessageLine]:
    """List the newest messages to a customer, sent and not sent, with reasons and facts used."""
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
    return [
        _message_line(services, message)
        for message in services.outbox.list_for_person(profile.numbers, limit=_MESSAGES)
    ]


def _number_of(services: Services, reference: str) -> int:
    with services.store.read() as connection:
        number = services.profiles.find_number(connection, reference)
    if number is None:
        raise NotFoundError(
            f"no profile by {reference!r}",
            hint="Use a profile id (prf_…), a user id, an e-mail address or a phone number.",
        )
    return number


def _saved_product(item: SavedItem, product: Product | None, currency: str) -> SavedProduct:
    is_sold_out = product is not None and product.stock is not None and product.stock <= 0
    known = "sold_out" if is_sold_out else "available"
    return SavedProduct(
        item=item,
        title=(product.title if product else None) or "",
        title_ja=(product.title_ja if product else None) or "",
        image_url=(product.image_url if product else None) or "",
        price=product.price if product else None,
        price_then=_price_then(item, currency),
        availability=known if product else "unknown",
    )


def _price_then(item: SavedItem, currency: str) -> Money | None:
    code = item.currency or currency
    try:
        return None if item.price is None else Money(to_minor(item.price, code), code)
    except ValueError:
        return None


def _message_line(services: Services, message: MessageView) -> MessageLine:
    record = services.outbox.find_record(message.id)
    reason = message.reason
    return MessageLine(
        message=message,
        title=_title(services, message),
        subject=record.subject if record else "",
        why=record.reason if record else "",
        facts=record.facts if record else [],
        reason_en=_sentence(reason, "en"),
        reason_ja=_sentence(reason, "ja"),
    )


def _sentence(reason: Reason | None, language: str) -> str:
    return explain(reason, language) if reason else ""


def _title(services: Services, message: MessageView) -> str:
    """Return the name of the broadcast or journey that caused a message, else the id of it."""
    origin = message.origin
    try:
        if origin.kind == JOURNEY:
            return services.journeys.get(origin.id.partition("/")[0]).name
        return services.broadcasts.get(origin.id).definition.name
    except NotFoundError:
        return origin.id


def _text(profile: ProfileView, names: tuple[str, ...]) -> str:
    found = (profile.traits[name].value for name in names if name in profile.traits)
    return next((value for value in found if isinstance(value, str)), "")


def _number(profile: ProfileView, names: tuple[str, ...]) -> float | None:
    found = (profile.traits[name].value for name in names if name in profile.traits)
    return next((value for value in found if isinstance(value, int | float)), None)


person_handlers = [
    get_facts,
    get_identity,
    get_sharing,
    get_saved,
    list_profile_segments,
    list_profile_messages,
]
