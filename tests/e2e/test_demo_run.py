"""The first command a stranger runs: the whole demo shop, by the commands a user has."""

import json
import re
import signal
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest

from installation import Installation

FIRST_SECONDS = 900  # five minutes on two idle cores
pytestmark = pytest.mark.slow


@contextmanager
def demo(installation, seconds):
    """Run the demo until it has said all it has to say; yield that, then stop it."""
    installation.home.mkdir(exist_ok=True)
    printed = installation.home / "printed.txt"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            installation.command("demo"),
            env=installation.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + seconds
        while "data is kept" not in printed.read_text():
            assert process.poll() is None, printed.read_text()[-3_000:]
            assert time.monotonic() < deadline, printed.read_text()[-3_000:]
            time.sleep(0.2)
        yield printed.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, printed.read_text()[-3_000:]
    finally:
        process.kill()
        process.wait()


def entered(installation):
    return {one["name"]: one["entered"] for one in installation.get("/api/journeys")}


def age(home):
    """Make of a home what a version left that had no visitors yet."""
    note = home / "demo/state.json"
    state = json.loads(note.read_bytes())
    state["done"].remove("visitors")
    note.write_text(json.dumps(state))
    (home / "demo/visitors.jsonl").unlink()


def test_the_demo_loads_greets_and_is_kept(tmp_path):
    installation = Installation(tmp_path / "home")
    began = time.monotonic()
    with demo(installation, FIRST_SECONDS) as said:
        first_seconds = time.monotonic() - began
        assert f"{installation.owner['url']}/" in said
        assert "demo@example.com  /  quiet-amber-kettle" in said
        key = re.search(r"wk_browser_[\w-]+", said)[0]
        with installation.stranger() as visitor:
            body = {"anonymousId": "stranger", "event": "Product Viewed"}
            assert visitor.post("/v1/track", json=body, auth=(key, "")).status_code == 200
            assert visitor.get("/app/login").status_code == 200
        newest, *_ = installation.get("/api/inbox", limit=1)
        mail = installation.get(f"/api/inbox/{newest['id']}")
        assert "List-Unsubscribe-Post" in dict(mail["headers"])
        to_japan, *_ = installation.get("/api/inbox", recipient=".jp", limit=1)
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", to_japan["subject"])
        (broadcast,) = installation.get("/api/broadcasts")
        report = installation.get(f"/api/broadcasts/{broadcast['id']}/report")
        assert report["outcomes"]["sent"] > 500
        assert report["outbox"]["reasons"].keys() >= {"no_consent", "suppressed"}
        assert not report["outbox"]["states"].keys() & {"failed", "unknown"}
        assert installation.get("/api/rejected-events")["counts"] == []
        installation.settle()
        visited = {
            "Order confirmation / ご注文の確認": 14,
            "First purchase thanks / はじめてのご購入のお礼": 5,
            "Welcome / ようこそ": 7,
        }
        installation.wait(lambda: visited.items() <= entered(installation).items())
        installation.settle()
        assert installation.get("/api/doctor")["is_equal"]
        position = installation.health()["log_position"]
        assert position > 150_000
        installation.client.close()
        installation._client = None

    age(installation.home)
    # Ten seconds on an idle machine; on any, nothing next to loading the shop.
    with demo(installation, first_seconds / 2) as said:
        assert key in said
        health = httpx.get(f"{installation.owner['url']}/healthz", trust_env=False).json()
        assert health["log_position"] >= position  # journeys go on
        assert (installation.home / "demo/visitors.jsonl").exists()
        installation.settle()
        assert visited.items() <= entered(installation).items()  # sent again, they count once
        installation.client.close()
