"""The audit log tells what was done, and whether somebody altered it."""

import pytest
from access_world import EMAIL, PASSWORD, ROOT, Browser

from kikubari.access import Access, Actor, AuditCheck, Member, Role
from kikubari.access.errors import WrongCredentialsError
from kikubari.storage import StateStore

TAMPERING = [
    "UPDATE audit_entries SET actor = 'somebody' WHERE number = 2",
    "UPDATE audit_entries SET at_us = at_us + 1 WHERE number = 2",
    "UPDATE audit_entries SET mark = (SELECT mark FROM audit_heads) WHERE number = 2",
    "DELETE FROM audit_entries WHERE number = 2",
    "DELETE FROM audit_entries WHERE number = 4",
    "DELETE FROM audit_entries",
]


@pytest.fixture
def entries(access: Access, hana: Member) -> None:
    """Four entries."""
    key = access.keys.create("ci", ["read"], ROOT)
    access.keys.revoke(key.id, ROOT)
    with pytest.raises(WrongCredentialsError):
        access.log_in.by_password(EMAIL, "wrong", ROOT)


def test_it_says_who_did_what_to_what_and_from_where(access: Access, hana: Member):
    Browser(access).log_in()
    access.members.change(hana.id, Role.ADMIN, ROOT, name="Hana")
    newest, opened, created = access.audit.list_entries()
    assert (newest.action, newest.target) == ("member.changed", hana.id)
    assert (newest.actor, newest.address) == ("root@example.jp", "192.0.2.1")
    assert newest.detail == "hana@example.jp: sender → admin"
    assert (opened.action, opened.actor, opened.detail) == ("session.opened", EMAIL, "password")
    assert (created.number, created.action) == (1, "member.created")


def test_it_is_read_in_pages_and_by_subject(access: Access, entries: None):
    assert [one.number for one in access.audit.list_entries(limit=2)] == [4, 3]
    assert [one.number for one in access.audit.list_entries(before=3, limit=2)] == [2, 1]
    assert [one.action for one in access.audit.list_entries(action="key")] == [
        "key.revoked",
        "key.created",
    ]
    assert access.audit.list_entries(action="%") == []


def test_a_change_that_fails_leaves_no_entry(access: Access, state: StateStore):
    def work(connection):
        access.audit.append(connection, ROOT, "thing.done")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        state.write(work)
    assert access.audit.list_entries() == []


def test_what_was_written_is_intact(access: Access, entries: None):
    assert access.audit.check() == AuditCheck(is_intact=True, n_entries=4)


@pytest.mark.parametrize("statement", TAMPERING)
def test_every_alteration_shows(access: Access, state: StateStore, entries: None, statement: str):
    state.write(lambda connection: connection.exec_driver_sql(statement))
    check = access.audit.check()
    assert not check.is_intact
    assert check.broken_at is not None


def test_what_strangers_send_is_stored_harmlessly(access: Access):
    for hostile in ("a\0b", "\ud800", "x" * 10_000):
        with pytest.raises(WrongCredentialsError):
            access.log_in.by_password(hostile, PASSWORD, Actor("", "192.0.2.1", hostile))
    assert access.audit.check().is_intact
    assert max(len(one.actor) for one in access.audit.list_entries()) <= 300
