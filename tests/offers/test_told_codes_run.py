"""A shop's checkout knows each code a moment after it was handed out, and says when it was used."""

import pytest

from http_peer import serving
from installation import Installation

OFFER = {
    "name": "Tea",
    "benefit": {"kind": "amount_off", "amount_minor": 1000},
    "validity": {"days": 14},
    "prefix": "TEA",
}
PEOPLE = [f"told-{n}" for n in range(5)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("told-codes") / "home"
    settings = {"MAIL_DOMAIN": "shop.example", "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    with Installation(home, **settings).served() as running:
        yield running


def letter(offer_id):
    html = '<p>{{ coupon.code }}</p><a href="{{ unsubscribe_url }}">stop</a>'
    return {
        "name": "Autumn",
        "segment": "builtin:everyone",
        "purpose": "transactional",
        "sender": {"from_address": "news@shop.example"},
        "template": {
            "default_language": "en",
            "variants": {"en": {"subject": "Tea", "html": html}},
        },
        "coupon": {"rules": [{"offer": offer_id}], "is_required": True},
    }


def test_codes_are_pushed_as_they_go_out_and_read_back_as_they_are_used(shop):
    key = shop.post("/api/sources", {"name": "till"})["write_key"]
    offer_id = shop.post("/api/offers", OFFER)["id"]

    def say(kind, **body):
        with shop.stranger() as till:
            till.post(f"/v1/{kind}", json=body, auth=(key, "")).raise_for_status()

    with serving() as checkout:
        endpoint = {"name": "Checkout", "url": checkout.url, "types": ["coupon.issued"]}
        endpoint_id = shop.post("/api/webhooks", endpoint)["endpoint"]["id"]
        for one in PEOPLE:
            say("identify", userId=one, traits={"email": f"{one}@example.com"})
        shop.settle()
        draft_id = shop.post("/api/broadcasts", letter(offer_id))["id"]
        shop.post(f"/api/broadcasts/{draft_id}/send")

        def told():
            return {
                code["profile"]: code["code"]
                for _, _, body in checkout.requests
                if body["type"] == "coupon.issued"
                for code in body["data"]["codes"]
            }

        shop.wait(lambda: len(told()) == len(PEOPLE))
        issued = {one["code"] for one in shop.get(f"/api/offers/{offer_id}/codes")}
        assert set(told().values()) == issued
        [first, *_] = checkout.requests
        assert first[2]["data"]["offer"]["benefit"] == OFFER["benefit"]
        shop.wait(
            lambda: (
                {one["state"] for one in shop.get(f"/api/webhooks/{endpoint_id}/calls")}
                == {"delivered"}
            )
        )

        profile, code = next(iter(told().items()))
        owner = shop.get("/api/profiles/lookup", reference=PEOPLE[0])["profile"]["id"]
        assert owner in told()
        bought = {"order_id": "told-1", "coupon": told()[owner], "revenue": 90, "discount": 10}
        say("track", userId=PEOPLE[0], event="Order Completed", properties=bought)
        shop.settle()
        [redeemed] = shop.get(f"/api/offers/{offer_id}/redemptions")
        assert (redeemed["code"], redeemed["order_id"]) == (told()[owner], "told-1")
        assert code in issued

        # Whoever was named to another system is named once more, to be forgotten there.
        shop.json("rights", "erase", profile, "--reason", "asked", "--yes")
        shop.wait(
            lambda: any(
                body["type"] == "customer.erased" and profile in body["data"]["profiles"]
                for _, _, body in checkout.requests
            )
        )
