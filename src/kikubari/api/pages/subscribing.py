"""The subscription form: a page of its own, and the address that forms elsewhere post to."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.networks import network_of
from kikubari.api.pages.reader import choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import find_wording, sends_gpc
from kikubari.deliver import SubscriptionWish
from kikubari.spec.errors import InvalidInputError

Form = URLEncodedBody[dict[str, str]]
# A field that people do not see and programs fill in.
TRAP = "website"
_PER_MINUTE = 10
_MAX_SOURCE = 60
_MAX_ADDRESS = 254
_BROWSERS = re.compile(r"\b(Firefox|Edg|OPR|Chrome|Safari)\b")
_TOO_MANY = 429


@get("/subscribe", sync_to_thread=True)
def show_form(request: PageRequest, services: NamedDependency[Services]) -> Response[Any]:
    """Show the form."""
    return _form_page(request, services, {})


@post("/subscribe", status_code=200, sync_to_thread=True)
def subscribe(
    request: PageRequest, services: NamedDependency[Services], data: Form
) -> Response[Any]:
    """Send a request for confirmation; the answer never tells whether an address is known."""
    network = network_of(request)
    if services.form_calls.take(network, per_minute=_PER_MINUTE):
        return render(request, "subscribe_later.html", {}, status=_TOO_MANY)
    if data.get(TRAP):
        return render(request, "subscribe_sent.html", {})
    try:
        services.subscriptions.ask(_read(request, services, data, network))
    except InvalidInputError:
        return _form_page(request, services, data, is_refused=True)
    return render(request, "subscribe_sent.html", {})


def _read(
    request: PageRequest, services: Services, data: Mapping[str, str], network: str
) -> SubscriptionWish:
    language = choose_language(request)
    said = data.get("language", language)
    address = data.get("email", "")
    if len(address) > _MAX_ADDRESS:
        raise InvalidInputError("not an e-mail address")
    topics = [one.id for one in services.topics.list_offered()]
    # A form that names no topic at all is about everything.
    chosen = [one for one in topics if f"topic.{one}" in data]
    wording = find_wording(services, "marketing", language)
    signal = ", Sec-GPC" if sends_gpc(request) else ""
    return SubscriptionWish(
        address=address,
        language=said if said in {"ja", "en"} else language,
        offered=tuple(topics) if chosen else (),
        chosen=tuple(chosen),
        source=_source(data.get("source", "")),
        wording_version=wording.version,
        is_tracking_granted="tracking" in data,
        evidence=f"from {network} by {_browser(request)}{signal}",
    )


def _form_page(
    request: PageRequest,
    services: Services,
    data: Mapping[str, str],
    *,
    is_refused: bool = False,
) -> Response[Any]:
    values = {
        "topics": services.topics.list_offered(),
        "chosen": {name.removeprefix("topic.") for name in data if name.startswith("topic.")},
        "wording": find_wording(services, "marketing", choose_language(request)),
        "email": data.get("email", "")[:_MAX_ADDRESS],
        "source": _source(data.get("source") or str(request.query_params.get("source", ""))),
        "is_tracked": "tracking" in data,
        "is_refused": is_refused,
    }
    status = InvalidInputError.status if is_refused else 200
    return render(request, "subscribe.html", values, status=status)


def _source(text: str) -> str:
    """Return where a form stands, as it says itself: short and in one line."""
    return "".join(c for c in text if c.isprintable())[:_MAX_SOURCE]


def _browser(request: PageRequest) -> str:
    match = _BROWSERS.search(request.headers.get("user-agent", ""))
    return match[1] if match else "another program"
