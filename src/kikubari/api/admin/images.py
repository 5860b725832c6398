"""The library of images for messages."""

from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import Connection

from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED
from kikubari.decide.images import (
    MAX_UPLOAD_BYTES,
    ImagePage,
    ImageText,
    ImageUpload,
    ImageUse,
    LibraryImage,
)

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
# Base64 takes four bytes for three; a little more, so that what is too large is told why.
_MAX_BODY = MAX_UPLOAD_BYTES * 3 // 2


@get("/images", guards=[requires("read")], sync_to_thread=True)
def list_images(
    services: NamedDependency[Services],
    search: FromQuery[str] = "",
    after: FromQuery[str] = "",
    limit: Limit = 60,
) -> ImagePage:
    """List images, newest first; go on `after` the last one's id.

    `search` has words of their names and alternative texts.
    """
    return services.images.list_some(
        search=search.replace("\0", " "), after=after.replace("\0", " "), limit=limit
    )


@post(
    "/images",
    guards=[requires("write")],
    sync_to_thread=True,
    opt={AUDITED: True},
    request_max_body_size=_MAX_BODY,
)
def add_image(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[ImageUpload],
) -> LibraryImage:
    """Take an image in: PNG, JPEG, GIF or WebP of up to 5 MB and 40 million pixels.

    It is written anew, at most 1,200 px wide and without what stands beside its pixels: where and
    when a photo was taken. The same image again is the one that is there.
    """
    actor = actor_of(request)

    def note(connection: Connection, image_id: str) -> None:
        services.access.audit.append(connection, actor, "add_image", image_id)

    return services.images.add(data, by=actor.name, note=note)


@get("/images/{image_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_image(services: NamedDependency[Services], image_id: FromPath[str]) -> LibraryImage:
    """Return what is known of an image; its `url` leads to the image itself."""
    return services.images.get(image_id)


@put("/images/{image_id:str}", guards=[requires("write")], sync_to_thread=True)
def describe_image(
    services: NamedDependency[Services], image_id: FromPath[str], data: JSONBody[ImageText]
) -> LibraryImage:
    """Change an image's name and alternative text; messages keep the text they have."""
    return services.images.describe(image_id, data)


@delete("/images/{image_id:str}", guards=[requires("write")], sync_to_thread=True)
def remove_image(
    services: NamedDependency[Services],
    image_id: FromPath[str],
    although_sent: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
) -> None:
    """Remove an image that nothing shows.

    With `although_sent` also one that only sent messages show: in mailboxes it is missing then.
    """
    services.images.remove(image_id, although_sent=although_sent)


@get("/images/{image_id:str}/uses", guards=[requires("read")], sync_to_thread=True)
def list_image_uses(services: NamedDependency[Services], image_id: FromPath[str]) -> list[ImageUse]:
    """List what shows an image: broadcasts, saved blocks and journeys."""
    return services.images.list_uses(image_id)


image_handlers = [
    list_images,
    add_image,
    get_image,
    describe_image,
    remove_image,
    list_image_uses,
]
