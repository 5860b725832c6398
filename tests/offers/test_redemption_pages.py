"""Who turns page after page of orders with codes sees each once, however many share a second."""

from datetime import timedelta

import pytest
from offer_world import NOW

from kikubari.decide.offers import RedemptionProjection
from kikubari.events import SequencedEvent
from kikubari.spec.envelope import Event, EventKind, Trust


def ordered(n, code, at):
    event = Event(
        message_id=f"e{n}",
        kind=EventKind.TRACK,
        type="Order Completed",
        occurred_at=at,
        received_at=at,
        source_id=1,
        trust=Trust.SERVER,
        properties={"order_id": f"o{n}", "coupon": code},
    )
    return SequencedEvent(n + 1, n, event)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("seconds", [[0] * 7, [0, 0, 1, 1, 1, 2, 3], list(range(7))])
def test_pages_hold_every_order_once(shop, limit, seconds):
    offer = shop.offer()
    given = shop.issue(offer, *((f"m{n}", n) for n in range(len(seconds))))
    events = [
        ordered(n, given[f"m{n}"].code, NOW + timedelta(seconds=after))
        for n, after in enumerate(seconds)
    ]
    shop.store.write(lambda c: RedemptionProjection("JPY").apply(c, events))
    seen, before = [], None
    while page := shop.offers.list_redemptions(offer, before=before, limit=limit):
        seen += page
        before = page[-1].at
    assert sorted(one.order_id for one in seen) == [f"o{n}" for n in range(len(seconds))]
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)
