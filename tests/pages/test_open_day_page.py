"""What is kept of opens is the shop's choice and the customer's: over the wire, both languages."""

import html
import re
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from installation import Installation

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
SHOP_CHOICE = {"tracking": "full", "without_consent": "last_open_day"}
ANNA, BEN, CLARA = ("anna", "ben", "clara")  # said nothing; agreed to tracking; refused it


class OpenDayShop:
    """Three customers with different words on tracking, said `ago`."""

    def __init__(self, running: Installation, ago: timedelta = timedelta(0)) -> None:
        self.running = running
        key = running.post("/api/sources", {"name": "till"})["write_key"]
        batch = [
            {"type": "identify", "userId": one, "traits": {"email": address_of(one)}}
            for one in (ANNA, BEN, CLARA)
        ]
        said = [(one, "marketing", "granted") for one in (ANNA, BEN, CLARA)]
        said += [(BEN, "tracking", "granted"), (CLARA, "tracking", "denied")]
        batch += [
            {
                "type": "track",
                "userId": one,
                "event": "Kikubari Consent Changed",
                "timestamp": (datetime.now(UTC) - ago).isoformat(),
                "properties": {"purpose": about, "channel": "email", "status": word},
            }
            for one, about, word in said
        ]
        with running.stranger() as till:
            till.post("/v1/batch", json={"batch": batch}, auth=(key, "")).raise_for_status()
        running.settle()

    def send(self, name: str) -> dict[str, str]:
        """Send a letter to all; return the HTML that each got."""
        web = '<a href="https://shop.example/tea">Tea</a>'
        variant = {
            "subject": name,
            "html": f'<html><body>{web} <a href="{{{{ unsubscribe_url }}}}">Stop</a></body></html>',
        }
        made = self.running.post(
            "/api/broadcasts",
            {
                "name": name,
                "segment": "builtin:everyone",
                "sender": {"from_address": "shop@shop.example"},
                "template": {"default_language": "en", "variants": {"en": variant}},
            },
        )["id"]
        self.running.post(f"/api/broadcasts/{made}/send")
        report = f"/api/broadcasts/{made}/report"
        self.running.wait(lambda: self.running.get(report)["outbox"]["states"].get("sent") == 3)
        found = {}
        for mail in self.running.get("/api/inbox", limit=100):
            if mail["subject"] == name:
                text = self.running.get(f"/api/inbox/{mail['id']}")["html"]
                found[mail["rcpt_to"][0].partition("@")[0]] = text
        return found

    def figures(self):
        return self.running.get("/api/open-days")

    def fetch(self, text: str) -> None:
        """Show a mail's pictures, as a browser does."""
        path = re.search(r'src="https?://[^/"]+(/o/[^"]+)"', text)[1]
        with self.running.stranger(**{"user-agent": CHROME}) as reader:
            assert reader.get(path).status_code == 200

    def opens(self, text: str, n_known: int) -> None:
        """Open until it counts: whatever comes within two seconds of sending is a program's."""

        def is_counted() -> bool:
            self.fetch(text)
            return self.figures()["n_known"] == n_known

        self.running.wait(is_counted)

    def page_of(self, text: str) -> str:
        return re.search(r'https?://[^/"]+(/p/[\w.~-]+)#open-day', html.unescape(text))[1]

    def profile(self, who: str) -> str:
        found = self.running.get("/api/profiles/lookup", reference=who)
        return str(found["profile"]["id"])

    def export(self, who: str):
        path = f"/api/profiles/{self.profile(who)}/export"
        return self.running.client.post(path, json={}).raise_for_status().json()


def address_of(who: str) -> str:
    return f"{who}@customers.example"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("open-days") / "home"
    with Installation(home, MAIL_DOMAIN="shop.example").served() as running:
        yield OpenDayShop(running)


def test_the_story_of_one_date(shop):
    running = shop.running
    assert running.get("/api/policies/tracking")["policy"] == {
        "tracking": "full", "without_consent": "none",
    }  # fmt: skip
    plain = shop.send("Before anybody chose")
    assert "/o/" not in plain[ANNA]
    assert "/o/" not in plain[CLARA]

    running.put("/api/policies/tracking", SHOP_CHOICE)
    mails = shop.send("After")
    # Without consent: a pixel and a way out of it, links as they are, no trap.
    assert "/o/" in mails[ANNA]
    assert 'href="https://shop.example/tea"' in mails[ANNA]
    assert not re.search(r"/[ct]/", mails[ANNA])
    assert "/c/" in mails[BEN]
    assert "/o/" not in mails[CLARA]

    shop.opens(mails[ANNA], 1)
    running.settle()
    told = shop.export(ANNA)
    day = date.fromisoformat(told["last_open_day"])
    assert abs(datetime.now(UTC).date() - day) < timedelta(days=3)
    assert [one for one in told["events"] if "Opened" in one["event"]["type"]] == []
    opened = {"type": "event_count", "event": "Email Opened", "count": {"at_least": 1}}
    assert running.post("/api/segments/evaluate", {"condition": opened})["count"] == 0
    refused = running.client.get("/api/open-days/inactive", params={"days": 30})
    assert refused.status_code == 409  # it has not been kept for so long

    the_customer_sees_it_and_takes_it_back(shop, mails[ANNA])
    the_data_goes_with_its_person(shop, mails[ANNA])


