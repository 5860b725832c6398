"""Where a customer stands: who they are now, what they agreed to, what they wish."""

from typing import Any

import msgspec
from litestar import Response

from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.deliver import (
    EMAIL,
    SUBSCRIPTION,
    Mailed,
    TopicDefinition,
    Wishes,
    load_tracking,
    load_wishes,
)
from kikubari.spec.conditions import Purpose

# The words of the preference page itself, for the ledger, where the shop has written none.
PAGE_WORDING = "preference-page-2"
PURPOSES: tuple[Purpose, ...] = ("marketing", "tracking")


class Wording(msgspec.Struct, frozen=True):
    """The words under which a purpose is asked for; `words` are empty for the page's own."""

    version: str
    words: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as their pages show them.

    Attributes:
        mailed: the message whose link they follow.
        number: canonical, of the person they are now.
        numbers: all of theirs.
        granted: consents by e-mail.
        agreed_to: versions of the words they were given under.
        wishes: as they stand.
        topics: that they can choose from.
        open_day: whether the last day of an open is kept of them; None where that is not asked.
    """

    mailed: Mailed
    number: int
    numbers: list[int]
    granted: dict[Purpose, bool]
    agreed_to: dict[Purpose, str]
    wishes: Wishes
    topics: list[TopicDefinition]
    open_day: bool | None = None


def find_customer(services: Services, token: str) -> Standing | None:
    """Return the customer a preference link was sent to; None for a link that is not one.

    Nobody is found by a link to unsubscribe, by one whose person was erased, or by one that asks
    for a confirmation not yet given: it says nothing of anybody.
    """
    mailed = services.unsubscribing.find_preferences(token)
    if mailed is None or is_unconfirmed(services, mailed):
        return None
    return load_standing(services, mailed)


def load_standing(services: Services, mailed: Mailed) -> Standing | None:
    """Return the person a message went to, None if they were erased."""
    with services.store.read() as connection:
        number = services.profiles.resolve_numbers(connection, [mailed.number]).get(mailed.number)
        if number is None:
            return None
        numbers = services.profiles.list_numbers(connection, number)
        states = {
            purpose: services.consents.state(connection, [number], purpose, EMAIL)[number]
            for purpose in PURPOSES
        }
        wishes = load_wishes(connection, {number: numbers}).get(number, Wishes())
        policy = load_tracking(connection).policy
        open_day = services.open_days.is_told_of(connection, number)
    granted = {purpose: state.is_granted for purpose, state in states.items()}
    # The suppression list knows of an unsubscribe before the ledger has read it in the log.
    granted["marketing"] = granted["marketing"] and not mailed.is_unsubscribed
    is_day_asked = policy.counts_without_consent or (
        # No more than the day is what their consent comes to: the mail's way out is about it.
        policy.tracking == "last_open_day" and granted["tracking"]
    )
    return Standing(
        mailed=mailed,
        number=number,
        numbers=numbers,
        granted=granted,
        agreed_to={purpose: state.wording_version for purpose, state in states.items()},
        wishes=wishes,
        topics=services.topics.list_offered(),
        open_day=open_day if is_day_asked else None,
    )


def is_unconfirmed(services: Services, mailed: Mailed) -> bool:
    """Say whether a message asked for a confirmation that was not given."""
    if mailed.origin.kind != SUBSCRIPTION:
        return False
    asked = services.subscriptions.find(mailed.number)
    return asked is None or not asked.is_confirmed


def find_wording(services: Services, purpose: Purpose, language: str) -> Wording:
    """Return the words to ask with, and the version to record."""
    current = services.wordings.find_current(purpose, EMAIL)
    if current is None:
        return Wording(PAGE_WORDING, "")
    return Wording(current.version, current.say(language))


def sends_gpc(request: PageRequest) -> bool:
    """Say whether the browser asks by Global Privacy Control not to be tracked."""
    return bool(request.headers.get("sec-gpc", "") == "1")


def answer_unknown(request: PageRequest) -> Response[Any]:
    """Answer that an address is not ours, or does nothing: a test send's."""
    services: Services = request.app.state.services
    if services.unsubscribing.is_trial(request.path_params.get("token", "")):
        return render(request, "customer_trial.html", {})
    return render(request, "customer_unknown.html", {}, status=404)
