"""The shop's own rules: how often and when it writes."""

from typing import Any

from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import FrequencyPolicy, StoredPolicy


@get("/policies/frequency", guards=[requires("read")], sync_to_thread=True)
def get_frequency_policy(services: NamedDependency[Services]) -> StoredPolicy:
    """Return how often and when customers may be written to."""
    return services.frequency_policies.get()


@put("/policies/frequency", guards=[requires("admin")], sync_to_thread=True)
def set_frequency_policy(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[FrequencyPolicy],
) -> StoredPolicy:
    """Put rules in force, for everything that has not left yet; earlier versions are kept."""
    return services.frequency_policies.set(data, at=services.clock.now(), by=request.user.name)


policy_handlers = [get_frequency_policy, set_frequency_policy]
