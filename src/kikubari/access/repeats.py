"""Requests that may come twice: done once, answered alike."""

from datetime import timedelta
from hashlib import blake2b

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from kikubari.access._tables import kept_answers
from kikubari.access.contracts import KeptAnswer, Principal
from kikubari.access.errors import RequestDiffersError, RequestUnderWayError
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore, insert_or_ignore

KEPT_FOR = timedelta(days=30)
_OF = "answer"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(KeptAnswer).decode


class Repeats:
    """Keeps answers for those who ask again with the same key.

    An answer can hold secrets and people's data. It is sealed by what only the asker has, their
    Idempotency-Key, together with the key of this instance.

    Args:
        store: state store.
        clock: tells when.
        secret: 32 bytes kept apart from the data.
    """

    def __init__(self, store: StateStore, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret

    def claim(self, principal: Principal, key: str, request: bytes) -> KeptAnswer | None:
        """Return the answer that was given before; None: the request is the caller's to do.

        Args:
            principal: who asks; the same key of another is another key.
            key: Idempotency-Key of the request.
            request: everything that makes it the same request.

        Raises:
            RequestDiffersError: the key came with another request.
            RequestUnderWayError: the first request has no answer yet.
        """
        now = self._clock.now()
        asked = blake2b(request, digest_size=32).digest()
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "key_hash": self._hash(principal, key, b"name"),
            "request_hash": asked,
            "at_us": to_micros(now),
        }

        def work(connection: Connection) -> tuple[bytes, bytes | None] | None:
            connection.execute(
                delete(kept_answers).where(
                    kept_answers.c.workspace_id == DEFAULT_WORKSPACE,
                    kept_answers.c.at_us < to_micros(now - KEPT_FOR),
                )
            )
            claim = insert_or_ignore(connection, kept_answers).returning(kept_answers.c.at_us)
            if connection.execute(claim, row).one_or_none() is not None:
                return None
            found = connection.execute(
                select(kept_answers.c.request_hash, kept_answers.c.answer).where(
                    _is(row["key_hash"])
                )
            ).one()
            return found.request_hash, found.answer

        kept = self._store.write(work)
        if kept is None:
            return None
        request_hash, sealed = kept
        if request_hash != asked:
            raise RequestDiffersError
        opened = self._seal(principal, key).open(sealed, of=_OF) if sealed else None
        if opened is None:
            raise RequestUnderWayError
        return _decode(opened)

    def keep(self, principal: Principal, key: str, answer: KeptAnswer) -> None:
        """Keep the answer of a claimed request."""
        sealed = self._seal(principal, key).close(_encode(answer).decode(), of=_OF)
        name = self._hash(principal, key, b"name")
        self._store.write(
            lambda connection: connection.execute(
                update(kept_answers).where(_is(name)).values(answer=sealed)
            )
        )

    def release(self, principal: Principal, key: str) -> None:
        """Forget a claim whose request changed nothing: it may be tried again."""
        name = self._hash(principal, key, b"name")
        forget = delete(kept_answers).where(_is(name))
        self._store.write(lambda connection: connection.execute(forget))

    def _seal(self, principal: Principal, key: str) -> Seal:
        return Seal(self._hash(principal, key, b"seal"))

    def _hash(self, principal: Principal, key: str, use: bytes) -> bytes:
        text = msgspec.json.encode([principal.identity, key])
        return blake2b(text, digest_size=32, key=self._secret, person=use).digest()


def _is(key_hash: object) -> ColumnElement[bool]:
    return and_(
        kept_answers.c.workspace_id == DEFAULT_WORKSPACE, kept_answers.c.key_hash == key_hash
    )
