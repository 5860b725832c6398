"""The official SDKs, unmodified, deliver to a running server."""

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient
from tracking_server import Tracking

from kikubari.spec.envelope import EventKind, Trust

HERE = Path(__file__).parent
SDK_NODE = HERE / "sdk_node"
SIX_CALLS = dict.fromkeys(EventKind, 1) | {EventKind.TRACK: 2}


def call_everything(client: SegmentClient | RudderClient) -> None:
    client.identify("u1", {"email": "taro@example.jp", "name": "山田 太郎"})
    client.track("u1", "Order Completed", {"revenue": 4980.5, "at": datetime.now(UTC)})
    client.page("u1", "Shop", "Home", {"url": "https://x.jp/"})
    client.screen("u1", "Main", "Start")
    client.group("u1", "g1", {"plan": "pro"})
    client.alias("anon1", "u1")
    client.track(anonymous_id="anon9", event="Viewed")


def check_everything(tracking: Tracking, trust: Trust = Trust.SERVER) -> None:
    events = tracking.events()
    assert Counter(event.kind for event in events) == SIX_CALLS
    assert len({event.message_id for event in events}) == len(events)
    assert {event.trust for event in events} == {trust}
    by_kind = {event.kind: event for event in events if event.user_id == "u1"}
    assert by_kind[EventKind.IDENTIFY].traits["name"] == "山田 太郎"
    assert by_kind[EventKind.TRACK].properties["revenue"] == 4980.5
    assert by_kind[EventKind.PAGE].properties["name"] == "Home"
    assert by_kind[EventKind.GROUP].group_id == "g1"
    assert by_kind[EventKind.ALIAS].previous_id == "anon1"
    assert tracking.rejected.list_newest() == []


@pytest.mark.parametrize("is_gzip", [False, True])
def test_segment_python(tracking: Tracking, is_gzip: bool):
    errors: list[object] = []
    client = SegmentClient(
        tracking.server.write_key,
        host=tracking.url,
        gzip=is_gzip,
        on_error=lambda error, _items: errors.append(error),
        upload_interval=0.05,
    )
    call_everything(client)
    client.shutdown()
    assert errors == []
    check_everything(tracking)


@pytest.mark.parametrize("is_gzip", [False, True])
def test_rudderstack_python(tracking: Tracking, is_gzip: bool):
    errors: list[object] = []
    client = RudderClient(
        tracking.server.write_key,
        host=tracking.url,
        gzip=is_gzip,
        on_error=lambda error, _items: errors.append(error),
    )
    call_everything(client)
    client.join()
    assert errors == []
    check_everything(tracking)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder where the SDKs of package-lock.json are installed, kept between runs."""
    if shutil.which("npm") is None:
        message = "Node is not installed: apt-get install nodejs npm"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    lock = (SDK_NODE / "package-lock.json").read_bytes()
    folder = HERE.parents[1] / "build" / f"sdk_node-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(SDK_NODE / name, folder)
        subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True, timeout=300)
        (folder / "installed").touch()
    return folder


def run_node(folder: Path, script: str, tracking: Tracking, write_key: str) -> None:
    shutil.copy(SDK_NODE / script, folder)
    done = subprocess.run(
        ["node", script, tracking.url, write_key],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_segment_node(tracking: Tracking, node_modules: Path):
    run_node(node_modules, "segment_node.mjs", tracking, tracking.server.write_key)
    check_everything(tracking)


def test_rudderstack_node(tracking: Tracking, node_modules: Path):
    run_node(node_modules, "rudderstack_node.mjs", tracking, tracking.server.write_key)
    check_everything(tracking)


@contextmanager
def shop_page(node_modules: Path, script: str) -> Iterator[str]:
    """A page of another origin that holds the browser SDK and runs a script."""
    sdk = (node_modules / "node_modules/@segment/analytics-next/dist/umd/index.js").read_bytes()
    html = f"<meta charset=utf-8><title>ホーム</title><script src=sdk.js></script>{script}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = sdk if self.path == "/sdk.js" else html.encode()
            self.send_response(200 if self.path in ("/", "/sdk.js") else 404)
            kind = "text/javascript" if self.path == "/sdk.js" else "text/html"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.browser
@pytest.mark.parametrize("strategy", ["standard", "batching"])
def test_segment_browser(tracking: Tracking, node_modules: Path, strategy: str):
    delivery = {"strategy": strategy, "config": {"size": 5, "timeout": 50}}
    load = json.dumps({"writeKey": tracking.browser.write_key, "cdnURL": tracking.url})
    options = json.dumps({"integrations": {"Segment.io": {"deliveryStrategy": delivery}}})
    script = f"""<script>
      window.done = AnalyticsNext.AnalyticsBrowser.load({load}, {options}).then(
        async ([analytics]) => {{
          await analytics.identify("u1", {{ email: "taro@example.jp" }})
          await analytics.track("Order Completed", {{ revenue: 4980.5 }})
          await analytics.page("Home")
          await analytics.group("g1", {{ plan: "pro" }})
          await analytics.alias("u1", "anon1")
        }})
    </script>"""
    with shop_page(node_modules, script) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.goto(url)
        page.evaluate("window.done")
        deadline = time.monotonic() + 10
        while len(tracking.events()) < 5 and time.monotonic() < deadline:
            page.wait_for_timeout(20)
        browser.close()
    events = {event.kind: event for event in tracking.events()}
    assert set(events) == set(EventKind) - {EventKind.SCREEN}
    assert {event.trust for event in events.values()} == {Trust.PUBLIC}
    assert events[EventKind.PAGE].context["page"]["title"] == "ホーム"
    assert tracking.rejected.list_newest() == []
