"""Sources and their write keys."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from kikubari.collect import _repository as repository
from kikubari.collect.contracts import Source, SourceKind
from kikubari.kit.clock import Clock
from kikubari.kit.ids import random_token
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

MAX_NAME_CHARS = 100
# A key that was rotated away by another process works for at most this much longer.
CACHE_LIFE = timedelta(seconds=5)

_ORIGIN = re.compile(r"https?://[^\s/?#@]+")
# The kind can be seen in the key, so that a secret one in a page's source stands out.
_KEY_PREFIXES = {SourceKind.SERVER: "wk_server_", SourceKind.BROWSER: "wk_browser_"}


class Sources:
    """Makes sources, and finds them by key in memory.

    Args:
        store: state store that holds the sources.
        clock: gives creation times and ends the overlap of rotated keys.
        new_token: makes the secret part of a key.
    """

    def __init__(
        self, store: StateStore, clock: Clock, *, new_token: Callable[[], str] = random_token
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_token = new_token
        self._by_key: dict[str, Source] = {}
        self._loaded_at = datetime.min.replace(tzinfo=UTC)

    def create(
        self,
        name: str,
        kind: SourceKind,
        *,
        allowed_origins: Sequence[str] = (),
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> Source:
        """Make a source with a new write key.

        Raises:
            InvalidInputError: the name is empty or too long, or an origin is not one.
        """
        name = name.strip()
        if not 0 < len(name) <= MAX_NAME_CHARS:
            raise InvalidInputError(f"a source's name has 1 to {MAX_NAME_CHARS} characters")
        origins = tuple(_origin(text) for text in allowed_origins)
        write_key = _KEY_PREFIXES[kind] + self._new_token()
        created_at = self._clock.now()

        def work(connection: Connection) -> Source:
            source = Source(
                id=repository.next_source_id(connection, workspace_id),
                name=name,
                kind=kind,
                write_key=write_key,
                allowed_origins=origins,
                created_at=created_at,
            )
            repository.insert_source(connection, workspace_id, source)
            return source

        source = self._store.write(work)
        self.refresh()
        return source

    def list_all(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[Source]:
        """Return every source in the order they were made."""
        with self._store.read() as connection:
            return repository.list_sources(connection, workspace_id)

    def get(self, source_id: int, *, workspace_id: int = DEFAULT_WORKSPACE) -> Source:
        """Return a source by id.

        Raises:
            NotFoundError: there is none.
        """
        with self._store.read() as connection:
            return _pick(repository.list_sources(connection, workspace_id), source_id)

    def rotate_key(
        self,
        source_id: int,
        *,
        overlap: timedelta = timedelta(0),
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> Source:
        """Give a source a new key; the old one works for `overlap` more.

        Raises:
            NotFoundError: there is no such source.
        """
        token = self._new_token()
        until = self._clock.now() + overlap

        def work(connection: Connection) -> Source:
            old = _pick(repository.list_sources(connection, workspace_id), source_id)
            new = msgspec.structs.replace(
                old,
                write_key=_KEY_PREFIXES[old.kind] + token,
                previous_write_key=old.write_key,
                previous_until=until,
            )
            repository.update_key(connection, workspace_id, new)
            return new

        source = self._store.write(work)
        self.refresh()
        return source

    def find_cached(self, write_key: str) -> Source | None:
        """Return the source of a key as far as memory knows; takes no time."""
        source = self._by_key.get(write_key)
        if source is None or write_key == source.write_key:
            return source
        until = source.previous_until
        return source if until is not None and self._clock.now() < until else None

    def find_by_key(self, write_key: str) -> Source | None:
        """Return the source of a key, asking the store when memory does not know it."""
        if self.is_stale() or self.find_cached(write_key) is None:
            self.refresh()
        return self.find_cached(write_key)

    def is_stale(self) -> bool:
        """Say whether another process may have changed a key since memory was filled."""
        return self._clock.now() - self._loaded_at > CACHE_LIFE

    def refresh(self) -> None:
        """Fill memory from the store.

        Raises:
            UnavailableError: the store cannot be read.
        """
        loaded_at = self._clock.now()
        by_key: dict[str, Source] = {}
        for source in self.list_all():
            by_key[source.write_key] = source
            if source.previous_write_key is not None:
                by_key[source.previous_write_key] = source
        self._by_key = by_key
        self._loaded_at = loaded_at


def _pick(sources: Sequence[Source], source_id: int) -> Source:
    for source in sources:
        if source.id == source_id:
            return source
    raise NotFoundError(f"no source {source_id}")


def _origin(text: str) -> str:
    origin = text.strip().lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise InvalidInputError(
            f"not an origin: {text!r}", hint="Write it as https://shop.example, without a path."
        )
    return origin
