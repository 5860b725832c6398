"""API keys with scopes."""

from collections.abc import Sequence
from hashlib import blake2b

from sqlalchemy import Connection, delete, insert, select

from kikubari.access._tables import api_keys
from kikubari.access.contracts import SCOPES, ApiKey, NewApiKey, Principal
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory, random_token
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore


def hash_secret(secret: str) -> bytes:
    """Return the hash a random secret is stored as; random secrets need no slow hash."""
    return blake2b(secret.encode(), digest_size=32, person=b"kikubari-key").digest()


class ApiKeys:
    """Creates, lists, checks and revokes API keys."""

    def __init__(self, store: StateStore, clock: Clock, ids: IdFactory) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def create(self, name: str, scopes: Sequence[str]) -> NewApiKey:
        """Make a key; its secret is in the answer and nowhere else.

        Raises:
            InvalidInputError: no scope, or one that does not exist.
        """
        unknown = set(scopes) - set(SCOPES)
        if unknown or not scopes:
            raise InvalidInputError(
                f"no such scope: {', '.join(sorted(unknown)) or '(none given)'}",
                hint=f"Scopes are {', '.join(SCOPES)}.",
            )
        key = NewApiKey(self._ids.new_id("key"), name, tuple(scopes), "kk_" + random_token())
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "id": key.id,
            "name": name,
            "scopes": " ".join(scopes),
            "secret_hash": hash_secret(key.secret),
            "created_us": to_micros(self._clock.now()),
        }
        self._store.write(lambda connection: connection.execute(insert(api_keys), row))
        return key

    def list_keys(self) -> list[ApiKey]:
        """Return all keys, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_us))
            return [ApiKey(r.id, r.name, tuple(r.scopes.split()), r.created_us) for r in rows]

    def find_principal(self, secret: str) -> Principal | None:
        """Return whose secret this is."""
        with self._store.read() as connection:
            row = connection.execute(
                select(api_keys.c.name, api_keys.c.scopes).where(
                    api_keys.c.secret_hash == hash_secret(secret)
                )
            ).one_or_none()
        return Principal(row.name, frozenset(row.scopes.split())) if row else None

    def revoke(self, key_id: str) -> None:
        """Make a key useless.

        Raises:
            NotFoundError: there is no such key.
        """

        def work(connection: Connection) -> int:
            return connection.execute(delete(api_keys).where(api_keys.c.id == key_id)).rowcount

        if not self._store.write(work):
            raise NotFoundError(f"no API key {key_id}")
