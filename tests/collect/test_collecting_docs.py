"""The engineer's guide says what is so: its examples run, and it names every code."""

import re
import subprocess
from pathlib import Path

import pytest
from test_tracking_sdks import node_modules  # noqa: F401 - a fixture
from tracking_server import Tracking

from kikubari.collect import normalise, rejected, wire
from kikubari.collect.tracking_api import Limits

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/collecting.md").read_text()
SOURCE = "".join(path.read_text() for path in (ROOT / "src/kikubari/collect").glob("*.py"))


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def filled(example: str, tracking: Tracking) -> str:
    return example.replace("http://127.0.0.1:8765", tracking.url).replace(
        "WRITE_KEY", tracking.server.write_key
    )


@pytest.mark.parametrize("example", examples("python"))
def test_python_examples(tracking: Tracking, example: str):
    exec(compile(filled(example, tracking), "collecting.md", "exec"), {})  # noqa: S102
    assert tracking.events()


@pytest.mark.parametrize("example", examples("bash"))
def test_curl_examples(tracking: Tracking, example: str):
    command = ["bash", "-c", filled(example, tracking)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == '{"success":true}'
    assert tracking.events()


def test_node_example(tracking: Tracking, node_modules: Path):  # noqa: F811 - the fixture
    (example,) = examples("js")
    (node_modules / "example.mjs").write_text(filled(example, tracking))
    subprocess.run(["node", "example.mjs"], cwd=node_modules, timeout=60, check=True)
    assert [event.type for event in tracking.events()] == ["Product Added"]


def test_every_code_is_explained():
    codes = set(re.findall(r'(?:_refuse|Rejection)\(\s*"(\w+)"', SOURCE))
    codes |= set(re.findall(r'code = "(\w+)"', SOURCE))
    codes |= set(re.findall(r'code = "(\w+)" if .* else "(\w+)"', SOURCE)[0])
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in GUIDE} == set()


def test_limits_are_as_stated():
    limits = Limits()
    assert (limits.event_bytes, limits.batch_bytes) == (32_768, 512_000)
    assert (limits.held_bytes, limits.waiting_requests) == (64 * 2**20, 1_024)
    assert limits.body_seconds == 20
    assert (wire.MAX_DEPTH, normalise.MAX_TRAITS, normalise.MAX_PROPERTIES) == (32, 200, 1_000)
    assert (normalise.MAX_EVENT_NAME_CHARS, normalise.MAX_ID_CHARS) == (200, 256)
    assert (normalise.MAX_MESSAGE_ID_CHARS, rejected.KEPT_EVENTS) == (100, 100_000)
