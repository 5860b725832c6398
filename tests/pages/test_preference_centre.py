"""The preference centre as a customer has it: plain requests, and what they come to."""

import re
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.deliver import MessageState, TopicDefinition
from kikubari.kit.clock import ManualClock

PARTS = ("", "/known", "/messages", "/data")


@pytest.fixture(scope="module")
def topics(world: PageWorld) -> tuple[str, ...]:
    for topic, ja, en in (("tea", "お茶", "Tea"), ("sale", "セール", "Sales")):
        definition = TopicDefinition(id=topic, name_ja=ja, name_en=en, description_en="Now & then")
        world.services.topics.create(definition, at=world.services.clock.now())
    return ("tea", "sale")


def customer(world: PageWorld, user_id: str, language: str = "en") -> str:
    """Add somebody who agreed and was written to; return their link."""
    world.add_person(user_id, language, ("Pre", "Ference"), agrees=True)
    world.settle()
    world.broadcast(f"For {user_id}", is_sent=True)
    return world.link(user_id, "/p/")


def newest(world: PageWorld, user_id: str):
    with world.services.store.read() as connection:
        numbers = world.services.profiles.get_profile(connection, user_id).numbers
    return world.services.outbox.list_for_person(numbers)[0]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_part_opens_without_a_log_in_and_acts_on_nothing(
    browser: TestClient, world: PageWorld, part: str, language: str
) -> None:
    path = world.link("1001", "/p/") + part
    with world.services.store.read() as connection:
        before = world.services.profiles.get_profile(connection, "1001").consents
    answer = browser.get(path, params={"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert "set-cookie" not in answer.headers
    assert "user1001@example.com" not in str(answer.url)
    assert "<script" not in answer.text
    world.settle()
    with world.services.store.read() as connection:
        assert world.services.profiles.get_profile(connection, "1001").consents == before


@pytest.mark.parametrize("part", PARTS)
def test_forged_and_other_links_lead_nowhere(
    browser: TestClient, world: PageWorld, part: str
) -> None:
    right = world.link("1001", "/p/")
    unsubscribe = world.link("1001", "/u/").replace("/u/", "/p/")
    altered = right[:-1] + ("A" if right[-1] != "A" else "B")
    for path in (altered, "/p/x", unsubscribe, "/p/" + "A" * 36):
        assert browser.get(path + part).status_code == 404
        assert browser.post(path + part, data={"sure": "yes"}).status_code in {404, 405}
    assert browser.post(altered + "/erase", data={"sure": "yes"}).status_code == 404
    assert browser.post(altered + "/confirm").status_code == 404


def test_topic_rhythm_and_pause_hold_for_the_next_message(
    browser: TestClient, world: PageWorld, topics: tuple[str, ...]
) -> None:
    path = customer(world, "3001")
    page = browser.get(path).text
    assert "Now &amp; then" in page
    form = {"marketing": "yes", "shown.tea": "yes", "shown.sale": "yes", "topic.tea": "yes"}
    browser.post(path, data={**form, "rhythm": "weekly", "pause": "none"})
    page = browser.get(path).text
    assert 'name="topic.sale" value="yes">' in page
    assert 'value="weekly" checked' in page
    world.broadcast("Over the weekly one", is_sent=False)
    world.send_and_wait("Over the weekly one", "3001", MessageState.QUEUED)
    waiting = newest(world, "3001")
    assert waiting.reason == "over_cap"
    # As long as a message may wait, which is less than the week.
    assert waiting.due_at > world.services.clock.now() + timedelta(hours=71)
    browser.post(path, data={**form, "rhythm": "usual", "pause": "30"})
    assert "Paused until" in browser.get(path).text
    world.wait(lambda: newest(world, "3001").reason == "asked_to_wait")
    browser.post(path, data={**form, "rhythm": "usual", "pause": "none"})
    world.wait(lambda: newest(world, "3001").state is MessageState.SENT)


def test_what_is_known_is_shown_corrected_and_left_alone(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "3002")
    known = browser.get(path + "/known").text
    for said in ("First name", "you told us", "Web shop", "from what you did"):
        assert said in known, said
    assert 'name="value.email"' not in known
    form = {f"shown.{name}": "yes" for name in re.findall(r'name="shown\.([^"]+)"', known)}
    form |= {f"use.{name}": "yes" for name in re.findall(r'name="use\.([^"]+)"', known)}
    form |= {"value.first_name": "Corrected", "value.email": "evil@example.org"}
    del form["use.city"]
    saved = browser.post(path + "/known", data=form)
    assert 'value="Corrected"' in saved.text
    world.settle()
    with world.services.store.read() as connection:
        traits = world.services.profiles.get_profile(connection, "3002").traits
    assert traits["first_name"].value == "Corrected"
    assert traits["first_name"].fact.provenance == "declared"
    assert traits["email"].value == "user3002@example.com"
    world.broadcast("After the correction", is_sent=True)
    world.wait(lambda: "Corrected" in world.mail_to("3002").entry.subject)
    assert "Bath" not in world.mail_to("3002").text
    record = world.services.outbox.find_record(newest(world, "3002").id)
    used = [fact for fact in record.facts if "city" in str(fact["path"])]
    assert all(fact["use"] not in {"printed", "consulted"} for fact in used)


def test_why_the_last_messages_came(browser: TestClient, world: PageWorld) -> None:
    path = customer(world, "3003")
    page = browser.get(path + "/messages").text
    assert "Hello Pre" in page
    assert re.search(r"agreed [^<]*\d{4}", page)
    assert "City" in page


def fresh_link(world: PageWorld, user_id: str, subject: str) -> str:
    """Wait for the message that asks for confirmation; return its link."""
    search = f"user{user_id}@example.com"
    world.wait(
        lambda: any(subject in one.subject for one in world.services.inbox.list_mail(search=search))
    )
    return world.link(user_id, "/p/")


def test_the_file_holds_everything_and_leaves_a_receipt(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "3004")
    n_before = len(world.services.rights.list_exports())
    asked = browser.post(path + "/data")
    assert "Look into your mailbox" in asked.text
    assert "user3004@example.com" not in asked.text
    fresh = fresh_link(world, "3004", "your copy of your data")
    assert "This link works once" in browser.get(fresh).text
    assert len(world.services.rights.list_exports()) == n_before
    answer = browser.post(fresh + "/data")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["standing_traits"]["email"] == "user3004@example.com"
    assert len(world.services.rights.list_exports()) == n_before + 1
    # Once; and for one thing.
    assert "This link has ended" in browser.get(fresh).text
    assert "Look into your mailbox" in browser.post(fresh + "/data").text
    assert "Look into your mailbox" in browser.post(fresh + "/erase", data={"sure": "yes"}).text
    assert len(world.services.rights.list_exports()) == n_before + 1
    with world.services.store.read() as connection:
        assert world.services.profiles.find_number(connection, "3004") is not None


def test_erasing_takes_the_mailbox_and_leaves_nothing_but_silence(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "3005", "ja")
    for _ in range(3):
        asked = browser.post(path + "/erase", data={"sure": "yes"}, params={"lang": "ja"})
        assert "メールをご確認ください" in asked.text
    fresh = fresh_link(world, "3005", "お客様のデータの消去について")
    sent = world.services.inbox.list_mail(search="user3005@example.com")
    assert len([one for one in sent if "消去" in one.subject]) == 1
    assert "Erase everything about you" in browser.get(fresh).text
    assert "tick the box" in browser.post(fresh + "/erase").text
    done = browser.post(fresh + "/erase", data={"sure": "yes"})
    assert re.search(r"ers_\w+", done.text)
    for part in PARTS:
        assert browser.get(path + part).status_code == 404
        assert browser.get(fresh + part).status_code == 404
    with world.services.store.read() as connection:
        assert world.services.profiles.find_number(connection, "3005") is None
    assert world.services.suppressions.find("user3005@example.com")
    assert world.services.inbox.list_mail(search="user3005@example.com") == []


def test_a_fresh_link_ends_within_the_hour(
    browser: TestClient, world: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = customer(world, "3009")
    browser.post(path + "/erase")
    fresh = fresh_link(world, "3009", "erasing your data")
    later = world.services.clock.now() + timedelta(hours=1)
    monkeypatch.setattr(world.services.own_requests, "_clock", ManualClock(later))
    assert "This link has ended" in browser.get(fresh).text
    assert "mailbox" in browser.post(fresh + "/erase", data={"sure": "yes"}).text
    with world.services.store.read() as connection:
        assert world.services.profiles.find_number(connection, "3009") is not None


def test_a_browser_that_asks_not_to_be_tracked_is_heard(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "3006")
    gpc = {"sec-gpc": "1"}
    assert "Global Privacy Control" in browser.get(path, headers=gpc).text
    assert "Global Privacy Control" not in browser.get(path).text
    browser.post(path, data={"marketing": "yes"}, headers=gpc)
    world.settle()
    with world.services.store.read() as connection:
        number = world.services.profiles.find_number(connection, "3006")
        said = world.services.consents.history(connection, number)
    tracking = [one for one in said if one.purpose == "tracking"]
    assert tracking[-1].status == "withdrawn"
    assert "Sec-GPC" in tracking[-1].proof
    assert browser.get("/.well-known/gpc.json").json()["gpc"] is True
