"""What a provider's adapter says to the transport that all of them share."""

from typing import Protocol

import msgspec


class HttpRequest(msgspec.Struct, frozen=True):
    """A POST. Its headers hold secrets."""

    url: str
    headers: dict[str, str]
    body: bytes


class Refusal(msgspec.Struct, frozen=True):
    """What a provider said against a message. `text` begins with an RFC 3463 status if it can."""

    text: str
    is_about_recipient: bool = False


class HttpProvider(Protocol):
    """Speaks one provider's language."""

    name: str

    def make_request(self, token: str, rcpt_to: str, data: bytes) -> HttpRequest:
        """Return the request that hands over a message.

        Args:
            token: names the message in what the provider reports later.
            rcpt_to: the one recipient.
            data: the message as it would go by SMTP.
        """
        ...

    def read_refusal(self, status: int, body: bytes) -> Refusal:
        """Return what a 4xx answer says."""
        ...
