"""Lives that take each recipe through all its messages, and lives that stop it.

Instants are by the clock in Tokyo; 2 March 2026 is a Monday. A life is of somebody who agreed to
news before, unless it says otherwise.
"""

from typing import Any

from kikubari.journeys.cases import (
    CasePerson,
    ExpectedEntry,
    ExpectedMessage,
    Happening,
    StatedConsent,
)

Life = tuple[CasePerson, tuple[ExpectedEntry, ...]]
SINCE, UNTIL = "2026-03-01T00:00", "2026-04-03T00:00"
BEGUN = "03-02T09:00"
_KETTLE = {"product_id": "P1", "price": 1200, "currency": "JPY", "quantity": 1}
_ORDER = {"order_id": "A-1", "total": 800, "currency": "JPY"}
_FAVOURITE = {"product_id": "P1", "connection": "favourite"}


def _at(day: str) -> str:
    return day if len(day) > len("03-02T09:00") else f"2026-{day}"


def event(day: str, name: str, **properties: Any) -> Happening:
    """Return something that happens."""
    return Happening(at=_at(day), event=name, properties=properties)


def order(day: str) -> Happening:
    """Return an order."""
    return event(day, "Order Completed", **_ORDER)


def says(
    day: str, status: str = "granted", *, of: str = "marketing", channel: str = "email"
) -> Any:
    """Return a consent that is given, refused or taken back."""
    return Happening(at=_at(day), consent=StatedConsent(status=status, purpose=of, channel=channel))  # type: ignore[arg-type]


def states(day: str, **traits: Any) -> Happening:
    """Return traits that somebody states."""
    return Happening(at=_at(day), traits=traits)


_SEEN = says("2026-02-01T09:00", of="tracking")


def life(
    *happens: Happening,
    gets: tuple[str, ...] = (),
    outcome: str | None = None,
    segments: tuple[str, ...] = (),
    is_unasked: bool = False,
    traits: dict[str, Any] | None = None,
) -> Life:
    """Return a life, and the one entry that comes of it.

    Args:
        happens: in any order.
        gets: messages as ``step day``; after a further space the reason why one was not sent.
        outcome: of the entry.
        segments: that the person is in all the time.
        is_unasked: did not agree to news before.
        traits: known from the beginning.
    """
    expected = ExpectedEntry(messages=tuple(_message(one) for one in gets), outcome=outcome)
    return _person(happens, segments, traits, is_unasked=is_unasked), (expected,)


def outsider(
    *happens: Happening, segments: tuple[str, ...] = (), traits: dict[str, Any] | None = None
) -> Life:
    """Return a life that never comes into the journey."""
    return _person(happens, segments, traits, is_unasked=False), ()


def _person(
    happens: tuple[Happening, ...],
    segments: tuple[str, ...],
    traits: dict[str, Any] | None,
    *,
    is_unasked: bool,
) -> CasePerson:
    known = {"email": "somebody@example.com", **(traits or {})}
    return CasePerson(
        traits=known, reachable=not is_unasked, segments=segments, timeline=tuple(happens)
    )


def _message(said: str) -> ExpectedMessage:
    step, day, *became = said.split()
    return ExpectedMessage(step=step, at=None if became else _at(day), became=(*became, "sent")[0])


_CART = event(BEGUN, "Product Added", **_KETTLE, cart_id="c1")
_VIEWS = (
    event(BEGUN, "Product Viewed", **_KETTLE),
    event("03-02T09:30", "Product Viewed", **_KETTLE),
)
_SAVED = event(BEGUN, "Product Added to Wishlist", **_KETTLE)
_VIP = ("builtin:vip",)


def _click(day: str, step: str) -> Happening:
    return event(
        day, "Email Link Clicked", journey_id=f"jny_1/3/{step}/1", is_machine=False, url="https://a"
    )


def _letters(number: int) -> tuple[Happening, ...]:
    return tuple(event(f"2026-01-0{n}T09:00", "Kikubari Email Sent") for n in range(1, number + 1))


