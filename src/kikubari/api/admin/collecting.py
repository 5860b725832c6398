"""Sources, refused events, products."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.collect import RejectedEvent, RejectionCount, Source, SourceKind

FILE_IMPORT = "File import"
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
RowId = Annotated[int | None, QueryParameter(ge=0, le=2**53)]
SourceNumber = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]


class SourceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source to make."""

    name: str
    kind: SourceKind = SourceKind.SERVER
    allowed_origins: list[str] = []


class RejectedPage(msgspec.Struct, frozen=True):
    """The newest refused events, and how many there are of each code."""

    counts: list[RejectionCount]
    events: list[RejectedEvent]


@get("/sources", guards=[requires("admin")], sync_to_thread=True)
def list_sources(services: NamedDependency[Services]) -> list[Source]:
    """List sources with their write keys."""
    return services.sources.list_all()


@post("/sources", guards=[requires("admin")], sync_to_thread=True)
def create_source(services: NamedDependency[Services], data: JSONBody[SourceRequest]) -> Source:
    """Make a source with a new write key."""
    return services.sources.create(data.name, data.kind, allowed_origins=data.allowed_origins)


@post("/sources/file-import", guards=[requires("write")], sync_to_thread=True)
def open_file_import(services: NamedDependency[Services]) -> Source:
    """Return the source that file imports come from, making it the first time.

    It is one source for ever: a row imported twice is recognised by its source and id.
    """
    for source in services.sources.list_all():
        if source.name == FILE_IMPORT and source.kind is SourceKind.SERVER:
            return source
    return services.sources.create(FILE_IMPORT, SourceKind.SERVER)


@get("/rejected-events", guards=[requires("read")], sync_to_thread=True)
def list_rejected(
    services: NamedDependency[Services],
    source_id: SourceNumber = None,
    code: FromQuery[str | None] = None,
    before_id: RowId = None,
    limit: Limit = 100,
) -> RejectedPage:
    """List events that were refused, newest first."""
    return RejectedPage(
        services.rejected.count_by_code(),
        services.rejected.list_newest(
            source_id=source_id, code=code, before_id=before_id, limit=limit
        ),
    )


collecting_handlers = [list_sources, create_source, open_file_import, list_rejected]
