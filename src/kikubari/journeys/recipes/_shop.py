"""What recipes of a shop have in common: what they need, what ends them, what they are for."""

from kikubari.journeys.definition import Exit, Goal
from kikubari.journeys.recipes._writing import event, needs_catalogue, needs_event, who
from kikubari.spec.conditions import Duration, Reachable
from kikubari.spec.topics import (
    ORDER_COMPLETED,
    ORDER_REFUNDED,
    RETURN_REQUESTED,
    SUPPORT_TICKET_OPENED,
)

REACHABLE = who(Reachable(channel="email"))

# The product that the event is about, as the catalogue or else the event says, or the shop.
PRODUCT_PAGE = "{{ trigger.products.first.url | default: trigger.url | default: shop.url }}"

ORDERS_BEGIN = needs_event(ORDER_COMPLETED, "ご注文をきっかけに始まります。", "An order starts it.")
ORDERS_ARE_READ = needs_event(ORDER_COMPLETED, "ご購入の記録を使います。", "It reads past orders.")
SHOWN_GOODS = needs_catalogue(
    "品名・写真・価格を載せます。", "Names, pictures and prices are shown."
)
BEST_SELLERS_SHOWN = needs_catalogue("人気の商品を載せます。", "Best sellers are shown.")
FRESH_CATALOGUE = needs_catalogue(
    "価格と在庫の変化を知るために、商品データの更新が必要です。",
    "Prices and stock are known from the products you send.",
    is_required=True,
)

ORDERED = Exit(id="ordered", events=event(ORDER_COMPLETED), label="Order Completed")
# Who has something to settle is not asked for more.
TROUBLE = (
    Exit(id="refunded", events=event(ORDER_REFUNDED)),
    Exit(id="returns", events=event(RETURN_REQUESTED)),
    Exit(id="support", events=event(SUPPORT_TICKET_OPENED)),
)


def order_within(days: int, *, ends_journey: bool = True) -> Goal:
    """Return the goal of an order within so many days."""
    return Goal(
        events=event(ORDER_COMPLETED), within=Duration(days=days), ends_journey=ends_journey
    )
