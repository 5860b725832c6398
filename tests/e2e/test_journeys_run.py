"""A journey from the outside: defined, published, entered by events, seen in the inbox."""

import json
from email import policy
from email.parser import BytesParser

import pytest

from installation import Installation

ADDRESS = "aiko@customers.example"
HTML = (
    "<p>{{ customer.first_name }}, your {{ trigger.product_name }} is waiting.</p>"
    '<a href="{{ unsubscribe_url }}">stop</a>'
)


def message(step, subject, **more):
    variant = {"subject": subject, "html": HTML}
    template = {"variants": {"en": variant}, "default_language": "en"}
    return {"type": "message", "id": step, "template": template, **more}


DEFINITION = {
    "name": "Abandoned cart",
    "stage": "purchase",
    "trigger": {"type": "event", "events": {"event": "Product Added"}},
    "start": "pause",
    "steps": [
        {"type": "wait", "id": "pause", "duration": {"seconds": 1}, "next": "mail"},
        message("mail", "Still thinking of the {{ trigger.product_name }}?", next="clicked"),
        {
            "type": "wait_for",
            "id": "clicked",
            "events": {"event": "Cart Viewed"},
            "timeout": {"days": 2},
            "next": "who",
            "on_timeout": "end",
        },
        {
            "type": "branch",
            "id": "who",
            "ways": [
                {
                    "id": "vip",
                    "when": {
                        "type": "trait",
                        "trait": "tier",
                        "test": {"type": "is", "value": "gold"},
                    },
                    "next": "thanks",
                }
            ],
            "otherwise": "end",
        },
        message("thanks", "Thank you for looking"),
        {"type": "end", "id": "end"},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}, "within": {"days": 7}}},
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.key = installation.post("/api/sources", {"name": "shop"})["write_key"]
        self.api = installation.stranger()

    def say(self, call: str, **body: object) -> None:
        body = {"userId": "aiko", **body}
        self.api.post(f"/v1/{call}", json=body, auth=(self.key, "")).raise_for_status()

    def subjects(self) -> list[str]:
        found = self.installation.get("/api/inbox", recipient=ADDRESS)
        return [one["subject"] for one in found]


@pytest.fixture(scope="module")
def shop(installation):
    shop = Shop(installation)
    traits = {"email": ADDRESS, "first_name": "Aiko", "tier": "gold"}
    shop.say("identify", traits=traits)
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
    shop.say("track", event="Kikubari Consent Changed", properties=agreed)
    installation.settle()
    yield shop
    shop.api.close()


def test_a_journey_from_its_definition_to_the_inbox(shop):
    house = shop.installation
    draft = house.post("/api/journeys", {"definition": DEFINITION})
    assert draft["faults"] == []
    path = f"/api/journeys/{draft['journey_id']}"
    assert house.post(f"{path}/publish")["state"] == "running"
    house.settle()
    shop.say("track", event="Product Added", properties={"product_name": "blue scarf"})
    house.wait(lambda: "Still thinking of the blue scarf?" in shop.subjects())
    newest, *_ = house.get("/api/inbox", recipient=ADDRESS)
    source = house.get(f"/api/inbox/{newest['id']}")["source"].encode("latin-1")
    mail = BytesParser(policy=policy.default).parsebytes(source)
    assert "Aiko, your blue scarf is waiting." in mail.get_body(("html",)).get_content()

    house.wait(lambda: steps(house, path)["clicked"]["waiting"] == 1)
    [waiting] = house.get(f"{path}/steps/clicked/people")
    assert waiting["person"]["email"] == ADDRESS
    assert (waiting["waiting"]["why"], waiting["waiting"]["event"]) == ("event", "Cart Viewed")

    shop.say("track", event="Cart Viewed")
    house.wait(lambda: "Thank you for looking" in shop.subjects())
    story = house.get(f"{path}/enrolments/aiko")
    [entry] = story["entries"]
    assert entry["trigger"] == "Product Added"
    assert [(one["step"], one["way"]) for one in entry["path"]] == [
        ("pause", "next"),
        ("mail", "next"),
        ("clicked", "next"),
        ("who", "vip"),
        ("thanks", "next"),
    ]
    assert entry["path"][1]["message_id"].startswith("msg_")
    assert entry["outcome"] == "completed"
    shop.say("track", event="Order Completed", properties={"total": 3000, "currency": "JPY"})
    house.wait(lambda: house.get(f"{path}/counts")["conversions"]["converted"] == 1)
    assert house.get(f"{path}/counts")["conversions"]["value_minor"] == 3000


def test_a_person_enters_by_request_once(shop):
    house = shop.installation
    asked = {**DEFINITION, "trigger": {"type": "api"}, "name": "Asked"}
    draft = house.post("/api/journeys", {"definition": asked, "id": "asked"})
    assert draft["journey_id"] == "asked"
    house.post("/api/journeys/asked/publish")
    for _ in range(2):
        body = {"profile": "aiko", "key": "one", "properties": {"product_name": "tea"}}
        house.post("/api/journeys/asked/enrolments", body)
    house.wait(lambda: "Still thinking of the tea?" in shop.subjects())
    house.settle()
    assert house.get("/api/journeys/asked/counts")["conversions"]["entered"] == 1
    [mine] = [one for one in house.get("/api/journeys") if one["id"] == "asked"]
    assert (mine["active"], mine["entered"], mine["trigger"]) == (1, 1, "api")


