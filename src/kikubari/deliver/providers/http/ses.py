"""Amazon SES v2: ``POST /v2/email/outbound-emails`` with the message as it is."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kikubari.deliver.providers.http.contracts import HttpRequest, Refusal
from kikubari.deliver.providers.http.fields import read_fields
from kikubari.deliver.providers.http.sigv4 import sign
from kikubari.kit.clock import Clock

TAG = "kikubari"
_PATH = "/v2/email/outbound-emails"


def host_of(region: str) -> str:
    """Return the API's host in a region."""
    return f"email.{region}.amazonaws.com"


class AmazonSes:
    """Sends by SES. The message goes as built, DKIM signature and all.

    Args:
        base_url: of the API.
        access_key, secret_key: credentials that may ``ses:SendRawEmail``.
        region: such as ``ap-northeast-1``.
        configuration_set: whose event destination reports outcomes; may be empty.
        clock: dates signatures.
    """

    name = "ses"

    def __init__(
        self,
        base_url: str,
        access_key: str,
        secret_key: str,
        *,
        region: str,
        configuration_set: str,
        clock: Clock,
    ) -> None:
        self._base_url = base_url
        self._host = urlsplit(base_url).netloc
        self._access_key = access_key
        self._secret_key = secret_key
        self._region = region
        self._configuration_set = configuration_set
        self._clock = clock

    def make_request(self, token: str, rcpt_to: str, data: bytes) -> HttpRequest:
        """Return the request that hands over a message."""
        content: dict[str, Any] = {
            "FromEmailAddress": read_fields(data).from_address,
            "Destination": {"ToAddresses": [rcpt_to]},
            "Content": {"Raw": {"Data": b64encode(data).decode("ascii")}},
            "EmailTags": [{"Name": TAG, "Value": token}],
        }
        if self._configuration_set:
            content["ConfigurationSetName"] = self._configuration_set
        body = msgspec.json.encode(content)
        now = self._clock.now()
        headers = {
            "Content-Type": "application/json",
            "Host": self._host,
            "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        }
        headers["Authorization"] = sign(
            "POST",
            _PATH,
            headers,
            body,
            access_key=self._access_key,
            secret_key=self._secret_key,
            region=self._region,
            service="ses",
            at=now,
        )
        return HttpRequest(self._base_url + _PATH, headers, body)

    def read_refusal(self, status: int, body: bytes) -> Refusal:
        """Return what a 4xx answer says: ``{"message": …}``."""
        try:
            answer: Any = msgspec.json.decode(body)
            text = str(answer.get("message") or answer.get("Message") or "")
        except (msgspec.DecodeError, AttributeError):
            text = ""
        return Refusal(text or f"HTTP {status}")
