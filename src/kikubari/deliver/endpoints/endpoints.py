"""Endpoints as members set them up, and the dead letters they send again."""

from collections.abc import Collection
from datetime import timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, update

from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_endpoints, webhook_told
from kikubari.deliver.endpoints.contracts import (
    KEPT,
    MAX_ENDPOINTS,
    CallState,
    CallView,
    DisabledBecause,
    Endpoint,
    EndpointDefinition,
    EndpointName,
    EndpointState,
    QueueAnswer,
    WebhookCall,
)
from kikubari.deliver.endpoints.notifying import remember_told
from kikubari.deliver.endpoints.queueing import WebhookQueue
from kikubari.deliver.endpoints.reach import Lookup, check_url, look_up
from kikubari.deliver.endpoints.signing import new_secret
from kikubari.deliver.providers.http.client import Reach
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import to_micros
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

TEST_TYPE = "kikubari.test"
OVERLAP = timedelta(hours=24)  # of an old secret and the new one
_MAX_NAME = 80
_MAX_TYPES = 50
_MAX_TYPE = 100
_AT_ONCE = 1_000


class NewEndpoint(msgspec.Struct, frozen=True):
    """An endpoint with its secret, which is never shown again."""

    endpoint: Endpoint
    secret: str


class Endpoints:
    """The endpoints of a workspace.

    Args:
        store: state store.
        seal: closes their secrets.
        queue: takes calls that are made to try one out.
        reach: which addresses they may have.
        lookup: of names; replaced in tests.
    """

    def __init__(
        self,
        store: StateStore,
        seal: Seal,
        queue: WebhookQueue,
        *,
        clock: Clock,
        ids: IdFactory,
        reach: Reach,
        lookup: Lookup = look_up,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._seal = seal
        self._queue = queue
        self._clock = clock
        self._ids = ids
        self._reach = reach
        self._lookup = lookup
        self._workspace_id = workspace_id

    def create(self, definition: EndpointDefinition) -> NewEndpoint:
        """Set up an endpoint; it is called from now on.

        Raises:
            InvalidInputError: its name, its types or its address cannot be used, or there are
                too many.
        """
        self._check(definition)
        endpoint_id, secret = self._ids.new_id("whe"), new_secret()

        def work(connection: Connection) -> None:
            if rows.count_endpoints(connection, self._workspace_id) >= MAX_ENDPOINTS:
                raise InvalidInputError(f"at most {MAX_ENDPOINTS} endpoints")
            connection.execute(
                insert(webhook_endpoints).values(
                    workspace_id=self._workspace_id,
                    id=endpoint_id,
                    secret=self._seal.close(secret, of=endpoint_id),
                    state=EndpointState.ENABLED.value,
                    created_us=to_micros(self._clock.now()),
                    **_columns(definition),
                )
            )

        self._store.write(work)
        return NewEndpoint(self.get(endpoint_id), secret)

    def change(self, endpoint_id: str, definition: EndpointDefinition) -> Endpoint:
        """Name it anew, move it, or tell it of other things.

        Raises:
            InvalidInputError: as `create`.
            NotFoundError: there is none by that id.
        """
        self._check(definition)
        return self._update(endpoint_id, _columns(definition))

    def enable(self, endpoint_id: str) -> Endpoint:
        """Call it again from now on; dead letters wait for `replay`.

        Raises:
            InvalidInputError: its address leads where it must not by now.
            NotFoundError: there is none by that id.
        """
        check_url(self.get(endpoint_id).definition.url, self._reach, self._lookup)
        return self._update(
            endpoint_id,
            {
                "state": EndpointState.ENABLED.value,
                "disabled_because": None,
                "disabled_us": None,
                "failing_us": None,
            },
        )

    def disable(self, endpoint_id: str) -> Endpoint:
        """Call it no more; what waits for it becomes dead letters.

        Raises:
            NotFoundError: there is none by that id.
        """
        self.get(endpoint_id)
        now_us = to_micros(self._clock.now())
        self._store.write(
            lambda connection: rows.disable(
                connection, self._workspace_id, endpoint_id, DisabledBecause.MEMBER, now_us=now_us
            )
        )
        return self.get(endpoint_id)

    def rotate_secret(self, endpoint_id: str) -> NewEndpoint:
        """Exchange the secret; for a day calls carry a signature by each.

        Raises:
            NotFoundError: there is none by that id.
        """
        secret = new_secret()
        until = to_micros(self._clock.now() + OVERLAP)

        def work(connection: Connection) -> None:
            row = rows.find_endpoint_row(connection, self._workspace_id, endpoint_id)
            if row is None:
                raise _missing(endpoint_id)
            connection.execute(
                update(webhook_endpoints)
                .where(*self._is(endpoint_id))
                .values(
                    secret=self._seal.close(secret, of=endpoint_id),
                    old_secret=row.secret,
                    old_secret_us=until,
                )
            )

        self._store.write(work)
        return NewEndpoint(self.get(endpoint_id), secret)

    def delete(self, endpoint_id: str) -> None:
        """Forget an endpoint and all calls to it.

        Raises:
            NotFoundError: there is none by that id.
        """
        self.get(endpoint_id)
        c = webhook_calls.c

        def work(connection: Connection) -> None:
            connection.execute(
                delete(webhook_calls).where(
                    c.workspace_id == self._workspace_id, c.endpoint_id == endpoint_id
                )
            )
            t = webhook_told.c
            connection.execute(
                delete(webhook_told).where(
                    t.workspace_id == self._workspace_id, t.endpoint_id == endpoint_id
                )
            )
            connection.execute(delete(webhook_endpoints).where(*self._is(endpoint_id)))

        self._store.write(work)

    def get(self, endpoint_id: str) -> Endpoint:
        """Return an endpoint.

        Raises:
            NotFoundError: there is none by that id.
        """
        with self._store.read() as connection:
            found = rows.find_endpoint(connection, self._workspace_id, endpoint_id)
        if found is None:
            raise _missing(endpoint_id)
        return found

    def list_some(self, *, after: str = "", limit: int = 100) -> list[Endpoint]:
        """Return endpoints, oldest first; `after`: the id of the one to go on behind."""
        with self._store.read() as connection:
            return rows.list_endpoints(connection, self._workspace_id, after=after, limit=limit)

    def count(self) -> int:
        """Return how many there are."""
        with self._store.read() as connection:
            return rows.count_endpoints(connection, self._workspace_id)

    def list_names(self) -> list[EndpointName]:
        """Return all of them by their names, oldest first."""
        with self._store.read() as connection:
            return rows.list_names(connection, self._workspace_id)

    def list_calls(
        self, endpoint_id: str, *, state: CallState | None = None, after: str = "", limit: int = 50
    ) -> list[CallView]:
        """Return calls to an endpoint, newest first.

        Args:
            endpoint_id: which endpoint.
            state: those in one state only.
            after: id of the call to go on behind; none are, if it was forgotten meanwhile.
            limit: how many at the most.

        Raises:
            NotFoundError: there is no such endpoint.
        """
        self.get(endpoint_id)
        with self._store.read() as connection:
            return rows.list_calls(
                connection,
                self._workspace_id,
                endpoint_id,
                state=state,
                after=after,
                limit=limit,
            )

    def replay(self, endpoint_id: str, ids: Collection[str] | None = None) -> int:
        """Queue dead letters again, all or some, under the ids they had; returns how many.

        Raises:
            NotFoundError: there is no such endpoint.
            ConflictError: it is disabled.
        """
        if self.get(endpoint_id).state is not EndpointState.ENABLED:
            raise ConflictError("the endpoint is disabled", hint="Enable it first.")
        now_us = to_micros(self._clock.now())
        return self._store.write(
            lambda connection: rows.revive(
                connection, self._workspace_id, endpoint_id, ids=ids, now_us=now_us
            )
        )

    def test(self, endpoint_id: str) -> QueueAnswer:
        """Queue a call that says nothing; what comes of it is in `list_calls`.

        Raises:
            NotFoundError: there is no such endpoint.
        """
        self.get(endpoint_id)
        call = WebhookCall(
            endpoint_id=endpoint_id,
            type=TEST_TYPE,
            data={},
            idempotency_key=self._ids.new_id("try"),
        )
        return self._write_call(call)

    def forget_some(self) -> bool:
        """Delete calls that ended long ago; returns whether there may be more."""
        before_us = to_micros(self._clock.now() - KEPT)

        def work(connection: Connection) -> int:
            remember_told(connection, self._workspace_id, before_us=before_us)
            return rows.forget_ended(
                connection, self._workspace_id, before_us=before_us, limit=_AT_ONCE
            )

        return self._store.write(work) == _AT_ONCE

    def _write_call(self, call: WebhookCall) -> QueueAnswer:
        at = self._clock.now()
        return self._store.write(lambda connection: self._queue.queue_in(connection, call, at=at))

    def _update(self, endpoint_id: str, values: dict[str, object]) -> Endpoint:
        def work(connection: Connection) -> int:
            return connection.execute(
                update(webhook_endpoints).where(*self._is(endpoint_id)).values(values)
            ).rowcount

        if self._store.write(work) != 1:
            raise _missing(endpoint_id)
        return self.get(endpoint_id)

    def _is(self, endpoint_id: str) -> tuple[ColumnElement[bool], ...]:
        c = webhook_endpoints.c
        return c.workspace_id == self._workspace_id, c.id == endpoint_id

    def _check(self, definition: EndpointDefinition) -> None:
        name = definition.name
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            raise InvalidInputError(f"an endpoint needs a name of at most {_MAX_NAME} characters")
        if len(definition.types) > _MAX_TYPES:
            raise InvalidInputError(f"an endpoint is told of at most {_MAX_TYPES} kinds of event")
        for one in definition.types:
            if not one.strip() or len(one) > _MAX_TYPE or not one.isprintable():
                raise InvalidInputError("a kind of event is named as in the tracking plan")
        check_url(definition.url, self._reach, self._lookup)


def _columns(definition: EndpointDefinition) -> dict[str, object]:
    return {
        "name": definition.name,
        "url": definition.url,
        "types": "\n".join(dict.fromkeys(definition.types)),
    }


def _missing(endpoint_id: str) -> NotFoundError:
    return NotFoundError(f"no endpoint {endpoint_id}", hint="GET /api/webhooks lists them.")
