"""Rows that are written together keep their own values, and are found by their key."""

from delivery_world import ORIGIN, World
from sqlalchemy import select

from empty_stores import open_empty_sqlite
from kikubari.deliver import _repository as repository
from kikubari.deliver import public_id
from kikubari.deliver._tables import messages
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from query_plans import list_plans

# More than share a statement.
N_PEOPLE = 450


def settled_row(message_id, number):
    return {
        "b_workspace": DEFAULT_WORKSPACE,
        "b_id": message_id,
        "b_state": "sent" if number % 2 else "failed",
        "b_reason": None if number % 2 else "refused",
        "b_attempts": number,
        "b_due_us": None if number % 3 else number,
        "b_sent_us": 5_000 + number,
        "b_smtp_code": 250,
        "b_smtp_text": f"answer ? %s no. {number}",
        "b_held_us": None,
        "b_assumed_zone": "Asia/Tokyo" if number % 5 == 0 else None,
    }


def test_each_of_many_rows_gets_its_own_values(state):
    world = World(state, range(1, N_PEOPLE + 1))
    dispatch_id = world.enqueue()
    ids = {number: repository.message_id_of(dispatch_id, number) for number in world.numbers}
    columns = messages.c
    everything = select(columns).order_by(columns.id)

    def write(connection):
        before = connection.execute(everything).all()
        leaving = [(one, b"key %d" % n, "Europe/London") for n, one in ids.items() if n > 1]
        repository.set_committing(connection, DEFAULT_WORKSPACE, leaving)
        between = connection.execute(everything).all()
        rows = [settled_row(one, n) for n, one in ids.items() if n > 2]
        stale = {**rows[0], "b_state": "unknown"}
        repository.settle(connection, [stale, *rows])
        return before, between, connection.execute(everything).all()

    before, between, after = state.write(write)
    assert before[0] == between[0] == after[0]
    assert [(row.state, bytes(row.address_key)) for row in between[1:]] == [
        ("committing", b"key %d" % number) for number in world.numbers[1:]
    ]
    assert between[1] == after[1]
    for row, old in zip(after[2:], before[2:], strict=True):
        wanted = settled_row(row.id, row.number)
        assert (row.state, row.reason, row.attempts) == (
            *(wanted["b_state"], wanted["b_reason"], row.number),
        )
        assert row.due_us == (wanted["b_due_us"] or old.due_us)
        assert (row.sent_us, row.smtp_text) == (wanted["b_sent_us"], wanted["b_smtp_text"])
        assert row.assumed_zone == (wanted["b_assumed_zone"] or "Europe/London")
        assert row.worker is row.lease_us is None
    assert world.outbox.count(ORIGIN).total == N_PEOPLE
    assert public_id(after[0].id) == public_id(ids[1])


def test_rows_are_found_by_their_key(tmp_path):
    def ask(connection):
        repository.set_committing(connection, DEFAULT_WORKSPACE, [(1, b"a", ""), (2, b"b", "")])
        repository.settle(connection, [settled_row(1, 1), settled_row(2, 2)])

    store = open_empty_sqlite(tmp_path / "state.db")
    plans = list_plans(store, ask)
    store.close()
    assert len(plans) == 2
    assert all("SEARCH messages USING PRIMARY KEY" in plan for plan in plans)
