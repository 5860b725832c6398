"""Serves the built console: one page for every address, and files that never change."""

import re
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from kikubari.kit.ids import random_token
from kikubari.spec.errors import UnavailableError

BUILT = Path(__file__).parent / "dist"
# The build writes this where a nonce belongs; each answer gets one of its own.
_NONCE_MARK = "kikubari-nonce"
_FILE_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Smallest first; the build lays the compressed files beside the plain ones.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _policy(nonce: str) -> str:
    """Return the page's policy: our own files, style elements that carry the nonce, no more.

    Product pictures may come from the shop's own servers.
    """
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}';"
        " img-src 'self' data: https:; connect-src 'self'; frame-src 'self'; manifest-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@get(["/", "/{_:path}"], sync_to_thread=False)
def get_console() -> Response[str]:
    """Return the page; the program in it knows the address.

    Raises:
        UnavailableError: this installation was made without the console.
    """
    try:
        page = (BUILT / "index.html").read_text()
    except FileNotFoundError:
        raise UnavailableError(
            "the console is not built", hint="Run 'make console', or install the wheel."
        ) from None
    nonce = random_token()
    headers = {
        **_SAFE_HEADERS,
        "Content-Security-Policy": _policy(nonce),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
    return Response(page.replace(_NONCE_MARK, nonce), media_type=MediaType.HTML, headers=headers)


@get("/assets/{name:str}", sync_to_thread=True)
def get_console_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Return a built file, compressed if the browser can read that; its name says its content."""
    media_type = _MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None or not _FILE_NAME.fullmatch(name):
        raise NotFoundException
    headers = {
        **_SAFE_HEADERS,
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    accepted = request.headers.get("accept-encoding", "")
    for encoding, suffix in _ENCODINGS:
        packed = BUILT / "assets" / f"{name}{suffix}"
        if encoding in accepted and packed.is_file():
            headers["Content-Encoding"] = encoding
            return Response(packed.read_bytes(), media_type=media_type, headers=headers)
    try:
        content = (BUILT / "assets" / name).read_bytes()
    except FileNotFoundError:
        raise NotFoundException from None
    return Response(content, media_type=media_type, headers=headers)


console_handlers = Router(
    "/app", route_handlers=[get_console, get_console_file], include_in_schema=False
)
