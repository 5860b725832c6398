"""Reports count people, not machines, and give an order to the last touch alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.measure import GuardCount, OutboxCounts, Reports
from kikubari.spec import topics
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.storage import ColumnarStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Ledger:
    """Writes outcome events straight into the copy."""

    def __init__(self, columnar: ColumnarStore) -> None:
        self.columnar = columnar
        self.events: list[SequencedEvent] = []
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)

    def add(self, number: int, type_: str, hours: float = 0, **properties: Any) -> None:
        position = len(self.events) + 1
        event = Event(
            message_id=f"m{position}",
            kind=EventKind.TRACK,
            type=type_,
            occurred_at=NOON + timedelta(hours=hours),
            received_at=NOON,
            source_id=0,
            trust=Trust.INTERNAL,
            number=number,
            properties=properties,
        )
        self.events.append(SequencedEvent(position, number, event))

    def message(self, number: int, type_: str, hours: float = 0, **more: Any) -> None:
        broadcast = more.pop("broadcast_id", "b1")
        message_id = f"{broadcast}-{number}"
        self.add(number, type_, hours, message_id=message_id, broadcast_id=broadcast, **more)

    def reports(self) -> Reports:
        rows = RowBuilder(workspace_id=1, currency="JPY").build(self.events)["events"]
        self.columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))
        return Reports(self.columnar, self, lambda: len(self.events))

    def count_broadcast(self, broadcast_id: str) -> OutboxCounts:
        return OutboxCounts({"sent": 3}, {})


@pytest.fixture
def ledger(columnar: ColumnarStore) -> Ledger:
    return Ledger(columnar)


def test_machines_are_counted_apart(ledger: Ledger):
    for number in (1, 2, 3):
        ledger.message(number, topics.EMAIL_SENT, is_tracked=number != 3)
    ledger.message(1, topics.EMAIL_OPENED, 1, is_machine=True)
    ledger.message(1, topics.EMAIL_OPENED, 2, is_machine=False)
    ledger.message(1, topics.EMAIL_OPENED, 3, is_machine=False)
    ledger.message(2, topics.EMAIL_OPENED, 1, is_machine=True)
    ledger.message(2, topics.EMAIL_LINK_CLICKED, 1, is_machine=True, url="https://shop/a")
    ledger.message(1, topics.EMAIL_LINK_CLICKED, 2, is_machine=False, url="https://shop/a")
    ledger.message(1, topics.EMAIL_LINK_CLICKED, 3, is_machine=False, url="https://shop/a")
    ledger.message(3, topics.EMAIL_BOUNCED, 1)
    ledger.message(1, topics.UNSUBSCRIBED, 4)
    ledger.message(1, topics.EMAIL_REPLIED, 5, reply_id="r1")
    ledger.message(1, topics.EMAIL_REPLIED, 6, reply_id="r2")
    report = ledger.reports().broadcast("b1")
    outcomes = report.outcomes
    assert (outcomes.sent, outcomes.trackable, outcomes.delivered) == (3, 2, 2)
    assert (outcomes.opened, outcomes.machine_opened) == (1, 1)
    assert (outcomes.clicked, outcomes.machine_clicked) == (1, 1)
    assert (outcomes.unsubscribed, outcomes.bounced, outcomes.complained) == (1, 1, 0)
    assert outcomes.replied == 1
    assert outcomes.open_rate == 0.5
    (link,) = report.links
    assert (link.url, link.clicks, link.clickers, link.machine_clicks) == (
        "https://shop/a",
        2,
        1,
        1,
    )


def test_an_order_belongs_to_the_last_click_within_the_window(ledger: Ledger):
    def click(number: int, hours: float, broadcast: str = "b1") -> None:
        ledger.message(number, topics.EMAIL_LINK_CLICKED, hours, broadcast_id=broadcast)

    def order(number: int, hours: float, order_id: str, total: int) -> None:
        ledger.add(number, topics.ORDER_COMPLETED, hours, order_id=order_id, total=total)

    click(1, 0)
    order(1, 24, "o1", 1000)
    order(1, 24 * 6, "too late", 9000)
    click(2, 0)
    click(2, 5, "b2")
    order(2, 6, "the other's", 9000)
    order(3, 1, "no click", 9000)
    order(1, -1, "before", 9000)
    order(1, 25, "o1", 1200)  # the same order, corrected
    (found,) = ledger.reports().attribution("b1", touch="click", window_days=5)
    assert (found.orders, found.people, found.revenue_minor, found.currency) == (1, 1, 1200, "JPY")


def test_a_machine_click_earns_nothing(ledger: Ledger):
    ledger.message(1, topics.EMAIL_LINK_CLICKED, 0, is_machine=True)
    ledger.add(1, topics.ORDER_COMPLETED, 1, order_id="o1", total=500)
    assert ledger.reports().attribution("b1", touch="click", window_days=5) == ()


def test_what_the_guard_said_is_counted_by_rule(ledger: Ledger):
    ledger.message(1, topics.EMAIL_SENT)
    ledger.message(2, topics.EMAIL_SENT, guard="warn", guard_rules=["R13"])
    ledger.message(3, topics.EMAIL_SKIPPED, guard="block", guard_rules=["R05", "R13"])
    ledger.message(4, topics.EMAIL_SKIPPED, guard="block", guard_rules=["R05"])
    ledger.message(5, topics.EMAIL_SENT, guard_rules=["R21"], broadcast_id="b2")
    assert ledger.reports().broadcast("b1").guard == (
        GuardCount("R05", blocked=2, warned=0),
        GuardCount("R13", blocked=1, warned=1),
    )


def test_each_recipient_is_listed_with_what_happened(ledger: Ledger):
    ledger.message(1, topics.EMAIL_SENT)
    ledger.message(1, topics.EMAIL_LINK_CLICKED, 2, is_machine=False)
    ledger.message(2, topics.EMAIL_SKIPPED, reason="no_consent")
    reports = ledger.reports()
    first, second = reports.recipients("b1")
    assert (first.outcome, first.sent_at, first.clicked_at) == (
        "sent",
        NOON,
        NOON + timedelta(hours=2),
    )
    assert (second.outcome, second.reason, second.sent_at) == ("skipped", "no_consent", None)
    assert reports.recipients("b1", after=first.message_id) == [second]


def test_occurrences_of_a_recurring_broadcast_are_told_apart_and_added_up(ledger: Ledger):
    for broadcast, numbers in (("b1", (1, 2)), ("b2", (1, 2, 3)), ("other", (4,))):
        for number in numbers:
            ledger.message(number, topics.EMAIL_SENT, broadcast_id=broadcast, is_tracked=True)
    for broadcast, hours in (("b1", 1), ("b2", 30), ("other", 1)):
        number = 4 if broadcast == "other" else 1
        click = {"broadcast_id": broadcast, "is_machine": False, "url": "https://shop/a"}
        ledger.message(number, topics.EMAIL_LINK_CLICKED, hours, **click)
        order = {"order_id": f"after {broadcast}", "total": 1000}
        ledger.add(number, topics.ORDER_COMPLETED, hours + 1, **order)
    reports = ledger.reports()
    each = reports.outcomes(["b1", "b2", "none"])
    assert [(each[one].sent, each[one].clicked) for one in ("b1", "b2", "none")] == [
        (2, 1), (3, 1), (0, 0)
    ]  # fmt: skip
    summed = reports.recurring("r", ["b1", "b2"])
    assert summed.broadcast_id == "r"
    assert (summed.outcomes.sent, summed.outcomes.trackable, summed.outcomes.clicked) == (5, 5, 2)
    assert dict(summed.outbox.states) == {"sent": 6}
    assert [(one.clicks, one.clickers) for one in summed.links] == [(2, 2)]
    by_click = summed.attribution[0]
    assert (by_click.orders, by_click.people, by_click.revenue_minor) == (2, 1, 2000)
    nothing = reports.recurring("r", [])
    assert (nothing.outcomes.sent, nothing.attribution, nothing.links) == (0, (), ())
