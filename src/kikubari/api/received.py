"""Messages as received, shut in: markup that somebody else wrote runs nothing here."""

import re
from urllib.parse import urlsplit

from litestar import MediaType, Response

_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
# Links open beside the console, never inside the frame.
_BASE = '<base target="_blank">'
# Authors' pictures may come from wherever they keep them.
_FRAME_POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " img-src 'self' https: data:; style-src 'unsafe-inline'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)


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


def answer_frame() -> Response[str]:
    """Return an empty page that the console writes a message into: it can run and ask nothing.

    It is of the console's own origin, so that a message can change without loading a page; scripts
    are forbidden twice, by the sandbox and by the policy.
    """
    headers = {
        "Content-Security-Policy": _FRAME_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    page = f"<!doctype html><html><head>{_BASE}<title>…</title></head><body></body></html>"
    return Response(page, media_type=MediaType.HTML, headers=headers)


def frame_policy(base_url: str) -> str:
    """Return the policy of a received message; it holds even when opened outside its frame."""
    parts = urlsplit(base_url)
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
        f" img-src 'self' {parts.scheme}://{parts.netloc}; style-src 'unsafe-inline';"
        " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
