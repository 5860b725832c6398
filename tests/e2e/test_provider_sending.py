"""A running installation that sends by a provider's API, and learns from it what came of it."""

import pytest

from e2e.letter import BROADCAST
from http_peer import HttpPeer, serving
from installation import Installation


@pytest.fixture
def peer():
    refused = (422, {}, {"ErrorCode": 406, "Message": "inactive"})
    with serving(refused) as peer:
        yield peer


def test_messages_go_by_the_provider_and_its_reports_come_back(tmp_path, peer: HttpPeer):
    settings = {
        "MAIL_URL": f"postmark://token:PM-secret@?endpoint={peer.url}",
        "MAIL_DOMAIN": "shop.example",
        "POSTMARK_WEBHOOK_SECRET": "kikubari:quiet",
        "SMTP_CONNECTIONS": "1",
        "DNS_SERVER": "127.0.0.1:1",  # nobody answers there
    }
    with Installation(tmp_path / "home", **settings).served() as shop:
        key = shop.post("/api/sources", {"name": "shop"})["write_key"]
        with shop.stranger() as api:
            for user in ("C1", "C2"):
                person = {"userId": user, "traits": {"email": f"{user}@example.com"}}
                api.post("/v1/identify", json=person, auth=(key, "")).raise_for_status()
                said = {"purpose": "marketing", "channel": "email", "status": "granted"}
                agreed = {"userId": user, "event": "Kikubari Consent Changed", "properties": said}
                api.post("/v1/track", json=agreed, auth=(key, "")).raise_for_status()
        shop.settle()
        broadcast_id = shop.post("/api/broadcasts", BROADCAST)["id"]
        refused = shop.client.post(f"/api/broadcasts/{broadcast_id}/send")
        assert refused.status_code == 409
        error = refused.json()["error"]
        assert error["code"] == "sender_not_ready"
        broken = {one["code"]: one["publish"] for one in error["detail"]}
        assert {"one_click", "postal_address"} <= broken.keys()
        assert broken["one_click"].startswith("https")
        assert shop.get(f"/api/broadcasts/{broadcast_id}")["state"] == "draft"
        assert not peer.requests

        why = "a recall cannot wait"
        shop.run("broadcasts", "send", broadcast_id, "--unchecked", why)
        (entry,) = shop.get("/api/audit-log", action="broadcast.sent_unchecked")["entries"]
        assert (entry["target"], entry["detail"]) == (broadcast_id, why)
        progress = f"/api/broadcasts/{broadcast_id}/progress"
        shop.wait(lambda: shop.get(progress)["state"] == "done")
        assert shop.get(progress)["counts"]["states"] == {"failed": 1, "sent": 1}
        assert len(peer.requests) == 2
        report = {"RecordType": "Delivery", "MessageID": "m", "Metadata": peer.body["Metadata"]}
        with shop.stranger() as postmark:
            answer = postmark.post("/hooks/postmark", json=report, auth=("kikubari", "quiet"))
            assert answer.raise_for_status().json()["n_recorded"] == 1
        assert "PM-secret" not in shop.run("settings").stdout
