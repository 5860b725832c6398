"""What a customer takes back on the front page: being gone by what they do, and standing consents.

An objection to profiling (GDPR 21) is a limit, which holds from the commit on; a consent is
withdrawn by a statement on the very channel it was given for.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from kikubari.api.contracts import Services
from kikubari.api.pages.standing import Standing
from kikubari.deliver import EMAIL
from kikubari.profiles import Limit, profile_id
from kikubari.spec.errors import ConflictError, NotFoundError

_BY = "the customer, on the preference page"
_PROOF = "preference page: box cleared"
_OBJECTION = "objection"
_PROFILING = "profiling"
# Those that the pages have words for.
CHANNELS = frozenset({"", EMAIL, "sms", "whatsapp", "line", "web_push", "app_push"})


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A consent that stands and has no box of its own above.

    Attributes:
        field: of the form.
        purpose: such as ``enrichment`` or ``sensitive:health``.
        channel: that it was given for; empty for all.
        agreed_at: when.
    """

    field: str
    purpose: str
    channel: str
    agreed_at: datetime | None

    @property
    def about(self) -> str:
        """The purpose as keys of texts have it."""
        return self.purpose.replace(":", "_")


class Objections(msgspec.Struct, frozen=True, kw_only=True):
    """Where a customer stands.

    Attributes:
        is_objecting: nothing but their own words may choose or write what is sent to them.
        agreements: what they can take back.
    """

    is_objecting: bool
    agreements: Sequence[Agreement]


def load_objections(services: Services, standing: Standing) -> Objections:
    """Return what stands, as far as the ledger has read the log."""
    with services.store.read() as connection:
        said = services.consents.standing(connection, standing.number)
    limits = services.rights.find_limits(profile_id(standing.number))
    return Objections(
        is_objecting=Limit.PROFILING in limits,
        agreements=[
            Agreement(
                field=f"agreed.{one.purpose}.{one.channel}",
                purpose=one.purpose,
                channel=one.channel,
                agreed_at=one.at,
            )
            for one in said
            if one.is_granted and not _has_a_box(standing, one.purpose, one.channel)
        ],
    )


def save_objections(
    services: Services, standing: Standing, token: str, data: Mapping[str, str]
) -> Objections:
    """Keep what the form says; what it did not show stays as it is. Returns what stands now."""
    before = load_objections(services, standing)
    is_objecting = _OBJECTION in data if _was_shown(_OBJECTION, data) else before.is_objecting
    if is_objecting is not before.is_objecting:
        _change_limit(services, standing, is_objecting=is_objecting)
    left = []
    for one in before.agreements:
        is_meant = is_objecting and not before.is_objecting and one.purpose == _PROFILING
        if is_meant or (_was_shown(one.field, data) and one.field not in data):
            services.unsubscribing.change_consent(
                token,
                one.purpose,
                is_granted=False,
                at=services.clock.now(),
                proof=_PROOF,
                channel=one.channel,
            )
        else:
            left.append(one)
    return Objections(is_objecting=is_objecting, agreements=left)


def _was_shown(field: str, data: Mapping[str, str]) -> bool:
    return f"told.{field}" in data


def _change_limit(services: Services, standing: Standing, *, is_objecting: bool) -> None:
    person = profile_id(standing.number)
    # Two pages at once may say the same: the first has done it.
    with suppress(ConflictError, NotFoundError):
        if is_objecting:
            reason = "asked for on the preference page"
            services.rights.limit(person, Limit.PROFILING, by=_BY, reason=reason)
        else:
            services.rights.lift(person, Limit.PROFILING, by=_BY)


def _has_a_box(standing: Standing, purpose: str, channel: str) -> bool:
    """Say whether the page shows a consent by itself: marketing and tracking by e-mail.

    One for all channels stands for the others when the box is cleared.
    """
    granted = {one: yes for one, yes in standing.granted.items() if one == purpose}
    return any(channel == EMAIL or (yes and not channel) for yes in granted.values())
