"""Test sends of drafts, to members of the installation and nobody else."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED
from kikubari.journeys import BroadcastDefinition, TestedAddress, find_letter, in_language
from kikubari.spec.errors import InvalidInputError, RateLimitedError

_PER_MINUTE = 10


class TestSend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As whom a draft is written, which of its letters, and the members it goes to.

    Attributes:
        letter: of an experiment, ``a`` to ``h``; empty: the broadcast's own.
        language: one that the letter is written in; empty: the customer's.
    """

    profile_id: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    addresses: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=320)], ...],
        msgspec.Meta(min_length=1, max_length=5),
    ]
    letter: Annotated[str, msgspec.Meta(max_length=1)] = ""
    language: Annotated[str, msgspec.Meta(max_length=35)] = ""


@post(
    "/broadcasts/{broadcast_id:str}/test",
    guards=[requires("write")],
    status_code=200,
    opt={AUDITED: True},
)
async def send_broadcast_test(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    data: JSONBody[TestSend],
) -> list[TestedAddress]:
    """Send a draft as one customer would get it, to members; nothing in it acts or is counted."""
    definition, number, addresses = await asyncio.to_thread(
        _prepare, request, services, broadcast_id, data
    )
    return await services.send_trial(definition, number, addresses)


def _prepare(
    request: Request[Any, Any, Any], services: Services, broadcast_id: str, data: TestSend
) -> tuple[BroadcastDefinition, int, list[str]]:
    """Return what is sent as whom and to where, written down first.

    Raises:
        NotFoundError: no such broadcast, letter or language, or nobody by that reference.
        InvalidInputError: an address that is no member's.
        RateLimitedError: too many tests.
    """
    by = actor_of(request)
    definition = find_letter(services.broadcasts.get(broadcast_id).definition, data.letter)
    if data.language:
        definition = in_language(definition, data.language)
    with services.store.read() as connection:
        number = services.profiles.get_profile(connection, data.profile_id).number
    members = {one.email.casefold(): one.email for one in services.access.members.list_members()}
    wanted = list(dict.fromkeys(one.strip().casefold() for one in data.addresses))
    if strangers := [one for one in wanted if one not in members]:
        raise InvalidInputError(
            f"no member has the address {strangers[0]}",
            hint="A test goes to members of this installation; GET /api/members lists them.",
        )
    wait = services.form_calls.take(f"test sends of {by.name}", per_minute=_PER_MINUTE)
    if wait:
        raise RateLimitedError("too many test sends", retry_after_seconds=wait)
    addresses = [members[one] for one in wanted]
    which = " ".join(one for one in (data.letter, data.language) if one)
    detail = f"{which and which + ' '}as {data.profile_id} to {', '.join(addresses)}"
    services.store.write(
        lambda connection: services.access.audit.append(
            connection, by, "broadcast.tested", broadcast_id, detail
        )
    )
    return definition, number, addresses


trial_handlers = [send_broadcast_test]
