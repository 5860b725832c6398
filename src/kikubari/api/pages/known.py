"""What the shop knows about a customer, who said so, and their own word on each of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.reader import Reader, choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import Standing, answer_unknown, find_customer
from kikubari.api.pages.values import Choice, Field, Values, is_instant
from kikubari.deliver import Wish
from kikubari.events import CONTACT_TRAITS, append_in
from kikubari.kit.instants import to_micros
from kikubari.profiles import Trait, query_computed
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID

Form = URLEncodedBody[dict[str, str]]
MAX_VALUE = 200
# Without these nobody can be written to, or not in their language and by their clock.
_NEEDED = CONTACT_TRAITS | {"language", "timezone"}
_BOOKKEEPING = frozenset({"simulated_fields", "predicted_model_version", "predicted_horizon_days"})
# What a message may ask for by its link, each with the field to tell it by.
ASKABLE: Mapping[str, Field] = {
    "birthday": "date",
    "first_name": "text",
    "last_name": "text",
    "city": "text",
}
_PROVENANCES = {"inferred_self": "inferred", "inferred_group": "inferred"}


class KnownFact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is known.

    Attributes:
        name: of the attribute.
        value: in words.
        stated: as it was told, if that is a text.
        field: by which it is put right.
        choices: that the field offers; empty for one that is written in freely.
        provenance: declared, observed, inferred or third_party.
        source: that said so, in words; empty for what the shop worked out.
        at: when it was said; None for what is worked out anew each time.
        is_correctable: the customer may put it right here.
        is_switchable: it can be left unused; contact data is needed to write at all.
        is_used: the customer did not say to leave it unused.
    """

    name: str
    value: str
    stated: str = ""
    field: Field = "text"
    choices: Sequence[Choice] = ()
    provenance: str
    source: str
    at: datetime | None
    is_correctable: bool
    is_switchable: bool
    is_used: bool


