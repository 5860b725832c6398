"""Every operation by every role and scope, beside a second workspace in the same stores.

An installation serves one workspace. Should its stores hold rows of another, whatever way they
came in, nobody sees, counts, changes or fails on them.
"""

from itertools import product

import pytest
import schemathesis
from foreign_workspace import CANARY, KEY_MARK, foreign_id, foreign_rows, plant
from test_access_matrix import NOT_CALLED, ROLES
from test_answers import examples
from test_answers import known as known  # noqa: PLC0414 - a fixture, made anew for this module

from installation import ALL_SCOPES, MEMBER, PASSWORD, Installation

# Ids of what belongs to the installation, and words that are no ids.
NO_IDS = {"key_id", "member_id", "session_id", "passkey_id", "kind", "key", "domain", "address"}
# Nothing is looked up by these: they are told, or made up, by whoever asks.
ECHOED = {"product_id"}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    home = tmp_path_factory.mktemp("foreign") / "home"
    with Installation(home, MAIL_DOMAIN="shop.example").served() as running:
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        key = running.post("/api/sources", {"name": "shop"})["write_key"]
        with running.stranger() as shop:
            body = {"userId": "A2", "traits": {"first_name": "Bo"}}
            shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
        yield running


@pytest.fixture(scope="module")
def holders(api, known):
    """A client for nobody, each role and each scope, made before the second workspace is there."""
    clients = {}
    for role in ROLES:
        body = {"email": f"{role}@example.com", "password": PASSWORD, "role": role}
        api.post("/api/members", body)
    keys = {
        scope: api.post("/api/keys", {"name": scope, "scopes": [scope]})["secret"]
        for scope in ALL_SCOPES
    }
    for one in api.get("/api/segments/thresholds"):
        # Chosen, they stay: else they may be counted anew at any moment.
        chosen = api.client.put(
            f"/api/segments/thresholds/{one['key']}", json={"value": one["value"]}
        )
        chosen.raise_for_status()
    counts = counted(api)
    api.stop()
    plant(api.home, api.environment)
    api.start()
    assert counted(api) == counts
    clients["nobody"] = api.stranger()
    for scope, secret in keys.items():
        clients[f"key of {scope}"] = api.stranger(authorization=f"Bearer {secret}")
    for role in ROLES:
        browser = clients[role] = api.stranger()
        body = {"email": f"{role}@example.com", "password": PASSWORD}
        browser.post("/api/session", json=body).raise_for_status()
        browser.headers["x-csrf-token"] = browser.get("/api/session").json()["csrf_token"]
    yield clients
    for client in clients.values():
        client.close()


def counted(api):
    """What is counted of people, events, products and mail."""
    everyone = api.post("/api/segments/evaluate", {"condition": {"type": "everyone"}})
    return (
        everyone["count"],
        {one["id"]: one["count"] for one in api.get("/api/segments", counts="true")},
        len(api.get("/api/people")["people"]),
        len(api.get("/api/inbox")),
        len(api.get("/api/sources")),
        api.get("/api/suppressions", address="no@example.com"),
    )


@pytest.fixture(scope="module")
def cases(api, schema_of, known):
    """Each operation with what it needs to succeed, and whether a key or a member may ask."""
    given = examples(known)
    found = []
    for result in schemathesis.openapi.from_dict(schema_of).get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        wanted = {parameter.name for parameter in operation.path_parameters}
        arguments = {"path_parameters": known, **given.get(name, {})}
        ids = {key: v for key, v in arguments["path_parameters"].items() if key in wanted}
        if operation.path.startswith("/api/") and wanted <= ids.keys():
            found.append((operation, ids, arguments.get("query", {}), arguments.get("body")))
    assert len(found) > 120
    return found


@pytest.fixture(scope="module")
def schema_of(api):
    with api.stranger() as anybody:
        return anybody.get("/api/openapi.json").raise_for_status().json()


def ask(client, operation, ids, query, body):
    path = operation.path.format(**ids)
    arguments = {"json": body} if body is not None else {}
    return client.request(operation.method.upper(), path, params=query, **arguments)


def test_ids_of_another_workspace_lead_nowhere(api, holders, cases):
    before = foreign_rows(api.home)
    assert sum(map(len, before.values())) > 1_000
    n_asked = 0
    for (operation, ids, query, body), (who, client) in product(cases, holders.items()):
        foreign = {
            key: foreign_id(int(value) if str(value).isdigit() else value)
            for key, value in ids.items()
            if key not in NO_IDS
        }
        if not foreign or foreign.keys() <= ECHOED:
            continue
        answer = ask(client, operation, {**ids, **foreign}, query, body)
        n_asked += 1
        where = (operation.method, operation.path, who, answer.status_code, answer.text[:300])
        assert CANARY not in answer.text, where
        if answer.is_success:  # as much as there is of what never was
            nothing = {key: f"{value}0" for key, value in foreign.items()}
            assert ask(client, operation, {**ids, **nothing}, query, body).text == answer.text, (
                where
            )
        else:
            assert answer.status_code in {400, 401, 403, 404, 409}, where
    assert n_asked > 400
    assert foreign_rows(api.home) == before


def test_nothing_of_another_workspace_is_in_any_answer(api, holders, cases):
    before = foreign_rows(api.home)
    for (operation, ids, query, body), (who, client) in product(cases, holders.items()):
        if (operation.method.upper(), operation.path) in NOT_CALLED:
            continue
        # An admin sees what everybody else sees, and more.
        if who not in {"admin", "nobody"}:
            continue
        answer = ask(client, operation, ids, query, body)
        where = (operation.method, operation.path, who, answer.status_code, answer.text[:300])
        assert answer.status_code < 500, where
        assert CANARY not in answer.text, where
        # Of who was refused the audit log keeps what they asked for, as they typed it.
        assert KEY_MARK not in answer.text or operation.path == "/api/audit-log", where
    assert foreign_rows(api.home) == before
