"""Where events come from, and which were refused."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import PageRequest, render

_PAGE = 25


@get("/collecting", guards=[requires("read")], sync_to_thread=True)
def show_collecting(
    request: PageRequest,
    services: NamedDependency[Services],
    before: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> Response[Any]:
    """Show sources and refused events."""
    sources = services.sources.list_all()
    refused = services.rejected.list_newest(before_id=before, limit=_PAGE + 1)
    counts = services.rejected.count_by_code()
    values = {
        "sources": sources,
        "source_names": {source.id: source.name for source in sources},
        "is_admin": request.user is not None and "admin" in request.user.scopes,
        "refused": refused[:_PAGE],
        "next_before": refused[_PAGE - 1].id if len(refused) > _PAGE else None,
        "is_first": before is None,
        "counts": counts,
        "n_refused": sum(count.n_events for count in counts),
    }
    return render(request, "collecting.html", values)
