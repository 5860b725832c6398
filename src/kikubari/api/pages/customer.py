"""Unsubscribing and the front page of the preference centre. No log-in, no script."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages import confirming, own_data
from kikubari.api.pages.not_for_me import Dismissed, list_dismissed, save_dismissed
from kikubari.api.pages.objections import (
    CHANNELS,
    Objections,
    load_objections,
    save_objections,
)
from kikubari.api.pages.reader import choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import (
    PURPOSES,
    Standing,
    answer_unknown,
    find_customer,
    find_wording,
    is_unconfirmed,
    sends_gpc,
)
from kikubari.deliver import Mailed, Rhythm, Wish

Form = URLEncodedBody[dict[str, str]]
# Choices of how long to hear nothing, in days.
PAUSES = ("7", "30", "90")
_PROOF = "preference page"
_OPEN_DAY, _OPEN_DAY_SHOWN = "open_day", "told.open_day"


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
    """Show what the customer has agreed to and wished, or what they are asked to confirm."""
    mailed = services.unsubscribing.find_preferences(token)
    if mailed is not None and is_unconfirmed(services, mailed):
        return confirming.show(request, services, mailed)
    own = services.own_requests.find(mailed.origin) if mailed is not None else None
    if own is not None:
        return own_data.show_request(request, services, token, own)
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    objections = load_objections(services, standing)
    dismissed = list_dismissed(request, services, standing)
    return _preference_page(
        request, services, standing, token, objections, dismissed=dismissed, is_saved=False
    )


@post("/p/{token:str}", status_code=200, sync_to_thread=True)
def save_preferences(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Keep the customer's wishes; they hold for everything that has not left yet."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    _save_consents(request, services, standing, token, data)
    objections = save_objections(services, standing, token, data)
    shown = list_dismissed(request, services, standing)
    dismissed = save_dismissed(services, standing, shown, data)
    services.wishes.record(
        standing.mailed.number,
        _read_wishes(services, standing, data),
        at=services.clock.now(),
        proof=_PROOF,
        numbers=standing.numbers,
    )
    if _OPEN_DAY_SHOWN in data and _OPEN_DAY not in data:
        services.open_days.forget(standing.numbers)
    standing = find_customer(services, token) or standing
    # The ledger reads the log a moment later than this page is shown.
    granted: dict[str, bool] = {purpose: purpose in data for purpose in PURPOSES}
    return _preference_page(
        request,
        services,
        standing,
        token,
        objections,
        dismissed=dismissed,
        is_saved=True,
        granted=granted,
    )


def _save_consents(
    request: PageRequest,
    services: Services,
    standing: Standing,
    token: str,
    data: Mapping[str, str],
) -> None:
    for purpose in PURPOSES:
        is_ticked, was_granted = purpose in data, standing.granted[purpose]
        wording = find_wording(services, purpose, choose_language(request))
        # A browser that asks not to be tracked is told no even if nobody was ever asked.
        is_refused_by_signal = purpose == "tracking" and sends_gpc(request) and not is_ticked
        # Whoever saves the page under new words agrees to those.
        is_renewed = is_ticked and wording.words and wording.version != standing.agreed_to[purpose]
        if is_ticked == was_granted and not (is_refused_by_signal or is_renewed):
            continue
        signal = "; browser sent Sec-GPC: 1" if sends_gpc(request) else ""
        services.unsubscribing.change_consent(
            token,
            purpose,
            is_granted=is_ticked,
            at=services.clock.now(),
            proof=f"{_PROOF}: box {'ticked' if is_ticked else 'cleared'}{signal}",
            wording_version=wording.version,
        )


def _read_wishes(services: Services, standing: Standing, data: Mapping[str, str]) -> list[Wish]:
    """Return the wishes that the form changes; what it does not say stays as it is."""
    changed: list[Wish] = []
    for topic in standing.topics:
        is_wanted = f"topic.{topic.id}" in data
        was_shown = f"shown.{topic.id}" in data
        if was_shown and is_wanted is (topic.id in standing.wishes.unwanted_topics):
            changed.append(Wish.topic(topic.id, is_wanted=is_wanted))
    is_allowed = _OPEN_DAY in data
    if _OPEN_DAY_SHOWN in data and is_allowed is not standing.open_day:
        changed.append(Wish.open_day(is_allowed=is_allowed))
    rhythm = data.get("rhythm", standing.wishes.rhythm)
    if rhythm != standing.wishes.rhythm and rhythm in set(Rhythm):
        changed.append(Wish.rhythm(Rhythm(rhythm)))
    pause = data.get("pause", "")
    if pause in PAUSES:
        changed.append(Wish.pause(services.clock.now() + timedelta(days=int(pause))))
    elif pause == "none" and standing.wishes.paused_until is not None:
        changed.append(Wish.pause(None))
    return changed


def _unsubscribe_page(request: PageRequest, mailed: Mailed, *, is_done: bool) -> Response[Any]:
    return render(request, "unsubscribe.html", {"mailed": mailed, "is_done": is_done})


def _preference_page(
    request: PageRequest,
    services: Services,
    standing: Standing,
    token: str,
    objections: Objections,
    *,
    dismissed: Sequence[Dismissed],
    is_saved: bool,
    granted: Mapping[str, bool] | None = None,
) -> Response[Any]:
    language = choose_language(request)
    paused_until = standing.wishes.paused_until
    is_paused = paused_until is not None and paused_until > services.clock.now()
    values = {
        "token": token,
        "page": "wishes",
        "wishes": [
            (
                purpose,
                (granted or standing.granted)[purpose],
                find_wording(services, purpose, language),
            )
            for purpose in PURPOSES
        ],
        "open_day": standing.open_day,
        "topics": standing.topics,
        "unwanted": standing.wishes.unwanted_topics,
        "rhythm": standing.wishes.rhythm,
        "rhythms": list(Rhythm),
        "pauses": PAUSES,
        "paused_until": paused_until if is_paused else None,
        "has_gpc": sends_gpc(request),
        "objections": objections,
        "channels": CHANNELS,
        "dismissed": dismissed,
        "is_saved": is_saved,
    }
    return render(request, "preferences.html", values)
