"""The way of a shop's data: files in, people understood, a segment, a broadcast, its figures.

One story per engine below, told in order by the commands and addresses that users have. Each
chapter is a test; the first that fails ends the story, for the later ones build on it.
"""

import re
import signal
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import dkim
import httpx
import pytest
import small_shop as shop

from columnar_server import serve_columnar
from installation import Installation

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
LINK = re.compile(r'(?:href|src)="(http://127[^"]+)"')


class Story:
    """What the chapters hand on."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.folder = folder
        self.files = shop.write_files(folder)
        self.broadcast_id = ""
        self.ids: dict[str, str] = {}
        self.has_failed = False

    def members(self, condition: dict[str, Any], **instants: str) -> set[str]:
        """Evaluate a condition by the API; return user ids."""
        body = {"condition": condition, "members": 50, **instants}
        return self.named(self.installation.post("/api/segments/evaluate", body))

    def named(self, answer: dict[str, Any]) -> set[str]:
        found = {self.ids[member] for member in answer["members"]}
        assert len(found) == answer["count"] == len(answer["members"])
        return found

    def evaluate(self, condition: dict[str, Any], *options: str) -> set[str]:
        """Evaluate a condition by command; return user ids."""
        file = shop.write_json(self.folder / "condition.json", condition)
        return self.named(
            self.installation.json("segments", "evaluate", file, "--members", "50", *options)
        )

    def send(self, definition: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Send a broadcast by command; return its id, and its progress at the end."""
        file = shop.write_json(self.folder / "broadcast.json", definition)
        broadcast_id = self.installation.json("broadcasts", "create", file)["id"]
        return broadcast_id, self.installation.json("broadcasts", "send", broadcast_id, "--wait")

    def mail_to(self, address: str) -> EmailMessage:
        """Return the newest mail to an address, as received."""
        return BytesParser(policy=policy.default).parsebytes(self.source_to(address))

    def source_to(self, address: str) -> bytes:
        newest, *_ = self.installation.get("/api/inbox", recipient=address)
        source: str = self.installation.get(f"/api/inbox/{newest['id']}")["source"]
        return source.encode("latin-1")

    def links_to(self, address: str) -> list[str]:
        """Return all addresses on this server in the newest mail to somebody."""
        html = self.mail_to(address).get_body(("html",)).get_content()
        return LINK.findall(html)

    def report(self) -> dict[str, Any]:
        self.installation.settle()
        found: dict[str, Any] = self.installation.get(f"/api/broadcasts/{self.broadcast_id}/report")
        return found


@pytest.fixture(scope="module")
def columnar_server(tmp_path_factory):
    with serve_columnar(tmp_path_factory.mktemp("columnar")) as url:
        yield url


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        pytest.param("postgresql", marks=pytest.mark.postgres),
        "columnar server",
    ],
)
def story(request, tmp_path_factory):
    settings = {}
    if request.param == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("empty_database")
    if request.param == "columnar server":
        settings["CLICKHOUSE_URL"] = request.getfixturevalue("columnar_server")
    folder = tmp_path_factory.mktemp("spine")
    with Installation(folder / "home", **settings).served() as installation:
        yield Story(installation, folder / "files")


@pytest.fixture(autouse=True)
def _in_order(request, story):
    if story.has_failed:
        pytest.fail("an earlier chapter failed")
    failed_before = request.session.testsfailed
    yield
    story.has_failed = request.session.testsfailed > failed_before


def test_files_of_all_kinds_go_in_and_every_row_is_known(story):
    for kind, path, count in story.files:
        report = story.installation.json("import", kind, str(path))
        assert (report["accepted"], report["problems"]) == (count, 0), report
    story.installation.settle()
    for user in shop.EVERYBODY:
        answer = story.installation.get("/api/profiles/lookup", reference=user)
        story.ids[answer["profile"]["id"]] = user
    assert set(story.ids.values()) == shop.EVERYBODY


