"""What commands say to people: whole ids, one customer to read, and what is wrong, where."""

import json
import sqlite3
from contextlib import closing

import pytest

from installation import Installation

AGREED = {"purpose": "marketing", "channel": "email", "status": "granted"}


def refusal(installation, *arguments: str):
    done = installation.run(*arguments, status=2)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_refusal_names_the_field(installation, tmp_path):
    broadcast = tmp_path / "broadcast.json"
    broadcast.write_text(json.dumps({"surprise": 1}))
    said = refusal(installation, "broadcasts", "create", str(broadcast))
    assert said[0].endswith("(invalid_input)")
    assert "`name`" in said[1]


@pytest.mark.parametrize(
    "command",
    [("broadcasts", "show"), ("journey", "show"), ("keys", "revoke"), ("life-stages", "show")],
    ids=" ".join,
)
def test_what_is_not_there_says_where_to_look(installation, command):
    first, *_, last = refusal(installation, *command, "nobody")
    assert first.endswith("(not_found)")
    assert last == f"`kikubari {command[0]} list` names what there is."


def test_a_file_that_cannot_be_written_is_named(installation, tmp_path):
    file = str(tmp_path / "no such folder" / "plan.json")
    said = refusal(installation, "plan", "export", file)
    assert said[0].startswith(f"{file}: ")


def test_data_of_a_newer_version_are_left_alone(tmp_path):
    house = Installation(tmp_path / "home")
    house.run("sources", "list")
    with closing(sqlite3.connect(house.home / "state.db")) as state, state:
        state.execute("UPDATE alembic_version SET version_num = '9999'")
    first, hint = refusal(house, "sources", "list")
    assert "newer version" in first
    assert "9999" in first
    assert "back-up" in hint


def test_ids_are_whole_where_no_terminal_cuts_them(installation):
    made = installation.json("keys", "create", "a key with a long name, as people give them")
    listed = installation.run("keys", "list").stdout
    assert f"{made['id']} " in listed
    assert "…" not in listed


def test_a_customer_is_there_to_read(installation):
    key = installation.json("sources", "create", "till")["write_key"]
    calls = (
        {"type": "identify", "traits": {"email": "aki@example.jp", "name": "[秋] 亜紀"}},
        {"type": "track", "event": "Kikubari Consent Changed", "properties": AGREED},
        {"type": "track", "event": "Order Completed", "properties": {"order_id": "A-1"}},
    )
    with installation.stranger() as till:
        body = {"batch": [{"userId": "aki", **call} for call in calls]}
        till.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
    installation.settle()
    read = installation.run("profiles", "show", "aki").stdout
    assert "[秋] 亜紀" in read.splitlines()[0]
    assert "declared" in read
    for section in ("Known by", "Facts", "Agreed to", "Joined by", "Newest events"):
        assert f"\n{section}" in read
    assert "Messages" not in read  # none yet
    assert "order_id A-1" in read
    assert {"profile", "timeline"} <= installation.json("profiles", "show", "aki").keys()
