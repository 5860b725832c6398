"""Which journeys and broadcasts compete for the same people, and what to do about it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from kikubari.deliver import Meetings, Origin, find_meetings
from kikubari.journeys.mapping.contracts import Advice, Conflict, ConflictMap, Flow
from kikubari.journeys.running import JOURNEY, Explaining, Journeys, Overlap, read_origin
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_BROADCAST = "broadcast"
# Below so many people a pair that meets is watched, nothing more.
_FEW = 10
Pair = tuple[str, str]


def map_conflicts(
    store: StateStore,
    journeys: Journeys,
    explaining: Explaining,
    broadcast_name: Callable[[str], str],
    *,
    since: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> ConflictMap:
    """Return every pair of flows that meet in the same people.

    Args:
        store: of messages.
        journeys: have names.
        explaining: counts who is in two journeys now.
        broadcast_name: names a broadcast.
        since: messages before do not count.
        workspace_id: whose.
    """
    with store.read() as connection:
        met = find_meetings(connection, _flow_of, since=since, workspace_id=workspace_id)
    names = {f"{JOURNEY}:{one.id}": one.name for one in journeys.list_journeys()}
    found = [_conflict(pair, met, overlap) for pair, overlap in _pairs(met, explaining)]
    found.sort(key=lambda one: (-(one.one_capped + one.other_capped), -one.close, -one.together))
    flows = sorted({side for one in found for side in (one.one, one.other)})
    return ConflictMap(
        since=since,
        flows=[_flow(key, names, broadcast_name) for key in flows],
        conflicts=found,
    )


def _flow_of(origin: Origin) -> str:
    """Return what a message belongs to: its whole journey, or its broadcast."""
    if origin.kind == JOURNEY:
        return f"{JOURNEY}:{read_origin(origin)[0]}"
    return f"{origin.kind}:{origin.id}"


def _flow(key: str, names: dict[str, str], broadcast_name: Callable[[str], str]) -> Flow:
    kind, _, id_ = key.partition(":")
    if kind == JOURNEY:
        return Flow(id=key, kind="journey", name=names.get(key, id_))
    return Flow(id=key, kind="broadcast", name=broadcast_name(id_) if kind == _BROADCAST else id_)


def _pairs(met: Meetings, explaining: Explaining) -> Iterable[tuple[Pair, Overlap | None]]:
    overlaps = {
        _sorted(f"{JOURNEY}:{one.one}", f"{JOURNEY}:{one.other}"): one
        for one in explaining.list_overlaps()
    }
    pairs = {*met.close, *(_sorted(*pair) for pair in met.capped), *overlaps}
    return [(pair, overlaps.get(pair)) for pair in sorted(pairs)]


def _sorted(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _conflict(pair: Pair, met: Meetings, overlap: Overlap | None) -> Conflict:
    one, other = pair
    capped = met.capped.get((one, other), 0), met.capped.get((other, one), 0)
    close = met.close.get(pair, 0)
    together = 0 if overlap is None else overlap.people
    wins = "" if overlap is None or not overlap.wins else f"{JOURNEY}:{overlap.wins}"
    return Conflict(
        one=one,
        other=other,
        together=together,
        close=close,
        one_capped=capped[0],
        other_capped=capped[1],
        wins=wins,
        advice=_advise(pair, close=close, capped=sum(capped), together=together, wins=wins),
    )


def _advise(pair: Pair, *, close: int, capped: int, together: int, wins: str) -> Advice:
    """Return what helps most: first against messages lost, then against too many at once."""
    are_journeys = all(side.startswith(f"{JOURNEY}:") for side in pair)
    if capped:
        if not are_journeys:
            return "exclude"
        return "loser_waits" if wins else "give_priority"
    if close >= _FEW:
        return "spread" if are_journeys else "exclude"
    return "give_priority" if are_journeys and together >= _FEW and not wins else "watch"