def test_profiles_are_found_by_user_id_and_by_address(story):
    for reference in ("J1", "taro@example.jp", "TARO@Example.JP"):
        answer = story.installation.json("profiles", "show", reference)
        traits = {name: one["fact"]["value"] for name, one in answer["profile"]["traits"].items()}
        assert (traits["last_name"], traits["first_name"]) == ("山田", "太郎")
        assert traits["prefecture"] == "東京都"
    # Two orders of 12.00 and 25.00 units; yen have no minor unit.
    assert answer["computed"]["frequency"] == 2
    assert answer["computed"]["favourite_category"] == "light"
    found = story.installation.json("profiles", "search", "山田")
    assert [one["email"] for one in found] == ["taro@example.jp"]


def test_the_ledger_tells_who_agreed_to_what(story):
    said = story.installation.json("consents", "show", "E2")
    assert [one["status"] for one in said["history"]] == ["granted", "withdrawn"]
    assert said["history"][0]["proof"] == "box ticked"
    assert [(one["purpose"], one["status"]) for one in said["standing"]] == [
        ("marketing", "withdrawn")
    ]
    assert story.installation.json("consents", "show", "E5") == {"standing": [], "history": []}


def test_segments_hold_whom_they_should_now_and_then(story):
    assert story.evaluate(shop.BOUGHT_TWICE) == {"J1", "E1"}
    assert story.members(shop.LIGHT_BUYERS) == {"J1", "E1", "E5"}
    assert story.members(shop.AGREES) == {"J1", "J2", "E1", "E3", "E4"}
    assert story.members(shop.SAW_LIGHT_UNBOUGHT) == {"E5"}
    # E1's second order is of 5 March, J1's of 10 June; E2 took the consent back on 1 April.
    assert story.members(shop.BOUGHT_TWICE, as_of="2025-03-05T09:59:59Z") == set()
    assert story.evaluate(shop.BOUGHT_TWICE, "--as-of", "2025-03-05T10:00:00Z") == {"E1"}
    assert "E2" in story.members(shop.AGREES, as_of="2025-03-31T00:00:00Z")
    # Nothing had arrived by then.
    assert story.evaluate(shop.BOUGHT_TWICE, "--known-at", "2025-12-01T00:00:00Z") == set()


def test_a_broadcast_reaches_exactly_those_who_agreed(story):
    story.broadcast_id, progress = story.send(shop.BROADCAST)
    assert progress["state"] == "done"
    assert progress["counts"]["states"] == {"sent": len(shop.MAILED), "skipped": 5}
    assert progress["counts"]["reasons"] == Counter(shop.NOT_MAILED.values())
    received = [one["rcpt_to"] for one in story.installation.json("inbox", "list")]
    assert sorted(received) == sorted([address] for address in shop.MAILED.values())


def test_each_got_their_own_words_signed(story):
    record = story.installation.json("dkim", "show")
    published = {f"{record['name']}.".encode(): record["value"].encode()}
    for user, address in shop.MAILED.items():
        source = story.source_to(address)
        assert dkim.verify(source, dnsfunc=lambda name, timeout=5: published.get(name))
        mail = BytesParser(policy=policy.default).parsebytes(source)
        assert mail["Subject"] == shop.SUBJECTS[user]
        assert mail["From"] == "きくばり商店 <shop@example.com>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    newest, *_ = story.installation.json("inbox", "list")
    shown = subprocess.run(
        story.installation.command("inbox", "show", str(newest["id"]), "--source"),
        env=story.installation.environment,
        capture_output=True,
        check=True,
    )
    assert shown.stdout == story.source_to(newest["rcpt_to"][0])
    text = story.mail_to("taro@example.jp").get_body(("plain",)).get_content()
    assert "山田 太郎様" in text


