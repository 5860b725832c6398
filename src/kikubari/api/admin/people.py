"""Finding customers: by text, in a segment, or those last heard of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import PersonLine, load_people

PageSize = Annotated[int, QueryParameter(ge=1, le=200)]
# Events read back at a time to find who was last heard of, and how often at most for one page.
_RECENT_EVENTS = 5_000
_RECENT_READS = 5
_MAX_SEARCH = 500


class PeoplePage(msgspec.Struct, frozen=True):
    """Some customers.

    Attributes:
        people: in order.
        next: pass as `after` for the next page; None at the end.
        total: how many there are in all; None where counting would cost more than it tells.
    """

    people: list[PersonLine]
    next: int | None
    total: int | None


@get("/people", guards=[requires("read")], sync_to_thread=True)
def list_people(
    services: NamedDependency[Services],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    segment: Annotated[str, QueryParameter(max_length=100)] = "",
    after: Annotated[int | None, QueryParameter(ge=0, le=2**53)] = None,
    limit: PageSize = 50,
) -> PeoplePage:
    """Find customers by the start of an id, address, phone number or of each word of a name.

    Without a text: the members of a segment, else those last heard of.
    """
    text = q.strip()
    if text:
        return _search(services, text, segment, limit)
    if segment:
        return _members(services, segment, after or 0, limit)
    return _recent(services, after, limit)


def _search(services: Services, text: str, segment: str, limit: int) -> PeoplePage:
    wanted = _MAX_SEARCH if segment else limit + 1
    with services.store.read() as connection:
        numbers = services.profiles.search(connection, text, limit=wanted)
    if segment:
        members = services.segments.evaluate(segment).members
        numbers = [number for number in numbers if number in members]
    is_whole = len(numbers) <= limit and not (segment and len(numbers) == _MAX_SEARCH)
    total = len(numbers) if is_whole else None
    return PeoplePage(_lines(services, numbers[:limit]), None, total)


def _members(services: Services, segment: str, after: int, limit: int) -> PeoplePage:
    members = services.segments.evaluate(segment).members
    start = members.rank(after) if after else 0
    numbers = list(members[start : start + limit + 1]) if start < len(members) else []
    shown = numbers[:limit]
    has_more = len(numbers) > limit
    return PeoplePage(_lines(services, shown), shown[-1] if has_more else None, len(members))


def _recent(services: Services, after: int | None, limit: int) -> PeoplePage:
    """Walk back along the log; somebody seen on an earlier page may come again."""
    found: dict[int, None] = {}
    before = after
    for _ in range(_RECENT_READS):
        heard = services.log.list_recent_numbers(before=before, limit=_RECENT_EVENTS)
        with services.store.read() as connection:
            now_is = services.profiles.resolve_numbers(connection, {one for _, one in heard})
        for position, number in heard:
            before = position
            if number in now_is:
                found[now_is[number]] = None
            if len(found) == limit:
                return PeoplePage(_lines(services, list(found)), before, None)
        if before is None or before <= 1 or not heard:
            return PeoplePage(_lines(services, list(found)), None, None)
    return PeoplePage(_lines(services, list(found)), before, None)


def _lines(services: Services, numbers: Sequence[int]) -> list[PersonLine]:
    people = load_people(services, numbers)
    with services.store.read() as connection:
        profile_of = services.profiles.numbers_of(connection, numbers)
    last_seen: dict[int, datetime] = {}
    for number, at in services.log.last_seen(list(profile_of)).items():
        profile = profile_of[number]
        last_seen[profile] = max(at, last_seen.get(profile, at))
    return [
        msgspec.structs.replace(people[number], last_seen_at=last_seen.get(number))
        for number in numbers
        if number in people
    ]


people_handlers = [list_people]
