"""Identifiers that sort by creation time, and random tokens."""

import secrets
from typing import Protocol
from uuid import UUID

from uuid_extensions import uuid7


class IdFactory(Protocol):
    """Makes ids; injected so that tests can predict them."""

    def new_id(self, prefix: str) -> str:
        """Return a new id such as ``brd_0192f0c4…``: prefix, underscore, 32 hex digits."""
        ...


class TimeOrderedIds:
    """UUIDv7 ids: unique everywhere, and neighbours in an index when made together."""

    def new_id(self, prefix: str) -> str:
        """Return prefix + '_' + 32 hex digits of a UUIDv7."""
        value = uuid7()
        assert isinstance(value, UUID)  # noqa: S101 - the library's type hints allow other forms
        return f"{prefix}_{value.hex}"


def random_token(n_bytes: int = 24) -> str:
    """Return an unguessable URL-safe token of ``n_bytes`` of entropy."""
    return secrets.token_urlsafe(n_bytes)