def test_a_faulty_draft_is_kept_and_refused(shop):
    house = shop.installation
    steps_ = [{"type": "message", **message("mail", "Hi", next="gone")}]
    faulty = {**DEFINITION, "start": "mail", "steps": steps_}
    draft = house.post("/api/journeys", {"definition": faulty})
    assert [one["path"] for one in draft["faults"]] == ["steps.mail.next"]
    unknown = {"definition": {**DEFINITION, "steps": [{"type": "fax", "id": "a"}]}}
    told = house.client.post("/api/journeys", json=unknown).json()["error"]
    assert told["hint"].startswith("Steps are: branch, end, enter,")
    path = f"/api/journeys/{draft['journey_id']}"
    refused = house.client.post(f"{path}/publish", json={})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "invalid_journey"
    saved = house.client.put(f"{path}/draft", json=DEFINITION, params={"based_on": 1}).json()
    assert (saved["draft_no"], saved["faults"]) == (2, [])
    assert house.client.put(f"{path}/draft", json=DEFINITION, params={"based_on": 1}).is_error
    assert house.get(f"{path}/diff")["version"] == 0


def steps(house, path):
    return {one["step"]: one for one in house.get(f"{path}/counts")["steps"]}


def test_journeys_are_kept_as_files(shop, tmp_path):
    house, folder = shop.installation, tmp_path / "journeys"
    house.run("journey", "export", str(folder), "asked")
    path = folder / "asked.json"
    definition = json.loads(path.read_text())
    assert house.json("journey", "diff", str(folder)) == []

    definition["steps"][1]["template"]["variants"]["en"]["subject"] = "Tea?"
    path.write_text(json.dumps(definition))
    (folder / "fresh.json").write_text(json.dumps({**DEFINITION, "name": "Fresh"}))
    [mail, fresh] = house.json("journey", "diff", str(folder))
    assert (mail["journey"], mail["kind"]) == ("asked", "changed")
    assert mail["path"] == "steps.mail.template.variants.en.subject"
    assert fresh == {"journey": "fresh", "path": "", "kind": "added"}

    done = house.json("journey", "apply", str(folder), "--yes", "--publish")
    assert done == {"applied": ["asked", "fresh"], "published": ["asked", "fresh"]}
    assert house.get("/api/journeys/asked")["version"] == 2
    told = house.run("journey", "explain", "asked", "aiko").stdout
    assert "Journey Requested" in " ".join(told.split())
    assert house.json("journey", "pause", "fresh")["state"] == "paused"


def test_segments_travel_as_files_with_the_journeys_that_refer_to_them(shop, tmp_path):
    house, segments, journeys = shop.installation, tmp_path / "segments", tmp_path / "journeys"
    segments.mkdir()
    journeys.mkdir()
    gold = {"type": "trait", "trait": "tier", "test": {"type": "is", "value": "gold"}}
    first = {"name": "A gold one", "condition": {"type": "segment", "segment": "tier-gold"}}
    (segments / "a-first.json").write_text(json.dumps(first))
    (segments / "tier-gold.json").write_text(json.dumps({"name": "Gold", "condition": gold}))
    followed = {**DEFINITION, "trigger": {"type": "segment", "segment": "a-first"}}
    (journeys / "golden.json").write_text(json.dumps(followed))

    house.json("segments", "apply", str(segments), "--yes")
    assert house.json("segments", "diff", str(segments)) == []
    house.json("journey", "apply", str(journeys), "--yes", "--publish")
    assert house.get("/api/journeys/golden")["version"] == 1

    exported = tmp_path / "exported"
    house.run("segments", "export", str(exported))
    assert json.loads((exported / "a-first.json").read_text()) == first
    house.run("segments", "export", str(tmp_path / "one"), "tier-gold")
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["tier-gold.json"]

    changed = {"name": "Gold", "condition": {**gold, "test": {"type": "is", "value": "silver"}}}
    (segments / "tier-gold.json").write_text(json.dumps(changed))
    [difference] = house.json("segments", "diff", str(segments))
    place = "condition.test.value"
    assert difference == {"segment": "tier-gold", "path": place, "kind": "changed"}
    assert house.json("segments", "apply", str(segments), "--yes") == {"applied": ["tier-gold"]}
    assert house.get("/api/segments/tier-gold")["version"] == 2


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"name": "X", "condition": {"type": "trai"}}, "Invalid value 'trai' - at `$.type`"),
        ({"name": "X", "conditions": {}}, "unknown field `conditions`"),
    ],
)
def test_a_faulty_segment_file_is_named_and_nothing_is_changed(shop, tmp_path, definition, said):
    fine = {"name": "A", "condition": {"type": "everyone"}}
    (tmp_path / "a.json").write_text(json.dumps(fine))
    (tmp_path / "wrong.json").write_text(json.dumps(definition))
    done = shop.installation.run("segments", "apply", str(tmp_path), "--yes", status=2)
    assert "wrong.json" in done.stderr
    assert said in done.stderr
    assert "a" not in {one["id"] for one in shop.installation.get("/api/segments")}
