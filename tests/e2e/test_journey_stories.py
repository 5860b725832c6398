"""One person's story from the outside: why this way, why not at all, what comes next and when."""

import pytest

GOLD = {"type": "trait", "trait": "tier", "test": {"type": "is", "value": "gold"}}
SPENDS = {
    "type": "event_count",
    "event": "Order Completed",
    "count": {"at_least": 2},
}
TEMPLATE = {
    "variants": {"en": {"subject": "Hello", "html": '<a href="{{ unsubscribe_url }}">stop</a>'}},
    "default_language": "en",
}


def branch(step, yes, no, **more):
    ways = [
        {"id": f"{step}.both", "when": {"type": "all", "of": [GOLD, SPENDS]}, "next": yes},
        {"id": f"{step}.gold", "when": GOLD, "next": yes},
    ]
    return {"type": "branch", "id": step, "ways": ways, "otherwise": no, **more}


DEFINITION = {
    "name": "Story",
    "trigger": {"type": "event", "events": {"event": "Told"}},
    "segment": GOLD,
    "start": "who",
    "steps": [
        branch("who", "mail", None),
        {"type": "message", "id": "mail", "template": TEMPLATE, "next": "rest"},
        {"type": "wait", "id": "rest", "duration": {"days": 2}, "next": "again"},
        branch("again", "end", "end"),
        {"type": "end", "id": "end"},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}}},
}


@pytest.fixture(scope="module")
def shop(installation):
    key = installation.post("/api/sources", {"name": "stories"})["write_key"]
    with installation.stranger() as api:

        def say(call, user, **body):
            api.post(
                f"/v1/{call}", json={"userId": user, **body}, auth=(key, "")
            ).raise_for_status()

        say("identify", "kei", traits={"email": "kei@customers.example", "tier": "gold"})
        say("identify", "kei", traits={"timezone": "America/New_York"})
        say("identify", "ren", traits={"email": "ren@customers.example", "tier": "silver"})
        say("track", "kei", event="Told")
        installation.settle()
        installation.post("/api/journeys", {"id": "story", "definition": DEFINITION})
        installation.post("/api/journeys/story/publish")
        installation.settle()
        say("track", "kei", event="Told")
        for _ in range(2):
            say("track", "ren", event="Told")
            installation.settle()
        path = "/api/journeys/story/enrolments"
        installation.wait(lambda: any(_at_rest(installation.get(f"{path}/kei"))))
        # Nobody agreed to anything.
        installation.wait(lambda: _mail(installation.get(f"{path}/kei"))["state"] == "skipped")
        yield installation


def _at_rest(story):
    return (one["upcoming"] == "rest" for one in story["entries"])


def _mail(story):
    return story["entries"][0]["path"][1]["message"]


def test_a_branch_tells_what_it_asked_and_a_message_why_it_stayed(shop):
    story = shop.get("/api/journeys/story/enrolments/kei")
    [entry] = story["entries"]
    who, mail = entry["path"]
    assert (who["way"], who["differs"]) == ("who.gold", False)
    both, gold = who["asked"]
    assert (both["way"], both["holds"], gold["way"], gold["holds"]) == (
        "who.both", False, "who.gold", True,
    )  # fmt: skip
    assert [one["holds"] for one in both["conditions"]] == [True, False]
    assert "gold" in gold["text"]["en"]
    assert gold["text"]["ja"] != gold["text"]["en"]
    assert (entry["may"]["holds"], entry["may"]["conditions"]) == (True, [])
    assert mail["message"]["reason"] == "no_consent"
    assert mail["message"]["text"]["ja"].endswith("。")
    message = shop.get(f"/api/messages/{mail['message']['id']}")
    assert message["message"]["state"] == "skipped"


def test_what_comes_next_is_told_up_to_the_next_branch(shop):
    story = shop.get("/api/journeys/story/enrolments/kei")
    [entry] = story["entries"]
    assert story["zone"] == "America/New_York"
    rest, again = entry["ahead"]
    assert (rest["step"], rest["until"]) == ("rest", entry["waiting"]["until"])
    assert (again["step"], again["at"], again["way"]) == ("again", rest["until"], "again.gold")
    assert [one["holds"] for one in again["asked"]] == [False, True]


def test_why_not_tells_what_it_takes_and_each_time_it_was_refused(shop):
    story = shop.get("/api/journeys/story/enrolments/ren")
    assert story["entries"] == []
    assert [one["reason"] for one in story["refusals"]] == ["not_in_segment"] * 2
    wanted = story["wanted"]
    assert "Told" in wanted["text"]["en"]
    assert wanted["may"]["holds"] is False
    assert [one["became"] for one in wanted["seen"]] == ["not_in_segment"] * 2
    became = shop.get("/api/journeys/story/enrolments/kei")["wanted"]["seen"]
    assert [one["became"] for one in became] == ["entered", "before_publication"]
    brief = shop.get("/api/journeys/story/enrolments/ren", is_brief=True)
    assert (brief["wanted"], len(brief["refusals"])) == (None, 2)


def test_the_command_tells_the_same(shop):
    told = shop.run("journey", "explain", "story", "kei").stdout
    for words in ("asked who.both", "no: ", "asked who.gold", "then again", "skipped", "as things"):
        assert words in told
    refused = shop.run("journey", "explain", "story", "ren").stdout
    assert refused.count("not_in_segment") == 2
    assert "is for" in refused
    story = shop.json("journey", "explain", "story", "kei")
    assert story["entries"][0]["path"][0]["asked"]
