"""Personas, look-alike audiences, and the lists both are kept as."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.segments import (
    Lookalike,
    PersonaRules,
    PersonaSet,
    SearchProgress,
    StoredList,
)

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class PersonasAnswer(msgspec.Struct, frozen=True):
    """The newest personas: found in behaviour, and defined by rules; null before the first."""

    found: PersonaSet | None
    defined: PersonaSet | None


class FindRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look at: the year before `as_of`, now by default."""

    as_of: Instant | None = None


class LookalikeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people to look for. With a name, the audience is kept as a list."""

    size: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    as_of: Instant | None = None


@get("/personas", guards=[requires("read")], sync_to_thread=True)
def get_personas(services: NamedDependency[Services]) -> PersonasAnswer:
    """Return the personas assigned last."""
    return PersonasAnswer(services.personas.latest("found"), services.personas.latest("defined"))


@post("/personas/search", guards=[requires("write")], sync_to_thread=True, status_code=202)
def find_personas(
    services: NamedDependency[Services], data: JSONBody[FindRequest]
) -> SearchProgress:
    """Begin to look for kinds of customers in what people did; one search at a time.

    When it is done, everybody is assigned and the result is kept.
    """
    return services.personas.search.start(data.as_of)


@get("/personas/search", guards=[requires("read")], sync_to_thread=False)
def get_persona_search(services: NamedDependency[Services]) -> SearchProgress:
    """Say how far the last search has come."""
    return services.personas.search.progress()


@delete("/personas/search", guards=[requires("write")], sync_to_thread=False, status_code=202)
def cancel_persona_search(services: NamedDependency[Services]) -> SearchProgress:
    """Ask the search that is under way to end; the personas stay as they were."""
    return services.personas.search.cancel()


@put("/personas", guards=[requires("write")], sync_to_thread=True)
def define_personas(
    services: NamedDependency[Services], data: JSONBody[PersonaRules]
) -> PersonaSet:
    """Define personas by segments in order of priority, and assign everybody to one."""
    return services.personas.define(data)


@post("/personas/assign", guards=[requires("write")], sync_to_thread=True, status_code=200)
def assign_personas(services: NamedDependency[Services]) -> PersonaSet:
    """Assign everybody anew by the rules defined last."""
    return services.personas.renew()


@post(
    "/segments/{segment_id:str}/lookalikes",
    guards=[requires("write")],
    sync_to_thread=True,
    status_code=200,
)
def find_lookalikes(
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    data: JSONBody[LookalikeRequest],
) -> Lookalike:
    """Find those who behave most like a segment's members, with the lift on members held back."""
    if data.name is None:
        return services.lookalikes.find(segment_id, data.size, data.as_of)
    return services.lookalikes.save(segment_id, data.size, data.name, data.as_of)[0]


@get("/lists", guards=[requires("read")], sync_to_thread=True)
def list_lists(services: NamedDependency[Services]) -> list[StoredList]:
    """List the stored lists that the condition `list` can refer to."""
    return services.lists.list_all()


persona_handlers = [
    get_personas,
    find_personas,
    get_persona_search,
    cancel_persona_search,
    define_personas,
    assign_personas,
    find_lookalikes,
    list_lists,
]
