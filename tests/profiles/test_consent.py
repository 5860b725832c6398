"""The consent ledger: unknown means no, the latest statement stands, nothing is ever changed."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from kikubari.profiles import _tables as tables
from kikubari.spec.envelope import Trust
from kikubari.spec.topics import CONSENT_CHANGED


def test_unknown_means_no(shop, make):
    shop.take_in(make.identify("u1"))
    assert shop.consent("u1").status == "unknown"
    assert not shop.consent("u1").is_granted
    assert shop.ask(shop.ledger.state, [12345], "marketing", "email")[12345].status == "unknown"


def test_the_latest_statement_stands_whatever_came_first(shop, make):
    shop.take_in(
        make.consent("u1", "withdrawn", day=3),
        make.consent("u1", "granted", day=1),
        make.consent("u1", "denied", day=2),
    )
    assert shop.consent("u1").status == "withdrawn"
    assert shop.consent("u1", as_of=make.start + timedelta(days=1)).is_granted
    assert shop.consent("u1", channel="sms").status == "unknown"
    assert shop.consent("u1", purpose="tracking").status == "unknown"


def test_known_at_hides_what_had_not_arrived(shop, make):
    late = make.start + timedelta(days=20)
    shop.take_in(make.consent("u1", "granted", day=1))
    shop.take_in(make.consent("u1", "withdrawn", day=2, received=late))
    assert shop.consent("u1").status == "withdrawn"
    assert shop.consent("u1", known_at=late - timedelta(seconds=1)).is_granted


def test_all_channels_and_one_channel(shop, make):
    shop.take_in(
        make.consent("u1", "granted", channel="email", day=1),
        make.consent("u1", "withdrawn", channel="", day=2),
    )
    assert shop.consent("u1").status == "withdrawn"
    assert shop.consent("u1", channel="sms").status == "withdrawn"
    shop.take_in(make.consent("u1", "granted", channel="email", day=3))
    assert shop.consent("u1").is_granted
    assert shop.consent("u1", channel="sms").status == "withdrawn"
    assert shop.consent("u1", channel="").status == "withdrawn"
    shop.take_in(make.consent("u1", "granted", channel="", day=4))
    assert shop.consent("u1", channel="sms").is_granted


def test_a_withdrawal_on_one_number_binds_the_whole_person(shop, make):
    shop.take_in(
        make.consent("u1", "granted", day=1),
        make.consent(None, "withdrawn", day=2, anonymous_id="d1"),
    )
    assert shop.consent("u1").is_granted
    shop.take_in(make.track(user_id="u1", anonymous_id="d1", day=3))
    assert shop.consent("u1").status == "withdrawn"


def test_a_public_key_withdraws_and_never_grants(shop, make):
    shop.take_in(make.consent("u1", "granted", trust=Trust.PUBLIC), make.consent("u2", "granted"))
    assert shop.consent("u1").status == "unknown"
    shop.take_in(make.consent("u2", "withdrawn", trust=Trust.PUBLIC, day=1))
    assert shop.consent("u2").status == "withdrawn"


def test_thousands_at_once_inside_a_transaction(shop, make):
    for start in range(0, 3000, 1000):
        shop.take_in(*[
            make.consent(f"u{i}", "granted" if i % 3 else "denied")
            for i in range(start, start + 1000)
        ])  # fmt: skip

    def gate(connection):
        return shop.ledger.state(connection, range(1, 3001), "marketing", "email")

    states = shop.state.write(gate)
    assert sum(state.is_granted for state in states.values()) == 2000
    assert sum(state.status == "denied" for state in states.values()) == 1000


def test_history_holds_words_source_and_proof(shop, make):
    shop.take_in(make.consent("u1", "granted", day=1), make.consent("u1", "withdrawn", day=2))
    history = shop.ask(shop.ledger.history, shop.find("u1"))
    assert [(one.status, one.wording_version, one.source, one.proof) for one in history] == [
        ("granted", "v1", "form", "203.0.113.7"),
        ("withdrawn", "v1", "form", "203.0.113.7"),
    ]
    assert shop.profile("u1").consents[0].status == "withdrawn"


def test_hostile_text_is_recorded(shop, make):
    event = make.track(
        CONSENT_CHANGED, user_id="u1",
        properties={
            "purpose": "marketing", "channel": "e\0mail", "status": "granted",
            "wording_version": "v\0" + "x" * 9000, "proof": "\0",
        },
    )  # fmt: skip
    shop.take_in(event)
    assert shop.consent("u1").is_granted


@pytest.mark.parametrize(
    "change",
    [update(tables.consents).values(status="granted"), delete(tables.consents)],
)
def test_the_ledger_refuses_changes(shop, make, change):
    shop.take_in(make.consent("u1", "withdrawn"))
    with pytest.raises(DatabaseError, match="append-only"):
        shop.state.write(lambda connection: connection.execute(change))
    with shop.state.read() as connection:
        assert [row.status for row in connection.execute(select(tables.consents))] == ["withdrawn"]
