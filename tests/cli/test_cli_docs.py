"""docs/cli.md describes every command and option there is, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kikubari.cli.main import cli

GUIDE = (Path(__file__).parents[2] / "docs/cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([a-z -]+)\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE))
WITHOUT_JSON = {"serve", "demo"}


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from walk(inner, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(walk(cli))


def options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option)]


def test_every_command_is_described_and_no_other():
    assert SECTIONS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_described_as_it_is(name):
    section, command = SECTIONS[name], COMMANDS[name]
    assert f"    kikubari {name}" in section
    assert command.help
    told = set(re.findall(r"`(--[a-z-]+)`", section.split("| option | |")[-1]))
    has = {flag for one in options(command) for flag in one.opts} - {"--json"}
    assert has <= told <= has | {"--wait", "--source"}
    assert all(one.help for one in options(command))


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - WITHOUT_JSON))
def test_every_command_speaks_json(name):
    assert "--json" in {flag for one in options(COMMANDS[name]) for flag in one.opts}
