"""The shop is told of codes by webhook: many in a call, each once, naming nobody who asked not to.

Over the wire: a server of ours stands for the shop.
"""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from offer_world import ten_percent

from http_peer import serving
from kikubari.decide.offers import (
    CODE_CALLS,
    CODES_A_CALL,
    AmountOff,
    Announcing,
    CodeSource,
    Issuing,
    Limits,
    Offers,
    Validity,
    Wanted,
)
from kikubari.decide.offers.contracts import Conditions
from kikubari.deliver import NoticeType, RightsNotices, SharedCalls, forget_calls
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_told
from kikubari.kit.ids import TimeOrderedIds
from kikubari.profiles import Limit, profile_id
from kikubari.testing.deliver import Selves
from webhook_world import WebhookWorld

ANNA, BEN = 7, 8


class Limited:
    """Limits of people as they are given."""

    def __init__(self, limits) -> None:
        self.limits = limits

    def find(self, connection, numbers):
        return {number: self.limits[number] for number in numbers if number in self.limits}


class TellingShop(WebhookWorld):
    """Offers, and endpoints that are told of their codes."""

    def __init__(self, state) -> None:
        super().__init__(state)
        ids, shared = TimeOrderedIds(), SharedCalls(self.queue, self.sealing)
        self.limits = {}
        self.offers = Offers(state, self.clock, ids, currency="JPY")
        self.issuing = Issuing(
            Selves(None),
            ZoneInfo("Asia/Tokyo"),
            is_heard=lambda connection: shared.are_there(connection, CODE_CALLS),
        )
        self.announcing = Announcing(
            state, shared, Limited(self.limits), self.clock, ids, currency="JPY"
        )

    def listen(self, peer, *kinds: str):
        return self.add(peer.url, *(kinds or sorted(CODE_CALLS)))

    def issue(self, offer_id, *numbers: int, claim="m"):
        asked = [Wanted(f"{claim}{number}", number, offer_id) for number in numbers]
        given = self.store.write(lambda c: self.issuing.issue(c, asked, now=self.clock.now()))
        return {one.number: given[one.claim].code for one in asked}

    def release(self, *claims: str):
        self.store.write(lambda c: self.issuing.release(c, claims))

    def announce(self):
        while self.announcing.announce_some():
            pass

    def tell(self, endpoint_id):
        self.announce()
        self.settle(endpoint_id)

    def forget(self, number):
        """Erase somebody, in the order in which all rooms do."""

        def work(connection):
            RightsNotices(self.queue).tell_in(
                connection,
                NoticeType.ERASED,
                [number],
                receipt_id=f"ers_{number}",
                at=self.clock.now(),
            )
            forget_calls(connection, [number])
            self.announcing.forget_in(connection, [number])
            self.offers.forget_in(connection, [number])

        self.store.write(work)

    def rows(self, table):
        with self.store.read() as connection:
            return list(connection.execute(table.select()))


@pytest.fixture
def shop(state):
    return TellingShop(state)


def codes_of(peer, kind="coupon.issued"):
    return [
        one["code"]
        for _, _, body in peer.requests
        if body["type"] == kind
        for one in body["data"]["codes"]
    ]


def test_the_shop_is_told_what_a_code_is_good_for_and_whose_it_is(shop):
    offer = shop.offers.create(
        ten_percent(
            benefit=AmountOff(amount_minor=1_000),
            conditions=Conditions(minimum_minor=3_000),
            validity=Validity(days=7),
        )
    )
    with serving() as till, serving() as other:
        till_id = shop.listen(till)
        shop.listen(other, "Order Completed")
        code = shop.issue(offer.id, ANNA)[ANNA]
        assert till.requests == []
        shop.tell(till_id)
        assert other.requests == []
        ((_, headers, body),) = till.requests
    assert body["type"] == "coupon.issued"
    assert body["data"]["offer"] == {
        "id": offer.id,
        "name": "Tea",
        "benefit": {"kind": "amount_off", "amount_minor": 1_000},
        "conditions": {"minimum_minor": 3_000},
        "currency": "JPY",
    }
    assert body["data"]["codes"] == [
        {
            "code": code,
            "issued_at": "2026-11-20T09:00:00Z",
            "expires_at": "2026-11-27T14:59:59Z",
            "profile": profile_id(ANNA),
        }
    ]
    assert headers["webhook-id"].startswith("msg_")
    assert headers["webhook-signature"].startswith("v1,")


