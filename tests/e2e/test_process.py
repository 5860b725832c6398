"""The server as a process: health, who owns a folder, wrong settings, taken ports."""

import json
import os
import socket

import httpx
import pytest

from installation import Installation
from kikubari.app import Settings, describe_settings


def test_healthz_says_ready_and_how_far_each_consumer_is(installation):
    health = httpx.get(f"{installation.owner['url']}/healthz", trust_env=False)
    assert health.status_code == 200
    answer = health.json()
    assert answer["is_ready"] is True
    assert isinstance(answer["log_position"], int)
    parts = (
        "sequencer", "copier", "plans", "attributes", "segments", "past sizes", "forgetting",
        "broadcasts", "letter tests", "subscriptions", "old contacts", "complaints", "unconfirmed",
        "deliver", "product news", "journeys log", "journeys", "anniversaries", "schedules",
        "experiments", "predictions", "running low", "life stages", "recommendations",
        "recommendation models", "recommendation files", "letters to staff", "webhooks",
        "old calls", "mail visits", "open days", "told codes",
    )  # fmt: skip
    alive = {one["name"]: one["is_alive"] for one in answer["consumers"]}
    assert alive == dict.fromkeys(parts, True)
    lags = {one["name"]: one["lag"] for one in answer["consumers"]}
    assert isinstance(lags["sequencer"], int)
    assert isinstance(lags["copier"], int)


def test_a_second_server_on_the_folder_is_refused_clearly(installation):
    done = installation.run("serve", status=2)
    assert "another process has" in done.stderr
    assert "(conflict)" in done.stderr
    assert "KIKUBARI_HOME" in done.stderr  # what to do


def test_a_second_server_on_the_port_is_refused_clearly(installation, tmp_path):
    port = str(httpx.URL(installation.owner["url"]).port)
    done = Installation(tmp_path / "other", PORT=port).run("serve", status=2)
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "set KIKUBARI_PORT" in done.stderr


def test_a_free_port_is_found_and_links_lead_to_it(installation):
    port = httpx.URL(installation.owner["url"]).port
    assert port
    shown = installation.json("settings")
    assert shown["KIKUBARI_PORT"] == "0"


def test_commands_find_the_running_server(installation):
    made = installation.json("sources", "create", "found")
    listed = {one["id"]: one for one in installation.get("/api/sources")}
    assert listed[made["id"]] == {**made, "write_key": None}  # a server's key is shown once
    assert installation.owner["pid"] == installation.process.pid


def test_the_note_for_commands_is_for_this_user_only(installation):
    assert (installation.home / "server.json").stat().st_mode & 0o077 == 0
    assert (installation.home / "keys").stat().st_mode & 0o077 == 0
    for key in (installation.home / "keys").iterdir():
        assert key.stat().st_mode & 0o077 == 0


def test_without_a_server_a_command_starts_its_own_and_leaves_none(tmp_path):
    alone = Installation(tmp_path / "home")
    made = alone.json("sources", "create", "by a private server")
    assert [one["name"] for one in alone.json("sources", "list")] == [made["name"]]
    assert not (alone.home / "server.json").exists()


def test_a_note_of_a_server_that_was_killed_misleads_nobody(tmp_path):
    killed = Installation(tmp_path / "home")
    killed.home.mkdir()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    note = {"url": url, "token": "old", "pid": os.getpid()}
    (killed.home / "server.json").write_text(json.dumps(note))
    (killed.home / "server.lock").touch()
    assert killed.json("sources", "list") == []


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("COLOUR", "blue", "unknown setting KIKUBARI_COLOUR"),
        ("PORT", "eighty", "setting: "),
        ("TIMEZONE", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, setting, value, message):
    done = Installation(tmp_path, **{setting: value}).run("settings", status=2)
    assert message in done.stderr
    assert "(invalid_input)" in done.stderr


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://shop:pa55&word/x@db:5432/k", "postgresql://shop:***@db:5432/k"),
        ("postgresql://db/k?user=a&password=pa55&sslmode=require",
         "postgresql://db/k?user=a&password=***&sslmode=require"),
        ("postgresql://db:5432/k", "postgresql://db:5432/k"),
    ],
)  # fmt: skip
def test_settings_are_shown_without_secrets(address, shown):
    assert describe_settings(Settings(database_url=address))["KIKUBARI_DATABASE_URL"] == shown
