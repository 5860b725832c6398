"""Pages for customers: unsubscribe and preferences. No log-in, no script, nothing remembered."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.facts import list_used_facts
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.deliver import EMAIL, Mailed
from kikubari.spec.conditions import Purpose

# The version of the words under which the preference page asks for consent, for the ledger.
WORDING = "preference-page-1"
_PURPOSES: tuple[Purpose, ...] = ("marketing", "tracking")
Form = URLEncodedBody[dict[str, str]]


class Wish(msgspec.Struct, frozen=True):
    """Where the customer stands on one purpose."""

    purpose: Purpose
    is_granted: bool


@get("/u/{token:str}", sync_to_thread=True)
def show_unsubscribe(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask; firewalls fetch every link of a mail, so looking never acts."""
    mailed = services.unsubscribing.find_recipient(token)
    if mailed is None:
        return answer_unknown(request)
    return _unsubscribe_page(request, mailed, is_done=mailed.is_unsubscribed)


@post("/u/{token:str}", status_code=200, sync_to_thread=True)
def unsubscribe(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], body: RawBody
) -> Response[Any]:
    """Unsubscribe at once, by the page's button or a mail program's one click (RFC 8058).

    The token in the address is the proof: no cookie, no further question, no redirect.
    """
    is_one_click = b"List-Unsubscribe=One-Click" in bytes(body)
    is_ours = services.unsubscribing.unsubscribe(
        token,
        at=services.clock.now(),
        proof="one-click POST" if is_one_click else "unsubscribe page: button pressed",
    )
    mailed = services.unsubscribing.find_recipient(token) if is_ours else None
    if mailed is None:
        return answer_unknown(request)
    return _unsubscribe_page(request, mailed, is_done=True)


@get("/p/{token:str}", sync_to_thread=True)
def show_preferences(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Show what the customer has agreed to, and why they got the message."""
    mailed = services.unsubscribing.find_recipient(token)
    if mailed is None:
        return answer_unknown(request)
    return _preference_page(request, services, mailed, _standing(services, mailed), is_saved=False)


@post("/p/{token:str}", status_code=200, sync_to_thread=True)
def save_preferences(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Keep the customer's wishes; they hold for everything that has not left yet."""
    mailed = services.unsubscribing.find_recipient(token)
    if mailed is None:
        return answer_unknown(request)
    wishes = [Wish(purpose, purpose in data) for purpose in _PURPOSES]
    for known, wish in zip(_standing(services, mailed), wishes, strict=True):
        if wish != known:
            services.unsubscribing.change_consent(
                token,
                wish.purpose,
                is_granted=wish.is_granted,
                at=services.clock.now(),
                proof=f"preference page: box {'ticked' if wish.is_granted else 'cleared'}",
                wording_version=WORDING,
            )
    return _preference_page(request, services, mailed, wishes, is_saved=True)


def answer_unknown(request: PageRequest) -> Response[Any]:
    """Answer that an address is not ours."""
    return render(request, "customer_unknown.html", {}, status=404)


def _standing(services: Services, mailed: Mailed) -> list[Wish]:
    with services.store.read() as connection:
        granted = {
            purpose: services.consents.state(connection, [mailed.number], purpose, EMAIL)[
                mailed.number
            ].is_granted
            for purpose in _PURPOSES
        }
    # The suppression list knows of an unsubscribe before the ledger has read it in the log.
    granted["marketing"] = granted["marketing"] and not mailed.is_unsubscribed
    return [Wish(purpose, granted[purpose]) for purpose in _PURPOSES]


def _unsubscribe_page(request: PageRequest, mailed: Mailed, *, is_done: bool) -> Response[Any]:
    return render(request, "unsubscribe.html", {"mailed": mailed, "is_done": is_done})


def _preference_page(
    request: PageRequest,
    services: Services,
    mailed: Mailed,
    wishes: list[Wish],
    *,
    is_saved: bool,
) -> Response[Any]:
    record = services.outbox.find_record(mailed.message_id)
    values = {
        "mailed": mailed,
        "wishes": wishes,
        "is_saved": is_saved,
        "subject": record.subject if record else "",
        "facts": list_used_facts(record),
    }
    return render(request, "preferences.html", values)
