"""Types of the image library, and what it needs to know of who shows its images."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.spec.errors import ConflictError, InvalidInputError, TooLargeError

# Words people say: no line ends, nothing that steers a terminal.
_SPOKEN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_SPOKEN)]
Alt = Annotated[str, msgspec.Meta(max_length=1_000, pattern=_SPOKEN)]


class ImageKindRefusedError(InvalidInputError):
    """An upload is of a kind that mail programs do not show, or that can carry a program."""

    code = "image_kind_refused"


class ImageUnreadableError(InvalidInputError):
    """An upload begins like an image and cannot be read as one: cut short, or made up."""

    code = "image_unreadable"


class ImageTooLargeError(TooLargeError):
    """An image has too many bytes, pixels or frames."""

    code = "image_too_large"


class ImageQuotaError(ConflictError):
    """Who adds an image has as many in the library, or as many bytes, as one may have."""

    code = "image_quota"


class ImageInUseError(ConflictError):
    """An image cannot go while something shows it; `detail` lists what."""

    code = "image_in_use"


class ImageText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an image is called, and what stands for it where it is not seen."""

    name: Name
    alt: Alt = ""


class ImageUpload(ImageText, frozen=True, kw_only=True):
    """An image to take in: the bytes of a PNG, JPEG, GIF or WebP file, base64 in JSON."""

    content: bytes


class LibraryImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image of the library.

    Attributes:
        id: made of its content: the same image has the same one.
        url: where anybody sees it; never changes.
        width: in pixels, and so is `height`.
        is_animated: a GIF of several frames.
        n_bytes: as it is served.
        added_by: the member, or the name of the key.
    """

    id: str
    url: str
    name: str
    alt: str
    media_type: str
    width: int
    height: int
    is_animated: bool
    n_bytes: int
    added_at: datetime
    added_by: str


class ImagePage(msgspec.Struct, frozen=True):
    """Some images, newest first, and how many are found in all."""

    total: int
    images: list[LibraryImage]


class ImageFile(msgspec.Struct, frozen=True):
    """An image as it is served."""

    media_type: str
    content: bytes


class UsedIn(StrEnum):
    """What can show an image."""

    BROADCAST = "broadcast"
    SAVED_BLOCKS = "saved_blocks"
    JOURNEY = "journey"


class ImageUse(msgspec.Struct, frozen=True, kw_only=True):
    """What shows an image. `is_sent`: it is in people's mailboxes and cannot be changed."""

    used_in: UsedIn
    id: str
    name: str
    is_sent: bool = False


class ImageUses(Protocol):
    """Knows what shows images; implemented by `journeys`."""

    def find(self, connection: Connection, image_id: str, workspace_id: int) -> list[ImageUse]:
        """Return everything that has the image's id in it."""
        ...