# Lives by recipe; further ways of one are told apart by the variant after a colon.
LIVES: dict[str, tuple[Life, ...]] = {
    "welcome": (
        life(says(BEGUN), gets=("hello 03-02T09:00", "guide 03-05T10:00"), is_unasked=True),
        life(
            says(BEGUN),
            order("03-03T12:00"),
            gets=("hello 03-02T09:00",),
            outcome="goal",
            is_unasked=True,
        ),
    ),
    "double-opt-in": (
        life(
            event(BEGUN, "Signed Up", newsletter=True),
            says("03-03T12:00"),
            gets=("confirm 03-02T09:00", "thanks 03-03T12:00"),
            is_unasked=True,
        ),
        life(
            event(BEGUN, "Signed Up", newsletter=True),
            gets=("confirm 03-02T09:00",),
            is_unasked=True,
        ),
        life(event(BEGUN, "Signed Up", newsletter=True), gets=("thanks 03-02T09:00",)),
        outsider(event(BEGUN, "Signed Up", newsletter=False)),
    ),
    "permission-to-personalise": (
        life(says(BEGUN), gets=("ask 03-09T09:00",), is_unasked=True),
        life(
            says(BEGUN),
            says("03-05T09:00", "denied", of="enrichment", channel=""),
            is_unasked=True,
        ),
        life(says(BEGUN), says("03-05T09:00", of="enrichment", channel="email"), is_unasked=True),
    ),
    "complete-your-data": (
        life(order(BEGUN), gets=("ask 04-01T09:00",)),
        life(order(BEGUN), states("03-10T09:00", birthday="1984-04-09")),
        outsider(order(BEGUN), traits={"birthday": "1984-04-09"}),
    ),
    "cart-abandonment": (
        life(_CART, gets=("reminder 03-02T12:00", "last 03-04T12:00"), outcome="completed"),
        life(
            _CART,
            event("03-02T11:30", "Product Added", **_KETTLE, cart_id="c1"),
            gets=("reminder 03-02T15:00", "last 03-04T15:00"),
        ),
        life(_CART, order("03-02T11:00"), outcome="goal"),
        life(_CART, order("03-03T11:00"), gets=("reminder 03-02T12:00",), outcome="goal"),
        life(_CART, event("03-02T10:00", "Product Removed", **_KETTLE, cart_id="c1")),
    ),
    "browse-abandonment": (
        life(*_VIEWS, _SEEN, gets=("look 03-03T18:00",)),
        life(*_VIEWS, _SEEN, event("03-02T12:00", "Product Added", **_KETTLE)),
        life(*_VIEWS, _SEEN, order("03-03T12:00"), outcome="goal"),
        outsider(*_VIEWS),
    ),
    "saved-items": (
        life(_SAVED, gets=("list 03-12T19:00",)),
        life(_SAVED, order("03-05T12:00"), outcome="goal"),
    ),
    "low-stock": (
        life(
            event(BEGUN, "Kikubari Low Stock", **_FAVOURITE),
            gets=("with-code 03-02T09:00",),
            segments=("builtin:discount_shopper",),
        ),
        life(
            event(BEGUN, "Kikubari Low Stock", **_FAVOURITE),
            gets=("with-others 03-02T09:00",),
            segments=("builtin:comparer",),
        ),
        life(event(BEGUN, "Kikubari Low Stock", **_FAVOURITE), gets=("plain 03-02T09:00",)),
        outsider(event(BEGUN, "Kikubari Low Stock", product_id="P1", connection="view")),
    ),
    "price-drop": (
        life(
            event(BEGUN, "Kikubari Price Dropped", **_FAVOURITE, drop_percent=10),
            gets=("news 03-02T09:00",),
        ),
        outsider(event(BEGUN, "Kikubari Price Dropped", **_FAVOURITE, drop_percent=3)),
    ),
    "back-in-stock": (
        life(event(BEGUN, "Kikubari Back In Stock", **_FAVOURITE), gets=("news 03-02T09:00",)),
        outsider(event(BEGUN, "Kikubari Back In Stock", product_id="P1", connection="view")),
    ),
    "new-arrival": (
        life(event(BEGUN, "Kikubari New Arrival", **_FAVOURITE), gets=("news 03-06T18:00",)),
        life(
            event(BEGUN, "Kikubari New Arrival", **_FAVOURITE),
            order("03-04T12:00"),
            outcome="goal",
        ),
    ),
    "preorder-teaser": (
        life(event(BEGUN, "Preorder Opened", product_id="P1"), gets=("news 03-02T09:00",)),
        life(
            event(BEGUN, "Preorder Opened", product_id="P1"),
            order("03-03T09:00"),
            gets=("news 03-02T09:00",),
            outcome="goal",
        ),
        outsider(event(BEGUN, "Preorder Opened"), says("03-01T09:00", "withdrawn")),
    ),
    "order-confirmation": (
        life(order(BEGUN), gets=("with-more 03-02T09:00",)),
        life(order(BEGUN), gets=("plain 03-02T09:00",), is_unasked=True),
    ),
    "first-purchase-thanks": (
        life(order(BEGUN), gets=("thanks 03-05T10:00", "second 03-23T10:00")),
        life(
            order(BEGUN),
            order("03-10T09:00"),
            gets=("thanks 03-05T10:00",),
            outcome="goal",
        ),
        life(
            order(BEGUN),
            event("03-04T09:00", "Return Requested", order_id="A-1"),
            outcome="exit:returns",
        ),
        outsider(order("2026-01-10T09:00"), order(BEGUN)),
    ),
    "post-purchase-cross-sell": (
        life(order("2026-01-10T09:00"), order(BEGUN), gets=("ideas 03-12T18:00",)),
        life(
            order("2026-01-10T09:00"),
            order(BEGUN),
            event("03-05T09:00", "Order Refunded", order_id="A-1"),
            outcome="exit:refunded",
        ),
        outsider(order(BEGUN)),
    ),
    "review-request": (
        life(order(BEGUN), gets=("ask 03-21T10:00",)),
        life(order(BEGUN), event("03-10T09:00", "Support Ticket Opened"), outcome="exit:support"),
    ),
    "support-feedback": (
        life(event(BEGUN, "Support Ticket Closed"), gets=("ask 03-03T11:00",)),
        life(event(BEGUN, "Support Ticket Closed"), event("03-02T12:00", "Support Ticket Opened")),
    ),
    "replenishment": (
        life(
            event("03-02T00:00", "Kikubari Runs Low", product_id="P1", days_left=5),
            gets=("remind 03-02T10:00",),
        ),
        life(
            event("03-02T00:00", "Kikubari Runs Low", product_id="P1", days_left=5),
            order("03-02T08:00"),
            outcome="goal",
        ),
        outsider(event("03-02T00:00", "Kikubari Runs Low", product_id="P1", days_left=3)),
    ),
    "birthday": (
        life(gets=("gift 03-03T10:00", "greeting 03-10T09:00"), traits={"birthday": "1984-03-10"}),
        life(
            order("03-05T12:00"),
            gets=("gift 03-03T10:00", "greeting 03-10T09:00"),
            traits={"birthday": "1984-03-10"},
        ),
        life(
            says("03-05T12:00", "withdrawn"),
            gets=("gift 03-03T10:00", "greeting 03-10T09:00 no_consent"),
            traits={"birthday": "1984-03-10"},
        ),
        outsider(says("03-01T12:00", "withdrawn"), traits={"birthday": "1984-03-10"}),
    ),
    "important-dates": (
        life(gets=("ideas 03-06T10:00",), traits={"reminder_on": "2026-03-20"}),
        outsider(states("03-05T09:00", reminder_on=None), traits={"reminder_on": "2026-03-20"}),
    ),
    "life-stage": (
        life(
            event(BEGUN, "Stage Chosen"), gets=("starting 03-02T09:00",), traits={"stage": "puppy"}
        ),
        life(
            event(BEGUN, "Stage Chosen"), gets=("gentle 03-02T09:00",), traits={"stage": "senior"}
        ),
        life(
            event(BEGUN, "Stage Chosen"), gets=("everyday 03-02T09:00",), traits={"stage": "adult"}
        ),
        outsider(event(BEGUN, "Stage Chosen"), says("03-01T09:00", "withdrawn")),
    ),
    "vip-entry": (
        life(
            order(BEGUN),
            _SEEN,
            _click("03-08T20:00", "vip-welcome"),
            gets=("vip-welcome 03-07T12:00", "more 03-08T20:00"),
            segments=_VIP,
        ),
        life(
            order(BEGUN),
            _SEEN,
            _click("03-08T20:00", "news"),
            gets=("vip-welcome 03-07T12:00", "ask 03-21T12:00"),
            segments=_VIP,
        ),
        life(
            order(BEGUN),
            _SEEN,
            order("03-15T09:00"),
            gets=("vip-welcome 03-07T12:00", "more 03-21T12:00"),
            segments=_VIP,
        ),
        # Whether they read is not known, so they are not taken for somebody who did not.
        life(
            order(BEGUN),
            gets=("vip-welcome 03-07T12:00", "more 03-21T12:00"),
            segments=_VIP,
        ),
        outsider(order(BEGUN)),
    ),
    "ambassador": (
        life(event(BEGUN, "Feedback Given", score=10), gets=("ask 03-04T18:00",)),
        outsider(event(BEGUN, "Feedback Given", score=8)),
    ),
    "step-mail": (
        life(
            event(BEGUN, "Guide Requested", topic="tea"),
            order("03-12T09:00"),
            gets=("first 03-02T09:00", "second 03-09T09:00", "third 03-16T09:00"),
        ),
        life(
            event(BEGUN, "Guide Requested", topic="tea"),
            says("03-10T09:00", "withdrawn"),
            gets=("first 03-02T09:00", "second 03-09T09:00", "third 03-16T09:00 no_consent"),
        ),
    ),
    "win-back": (
        life(order("2025-11-20T09:00"), gets=("news 03-03T11:00", "once-more 03-17T11:00")),
        life(
            order("2025-11-20T09:00"),
            order("03-05T09:00"),
            gets=("news 03-03T11:00",),
            outcome="goal",
        ),
        outsider(order("03-02T08:00")),
    ),
    "sunset": (
        life(*_letters(6), _SEEN, gets=("ask 03-01T11:00",), outcome="completed"),
        life(*_letters(6), _SEEN, says("03-05T09:00"), gets=("ask 03-01T11:00",)),
        life(
            *_letters(6),
            _SEEN,
            _click("03-05T09:00", "news"),
            gets=("ask 03-01T11:00",),
            outcome="exit:reads",
        ),
        outsider(*_letters(5), _SEEN),
        outsider(*_letters(6)),
    ),
}
LIVES["vip-entry:announced"] = LIVES["vip-entry"]
# It comes round: one entry each Friday.
WEEKLY: tuple[Life, ...] = (
    (
        _person((order("2026-02-20T09:00"),), (), None, is_unasked=False),
        (
            ExpectedEntry(messages=(_message("letter 03-06T17:00"),)),
            ExpectedEntry(messages=(_message("letter 03-13T17:00"),)),
        ),
    ),
    outsider(order("2025-02-20T09:00")),
)
