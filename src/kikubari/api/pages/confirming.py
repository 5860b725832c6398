"""The second step of subscribing: whoever reads the mailbox says yes."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.reader import choose_language
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import Wording, answer_unknown, find_wording
from kikubari.deliver import Mailed, Subscription, SubscriptionWish, Wish
from kikubari.kit.instants import format_instant
from kikubari.profiles import WordingRetiredError

Form = URLEncodedBody[dict[str, str]]


def show(request: PageRequest, services: Services, mailed: Mailed) -> Response[Any]:
    """Ask; programs that fetch every link of a mail confirm nothing."""
    asked = services.subscriptions.find(mailed.number)
    if asked is None or not services.subscriptions.is_open(asked):
        return answer_unknown(request)
    return _page(request, services, asked, is_done=False)


@post("/p/{token:str}/confirm", status_code=200, sync_to_thread=True)
def confirm(
    request: PageRequest,
    services: NamedDependency[Services],
    token: FromPath[str],
    data: Form,
) -> Response[Any]:
    """Record the consent, in the words and with the evidence of both steps; once is enough.

    Where the words were retired on the way, the page asks again in those shown now.
    """
    mailed = services.unsubscribing.find_preferences(token)
    asked = services.subscriptions.find(mailed.number) if mailed else None
    if mailed is None or asked is None:
        return answer_unknown(request)
    if asked.is_confirmed:
        return _page(request, services, asked, is_done=True)
    address = _claimed_address(services, mailed)
    if not (services.subscriptions.is_open(asked) and address):
        return answer_unknown(request)
    now = services.clock.now()
    wish = asked.wish
    wording = _find_words(request, services, wish)
    if data.get("words", wish.wording_version) != wording.version:
        return _page(request, services, asked, is_done=False, is_reworded=True)
    services.subscriptions.confirm(asked, address)
    proof = f"double opt-in: asked {format_instant(asked.asked_at)} ({wish.evidence}); confirmed"
    for purpose in ("marketing", "tracking") if wish.is_tracking_granted else ("marketing",):
        services.unsubscribing.change_consent(
            token,
            purpose,
            is_granted=True,
            at=now,
            proof=proof,
            wording_version=wording.version,
            source=f"subscription form {wish.source}".strip(),
        )
    services.wishes.record(
        mailed.number,
        [Wish.topic(one, is_wanted=one in wish.chosen) for one in wish.offered],
        at=now,
        proof="subscription form",
    )
    return _page(request, services, asked, is_done=True)


def _find_words(request: PageRequest, services: Services, wish: SubscriptionWish) -> Wording:
    """Return the words that the reader agrees to: the form's, or where retired those of now."""
    now = find_wording(services, "marketing", choose_language(request))
    try:
        services.wordings.check(wish.wording_version)
    except WordingRetiredError:
        return now
    return Wording(wish.wording_version, now.words)


def _claimed_address(services: Services, mailed: Mailed) -> str:
    """Return the address the form named: it stands only in the profile that the form made."""
    with services.store.read() as connection:
        people = services.profiles.load_profiles(connection, [mailed.number], names=["email"])
    trait = people[mailed.number].traits.get("email")
    return trait.value if trait is not None and isinstance(trait.value, str) else ""


def _page(
    request: PageRequest,
    services: Services,
    asked: Subscription,
    *,
    is_done: bool,
    is_reworded: bool = False,
) -> Response[Any]:
    chosen = set(asked.wish.chosen)
    values = {
        "is_done": is_done,
        "is_reworded": is_reworded,
        "wording": _find_words(request, services, asked.wish),
        "topics": [one for one in services.topics.list_offered() if one.id in chosen],
        "is_tracked": asked.wish.is_tracking_granted,
    }
    status = WordingRetiredError.status if is_reworded else 200
    return render(request, "confirm.html", values, status=status)
