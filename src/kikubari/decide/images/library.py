"""The library: images that were taken in, for the messages of this shop."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.decide.images import _repository as repository
from kikubari.decide.images.contracts import (
    ImageFile,
    ImageInUseError,
    ImagePage,
    ImageQuotaError,
    ImageText,
    ImageUpload,
    ImageUse,
    ImageUses,
    LibraryImage,
)
from kikubari.decide.images.reading import read_image
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

_MEAN_BYTES = 512 * 1024
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


class ImageLibrary:
    """Takes images in and gives them out.

    Args:
        store: of the images.
        clock: gives the instants.
        base_url: what addresses of images begin with, without a slash at the end.
        uses: knows what shows an image.
        most_each: how many one member or key may have here, of half a megabyte on average.
        workspace_id: whose images.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        *,
        base_url: str,
        uses: ImageUses,
        most_each: int = 2_000,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._base_url = base_url
        self._uses = uses
        self._most_each = most_each
        self._workspace_id = workspace_id

    def add(
        self, upload: ImageUpload, *, by: str, note: Callable[[Connection, str], None]
    ) -> LibraryImage:
        """Take an image in. One that is there already stays as it is called there.

        Args:
            upload: the image and what it is called.
            by: who adds it.
            note: told the id in the transaction of a new image.

        Raises:
            ImageKindRefusedError, ImageTooLargeError, ImageUnreadableError: see `read_image`.
            InvalidInputError: no name.
            ImageQuotaError: who adds it has as many as one may have.
        """
        name = _spoken(upload.name)
        read = read_image(upload.content)
        # Of what is served, not of what came: it tells nothing, and cannot be guessed without it.
        image_id = f"img_{hashlib.sha256(read.content).hexdigest()[:32]}"
        row = {
            "id": image_id,
            "name": name,
            "alt": upload.alt.strip(),
            "media_type": read.media_type,
            "width": read.width,
            "height": read.height,
            "is_animated": int(read.is_animated),
            "n_bytes": len(read.content),
            "added_us": to_micros(self._clock.now()),
            "added_by": by,
            "content": read.content,
        }

        def work(connection: Connection) -> None:
            if repository.add(connection, self._workspace_id, row):
                self._check_quota(connection, by)
                note(connection, image_id)

        self._store.write(work)
        return self.get(image_id)

    def _check_quota(self, connection: Connection, by: str) -> None:
        """Refuse what somebody has just added if it is too much; the transaction takes it back."""
        n_images, n_bytes = repository.measure(connection, self._workspace_id, by)
        if n_images > self._most_each or n_bytes > self._most_each * _MEAN_BYTES:
            raise ImageQuotaError(
                f"{by} may have {self._most_each:,} images here, of"
                f" {self._most_each * _MEAN_BYTES // 2**20:,} MB together",
                hint="Remove what nothing shows; KIKUBARI_IMAGES_EACH is the number.",
            )

    def get(self, image_id: str) -> LibraryImage:
        """Return an image.

        Raises:
            NotFoundError: there is none by that id.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, image_id)
        if row is None:
            raise NotFoundError(f"no image {image_id}")
        return self._view(row)

    def list_some(self, *, search: str = "", after: str = "", limit: int = 60) -> ImagePage:
        """Return images with all words in their name or alternative text, newest first.

        Args:
            search: words, in any case.
            after: id of the last image of the page before.
            limit: how many at most.
        """
        with self._store.read() as connection:
            total = repository.count(connection, self._workspace_id, search)
            rows = repository.list_some(
                connection, self._workspace_id, search, after=after, limit=limit
            )
        return ImagePage(total, [self._view(row) for row in rows])

    def describe(self, image_id: str, text: ImageText) -> LibraryImage:
        """Call an image something else; messages keep the alternative text they have.

        Raises:
            NotFoundError: there is none by that id.
            InvalidInputError: no name.
        """
        name, alt = _spoken(text.name), text.alt.strip()
        self._store.write(
            lambda connection: repository.describe(
                connection, self._workspace_id, image_id, name=name, alt=alt
            )
        )
        return self.get(image_id)

    def list_uses(self, image_id: str) -> list[ImageUse]:
        """Return what shows an image: broadcasts, saved blocks, journeys.

        Raises:
            NotFoundError: there is none by that id.
        """
        self.get(image_id)
        with self._store.read() as connection:
            return self._uses.find(connection, image_id, self._workspace_id)

    def remove(self, image_id: str, *, although_sent: bool = False) -> None:
        """Remove an image; its address leads nowhere from then on.

        Args:
            image_id: which.
            although_sent: also if messages that were sent show it: they will lack it.

        Raises:
            NotFoundError: there is none by that id.
            ImageInUseError: something shows it; `detail` lists what.
        """
        self.get(image_id)

        def work(connection: Connection) -> None:
            uses = self._uses.find(connection, image_id, self._workspace_id)
            standing = [use for use in uses if not (use.is_sent and although_sent)]
            if standing:
                raise ImageInUseError(
                    f"image {image_id} is shown in {len(standing)} places",
                    hint="Take it out there first. Of messages that were sent it can only be taken"
                    " for all their readers: `although_sent`.",
                    detail=standing,
                )
            repository.remove(connection, self._workspace_id, image_id)

        self._store.write(work)

    def find_file(self, file: str) -> ImageFile | None:
        """Return what an address of this library ends with: an image under its own kind."""
        image_id, _, extension = file.partition(".")
        with self._store.read() as connection:
            row = repository.find_content(connection, self._workspace_id, image_id)
        if row is None or _EXTENSIONS[row.media_type] != extension:
            return None
        return ImageFile(row.media_type, row.content)

    def _view(self, row: Row[*tuple[Any, ...]]) -> LibraryImage:
        return LibraryImage(
            id=row.id,
            url=f"{self._base_url}/images/{row.id}.{_EXTENSIONS[row.media_type]}",
            name=row.name,
            alt=row.alt,
            media_type=row.media_type,
            width=row.width,
            height=row.height,
            is_animated=bool(row.is_animated),
            n_bytes=row.n_bytes,
            added_at=from_micros(row.added_us),
            added_by=row.added_by,
        )


def _spoken(name: str) -> str:
    if not name.strip():
        raise InvalidInputError("an image needs a name")
    return name.strip()
