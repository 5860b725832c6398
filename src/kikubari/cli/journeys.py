"""`kikubari journey`: journeys as they stand, and as files."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.definition_files import (
    KNOWN_FOLDER,
    Definition,
    apply_files,
    make_diff,
    make_export,
    naming,
)
from kikubari.cli.journey_story import COLUMNS, story_lines
from kikubari.cli.journey_tests import test_journeys
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json

_COLUMNS = ("id", "name", "state", "version", "has_changes", "active", "entered")
_FINDINGS = ("what", "seen", "where", "how")
_MOST = 500


class KeptJourneys:
    """Implements `Kept` on drafts of journeys."""

    noun = "journey"

    def __init__(self, client: AdminClient) -> None:
        self._client = client

    def list_ids(self) -> Collection[str]:
        """Return the ids of all journeys."""
        return [one["id"] for one in _list_all(self._client)]

    def get(self, id_: str) -> Definition:
        """Return a draft."""
        draft: dict[str, Any] = self._client.get(in_path("/api/journeys", id_, "draft"))
        definition: Definition = draft["definition"]
        return definition

    def read(self, files: Mapping[str, Path]) -> Mapping[str, Definition]:
        """Return journeys as they are in files: the server knows what may be in them."""
        return {id_: read_json(file) for id_, file in files.items()}

    def create(self, id_: str, definition: Definition) -> None:
        """Begin a journey under the file's name."""
        self._client.post("/api/journeys", {"id": id_, "definition": definition})

    def change(self, id_: str, definition: Definition) -> None:
        """Make a draft as the file has it."""
        self._client.put(in_path("/api/journeys", id_, "draft"), definition)


@click.group()
def journey() -> None:
    """Journeys: how they fare, one person's story, and their definitions as files."""


journey.add_command(test_journeys)
journey.add_command(
    make_export(
        KeptJourneys,
        noun="journey",
        told="Write drafts into FOLDER, one file a journey; all of them, if none is named.",
    )
)
journey.add_command(make_diff(KeptJourneys))


@journey.command("list")
@as_json_option
@click.pass_obj
def list_journeys(settings: Settings, *, as_json: bool) -> None:
    """List journeys, newest first."""
    with connect(settings) as client:
        show(_list_all(client), as_json=as_json, columns=_COLUMNS)


@journey.command("show")
@click.argument("journey_id")
@as_json_option
@click.pass_obj
def show_journey(settings: Settings, journey_id: str, *, as_json: bool) -> None:
    """Show a journey as it stands, and what is wrong with its draft."""
    with connect(settings) as client:
        found = client.get(in_path("/api/journeys", journey_id))
        faults = client.get(in_path("/api/journeys", journey_id, "draft"))["faults"]
    told = faults if as_json else [f"{one['path']}: {one['message']}" for one in faults]
    show({**found, "faults": told}, as_json=as_json)


@journey.command("readiness")
@click.argument("journey_id")
@as_json_option
@click.pass_obj
def show_readiness(settings: Settings, journey_id: str, *, as_json: bool) -> None:
    """Say whether the shop sends and has what a draft looks at, and how to send what is missing."""
    with connect(settings) as client:
        found = client.get(in_path("/api/journeys", journey_id, "readiness"))
    if as_json:
        show(found, as_json=True)
        return
    show([_finding_line(one) for one in found["findings"]], as_json=False, columns=_FINDINGS)


@journey.command("apply")
@click.argument("folder", type=KNOWN_FOLDER)
@click.option("--publish", is_flag=True, help="Also publish those that change.")
@click.option("--yes", is_flag=True, help="Do not ask after showing what would change.")
@as_json_option
@click.pass_obj
def apply(settings: Settings, folder: Path, *, publish: bool, yes: bool, as_json: bool) -> None:
    """Make drafts as the files of FOLDER have them; shows what changes, and asks first.

    Journeys that have no file stay as they are.
    """
    with connect(settings) as client:
        changed = apply_files(KeptJourneys(client), folder, is_sure=yes, as_json=as_json)
        for id_ in changed if publish else ():
            with naming(folder / f"{id_}.json"):
                client.post(in_path("/api/journeys", id_, "publish"))
    show({"applied": changed, "published": changed if publish else []}, as_json=as_json)


@journey.command("publish")
@click.argument("journey_id")
@as_json_option
@click.pass_obj
def publish_journey(settings: Settings, journey_id: str, *, as_json: bool) -> None:
    """Publish a journey's draft; people on the way stay on their version.

    What it looks at and the shop never sent is said first; that keeps nothing from being published.
    """
    if not as_json:
        _warn(settings, journey_id)
    _act(settings, journey_id, "publish", as_json=as_json)


@journey.command("pause")
@click.argument("journey_id")
@as_json_option
@click.pass_obj
def pause(settings: Settings, journey_id: str, *, as_json: bool) -> None:
    """Let nobody in, nobody on, and no message leave."""
    _act(settings, journey_id, "pause", as_json=as_json)


@journey.command("resume")
@click.argument("journey_id")
@as_json_option
@click.pass_obj
def resume(settings: Settings, journey_id: str, *, as_json: bool) -> None:
    """Go on after a pause."""
    _act(settings, journey_id, "resume", as_json=as_json)


@journey.command("explain")
@click.argument("journey_id")
@click.argument("person")
@as_json_option
@click.pass_obj
def explain(settings: Settings, journey_id: str, person: str, *, as_json: bool) -> None:
    """Tell one person's story: why they entered or not, why which way, what comes next and when.

    Below a branch stand its ways with whether each held when it was taken.
    """
    with connect(settings) as client:
        story = client.get(in_path("/api/journeys", journey_id, "enrolments", person))
    if as_json:
        show(story, as_json=True)
        return
    show(story_lines(story), as_json=False, columns=COLUMNS)


def _act(settings: Settings, journey_id: str, act: str, *, as_json: bool) -> None:
    with connect(settings) as client:
        found = client.post(in_path("/api/journeys", journey_id, act))
    show(found if as_json else {name: found[name] for name in _COLUMNS}, as_json=as_json)


def _warn(settings: Settings, journey_id: str) -> None:
    with connect(settings) as client:
        found = client.get(in_path("/api/journeys", journey_id, "readiness"))["findings"]
    for one in found:
        if one["is_warning"]:
            line = _finding_line(one)
            click.echo(f"Note: {line['what']} ({line['where']}). {line['how']}", err=True)


def _finding_line(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": one["message"],
        "seen": one["last_seen_at"] or "",
        "where": ", ".join(one["paths"]),
        "how": " · ".join(part for part in (one["example"], one["how"]) if part),
    }


def _list_all(client: AdminClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["id"] if found else None
        page = client.get("/api/journeys", limit=_MOST, after=after)
        found += page
        if len(page) < _MOST:
            return found
