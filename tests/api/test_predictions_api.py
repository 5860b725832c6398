"""Forecasts in the product: asked for, told through the log, shown of a person, in segments."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from own_installation import served_alone

from kikubari.decide.predict import WITHHELD_TEXTS


def order_of_tea(person, at):
    return {
        "type": "track",
        "userId": person,
        "event": "Order Completed",
        "timestamp": at.isoformat(),
        "properties": {
            "order_id": f"{person}-{at:%j%H%M}",
            "total": 20,
            "currency": "GBP",
            "products": [{"product_id": "tea", "category": "drinks", "price": 20}],
        },
    }


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """A shop without others' orders, from which habits would be learnt too."""
    with served_alone(tmp_path_factory, "predictions") as running:
        yield running


@pytest.fixture(scope="module")
def forecast(api):
    """A model of a shop where p0 … p59 go on buying every 20 days and p60 … p119 stopped.

    Of r0 … r119 each orders more tea every 30 days or a little later; r2 lately, r26 28 days ago.
    """
    key = api.post("/api/sources", {"name": "orders of many"})["write_key"]
    draw = np.random.default_rng(3)
    now = datetime.now(UTC)
    batch = [
        {
            "type": "track",
            "userId": f"p{number}",
            "event": "Order Completed",
            "timestamp": (now - timedelta(days=float(days))).isoformat(),
            "properties": {"order_id": f"{number}-{days}", "total": 30, "currency": "GBP"},
        }
        for number in range(120)
        for days in np.cumsum(draw.exponential(20, 14)) + (1 if number < 60 else 200)
        if days < 500
    ]
    batch += [
        order_of_tea(f"r{number}", now - timedelta(days=number % 30 + 30 * turn + float(late)))
        for number in range(120)
        for turn, late in enumerate(np.abs(draw.normal(0, 2, 9)))
    ]
    with api.stranger() as shop:
        for start in range(0, len(batch), 100):
            body = {"batch": batch[start : start + 100]}
            shop.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    asked = api.post("/api/predictions/models", {})
    api.wait(lambda: api.get("/api/predictions/models")[0]["told_at"] is not None)
    api.settle()
    newest = api.get("/api/predictions/models")[0]
    assert newest["version"] == asked["version"]
    return newest


def predictions_of(api, person):
    return api.get(f"/api/profiles/{person}/predictions")


def members(api, condition):
    body = {"condition": condition, "members": 1_000}
    return api.post("/api/segments/evaluate", body)["members"]


def test_the_card_tells_the_data_and_the_quality(forecast):
    card = forecast["card"]
    assert card["withheld"] is None
    assert card["n_customers"] >= 120
    others = forecast["others"]
    n_named = others["products"]["n_named"] + others["categories"]["n_named"]
    assert forecast["n_told"] >= card["n_customers"] + n_named
    assert others["habits"]["hours"]["n_people"] >= 120
    assert others["habits"]["discounts"]["n_named"] == 0
    assert others["products"]["quality"]["came"]["low"] > 0.5
    assert card["quality"]["auc"]["low"] > 0.5
    assert card["quality"]["reliability"]["bins"]


def test_who_goes_on_is_told_from_who_stopped(api, forecast):
    going, gone = predictions_of(api, "p1"), predictions_of(api, "p70")
    assert going["prediction"]["model_version"] == forecast["version"]
    assert going["prediction"]["churn"] < 0.3
    assert gone["prediction"]["churn"] > 0.7
    assert going["prediction"]["purchases_low"] <= going["prediction"]["purchases"]
    assert going["prediction"]["value_decile"] > gone["prediction"]["value_decile"]
    assert going["prediction"]["next_purchase"] >= forecast["as_of"][:10]
    assert going["withheld"] is None
    assert gone["withheld"] == {"code": "may_have_left", **WITHHELD_TEXTS["may_have_left"]}


def test_segments_select_by_forecasts(api, forecast):
    del forecast
    risky = {
        "type": "prediction",
        "trait": "predicted_churn",
        "test": {"type": "number", "at_least": 0.7},
    }
    found = members(api, risky)
    going, gone = (api.get(f"/api/profiles/{one}")["profile"]["id"] for one in ("p1", "p70"))
    assert gone in found
    assert going not in found


def test_what_runs_low_is_told_with_its_day_and_how_surely(api, forecast):
    del forecast
    answer = predictions_of(api, "r20")
    product, category = sorted(answer["runs_low"], key=lambda one: not one["said"]["product_id"])
    assert product["said"]["product_id"] == "tea"
    assert category["said"]["category"] == "drinks"
    ahead = datetime.fromisoformat(product["said"]["at"]) - datetime.now(UTC)
    assert timedelta(days=3) <= ahead <= timedelta(days=13)
    assert product["said"]["confidence"] > 0.6
    assert answer["runs_low_withheld"] is None
    assert predictions_of(api, "p1")["runs_low"] == []
    assert predictions_of(api, "p1")["runs_low_withheld"]["code"] == "too_uncertain"


def test_a_segment_holds_who_runs_low_until_it_is_bought(api, forecast):
    del forecast
    soon = {"type": "runs_low", "within_days": 7, "product_id": "tea"}
    near, far = (api.get(f"/api/profiles/{one}")["profile"]["id"] for one in ("r26", "r2"))
    found = members(api, soon)
    assert near in found
    assert far not in found
    key = api.post("/api/sources", {"name": "more tea"})["write_key"]
    with api.stranger() as shop:
        body = {"batch": [order_of_tea("r26", datetime.now(UTC))]}
        shop.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
    # An evaluation is of the last whole second; the order is of this one.
    api.wait(lambda: near not in members(api, soon))
    assert all(one["said"]["product_id"] != "tea" for one in predictions_of(api, "r26")["runs_low"])


def test_nobody_can_claim_a_forecast(api, forecast):
    del forecast
    key = api.post("/api/sources", {"name": "claims"})["write_key"]
    with api.stranger() as shop:
        body = {"userId": "p1", "traits": {"predicted_churn": 1.0}}
        shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    assert predictions_of(api, "p1")["prediction"]["churn"] < 0.3


def test_who_never_bought_has_none_and_the_reason(api, forecast):
    del forecast
    key = api.post("/api/sources", {"name": "lookers"})["write_key"]
    with api.stranger() as shop:
        body = {"userId": "looker", "event": "Product Viewed"}
        shop.post("/v1/track", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    answer = predictions_of(api, "looker")
    assert answer["prediction"] is None
    assert answer["withheld"]["code"] == "no_purchase"
