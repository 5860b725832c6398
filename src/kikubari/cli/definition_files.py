"""Journeys and segments as files in a folder: exported, compared, applied, all in one way."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.asking import confirm
from kikubari.cli.connection import AdminClient, RemoteError, connect
from kikubari.cli.output import as_json_option, show

FOLDER = click.Path(file_okay=False, path_type=Path)
KNOWN_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
Definition = dict[str, Any]


class Kept(Protocol):
    """Definitions of one kind that the server keeps.

    Attributes:
        noun: what one is called.
    """

    noun: str

    def list_ids(self) -> Collection[str]:
        """Return the ids of those that may be exported."""
        ...

    def get(self, id_: str) -> Definition:
        """Return a definition as it stands."""
        ...

    def read(self, files: Mapping[str, Path]) -> Mapping[str, Definition]:
        """Return definitions of files by id, in an order in which they can be applied.

        Raises:
            InvalidInputError: one is not as it should be; names file and place.
        """
        ...

    def create(self, id_: str, definition: Definition) -> None:
        """Make a new one."""
        ...

    def change(self, id_: str, definition: Definition) -> None:
        """Make one as the file has it."""
        ...


# Makes what is kept of a server.
Keep = Callable[[AdminClient], Kept]


def make_export(keep: Keep, *, noun: str, told: str) -> click.Command:
    """Return the command that writes definitions into a folder; `told` is its help."""

    @click.command("export", help=told)
    @click.argument("folder", type=FOLDER)
    @click.argument("ids", nargs=-1, metavar=f"[{noun.upper()}_IDS]...")
    @as_json_option
    @click.pass_obj
    def export(settings: Settings, folder: Path, ids: tuple[str, ...], *, as_json: bool) -> None:
        with connect(settings) as client:
            _export_files(keep(client), folder, ids, as_json=as_json)

    return export


def make_diff(keep: Keep) -> click.Command:
    """Return the command that compares a folder with what the server has."""

    @click.command("diff")
    @click.argument("folder", type=KNOWN_FOLDER)
    @as_json_option
    @click.pass_obj
    def diff(settings: Settings, folder: Path, *, as_json: bool) -> None:
        """Say what applying the files of FOLDER would change, place by place."""
        with connect(settings) as client:
            _diff_files(keep(client), folder, as_json=as_json)

    return diff


def _export_files(kept: Kept, folder: Path, ids: Collection[str], *, as_json: bool) -> None:
    """Write one file for each of the ids, or for all if none is named."""
    definitions = {one: kept.get(one) for one in ids or kept.list_ids()}
    folder.mkdir(parents=True, exist_ok=True)
    for id_, definition in definitions.items():
        plain = msgspec.json.encode(definition, order="deterministic")
        (folder / f"{id_}.json").write_bytes(msgspec.json.format(plain, indent=2) + b"\n")
    show({"written": len(definitions), "folder": str(folder)}, as_json=as_json)


def _diff_files(kept: Kept, folder: Path, *, as_json: bool) -> None:
    """Show what applying the files would change."""
    _show(kept, _compare(kept, _read(kept, folder)), as_json=as_json)


def apply_files(kept: Kept, folder: Path, *, is_sure: bool, as_json: bool) -> Sequence[str]:
    """Make definitions as the files have them, asking first; return the ids that changed."""
    wanted = _read(kept, folder)
    changes = _compare(kept, wanted)
    if not as_json:
        _show(kept, changes, as_json=False)
    changed = {one[kept.noun] for one in changes}
    if changed and not is_sure:
        confirm(f"Apply to {len(changed)} {kept.noun}s?")
    known = set(kept.list_ids())
    for id_, definition in wanted.items():
        if id_ in changed:
            with naming(_file(folder, id_)):
                (kept.change if id_ in known else kept.create)(id_, definition)
    return sorted(changed)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Name a file in what the server refuses."""
    try:
        yield
    except RemoteError as error:
        error.message = f"{file}: {error.message}"
        raise


def _read(kept: Kept, folder: Path) -> Mapping[str, Definition]:
    return kept.read({file.stem: file for file in sorted(folder.glob("*.json"))})


def _file(folder: Path, id_: str) -> Path:
    return folder / f"{id_}.json"


def _show(kept: Kept, changes: Sequence[Mapping[str, str]], *, as_json: bool) -> None:
    show(changes, as_json=as_json, columns=(kept.noun, "path", "kind"))


def _compare(kept: Kept, wanted: Mapping[str, Definition]) -> list[dict[str, str]]:
    """Return where files differ from what is kept: ``added``, ``removed`` or ``changed``."""
    known = set(kept.list_ids())
    changes: list[dict[str, str]] = []
    for id_, definition in sorted(wanted.items()):
        if id_ not in known:
            changes.append({kept.noun: id_, "path": "", "kind": "added"})
            continue
        before, after = _flat(kept.get(id_)), _flat(definition)
        for place in sorted(before.keys() | after.keys()):
            if place not in before:
                changes.append({kept.noun: id_, "path": place, "kind": "added"})
            elif place not in after:
                changes.append({kept.noun: id_, "path": place, "kind": "removed"})
            elif before[place] != after[place]:
                changes.append({kept.noun: id_, "path": place, "kind": "changed"})
    return changes


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a document by place; parts that have an id are found by it."""
    if isinstance(value, dict) and value:
        parts = value.items()
    elif isinstance(value, list) and value:
        parts = {
            one["id"] if isinstance(one, dict) and "id" in one else str(at): one
            for at, one in enumerate(value)
        }.items()
    else:
        return {path: value}
    flat: dict[str, Any] = {}
    for name, inner in parts:
        flat |= _flat(inner, f"{path}.{name}" if path else str(name))
    return flat
