"""The bill of materials has everything that is locked, once, with its hashes."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "requirements/bill_of_materials.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("bill_of_materials", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bill(script):
    return script.describe()


def by_kind(bill, kind):
    return [one for one in bill["components"] if one["purl"].startswith(f"pkg:{kind}/")]


def test_it_is_cyclonedx_and_names_the_product(bill):
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert bill["metadata"]["component"]["name"] == "kikubari"
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))
    for one in bill["components"]:
        assert one["type"] == "library"
        assert one["name"]
        assert one["purl"].endswith(f"@{one['version']}")


def test_everything_that_is_locked_is_in_it_with_its_hashes(bill):
    lock = (ROOT / "requirements/run.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)
    assert sorted((one["name"], one["version"]) for one in by_kind(bill, "pypi")) == sorted(pins)
    told = {hash_["content"] for one in by_kind(bill, "pypi") for hash_ in one["hashes"]}
    assert told == set(re.findall("sha256:([0-9a-f]{64})", lock))
    packages = json.loads((ROOT / "console/package-lock.json").read_bytes())["packages"]
    wanted = {
        (place.rpartition("node_modules/")[2], package["version"])
        for place, package in packages.items()
        if place
    }
    found = by_kind(bill, "npm")
    assert {(one["name"], one["version"]) for one in found} == wanted
    assert {one["name"] for one in found if one["scope"] == "required"} >= {"react", "i18next"}
    assert "vite" in {one["name"] for one in found if one["scope"] == "excluded"}
    lengths = {"SHA-512": 128, "SHA-384": 96, "SHA-256": 64, "SHA-1": 40}
    for one in bill["components"]:
        for digest in one["hashes"]:
            assert len(digest["content"]) == lengths[digest["alg"]]
        assert one["hashes"], one["name"]


def test_the_locks_name_no_other_registry(script):
    """Everything comes from the registries of the two languages, by its hash."""
    lock = script.PYTHON_LOCK.read_text(encoding="utf-8")
    assert "--index-url" not in lock
    assert "://" not in lock
    places = re.findall(r'"resolved": "(https?://[^/]+)', script.CONSOLE_LOCK.read_text())
    assert set(places) <= {"https://registry.npmjs.org"}


def test_a_line_that_pins_nothing_is_no_requirement(script, tmp_path):
    lock = tmp_path / "run.txt"
    lock.write_text("loose>=1\n")
    with pytest.raises(ValueError, match="loose"):
        list(script.list_python(lock))


def test_the_command_writes_the_same_bytes_each_time(script):
    written = []
    for _ in range(2):
        done = subprocess.run([sys.executable, SCRIPT], check=True, capture_output=True, text=True)
        written.append(script.WRITTEN.read_bytes())
    assert written[0] == written[1]
    assert "components" in done.stdout
