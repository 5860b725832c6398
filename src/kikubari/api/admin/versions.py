"""Earlier versions of a broadcast."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys import BroadcastDefinition, BroadcastVersion, Change

Version = Annotated[int, QueryParameter(ge=1)]


@get("/broadcasts/{broadcast_id:str}/versions", guards=[requires("read")], sync_to_thread=True)
def list_versions(
    services: NamedDependency[Services], broadcast_id: FromPath[str]
) -> list[BroadcastVersion]:
    """List all versions of a broadcast, newest first."""
    return services.versions.list_versions(broadcast_id)


@get(
    "/broadcasts/{broadcast_id:str}/versions/{version:int}",
    guards=[requires("read")],
    sync_to_thread=True,
)
def get_version(
    services: NamedDependency[Services], broadcast_id: FromPath[str], version: FromPath[int]
) -> BroadcastDefinition:
    """Return a broadcast as it was; writing it again as the draft brings it back."""
    return services.versions.get(broadcast_id, version)


@get("/broadcasts/{broadcast_id:str}/changes", guards=[requires("read")], sync_to_thread=True)
def list_changes(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    before: Version,
    after: Version,
) -> list[Change]:
    """Say what differs between two versions, block by block."""
    return services.versions.compare(broadcast_id, before, after)


version_handlers = [list_versions, get_version, list_changes]