def test_calls_are_signed_as_every_other(shop):
    with serving() as till:
        made = shop.endpoints.create(
            shop.endpoints.get(shop.listen(till)).definition
        )  # its secret is shown when it is made
        shop.issue(shop.offers.create(ten_percent()).id, ANNA)
        shop.tell(made.endpoint.id)
        key = base64.b64decode(made.secret.removeprefix("whsec_"))

        def is_signed(headers, body):
            # The peer keeps what it parsed; the bytes are the shortest way to write that.
            raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
            text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{raw}"
            digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
            return headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"

        assert any(is_signed(headers, body) for _, headers, body in till.requests)


def test_many_codes_are_few_calls(shop):
    offer = shop.offers.create(ten_percent()).id
    n = 2 * CODES_A_CALL + 50
    with serving() as till:
        till_id = shop.listen(till)
        given = shop.issue(offer, *range(1, n + 1))
        shop.tell(till_id)
        assert len(till.requests) == 3
        assert sorted(codes_of(till)) == sorted(given.values())
        shop.tell(till_id)
        assert len(till.requests) == 3


def test_the_largest_call_is_taken_by_the_queue(shop):
    """Codes as long as may be, of an offer that asks for as much as may be."""
    many = tuple(f"{n:03}{'x' * 197}" for n in range(200))
    offer = shop.offers.create(
        ten_percent(
            name="茶" * 100,
            codes=CodeSource.UPLOADED,
            conditions=Conditions(product_ids=many, categories=many),
            validity=Validity(days=7),
        )
    ).id
    shop.offers.import_codes(offer, "\n".join(f"{n:03}{'Y' * 61}" for n in range(CODES_A_CALL)))
    some = shop.offers.create(
        ten_percent(codes=CodeSource.UPLOADED, conditions=Conditions(product_ids=many[:90]))
    ).id
    shop.offers.import_codes(some, "\n".join(f"{n:03}{'Z' * 61}" for n in range(CODES_A_CALL)))
    numbers = range(2**62, 2**62 + CODES_A_CALL)
    with serving() as till:
        till_id = shop.listen(till)
        shop.issue(offer, *numbers, claim="a")
        shop.issue(some, *numbers, claim="b")
        shop.tell(till_id)
        asked = {body["data"]["offer"]["id"]: body["data"] for _, _, body in till.requests}
        assert asked[offer]["offer"]["conditions"] is None
        assert len(asked[some]["offer"]["conditions"]["product_ids"]) == 90
        assert {len(one["codes"]) for one in asked.values()} == {CODES_A_CALL}


def test_nothing_is_kept_to_be_told_where_nobody_listens(shop):
    offer = shop.offers.create(ten_percent()).id
    shop.issue(offer, ANNA)
    with serving() as till:
        till_id = shop.listen(till)
        shop.tell(till_id)
        assert till.requests == []
        shop.issue(offer, BEN)
        shop.endpoints.delete(till_id)
        shop.announce()
        assert shop.rows(webhook_calls) == []
        assert not shop.announcing.announce_some()


def test_a_code_that_came_back_is_withdrawn_if_it_was_told(shop):
    offer = shop.offers.create(ten_percent(limits=Limits(per_person=9))).id
    with serving() as till:
        till_id = shop.listen(till)
        never = shop.issue(offer, ANNA, claim="never")[ANNA]
        shop.release(f"never{ANNA}")
        told = shop.issue(offer, ANNA, claim="told")[ANNA]
        shop.tell(till_id)
        assert codes_of(till) == [told]
        shop.release(f"told{ANNA}")
        shop.tell(till_id)
        assert codes_of(till, "coupon.withdrawn") == [told]
        assert till.body["data"]["codes"] == [{"code": told}]
        assert never not in json.dumps([body for _, _, body in till.requests])


