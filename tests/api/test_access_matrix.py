"""Every handler by every scope and every role: refused as the description declares."""

from itertools import product

import pytest
from described_operations import METHODS, example_path

from installation import ALL_SCOPES, PASSWORD

ROLES = {
    "viewer": {"read"},
    "editor": {"read", "write"},
    "sender": {"read", "write", "send"},
    "admin": set(ALL_SCOPES),
}
# What has to work before a log-in, and nothing else.
OPEN = {
    ("POST", "/api/session"),
    ("POST", "/api/session/code"),
    ("POST", "/api/session/passkey-options"),
    ("POST", "/api/session/passkey"),
    ("POST", "/api/session/links/read"),
    ("POST", "/api/session/links/redeem"),
}
FOR_EVERYBODY = ("GET", "/api/session")
# Would end the very session that is tried, or takes long.
NOT_CALLED = {
    ("DELETE", "/api/session"),
    ("POST", "/api/rebuild"),
    ("POST", "/api/session/confirm"),
    ("DELETE", "/api/account/totp"),
    ("DELETE", "/api/account/sessions"),
}


@pytest.fixture(scope="session")
def operations(schema):
    """Method, path and declaration of every operation: a scope, `own` or `open`."""
    found = []
    for path, item in schema["paths"].items():
        for method in METHODS & item.keys():
            if path.startswith("/api/"):
                what = declared(item[method])
                assert what, f"{method} {path} does not say who may call it"
                found.append((method.upper(), path, what))
            else:
                assert not item[method].get("security"), path
    assert len(found) > 60
    return found


def declared(operation):
    security = operation.get("security")
    if security is None:
        return None
    by = {name: scopes for one in security for name, scopes in one.items()}
    if not by:
        return "open"
    if by.get("session") == []:
        return "own" if "key" not in by else "everybody"
    assert by["key"] == by["session"]
    (scope,) = by["key"]
    assert scope in ALL_SCOPES
    return scope


def of_scopes(operations):
    return [one for one in operations if one[2] in ALL_SCOPES]


@pytest.fixture(scope="session")
def holders(api):
    """A client for each single scope."""
    clients = {
        scope: api.stranger(
            authorization="Bearer "
            + api.post("/api/keys", {"name": scope, "scopes": [scope]})["secret"]
        )
        for scope in ALL_SCOPES
    }
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="session")
def members(api):
    """A logged-in browser for each role."""
    clients = {}
    for role in ROLES:
        email = f"{role}@example.com"
        api.post("/api/members", {"email": email, "password": PASSWORD, "role": role})
        client = api.stranger()
        answer = client.post("/api/session", json={"email": email, "password": PASSWORD})
        assert answer.json()["is_open"]
        client.headers["x-csrf-token"] = client.get("/api/session").json()["csrf_token"]
        clients[role] = client
    yield clients
    for client in clients.values():
        client.close()


def test_the_table_of_roles_is_the_one_the_product_says(members):
    told = members["viewer"].get("/api/roles").json()
    assert {one["role"]: set(one["scopes"]) for one in told} == ROLES


def test_only_what_must_be_is_open(operations):
    assert {(method, path) for method, path, what in operations if what == "open"} == OPEN
    assert [(m, p) for m, p, what in operations if what == "everybody"] == [FOR_EVERYBODY]


def test_nobody_gets_past_any_route(api, operations):
    with api.stranger() as nobody, api.stranger(authorization="Bearer kk_guessed") as guesser:
        for (method, path, what), client in product(operations, (nobody, guesser)):
            if what == "open":
                continue
            answer = client.request(method, example_path(path))
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["error"]["code"] == "unauthorized"


def test_each_scope_opens_what_is_declared_and_nothing_else(operations, holders):
    for (method, path, what), (scope, client) in product(of_scopes(operations), holders.items()):
        if scope == what:
            continue
        answer = client.request(method, example_path(path))
        assert answer.status_code == 403, (method, path, scope)
        error = answer.json()["error"]
        assert error["code"] == "forbidden"
        assert what in error["message"]
        assert error["hint"]


def test_the_declared_scope_opens(operations, holders):
    for method, path, what in of_scopes(operations):
        if (method, path) not in NOT_CALLED:
            # Empty bodies and ids of nothing: what is behind the door answers, not the door.
            answer = holders[what].request(method, example_path(path))
            assert answer.status_code not in {401, 403}, path


def test_each_role_opens_what_its_scopes_do_and_nothing_else(operations, members):
    for (method, path, what), (role, client) in product(of_scopes(operations), members.items()):
        if (method, path) in NOT_CALLED and what in ROLES[role]:
            continue
        answer = client.request(method, example_path(path))
        is_open = answer.status_code not in {401, 403}
        assert is_open == (what in ROLES[role]), (method, path, role, answer.text)


