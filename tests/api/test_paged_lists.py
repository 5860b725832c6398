"""Lists are gone through page by page: everything comes once, whatever is added meanwhile."""

from journey_examples import DEFINITION

ENDPOINT = {"name": "The warehouse", "url": "https://93.184.216.34/calls", "types": []}


def gather(api, path, *, meanwhile, key=None):
    """Return the ids of all pages of two."""
    found, after = [], ""
    while True:
        page = api.get(path, limit=2, after=after)
        page = page[key] if key else page
        if not page:
            return found
        found += [one["id"] for one in page]
        after = found[-1]
        meanwhile()


def test_journeys_are_gone_through_newest_first(api):
    def add():
        return api.post("/api/journeys", {"definition": DEFINITION})["journey_id"]

    made = [add() for _ in range(3)]
    everything = [one["id"] for one in api.get("/api/journeys", limit=500)]
    assert everything[:3] == made[::-1]
    assert gather(api, "/api/journeys", meanwhile=add) == everything


def test_a_page_behind_no_journey_is_refused(api):
    answer = api.client.get("/api/journeys", params={"after": "never-was"})
    assert answer.status_code == 404


def test_endpoints_are_gone_through_also_when_the_last_seen_is_deleted(api):
    made = [api.post("/api/webhooks", ENDPOINT)["endpoint"]["id"] for _ in range(3)]
    before = api.get("/api/webhooks", limit=500)
    everything = [one["id"] for one in before["endpoints"]]
    assert everything[-3:] == made
    assert before["total"] == len(everything)
    found = gather(api, "/api/webhooks", key="endpoints", meanwhile=lambda: None)
    assert found == everything
    api.client.delete(f"/api/webhooks/{made[0]}").raise_for_status()
    behind = api.get("/api/webhooks", after=made[0])["endpoints"]
    assert [one["id"] for one in behind] == made[1:]


def test_calls_are_gone_through_newest_first(api):
    endpoint_id = api.post("/api/webhooks", ENDPOINT)["endpoint"]["id"]
    for _ in range(5):
        api.post(f"/api/webhooks/{endpoint_id}/test")
    path = f"/api/webhooks/{endpoint_id}/calls"
    everything = api.get(path)
    times = [one["queued_at"] for one in everything]
    assert times == sorted(times, reverse=True)
    found = gather(api, path, meanwhile=lambda: None)
    assert found == [one["id"] for one in everything]
    assert len(found) == 5
    assert api.get(path, after="msg_never") == []
