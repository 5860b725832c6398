"""Every route by every scope: refused as the description declares, from the outside."""

from itertools import product

import pytest
from described_operations import METHODS, example_path

from installation import ALL_SCOPES


@pytest.fixture(scope="session")
def operations(schema):
    """Method, path and declared scope of every operation of the admin API."""
    found = []
    for path, item in schema["paths"].items():
        for method in METHODS & item.keys():
            security = item[method].get("security")
            if path.startswith("/api/"):
                ((declared,),) = [one["key"] for one in security]
                assert declared in ALL_SCOPES, path
                found.append((method.upper(), example_path(path), declared))
            else:
                assert not security, path
    assert len(found) > 30
    return found


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


def test_nobody_gets_past_any_route(api, operations):
    with api.stranger() as nobody, api.stranger(authorization="Bearer kk_guessed") as guesser:
        for (method, path, _), client in product(operations, (nobody, guesser)):
            answer = client.request(method, path)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["error"]["code"] == "unauthorized"


def test_each_scope_opens_what_is_declared_and_nothing_else(operations, holders):
    for (method, path, declared), (scope, client) in product(operations, holders.items()):
        if scope == declared:
            continue
        answer = client.request(method, path)
        assert answer.status_code == 403, (method, path, scope)
        error = answer.json()["error"]
        assert error["code"] == "forbidden"
        assert declared in error["message"]
        assert error["hint"]


def test_the_declared_scope_opens(operations, holders):
    for method, path, declared in operations:
        if path == "/api/rebuild":
            continue
        # Empty bodies and ids of nothing: what is behind the door answers, not the door.
        assert holders[declared].request(method, path).status_code not in {401, 403}, path
