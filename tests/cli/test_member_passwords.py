"""`kikubari members create`: a password by a pipe, and what is said where nobody can be asked."""

import subprocess
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from installation import Installation
from kikubari.cli import members
from kikubari.cli.main import cli

ADDRESS = "hana@example.jp"
PASSWORD = "quiet-warm-exact"


class Posts:
    def __init__(self) -> None:
        self.bodies = []

    def post(self, path, body):
        self.bodies.append((path, body))
        return {"email": body["email"]}


@pytest.fixture
def posts(monkeypatch):
    made = Posts()

    @contextmanager
    def connected(_settings):
        yield made

    monkeypatch.setattr(members, "connect", connected)
    return made


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nnot this line\n"])
def test_the_first_line_that_is_piped_in_is_the_password(posts, end):
    arguments = ["members", "create", ADDRESS, "--role", "admin", "--password-stdin"]
    done = CliRunner().invoke(cli, arguments, input=PASSWORD + end, catch_exceptions=False)
    assert done.exit_code == 0
    body = {"email": ADDRESS, "password": PASSWORD, "role": "admin"}
    assert posts.bodies == [("/api/members", body)]


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "there is no terminal"), (("--password-stdin",), "no password came")],
)
def test_without_a_terminal_it_says_what_to_do_and_asks_nobody(tmp_path, options, said):
    shop = Installation(tmp_path / "home")
    done = subprocess.run(
        shop.command("members", "create", ADDRESS, *options),
        env=shop.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    first, hint = done.stderr.splitlines()
    assert said in first
    assert first.endswith("(invalid_input)")
    assert "kikubari members invite" in hint
    assert done.stdout == ""
    # Refused before a server was started for it.
    assert not (tmp_path / "home").exists()
