"""/api/openapi.json is valid, complete, and what the server really does."""

import re

import schemathesis
from described_operations import METHODS
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# What would end the run, or run for long; the rest may change this installation as it likes.
DESTRUCTIVE = {"/api/rebuild", "/api/keys/{key_id}"}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def test_it_is_valid_openapi(schema):
    assert schema["openapi"].startswith("3.1")
    references = set(re.findall(r"#/components/schemas/([\w.]+)", str(schema)))
    assert references <= schema["components"]["schemas"].keys()


def test_every_operation_is_named_described_and_says_how_it_refuses(schema):
    names = []
    for path, item in schema["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            names.append(operation["operationId"])
            assert operation["description"], path
            if path.startswith("/api/"):
                assert {"400", "401", "403", "404", "503"} <= operation["responses"].keys()
                refusal = operation["responses"]["403"]["content"]["application/json"]["schema"]
                assert refusal["$ref"].endswith("ErrorAnswer")
    assert len(names) == len(set(names))


def test_whatever_is_sent_the_answer_is_as_described(api, schema):
    described = schemathesis.openapi.from_dict(schema)
    operations = [found.ok() for found in described.get_all_operations()]
    sent = [send_anything(api, one) for one in operations if one.path not in DESTRUCTIVE]
    assert sum(sent) >= 2_000  # those without parameters are called once


def send_anything(api, operation):
    """Call an operation with whatever its description allows; return how many times."""
    sent = []

    @given(case=operation.as_strategy())
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        answer = case.call(
            base_url=str(api.client.base_url),
            headers={"authorization": api.client.headers["authorization"]},
        )
        case.validate_response(answer, checks=CHECKS)
        sent.append(case)

    check()
    return len(sent)
