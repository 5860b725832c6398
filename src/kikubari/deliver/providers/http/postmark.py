"""Postmark: ``POST /email``."""

from typing import Any

import msgspec

from kikubari.deliver.providers.http.contracts import HttpRequest, Refusal
from kikubari.deliver.providers.http.fields import read_fields

HOST = "api.postmarkapp.com"
METADATA = "kikubari"
_DEFAULT_STREAM = "broadcast"
_INVALID, _INACTIVE = 300, 406


class Postmark:
    """Sends by Postmark's API, with its own tracking switched off.

    Args:
        base_url: of the API.
        server_token: a secret.
        stream: message stream; marketing mail wants one for broadcasts.
    """

    name = "postmark"

    def __init__(self, base_url: str, server_token: str, stream: str = _DEFAULT_STREAM) -> None:
        self._url = f"{base_url}/email"
        self._token = server_token
        self._stream = stream

    def make_request(self, token: str, rcpt_to: str, data: bytes) -> HttpRequest:
        """Return the request that hands over a message."""
        mail = read_fields(data)
        body: dict[str, Any] = {
            "From": _mailbox(mail.from_name, mail.from_address),
            "To": _mailbox(mail.to_name, rcpt_to),
            "Subject": mail.subject,
            "Headers": [{"Name": name, "Value": value} for name, value in mail.headers.items()],
            "Metadata": {METADATA: token},
            "MessageStream": self._stream,
            "TrackOpens": False,
            "TrackLinks": "None",
        }
        body |= {"TextBody": mail.text} if mail.text else {}
        body |= {"HtmlBody": mail.html} if mail.html else {}
        body |= {"ReplyTo": mail.reply_to} if mail.reply_to else {}
        return HttpRequest(
            self._url,
            {
                "Accept": "application/json",
                "Content-Type": "application/json",
                "X-Postmark-Server-Token": self._token,
            },
            msgspec.json.encode(body),
        )

    def read_refusal(self, status: int, body: bytes) -> Refusal:
        """Return what a 4xx answer says: ``{"ErrorCode", "Message"}``.

        406, a recipient it stopped writing to, may have bounced or complained: it does not say,
        so it closes the address for nobody but Postmark.
        """
        try:
            answer: Any = msgspec.json.decode(body)
            code, message = int(answer["ErrorCode"]), str(answer["Message"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            return Refusal(f"HTTP {status}")
        status_code = {_INACTIVE: "5.7.1 ", _INVALID: "5.5.4 "}.get(code, "")
        return Refusal(f"{status_code}{message}", code == _INACTIVE)


def _mailbox(name: str, address: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name else address
