"""Home: is everything alive, what happened, what to do next."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.funnel import draw_funnel
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.segments import EVERYONE
from kikubari.journeys import Broadcast, BroadcastState

# A consumer this far behind is late rather than busy.
LATE_EVENTS = 50_000


@get("/", guards=[requires("read")], sync_to_thread=True)
def show_home(request: PageRequest, services: NamedDependency[Services]) -> Response[Any]:
    """Show the state of things."""
    health = services.health()
    newest = services.broadcasts.list_broadcasts(limit=20)
    last = next((one for one in newest if one.started_at is not None), None)
    report = services.reports.broadcast(last.id) if last else None
    counts = services.rejected.count_by_code()
    values = {
        "health": health,
        "troubled": [one for one in health.consumers if not one.is_alive],
        "late": [one for one in health.consumers if (one.lag or 0) > LATE_EVENTS],
        "copy_lag": services.copier.lag(),
        "n_people": len(services.segments.evaluate(EVERYONE).members),
        "n_refused": sum(count.n_events for count in counts),
        "n_received": services.inbox.count(),
        "last": last,
        "progress": services.broadcasts.progress(last.id) if last else None,
        "report": report,
        "funnel": draw_funnel(report) if report else [],
        "next_steps": _next_steps(health.log_position, newest),
    }
    return render(request, "home.html", values)


def _next_steps(n_events: int, broadcasts: list[Broadcast]) -> list[str]:
    """Return what to try next, most useful first."""
    if not n_events:
        return ["import", "sdk"]
    steps = []
    if any(one.state is BroadcastState.PAUSED for one in broadcasts):
        steps.append("resume")
    if any(one.state is BroadcastState.DRAFT for one in broadcasts):
        steps.append("draft")
    steps.append("inbox" if any(one.started_at for one in broadcasts) else "broadcast")
    return [*steps, "person", "segment", "sdk"]
