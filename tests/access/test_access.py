"""Keys and sessions open what they should and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.access import ApiKeys, Members
from kikubari.access.attempts import ALLOWED_FAILURES, WINDOW
from kikubari.access.members import SESSION_IDLE
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError, RateLimitedError
from kikubari.storage import StateStore


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))


@pytest.fixture
def keys(state: StateStore, clock: ManualClock) -> ApiKeys:
    return ApiKeys(state, clock, TimeOrderedIds())


@pytest.fixture
def members(state: StateStore, clock: ManualClock) -> Members:
    return Members(state, clock, TimeOrderedIds())


def test_a_key_opens_its_scopes_until_it_is_revoked(keys: ApiKeys):
    key = keys.create("ci", ["read", "write"])
    principal = keys.find_principal(key.secret)
    assert principal is not None
    assert principal.scopes == {"read", "write"}
    assert keys.find_principal(key.secret + "x") is None
    keys.revoke(key.id)
    assert keys.find_principal(key.secret) is None
    with pytest.raises(NotFoundError):
        keys.revoke(key.id)


def test_the_secret_is_nowhere_in_the_store(keys: ApiKeys, state: StateStore):
    key = keys.create("ci", ["read"])
    with state.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_keys").all()
    assert key.secret not in repr(rows)


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", "everything"]])
def test_a_key_needs_known_scopes(keys: ApiKeys, scopes: list[str]):
    with pytest.raises(InvalidInputError, match="no such scope"):
        keys.create("ci", scopes)


def test_a_session_lives_until_it_is_idle_too_long(members: Members, clock: ManualClock):
    members.create("Hana@Example.jp", "correct horse", ["read"])
    session = members.log_in("hana@example.jp", "correct horse")
    assert session is not None
    clock.advance(SESSION_IDLE - timedelta(minutes=1))
    assert members.find_principal(session.token) is not None
    clock.advance(SESSION_IDLE - timedelta(minutes=1))
    principal = members.find_principal(session.token)
    assert principal is not None
    assert principal.csrf_token == session.csrf_token
    clock.advance(SESSION_IDLE + timedelta(minutes=1))
    assert members.find_principal(session.token) is None


def test_logging_out_ends_the_session(members: Members):
    members.create("hana@example.jp", "correct horse", ["read"])
    session = members.log_in("hana@example.jp", "correct horse")
    assert session is not None
    members.log_out(session.token)
    assert members.find_principal(session.token) is None


def test_a_wrong_password_and_an_unknown_address_are_the_same_answer(members: Members):
    members.create("hana@example.jp", "correct horse", ["read"])
    assert members.log_in("hana@example.jp", "wrong horse!") is None
    assert members.log_in("nobody@example.jp", "correct horse") is None


def test_an_address_has_one_account_and_a_password_some_length(members: Members):
    members.create("hana@example.jp", "correct horse", ["read"])
    with pytest.raises(ConflictError):
        members.create("HANA@example.jp ", "correct horse", ["read"])
    with pytest.raises(InvalidInputError):
        members.create("ken@example.jp", "short", ["read"])


def test_guessing_is_slowed_down_for_the_account_alone(members: Members, clock: ManualClock):
    members.create("hana@example.jp", "correct horse", ["read"])
    members.create("ken@example.jp", "correct mouse", ["read"])
    for _ in range(ALLOWED_FAILURES):
        assert members.log_in("hana@example.jp", "wrong horse!") is None
    with pytest.raises(RateLimitedError) as refusal:
        members.log_in("Hana@example.jp", "correct horse")
    assert 0 < refusal.value.retry_after_seconds <= WINDOW.total_seconds()
    assert members.log_in("ken@example.jp", "correct mouse") is not None
    clock.advance(WINDOW)
    assert members.log_in("hana@example.jp", "correct horse") is not None
