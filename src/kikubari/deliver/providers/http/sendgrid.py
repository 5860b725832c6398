"""SendGrid: ``POST /v3/mail/send``."""

from typing import Any

import msgspec

from kikubari.deliver.providers.http.contracts import HttpRequest, Refusal
from kikubari.deliver.providers.http.fields import read_fields

HOST = "api.sendgrid.com"
# What its events carry back to us.
ARGUMENT = "kikubari_message"


class SendGrid:
    """Sends by SendGrid's API.

    Its own unsubscribe, click and open tracking are switched off for each message: ours are the
    ones a person agreed to.
    """

    name = "sendgrid"

    def __init__(self, base_url: str, api_key: str) -> None:
        self._url = f"{base_url}/v3/mail/send"
        self._api_key = api_key

    def make_request(self, token: str, rcpt_to: str, data: bytes) -> HttpRequest:
        """Return the request that hands over a message."""
        mail = read_fields(data)
        to = {"email": rcpt_to} | ({"name": mail.to_name} if mail.to_name else {})
        content = [
            {"type": kind, "value": value}
            for kind, value in (("text/plain", mail.text), ("text/html", mail.html))
            if value
        ]
        off = {"enable": False}
        body: dict[str, Any] = {
            "personalizations": [{"to": [to], "custom_args": {ARGUMENT: token}}],
            "from": {"email": mail.from_address, "name": mail.from_name},
            "subject": mail.subject,
            "content": content,
            "headers": mail.headers,
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": off,
                "subscription_tracking": off,
            },
        }
        if mail.reply_to:
            body["reply_to"] = {"email": mail.reply_to}
        return HttpRequest(
            self._url,
            {"Authorization": f"Bearer {self._api_key}", "Content-Type": "application/json"},
            msgspec.json.encode(body),
        )

    def read_refusal(self, status: int, body: bytes) -> Refusal:
        """Return what a 4xx answer says: ``{"errors": [{"message", "field"}]}``."""
        try:
            answer: Any = msgspec.json.decode(body)
            errors = [one for one in answer["errors"] if isinstance(one, dict)]
        except (msgspec.DecodeError, KeyError, TypeError):
            return Refusal(f"HTTP {status}")
        fields = [str(one.get("field") or "") for one in errors]
        text = "; ".join(str(one.get("message") or "") for one in errors)
        return Refusal(text, any(".to" in one for one in fields))
