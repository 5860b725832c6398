"""Who confirms a subscription has answered its form, and the log is told."""

import json
from datetime import UTC, datetime

import zstandard

from kikubari.deliver import Subscription, Subscriptions, SubscriptionWish
from kikubari.deliver.suppression import AddressHasher
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.testing.deliver import letter

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_who_confirms_has_answered_the_form_once(state):
    hasher = AddressHasher(b"k" * 32)
    book = Subscriptions(
        state, hasher, None, clock=ManualClock(NOW), ids=TimeOrderedIds(), letter=letter()
    )
    wish = SubscriptionWish(
        address="a@shop.example", language="ja", chosen=("tea",), source="footer"
    )
    one = Subscription(id="sub_1", number=1, wish=wish, asked_at=NOW, is_confirmed=False)
    book.confirm(one, "a@shop.example")
    with state.read() as connection:
        [(packed,)] = connection.exec_driver_sql("SELECT body FROM inbox").all()
    _, answered = json.loads(zstandard.decompress(bytes(packed)))
    assert b"Form Answered" in json.dumps(answered).encode()
    assert b"subscription" in json.dumps(answered).encode()
