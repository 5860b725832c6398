"""What the log forgot leaves the columnar copy too, whatever was being copied at the time."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.events import Forgetting, RangeEncoder, copy, forget_in
from kikubari.storage import SqliteStateStore, metadata

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TABLES = ("events", "traits", "consents")


@pytest.fixture
def forgetting(shop, columnar):
    return Forgetting(shop.state, columnar)


@pytest.fixture
def copier(shop, columnar):
    return shop.copier(columnar)


def erase(shop, reference):
    number = shop.find(reference)

    def work(connection):
        receipt = shop.rights.erase(
            connection, number, receipt_id=f"r{number}", erased_at=NOW,
            erased_by="aiko", reason="asked for it",
        )  # fmt: skip
        forget_in(connection, receipt.numbers)
        return receipt

    return shop.state.write(work)


def copy_all(copier):
    while copier.run_once():
        pass


def rows(columnar):
    return [
        columnar.query_rows(f"SELECT profile_arrived FROM {table} ORDER BY position")
        for table in TABLES
    ]


def live(shop, make):
    for user in ("u1", "u2"):
        shop.take_in(
            make.identify(user, traits={"city": "Kyoto"}, anonymous_id=f"device-{user}"),
            make.track(anonymous_id=f"device-{user}"),
            make.consent(user, "granted"),
        )


def test_rows_of_an_erased_person_go(shop, make, columnar, copier, forgetting):
    live(shop, make)
    copy_all(copier)
    kept = set(shop.profile("u2").numbers)
    receipt = erase(shop, "u1")
    assert len(receipt.numbers) == 2
    assert forgetting.waiting() == 2
    assert forgetting.run_once() == 2
    assert [{row[0] for row in table} for table in rows(columnar)] == [
        kept, {shop.find("u2")}, {shop.find("u2")},
    ]  # fmt: skip
    assert forgetting.run_once() == forgetting.waiting() == 0
    parts = columnar.query_rows(
        "SELECT sum(rows) FROM system.parts WHERE database = currentDatabase()"
        " AND table = 'events' AND active"
    )
    assert parts[0][0] == 3
    assert copier.check().is_equal


def test_nothing_is_deleted_before_everything_is_copied(shop, make, columnar, copier, forgetting):
    live(shop, make)
    erase(shop, "u1")
    with shop.state.read() as connection:
        assert forgetting.list_waiting(connection, range(99))
    assert forgetting.run_once() == 0
    copy_all(copier)
    assert forgetting.run_once() == 2
    copier.rebuild()
    copy_all(copier)
    assert {row[0] for row in rows(columnar)[0]} == set(shop.profile("u2").numbers)


class EagerEncoder(RangeEncoder):
    """Encodes the range after at once, as the process beside the server may."""

    def __init__(self, log, *, currency) -> None:
        super().__init__(log, currency=currency)
        self.ahead = {}

    def encode(self, first, last, *, then=None):
        encoded = self.ahead.pop(first, None) or super().encode(first, last)
        if then is not None:
            self.ahead = {last + 1: super().encode(last + 1, then)}
        return encoded


def test_rows_made_before_an_erasure_and_inserted_after_it_go(
    shop, make, columnar, forgetting, monkeypatch
):
    monkeypatch.setattr(copy, "RANGE_EVENTS", 3)
    live(shop, make)
    live(shop, make)
    encoder = EagerEncoder(shop.log, currency="JPY")
    copier = shop.copier(columnar, encoder)
    assert copier.run_once() == 3
    assert encoder.ahead
    erase(shop, "u1")
    erase(shop, "u2")
    assert forgetting.run_once() == 0
    copy_all(copier)
    assert rows(columnar)[0]
    assert forgetting.run_once() == 4
    assert rows(columnar) == [[], [], []]


def test_what_waited_in_an_inbox_is_overwritten_once_it_has_left(
    shop, make, columnar, copier, tmp_path
):
    inbox = SqliteStateStore(tmp_path / "inbox.db", overwrites=False)
    inbox.write(metadata.create_all)
    forgetting = Forgetting(shop.state, columnar, inboxes=[inbox], patience=timedelta(0))
    live(shop, make)
    erase(shop, "u1")
    copy_all(copier)
    canary = b"what u1 had sent" * 1_000
    row = {"workspace_id": 1, "n_events": 1, "body": canary}
    table = metadata.tables["inbox"]
    inbox.write(lambda connection: connection.execute(table.insert().values(**row)))
    assert forgetting.run_once() == 0  # it has not reached the log yet
    inbox.write(lambda connection: connection.execute(table.delete()))
    files = list(tmp_path.glob("inbox.db*"))
    assert any(canary[:16] in path.read_bytes() for path in files)
    assert forgetting.run_once() == 2
    assert not any(canary[:16] in path.read_bytes() for path in files if path.exists())
    inbox.close()


def test_a_receipt_says_who_and_why(shop, make):
    live(shop, make)
    receipt = erase(shop, "u1")
    assert (receipt.erased_by, receipt.reason) == ("aiko", "asked for it")
    assert shop.ask(shop.rights.list_receipts) == [receipt]
    assert receipt.counts["device uses"] == 1
