"""What endpoints are told of people who asked that their data be left alone."""

from collections import Counter

from http_peer import serving
from kikubari.deliver import EndpointProjection
from kikubari.events import Sequencer
from kikubari.profiles import IdentityNumbering, Limit, LimitReceipt, Restrictions
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED, UNSUBSCRIBED
from kikubari.storage import StateStore
from webhook_world import NOW, WebhookWorld

PEOPLE = ("both", "restricted", "objecting", "free")
KINDS = (ORDER_COMPLETED, UNSUBSCRIBED, CONSENT_CHANGED)


def event(user, kind):
    return Event(
        message_id=f"{user}-{kind}",
        kind=EventKind.TRACK,
        type=kind,
        occurred_at=NOW,
        received_at=NOW,
        source_id=2,
        user_id=user,
    )


def receipt(number, kind):
    return LimitReceipt(
        receipt_id=f"lim_{number}_{kind}",
        profile=number,
        kind=kind,
        placed_at=NOW,
        placed_by="support",
        reason="asked by letter",
    )


class Numbers:
    """A projection that notes who got which number."""

    def __init__(self) -> None:
        self.of: dict[str | None, int] = {}

    def apply(self, connection, events):
        del connection
        self.of |= {item.event.user_id: item.number for item in events}


class LimitedWorld(WebhookWorld):
    """Endpoints beside a log that four people are known in."""

    def __init__(self, state: StateStore) -> None:
        super().__init__(state)
        self.rules, self.numbers = Restrictions(), Numbers()
        projections = [self.numbers, EndpointProjection(self.queue, self.rules)]
        self.log = Sequencer(state, [state], IdentityNumbering(), self.sealing, projections)
        self.take_in(*(event(user, "Signed Up") for user in PEOPLE))

    def take_in(self, *events: Event) -> None:
        self.store.write(lambda connection: self.log.extend(connection, events))

    def place(self, user, kind):
        one = receipt(self.numbers.of[user], kind)
        self.store.write(lambda connection: self.rules.place(connection, one))

    def lift(self, user, kind):
        number = self.numbers.of[user]
        self.store.write(lambda c: self.rules.lift(c, number, kind, at=NOW, by="support"))


def test_nothing_is_told_of_the_restricted_and_only_their_wishes_of_those_who_object(state):
    shop = LimitedWorld(state)
    for user in ("both", "restricted"):
        shop.place(user, Limit.RESTRICTION)
    for user in ("both", "objecting"):
        shop.place(user, Limit.OBJECTION)
    with serving() as peer:
        endpoint_id = shop.add(peer.url, *KINDS)
        shop.take_in(*(event(user, kind) for user in PEOPLE for kind in KINDS))
        shop.settle(endpoint_id)
    told = Counter((body["data"]["userId"], body["type"]) for _, _, body in peer.requests)
    assert told == Counter(
        {
            ("objecting", UNSUBSCRIBED): 1,
            ("objecting", CONSENT_CHANGED): 1,
            ("free", ORDER_COMPLETED): 1,
            ("free", UNSUBSCRIBED): 1,
            ("free", CONSENT_CHANGED): 1,
        }
    )


def test_a_limit_that_was_lifted_stands_in_nobodys_way(state):
    shop = LimitedWorld(state)
    shop.place("restricted", Limit.RESTRICTION)
    shop.lift("restricted", Limit.RESTRICTION)
    with serving() as peer:
        endpoint_id = shop.add(peer.url, ORDER_COMPLETED)
        shop.take_in(event("restricted", ORDER_COMPLETED))
        shop.settle(endpoint_id)
    assert [body["data"]["userId"] for _, _, body in peer.requests] == ["restricted"]