def test_a_key_has_no_account(operations, api):
    for method, path, what in operations:
        if what == "own":
            answer = api.client.request(method, example_path(path))
            assert answer.status_code == 403, (method, path)
            assert answer.json()["error"]["code"] == "forbidden"


def test_every_role_has_its_own_account_and_no_other(operations, members):
    for (method, path, what), (role, client) in product(operations, members.items()):
        if what == "own" and (method, path) not in NOT_CALLED:
            # Of an id that belongs to nobody, or to somebody else, there is nothing here.
            answer = client.request(method, example_path(path), json={})
            assert answer.status_code not in {401, 403}, (method, path, role, answer.text)


def test_one_member_does_not_end_anothers_session(members):
    (theirs,) = [
        one for one in members["admin"].get("/api/account/sessions").json() if one["is_this"]
    ]
    answer = members["viewer"].delete(f"/api/account/sessions/{theirs['id']}")
    assert answer.status_code == 404
    assert members["admin"].get("/api/session").status_code == 200


def test_whatever_changes_something_is_in_the_audit_log(api):
    """Handlers that say nothing of their own are recorded by their name."""
    body = {"name": "For the log", "condition": {"type": "everyone"}}
    segment = api.post("/api/segments", body)
    (newest,) = api.get("/api/audit-log", limit=1)["entries"]
    assert newest["action"] == "create_segment"
    assert newest["actor"] == "tests"
    assert newest["address"] == "127.0.0.1"
    change = {**body, "version": segment["version"]}
    api.client.put(f"/api/segments/{segment['id']}", json=change).raise_for_status()
    (newest,) = api.get("/api/audit-log", limit=1)["entries"]
    assert (newest["action"], newest["target"]) == ("change_segment", segment["id"])
    assert api.get("/api/audit-log/check")["is_intact"]


def test_wrong_input_and_a_look_leave_no_entry(api):
    (before,) = api.get("/api/audit-log", limit=1)["entries"]
    api.client.post("/api/segments", json={"name": ""})
    api.client.post("/api/segments/evaluate", json={"condition": {"type": "everyone"}})
    assert api.get("/api/audit-log", limit=1)["entries"] == [before]


def refusals_of(api, name):
    entries = api.get("/api/audit-log", action="access.refused", limit=500)["entries"]
    return [one for one in entries if one["actor"] == name]


@pytest.fixture
def curious(api):
    """A key that may read, under a name of this test's own, and a client with it."""
    body = {"name": "curious", "scopes": ["read"]}
    key = api.post("/api/keys", body)
    with api.stranger(authorization=f"Bearer {key['secret']}") as client:
        yield client
    api.client.delete(f"/api/keys/{key['id']}").raise_for_status()


def test_who_is_refused_is_in_the_audit_log_and_cannot_fill_it(api, operations, curious):
    for _ in range(5):
        assert curious.delete("/api/webhooks/end_9").status_code == 403
    (entry,) = refusals_of(api, "curious")
    assert entry["target"] == "delete_webhook_endpoint"
    assert entry["detail"] == "delete_webhook_endpoint end_9: forbidden"
    assert entry["address"] == "127.0.0.1"
    refused = 0
    for method, path, what in operations:
        if what in {"write", "send", "export", "admin"}:
            refused += curious.request(method, example_path(path)).status_code == 403
    assert refused > 100
    # Twenty a minute; the loop above takes no more than a few.
    assert 20 <= len(refusals_of(api, "curious")) < refused
    assert api.get("/api/audit-log/check")["is_intact"]


def test_a_member_without_the_right_or_the_token_is_in_the_audit_log(api, members):
    email = "refused@example.com"
    api.post("/api/members", {"email": email, "password": PASSWORD, "role": "editor"})
    with api.stranger() as browser:
        browser.post("/api/session", json={"email": email, "password": PASSWORD})
        assert browser.get("/api/members").status_code == 403
        assert browser.post("/api/segments", json={}).status_code == 403  # no token
    told = {one["detail"] for one in refusals_of(api, email)}
    assert told == {"list_members: forbidden", "create_segment: forbidden"}


def test_strangers_leave_no_entry(api):
    (before,) = api.get("/api/audit-log", limit=1)["entries"]
    with api.stranger(authorization="Bearer kk_guessed") as guesser:
        assert guesser.get("/api/members").status_code == 401
    assert api.get("/api/audit-log", limit=1)["entries"] == [before]
