"""`kikubari segments export`, `diff` and `apply`: segments as files, like journeys."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.app.definition_files import read_segment
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.definition_files import (
    KNOWN_FOLDER,
    Definition,
    apply_files,
    make_diff,
    make_export,
)
from kikubari.cli.output import as_json_option, show
from kikubari.spec.conditions import Condition, InSegment, encode_condition, walk
from kikubari.spec.errors import InvalidInputError


class KeptSegments:
    """Implements `Kept` on the stored segments; ready-made ones are the product's."""

    noun = "segment"

    def __init__(self, client: AdminClient) -> None:
        self._client = client
        self._known: dict[str, dict[str, Any]] = {
            one["id"]: one for one in client.get("/api/segments") if not one["is_builtin"]
        }

    def list_ids(self) -> Collection[str]:
        """Return the ids of stored segments."""
        return self._known.keys()

    def get(self, id_: str) -> Definition:
        """Return a segment as a file has it."""
        if id_ not in self._known:
            raise InvalidInputError(
                f"there is no stored segment {id_!r}", hint="Ready-made ones need no file."
            )
        one = self._known[id_]
        return _as_file(one["name_en"], one["condition"], one["description_en"])

    def read(self, files: Mapping[str, Path]) -> Mapping[str, Definition]:
        """Return segments by id; what others refer to comes before them."""
        found = {id_: read_segment(file) for id_, file in files.items()}
        trees = {id_: tree for id_, (_, tree) in found.items()}
        return {
            id_: _as_file(
                found[id_][0].name,
                msgspec.json.decode(encode_condition(trees[id_])),
                found[id_][0].description,
            )
            for id_ in _in_order(trees)
        }

    def create(self, id_: str, definition: Definition) -> None:
        """Store a new segment under the file's name."""
        self._client.post("/api/segments", {"id": id_, **definition})

    def change(self, id_: str, definition: Definition) -> None:
        """Store the next version; refused if somebody else stored one since it was compared."""
        body = {"description": "", **definition, "version": self._known[id_]["version"]}
        self._client.put(in_path("/api/segments", id_), body)


export = make_export(
    KeptSegments,
    noun="segment",
    told="Write segments into FOLDER, one file a segment; all stored ones, if none is named.",
)
diff = make_diff(KeptSegments)


@click.command("apply")
@click.argument("folder", type=KNOWN_FOLDER)
@click.option("--yes", is_flag=True, help="Do not ask after showing what would change.")
@as_json_option
@click.pass_obj
def apply(settings: Settings, folder: Path, *, yes: bool, as_json: bool) -> None:
    """Make segments as the files of FOLDER have them; shows what changes, and asks first.

    Segments that have no file stay as they are.
    """
    with connect(settings) as client:
        changed = apply_files(KeptSegments(client), folder, is_sure=yes, as_json=as_json)
    show({"applied": changed}, as_json=as_json)


def _as_file(name: str, condition: Any, description: str) -> Definition:
    definition = {"name": name, "condition": condition}
    return {**definition, "description": description} if description else definition


def _in_order(trees: Mapping[str, Condition]) -> list[str]:
    """Return ids so that what a segment refers to comes first; the server refuses circles."""
    ordered: dict[str, None] = {}
    opened: set[str] = set()

    def visit(id_: str) -> None:
        if id_ in opened or id_ not in trees:
            return
        opened.add(id_)
        for _, node in walk(trees[id_]):
            if isinstance(node, InSegment):
                visit(node.segment)
        ordered[id_] = None

    for id_ in trees:
        visit(id_)
    return list(ordered)
