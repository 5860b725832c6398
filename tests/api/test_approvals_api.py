"""A large or sensitive send takes two members, by the API as the console uses it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from campaign_examples import BROADCAST

from installation import PASSWORD

_names = count(1)
_NOBODY = {"over_people": None, "on_guard": False, "on_unchecked": False, "valid_hours": 24}
CREEPY = "<p>Since your divorce, cooking for one is hard.</p>"


@pytest.fixture
def log_in(api):
    """Make members and log them in."""
    clients = []

    def make(role):
        email = f"second{next(_names)}@example.com"
        api.post("/api/members", {"email": email, "password": PASSWORD, "role": role})
        client = api.stranger()
        clients.append(client)
        client.post("/api/session", json={"email": email, "password": PASSWORD})
        client.headers["x-csrf-token"] = client.get("/api/session").json()["csrf_token"]
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def policy(api):
    """Set when two members are needed; in the end nobody is."""

    def change(**values):
        api.client.put("/api/policies/approvals", json=_NOBODY | values).raise_for_status()

    yield change
    change()


def draft(api, **changes):
    return api.post("/api/broadcasts", BROADCAST | changes)["id"]


def send(client, broadcast_id):
    return client.post(f"/api/broadcasts/{broadcast_id}/send")


def answer(client, approval_id, what, note=""):
    return client.post(f"/api/approvals/{approval_id}/{what}", json={"note": note})


def ask(client, broadcast_id):
    refused = send(client, broadcast_id)
    assert refused.status_code == 409, refused.text
    error = refused.json()["error"]
    assert error["code"] == "approval_needed"
    return error["detail"]


def test_a_send_to_many_waits_for_a_second_member(api, log_in, policy):
    policy(over_people=0)
    asker, other, editor = log_in("sender"), log_in("sender"), log_in("editor")
    broadcast_id = draft(api)
    asked = ask(asker, broadcast_id)
    wish = asked["wish"]
    assert (wish["target"], wish["version"], wish["reasons"]) == (broadcast_id, 1, ["size"])
    assert api.get(f"/api/broadcasts/{broadcast_id}")["state"] == "draft"
    assert ask(asker, broadcast_id)["id"] == asked["id"]
    assert answer(asker, asked["id"], "approve").status_code == 403
    assert answer(api.client, asked["id"], "approve").status_code == 403
    assert answer(editor, asked["id"], "approve").status_code == 403
    assert api.get("/api/approvals", is_waiting=True)[0]["id"] == asked["id"]
    approved = answer(other, asked["id"], "approve", "fine by me").json()
    assert (approved["state"], approved["answer"]) == ("approved", "fine by me")
    assert answer(other, asked["id"], "decline").status_code == 409
    assert send(asker, broadcast_id).status_code == 201
    assert api.get(f"/api/approvals/{asked['id']}")["state"] == "spent"
    assert send(asker, broadcast_id).json()["error"]["code"] == "conflict"


def test_of_many_sends_at_once_one_spends_the_approval(api, log_in, policy):
    policy(over_people=0)
    asker, other = log_in("sender"), log_in("sender")
    broadcast_id = draft(api)
    answer(other, ask(asker, broadcast_id)["id"], "approve").raise_for_status()
    with ThreadPoolExecutor(8) as pool:
        codes = [one.status_code for one in pool.map(lambda _: send(asker, broadcast_id), range(8))]
    assert sorted(codes) == [201] + [409] * 7


def test_a_changed_draft_is_asked_for_anew(api, log_in, policy):
    policy(over_people=0)
    asker, other = log_in("sender"), log_in("sender")
    broadcast_id = draft(api)
    old = ask(asker, broadcast_id)
    late = ask(asker, other_id := draft(api))
    answer(other, late["id"], "approve").raise_for_status()
    for one in (broadcast_id, other_id):
        changed = BROADCAST | {"name": "Another receipt"}
        api.client.put(f"/api/broadcasts/{one}", json=changed).raise_for_status()
    assert answer(other, old["id"], "approve").status_code == 409
    assert ask(asker, broadcast_id)["wish"]["version"] == 2
    assert api.get(f"/api/approvals/{old['id']}")["state"] == "replaced"
    assert ask(asker, other_id)["id"] != late["id"]


def test_what_the_guard_objects_to_takes_two(api, log_in, policy):
    policy(on_guard=True)
    asker, other = log_in("sender"), log_in("sender")
    way_out = '<a href="{{ unsubscribe_url }}">Stop</a>'
    variants = {"en": {"subject": "For you", "html": CREEPY + way_out}}
    marketing = {"purpose": "marketing", "segment": "builtin:everyone"}
    warned = draft(api, **marketing, template={"default_language": "en", "variants": variants})
    asked = ask(asker, warned)
    assert asked["wish"]["reasons"] == ["guard"]
    assert answer(other, asked["id"], "decline", "too close").json()["state"] == "declined"
    assert send(asker, draft(api)).status_code == 201


def test_a_scheduled_send_whose_audience_grew_waits_for_a_second_member(api, log_in, policy):
    policy(over_people=2)
    asker, other = log_in("sender"), log_in("sender")
    key = api.post("/api/sources", {"name": "growing"})["write_key"]

    def join(*users: str) -> None:
        with api.stranger() as shop:
            for user in users:
                body = {"userId": user, "traits": {"club": "growing"}}
                shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
        api.settle()

    join("grown-1")
    start_at = datetime.now(UTC) + timedelta(seconds=25)
    broadcast_id = draft(
        api,
        segment={"type": "trait", "trait": "club", "test": {"type": "is", "value": "growing"}},
        timing={"start_at": start_at.isoformat()},
    )
    assert send(asker, broadcast_id).json()["state"] == "scheduled"
    join("grown-2", "grown-3")
    api.wait(lambda: api.get(f"/api/broadcasts/{broadcast_id}")["state"] != "scheduled")
    held = api.get(f"/api/broadcasts/{broadcast_id}")
    assert held["state"] == "draft"
    assert held["problem"] == "it was permitted for 1 and would go to 3 people now"

    def waiting():
        return api.get("/api/approvals", target=broadcast_id, is_waiting=True)

    api.wait(waiting)
    [asked] = waiting()
    assert (asked["wish"]["n_people"], asked["wish"]["reasons"]) == (3, ["size"])
    assert answer(asker, asked["id"], "approve").status_code == 403
    answer(other, asked["id"], "approve").raise_for_status()
    assert send(asker, broadcast_id).json()["n_audience"] == 3


def test_sending_past_a_senders_check_takes_two_admins(api, log_in, policy):
    policy(on_unchecked=True)
    asker, sender, admin = log_in("admin"), log_in("sender"), log_in("admin")
    broadcast_id = draft(api)
    path = f"/api/broadcasts/{broadcast_id}/send-unchecked"
    asked = asker.post(path, json={"reason": "a recall"}).json()["error"]["detail"]
    assert (asked["wish"]["reasons"], asked["wish"]["note"]) == (["sender"], "a recall")
    assert answer(sender, asked["id"], "approve").status_code == 403
    answer(admin, asked["id"], "approve").raise_for_status()
    assert asker.post(path, json={"reason": "for fun"}).status_code == 409
    assert asker.post(path, json={"reason": "a recall"}).status_code == 201
    entries = api.get("/api/audit-log", limit=10)["entries"]
    actions = [one["action"] for one in entries if one["target"] == broadcast_id]
    assert actions[:2] == ["broadcast.sent_unchecked", "approval.spent"]


def test_a_rule_out_of_bounds_is_refused(api):
    for bad in ({"over_people": -1}, {"valid_hours": 0}, {"valid_hours": 169}, {"else": 1}):
        refused = api.client.put("/api/policies/approvals", json=bad)
        assert refused.status_code == 400, bad


def test_a_recurring_broadcast_is_agreed_to_once_until_it_is_changed(api, log_in, policy):
    policy(over_people=0)
    asker, other = log_in("sender"), log_in("sender")
    timing = {"start_at": "2099-01-01T09:00:00Z", "repeat": {"each": "month", "day": 31}}
    broadcast_id = draft(api, timing=timing)
    approval = ask(asker, broadcast_id)["id"]
    assert answer(other, approval, "approve").status_code == 200
    sent = send(asker, broadcast_id).raise_for_status().json()
    assert (sent["state"], sent["occurs_at"][:10]) == ("repeating", "2099-01-31")
    # What goes on as it was agreed to needs nobody.
    for verb in ("pause", "resume", "skip-next"):
        asker.post(f"/api/broadcasts/{broadcast_id}/{verb}").raise_for_status()
    found = api.get(f"/api/broadcasts/{broadcast_id}/occurrences", to_come=2)
    assert [one[:10] for one in found["to_come"]] == ["2099-02-28", "2099-03-31"]
    assert [one["skipped"] for one in found["passed"]] == ["by_hand"]
    refused = api.client.put(f"/api/broadcasts/{broadcast_id}", json=sent["definition"])
    assert refused.status_code == 409
    asker.post(f"/api/broadcasts/{broadcast_id}/unschedule").raise_for_status()
    api.put(f"/api/broadcasts/{broadcast_id}", sent["definition"] | {"name": "Another"})
    assert ask(asker, broadcast_id)["wish"]["version"] == 2
