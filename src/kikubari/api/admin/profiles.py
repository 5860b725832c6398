"""Customers, their timeline, merges; products."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.catalog import Product
from kikubari.deliver import MessageView
from kikubari.events import SequencedEvent, append_in, is_simulated
from kikubari.kit.ids import TimeOrderedIds
from kikubari.profiles import (
    ComputedTraits,
    ConsentEntry,
    Identifier,
    ProfileView,
    decision_event,
    query_computed,
)
from kikubari.spec.envelope import Event
from kikubari.spec.errors import ConflictError

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


class TimelineEntry(msgspec.Struct, frozen=True):
    """An event of a person's, as the profile shows it."""

    position: int
    type: str
    occurred_at: datetime
    source_id: int
    is_simulated: bool
    properties: dict[str, Any]


class ProfileAnswer(msgspec.Struct, frozen=True):
    """Everything known about one customer."""

    profile: ProfileView
    computed: ComputedTraits
    consent_history: list[ConsentEntry]
    messages: list[MessageView]
    timeline: list[TimelineEntry]


class FoundProfile(msgspec.Struct, frozen=True):
    """A search result."""

    number: int
    email: str | None
    traits: dict[str, Any]


class DecisionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That two profiles are, or are not, one person, and why."""

    left: str
    right: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class DecisionAnswer(msgspec.Struct, frozen=True):
    """The event that records the decision; it takes effect when the log has it."""

    event: Event


_SHOWN_TRAITS = ("first_name", "last_name", "name", "country", "language")


@get("/profiles", guards=[requires("read")], sync_to_thread=True)
def search_profiles(
    services: NamedDependency[Services], q: FromQuery[str], limit: Limit = 20
) -> list[FoundProfile]:
    """Find customers by the start of an id, e-mail address, phone number or name."""
    with services.store.read() as connection:
        numbers = services.profiles.search(connection, q, limit=limit)
        people = services.profiles.load_profiles(connection, numbers, names=_SHOWN_TRAITS)
    return [
        FoundProfile(
            number,
            people[number].email,
            {name: trait.value for name, trait in people[number].traits.items()},
        )
        for number in numbers
    ]


@get("/profiles/{profile_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_profile(
    services: NamedDependency[Services], profile_id: FromPath[str], timeline: Limit = 50
) -> ProfileAnswer:
    """Return a customer by profile id, user id, e-mail address or phone number."""
    return _profile_answer(services, profile_id, timeline)


@get("/profiles/lookup", guards=[requires("read")], sync_to_thread=True)
def look_up_profile(
    services: NamedDependency[Services], reference: FromQuery[str], timeline: Limit = 50
) -> ProfileAnswer:
    """Return a customer by any of their ids, also one that cannot stand in a path."""
    return _profile_answer(services, reference, timeline)


def _profile_answer(services: Services, reference: str, timeline: int) -> ProfileAnswer:
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, reference)
        history = services.consents.history(connection, profile.number)
    computed = query_computed(services.columnar, [profile.number], as_of=services.clock.now())
    return ProfileAnswer(
        profile,
        computed[profile.number],
        history,
        services.outbox.list_for_person(profile.numbers),
        [_entry(item) for item in services.log.timeline(profile.numbers, limit=timeline)],
    )


@post("/profiles/merge", guards=[requires("write")], sync_to_thread=True)
def merge_profiles(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[DecisionRequest],
) -> DecisionAnswer:
    """Decide that two profiles are one person."""
    return _decide(request, services, data, is_merge=True)


@post("/profiles/unmerge", guards=[requires("write")], sync_to_thread=True)
def unmerge_profiles(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[DecisionRequest],
) -> DecisionAnswer:
    """Decide that two identifiers are not one person; takes back a merge of any kind."""
    return _decide(request, services, data, is_merge=False)


@get("/products", guards=[requires("read")], sync_to_thread=True)
def list_products(
    services: NamedDependency[Services],
    search: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> list[Product]:
    """List products."""
    page = services.catalog.list_products(search=search or "", category=category, page_size=limit)
    return page.products


def _decide(
    request: Request[Any, Any, Any], services: Services, data: DecisionRequest, *, is_merge: bool
) -> DecisionAnswer:
    with services.store.read() as connection:
        one = services.profiles.get_profile(connection, data.left)
        other = services.profiles.get_profile(connection, data.right)
    if is_merge:
        # By their strongest identifiers: a weaker one would move over and leave the rest behind.
        left, right = one.identifiers[0].identifier, other.identifiers[0].identifier
        if one.number == other.number:
            raise ConflictError(f"{data.left} and {data.right} are one profile already")
    else:
        left, right = _identifier(one, data.left), _identifier(other, data.right)
    event = decision_event(
        left,
        right,
        is_merge=is_merge,
        by=request.user.name,
        explanation=data.reason,
        message_id=TimeOrderedIds().new_id("decision"),
        decided_at=services.clock.now(),
    )
    services.store.write(lambda connection: append_in(connection, [event]))
    return DecisionAnswer(event)


def _identifier(profile: ProfileView, reference: str) -> Identifier:
    """Return the identifier a reference names, else the profile's strongest."""
    kind, _, value = reference.rpartition(":")
    for known in profile.identifiers:
        identifier = known.identifier
        if identifier.value in {reference, value} and kind in {"", identifier.kind}:
            return identifier
    return profile.identifiers[0].identifier


def _entry(item: SequencedEvent) -> TimelineEntry:
    event = item.event
    return TimelineEntry(
        item.position,
        event.type,
        event.occurred_at,
        event.source_id,
        is_simulated(event),
        event.properties or event.traits,
    )


profile_handlers = [
    search_profiles,
    get_profile,
    look_up_profile,
    merge_profiles,
    unmerge_profiles,
    list_products,
]
