"""The shop's own rules: how often and when it writes, and what holds for every broadcast."""

from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import BroadcastDefaults, FrequencyPolicy, StoredDefaults, StoredPolicy
from kikubari.deliver import check_policy as check_frequency_policy
from kikubari.measure import PolicyTrial
from kikubari.spec.errors import InvalidInputError

AnyRequest = Request[Any, Any, Any]
Days = Annotated[int, QueryParameter(ge=1, le=90)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Version = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]


@get("/policies/frequency", guards=[requires("read")], sync_to_thread=True)
def get_frequency_policy(services: NamedDependency[Services]) -> StoredPolicy:
    """Return how often and when customers may be written to."""
    return services.frequency_policies.get()


@put("/policies/frequency", guards=[requires("admin")], sync_to_thread=True)
def set_frequency_policy(
    request: AnyRequest,
    services: NamedDependency[Services],
    data: JSONBody[FrequencyPolicy],
) -> StoredPolicy:
    """Put rules in force, for everything that has not left yet; earlier versions are kept."""
    _check_topics(services, data)
    return services.frequency_policies.set(data, at=services.clock.now(), by=request.user.name)


@get("/policies/frequency/versions", guards=[requires("read")], sync_to_thread=True)
def list_frequency_policies(
    services: NamedDependency[Services], before: Version = None, limit: Limit = 50
) -> list[StoredPolicy]:
    """List the rules there were, newest first, with who put them in force and when."""
    return services.frequency_policies.list_versions(before=before, limit=limit)


@post("/policies/frequency/try", guards=[requires("read")], sync_to_thread=True, status_code=200)
def try_frequency_policy(
    services: NamedDependency[Services], data: JSONBody[FrequencyPolicy], days: Days = 30
) -> PolicyTrial:
    """Say how many people rules would have made wait in the last days; nothing changes."""
    check_frequency_policy(data)
    topics = {cap.topic for cap in data.caps if cap.topic}
    return services.mailings.try_policy(
        data,
        until=services.clock.now(),
        days=days,
        on_topic={topic: services.topics.list_broadcasts(topic) for topic in topics},
    )


@get("/policies/broadcasts", guards=[requires("read")], sync_to_thread=True)
def get_broadcast_defaults(services: NamedDependency[Services]) -> StoredDefaults:
    """Return what holds for broadcasts that do not say themselves."""
    return services.broadcast_defaults.get()


@put("/policies/broadcasts", guards=[requires("admin")], sync_to_thread=True)
def set_broadcast_defaults(
    request: AnyRequest,
    services: NamedDependency[Services],
    data: JSONBody[BroadcastDefaults],
) -> StoredDefaults:
    """Say what holds for broadcasts that do not say themselves, for drafts saved from now on."""
    return services.broadcast_defaults.set(data, at=services.clock.now(), by=request.user.name)


@get("/policies/broadcasts/versions", guards=[requires("read")], sync_to_thread=True)
def list_broadcast_defaults(
    services: NamedDependency[Services], before: Version = None, limit: Limit = 50
) -> list[StoredDefaults]:
    """List what held for broadcasts, newest first, with who said so and when."""
    return services.broadcast_defaults.list_versions(before=before, limit=limit)


def _check_topics(services: Services, policy: FrequencyPolicy) -> None:
    known = {one.definition.id for one in services.topics.list_all()}
    for cap in policy.caps:
        if cap.topic and cap.topic not in known:
            raise InvalidInputError(
                f"there is no topic {cap.topic}", hint="GET /api/topics lists them."
            )


policy_handlers = [
    get_frequency_policy,
    set_frequency_policy,
    list_frequency_policies,
    try_frequency_policy,
    get_broadcast_defaults,
    set_broadcast_defaults,
    list_broadcast_defaults,
]
