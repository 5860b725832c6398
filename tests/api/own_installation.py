"""An installation for one module alone: for what is counted seldom, or spoilt by others' data."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from installation import MEMBER, PASSWORD, Installation


@contextmanager
def served_alone(folders: pytest.TempPathFactory, name: str) -> Iterator[Installation]:
    """Serve an empty installation with a member."""
    home = folders.mktemp(name) / "home"
    with Installation(home, MAIL_DOMAIN="shop.example").served() as running:
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        yield running
