# ruff: noqa: INP001 - a command beside the locks, of no package
"""Writes what the product consists of: CycloneDX 1.6, JSON, from the two locks alone.

`python requirements/bill_of_materials.py` writes `build/kikubari.cdx.json`; the same locks give the
same bytes. No network, and nothing installed is looked at.
"""

import base64
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCK = ROOT / "requirements/run.txt"
CONSOLE_LOCK = ROOT / "console/package-lock.json"
WRITTEN = ROOT / "build/kikubari.cdx.json"
_PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ALGORITHMS = {"sha512": "SHA-512", "sha384": "SHA-384", "sha256": "SHA-256", "sha1": "SHA-1"}


def describe() -> dict[str, Any]:
    """Return the bill of materials of the locks as they are."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    product = {
        "type": "application",
        "bom-ref": f"pkg:pypi/{project['name']}",
        "name": project["name"],
        "version": project.get("version", "0"),
        "purl": f"pkg:pypi/{project['name']}",
    }
    components = [*list_python(PYTHON_LOCK), *list_console(CONSOLE_LOCK)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": sorted(components, key=lambda one: one["bom-ref"]),
    }


def list_python(lock: Path) -> Iterator[dict[str, Any]]:
    """Yield what the server runs on and is built with: each with the hashes of all its files."""
    text = lock.read_text(encoding="utf-8").replace("\\\n    --hash", "\\  --hash")
    for line in text.splitlines():
        pin = _PIN.match(line.partition("  --hash")[0])
        if pin is None:
            raise ValueError(f"no pinned requirement: {line[:80]}")
        name = re.sub(r"[-_.]+", "-", pin["name"]).lower()
        found = _component(f"pkg:pypi/{name}@{pin['version']}", name, pin["version"])
        found["hashes"] = [{"alg": "SHA-256", "content": one} for one in _HASH.findall(line)]
        if pin["marker"]:
            found["properties"] = [{"name": "kikubari:marker", "value": pin["marker"].strip()}]
        yield found


def list_console(lock: Path) -> Iterator[dict[str, Any]]:
    """Yield what goes to the browser, and what only builds it, which is marked `excluded`."""
    seen = set()
    for place, package in json.loads(lock.read_bytes())["packages"].items():
        if not place or package.get("link"):
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{quote(name, safe='/')}@{package['version']}"
        if purl in seen:  # at two places of the tree
            continue
        seen.add(purl)
        found = _component(purl, name, package["version"])
        found["scope"] = "excluded" if package.get("dev") else "required"
        if "license" in package:
            found["licenses"] = [{"expression": package["license"]}]
        algorithm, _, digest = package["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        found["hashes"] = [{"alg": _ALGORITHMS[algorithm], "content": content}]
        yield found


def _component(purl: str, name: str, version: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def main() -> None:
    """Write the file and say how much is in it."""
    bill = describe()
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    print(f"{WRITTEN.relative_to(ROOT)}: {len(bill['components'])} components")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
