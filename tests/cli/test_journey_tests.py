"""`kikubari journey test`, from files to exit code."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kikubari.cli.main import cli

GUIDE = (Path(__file__).parents[2] / "docs/journey-tests.md").read_text(encoding="utf-8")
PARTS = {
    name: json.loads(body)
    for name, body in re.findall(r"```json (\w+)\n(.*?)```", GUIDE, re.DOTALL)
}
ADDED = {"at": "2026-03-01T10:00", "event": "Product Added"}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("KIKUBARI_HOME", str(tmp_path / "home"))
    return Shelf(tmp_path / "git")


class Shelf:
    """A folder of journeys, tests and segments: those of the guide until they are changed."""

    def __init__(self, root: Path) -> None:
        self.journeys = root / "journeys"
        self.segments = root / "segments"
        for folder in (self.journeys / "tests", self.segments):
            folder.mkdir(parents=True)
        self.journey = json.loads(json.dumps(PARTS["journey"]))
        self.tests = json.loads(json.dumps(PARTS["tests"]))
        (self.segments / "gold.json").write_text(json.dumps(PARTS["segment"]))

    def write(self):
        (self.journeys / "cart.json").write_text(json.dumps(self.journey))
        (self.journeys / "tests/cart.json").write_text(json.dumps(self.tests))

    def try_one(self, people, **case):
        """Try one case with these people; return exit code and what came of it."""
        spans = {"name": "one", "from": "2026-03-01T00:00", "until": "2026-03-20T00:00"}
        self.tests["cases"] = [{**spans, "people": people, **case}]
        self.write()
        done = run(str(self.journeys / "cart.json"), "--json")
        [told] = json.loads(done.stdout)
        return done.exit_code, told

    def find(self, **person):
        """Return the entries of somebody of whom nothing is known but this."""
        _, told = self.try_one({"dai": {"timeline": [ADDED], "expect": [], **person}})
        return told["cases"][0]["found"]["dai"]


def run(*arguments: str):
    return CliRunner().invoke(cli, ["journey", "test", *arguments])


def ways(entry):
    return [(one["step"], one["way"]) for one in entry["path"]]


def test_the_guides_example_passes_and_leaves_nothing_behind(shelf, tmp_path):
    shelf.write()
    done = run(str(shelf.journeys))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "cart",
        "  passed  who buys gets no reminder",
        "  passed  gold customers are thanked",
        "2 passed, 0 failed",
    ]
    assert not (tmp_path / "home").exists()


def test_what_came_otherwise_is_told_with_its_place(shelf):
    aiko = shelf.tests["cases"][0]["people"]["aiko"]
    aiko["expect"] = [{"path": ["pause", "mail"], "ended": "2026-03-01T12:00", "outcome": "goal"}]
    shelf.write()
    done = run(str(shelf.journeys))
    assert done.exit_code == 1
    assert "  failed  who buys gets no reminder" in done.stdout
    assert "people.aiko.expect[0].path" in done.stdout
    assert "expected  pause → mail" in done.stdout
    assert "found     pause/goal" in done.stdout
    assert "expected  2026-03-01 12:00:00" in done.stdout
    assert "1 passed, 1 failed" in done.stdout


def test_what_was_found_can_be_expected_as_it_is(shelf):
    shelf.write()
    [told] = json.loads(run(str(shelf.journeys), "--json").stdout)
    for case, outcome in zip(shelf.tests["cases"], told["cases"], strict=True):
        for name, person in case["people"].items():
            person["expect"] = outcome["found"][name]
            assert person["expect"][0]["path"]
    shelf.write()
    assert run(str(shelf.journeys)).exit_code == 0
    shelf.tests["cases"][1]["people"]["ben"]["expect"][0]["path"][1]["message"] = "no_consent"
    shelf.write()
    assert run(str(shelf.journeys)).exit_code == 1


def test_branches_ask_as_of_the_instant_they_are_taken(shelf):
    turned = "2026-03-01T13:00:01"
    late = {"timeline": [ADDED, {"at": turned, "traits": {"tier": "gold"}}]}
    assert ways(shelf.find(**late)[0])[-1] == ("who", "otherwise")
    turned = "2026-03-01T13:00"
    early = {"timeline": [ADDED, {"at": turned, "traits": {"tier": "gold"}}]}
    assert ("who", "gold") in ways(shelf.find(**early)[0])


def test_who_is_in_a_segment_can_be_said(shelf):
    (shelf.segments / "gold.json").write_text(
        json.dumps(
            {
                "name": "Best tenth",
                "condition": {
                    "type": "percentile",
                    "function": "sum",
                    "of": {"on": "column", "column": "value_minor"},
                    "event": "Order Completed",
                    "top_percent": 10,
                    "window": {"type": "last", "duration": {"days": 365}},
                },
            }
        )
    )
    _, told = shelf.try_one({"dai": {"timeline": [ADDED], "expect": []}})
    assert "compares people with the whole shop" in told["cases"][0]["problem"]
    assert ("who", "gold") in ways(shelf.find(segments=["gold"])[0])


def test_a_journey_that_cannot_run_is_told_with_the_places(shelf):
    shelf.journey["steps"][2]["ways"][0]["when"] = "silver"
    shelf.journey["steps"][1]["template"]["variants"]["en"]["html"] = "no way out"
    shelf.write()
    done = run(str(shelf.journeys))
    assert done.exit_code == 1
    assert "steps.who.ways.gold: there is no segment 'silver' (not_found)" in done.stdout
    assert "steps.mail.template: the en template has no link to unsubscribe" in done.stdout
    assert "0 passed, 0 failed, 1 journeys that cannot run" in done.stdout


def test_lots_are_drawn_as_they_are_asked_for(shelf):
    parts = [{"id": "small", "percent": 1}, {"id": "large", "percent": 99}]
    shelf.journey["steps"] = [
        {"type": "split", "id": "one", "parts": [{**part, "next": "two"} for part in parts]},
        {"type": "experiment", "id": "two", "parts": parts},
    ]
    shelf.journey["start"] = "one"
    shelf.journey["rules"]["holdout_percent"] = 50
    rare = shelf.find(lots={"one": "small", "two": "small"})
    assert [ways(one) for one in rare] == [[("one", "small"), ("two", "small")]]
    _, told = shelf.try_one({"dai": {"lots": {"one": "medium"}, "expect": []}})
    assert "people.dai.lots.one" in told["cases"][0]["problem"]


def test_people_who_are_not_let_in_are_counted_by_reason(shelf):
    shelf.journey["segment"] = "gold"
    people = {"dai": {"timeline": [ADDED], "expect": []}, "emi": {"timeline": [ADDED]}}
    assert shelf.try_one(people, refused={"not_in_segment": 2})[0] == 0
    code, told = shelf.try_one(people, refused={})
    assert code == 1
    [difference] = told["cases"][0]["differences"]
    assert difference == {"path": "refused", "expected": "nobody", "found": "2 not_in_segment"}


def test_birthdays_and_segments_let_people_in(shelf):
    shelf.journey["steps"] = [{"type": "end", "id": "bye"}]
    shelf.journey["start"] = "bye"
    shelf.journey["trigger"] = {"type": "date", "trait": "birthday", "at": "09:00:00"}
    born = {"birthday": "1990-03-05", "timezone": "America/New_York"}
    [entry] = shelf.find(traits=born, timeline=[])
    assert entry["entered"] == "2026-03-05T23:00:00+09:00"
    shelf.journey["trigger"] = {"type": "segment", "segment": "gold"}
    turned = "2026-03-04T15:42:10"
    [entry] = shelf.find(timeline=[{"at": turned, "traits": {"tier": "gold"}}])
    assert entry["entered"] == f"{turned}+09:00"


def test_a_withdrawn_consent_stops_what_comes_after_it(shelf):
    gone = {"at": "2026-03-01T12:59", "consent": {"status": "withdrawn"}}
    [entry] = shelf.find(timeline=[ADDED, gone])
    assert [one["became"] for one in entry["messages"]] == ["no_consent"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cases": []}, "`$.cases`"),
        ({"zone": "Moon/Sea"}, "no time zone 'Moon/Sea'"),
        ({"case": []}, "unknown field `case`"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(shelf, change, said):
    shelf.tests |= change
    shelf.write()
    done = run(str(shelf.journeys))
    assert said in str(done.exception)
    assert "tests/cart.json" in str(done.exception)


def test_a_case_that_cannot_fail_is_refused(shelf):
    del shelf.tests["cases"][0]["people"]["aiko"]["expect"]
    shelf.write()
    assert "nothing is expected" in str(run(str(shelf.journeys)).exception)
    (shelf.journeys / "tests/cart.json").unlink()
    assert "there are no tests" in str(run(str(shelf.journeys)).exception)


def test_journeys_without_tests_are_still_looked_at(shelf):
    shelf.write()
    (shelf.journeys / "other.json").write_text(json.dumps(shelf.journey))
    done = run(str(shelf.journeys))
    assert done.exit_code == 0
    assert "other: no tests" in done.stdout
    (shelf.journeys / "other.json").write_text(json.dumps({**shelf.journey, "start": "gone"}))
    assert run(str(shelf.journeys)).exit_code == 1
