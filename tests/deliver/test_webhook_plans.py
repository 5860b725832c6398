"""Calls are found by an index, however many of other endpoints or in other states there are."""

import pytest
from sqlalchemy import insert

from empty_stores import open_empty_sqlite
from kikubari.deliver import CallState
from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints._tables import webhook_endpoints
from query_plans import list_plans


@pytest.fixture
def state(tmp_path):
    """Only SQLite says from empty tables which index it will use; PostgreSQL goes by figures."""
    store = open_empty_sqlite(tmp_path / "state.db")
    yield store
    store.close()


def plan_of(state, ask):
    """Return the plan of the last thing asked."""
    return list_plans(state, ask)[-1]


@pytest.mark.parametrize(
    ("only", "index"),
    [
        (None, "ix_webhook_calls_queued"),
        (CallState.DELIVERED, "ix_webhook_calls_queued"),
        (CallState.DEAD, "ix_webhook_calls_dead"),
    ],
)
def test_calls_are_listed_in_the_order_of_an_index(state, only, index):
    plan = plan_of(
        state,
        lambda c: rows.list_calls(c, 1, "whe_1", state=only, after="", limit=50),
    )
    assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("only", [CallState.QUEUED, CallState.SENDING])
def test_what_waits_is_listed_without_what_was_delivered(state, only):
    plan = plan_of(
        state,
        lambda c: rows.list_calls(c, 1, "whe_1", state=only, after="", limit=50),
    )
    assert "ix_webhook_calls_open" in plan


def test_what_waits_and_is_dead_is_counted_without_what_was_delivered(state):
    def ask(connection):
        connection.execute(
            insert(webhook_endpoints).values(
                workspace_id=1, id="whe_1", name="CRM", url="https://crm.example/in", types="",
                secret=b"", state="enabled", created_us=0,
            )
        )  # fmt: skip
        rows.find_endpoint(connection, 1, "whe_1")

    plans = list_plans(state, ask)
    assert "ix_webhook_calls_open" in plans[2]
    assert "ix_webhook_calls_dead" in plans[3]


def test_dead_letters_of_one_endpoint_are_found_to_be_sent_again(state):
    plan = plan_of(state, lambda c: rows.revive(c, 1, "whe_1", ids=None, now_us=5))
    assert "ix_webhook_calls_dead" in plan


def test_what_ended_long_ago_is_found_over_all_endpoints(state):
    plan = plan_of(state, lambda c: rows.forget_ended(c, 1, before_us=5, limit=10))
    assert "ix_webhook_calls_ended" in plan
