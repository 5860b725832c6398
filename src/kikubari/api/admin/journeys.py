"""Journeys: drafts, versions, whether they run, figures, people."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.people import PersonLine, load_people
from kikubari.journeys import (
    ApiEntry,
    Explanation,
    InWords,
    Journey,
    JourneyCounts,
    JourneyDiff,
    JourneyDraft,
    JourneyVersion,
    MovePreview,
    Overlap,
    PublishOptions,
    StepMessages,
    Waiting,
)
from kikubari.journeys.definition import JourneyDefinition, Who
from kikubari.journeys.readiness import Readiness
from kikubari.spec.errors import NotFoundError

Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class NewJourney(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A journey to begin with; `id` is made if none is given."""

    definition: JourneyDefinition
    id: Annotated[str, msgspec.Meta(max_length=100, pattern="^[A-Za-z0-9_.:-]*$")] = ""


class PersonAtStep(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who stands at a step, and why they wait. Nobody is named who was erased."""

    waiting: Waiting
    person: PersonLine | None


class RequestedEntry(msgspec.Struct, frozen=True):
    """A wish was taken down; whether the person enters, `enrolments/{profile}` tells."""

    journey_id: str
    profile: str


class AskedCondition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a way or an exit is for; `event` is the type of what lets people in, if it is one."""

    when: Who
    event: Annotated[str, msgspec.Meta(max_length=500)] | None = None


@post("/journeys/describe", guards=[requires("read")], sync_to_thread=True, status_code=200)
def describe_journey_condition(
    services: NamedDependency[Services], data: JSONBody[AskedCondition]
) -> InWords:
    """Say in plain words whom a way or an exit is for, what let them in included."""
    return services.explaining.describe(data.when, event=data.event)


@get("/journeys", guards=[requires("read")], sync_to_thread=True)
def list_journeys(
    services: NamedDependency[Services], after: FromQuery[str] = "", limit: Limit = 100
) -> list[Journey]:
    """List journeys, newest first; go on `after` the last one's id."""
    return services.journeys.list_some(after=after, limit=limit)


@post("/journeys", guards=[requires("write")], sync_to_thread=True)
def create_journey(services: NamedDependency[Services], data: JSONBody[NewJourney]) -> JourneyDraft:
    """Begin a journey; what is wrong with it yet is in the answer."""
    return services.journeys.create(data.definition, journey_id=data.id or None)


@get("/journeys/overlaps", guards=[requires("read")], sync_to_thread=True)
def list_journey_overlaps(services: NamedDependency[Services]) -> list[Overlap]:
    """List pairs of journeys that hold the same people now, and which goes first."""
    return services.explaining.list_overlaps()


@get("/journeys/{journey_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> Journey:
    """Return a journey as it stands."""
    return services.journeys.get(journey_id)


@get("/journeys/{journey_id:str}/draft", guards=[requires("read")], sync_to_thread=True)
def get_journey_draft(
    services: NamedDependency[Services], journey_id: FromPath[str]
) -> JourneyDraft:
    """Return what the author is at work on, with all that is wrong with it."""
    return services.journeys.get_draft(journey_id)


@put("/journeys/{journey_id:str}/draft", guards=[requires("write")], sync_to_thread=True)
def save_journey_draft(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    data: JSONBody[JourneyDefinition],
    based_on: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> JourneyDraft:
    """Keep a draft, whole or not; refused where another came after the one it is `based_on`."""
    return services.journeys.save_draft(journey_id, data, based_on=based_on)


@get("/journeys/{journey_id:str}/readiness", guards=[requires("read")], sync_to_thread=True)
def get_journey_readiness(
    services: NamedDependency[Services], journey_id: FromPath[str]
) -> Readiness:
    """Return whether the shop sends and has what the draft looks at; nothing of it is a fault."""
    draft = services.journeys.get_draft(journey_id)
    return services.readiness.look(journey_id, draft.draft_no, draft.definition)


@get("/journeys/{journey_id:str}/diff", guards=[requires("read")], sync_to_thread=True)
def diff_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> JourneyDiff:
    """Return what publishing the draft would change."""
    return services.journeys.diff(journey_id)


@get("/journeys/{journey_id:str}/versions", guards=[requires("read")], sync_to_thread=True)
def list_journey_versions(
    services: NamedDependency[Services], journey_id: FromPath[str]
) -> list[JourneyVersion]:
    """List what was published, newest first."""
    return services.journeys.list_versions(journey_id)


@post("/journeys/{journey_id:str}/publish", guards=[requires("send")], sync_to_thread=True)
def publish_journey(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    data: JSONBody[PublishOptions],
) -> Journey:
    """Make the draft the version that lets people in.

    A draft with faults is answered with 400 `invalid_journey` and each fault with its place.
    """
    return services.journeys.publish(journey_id, data, by=actor_of(request).name)


@post("/journeys/{journey_id:str}/publish/preview", guards=[requires("read")], sync_to_thread=True)
def preview_journey_publication(
    services: NamedDependency[Services], journey_id: FromPath[str], data: JSONBody[PublishOptions]
) -> MovePreview:
    """Return who would be moved by publishing the draft, and where to."""
    return services.journeys.preview(journey_id, data)


@post("/journeys/{journey_id:str}/pause", guards=[requires("send")], sync_to_thread=True)
def pause_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> Journey:
    """Let nobody in, nobody go on, and no message leave."""
    return services.journeys.pause(journey_id)


@post("/journeys/{journey_id:str}/resume", guards=[requires("send")], sync_to_thread=True)
def resume_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> Journey:
    """Go on as before the pause; one that drains takes people in again."""
    return services.journeys.resume(journey_id)


@post("/journeys/{journey_id:str}/drain", guards=[requires("send")], sync_to_thread=True)
def drain_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> Journey:
    """Let nobody in any more; those on the way go on to their end."""
    return services.journeys.drain(journey_id)


@post("/journeys/{journey_id:str}/cancel", guards=[requires("send")], sync_to_thread=True)
def cancel_journey(services: NamedDependency[Services], journey_id: FromPath[str]) -> Journey:
    """Stop for good, with every message that has not left."""
    return services.journeys.cancel(journey_id)


@get("/journeys/{journey_id:str}/counts", guards=[requires("read")], sync_to_thread=True)
def count_journey(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    version: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> JourneyCounts:
    """Return how many stand at each step, took each way and reached the goal."""
    return services.explaining.counts(journey_id, version=version)


@get("/journeys/{journey_id:str}/messages", guards=[requires("read")], sync_to_thread=True)
def count_journey_messages(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    version: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> list[StepMessages]:
    """Return what became of the messages of each message step: sent, waiting, stopped by what."""
    return services.explaining.messages(journey_id, version=version)


@get(
    "/journeys/{journey_id:str}/steps/{step_id:str}/people",
    guards=[requires("read")],
    sync_to_thread=True,
)
def list_people_at_step(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    step_id: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Limit = 50,
) -> list[PersonAtStep]:
    """List people at a step, who is due first first; go on `after` the last one's enrolment."""
    found = services.explaining.list_people(journey_id, step_id, after=after, limit=limit)
    people = load_people(services, {one.number for one in found})
    return [PersonAtStep(waiting=one, person=people.get(one.number)) for one in found]


@get(
    "/journeys/{journey_id:str}/enrolments/{profile:str}",
    guards=[requires("read")],
    sync_to_thread=True,
)
def explain_enrolment(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    profile: FromPath[str],
    is_brief: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
) -> Explanation:
    """Say why a person is in a journey or not, the way they went and why, and what comes next.

    `is_brief` leaves out what conditions would have to be asked for.
    """
    number = _number_of(services, profile)
    return services.explaining.explain(journey_id, number, is_brief=is_brief)


@post("/journeys/{journey_id:str}/enrolments", guards=[requires("send")], sync_to_thread=True)
def request_enrolment(
    services: NamedDependency[Services], journey_id: FromPath[str], data: JSONBody[ApiEntry]
) -> RequestedEntry:
    """Ask that a person enters, by the journey's own rules; the same key counts once."""
    services.journeys.request_entry(
        journey_id,
        _number_of(services, data.profile),
        key=data.key,
        properties=data.properties,
    )
    return RequestedEntry(journey_id, data.profile)


def _number_of(services: Services, profile: str) -> int:
    with services.store.read() as connection:
        number = services.profiles.find_number(connection, profile)
    if number is None:
        raise NotFoundError(f"nobody is known as {profile}")
    return number


journey_handlers = [
    list_journeys,
    create_journey,
    describe_journey_condition,
    list_journey_overlaps,
    get_journey,
    get_journey_draft,
    save_journey_draft,
    get_journey_readiness,
    diff_journey,
    list_journey_versions,
    publish_journey,
    preview_journey_publication,
    pause_journey,
    resume_journey,
    drain_journey,
    cancel_journey,
    count_journey,
    count_journey_messages,
    list_people_at_step,
    explain_enrolment,
    request_enrolment,
]
