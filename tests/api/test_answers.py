"""What the API answers about things that are there is what its description says, everywhere."""

import pytest
import schemathesis
from audience_examples import audience_examples, make_audiences
from campaign_examples import campaign_examples, make_campaigns
from data_examples import bring_data, data_examples
from journey_examples import journey_examples, make_journeys
from people_examples import find_people, people_examples
from recipe_examples import make_simulation, recipe_examples
from settings_examples import make_settings, settings_examples
from test_openapi import CHECKS


@pytest.fixture(scope="module")
def known(api, tmp_path_factory):
    """Ids of one of each thing there is."""
    return {
        **bring_data(api, tmp_path_factory.mktemp("files")),
        **find_people(api),
        **make_campaigns(api),
        **make_audiences(api),
        **make_settings(api),
        **make_journeys(api),
        **make_simulation(api),
    }


def examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    return {
        **data_examples(known),
        **people_examples(known),
        **audience_examples(known),
        **campaign_examples(known),
        **settings_examples(known),
        **journey_examples(),
        **recipe_examples(),
    }


def test_every_operation_succeeds_as_described(api, schema, known):
    given = examples(known)
    described = schemathesis.openapi.from_dict(schema)
    operations = [found.ok() for found in described.get_all_operations()]
    names = {operation.definition.raw["operationId"] for operation in operations}
    assert given.keys() <= names
    refused = {}
    for operation in operations:
        name = operation.definition.raw["operationId"]
        if not any("key" in one for one in operation.definition.raw.get("security", [{"key": []}])):
            continue  # before a log-in, or of a member's own account: see test_sessions
        if name == "get_health":
            # An operation before may have met a loop in the middle of a step that is tried again.
            api.wait(lambda: api.health()["is_ready"])
        arguments = {"path_parameters": known, **given.get(name, {})}
        wanted = {parameter.name for parameter in operation.path_parameters}
        case = operation.Case(
            path_parameters={
                key: value for key, value in arguments["path_parameters"].items() if key in wanted
            },
            query=arguments.get("query", {}),
            media_type="application/json",
            **({"body": arguments["body"]} if "body" in arguments else {}),
        )
        answer = case.call(
            base_url=str(api.client.base_url),
            headers={"authorization": api.client.headers["authorization"]},
        )
        if answer.status_code not in {200, 201, 202, 204}:
            refused[name] = answer.text
        case.validate_response(answer, checks=CHECKS)
    # Complaints would have to hold somebody's mail first: see the tests of the alarm. And
    # a key approves nothing: see the tests of approvals.
    assert refused.keys() == {"resume_sender", "approve", "decline"}
    assert "is not held" in refused["resume_sender"]
