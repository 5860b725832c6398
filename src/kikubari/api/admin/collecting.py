"""Sources, refused events, products."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import FILE_IMPORT, Services
from kikubari.collect import RejectedEvent, RejectionCount, Source, SourceKind, SourceLimits

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
SourceId = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
RowId = Annotated[int | None, QueryParameter(ge=0, le=2**53)]
SourceNumber = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]


class SourceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source to make."""

    name: str
    kind: SourceKind = SourceKind.SERVER
    allowed_origins: list[str] = []
    allowed_events: list[str] = []
    events_per_minute: int | None = None


class KeyRotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how long the old write key still works."""

    overlap_hours: Annotated[int, msgspec.Meta(ge=0, le=720)] = 0


class FileImportSource(msgspec.Struct, frozen=True):
    """The source of file imports, and the key its events are sent with."""

    id: int
    write_key: str


class RejectedPage(msgspec.Struct, frozen=True):
    """The newest refused events, and how many there are of each code."""

    counts: list[RejectionCount]
    events: list[RejectedEvent]


@get("/sources", guards=[requires("admin")], sync_to_thread=True)
def list_sources(services: NamedDependency[Services]) -> list[Source]:
    """List sources; a browser's write key is public, a server's is shown when it is made alone."""
    return services.sources.list_all()


@post("/sources", guards=[requires("admin")], sync_to_thread=True)
def create_source(services: NamedDependency[Services], data: JSONBody[SourceRequest]) -> Source:
    """Make a source with a new write key."""
    limits = SourceLimits(
        allowed_origins=tuple(data.allowed_origins),
        allowed_events=tuple(data.allowed_events),
        events_per_minute=data.events_per_minute,
    )
    return services.sources.create(data.name, data.kind, limits=limits)


@put("/sources/{source_id:int}/limits", guards=[requires("admin")], sync_to_thread=True)
def limit_source(
    services: NamedDependency[Services],
    source_id: SourceId,
    data: JSONBody[SourceLimits],
) -> Source:
    """Say anew from where a source's events may come, which ones, and how many a minute."""
    return services.sources.limit(source_id, data)


@post(
    "/sources/{source_id:int}/rotate",
    guards=[requires("admin")],
    sync_to_thread=True,
    status_code=200,
)
def rotate_source_key(
    services: NamedDependency[Services],
    source_id: SourceId,
    data: JSONBody[KeyRotation],
) -> Source:
    """Give a source a new write key."""
    overlap = timedelta(hours=data.overlap_hours)
    return services.sources.rotate_key(source_id, overlap=overlap)


@post("/sources/file-import", guards=[requires("write")], sync_to_thread=True)
def open_file_import(services: NamedDependency[Services]) -> FileImportSource:
    """Return the source that file imports come from, making it the first time.

    It is one source for ever: a row imported twice is recognised by its source and id. Its key
    is kept, sealed, as every import needs it.
    """
    for source in services.sources.list_all():
        if source.name == FILE_IMPORT and source.write_key:
            return FileImportSource(source.id, source.write_key)
    made = services.sources.create(FILE_IMPORT, SourceKind.SERVER, is_key_kept=True)
    assert made.write_key  # noqa: S101 - it was just made
    return FileImportSource(made.id, made.write_key)


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


collecting_handlers = [
    list_sources,
    create_source,
    limit_source,
    rotate_source_key,
    open_file_import,
    list_rejected,
]
