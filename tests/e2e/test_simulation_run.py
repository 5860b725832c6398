"""A simulation on an installation: what it finds, and that every store is as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_shop import CONSENTS, CUSTOMERS_EN, ORDERS, PRODUCTS

from installation import Installation

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
SPAN = ("2025-01-01T00:00:00+00:00", "2025-12-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def shop(installation, tmp_path_factory):
    fill(installation, tmp_path_factory.mktemp("files"))
    return installation


def fill(installation, folder):
    """Import a small shop, and make a journey that was never published."""
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


def test_it_finds_what_would_have_happened(shop):
    result = shop.json("simulate", "after", "--from", SPAN[0], "--to", SPAN[1])
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


def test_people_are_named_with_what_became_of_their_messages(shop):
    done = shop.get("/api/journeys/after/simulations")[0]
    people = shop.get(f"/api/simulations/{done['id']}/people", limit=100)
    assert len(people) == 10
    assert all(one["person"] for one in people)
    became = [step["message"] for one in people for step in one["entry"]["path"]]
    assert sorted(filter(None, became)) == ["no_address", "sent"]
    rest = shop.get(f"/api/simulations/{done['id']}/people", after=8, limit=100)
    assert rest == people[8:]


def test_one_that_has_ended_stays_as_it_is(shop):
    done = shop.get("/api/journeys/after/simulations")[0]
    assert shop.post(f"/api/simulations/{done['id']}/cancel") == done


def test_a_simulation_leaves_every_store_and_file_as_it_was(tmp_path):
    """State, outbox, inbox, the columnar copy, files: all but the line about the simulation."""
    installation = Installation(tmp_path / "home")
    with installation.served():
        fill(installation, tmp_path)
    found = json.loads(
        subprocess.run(
            [sys.executable, Path(__file__).with_name("simulation_alone.py"), "after", *SPAN],
            env=installation.environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    )
    assert (found["state"], found["entries"], found["sent"]) == ("done", 10, 1)
    assert found["tables"] > 80
    assert found["changed"] == ["state.db/journey_simulations"]


def test_what_cannot_run_is_refused_with_its_faults(shop):
    broken = {**WAYS, "start": "nowhere"}
    shop.post("/api/journeys", {"id": "broken", "definition": broken})
    answer = shop.client.post("/api/journeys/broken/simulations", json={})
    assert answer.status_code >= 400
    assert answer.json()["error"]["code"] == "invalid_journey"
    assert shop.client.get("/api/simulations/none").status_code == 404
