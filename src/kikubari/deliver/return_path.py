"""Return paths that tell which message a bounce is about (VERP), signed so that none is forged."""

import re
from collections.abc import Iterator

from kikubari.deliver.addresses import MAX_LOCAL, to_wire_address
from kikubari.deliver.tracking import TrackedMessage, TrackingTokens
from kikubari.spec.errors import InvalidInputError

_SEPARATOR = "+"
_TOKEN_LETTERS = 44
_LONGEST_LOCAL = MAX_LOCAL - _TOKEN_LETTERS - len(_SEPARATOR)


class ReturnPath:
    """Makes and reads ``bounces+TOKEN@domain``.

    Args:
        address: where bounces are to come, such as ``bounces@mail.shop.example``; empty: mail
            goes out with its From address as return path, as before any of this is set up.
        tokens: signs and checks.

    Raises:
        InvalidInputError: not an address, or longer than leaves room for a token.
    """

    def __init__(self, address: str, tokens: TrackingTokens) -> None:
        self._tokens = tokens
        self._local, self._domain = "", ""
        if address:
            self._local, _, self._domain = to_wire_address(address).rpartition("@")
            if len(self._local) > _LONGEST_LOCAL or _SEPARATOR in self._local:
                raise InvalidInputError(
                    f"not fit to receive bounces: {address}",
                    hint=f"At most {_LONGEST_LOCAL} characters before the @, without a +.",
                )
        self._ours = re.compile(
            rf"{re.escape(_SEPARATOR)}([a-z2-7]{{{_TOKEN_LETTERS}}})@", re.IGNORECASE
        )

    def make(self, message_id: int, from_address: str) -> str:
        """Return a message's envelope sender."""
        if not self._local:
            return from_address
        return f"{self._local}{_SEPARATOR}{self._tokens.bounce_token(message_id)}@{self._domain}"

    def find_in(self, text: str) -> TrackedMessage | None:
        """Return the message whose return path stands in a text, None if none of ours does."""
        return next(self._iter_found(text), None)

    def _iter_found(self, text: str) -> Iterator[TrackedMessage]:
        for match in self._ours.finditer(text):
            if found := self._tokens.find_bounce(match[1]):
                yield found
