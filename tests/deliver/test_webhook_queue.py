"""What other rooms put into the queue of webhooks, in their own transactions."""

import msgspec
import pytest
from delivery_world import NOW
from sqlalchemy import insert, select, update

from kikubari.deliver import QueueAnswer, WebhookCall, WebhookQueue, forget_calls
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_endpoints
from kikubari.testing.events import PlainSealing

CALL = WebhookCall(
    endpoint_id="whe_1", type="journey.step_reached", data={"名前": "花子"}, idempotency_key="k"
)


@pytest.fixture
def queue(state):
    state.write(
        lambda c: c.execute(
            insert(webhook_endpoints).values(
                workspace_id=1, id="whe_1", name="CRM", url="https://crm.example/in", types="",
                secret=b"", state="enabled", created_us=0,
            )
        )
    )  # fmt: skip
    return WebhookQueue(PlainSealing())


def put(state, queue, call=CALL):
    return state.write(lambda connection: queue.queue_in(connection, call, at=NOW))


def stored(state):
    with state.read() as connection:
        return connection.execute(select(webhook_calls)).all()


def test_a_call_is_queued_once_for_its_key(state, queue):
    assert put(state, queue) is QueueAnswer.QUEUED
    assert put(state, queue) is QueueAnswer.KNOWN
    other = WebhookCall(endpoint_id="whe_1", type="t", data={}, idempotency_key="k2")
    assert put(state, queue, other) is QueueAnswer.QUEUED
    assert len(stored(state)) == 2


def test_of_many_each_is_told_what_became_of_it(state, queue):
    put(state, queue)

    def call(key, **changes):
        return msgspec.structs.replace(CALL, idempotency_key=key, **changes)

    calls = [
        call("k"),
        call("new"),
        call("new"),
        call("huge", data={"a": "x" * 70_000}),
        call("gone", endpoint_id="whe_9"),
        *(call(f"k{n}") for n in range(2_000)),
    ]
    answers = state.write(lambda connection: queue.queue_many_in(connection, calls, at=NOW))
    assert answers[:5] == ["known", "queued", "known", "too_large", "no_endpoint"]
    assert set(answers[5:]) == {"queued"}
    assert len(stored(state)) == 2_002


def test_a_call_goes_with_the_transaction_it_is_queued_in(state, queue):
    def work(connection):
        queue.queue_in(connection, CALL, at=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        state.write(work)
    assert stored(state) == []


def test_what_cannot_be_told_says_why(state, queue):
    missing = WebhookCall(endpoint_id="whe_9", type="t", data={}, idempotency_key="k")
    assert put(state, queue, missing) is QueueAnswer.NO_ENDPOINT
    data = {"a": "x" * 70_000}
    large = WebhookCall(endpoint_id="whe_1", type="t", data=data, idempotency_key="k")
    assert put(state, queue, large) is QueueAnswer.TOO_LARGE
    assert stored(state) == []


def test_a_disabled_endpoint_loses_nothing(state, queue):
    state.write(lambda c: c.execute(update(webhook_endpoints).values(state="disabled")))
    assert put(state, queue) is QueueAnswer.SET_ASIDE
    assert stored(state)[0].said == "endpoint disabled"


def test_calls_about_the_erased_are_gone(state, queue):
    def about(number):
        return WebhookCall(
            endpoint_id="whe_1", type="t", data={}, idempotency_key=str(number), number=number
        )

    for number in (0, 7, 8):
        put(state, queue, about(number))
    state.write(lambda connection: forget_calls(connection, [0, 7]))
    assert [row.number for row in stored(state)] == [0, 8]
