"""Refused messages: kept where the engineer can see them, without what they said."""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.collect import _repository as repository
from kikubari.collect.contracts import (
    RejectedEvent,
    RejectedMessage,
    Rejection,
    RejectionCount,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import Priority, StateStore

KEPT_EVENTS = 100_000
EXCERPT_CHARS = 500
_SHOWN_CHARS = 100  # of the few fields whose value is shown
_SHOWN_ITEMS = 20  # keys of an object
_SHOWN_DEPTH = 4
# Fields that name the kind of message, not the person.
_SHOWN_FIELDS = ("type", "event", "messageId")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class RejectedEvents:
    """The newest refused messages of all sources.

    Args:
        store: where they are kept; the intake store, so that a refusal becomes durable in the
            same commit as the batch it came with.
        kept: how many are kept; older ones are forgotten.
    """

    def __init__(self, store: StateStore, *, kept: int = KEPT_EVENTS) -> None:
        self._store = store
        self._kept = kept

    def record(
        self,
        messages: Sequence[RejectedMessage],
        *,
        source_id: int,
        at: datetime,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> "Future[None]":
        """Store refused messages; the future ends after the durable commit."""

        def work(connection: Connection) -> None:
            repository.insert_rejected(
                connection, workspace_id, messages, source_id=source_id, at=at
            )
            repository.delete_oldest_rejected(connection, keep=self._kept)

        return self._store.submit(work, priority=Priority.INTAKE)

    def list_newest(
        self,
        *,
        source_id: int | None = None,
        code: str | None = None,
        before_id: int | None = None,
        limit: int = 100,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[RejectedEvent]:
        """Return refused messages, newest first; `before_id` continues a listing."""
        with self._store.read() as connection:
            return repository.list_rejected(
                connection,
                workspace_id,
                source_id=source_id,
                code=code,
                before_id=before_id,
                limit=limit,
            )

    def count_by_code(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[RejectionCount]:
        """Return how many are kept per source and code, the most frequent first."""
        with self._store.read() as connection:
            return repository.count_rejected(connection, workspace_id)


def describe_rejected(raw: bytes, index: int, rejection: Rejection) -> RejectedMessage:
    """Describe a refused message by its shape."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return RejectedMessage(rejection, index, None, f"{len(raw)} bytes")
    message_id = value.get("messageId") if isinstance(value, dict) else None
    return RejectedMessage(
        rejection,
        index,
        _clean(message_id)[:_SHOWN_CHARS] if isinstance(message_id, str) else None,
        msgspec.json.encode(_shape(value, 0)).decode()[:EXCERPT_CHARS],
    )


def _shape(value: Any, depth: int) -> Any:
    """Return a value with texts and numbers replaced by what they are."""
    match value:
        case dict():
            if depth == _SHOWN_DEPTH:
                return f"object of {len(value)}"
            return {
                _clean(key)[:_SHOWN_CHARS]: _clean(item)[:_SHOWN_CHARS]
                if depth == 0 and key in _SHOWN_FIELDS and isinstance(item, str)
                else _shape(item, depth + 1)
                for key, item in list(value.items())[:_SHOWN_ITEMS]
            }
        case list():
            return f"list of {len(value)}"
        case str():
            return f"text of {len(value)}"
        case bool() | None:
            return value
        case _:
            return "number"


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
