"""Commands without a terminal: nothing is done that nobody agreed to, and a refusal says how."""

import stat
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from kikubari.cli import rights, simulating
from kikubari.cli.main import cli
from kikubari.spec.errors import InvalidInputError, UnavailableError


class Server:
    def __init__(self) -> None:
        self.posted = []
        self.simulation = {"state": "cancelled", "problem": "", "progress": 0.5}

    def post(self, path, body=None):
        self.posted.append((path, body))
        return {"id": "sim_1"}

    def get(self, path):
        return self.simulation


@pytest.fixture
def server(monkeypatch):
    made = Server()

    @contextmanager
    def connected(_settings):
        yield made

    for module in (rights, simulating):
        monkeypatch.setattr(module, "connect", connected)
    monkeypatch.setenv("KIKUBARI_TIMEZONE", "Asia/Tokyo")
    return made


def run(*arguments: str, said=""):
    return CliRunner().invoke(cli, arguments, input=said)


@pytest.mark.parametrize("said", ["", "n\n"])
def test_nobody_is_erased_who_was_not_agreed_to(server, said):
    done = run("rights", "erase", "prf_1", "--reason", "asked by letter", said=said)
    assert isinstance(done.exception, InvalidInputError)
    assert "--yes" in done.exception.hint
    assert server.posted == []


@pytest.mark.parametrize(("options", "said"), [(("--yes",), ""), ((), "y\n")])
def test_a_yes_by_option_or_by_pipe_is_one(server, options, said):
    done = run("rights", "erase", "prf_1", "--reason", "asked by letter", *options, said=said)
    assert done.exit_code == 0
    assert [path for path, _ in server.posted] == ["/api/profiles/prf_1/erase"]


def test_an_export_is_for_its_owner_alone_whatever_was_there(server, tmp_path):
    file = tmp_path / "person.json"
    file.write_text("older")
    file.chmod(0o644)
    assert run("rights", "export", "prf_1", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "sim_1" in file.read_text()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("2026-01-05", "2026-01-05T00:00:00+09:00"),
        ("2026-01-05T10:30", "2026-01-05T10:30:00+09:00"),
        ("2026-01-05T10:30Z", "2026-01-05T10:30:00+00:00"),
    ],
)
def test_an_instant_without_a_zone_is_by_the_clock_of_the_shop(server, given, sent):
    done = run("simulate", "jny_1", "--from", given, "--json")
    assert server.posted == [("/api/journeys/jny_1/simulations", {"since": sent})]
    # It was cancelled by somebody else: that is said, and no colon hangs in the air.
    assert isinstance(done.exception, UnavailableError)
    assert done.exception.message == "the simulation is cancelled"


def test_what_is_no_instant_is_refused_by_its_words(server):
    done = run("simulate", "jny_1", "--to", "yesterday")
    assert isinstance(done.exception, InvalidInputError)
    assert "'yesterday'" in done.exception.message
    assert server.posted == []
