"""What a provider's webhook is to the code that receives it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec

from kikubari.deliver.outcomes import Outcome
from kikubari.spec.errors import InvalidInputError, UnauthorizedError

# How far a signed instant may be from ours: long enough for clocks, short for somebody who
# recorded a request.
TOLERANCE = timedelta(minutes=5)
Headers = Mapping[str, str]  # names in lower case
_Body = TypeVar("_Body")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a provider says about one message.

    Attributes:
        id: of the report; the same one is taken once.
        token: what we called the message when we handed it over.
    """

    id: str
    token: str
    outcome: Outcome


class Webhook(Protocol):
    """Speaks one provider's language."""

    name: str

    def read(self, raw: bytes, headers: Headers, now: datetime) -> list[Report]:
        """Verify a request and return what it reports.

        Raises:
            UnauthorizedError: it is not from the provider, or too old.
            InvalidInputError: it is, and cannot be read.
        """
        ...


def refuse(why: str) -> UnauthorizedError:
    """Return the error for a request that does not prove where it is from."""
    return UnauthorizedError(f"this report is not believed: {why}")


def decode_body(raw: bytes, kind: type[_Body], what: str) -> _Body:
    """Return a request's JSON.

    Raises:
        InvalidInputError: it is not `what`, or not text at all.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"not {what}") from error


def check_instant(at: datetime, now: datetime, tolerance: timedelta = TOLERANCE) -> None:
    """Refuse what was signed long ago, or in the future.

    Raises:
        UnauthorizedError: it was.
    """
    if abs(now - at) > tolerance:
        raise refuse("its time is too far from ours")
