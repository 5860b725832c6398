"""How long a customer's recommendations take, over HTTP and from the service behind it.

A shop of the size of Online Retail is sent its products and orders and asked to learn; then one
customer after the other is asked for, each for the first time, and orders are placed until lists
show them. What HTTP takes includes this client. With `--keep --folder FOLDER` a second run asks the
shop of the first.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from harness import Figure, Options, Report, main

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from installation import Installation
from kikubari.app.house import House
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.settings import read_settings
from kikubari.decide.recommend import Request, Strategy
from kikubari.kit.ids import random_token

TARGET_MS = 5.0
_CUSTOMERS, _PRODUCTS, _LINES = 4_000, 2_500, 75
_LINES_OF_AN_ORDER = 15
_ASKED, _WARMING, _ORDERED = 500, 50, 20
_TASTES = 50
_STRATEGIES = ("for_you", "new_for_you", "goes_with", "buy_again")
_DAYS = 360


def run(options: Options) -> Report:
    """Ask for the recommendations of many; `--scale` is the fraction of customers."""
    n_customers = options.sized(_CUSTOMERS, at_least=200)
    home = options.shared / f"recommending-{n_customers}"
    is_new = not home.exists()
    with Installation(home).served() as shop:
        if is_new:
            _fill(shop, n_customers)
            shop.post("/api/recommendations/models")
        _await(lambda: _is_serving(shop))
        by_http = [_ask_over_http(shop, strategy) for strategy in _STRATEGIES]
        figures = _measure(n_customers, "over HTTP", by_http, target=None)
        figures.append(_measure_orders(shop))
        card = shop.get("/api/recommendations/models")[0]["card"]
    figures = [*_measure_service(home, n_customers), *figures]
    note = (
        f"{card['n_customers']:,} customers, {card['n_items']:,} products,"
        f" {card['n_purchases']:,} purchases, learned in {card['seconds']:.0f} s;"
        f" {', '.join(one['mode'] + ': ' + one['chosen'] for one in card['blends'])}"
    )
    return Report(benchmark="recommend_answers", figures=figures, notes=[note])


def _is_serving(shop: Installation) -> bool:
    return bool(shop.get("/api/recommendations/models")[0]["is_serving"])


def _await(is_done: Any, *, seconds: float = 1_800, pause: float = 1.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise SystemExit("the server did not come that far in time")
        time.sleep(pause)


def _fill(shop: Installation, n_customers: int) -> None:
    key = shop.post("/api/sources", {"name": "orders of a year"})["write_key"]
    (shop.home / "write-key").write_text(key)
    with shop.stranger() as sender:
        for batch in _batches(_say_products(), _say_orders(n_customers)):
            answer = sender.post("/v1/batch", json={"batch": batch}, auth=(key, ""))
            while answer.status_code == 429:
                time.sleep(0.5)
                answer = sender.post("/v1/batch", json={"batch": batch}, auth=(key, ""))
            answer.raise_for_status()
    _await(lambda: not any(one["lag"] for one in shop.health()["consumers"]))


def _batches(*kinds: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for kind in kinds:
        batch = []
        for one in kind:
            batch.append(one)
            if len(batch) == 100:
                yield batch
                batch = []
        if batch:
            yield batch


def _say_products() -> Iterator[dict[str, Any]]:
    for number in range(_PRODUCTS):
        properties = {
            "product_id": f"p{number}",
            "title": f"Cup of glaze {number}",
            "category": f"Cups {number % 40}",
            "price": 10 + number % 90,
            "currency": "GBP",
            "stock": 9,
        }
        yield _say({"anonymousId": "catalogue"}, "Kikubari Product Updated", 0, properties)


def _say_orders(n_customers: int) -> Iterator[dict[str, Any]]:
    """Yield orders of people with a taste; some products of each taste sell most."""
    draw = np.random.default_rng(1)
    of_a_taste = _PRODUCTS // _TASTES
    for customer in range(n_customers):
        n_orders = max(1, int(draw.geometric(_LINES_OF_AN_ORDER / _LINES)))
        taste = int(draw.integers(_TASTES))
        for order in range(n_orders):
            days = float(draw.uniform(1, _DAYS))
            within = (draw.random(_LINES_OF_AN_ORDER) ** 2 * of_a_taste).astype(int)
            products = sorted({taste * of_a_taste + int(one) for one in within})
            yield _order(f"c{customer}", f"{customer}-{order}", days, products)


def _order(customer: str, order: str, days: float, products: list[int]) -> dict[str, Any]:
    lines = [{"product_id": f"p{one}", "quantity": 1, "price": 10} for one in products]
    properties = {"order_id": order, "total": 10 * len(lines), "currency": "GBP"}
    return _say({"userId": customer}, "Order Completed", days, {**properties, "products": lines})


def _say(
    who: dict[str, str], event: str, days: float, properties: dict[str, Any]
) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days=days)
    return {
        "type": "track",
        **who,
        "event": event,
        "timestamp": at.isoformat(),
        "properties": properties,
    }


def _measure(
    n_customers: int, where: str, ways: list[Callable[[int], object]], *, target: float | None
) -> list[Figure]:
    draw = np.random.default_rng(2)
    people = draw.permutation(n_customers)[: _ASKED + _WARMING].tolist()
    figures = []
    for strategy, ask in zip(_STRATEGIES, ways, strict=True):
        seconds = []
        for customer in people:
            begun = time.perf_counter()
            ask(customer)
            seconds.append(time.perf_counter() - begun)
        middle, late = np.quantile(np.array(seconds[_WARMING:]) * 1_000, [0.5, 0.95])
        name = f"{strategy}: an answer {where}"
        p95, p50 = round(float(late), 2), round(float(middle), 2)
        figures += [
            Figure(name=f"{name}, p95", value=p95, unit="ms", target=target, at_most=True),
            Figure(name=f"{name}, median", value=p50, unit="ms"),
        ]
    return figures


def _ask_over_http(shop: Installation, strategy: str) -> Callable[[int], object]:
    def ask(customer: int) -> object:
        body = {"profile": f"c{customer}", "strategy": strategy, "limit": 4}
        return shop.post("/api/recommendations", body)

    return ask


def _measure_service(home: Path, n_customers: int) -> list[Figure]:
    """Measure the service in this process, on the shop whose server has stopped."""
    house = House(
        read_settings({**os.environ, "KIKUBARI_HOME": str(home)}), local_token=random_token(32)
    )
    try:
        services = house.services
        tune_interpreter()
        services.recommending.refresh()
        while services.recommending.refresh():
            pass
        with services.store.read() as connection:
            number_of = {
                customer: services.profiles.get_profile(connection, f"c{customer}").number
                for customer in range(n_customers)
            }

        def asking(strategy: str) -> Callable[[int], object]:
            return lambda customer: services.recommending.recommend(
                Request(strategy=Strategy(strategy), number=number_of[customer], limit=4)
            )

        ways = [asking(strategy) for strategy in _STRATEGIES]
        return _measure(n_customers, "of the service", ways, target=TARGET_MS)
    finally:
        house.close()


def _measure_orders(shop: Installation) -> Figure:
    """Return how long after a first order somebody has recommendations of their own."""
    key = (shop.home / "write-key").read_text()
    seconds = []
    with shop.stranger() as sender:
        for number in range(_ORDERED):
            customer, product = f"new-{time.time_ns()}", number % _PRODUCTS
            order = _order(customer, f"{customer}-first", 0, [product])
            begun = time.perf_counter()
            sender.post("/v1/batch", json={"batch": [order]}, auth=(key, "")).raise_for_status()
            _await(lambda who=customer: _is_known_to_buy(shop, who), seconds=60, pause=0.01)
            seconds.append(time.perf_counter() - begun)
    return Figure(
        name="from an order to lists that know it, p95",
        value=round(float(np.quantile(seconds, 0.95)), 2),
        unit="s",
    )


def _is_known_to_buy(shop: Installation, customer: str) -> bool:
    body = {"profile": customer, "strategy": "for_you", "limit": 4, "falls_back": False}
    answer = shop.client.post("/api/recommendations", json=body)
    return answer.is_success and bool(answer.json()["items"])


if __name__ == "__main__":
    main(run)