@get("/p/{token:str}/known", sync_to_thread=True)
def show_known(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Show what is known, and fields for what the link asks for and nobody told."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    known = _list_known(services, standing, _values(request, services))
    asked = request.query_params.getall("ask", [])
    return _page(request, token, [*_unknown(known, asked), *known], is_saved=False)


@post("/p/{token:str}/known", status_code=200, sync_to_thread=True)
def save_known(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Take the customer's corrections as their own statements, and leave unused what they say."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    values = _values(request, services)
    listed = _list_known(services, standing, values)
    asked = [name for name in ASKABLE if f"shown.{name}" in data]
    unknown = _unknown(listed, asked)
    known = [one for one in (*unknown, *listed) if f"shown.{one.name}" in data]
    corrections = _read_corrections(known, data)
    if corrections:
        event = _statement(standing.mailed.number, corrections, services.clock.now())
        services.store.write(lambda connection: append_in(connection, [event]))
    services.wishes.record(
        standing.mailed.number,
        [
            Wish.use(one.name, is_allowed=not one.is_used)
            for one in known
            if one.is_switchable and one.is_used is not (f"use.{one.name}" in data)
        ],
        at=services.clock.now(),
        proof="preference page",
        numbers=standing.numbers,
    )
    fresh = find_customer(services, token) or standing
    listed = _list_known(services, fresh, values)
    listed = [*_unknown(listed, asked), *listed]
    shown = _with_corrections(listed, corrections, values, services.clock.now())
    return _page(request, token, shown, is_saved=True)


def _page(
    request: PageRequest, token: str, known: list[KnownFact], *, is_saved: bool
) -> Response[Any]:
    values = {"token": token, "page": "known", "known": known, "is_saved": is_saved}
    return render(request, "known.html", {**values, "max_value": MAX_VALUE})


def _values(request: PageRequest, services: Services) -> Values:
    """Return what writes values for who reads the page."""

    def category_ja(category: str) -> str | None:
        # A category is called what any product in it says.
        found = services.catalog.list_products(category=category, page_size=1).products
        return found[0].category_ja if found else None

    return Values(
        Reader(choose_language(request)),
        zone=services.settings.timezone,
        currency=services.settings.currency,
        category_ja=category_ja,
    )


def _list_known(services: Services, standing: Standing, values: Values) -> list[KnownFact]:
    """Return all that is known, what the customer said first."""
    with services.store.read() as connection:
        people = services.profiles.load_profiles(connection, [standing.number])
    sources = {one.id: one.name for one in services.sources.list_all()}
    traits = people[standing.number].traits
    found = [
        _fact(name, trait, standing, sources, values)
        for name, trait in sorted(traits.items())
        if name not in _BOOKKEEPING
    ]
    found += _worked_out(services, standing, values)
    order = ("declared", "observed", "inferred", "third_party")
    return sorted(found, key=lambda one: order.index(one.provenance))


def _unknown(known: Sequence[KnownFact], asked: Sequence[str]) -> list[KnownFact]:
    """Return empty fields for what is asked and not known."""
    names = {one.name for one in known}
    return [
        KnownFact(
            name=name,
            value="",
            field=ASKABLE[name],
            provenance="declared",
            source="",
            at=None,
            is_correctable=True,
            is_switchable=False,
            is_used=True,
        )
        for name in dict.fromkeys(asked)
        if name in ASKABLE and name not in names
    ]


def _fact(
    name: str, trait: Trait, standing: Standing, sources: Mapping[int, str], values: Values
) -> KnownFact:
    fact = trait.fact
    provenance = _PROVENANCES.get(fact.provenance, fact.provenance)
    stated = fact.value if isinstance(fact.value, str) else ""
    return KnownFact(
        name=name,
        value=values.say(name, fact.value),
        stated=stated,
        field=values.field(name, stated),
        choices=values.choices(name, stated),
        provenance=provenance,
        source=values.say_source(sources.get(fact.source_id, "")),
        at=fact.at,
        is_correctable=provenance == "declared" and _is_typed(name, fact.value),
        is_switchable=name not in _NEEDED,
        is_used=name not in standing.wishes.unused,
    )


def _is_typed(name: str, value: object) -> bool:
    """Say whether somebody can write another value of it here.

    Another address has to be confirmed from its own mailbox first.
    """
    return isinstance(value, str) and name not in CONTACT_TRAITS and not is_instant(value)


def _worked_out(services: Services, standing: Standing, values: Values) -> list[KnownFact]:
    """Return what the shop works out from orders."""
    computed = query_computed(services.columnar, [standing.number], as_of=services.clock.now())[
        standing.number
    ]
    found: dict[str, Any] = {
        "order_count": computed.frequency or None,
        "first_order_at": computed.first_order_at,
        "last_order_at": computed.last_order_at,
        "favourite_category": computed.favourite_category,
    }
    return [
        KnownFact(
            name=name,
            value=values.say(name, value),
            provenance="observed",
            source="",
            at=None,
            is_correctable=False,
            is_switchable=True,
            is_used=name not in standing.wishes.unused,
        )
        for name, value in found.items()
        if value is not None
    ]


def _read_corrections(known: list[KnownFact], data: Mapping[str, str]) -> dict[str, str | None]:
    """Return new values by name; an emptied field takes the statement back."""
    found: dict[str, str | None] = {}
    for one in known:
        said = data.get(f"value.{one.name}", one.stated).strip()
        if one.is_correctable and said != one.stated and (not said or _is_answer(one, said)):
            found[one.name] = said or None
    return found


def _is_answer(fact: KnownFact, said: str) -> bool:
    """Say whether somebody's words are something that the fact can be."""
    if fact.choices:
        return any(one.value == said for one in fact.choices)
    if fact.field == "date":
        try:
            return bool(date.fromisoformat(said))
        except ValueError:
            return False
    return said.isprintable() and len(said) <= MAX_VALUE


def _with_corrections(
    known: list[KnownFact],
    corrections: Mapping[str, str | None],
    values: Values,
    now: datetime,
) -> list[KnownFact]:
    """Return it as it will be read from the log a moment later."""
    shown = []
    for one in known:
        if one.name not in corrections:
            shown.append(one)
        elif value := corrections[one.name]:
            words = values.say(one.name, value)
            told = msgspec.structs.replace(one, value=words, stated=value, source="", at=now)
            shown.append(told)
    return shown


def _statement(number: int, traits: Mapping[str, str | None], now: datetime) -> Event:
    return Event(
        message_id=f"corrected:{number}:{to_micros(now)}",
        kind=EventKind.IDENTIFY,
        type=IDENTIFIED,
        occurred_at=now,
        received_at=now,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        traits=dict(traits),
        context={"kikubari": {"provenance": "declared"}, "page": "preferences"},
    )
