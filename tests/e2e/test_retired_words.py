"""Retired words of consent: nobody agrees under them any more; who did before, still does."""

from datetime import UTC, datetime, timedelta

import pytest

WORDS = {"purpose": "marketing", "channel": "email", "ja": "お便りを送ります。", "en": "We write."}


class Shop:
    """A shop whose till reports consents."""

    def __init__(self, installation) -> None:
        self.installation = installation
        self.key = installation.post("/api/sources", {"name": "till"})["write_key"]

    def agree(self, user, version, *, at=None, status="granted", call="track"):
        """Report a consent; return the answer."""
        said = {"purpose": "marketing", "channel": "email", "status": status}
        event = {
            "userId": user,
            "event": "Kikubari Consent Changed",
            "properties": {**said, "wording_version": version, "proof": "box ticked"},
            **({"timestamp": at.isoformat()} if at else {}),
        }
        body = event if call == "track" else {"batch": [{"type": "track", **event}]}
        with self.installation.stranger() as till:
            return till.post(f"/v1/{call}", json=body, auth=(self.key, ""))

    def consents(self, user):
        """Return where a person stands, by the words they agreed or withdrew under."""
        standing = self.installation.json("consents", "show", user)["standing"]
        return [(one["status"], one["wording_version"]) for one in standing]


@pytest.fixture(scope="module")
def shop(installation):
    return Shop(installation)


def test_nobody_agrees_under_retired_words_and_who_did_still_does(shop):
    house = shop.installation
    version = house.post("/api/consent/wordings", WORDS)["version"]
    assert shop.agree("early", version).status_code == 200
    house.settle()
    house.post(f"/api/consent/wordings/{version}/retire")
    house.wait(lambda: shop.agree("late", version).status_code == 400)
    refused = shop.agree("later", version).json()
    assert refused["code"] == "wording_retired"
    assert refused["errors"][0]["path"] == "$.properties.wording_version"
    listed = house.get("/api/rejected-events")["events"]
    assert listed[0]["code"] == "wording_retired"

    before = datetime.now(UTC) - timedelta(days=30)
    assert shop.agree("history", version, at=before, call="import").status_code == 200
    assert shop.agree("elsewhere", "another-shop-7").status_code == 200
    assert shop.agree("leaving", version, status="withdrawn").status_code == 200
    house.settle()
    assert shop.consents("early") == shop.consents("history") == [("granted", version)]
    assert shop.consents("elsewhere") == [("granted", "another-shop-7")]
    assert shop.consents("leaving") == [("withdrawn", version)]
    [kept] = house.get("/api/consent/wordings")
    assert (kept["version"], kept["text"]["en"]) == (version, "We write.")
