"""People: find them, and everything known about one."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.event_words import describe_event
from kikubari.api.pages.facts import list_used_facts
from kikubari.api.people import is_name_simulated, load_people, name_of
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.rendering import PageRequest, reader_of, render
from kikubari.deliver import MessageView, Origin, explain
from kikubari.kit.instants import LATEST, from_micros, to_micros
from kikubari.profiles import ComputedTraits, ConsentEntry, ProfileView, Trait, query_computed
from kikubari.segments import Evaluation
from kikubari.spec.errors import NotFoundError

_PAGE = 30
_EVENTS = 25
_MESSAGES = 10
EVERYONE = "builtin:everyone"
# Shown at the top, in this order; the rest follows by name.
_FIRST_TRAITS = (
    "name", "last_name", "first_name", "last_name_kana", "first_name_kana", "email", "phone",
    "language", "gender", "birthday", "country", "prefecture", "region", "city",
)  # fmt: skip


class MessageLine(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the person: what it said, what became of it, and why."""

    message: MessageView
    title: str  # of what caused it
    subject: str
    facts: list[Any]
    sentence: str


@get("/profiles", guards=[requires("read")], sync_to_thread=True)
def list_profiles(
    request: PageRequest,
    services: NamedDependency[Services],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    after: Annotated[int, QueryParameter(ge=0, le=2**32)] = 0,
) -> Response[Any]:
    """Find people by id, address or name; without a text, show them one after another."""
    everyone = services.segments.evaluate(EVERYONE)
    wanted = q.strip()
    if wanted:
        with services.store.read() as connection:
            numbers = services.profiles.search(connection, wanted, limit=_PAGE)
    else:
        numbers = page_of_members(everyone, after)
    people = load_people(services, numbers[:_PAGE])
    values = {
        "people": [people[number] for number in numbers[:_PAGE] if number in people],
        "n_everyone": len(everyone.members),
        "q": wanted,
        "is_first": not after,
        "next_after": numbers[_PAGE - 1] if len(numbers) > _PAGE else None,
    }
    return render(request, "profiles.html", values)


@get("/profiles/{reference:str}", guards=[requires("read")], sync_to_thread=True)
def show_profile(
    request: PageRequest,
    services: NamedDependency[Services],
    reference: FromPath[str],
    before: Annotated[int | None, QueryParameter(ge=-(2**62), le=2**62)] = None,
) -> Response[Any]:
    """Show everything known about one person."""
    reader = reader_of(request)
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, reference)
        consents = services.consents.history(connection, profile.number)
    events = services.log.timeline(profile.numbers, before=_instant(before), limit=_EVENTS + 1)
    shown = [describe_event(item, reader, services.settings.currency) for item in events[:_EVENTS]]
    values = {
        "profile": profile,
        "name": name_of(profile.traits) or profile.email or profile.id,
        "is_name_simulated": is_name_simulated(profile.traits),
        "traits": _in_order(profile),
        "sources": {source.id: source.name for source in services.sources.list_all()},
        "computed": _computed(services, profile.number),
        "consents": _newest_first(consents),
        "events": shown,
        "is_first": before is None,
        "next_before": to_micros(shown[-1].event.occurred_at) if len(events) > _EVENTS else None,
        "messages": _messages(services, profile, reader),
        "value_text": value_text,
        "now": reader.now,
    }
    return render(request, "profile.html", values)


def page_of_members(evaluation: Evaluation, after: int, size: int = _PAGE) -> list[int]:
    """Return the members' numbers above `after`, one more than a page holds if there is more."""
    members = evaluation.members
    start = members.rank(after) if after else 0
    return list(members[start : start + size + 1]) if start < len(members) else []


def value_text(value: object) -> str:
    """Return a trait's value as a person writes it; objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return msgspec.json.encode(value).decode()


def _instant(micros: int | None) -> datetime:
    try:
        return LATEST if micros is None else from_micros(micros)
    except OverflowError:
        return LATEST


def _in_order(profile: ProfileView) -> list[tuple[str, Trait]]:
    first = {name: place for place, name in enumerate(_FIRST_TRAITS)}
    names = sorted(profile.traits, key=lambda name: (first.get(name, len(first)), name))
    return [(name, profile.traits[name]) for name in names]


def _computed(services: Services, number: int) -> ComputedTraits:
    now = services.clock.now()
    return query_computed(services.columnar, [number], as_of=now)[number]


def _newest_first(entries: list[ConsentEntry]) -> dict[tuple[str, str], list[ConsentEntry]]:
    """Return the ledger's lines per purpose and channel, the standing one first."""
    grouped: dict[tuple[str, str], list[ConsentEntry]] = {}
    for entry in reversed(entries):
        grouped.setdefault((entry.purpose, entry.channel), []).append(entry)
    return dict(sorted(grouped.items(), key=lambda item: item[0]))


def _messages(services: Services, profile: ProfileView, reader: Reader) -> list[MessageLine]:
    lines = []
    title_of = cache(lambda origin: _title(services, origin))
    for message in services.outbox.list_for_person(profile.numbers, limit=_MESSAGES):
        record = services.outbox.find_record(message.id)
        lines.append(
            MessageLine(
                message=message,
                title=title_of(message.origin),
                subject=record.subject if record else "",
                facts=list_used_facts(record),
                sentence=explain(message.reason, reader.language) if message.reason else "",
            )
        )
    return lines


def _title(services: Services, origin: Origin) -> str:
    """Return the name of the broadcast that caused a message, else the id of what did."""
    try:
        return services.broadcasts.get(origin.id).definition.name
    except NotFoundError:
        return origin.id
