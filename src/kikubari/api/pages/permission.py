"""Consent asked for by one question: may we look at more, shall we go on; one press answers it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.reader import choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import (
    Standing,
    Wording,
    answer_unknown,
    find_customer,
    sends_gpc,
)
from kikubari.deliver import EMAIL, Wish
from kikubari.profiles import WordingRetiredError
from kikubari.spec.conditions import Purpose

Form = URLEncodedBody[dict[str, str]]
_SOURCE = "permission_page"


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a page asks for.

    Attributes:
        texts: file of its texts.
        purpose: that is agreed to.
        channel: for which the answer holds; empty is for all.
        wording: version of the page's own words, where the shop has written none.
        asks_again: also those who agreed, for a new word.
    """

    texts: str
    purpose: Purpose
    channel: str
    wording: str
    asks_again: bool = False


_PERSONALISE = _Question(
    texts="permission",
    purpose="enrichment",
    # What suits somebody is chosen by the same facts wherever it is shown.
    channel="",
    wording="permission-page-1",
)
_STAY = _Question(
    texts="stay", purpose="marketing", channel=EMAIL, wording="stay-page-1", asks_again=True
)


class _Said(msgspec.Struct, frozen=True):
    """Where a customer stands.

    Attributes:
        is_granted: they agreed and did not take it back.
        is_new: by the very request that is answered.
        is_refused: likewise, they said no.
    """

    is_granted: bool
    is_new: bool = False
    is_refused: bool = False


@get("/p/{token:str}/personalise", sync_to_thread=True)
def show_permission(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask for leave to look at more; programs that fetch every link of a mail agree to nothing."""
    return _show(request, services, token, _PERSONALISE)


@post("/p/{token:str}/personalise", status_code=200, sync_to_thread=True)
def answer_permission(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Record whether more may be looked at."""
    return _answer(request, services, token, _PERSONALISE, data)


@get("/p/{token:str}/stay", sync_to_thread=True)
def show_stay(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask whether to go on writing; looking changes nothing."""
    return _show(request, services, token, _STAY)


@post("/p/{token:str}/stay", status_code=200, sync_to_thread=True)
def answer_stay(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Renew the consent to news, which ends a pause, or take it back."""
    return _answer(request, services, token, _STAY, data)


def _show(request: PageRequest, services: Services, token: str, asked: _Question) -> Response[Any]:
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    said = _Said(_is_granted(services, asked, standing))
    return _page(request, services, token, asked, said)


def _answer(
    request: PageRequest, services: Services, token: str, asked: _Question, data: Mapping[str, str]
) -> Response[Any]:
    """Record what the button says, under the words that were read; it holds from now on.

    Where other words are shown since, the page asks again in those.
    """
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    was_granted = _is_granted(services, asked, standing)
    answer = data.get("answer", "")
    if answer not in ("yes", "no"):
        return _page(request, services, token, asked, _Said(was_granted))
    is_granted = answer == "yes"
    wording = _wording(services, asked, choose_language(request))
    if is_granted and data.get("words", wording.version) != wording.version:
        return _page(request, services, token, asked, _Said(was_granted), is_reworded=True)
    signal = "; browser sent Sec-GPC: 1" if sends_gpc(request) else ""
    services.unsubscribing.change_consent(
        token,
        asked.purpose,
        is_granted=is_granted,
        was_granted=was_granted,
        at=services.clock.now(),
        proof=f"{asked.texts} page: button {answer!r} pressed{signal}",
        wording_version=wording.version,
        source=_SOURCE,
        channel=asked.channel,
    )
    if is_granted and asked.asks_again:
        _end_pause(services, standing)
    said = _Said(is_granted, is_new=is_granted, is_refused=not is_granted)
    return _page(request, services, token, asked, said)


def _end_pause(services: Services, standing: Standing) -> None:
    """Let news go on for who wants them and is paused."""
    if standing.wishes.paused_until is not None:
        services.wishes.record(
            standing.mailed.number,
            [Wish.pause(None)],
            at=services.clock.now(),
            proof=_SOURCE,
            numbers=standing.numbers,
        )


def _is_granted(services: Services, asked: _Question, standing: Standing) -> bool:
    with services.store.read() as connection:
        states = services.consents.state(connection, [standing.number], asked.purpose, EMAIL)
    return states[standing.number].is_granted


def _wording(services: Services, asked: _Question, language: str) -> Wording:
    """Return the words to ask with: the shop's, else the page's own."""
    current = services.wordings.find_current(asked.purpose, EMAIL)
    if current is None:
        return Wording(asked.wording, "")
    return Wording(current.version, current.say(language))


def _page(
    request: PageRequest,
    services: Services,
    token: str,
    asked: _Question,
    said: _Said,
    *,
    is_reworded: bool = False,
) -> Response[Any]:
    values = {
        "token": token,
        "said": said,
        "texts": asked.texts,
        "asks_again": asked.asks_again,
        "wording": _wording(services, asked, choose_language(request)),
        "is_reworded": is_reworded,
    }
    status = WordingRetiredError.status if is_reworded else 200
    return render(request, "permission.html", values, status=status)
