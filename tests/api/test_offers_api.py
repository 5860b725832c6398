"""Offers over HTTP and by command: made, given out in a broadcast, told to the shop, redeemed."""

import csv
import io

import pytest

TEN = {"name": "Tea", "benefit": {"kind": "percent_off", "percent": 10}, "prefix": "TEA"}
UPLOADED = {"name": "Shop's", "benefit": {"kind": "free_shipping"}, "codes": "uploaded"}


@pytest.fixture
def offer(api):
    return api.post("/api/offers", TEN)


def broadcast(api, **coupon):
    html = '<p>{{ coupon.code }}</p><a href="{{ unsubscribe_url }}">stop</a>'
    body = {
        "name": "Autumn",
        "segment": "builtin:everyone",
        "purpose": "transactional",
        "sender": {"from_address": "news@shop.example"},
        "template": {
            "default_language": "en",
            "variants": {"en": {"subject": "Tea", "html": html}},
        },
        "coupon": coupon,
    }
    return api.client.post("/api/broadcasts", json=body)


def test_offer_is_made_changed_and_ended(api, offer):
    assert (offer["benefit_en"], offer["benefit_ja"]) == ("10% off", "10%引き")
    assert offer["figures"]["n_left"] is None
    path = f"/api/offers/{offer['id']}"
    limited = {**TEN, "limits": {"most": 3}}
    changed = api.client.put(path, json={"definition": limited}).raise_for_status().json()
    assert changed["figures"]["n_left"] == 3
    assert api.json("offers", "end", offer["id"])["is_ended"] is True
    assert api.get(path)["is_ended"] is True
    assert offer["id"] in [one["id"] for one in api.get("/api/offers")]
    assert offer["id"] in api.run("offers", "list").stdout


@pytest.mark.parametrize(
    "body",
    [
        {**TEN, "benefit": {"kind": "magic"}},
        {**TEN, "benefit": {"kind": "percent_off", "percent": 101}},
        {**TEN, "limits": {"most": 0}},
        {**TEN, "validity": {"starts_on": "2026-11-30", "ends_on": "2026-11-01"}},
        {**TEN, "prefix": "tea"},
        {**TEN, "colour": "red"},
    ],
)
def test_offer_that_cannot_be_is_refused(api, body):
    assert api.client.post("/api/offers", json=body).status_code == 400


def test_unknown_offer_is_not_found_and_no_broadcast_brings_it(api):
    for path in ("", "/codes", "/redemptions"):
        assert api.client.get(f"/api/offers/off_x{path}").status_code == 404
    refused = broadcast(api, rules=[{"offer": "off_x"}])
    assert refused.status_code == 400
    assert "off_x" in refused.json()["error"]["message"]


def test_shops_codes_are_taken_in_by_command(api, tmp_path):
    offer = api.post("/api/offers", UPLOADED)["id"]
    listed = tmp_path / "codes.csv"
    listed.write_text("code\nAPI-1\nAPI-2\nx\n", encoding="utf-8")
    report = api.json("offers", "import-codes", offer, str(listed))
    assert (report["n_added"], len(report["problems"])) == (2, 1)
    assert api.json("offers", "show", offer)["figures"]["n_left"] == 2


def test_codes_go_out_are_told_and_come_back_with_orders(api, offer):
    key = api.post("/api/sources", {"name": "till"})["write_key"]
    with api.stranger() as shop:
        body = {"userId": "of1", "traits": {"email": "of1@example.com"}}
        shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    draft = broadcast(api, rules=[{"offer": offer["id"]}], is_required=True)
    draft_id = draft.raise_for_status().json()["id"]
    definition = draft.json()["definition"]
    shown = api.client.post("/api/drafts/preview?profile_id=of1", json=definition)
    assert "SAMPLE" in shown.raise_for_status().json()["html"]
    assert api.get(f"/api/offers/{offer['id']}/codes") == []

    api.post(f"/api/broadcasts/{draft_id}/send")
    api.wait(lambda: api.get(f"/api/broadcasts/{draft_id}/progress")["state"] == "done")
    told = list(csv.DictReader(io.StringIO(api.run("offers", "codes", offer["id"]).stdout)))
    issued = [one for one in told if one["state"] == "issued"]
    progress = api.get(f"/api/broadcasts/{draft_id}/progress")["counts"]
    assert len(issued) == progress["states"]["sent"] > 0
    assert api.json("offers", "codes", offer["id"], "--since", "2099-01-01T00:00Z") == []

    code = issued[0]["code"]
    with api.stranger() as shop:
        order = {
            "userId": "of1",
            "event": "Order Completed",
            "properties": {"order_id": "of-1", "coupon": code, "revenue": 90, "discount": 10},
        }
        shop.post("/v1/track", json=order, auth=(key, "")).raise_for_status()
    api.settle()
    [redeemed] = api.json("offers", "redemptions", offer["id"])
    assert (redeemed["code"], redeemed["order_id"]) == (code, "of-1")
    assert api.get(f"/api/offers/{offer['id']}")["figures"]["n_redeemed"] == 1
