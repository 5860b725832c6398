"""What became of a journey's messages, counted step by step: by sets, not one by one."""

import pytest
from journey_world import World, end, journey, message
from sqlalchemy import text

from kikubari.deliver import Outbox, Reason
from kikubari.deliver import _views as views
from kikubari.deliver._repository import insert_messages
from kikubari.journeys.definition import Goal, Reentry, Rules
from kikubari.journeys.running import Explaining
from kikubari.journeys.running.letter_figures import StepMessages
from kikubari.spec.conditions import Events
from kikubari.spec.errors import NotFoundError
from query_plans import list_plans

BECAME = (
    [("sent", None)] * 4
    + [("queued", "quiet_hours"), ("sending", None), ("queued", None)]
    + [("skipped", "expired_over_cap"), ("skipped", "gave_way")]
    + [("skipped", "guard_blocked")]
    + [("skipped", "no_consent"), ("skipped", "suppressed"), ("skipped", "topic_unwanted")]
    + [("cancelled", "cancelled")]
    + [("skipped", "no_address"), ("failed", "refused"), ("unknown", "outcome_unknown")]
)


@pytest.fixture
def world(state):
    world = World(state, batch=100)
    world.publish(
        journey(
            message("hello", "again"), message("again", "e"), end("e"),
            rules=Rules(goal=Goal(events=Events("Order Completed")), reentry=Reentry(allowed=True)),
        )
    )  # fmt: skip
    return world


def enter(world, numbers):
    for number in numbers:
        world.happen(number, "Signed Up")
    world.settle()


def settle_messages(world, became):
    """Let the messages of the first step become something, by the person's number."""

    def work(connection):
        for number, (state, reason) in enumerate(became, start=1):
            connection.execute(
                text(
                    "UPDATE messages SET state = :state, reason = :reason WHERE number = :number"
                    " AND dispatch_id IN (SELECT id FROM dispatches WHERE origin_id LIKE :origin)"
                ),
                {"state": state, "reason": reason, "number": number, "origin": "%/hello/1"},
            )

    world.store.write(work)


def explaining(world):
    return Explaining(world.around, Outbox(world.store, None, world.clock))


def test_each_message_step_says_what_left_and_what_stopped_the_rest(world):
    enter(world, range(1, len(BECAME) + 1))
    settle_messages(world, BECAME)
    hello, again = explaining(world).messages("jny_1")
    assert hello == StepMessages(
        step="hello",
        sent=4,
        waiting=3,
        by_cap=2,
        by_guard=1,
        by_consent=3,
        withdrawn=1,
        by_other=3,
        stopped=hello.stopped,
        held={"quiet_hours": 1},
    )
    assert sum(hello.stopped.values()) == 10
    assert again == StepMessages(step="again", waiting=len(BECAME))


def test_every_entry_counts_and_versions_are_told_apart(world):
    enter(world, [1, 2])
    world.publish(journey(message("hello")), "jny_1")
    enter(world, [1, 3])
    told = explaining(world)
    assert [one.waiting for one in told.messages("jny_1")] == [3]
    assert [one.waiting for one in told.messages("jny_1", version=1)] == [2, 2]
    assert [one.waiting for one in told.messages("jny_1", version=2)] == [1]
    with pytest.raises(NotFoundError):
        told.messages("jny_1", version=3)
    with pytest.raises(NotFoundError):
        told.messages("jny_2")


def test_every_reason_there_is_belongs_somewhere(world):
    enter(world, range(1, len(Reason) + 1))
    settle_messages(world, [("skipped", reason.value) for reason in Reason])
    hello, _ = explaining(world).messages("jny_1")
    assert hello.stopped == {reason.value: 1 for reason in Reason}
    assert hello.by_cap + hello.by_guard + hello.by_consent + hello.by_other == len(Reason)


def test_messages_of_others_are_not_read(world):
    enter(world, range(1, 50))

    def crowd(connection):
        for dispatch in range(1_000, 1_010):
            insert_messages(connection, 1, dispatch, range(1, 2_001), now_us=0, due_us=0)

    world.store.write(crowd)
    world.store.write(lambda c: c.exec_driver_sql("ANALYZE"))
    [plan] = list_plans(
        world.store, lambda c: views.count_messages_below(c, 1, "journey", "jny_1/")
    )
    if "SEARCH" in plan:
        assert "SEARCH messages USING PRIMARY KEY (workspace_id=? AND id>? AND id<?)" in plan
    else:
        assert "pk_messages" in plan
