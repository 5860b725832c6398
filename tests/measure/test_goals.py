"""Goals are counted per message, in its hours, by people, whatever else happened to them."""

from datetime import timedelta

import pytest
from pyroaring import BitMap
from test_reports import NOON, Ledger

from kikubari.measure import Goals
from kikubari.spec import topics
from kikubari.storage import ColumnarStore


@pytest.fixture
def ledger(columnar: ColumnarStore) -> Ledger:
    return Ledger(columnar)


def count(ledger, goal, *, hours=24):
    ledger.reports()  # writes what was added
    goals = Goals(ledger.columnar)
    return goals.count_by_letter("b1", goal, hours=hours, since=NOON)


def send(ledger, number, letter, *, is_tracked=True, **more):
    ledger.message(number, topics.EMAIL_SENT, variant=letter, is_tracked=is_tracked, **more)


def test_clicks_of_people_in_time_on_letters_that_are_tracked(ledger):
    for number in (1, 2, 3):
        send(ledger, number, "a")
    for number in (4, 5):
        send(ledger, number, "b")
    send(ledger, 6, "b", is_tracked=False)
    send(ledger, 7, "a", broadcast_id="b2")
    clicked = topics.EMAIL_LINK_CLICKED
    ledger.message(1, clicked, 1, is_machine=False)
    ledger.message(1, clicked, 2, is_machine=False)
    ledger.message(2, clicked, 1, is_machine=True)
    ledger.message(4, clicked, 24, is_machine=False)
    ledger.message(7, clicked, 1, is_machine=False, broadcast_id="b2")
    assert count(ledger, clicked) == {"a": (3, 1), "b": (2, 0)}
    assert Goals(ledger.columnar).count_by_letter("b1", clicked, hours=25, since=NOON)["b"] == (
        2,
        1,
    )


def test_orders_count_after_the_letter_within_its_hours(ledger):
    for number, letter in ((1, "a"), (2, "a"), (3, "b"), (4, "b")):
        send(ledger, number, letter, is_tracked=False)
    ordered = topics.ORDER_COMPLETED
    ledger.add(1, ordered, 1)
    ledger.add(1, ordered, 2)
    ledger.add(2, ordered, -1)
    ledger.add(3, ordered, 23)
    ledger.add(4, ordered, 24)
    ledger.add(9, ordered, 1)
    assert count(ledger, ordered) == {"a": (2, 1), "b": (2, 1)}


def test_nobody_reached_it_and_nothing_was_sent(ledger):
    send(ledger, 1, "a")
    assert count(ledger, "Signed Up") == {"a": (1, 0)}
    goals = Goals(ledger.columnar)
    assert goals.count_by_letter("b9", "Signed Up", hours=1, since=NOON) == {}


def test_everybody_who_reached_it_between_two_instants(ledger):
    for number, hours in ((1, -1), (2, 0), (3, 5), (3, 6), (4, 24)):
        ledger.add(number, "Signed Up", hours)
    ledger.reports()
    found = Goals(ledger.columnar).list_who_reached(
        "Signed Up", since=NOON, until=NOON + timedelta(hours=24)
    )
    assert found == BitMap([2, 3])


@pytest.mark.parametrize("goal", [topics.EMAIL_OPENED, topics.EMAIL_LINK_CLICKED])
def test_what_machines_do_to_mail_reaches_no_goal(ledger, goal):
    for number, is_machine in ((1, True), (2, False)):
        send(ledger, number, "a")
        ledger.message(number, goal, 1, is_machine=is_machine)
    assert count(ledger, goal) == {"a": (2, 1)}
    until = NOON + timedelta(hours=24)
    assert Goals(ledger.columnar).list_who_reached(goal, since=NOON, until=until) == BitMap([2])
