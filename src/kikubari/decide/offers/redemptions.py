"""What the shop's events say about codes: put into a basket, and paid with."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from kikubari.decide.offers import _repository as rows
from kikubari.decide.offers.benefits import estimate_discount
from kikubari.decide.offers.codes import code_key
from kikubari.decide.offers.contracts import CodeState
from kikubari.decide.offers.issuing import decode_definition
from kikubari.events import SequencedEvent, message_key
from kikubari.kit.instants import to_micros
from kikubari.kit.money import to_minor
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, Trust
from kikubari.spec.topics import COUPON_APPLIED, ORDER_COMPLETED

REDEEMED: Final = "redeemed"
APPLIED: Final = "applied"
# Segment's e-commerce spec names the code `coupon` on an order, and by these when it is applied.
_CODE_FIELDS = {
    ORDER_COMPLETED: ("coupon",),
    COUPON_APPLIED: ("coupon", "coupon_id", "coupon_name"),
}
_MAX_CODE = 100
_MAX_ID = 200


class _Use(msgspec.Struct, frozen=True):
    """One event's word on one code."""

    key: str
    kind: Literal["redeemed", "applied"]
    use_key: str
    order: tuple[int, int, bytes]  # at, source, message: the latest word counts
    number: int
    revenue_minor: int
    discount_minor: int | None  # None: the event does not say

    @property
    def place(self) -> tuple[str, str, str]:
        return self.kind, self.key, self.use_key


class RedemptionProjection:
    """Counts orders with our codes, their revenue and discount, which the budget loses.

    Reads ``Order Completed`` (``coupon``, ``order_id``, ``revenue`` or ``total``, ``discount``) and
    ``Coupon Applied``. A browser's key redeems nothing: anybody could use up a budget with it.

    Args:
        currency: the shop's; of an order in another, only that it was made is counted.
        workspace_id: whose offers.
    """

    def __init__(self, currency: str, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._currency = currency
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in events that are new to the log."""
        uses = [use for one in events if (use := self._read(one)) is not None]
        if not uses:
            return
        codes = rows.find_codes(connection, self._workspace_id, {use.key for use in uses})
        uses = [use for use in uses if use.key in codes]
        if not uses:
            return
        offer_ids = {codes[use.key].offer_id for use in uses}
        offers = rows.lock_offers(connection, self._workspace_id, offer_ids)
        # After the lock: a code may have been handed out, or taken back, meanwhile.
        codes = rows.find_codes(connection, self._workspace_id, {use.key for use in uses})
        latest: dict[tuple[str, str, str], _Use] = {}
        for use in uses:
            if use.place not in latest or use.order > latest[use.place].order:
                latest[use.place] = use
        known = rows.find_uses(connection, self._workspace_id, codes)
        redeemed: set[str] = set()
        for place, use in latest.items():
            code, before = codes[use.key], known.get(place)
            self._save(connection, offers[code.offer_id], use, before)
            if use.kind == REDEEMED and code.state != CodeState.REDEEMED:
                redeemed.add(use.key)
        self._mark_redeemed(connection, [codes[key] for key in sorted(redeemed)])

    def _save(
        self, connection: Connection, offer: rows.Found, use: _Use, before: rows.Found | None
    ) -> None:
        if before is not None and use.order <= (
            before.at_us,
            before.source_id,
            bytes(before.message_key),
        ):
            return
        discount = use.discount_minor
        if discount is None:
            benefit = decode_definition(offer.definition).benefit
            discount = estimate_discount(benefit, use.revenue_minor) if use.revenue_minor else 0
        at_us, source_id, message = use.order
        rows.save_use(
            connection,
            {
                "workspace_id": self._workspace_id,
                "code_key": use.key,
                "kind": use.kind,
                "use_key": use.use_key,
                "offer_id": offer.id,
                "at_us": at_us,
                "source_id": source_id,
                "message_key": message,
                "number": use.number,
                "revenue_minor": use.revenue_minor,
                "discount_minor": discount,
            },
        )
        changes = {"n_applied": int(before is None)}
        if use.kind == REDEEMED:
            changes = {
                "n_redeemed": int(before is None),
                "revenue_minor": use.revenue_minor - (before.revenue_minor if before else 0),
                "discount_minor": discount - (before.discount_minor if before else 0),
            }
        rows.add_counts(connection, self._workspace_id, offer.id, changes)

    def _mark_redeemed(self, connection: Connection, codes: Sequence[rows.Found]) -> None:
        """A code that was used is held by somebody, even if we did not hand it out."""
        redeemed = {"state": CodeState.REDEEMED.value}
        rows.set_codes(connection, self._workspace_id, {one.code_key: redeemed for one in codes})
        for offer_id in sorted({one.offer_id for one in codes}):
            states = Counter(one.state for one in codes if one.offer_id == offer_id)
            changes = {
                "n_issued": states.total() - states[CodeState.ISSUED],
                "n_free": -states[CodeState.FREE],
            }
            rows.add_counts(connection, self._workspace_id, offer_id, changes)

    def _read(self, one: SequencedEvent) -> _Use | None:
        event = one.event
        fields = _CODE_FIELDS.get(event.type)
        if fields is None or event.trust is Trust.PUBLIC:
            return None
        said = event.properties
        code = next((said[name] for name in fields if isinstance(said.get(name), str)), "")
        if not code.strip() or len(code) > _MAX_CODE:
            return None
        is_order = event.type == ORDER_COMPLETED
        is_ours = said.get("currency") in (None, self._currency)
        revenue, discount = self._amount(said, "revenue", "total"), self._amount(said, "discount")
        return _Use(
            key=code_key(code),
            kind=REDEEMED if is_order else APPLIED,
            use_key=_use_key(event),
            order=(to_micros(event.occurred_at), event.source_id, message_key(event.message_id)),
            number=one.number,
            revenue_minor=(revenue or 0) if is_order and is_ours else 0,
            discount_minor=discount if is_order and is_ours else 0,
        )

    def _amount(self, said: dict[str, Any], *names: str) -> int | None:
        for name in names:
            value = said.get(name)
            if isinstance(value, int | float | str) and not isinstance(value, bool):
                try:
                    return max(0, to_minor(value, self._currency))
                except ValueError:
                    continue
        return None


def _use_key(event: Event) -> str:
    """Return the order or basket an event is about, itself if it names none."""
    for name in ("order_id", "checkout_id", "cart_id"):
        value = event.properties.get(name)
        if isinstance(value, str | int) and 0 < len(str(value)) <= _MAX_ID:
            return str(value)
    return message_key(event.message_id).hex()