def test_only_those_who_agreed_to_it_are_tracked(story):
    for user, address in shop.MAILED.items():
        kinds = Counter(httpx.URL(link).path[:3] for link in story.links_to(address))
        # Each says why it came, with a link to what is known of its reader and one to stop.
        if user == "J2":
            assert kinds == {"/u/": 2, "/p/": 1}
            html = story.mail_to(address).get_body(("html",)).get_content()
            assert 'href="https://shop.example/autumn"' in html
        else:
            assert kinds == {"/u/": 2, "/p/": 1, "/c/": 1, "/o/": 1, "/t/": 1}
        html = story.mail_to(address).get_body(("html",)).get_content()
        elsewhere = set(re.findall(r"(?:src|href|url)[=(]\"?https?://([^/\":]+)", html))
        assert elsewhere <= {"127.0.0.1", "shop.example"}  # reading tells nobody else
    outcomes = story.report()["outcomes"]
    assert (outcomes["sent"], outcomes["trackable"], outcomes["delivered"]) == (3, 2, 3)


def test_opens_clicks_and_orders_show_in_the_report_and_machines_apart(story):
    newest = max(one["received_at"] for one in story.installation.get("/api/inbox"))
    # What is opened within two seconds of being taken is taken for a scanner's work.
    story.installation.wait(
        lambda: datetime.now(UTC) - datetime.fromisoformat(newest) > timedelta(seconds=3)
    )
    with story.installation.stranger(**{"user-agent": BROWSER}) as person:
        by_kind = {
            httpx.URL(link).path[:3]: link.replace("&amp;", "&")
            for link in story.links_to(shop.MAILED["E1"])
        }
        assert person.get(by_kind["/o/"]).headers["content-type"] == "image/gif"
        clicked = person.get(by_kind["/c/"])
        assert clicked.status_code == 302
        assert clicked.headers["location"] == "https://shop.example/autumn"
        forged = by_kind["/c/"].replace("shop.example", "evil.example")
        assert person.get(forged).status_code == 404
        assert person.get("/c/AAAA/0?u=https%3A%2F%2Fevil.example").status_code == 404
    with story.installation.stranger(**{"user-agent": "Googlebot/2.1"}) as machine:
        opened = next(
            link for link in story.links_to(shop.MAILED["J1"]) if "/o/" in httpx.URL(link).path
        )
        machine.get(opened).raise_for_status()
    source = story.installation.json("sources", "create", "till")
    with story.installation.stranger() as till:
        body = {
            "userId": "E1",
            "event": "Order Completed",
            "properties": {"order_id": "O99", "total": 4200, "currency": "JPY"},
        }
        till.post("/v1/track", json=body, auth=(source["write_key"], "")).raise_for_status()
    # Opens and clicks are told once it is known what followed them.
    story.installation.wait(lambda: story.report()["outcomes"]["machine_opened"] == 1)
    story.installation.wait(lambda: story.report()["outcomes"]["clicked"] == 1)
    report = story.report()
    outcomes = report["outcomes"]
    assert (outcomes["opened"], outcomes["machine_opened"]) == (1, 1)
    assert (outcomes["clicked"], outcomes["machine_clicked"]) == (1, 0)
    assert [(one["url"], one["clickers"]) for one in report["links"]] == [
        ("https://shop.example/autumn", 1)
    ]
    by_click = next(one for one in report["attribution"] if one["touch"] == "click")
    assert (by_click["orders"], by_click["people"], by_click["revenue_minor"]) == (1, 1, 4200)


