"""Life stages: what the shop defined of needs that evolve."""

from typing import Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.stages import (
    NO_STAGE,
    LifeStages,
    PersonStage,
    StageCount,
    StageRefusal,
)
from kikubari.profiles import ProfileView
from kikubari.spec.errors import InvalidInputError


class StageCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer told staff.

    Attributes:
        stage: id of the stage they are in; null if in none of them.
    """

    stage: str | None


@get("/life-stages", guards=[requires("read")], sync_to_thread=True)
def list_life_stages(services: NamedDependency[Services]) -> list[LifeStages]:
    """List all definitions, by id; a shop has few."""
    return services.life_stages.list_all()


@get("/life-stages/{stages_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_life_stages(services: NamedDependency[Services], stages_id: FromPath[str]) -> LifeStages:
    """Return a definition."""
    return services.life_stages.get(stages_id)


@put("/life-stages/{stages_id:str}", guards=[requires("write")], sync_to_thread=True)
def put_life_stages(
    services: NamedDependency[Services], stages_id: FromPath[str], data: JSONBody[LifeStages]
) -> LifeStages:
    """Define stages, anew or for the first time; everybody's are found within the hour."""
    if data.id != stages_id:
        raise InvalidInputError(f"the definition is of {data.id!r}, not of {stages_id!r}")
    return services.life_stages.put(data)


@delete("/life-stages/{stages_id:str}", guards=[requires("write")], sync_to_thread=True)
def delete_life_stages(services: NamedDependency[Services], stages_id: FromPath[str]) -> None:
    """Remove a definition; what it told of people is withdrawn within the hour."""
    services.life_stages.remove(stages_id)


@post("/life-stages/check", guards=[requires("read")], sync_to_thread=True, status_code=200)
def check_life_stages(
    services: NamedDependency[Services], data: JSONBody[LifeStages]
) -> list[StageRefusal]:
    """Say by which words of a draft nobody may be put into a stage; none if it can be saved."""
    return services.life_stages.check(data)


@post("/life-stages/trial", guards=[requires("read")], sync_to_thread=True, status_code=200)
def try_life_stages(
    services: NamedDependency[Services], data: JSONBody[LifeStages]
) -> list[StageCount]:
    """Count who would be in each stage of a draft; what nobody may infer is refused."""
    services.life_stages.refuse_forbidden(data)
    return services.stage_people.try_out(data)


@get("/life-stages/{stages_id:str}/people", guards=[requires("read")], sync_to_thread=True)
def count_life_stages(
    services: NamedDependency[Services], stages_id: FromPath[str]
) -> list[StageCount]:
    """Count who is told to be in each stage, by own word and by guess."""
    return services.stage_people.count(services.life_stages.get(stages_id))


@get("/profiles/{profile_id:str}/life-stages", guards=[requires("read")], sync_to_thread=True)
def list_profile_life_stages(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> list[PersonStage]:
    """Say where a customer is in each definition, and why."""
    profile = _profile(services, profile_id)
    definitions = services.life_stages.list_all()
    return services.stage_people.explain(definitions, profile.number, profile.numbers)


@put(
    "/profiles/{profile_id:str}/life-stages/{stages_id:str}",
    guards=[requires("write")],
    sync_to_thread=True,
)
def correct_life_stage(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    stages_id: FromPath[str],
    data: JSONBody[StageCorrection],
) -> PersonStage:
    """Write down the stage a customer told staff; it counts as their own word, at once."""
    stage = NO_STAGE if data.stage is None else data.stage
    return _correct(request, services, (profile_id, stages_id), stage)


@delete(
    "/profiles/{profile_id:str}/life-stages/{stages_id:str}",
    guards=[requires("write")],
    sync_to_thread=True,
    status_code=200,
)
def take_back_life_stage(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    stages_id: FromPath[str],
) -> PersonStage:
    """Take back what was written down; the rest of what is known decides again."""
    return _correct(request, services, (profile_id, stages_id), None)


def _correct(
    request: Request[Any, Any, Any],
    services: Services,
    where: tuple[str, str],
    stage: str | None,
) -> PersonStage:
    profile = _profile(services, where[0])
    return services.stage_people.correct(
        services.life_stages.get(where[1]),
        profile.number,
        profile.numbers,
        stage=stage,
        by=request.user.name,
    )


def _profile(services: Services, profile_id: str) -> ProfileView:
    with services.store.read() as connection:
        return services.profiles.get_profile(connection, profile_id)


life_stage_handlers = [
    list_life_stages,
    check_life_stages,
    try_life_stages,
    get_life_stages,
    put_life_stages,
    delete_life_stages,
    count_life_stages,
    list_profile_life_stages,
    correct_life_stage,
    take_back_life_stage,
]
