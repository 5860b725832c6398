"""Messages as received, shut in: markup that somebody else wrote runs nothing here."""

import re
from urllib.parse import urlsplit

from litestar import MediaType, Response

_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
# Links open beside the console, never inside the frame.
_BASE = '<base target="_blank">'


def answer_markup(markup: str, base_url: str) -> Response[str]:
    """Return a message's HTML as its sender wrote it: no script, no form, our images only."""
    headers = {
        "Content-Security-Policy": frame_policy(base_url),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    head = _HEAD.search(markup)
    at = head.end() if head else 0
    shown = markup[:at] + _BASE + markup[at:]
    return Response(shown, media_type=MediaType.HTML, headers=headers)


def frame_policy(base_url: str) -> str:
    """Return the policy of a received message; it holds even when opened outside its frame."""
    parts = urlsplit(base_url)
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
        f" img-src 'self' {parts.scheme}://{parts.netloc}; style-src 'unsafe-inline';"
        " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