def test_one_click_unsubscribes_and_the_next_broadcast_knows(story):
    address = shop.MAILED["J2"]
    url = str(story.mail_to(address)["List-Unsubscribe"]).strip("<>")
    with story.installation.stranger() as mail_program:
        assert mail_program.get(url).status_code == 200  # a firewall looks: nothing happens
        assert story.installation.json("suppressions", "find", address) == []
        done = mail_program.post(url, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert mail_program.post(f"{url}x", data={"List-Unsubscribe": "One-Click"}).is_error
    (entry,) = story.installation.json("suppressions", "find", address)
    assert entry["reason"] == "unsubscribed"
    story.installation.settle()
    report = story.installation.json("broadcasts", "report", story.broadcast_id)
    assert report["outcomes"]["unsubscribed"] == 1
    again = {**shop.BROADCAST, "name": "Once more", "segment": shop.AGREES}
    broadcast_id, progress = story.send(again)
    assert progress["counts"]["states"]["sent"] == 2
    story.installation.settle()
    recipients = story.installation.json("broadcasts", "recipients", broadcast_id)
    outcome = {story.ids[one["person"]["id"]]: one for one in recipients}
    # The withdrawal took them out of the segment, or the gate stopped them.
    assert "J2" not in outcome or outcome["J2"]["reason"] in {"no_consent", "suppressed"}
    assert {user for user, one in outcome.items() if one["outcome"] == "sent"} == {"J1", "E1"}
    assert outcome["E4"]["reason"] == "suppressed"


def test_somebody_in_the_audience_who_unsubscribed_is_skipped_with_the_reason(story):
    _, progress = story.send({**shop.BROADCAST, "name": "To all buyers"})
    assert progress["counts"]["states"] == {"sent": 2, "skipped": 6}
    assert progress["counts"]["reasons"] == {"no_consent": 4, "no_address": 1, "suppressed": 1}


def test_every_recipient_is_listed_with_what_became_of_them(story):
    story.installation.settle()
    rows = story.installation.json("broadcasts", "recipients", story.broadcast_id)
    outcome = {story.ids[one["person"]["id"]]: one for one in rows}
    assert set(outcome) == shop.EVERYBODY
    assert {user: one["reason"] for user, one in outcome.items() if one["reason"]} == (
        shop.NOT_MAILED
    )
    assert outcome["E1"]["opened_at"] is not None
    assert outcome["E1"]["clicked_at"] is not None
    assert outcome["J1"]["opened_at"] is None  # a machine did
    assert outcome["J2"]["unsubscribed_at"] is not None
    message = story.installation.json("messages", "show", outcome["E1"]["message_id"])
    assert message["message"]["state"] == "sent"
    read = {one["path"] for one in message["record"]["facts"]}
    assert "customer.first_name" in read


def test_the_copy_is_what_the_log_is_also_when_made_anew(story):
    story.installation.settle()
    before = story.installation.json("doctor")
    assert before["is_equal"]
    report = story.report()
    rebuilt = story.installation.json("rebuild")
    assert rebuilt["is_equal"]
    assert rebuilt["copy_of_log"]["rows"] == before["copy_of_log"]["rows"]
    assert story.members(shop.BOUGHT_TWICE) == {"J1", "E1"}
    assert story.report() == report


def test_the_same_files_again_change_nothing(story):
    position = story.installation.health()["log_position"]
    for kind, path, _ in story.files:
        story.installation.run("import", kind, str(path), "--quiet")
    story.installation.settle()
    assert story.installation.health()["log_position"] == position
    assert story.installation.json("doctor")["is_equal"]


def test_an_import_that_was_killed_goes_on_and_takes_each_row_once(story):
    n_rows = 60_000
    file = story.folder / "many.csv"
    lines = (f"page seen,K{n},2025-07-01T00:00:00Z,{n}" for n in range(n_rows))
    file.write_text("event,customer_id,timestamp,place\n" + "\n".join(lines))
    before = story.installation.health()["log_position"]
    importing = subprocess.Popen(
        story.installation.command("import", "events", str(file), "--quiet"),
        env=story.installation.environment,
        stdout=subprocess.DEVNULL,
    )
    story.installation.wait(lambda: story.installation.health()["log_position"] > before)
    importing.send_signal(signal.SIGKILL)
    assert importing.wait(10) == -signal.SIGKILL, "it was through before it was killed"
    report = story.installation.json("import", "events", str(file))
    assert report["resumed_from_line"] > 1
    assert (report["rows"], report["problems"]) == (n_rows, 0)
    story.installation.settle()
    assert story.installation.health()["log_position"] == before + n_rows
