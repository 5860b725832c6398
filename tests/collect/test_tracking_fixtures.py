"""Recorded requests of the official SDKs, sent again byte for byte to a running server."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tracking_server import Tracking

from kikubari.kit.instants import parse_instant
from kikubari.spec.envelope import EventKind, Trust

RECORDED = Path(__file__).parents[2] / "../shared/fixtures/segment_wire"
NAMES = sorted(path.name for path in RECORDED.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / name).read_text())


def send(tracking: Tracking, recorded: dict[str, Any]) -> httpx.Response:
    headers = {
        name: value
        for name, value in recorded["headers"].items()
        if name.lower() not in ("host", "content-length", "connection")
    }
    body = b"" if recorded["body"] is None else json.dumps(recorded["body"]).encode()
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.compress(body)
    return tracking.client.request(
        recorded["method"], tracking.url + recorded["path"], headers=headers, content=body
    )


def messages_of(recorded: dict[str, Any]) -> list[dict[str, Any]]:
    body = recorded["body"]
    return body.get("batch", [body])


def test_the_recordings_are_there():
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", [name for name in NAMES if load(name)["method"] == "POST"])
def test_recorded_request_is_kept_whole(tracking: Tracking, name: str):
    tracking.add_recorded_keys()
    recorded = load(name)
    response = send(tracking, recorded)
    assert (response.status_code, response.json()) == (200, {"success": True})
    messages, events = messages_of(recorded), tracking.events()
    assert [event.message_id for event in events] == [m["messageId"] for m in messages]
    for message, event in zip(messages, events, strict=True):
        assert event.kind == message["type"]
        assert event.user_id == message.get("userId")
        assert event.anonymous_id == message.get("anonymousId")
        assert event.group_id == message.get("groupId")
        assert event.previous_id == message.get("previousId")
        assert event.trust is Trust.SERVER
        if event.kind is EventKind.TRACK:
            assert (event.type, event.properties) == (message["event"], message["properties"])
        if event.kind is EventKind.IDENTIFY:
            assert event.traits["email"] == "taro@example.jp"
        sent_at = parse_instant(recorded["body"]["sentAt"])
        age = sent_at - parse_instant(message["timestamp"])
        assert timedelta(0) <= event.received_at - event.occurred_at == age


def test_recorded_settings_request_boots_the_browser_sdk(tracking: Tracking):
    tracking.add_recorded_keys()
    response = send(tracking, load("segment-analytics-next-cdnURL_01.json"))
    assert response.status_code == 200
    segment = response.json()["integrations"]["Segment.io"]
    host = tracking.url.removeprefix("http://")
    assert (segment["apiKey"], segment["apiHost"]) == ("wk_test", f"{host}/v1")
    assert segment["protocol"] == "http"
