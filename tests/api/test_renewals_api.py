"""Asking again those whose consent is old or of outdated words, and nobody else."""

from datetime import UTC, datetime, timedelta

USERS = ("renew-old", "renew-outdated", "renew-fresh", "renew-withdrawn", "renew-denied")
SENDER = {"from_address": "news@shop.example"}


def test_only_those_whose_consent_holds_and_is_old_or_outdated_are_asked_again(api):
    words = {"purpose": "marketing", "ja": "お送りします。", "en": "We write to you."}
    shown = api.post("/api/consent/wordings", words)["version"]
    key = api.post("/api/sources", {"name": "renewals"})["write_key"]
    now = datetime.now(UTC)
    said = {
        "renew-old": (now - timedelta(days=900), "granted", shown),
        "renew-outdated": (now - timedelta(days=9), "granted", "words-of-before"),
        "renew-fresh": (now - timedelta(days=9), "granted", shown),
        "renew-withdrawn": (now - timedelta(days=900), "withdrawn", "words-of-before"),
        "renew-denied": (now - timedelta(days=900), "denied", "words-of-before"),
    }
    before = api.get("/api/consent/renewals")
    with api.stranger() as shop:
        for user, (at, status, version) in said.items():
            person = {"userId": user, "traits": {"email": f"{user}@example.com"}}
            shop.post("/v1/identify", json=person, auth=(key, "")).raise_for_status()
            word = {
                "purpose": "marketing", "channel": "email", "status": status,
                "wording_version": version,
            }  # fmt: skip
            event = {
                "userId": user, "event": "Kikubari Consent Changed", "properties": word,
                "timestamp": at.isoformat(),
            }  # fmt: skip
            shop.post("/v1/track", json=event, auth=(key, "")).raise_for_status()
    api.settle()
    after = api.get("/api/consent/renewals")
    grown = {name: after[name] - before[name] for name in after}
    assert grown == {"n_agreed": 3, "n_old": 1, "n_outdated": 1, "n_to_ask": 2}

    made = api.post("/api/consent/renewals", {"sender": SENDER})
    assert (made["segment_id"], made["broadcast"]["state"]) == ("consent-to-renew", "draft")
    asked = _members(api)
    assert asked >= {"renew-old", "renew-outdated"}
    assert not asked & {"renew-fresh", "renew-withdrawn", "renew-denied"}

    again = api.post("/api/consent/renewals", {"sender": SENDER})
    assert again["segment_id"] == made["segment_id"]
    assert again["broadcast"]["id"] != made["broadcast"]["id"]


def _members(api) -> set[str]:
    tree = {"type": "segment", "segment": "consent-to-renew"}
    found = api.post("/api/segments/evaluate", {"condition": tree, "members": 1000})
    users = set()
    for profile_id in found["members"]:
        shown = str(api.get(f"/api/profiles/{profile_id}"))
        users |= {user for user in USERS if user in shown}
    return users
