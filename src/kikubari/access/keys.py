"""API keys with scopes, each with a rate of its own."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from kikubari.access._tables import api_keys
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import SCOPES, Actor, ApiKey, NewApiKey, Principal
from kikubari.access.rates import Rates
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.ids import IdFactory, random_token
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import Priority, StateStore

DEFAULT_RATE = 6_000
_USE_NOTED_EVERY = timedelta(minutes=5)  # a request is no write


class ApiKeys:
    """Creates, lists, checks and revokes API keys."""

    def __init__(self, store: StateStore, clock: Clock, ids: IdFactory, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._rates = Rates(clock)

    def create(
        self, name: str, scopes: Sequence[str], by: Actor, *, per_minute: int = DEFAULT_RATE
    ) -> NewApiKey:
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
        chosen = tuple(scope for scope in SCOPES if scope in scopes)
        key = NewApiKey(self._ids.new_id("key"), name, chosen, "kk_" + random_token())
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "id": key.id,
            "name": name,
            "scopes": " ".join(chosen),
            "secret_hash": hash_secret(key.secret),
            "requests_per_minute": per_minute,
            "created_us": to_micros(self._clock.now()),
        }

        def work(connection: Connection) -> NewApiKey:
            connection.execute(insert(api_keys), row)
            detail = f"{name}: {' '.join(chosen)}"
            self._audit.append(connection, by, "key.created", key.id, detail)
            return key

        return self._store.write(work)

    def list_keys(self) -> list[ApiKey]:
        """Return all keys, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_us))
            return [
                ApiKey(
                    id=row.id,
                    name=row.name,
                    scopes=tuple(row.scopes.split()),
                    requests_per_minute=row.requests_per_minute,
                    created_at=from_micros(row.created_us),
                    last_used_at=from_micros(row.last_used_us) if row.last_used_us else None,
                )
                for row in rows
            ]

    def find_principal(self, secret: str) -> Principal | None:
        """Return whose secret this is, counting a request.

        Raises:
            RateLimitedError: the key is used more often than it may.
        """
        with self._store.read() as connection:
            row = connection.execute(
                select(api_keys).where(api_keys.c.secret_hash == hash_secret(secret))
            ).one_or_none()
        if row is None:
            return None
        self._rates.take(row.id, per_minute=row.requests_per_minute)
        self._note_use(row.id, row.last_used_us)
        return Principal(row.name, frozenset(row.scopes.split()), key_id=row.id)

    def revoke(self, key_id: str, by: Actor) -> None:
        """Make a key useless.

        Raises:
            NotFoundError: there is no such key.
        """

        def work(connection: Connection) -> None:
            if not connection.execute(delete(api_keys).where(api_keys.c.id == key_id)).rowcount:
                raise NotFoundError(f"no API key {key_id}")
            self._audit.append(connection, by, "key.revoked", key_id)

        self._store.write(work)

    def _note_use(self, key_id: str, noted_us: int | None) -> None:
        now = self._clock.now()
        if noted_us is None or noted_us < to_micros(now - _USE_NOTED_EVERY):
            change = (
                update(api_keys).where(api_keys.c.id == key_id).values(last_used_us=to_micros(now))
            )
            # Not waited for: nobody's answer depends on it.
            self._store.submit(lambda c: c.execute(change), priority=Priority.BACKGROUND)
