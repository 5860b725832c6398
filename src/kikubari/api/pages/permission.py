"""Leave to choose by what others told too: one question, answered by one press of a button."""

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
from kikubari.deliver import EMAIL
from kikubari.profiles import WordingRetiredError
from kikubari.spec.conditions import Purpose

Form = URLEncodedBody[dict[str, str]]
# The words of the page itself, for the ledger, where the shop has written none.
PERMISSION_WORDING = "permission-page-1"
_PURPOSE: Purpose = "enrichment"
# What suits somebody is chosen by the same facts wherever it is shown.
_EVERY_CHANNEL = ""
_SOURCE = "permission_page"


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
    """Ask; programs that fetch every link of a mail agree to nothing."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    return _page(request, services, token, _Said(_is_granted(services, standing)))


@post("/p/{token:str}/personalise", status_code=200, sync_to_thread=True)
def answer_permission(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Record what the button says, under the words that were read; it holds from now on.

    Where other words are shown since, the page asks again in those.
    """
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    was_granted = _is_granted(services, standing)
    answer = data.get("answer", "")
    if answer not in ("yes", "no"):
        return _page(request, services, token, _Said(was_granted))
    is_granted = answer == "yes"
    wording = _wording(services, choose_language(request))
    if is_granted and data.get("words", wording.version) != wording.version:
        return _page(request, services, token, _Said(was_granted), is_reworded=True)
    signal = "; browser sent Sec-GPC: 1" if sends_gpc(request) else ""
    services.unsubscribing.change_consent(
        token,
        _PURPOSE,
        is_granted=is_granted,
        was_granted=was_granted,
        at=services.clock.now(),
        proof=f"permission page: button {answer!r} pressed{signal}",
        wording_version=wording.version,
        source=_SOURCE,
        channel=_EVERY_CHANNEL,
    )
    said = _Said(is_granted, is_new=is_granted, is_refused=not is_granted)
    return _page(request, services, token, said)


def _is_granted(services: Services, standing: Standing) -> bool:
    with services.store.read() as connection:
        states = services.consents.state(connection, [standing.number], _PURPOSE, EMAIL)
    return states[standing.number].is_granted


def _wording(services: Services, language: str) -> Wording:
    """Return the words to ask with: the shop's, else the page's own."""
    current = services.wordings.find_current(_PURPOSE, EMAIL)
    if current is None:
        return Wording(PERMISSION_WORDING, "")
    return Wording(current.version, current.say(language))


def _page(
    request: PageRequest,
    services: Services,
    token: str,
    said: _Said,
    *,
    is_reworded: bool = False,
) -> Response[Any]:
    values = {
        "token": token,
        "said": said,
        "wording": _wording(services, choose_language(request)),
        "is_reworded": is_reworded,
    }
    status = WordingRetiredError.status if is_reworded else 200
    return render(request, "permission.html", values, status=status)
