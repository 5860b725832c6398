"""Letters compared in real mail: a test first, its winner to the rest, nothing to the holdout."""

import pytest

from installation import Installation

AGREED = {"purpose": "marketing", "channel": "email", "status": "granted"}
# Enough that a letter which all of its readers follow is proven best, however they divide.
PEOPLE = [f"L{n}" for n in range(100)]


def template(subject):
    html = '<p>Hi</p><a href="{{ unsubscribe_url }}">Stop</a>'
    return {"default_language": "en", "variants": {"en": {"subject": subject, "html": html}}}


BROADCAST = {
    "name": "Which subject",
    "segment": {"type": "consent", **AGREED},
    "sender": {"from_address": "news@shop.example"},
    "template": template("A quiet word"),
    "experiment": {
        "goal": {"kind": "order", "within_hours": 24},
        "others": [{"template": template("Tea for you"), "name": "by name"}],
        "holdout_percent": 20,
        "test": {"percent": 80, "decide_within_hours": 48},
    },
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._key = installation.post("/api/sources", {"name": "till"})["write_key"]

    def track(self, *calls: dict) -> None:
        """Send calls as the till does, at once."""
        with self.installation.stranger() as till:
            sent = till.post("/v1/batch", json={"batch": calls}, auth=(self._key, ""))
            sent.raise_for_status()
        self.installation.settle()

    def list_subjects(self) -> dict[str, list[str]]:
        """Return the subjects of the mail that each person received."""
        found: dict[str, list[str]] = {}
        for one in self.installation.get("/api/inbox", limit=500):
            found.setdefault(one["rcpt_to"][0].partition("@")[0].upper(), []).append(one["subject"])
        return found

    def progress(self, broadcast_id):
        return self.installation.get(f"/api/broadcasts/{broadcast_id}/progress")

    def await_state(self, broadcast_id, state, n_sent):
        def has_come():
            now = self.progress(broadcast_id)
            sent = now["counts"]["states"].get("sent", 0)
            return now["state"] == state and sent == n_sent(now)

        self.installation.wait(has_come)


@pytest.fixture(scope="module")
def shop(installation):
    opened = Shop(installation)
    opened.track(
        *({"type": "identify", "userId": one, "traits": {"email": f"{one}@example.com"}}
          for one in PEOPLE),
        *({"type": "track", "userId": one, "event": "Kikubari Consent Changed",
           "properties": AGREED} for one in PEOPLE),
    )  # fmt: skip
    return opened


def order(user):
    properties = {"order_id": f"O-{user}", "total": 900, "currency": "JPY"}
    return {"type": "track", "userId": user, "event": "Order Completed", "properties": properties}


def test_the_winner_of_a_test_goes_to_the_rest_and_nothing_to_the_holdout(shop):
    installation = shop.installation
    draft = installation.post("/api/broadcasts", BROADCAST)["id"]
    assert installation.get(f"/api/broadcasts/{draft}/letters") is None
    installation.post(f"/api/broadcasts/{draft}/send")
    shop.await_state(draft, "watching", lambda now: now["n_enqueued"])
    installation.settle()
    report = installation.get(f"/api/broadcasts/{draft}/letters")
    first = shop.list_subjects()
    assert len(first) == report["n_first"]
    assert report["n_first"] + report["n_rest"] + report["n_held"] == len(PEOPLE)
    assert report["verdict"]["winner"] is None
    assert report["decides_at"] is not None
    with_b = [user for user, [subject] in first.items() if subject.startswith("Tea")]
    assert 0 < len(with_b) < len(first)

    shop.track(*(order(user) for user in with_b))
    shop.await_state(draft, "done", lambda now: len(PEOPLE) - report["n_held"])
    subjects = shop.list_subjects()
    assert len(subjects) == len(PEOPLE) - report["n_held"]
    assert all(len(mine) == 1 for mine in subjects.values())
    assert all(subjects[user][0].startswith("Tea") for user in subjects.keys() - first.keys())

    installation.settle()
    after = installation.get(f"/api/broadcasts/{draft}/letters")
    assert (after["choice"]["letter"], after["choice"]["because"]) == ("b", "proven")
    assert after["verdict"]["winner"] == "b"
    people = {one["part"]: (one["people"], one["reached"]) for one in after["verdict"]["parts"]}
    assert people == {"a": (len(first) - len(with_b), 0), "b": (len(with_b), len(with_b))}
    assert [one["part"] for one in after["beside"]["parts"]] == ["holdout", "written"]
    assert after["beside"]["parts"][0]["people"] == after["n_held"]
    told = installation.run("broadcasts", "letters", draft).stdout
    assert "Letter B is proven best: 100.0% reached the goal" in told
    assert "The rest gets letter B: it was proven better than every other." in told
    assert "get nothing, to see what writing changes" in told
    japanese = installation.run("broadcasts", "letters", draft, "--language", "ja").stdout
    assert "B案が最も良いと証明されました。" in japanese
    recorded = installation.get(f"/api/broadcasts/{draft}/report")
    assert recorded["outcomes"]["sent"] == len(subjects)


def test_a_cancelled_test_writes_to_nobody_of_the_rest(shop):
    installation = shop.installation
    before = shop.list_subjects()
    draft = installation.post("/api/broadcasts", BROADCAST | {"name": "Cancelled"})["id"]
    installation.post(f"/api/broadcasts/{draft}/send")
    shop.await_state(draft, "watching", lambda now: now["n_enqueued"])
    assert installation.post(f"/api/broadcasts/{draft}/cancel")["state"] == "cancelled"
    report = installation.get(f"/api/broadcasts/{draft}/letters")
    assert report["choice"] is None
    written = sum(map(len, shop.list_subjects().values())) - sum(map(len, before.values()))
    assert written == report["n_first"]


def test_each_letter_can_be_looked_at_and_is_checked(shop):
    installation = shop.installation
    draft = installation.post("/api/broadcasts", BROADCAST | {"name": "Looked at"})["id"]
    [person] = installation.get("/api/people", q="l7@example.com")["people"]
    path = f"/api/broadcasts/{draft}/preview"
    subjects = [
        installation.get(path, profile_id=person["id"], letter=letter)["subject"]
        for letter in ("", "a", "b")
    ]
    assert subjects == ["A quiet word", "A quiet word", "Tea for you"]
    refused = installation.client.get(path, params={"profile_id": person["id"], "letter": "c"})
    assert refused.status_code == 404
    creepy = template("Since your divorce, cooking for one is hard.")
    objected = BROADCAST | {"experiment": {"others": [{"template": creepy}]}}
    report = installation.post("/api/drafts/check", objected)
    assert report["people"] == 2 * len(PEOPLE)
    [objection] = [one for one in report["objections"] if one["people"] == len(PEOPLE)][:1]
    assert objection["rule"]