def test_what_is_kept_is_said_by_command_as_well(shop):
    running = shop.running
    before = running.get("/api/policies/tracking")["policy"]
    answer = running.json("tracking", "set", "--tracking", "last_open_day")
    assert answer == running.json("tracking", "show") == running.get("/api/policies/tracking")
    assert answer["policy"] == before | {"tracking": "last_open_day"}
    said = running.json("tracking", "set", "--tracking", "none", "--without-consent", "none")
    assert said["policy"] == {"tracking": "none", "without_consent": "none"}
    assert said["version"] == answer["version"] + 1
    assert "--tracking" in running.run("tracking", "set", status=2).stderr
    running.put("/api/policies/tracking", before)


def test_who_opens_nothing_for_long_is_closed_for_marketing_on_demand(tmp_path):
    """Ben agreed to tracking; of the others nobody may know whether they read."""
    running = Installation(tmp_path / "home", MAIL_DOMAIN="shop.example")
    with running.served():
        shop = OpenDayShop(running, timedelta(days=90))
        shop.send("Long ago")
    put_sending_back(running, timedelta(days=60))
    with running.served():
        sunset = {"days": 30, "most": 10}
        path = "/api/open-days/inactive"
        assert running.post(f"{path}/suppress", sunset) == {"n_suppressed": 0}  # one message
        for n in range(3):
            shop.send(f"Lately {n}")
        (one,) = running.get(path, days=30)
        assert (one["address"], one["last_open"]) == (address_of(BEN), None)
        assert running.post(f"{path}/suppress", sunset) == {"n_suppressed": 1}
        assert running.get(path, days=30) == []
        assert running.post(f"{path}/suppress", sunset) == {"n_suppressed": 0}
        (found,) = running.get("/api/suppressions", address=address_of(BEN))
        assert found["reason"] == "inactive"
        (noted, *_) = running.get("/api/audit-log", action="suppress_inactive")["entries"]
        assert noted["actor"] == "tests"


def put_sending_back(running, ago):
    """Make everything that was sent so much older; the server is down."""
    with sqlite3.connect(running.home / "state.db") as connection:
        micros = ago // timedelta(microseconds=1)
        connection.execute("UPDATE messages SET sent_us = sent_us - ?", (micros,))
    connection.close()


def the_customer_sees_it_and_takes_it_back(shop, mail):
    path = shop.page_of(mail)
    box = 'name="open_day" value="yes"'
    with shop.running.stranger() as browser:
        english = browser.get(path, params={"lang": "en"}).text
        japanese = browser.get(path, params={"lang": "ja"}).text
        assert f"{box} checked" in english
        assert "the last day on which I opened an e-mail" in english
        assert "メールを最後に開いた日" in japanese
        signalled = browser.get(path, headers={"sec-gpc": "1"}).text
        assert f"{box} checked" not in signalled
        # A form without the box changes nothing of it.
        browser.post(path, data={"marketing": "yes"}).raise_for_status()
        assert shop.figures()["n_known"] == 1
        form = {"marketing": "yes", "told.open_day": "yes"}
        saved = browser.post(path, data=form).raise_for_status().text
        assert f"{box} checked" not in saved
    assert shop.figures()["n_known"] == 0
    for _ in range(3):
        shop.fetch(mail)  # sent before: it counts no more all the same
    assert shop.figures()["n_known"] == 0
    assert shop.export(ANNA)["last_open_day"] is None
    later = shop.send("After it was taken back")
    assert "/o/" not in later[ANNA]
    with shop.running.stranger() as browser:
        browser.post(path, data={**form, "open_day": "yes"}).raise_for_status()


def the_data_goes_with_its_person(shop, mail):
    shop.opens(mail, 1)
    path = f"/api/profiles/{shop.profile(ANNA)}"
    shop.running.post(f"{path}/limit", {"limit": "restriction", "reason": "asked"})
    assert shop.figures()["n_known"] == 0
    assert shop.export(ANNA)["last_open_day"]  # kept, and theirs to have
    shop.running.post(f"{path}/lift", {"limit": "restriction"})
    assert shop.figures()["n_known"] == 1
    shop.running.json("rights", "erase", ANNA, "--reason", "asked", "--yes")
    assert shop.figures()["n_known"] == 0
