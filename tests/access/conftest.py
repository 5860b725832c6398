"""The room alone, on either store, with a clock that stands still."""

from datetime import UTC, datetime

import pytest
from access_world import EMAIL, PASSWORD, ROOT, Browser
from argon2 import PasswordHasher

from kikubari.access import Access, Member, Role
from kikubari.access.passwords import Passwords
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.storage import StateStore


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))


@pytest.fixture
def access(state: StateStore, clock: ManualClock) -> Access:
    return Access(
        state,
        clock,
        TimeOrderedIds(),
        sealing_key=b"s" * 32,
        audit_key=b"a" * 32,
        shop_name="The shop",
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=64)),
    )


@pytest.fixture
def hana(access: Access) -> Member:
    """A member who may send."""
    return access.members.create(EMAIL, PASSWORD, Role.SENDER, ROOT)


@pytest.fixture
def browser(access: Access, hana: Member) -> Browser:
    """Hana's browser, logged in."""
    return Browser(access).log_in()