def test_an_uploaded_code_goes_to_another_and_is_told_anew(shop):
    offer = shop.offers.create(ten_percent(codes=CodeSource.UPLOADED)).id
    shop.offers.import_codes(offer, "SHOP-1")
    with serving() as till:
        till_id = shop.listen(till)
        shop.issue(offer, ANNA)
        shop.tell(till_id)
        shop.release(f"m{ANNA}")
        shop.clock.advance(timedelta(minutes=1))
        shop.issue(offer, BEN)
        shop.tell(till_id)
        assert codes_of(till) == ["SHOP-1", "SHOP-1"]
        assert till.body["data"]["codes"][0]["profile"] == profile_id(BEN)


def test_a_call_that_is_refused_comes_again_and_a_dead_letter_when_asked(shop):
    offer = shop.offers.create(ten_percent()).id
    with serving((500, {}, {})) as till:
        till_id = shop.listen(till)
        code = shop.issue(offer, ANNA)[ANNA]
        shop.tell(till_id)
        shop.clock.advance(timedelta(minutes=1))
        shop.settle(till_id)
        assert codes_of(till) == [code, code]
        assert len({headers["webhook-id"] for _, headers, _ in till.requests}) == 1
        shop.issue(offer, BEN)
        shop.announce()
        shop.endpoints.disable(till_id)
        shop.endpoints.enable(till_id)
        assert shop.states(till_id).count("dead") == 1
        assert shop.endpoints.replay(till_id) == 1
        shop.settle(till_id)
        assert till.body["data"]["codes"][0]["profile"] == profile_id(BEN)


@pytest.mark.parametrize("when", ["before", "waiting", "dead"])
def test_who_is_erased_is_not_named_whenever_it_is_told(shop, when):
    offer = shop.offers.create(ten_percent()).id
    with serving() as till:
        till_id = shop.listen(till)
        given = shop.issue(offer, ANNA, BEN)
        if when != "before":
            shop.announce()
        if when == "dead":
            shop.endpoints.disable(till_id)
        shop.forget(ANNA)
        if when == "dead":
            shop.endpoints.enable(till_id)
            shop.endpoints.replay(till_id)
        shop.tell(till_id)
        [issued] = [body for _, _, body in till.requests if body["type"] == "coupon.issued"]
        named = {one["code"]: one["profile"] for one in issued["data"]["codes"]}
        assert named == {given[ANNA]: None, given[BEN]: profile_id(BEN)}
        # Whoever may have been told of somebody hears that they are gone.
        gone = [body for _, _, body in till.requests if body["type"] == "customer.erased"]
        assert len(gone) == (0 if when == "before" else 1)
    assert {row.number for row in shop.rows(webhook_told)} == {BEN}


@pytest.mark.parametrize("limit", [Limit.RESTRICTION, Limit.OBJECTION])
def test_who_asked_to_be_left_alone_is_not_named(shop, limit):
    offer = shop.offers.create(ten_percent()).id
    with serving() as till:
        till_id = shop.listen(till)
        shop.issue(offer, ANNA)
        shop.limits[ANNA] = frozenset({limit})
        shop.tell(till_id)
        assert [one["profile"] for one in till.body["data"]["codes"]] == [None]
    assert shop.rows(webhook_told) == []


def test_several_processes_tell_each_code_once(shop):
    offer = shop.offers.create(ten_percent()).id
    with serving() as till:
        till_id = shop.listen(till)
        given = shop.issue(offer, *range(1, 700))
        with ThreadPoolExecutor(4) as workers:
            for one in [workers.submit(shop.announce) for _ in range(4)]:
                one.result()
        shop.tell(till_id)
        assert sorted(codes_of(till)) == sorted(given.values())
