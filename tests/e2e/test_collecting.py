"""The tracking API as part of the whole server."""

import pytest
import small_shop as shop


@pytest.fixture(scope="module")
def keys(installation):
    """Write keys of a server's and of a page's source."""
    return {
        kind: installation.json("sources", "create", kind, "--kind", kind)["write_key"]
        for kind in ("server", "browser")
    }


def send(installation, key, path, body):
    with installation.stranger() as sender:
        return sender.post(path, json=body, auth=(key, ""))


def test_what_is_acknowledged_becomes_a_profile(installation, keys):
    body = {"userId": "C1", "traits": {"email": "c1@example.com", "name": "山田 花子"}}
    assert send(installation, keys["server"], "/v1/identify", body).json() == {"success": True}
    installation.settle()
    assert installation.json("profiles", "show", "c1@example.com")["profile"]["email"]


def test_an_id_of_any_form_finds_its_profile(installation, keys):
    user = "gid://shopify/Customer/7?a=b#c%2F"
    send(installation, keys["server"], "/v1/identify", {"userId": user, "traits": {"a": 1}})
    installation.settle()
    shown = installation.json("profiles", "show", user)
    assert shown["profile"]["identifiers"][0]["identifier"]["value"] == user


def test_a_refused_event_is_told_of_and_the_rest_of_its_batch_is_kept(installation, keys):
    batch = [
        {"type": "track", "userId": "C2", "event": "Product Viewed", "messageId": "good"},
        {"type": "track", "userId": "C2", "messageId": "bad"},
    ]
    answer = send(installation, keys["server"], "/v1/batch", {"batch": batch})
    assert answer.status_code == 200
    assert [(one["index"], one["code"]) for one in answer.json()["errors"]] == [
        (1, "missing_event")
    ]
    newest, *_ = installation.json("rejected", "list")["events"]
    assert (newest["code"], newest["message_id"]) == ("missing_event", "bad")
    installation.settle()
    assert installation.json("profiles", "show", "C2")["timeline"][0]["type"] == "Product Viewed"


def test_a_write_key_reads_nothing_and_an_api_key_writes_no_events(installation, keys):
    for key in keys.values():
        with installation.stranger(authorization=f"Bearer {key}") as holder:
            assert holder.get("/api/profiles", params={"q": "C"}).status_code == 401
    secret = installation.json("keys", "create", "not for events")["secret"]
    body = {"userId": "C3", "event": "Product Viewed"}
    assert send(installation, secret, "/v1/track", body).status_code == 401


def test_what_a_page_claims_about_somebody_is_shown_and_never_mailed(installation, keys):
    body = {"userId": "C1", "traits": {"email": "thief@example.com"}}
    send(installation, keys["browser"], "/v1/identify", body)
    body = {"userId": "C9", "traits": {"email": "claimed@example.com"}}
    send(installation, keys["browser"], "/v1/identify", body)
    for user in ("C1", "C9"):
        body = {
            "userId": user,
            "event": "Kikubari Consent Changed",
            "properties": {"purpose": "marketing", "channel": "email", "status": "granted"},
        }
        assert send(installation, keys["browser"], "/v1/track", body).json()["errors"]
        assert send(installation, keys["server"], "/v1/track", body).json() == {"success": True}
    installation.settle()
    known = installation.get("/api/profiles/lookup", reference="C1")["profile"]
    assert known["email"] == "c1@example.com"
    claimed = installation.get("/api/profiles/lookup", reference="C9")["profile"]
    assert claimed["email"] is None
    assert claimed["traits"]["email"]["fact"]["is_verified"] is False

    everyone = {**shop.BROADCAST, "segment": "builtin:everyone"}
    broadcast = installation.post("/api/broadcasts", everyone)
    installation.post(f"/api/broadcasts/{broadcast['id']}/send")
    path = f"/api/broadcasts/{broadcast['id']}/progress"
    installation.wait(lambda: installation.get(path)["state"] == "done")
    progress = installation.get(path)
    assert progress["counts"]["states"]["sent"] == 1
    assert progress["counts"]["reasons"]["address_unverified"] == 1
    assert [one["rcpt_to"] for one in installation.get("/api/inbox")] == [["c1@example.com"]]


def test_suppressing_an_address_by_hand_and_lifting_it(installation):
    installation.json("suppressions", "add", "Angry+news@Example.com")
    (entry,) = installation.json("suppressions", "find", "angry@example.com")
    assert entry["reason"] == "manual"
    assert installation.json("suppressions", "remove", "angry@example.com") == {"removed": 1}
    assert installation.json("suppressions", "find", "angry@example.com") == []
    assert installation.json("suppressions", "list") == []
    assert installation.json("suppressions", "remove", "angry@example.com") == {"removed": 0}
