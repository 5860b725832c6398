"""What is created can be read, changed and removed, whatever the description allows to send.

Each step takes the id of the one before. With a key that may do everything, and with one that may
only read, which sees what the other made and changes nothing of it.
"""

from copy import deepcopy
from typing import Any, NamedTuple

import pytest
import schemathesis
from audience_examples import SEGMENT
from campaign_examples import BROADCAST, OFFER, SAVED
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_openapi import CHECKS


class Resource(NamedTuple):
    """Where one kind of thing is made, and an example that is taken."""

    path: str
    id_name: str
    example: dict[str, Any]
    holds_definition: bool = False  # a change says more than the definition
    can_go: bool = False


RESOURCES = (
    Resource("/api/segments", "segment_id", SEGMENT),
    Resource("/api/broadcasts", "broadcast_id", BROADCAST),
    Resource("/api/offers", "offer_id", OFFER, holds_definition=True),
    Resource("/api/saved-blocks", "saved_id", SAVED, can_go=True),
)
CASES = 15  # for each resource; every second is the example with some fields as generated


@pytest.fixture(scope="module")
def described(schema):
    return schemathesis.openapi.from_dict(schema)


@pytest.fixture(scope="module")
def reader(api):
    """The secret of a key that may only read."""
    return api.post("/api/keys", {"name": "reads alone", "scopes": ["read"]})["secret"]


class Chain:
    """Calls operations one after another, each answer held to its description."""

    def __init__(self, api, described, resource, reader) -> None:
        self.base_url = str(api.client.base_url)
        self.keys = {"all": api.client.headers["authorization"], "read": f"Bearer {reader}"}
        self.described = described
        self.resource = resource
        self.n_calls = 0

    def call(self, method, path, body=None, *, id_=None, by="all"):
        case = self.described[path][method.upper()].Case(
            path_parameters={self.resource.id_name: id_} if id_ else {},
            **({} if body is None else {"body": body, "media_type": "application/json"}),
        )
        answer = case.call(base_url=self.base_url, headers={"authorization": self.keys[by]})
        case.validate_response(answer, checks=CHECKS)
        self.n_calls += 1
        return answer

    def run(self, created, changed):
        """Return whether a whole chain was gone through: the input can be refused at its start."""
        made_at, one_at = self.resource.path, f"{self.resource.path}/{{{self.resource.id_name}}}"
        assert self.call("post", made_at, created, by="read").status_code == 403
        made = self.call("post", made_at, created)
        if made.status_code != 201:
            assert 400 <= made.status_code < 500
            return False
        id_ = find_id(made.json())
        before = self.call("get", one_at, id_=id_)
        assert before.status_code == 200
        assert self.call("put", one_at, changed, id_=id_, by="read").status_code == 403
        assert same(self.call("get", one_at, id_=id_, by="read"), before)
        change = self.call("put", one_at, changed, id_=id_)
        after = self.call("get", one_at, id_=id_)
        assert after.status_code == 200
        if change.status_code >= 400:
            assert same(after, before), "what is refused changes nothing"
        if self.resource.can_go:
            assert self.call("delete", one_at, id_=id_, by="read").status_code == 403
            assert self.call("delete", one_at, id_=id_).status_code == 204
            for gone in ("get", "delete"):
                assert self.call(gone, one_at, id_=id_).status_code == 404
        return change.status_code == 200


def find_id(answer):
    return (
        answer["id"]
        if "id" in answer
        else next(
            inner["id"] for inner in answer.values() if isinstance(inner, dict) and "id" in inner
        )
    )


def same(one, other):
    """Compare what is defined: figures of what became of it may move."""
    return all(one.json().get(key) == other.json().get(key) for key in ("definition", "name"))


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
def test_what_is_made_can_be_read_changed_and_removed(api, described, resource, reader):
    chain = Chain(api, described, resource, reader)
    making = described[resource.path]["POST"].as_strategy()
    changing = described[f"{resource.path}/{{{resource.id_name}}}"]["PUT"].as_strategy()
    whole = []

    @given(making, changing, st.data())
    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(create, change, data):
        created, changed = create.body, change.body
        if data.draw(st.booleans()):
            created = mixed(resource.example, created, data)
            changed = {"definition": created} if resource.holds_definition else {**created}
            if resource.path == "/api/segments":
                changed["version"] = 1
        whole.append(chain.run(created, changed))

    check()
    definition = deepcopy(resource.example)
    changed = {"definition": definition} if resource.holds_definition else definition
    if resource.path == "/api/segments":
        changed = {**changed, "version": 1}
    assert chain.run(definition, changed)
    print(f"{resource.path}: {chain.n_calls} calls, {sum(whole) + 1} whole chains")
    assert chain.n_calls > 2 * CASES


def mixed(example, generated, data):
    """Return an example with one of its fields as generated, or none."""
    if not isinstance(generated, dict):
        return deepcopy(example)
    names = sorted(generated.keys() & example.keys())
    chosen = data.draw(st.sampled_from(["", *names]))
    return {**deepcopy(example), **({chosen: generated[chosen]} if chosen else {})}
