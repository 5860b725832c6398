"""Sources, their write keys, and what each may send.

A key is found by its hash, so the store does not give keys away. One that is public anyway, or
that a command has to find again, is kept beside its hash, sealed with the instance's own key.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from kikubari.collect import _repository as repository
from kikubari.collect._repository import StoredSource
from kikubari.collect.contracts import Source, SourceKind, SourceLimits
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.ids import random_token
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

MAX_NAME_CHARS = 100
MAX_ALLOWED_EVENTS = 1_000
# A key that was rotated away by another process works for at most this much longer.
CACHE_LIFE = timedelta(seconds=5)

_ORIGIN = re.compile(r"https?://[^\s/?#@]+")
# The kind can be seen in the key, so that a secret one in a page's source stands out.
_KEY_PREFIXES = {SourceKind.SERVER: "wk_server_", SourceKind.BROWSER: "wk_browser_"}
_KEY_END_CHARS = 4


class Sources:
    """Makes sources, and finds them by key in memory.

    Args:
        store: state store that holds the sources.
        clock: gives creation times and ends the overlap of rotated keys.
        seal: closes the keys that are shown again.
        new_token: makes the secret part of a key.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        seal: Seal,
        *,
        new_token: Callable[[], str] = random_token,
    ) -> None:
        self._store = store
        self._clock = clock
        self._seal = seal
        self._new_token = new_token
        self._by_hash: dict[bytes, StoredSource] = {}
        self._loaded_at = datetime.min.replace(tzinfo=UTC)

    def create(
        self,
        name: str,
        kind: SourceKind,
        *,
        limits: SourceLimits | None = None,
        is_key_kept: bool | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> Source:
        """Make a source with a new write key.

        Args:
            name: what people call it.
            kind: where its key will be.
            limits: what it may send; None: anything.
            is_key_kept: whether its key can be shown again; None: if it is public anyway.
            workspace_id: whose it is.

        Raises:
            InvalidInputError: the name is empty or too long, or a limit is not one.
        """
        name = name.strip()
        if not 0 < len(name) <= MAX_NAME_CHARS:
            raise InvalidInputError(f"a source's name has 1 to {MAX_NAME_CHARS} characters")
        checked = _check_limits(limits or SourceLimits())
        is_kept = kind is SourceKind.BROWSER if is_key_kept is None else is_key_kept
        key = _KEY_PREFIXES[kind] + self._new_token()

        def work(connection: Connection) -> Source:
            source = Source(
                id=repository.next_source_id(connection, workspace_id),
                name=name,
                kind=kind,
                write_key=key,
                key_end=key[-_KEY_END_CHARS:],
                created_at=self._clock.now(),
                **msgspec.structs.asdict(checked),
            )
            stored = self._stored(source, key, is_kept=is_kept)
            repository.insert_source(connection, workspace_id, stored)
            return source

        source = self._store.write(work)
        self.refresh()
        return source

    def list_all(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[Source]:
        """Return every source in the order they were made, with the keys that are kept."""
        return [self._opened(stored) for stored in self._list_stored(workspace_id)]

    def get(self, source_id: int, *, workspace_id: int = DEFAULT_WORKSPACE) -> Source:
        """Return a source by id, with its key if that is kept.

        Raises:
            NotFoundError: there is none.
        """
        return self._opened(_pick(self._list_stored(workspace_id), source_id))

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

        def change(old: StoredSource) -> StoredSource:
            key = _KEY_PREFIXES[old.source.kind] + token
            source = msgspec.structs.replace(
                old.source,
                write_key=key,
                key_end=key[-_KEY_END_CHARS:],
                previous_until=until,
            )
            new = self._stored(source, key, is_kept=old.sealed_key is not None)
            return new._replace(previous_key_hash=old.key_hash)

        return self._change(workspace_id, source_id, change).source

    def limit(
        self, source_id: int, limits: SourceLimits, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> Source:
        """Say anew what a source may send.

        Raises:
            NotFoundError: there is no such source.
            InvalidInputError: a limit is not one.
        """
        changes = msgspec.structs.asdict(_check_limits(limits))

        def change(old: StoredSource) -> StoredSource:
            return old._replace(source=msgspec.structs.replace(old.source, **changes))

        return self._opened(self._change(workspace_id, source_id, change))

    def find_cached(self, write_key: str) -> Source | None:
        """Return the source of a key as far as memory knows; takes no time."""
        key_hash = hash_secret(write_key)
        stored = self._by_hash.get(key_hash)
        if stored is None:
            return None
        until = stored.source.previous_until
        is_current = key_hash == stored.key_hash
        return stored.source if is_current or (until and self._clock.now() < until) else None

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
        by_hash: dict[bytes, StoredSource] = {}
        for stored in self._list_stored(DEFAULT_WORKSPACE):
            by_hash[stored.key_hash] = stored
            if stored.previous_key_hash is not None:
                by_hash[stored.previous_key_hash] = stored
        self._by_hash = by_hash
        self._loaded_at = loaded_at

    def reseal(self, seal: Seal, *, workspace_id: int = DEFAULT_WORKSPACE) -> int:
        """Close the keys that are shown again with another seal; returns how many there were.

        What the other seal opens already, or this one does not open, is left alone.
        """

        def work(connection: Connection) -> int:
            n_keys = 0
            for stored in repository.list_sources(connection, workspace_id):
                key = self._opened(stored).write_key
                if key is not None:
                    sealed = seal.close(key, of=_name_of(stored.source))
                    new = stored._replace(sealed_key=sealed)
                    repository.update_source(connection, workspace_id, new)
                    n_keys += 1
            return n_keys

        return self._store.write(work)

    def _list_stored(self, workspace_id: int) -> list[StoredSource]:
        with self._store.read() as connection:
            return repository.list_sources(connection, workspace_id)

    def _change(
        self, workspace_id: int, source_id: int, change: Callable[[StoredSource], StoredSource]
    ) -> StoredSource:
        def work(connection: Connection) -> StoredSource:
            new = change(_pick(repository.list_sources(connection, workspace_id), source_id))
            repository.update_source(connection, workspace_id, new)
            return new

        changed = self._store.write(work)
        self.refresh()
        return changed

    def _stored(self, source: Source, key: str, *, is_kept: bool) -> StoredSource:
        sealed = self._seal.close(key, of=_name_of(source)) if is_kept else None
        return StoredSource(source, hash_secret(key), sealed)

    def _opened(self, stored: StoredSource) -> Source:
        if stored.sealed_key is None:
            return msgspec.structs.replace(stored.source, write_key=None)
        key = self._seal.open(stored.sealed_key, of=_name_of(stored.source))
        return msgspec.structs.replace(stored.source, write_key=key)


def _name_of(source: Source) -> str:
    return f"write key of source {source.id}"


def _pick(found: Sequence[StoredSource], source_id: int) -> StoredSource:
    for stored in found:
        if stored.source.id == source_id:
            return stored
    raise NotFoundError(f"no source {source_id}")


def _check_limits(limits: SourceLimits) -> SourceLimits:
    events = tuple(dict.fromkeys(name.strip() for name in limits.allowed_events))
    if len(events) > MAX_ALLOWED_EVENTS or not all(name.isprintable() and name for name in events):
        raise InvalidInputError(
            f"allowed events are at most {MAX_ALLOWED_EVENTS} names, each on one line"
        )
    rate = limits.events_per_minute
    if rate is not None and rate < 1:
        raise InvalidInputError(
            "events_per_minute is at least 1", hint="Leave it out for as many as come."
        )
    return SourceLimits(
        allowed_origins=tuple(_origin(text) for text in limits.allowed_origins),
        allowed_events=events,
        events_per_minute=rate,
    )


def _origin(text: str) -> str:
    origin = text.strip().lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise InvalidInputError(
            f"not an origin: {text!r}", hint="Write it as https://shop.example, without a path."
        )
    return origin
