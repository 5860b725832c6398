"""`kikubari guard`: what goes in, what comes out, what is refused and where."""

import json

import pytest
from click.testing import CliRunner
from guard_cases import own_rows

from kikubari.cli.main import cli
from kikubari.decide.guard import read_cases
from kikubari.spec.errors import InvalidInputError


def run(*arguments: object):
    return CliRunner().invoke(cli, ["guard", *map(str, arguments)])


def test_check_prints_a_list_of_verdicts(tmp_path):
    rows = own_rows()[:20]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(rows))
    result = run("check", file, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert [one["id"] for one in told] == [row["id"] for row in rows]
    for one in told:
        assert set(one) == {"id", "verdict", "rules", "reasons", "mend"}
        assert one["verdict"] in {"ok", "warn", "hold", "block"}
        assert bool(one["rules"]) == bool(one["mend"]) == (one["verdict"] != "ok")
        assert all(mend["ja"] and mend["en"] for mend in one["mend"])


def test_check_prints_a_table_for_people(tmp_path):
    file = tmp_path / "cases.json"
    stated = [row for row in own_rows() if row["rules"] == ["R06"]]
    file.write_text(json.dumps(stated))
    result = run("check", file)
    assert result.exit_code == 0
    assert stated[0]["id"] in result.stdout
    assert "R06" in result.stdout


def test_rules_are_listed():
    listed = json.loads(run("rules", "--json").stdout)
    assert [one["id"] for one in listed][:32] == [f"R{n:02}" for n in range(1, 33)]


_HEARD = (
    '[{"id": "a", "channel": "email", "message_excerpt": "",'
    ' "uses": [{"attribute": "x", "provenance": "heard"}]}]'
)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("{", "not JSON"),
        ("{}", "expected a list"),
        ("[3]", "case 0"),
        ('[{"id": "a"}]', "case 0 (a)"),
        ('[{"id": "a", "channel": "email", "message_excerpt": 5}]', "$.message_excerpt"),
        (
            _HEARD,
            "$.uses[0].provenance",
        ),
        (
            '[{"id": "a", "channel": "email", "message_excerpt": "", "context": {"sent_7d": "x"}}]',
            "$.context.sent_7d",
        ),
    ],
)
def test_bad_cases_are_refused_with_their_place(body, place):
    with pytest.raises(InvalidInputError) as refusal:
        read_cases(body.encode())
    assert place in refusal.value.message


def test_what_nobody_said_counts_as_the_worse_case(tmp_path):
    file = tmp_path / "cases.json"
    file.write_text('[{"id": "bare", "channel": "push", "message_excerpt": "Hello"}]')
    (told,) = json.loads(run("check", file, "--json").stdout)
    assert told["verdict"] == "block"
    assert "R01" in told["rules"]
