"""Who may send: keys, origins, what each may speak for, and how much."""

from datetime import timedelta

import httpx
from tracking_server import Tracking, batch, track

from kikubari.collect import SourceKind, SourceLimits


def test_missing_and_unknown_keys(tracking: Tracking):
    url = f"{tracking.url}/v1/batch"
    for response in (
        tracking.client.post(url, json=batch(track())),
        tracking.client.post(url, json=batch(track()), auth=("nobody", "")),
        tracking.client.post(url, json=batch(track(), writeKey=7)),
        tracking.client.post(url, json=batch(track()), headers={"Authorization": "Basic %%%"}),
        tracking.client.post(url, json=batch(track()), headers={"Authorization": "Bearer abc"}),
        tracking.client.get(f"{tracking.url}/v1/projects/nobody/settings"),
    ):
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert tracking.events() == []


def test_a_key_made_elsewhere_works_at_once(tracking: Tracking):
    source = Tracking(tracking.store).server  # another process on the same store
    response = tracking.client.post(
        f"{tracking.url}/v1/batch", json=batch(track()), auth=(source.write_key, "")
    )
    assert response.status_code == 200


def test_a_public_key_cannot_speak_for_the_server(tracking: Tracking):
    consent = track(event="Kikubari Consent Changed", properties={"status": "granted"})
    merge = track(event="Kikubari Profiles Merged")
    bounce = track(event="Email Bounced")
    number = track(number=1)
    number["number"] = 5
    marked = track(9, context={"kikubari": {"provenance": "declared"}, "ip": "192.0.2.1"})
    body = batch(consent, merge, bounce, number, marked)

    public = tracking.client.post(
        f"{tracking.url}/v1/batch", json=body, auth=(tracking.browser.write_key, "")
    )
    codes = [error["code"] for error in public.json()["errors"]]
    assert codes == ["reserved_event", "reserved_event", "reserved_event", "reserved_field"]
    assert [event.context for event in tracking.events()] == [{}]

    server = tracking.client.post(
        f"{tracking.url}/v1/import", json=body, auth=(tracking.server.write_key, "")
    )
    assert [error["index"] for error in server.json()["errors"]] == [1, 3]
    consented, bounced, kept = tracking.events()[1:]
    assert (consented.type, bounced.type) == ("Kikubari Consent Changed", "Email Bounced")
    assert kept.context == {"kikubari": {"provenance": "declared"}}


def test_allowed_origins(tracking: Tracking):
    source = tracking.sources.create(
        "pages",
        SourceKind.BROWSER,
        limits=SourceLimits(allowed_origins=("https://shop.example.jp/",)),
    )

    def send(origin: str | None) -> int:
        headers = {} if origin is None else {"Origin": origin}
        return tracking.client.post(
            f"{tracking.url}/v1/t", json=track(), headers=headers, auth=(source.write_key, "")
        ).status_code

    assert send("https://shop.example.jp") == 200
    assert send("https://evil.example") == 403
    assert send("null") == 403
    assert send(None) == 200  # no browser


def test_preflight(tracking: Tracking):
    response = tracking.client.options(
        f"{tracking.url}/v1/t",
        headers={
            "Origin": "https://shop.example.jp",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-retry-count",
        },
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    allowed = response.headers["access-control-allow-headers"]
    assert allowed == "authorization,content-type,x-retry-count"


def test_a_key_that_may_send_some_events_alone(tracking: Tracking):
    limits = SourceLimits(allowed_events=("Product Viewed", "page"))
    source = tracking.sources.create("pages", SourceKind.BROWSER, limits=limits)
    body = batch(
        track(1, event="Product Viewed"),
        track(2, type="page"),
        track(3, event="Order Completed"),
        track(4, type="identify"),
    )
    auth = (source.write_key, "")
    answer = tracking.client.post(f"{tracking.url}/v1/batch", json=body, auth=auth)
    refused = [(one["index"], one["code"]) for one in answer.json()["errors"]]
    assert refused == [(2, "event_not_allowed"), (3, "event_not_allowed")]
    assert [event.type for event in tracking.events()] == ["Product Viewed", "Page Viewed"]


def test_a_key_that_may_send_so_many_events_a_minute(at_noon: Tracking):
    limits = SourceLimits(events_per_minute=3)
    slow = at_noon.sources.create("pages", SourceKind.BROWSER, limits=limits)

    def send(n: int, key: str | None = slow.write_key) -> httpx.Response:
        body = batch(*(track(number) for number in range(n)))
        return at_noon.client.post(f"{at_noon.url}/v1/batch", json=body, auth=(key or "", ""))

    # A batch goes through whole; what it took too much is waited for afterwards.
    assert send(5).status_code == 200
    refused = send(1)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "60"
    assert send(5, at_noon.server.write_key).status_code == 200
    at_noon.clock.advance(timedelta(seconds=60))
    assert send(1).status_code == 200


def test_rotation_ends_the_old_key(at_noon: Tracking):
    def send(key: str) -> int:
        return at_noon.client.post(f"{at_noon.url}/v1/t", json=track(), auth=(key, "")).status_code

    old = at_noon.server.write_key
    new = at_noon.sources.rotate_key(at_noon.server.id, overlap=timedelta(hours=1)).write_key
    assert (send(old), send(new)) == (200, 200)
    at_noon.clock.advance(timedelta(hours=1))
    assert (send(old), send(new)) == (401, 200)
    newest = at_noon.sources.rotate_key(at_noon.server.id).write_key
    assert (send(new), send(newest)) == (401, 200)
