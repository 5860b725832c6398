"""Consent asked for by one question: may we look at more, shall we go on; one press answers it."""

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


# By the end of the page's address.
_QUESTIONS = {
    # What suits somebody is chosen by the same facts wherever it is shown.
    "personalise": _Question(
        texts="permission", purpose="enrichment", channel="", wording="permission-page-1"
    ),
    "stay": _Question(
        texts="stay", purpose="marketing", channel=EMAIL, wording="stay-page-1", asks_again=True
    ),
}
_PATHS = [f"/p/{{token:str}}/{name}" for name in _QUESTIONS]


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


@get(_PATHS, sync_to_thread=True)
def show_permission(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask; programs that fetch every link of a mail agree to nothing."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    asked = _asked(request)
    return _page(request, services, token, _Said(_is_granted(services, asked, standing)))


@post(_PATHS, status_code=200, sync_to_thread=True)
def answer_permission(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Record what the button says, under the words that were read; it holds from now on.

    Where other words are shown since, the page asks again in those.
    """
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    asked = _asked(request)
    was_granted = _is_granted(services, asked, standing)
    answer = data.get("answer", "")
    if answer not in ("yes", "no"):
        return _page(request, services, token, _Said(was_granted))
    is_granted = answer == "yes"
    wording = _wording(services, asked, choose_language(request))
    if is_granted and data.get("words", wording.version) != wording.version:
        return _page(request, services, token, _Said(was_granted), is_reworded=True)
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
    return _page(request, services, token, said)


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


def _asked(request: PageRequest) -> _Question:
    return _QUESTIONS[request.url.path.rpartition("/")[2]]


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
    said: _Said,
    *,
    is_reworded: bool = False,
) -> Response[Any]:
    asked = _asked(request)
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
