"""Endpoints that were told of somebody are told what that person asked for, and the receipt says.

Over the wire: a server of ours stands for the other system.
"""

from datetime import timedelta

import pytest

from http_peer import serving
from kikubari.deliver import (
    NoticeType,
    RightsNotices,
    WebhookCall,
    forget_calls,
    withhold_calls,
)
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_notices, webhook_told
from kikubari.deliver.endpoints.contracts import KEPT
from kikubari.profiles import Limit, profile_id
from kikubari.spec.topics import UNSUBSCRIBED
from query_plans import list_plans
from webhook_world import NOW, WebhookWorld

ANNA, BEN = 7, 8
SECRET = "anna@example.jp"


class Rights(WebhookWorld):
    """Endpoints, and what is told to them of rights."""

    def __init__(self, state) -> None:
        super().__init__(state)
        self.notices = RightsNotices(self.queue)

    def call(self, endpoint_id, key, *, number, kind="journey.step", **data):
        call = WebhookCall(
            endpoint_id=endpoint_id, type=kind, data=data, idempotency_key=key, number=number
        )
        self.store.write(lambda c: self.queue.queue_in(c, call, at=self.clock.now()))

    def tell(self, notice=NoticeType.ERASED, numbers=(ANNA,), receipt="ers_1", limit=None):
        self.store.write(
            lambda c: self.notices.tell_in(
                c, notice, numbers, receipt_id=receipt, at=self.clock.now(), limit=limit
            )
        )

    def told(self, receipt="ers_1"):
        with self.store.read() as connection:
            return self.notices.list_by_receipt(connection).get(receipt, [])

    def rows(self, table):
        with self.store.read() as connection:
            return list(connection.execute(table.select()))


@pytest.fixture
def rights(state):
    return Rights(state)


def test_who_was_told_is_told_of_the_erasure_and_nobody_else(rights):
    with serving() as crm, serving() as till, serving() as idle:
        crm_id, till_id, _ = (rights.add(one.url) for one in (crm, till, idle))
        rights.call(crm_id, "k1", number=ANNA, email=SECRET)
        rights.call(till_id, "k2", number=BEN, email="ben@example.jp")
        for one in (crm_id, till_id):
            rights.settle(one)
        rights.tell(numbers=(ANNA, ANNA + 100))
        rights.store.write(lambda c: forget_calls(c, [ANNA, ANNA + 100]))
        [waiting] = rights.told()
        assert (waiting.endpoint_id, waiting.state, waiting.taken_at) == (crm_id, "queued", None)
        rights.settle(crm_id)
        assert [body["type"] for _, _, body in crm.requests] == ["journey.step", "customer.erased"]
        assert crm.body["data"] == {
            "profiles": [profile_id(ANNA), profile_id(ANNA + 100)],
            "receipt": "ers_1",
        }
        assert len(till.requests) == 1
        assert idle.requests == []
    [taken] = rights.told()
    assert (taken.state, taken.taken_at, taken.name) == ("delivered", rights.clock.now(), "CRM")
    # Nothing of the person is left: their calls are gone, and the notice keeps no body.
    [left] = [row for row in rights.rows(webhook_calls) if row.endpoint_id == crm_id]
    assert (left.number, left.body, left.type) == (0, None, NoticeType.ERASED)
    assert not rights.rows(webhook_told)


def test_an_endpoint_told_long_ago_is_remembered_when_its_calls_are_forgotten(rights):
    with serving() as crm:
        crm_id = rights.add(crm.url)
        rights.call(crm_id, "k1", number=ANNA)
        rights.settle(crm_id)
        rights.clock.advance(KEPT + timedelta(days=1))
        rights.endpoints.forget_some()
        assert rights.rows(webhook_calls) == []
        rights.tell()
        rights.settle(crm_id)
        assert crm.body["type"] == "customer.erased"
    rights.endpoints.delete(crm_id)
    [gone] = rights.told()
    assert gone.taken_at is not None


def test_a_call_that_may_have_arrived_counts_as_told_and_one_that_never_left_does_not(rights):
    with serving() as crm, serving() as away:
        crm_id, away_id = rights.add(crm.url), rights.add(away.url)
        crm.script[:] = [(500, {}, {})]
        rights.call(crm_id, "k1", number=ANNA)
        rights.settle(crm_id)
        rights.endpoints.disable(away_id)
        rights.call(away_id, "k2", number=ANNA)
        rights.tell()
        assert [one.endpoint_id for one in rights.told()] == [crm_id]


def test_one_that_is_away_is_a_dead_letter_of_the_receipt_and_can_be_sent_again(rights):
    with serving() as crm:
        crm_id = rights.add(crm.url)
        rights.call(crm_id, "k1", number=ANNA)
        rights.settle(crm_id)
        rights.endpoints.disable(crm_id)
        rights.tell()
        assert rights.told()[0].state == "dead"
        rights.endpoints.enable(crm_id)
        assert rights.endpoints.replay(crm_id) == 1
        rights.settle(crm_id)
    assert rights.told()[0].taken_at is not None
    assert len(rights.rows(webhook_notices)) == 1


def test_an_endpoint_that_was_removed_is_said_to_have_taken_nothing(rights):
    with serving() as crm:
        crm_id = rights.add(crm.url)
        rights.call(crm_id, "k1", number=ANNA)
        rights.settle(crm_id)
        rights.tell()
        rights.endpoints.delete(crm_id)
    [gone] = rights.told()
    assert (gone.state, gone.taken_at, gone.name) == ("given_up", None, "CRM")


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        (Limit.RESTRICTION, set()),
        (Limit.OBJECTION, {UNSUBSCRIBED}),
        (Limit.PROFILING, {UNSUBSCRIBED, "journey.step"}),
    ],
)
def test_what_waits_to_be_told_is_dropped_with_a_limit(rights, limit, left):
    with serving() as crm:
        crm_id = rights.add(crm.url)
        rights.call(crm_id, "k1", number=ANNA)
        rights.call(crm_id, "k2", number=ANNA, kind=UNSUBSCRIBED)
        rights.call(crm_id, "k3", number=BEN)
        rights.store.write(lambda c: withhold_calls(c, [ANNA], limit))
        assert {row.type for row in rights.rows(webhook_calls) if row.number == ANNA} == left
        assert [row.number for row in rights.rows(webhook_calls)].count(BEN) == 1


def test_limits_name_themselves_and_say_when_they_end(rights):
    with serving() as crm:
        crm_id = rights.add(crm.url)
        rights.call(crm_id, "k1", number=ANNA)
        rights.settle(crm_id)
        for notice in (NoticeType.LIMITED, NoticeType.LIFTED):
            rights.tell(notice, receipt="lim_1", limit=Limit.RESTRICTION)
            rights.settle(crm_id)
        said = [body for _, _, body in crm.requests][1:]
    assert [one["type"] for one in said] == ["customer.limited", "customer.limit_lifted"]
    assert all(one["data"]["limit"] == "restriction" for one in said)
    assert sorted(one.type for one in rights.told("lim_1")) == [
        "customer.limit_lifted",
        "customer.limited",
    ]
    assert rights.told("lim_1")[0].queued_at >= NOW


def test_who_was_told_is_found_by_an_index(rights, state):
    rights.add("https://93.184.216.34/in")
    told = {"receipt_id": "ers_1", "at": NOW}
    plans = list_plans(
        state, lambda c: rights.notices.tell_in(c, NoticeType.ERASED, [ANNA], **told)
    )
    assert not [plan for plan in plans if "SCAN webhook_calls" in plan], plans
