"""docs/api.md says what is so: its examples run, its scopes are the ones there are."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from installation import ALL_SCOPES

GUIDE = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def customer(api):
    """The customer the examples look up."""
    key = api.post("/api/sources", {"name": "examples"})["write_key"]
    with api.stranger() as shop:
        body = {"userId": "taro", "traits": {"email": "taro@example.jp"}}
        shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
    api.settle()


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(api, customer, example):
    secret = api.client.headers["authorization"].removeprefix("Bearer ")
    script = example.replace("http://127.0.0.1:8765", api.owner["url"]).replace("API_KEY", secret)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(f"[{done.stdout.replace('}{', '},{')}]")


def test_the_scopes_are_those_there_are():
    table = GUIDE.split("| scope | opens |")[1].split("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == ALL_SCOPES


def test_every_address_named_is_described(schema):
    named = {path.split("$ID")[0] for path in re.findall(r"8765(/api/[\w/$]+)", GUIDE)}
    for path in named:
        assert any(one.startswith(path.rstrip("/")) for one in schema["paths"]), path
