"""Files that come with the pages, product pictures, and what robots ask for."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import read_static

_MEDIA_TYPES = {"kikubari.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}
# The address changes with the content: see `asset_path`.
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"
# An image that is opened as a page of its own can do nothing.
_IMAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# What somebody brought has no style of its own either.
_BARE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@get("/assets/{name:str}", sync_to_thread=False)
def get_asset(name: FromPath[str]) -> Response[Any]:
    """Return a static file."""
    media_type = _MEDIA_TYPES.get(name)
    if media_type is None:
        raise NotFoundException
    headers = {"Cache-Control": _FOR_EVER, **_IMAGE_HEADERS}
    return Response(read_static(name), media_type=media_type, headers=headers)


@get("/favicon.ico", sync_to_thread=False)
def get_favicon() -> Response[Any]:
    """Return the mark to browsers that guess its address."""
    headers = {"Cache-Control": _FOR_A_DAY, **_IMAGE_HEADERS}
    return Response(read_static("mark.svg"), media_type="image/svg+xml", headers=headers)


@get("/shop-images/{file:str}", sync_to_thread=True)
def get_product_image(services: NamedDependency[Services], file: FromPath[str]) -> Response[Any]:
    """Return a product's picture."""
    product_id, dot, extension = file.rpartition(".")
    picture = services.product_image(product_id) if dot and extension == "svg" else None
    if picture is None:
        raise NotFoundException
    headers = {"Cache-Control": _FOR_A_DAY, **_IMAGE_HEADERS}
    return Response(picture.encode(), media_type="image/svg+xml", headers=headers)


@get("/images/{file:str}", sync_to_thread=True)
def get_library_image(services: NamedDependency[Services], file: FromPath[str]) -> Response[Any]:
    """Return an image of the library, to anybody who has its address."""
    image = services.images.find_file(file)
    if image is None:
        raise NotFoundException
    headers = {"Cache-Control": _FOR_EVER, **_IMAGE_HEADERS, **_BARE_POLICY}
    return Response(image.content, media_type=image.media_type, headers=headers)


@get("/robots.txt", sync_to_thread=False)
def get_robots() -> Response[str]:
    """Keep robots out: nothing here is for them."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@get("/.well-known/gpc.json", sync_to_thread=False)
def get_privacy_control() -> Response[dict[str, object]]:
    """Say that Global Privacy Control is honoured (w3c.github.io/gpc)."""
    return Response({"gpc": True, "lastUpdate": "2026-11-22"})
