"""AWS Signature Version 4 for requests with a body and without a query."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


def sign(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    access_key: str,
    secret_key: str,
    region: str,
    service: str,
    at: datetime,
) -> str:
    """Return the Authorization header.

    Args:
        method: such as ``POST``.
        path: percent-encoded as it goes on the wire, without a query.
        headers: all that are to be signed, with Host and X-Amz-Date.
        body: of the request.
        access_key: names the credentials.
        secret_key: the secret of them.
        region: such as ``ap-northeast-1``.
        service: such as ``ses``.
        at: the instant of X-Amz-Date.
    """
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
    signed = ";".join(name for name, _ in lines)
    canonical = "\n".join(
        [
            method,
            path,
            "",
            *(f"{name}:{value}" for name, value in lines),
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    day = f"{at:%Y%m%d}"
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(
        [_ALGORITHM, f"{at:%Y%m%dT%H%M%SZ}", scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={access_key}/{scope}"
    return f"{_ALGORITHM} {credential}, SignedHeaders={signed}, Signature={signature}"
