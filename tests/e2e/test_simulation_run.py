"""A simulation on a running installation: what it finds, and that every store is as it was."""

import hashlib
import sqlite3

import pytest
from small_shop import CONSENTS, CUSTOMERS_EN, ORDERS, PRODUCTS

WAYS = {
    "name": "After an order",
    "trigger": {"type": "event", "events": {"event": "Order Completed"}},
    "start": "pause",
    "steps": [
        {"type": "wait", "id": "pause", "duration": {"days": 1}, "next": "often"},
        {
            "type": "branch",
            "id": "often",
            "ways": [{"id": "yes", "when": "builtin:repeat_buyers", "next": "mail"}],
        },
        {
            "type": "message",
            "id": "mail",
            "template": {
                "default_language": "en",
                "variants": {
                    "en": {
                        "subject": "Hello",
                        "html": '<p>Hello {{ customer.first_name }}</p><a href="'
                        '{{ unsubscribe_url }}">stop</a>',
                    }
                },
            },
        },
    ],
    "rules": {
        "goal": {"events": {"event": "Order Completed"}, "ends_journey": False},
        "reentry": {"allowed": True},
    },
}
# The simulation itself, the request for it, and what the server's own loops write all the time.
_MAY_CHANGE = (
    *("journey_simulations", "audit", "turn", "lease", "segment_", "memberships", "past_"),
    *("catalogue_states", "attributes", "catalogued_events"),
)


@pytest.fixture(scope="module")
def shop(installation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    files = {
        "products": PRODUCTS,
        "customers": CUSTOMERS_EN,
        "orders": ORDERS,
        "consents": CONSENTS,
    }
    for kind, text in files.items():
        path = folder / f"{kind}.csv"
        path.write_text(text)
        installation.run("import", kind, str(path), "--quiet")
    installation.settle()
    installation.post("/api/journeys", {"id": "after", "definition": WAYS})
    return installation


def contents(installation):
    """Return a digest of every table of every SQLite file, and how much the inbox holds."""
    found = {"inbox": len(installation.get("/api/inbox"))}
    for file in sorted(installation.home.rglob("*.db")):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
            tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if not any(one in table for one in _MAY_CHANGE):
                    rows = sorted(map(repr, store.execute(f'SELECT * FROM "{table}"')))
                    text = "\n".join(rows).encode()
                    found[f"{file.name}/{table}"] = hashlib.sha256(text).hexdigest()
    return found


def test_it_finds_what_would_have_happened_and_changes_nothing(shop):
    before = contents(shop)
    span = ("--from", "2025-01-01T00:00:00+00:00", "--to", "2025-12-01T00:00:00+00:00")
    result = shop.json("simulate", "after", *span)
    shop.settle()
    assert contents(shop) == before
    # E1 and J1 ordered twice; by a day after the second order they are repeat buyers.
    steps = {step["step"]: step for step in result["steps"]}
    assert result["entries"] == 10
    assert {one["way"]: one["people"] for one in steps["often"]["ways"]} == {
        "yes": 2,
        "otherwise": 8,
    }
    # J1 is no customer by name: nobody imported the list that has the address.
    assert steps["mail"]["sent"] == 1
    assert steps["mail"]["guard_sample"] == 1
    assert steps["mail"]["stopped"] == {"no_address": 1}


def test_it_is_kept_and_listed(shop):
    done = shop.get("/api/journeys/after/simulations")[0]
    assert done["state"] == "done"
    assert done["result"]["sent"] == 1
    assert shop.get(f"/api/simulations/{done['id']}") == done


def test_what_cannot_run_is_refused_with_its_faults(shop):
    broken = {**WAYS, "start": "nowhere"}
    shop.post("/api/journeys", {"id": "broken", "definition": broken})
    answer = shop.client.post("/api/journeys/broken/simulations", json={})
    assert answer.status_code >= 400
    assert answer.json()["error"]["code"] == "invalid_journey"
    assert shop.client.get("/api/simulations/none").status_code == 404
