"""Pages that a message asks by: for leave to look at more, for a number, for a fact."""

import re

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.deliver import EMAIL, MessageState
from kikubari.events import PROFILE

ASKING = ("/personalise", "/stay", "/feedback?score=9", "/known?ask=birthday")


def reader(world: PageWorld, user_id: str) -> str:
    """Add somebody who agreed to news and was written to; return their link."""
    world.add_person(user_id, "en", ("As", "Ked"), agrees=True)
    world.settle()
    world.broadcast(f"Asked {user_id}", is_sent=True)
    return world.link(user_id, "/p/")


def consents(world: PageWorld, user_id: str, purpose: str = "enrichment"):
    """Return what somebody ever said on a purpose, on pages that ask."""
    world.settle()
    with world.services.store.read() as connection:
        number = world.services.profiles.get_profile(connection, user_id).number
        said = world.services.consents.history(connection, number)
    return [one for one in said if one.purpose == purpose and one.source == "permission_page"]


def is_granted(world: PageWorld, user_id: str) -> bool:
    with world.services.store.read() as connection:
        number = world.services.profiles.get_profile(connection, user_id).number
        state = world.services.consents.state(connection, [number], "enrichment", EMAIL)
    return state[number].is_granted


def answers(world: PageWorld, user_id: str):
    world.settle()
    with world.services.store.read() as connection:
        numbers = world.services.profiles.get_profile(connection, user_id).numbers
    events = world.services.columnar.query_rows(
        f"SELECT {PROFILE} AS person, toString(properties) FROM events "
        "WHERE type = 'Feedback Given' AND person IN {numbers:Array(UInt32)} ORDER BY at",
        {"numbers": sorted(numbers)},
    )
    return [properties for _, properties in events]


@pytest.mark.parametrize("page", ASKING)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_looking_answers_nothing_and_needs_no_log_in(
    browser: TestClient, world: PageWorld, page: str, language: str
) -> None:
    path = world.link("1001", "/p/")
    joint = "&" if "?" in page else "?"
    for _ in range(2):
        answer = browser.get(f"{path}{page}{joint}lang={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
    assert consents(world, "1001") == []
    assert answers(world, "1001") == []


@pytest.mark.parametrize("page", ["/personalise", "/stay", "/feedback"])
def test_only_the_signed_link_of_the_message_leads_there(
    browser: TestClient, world: PageWorld, page: str
) -> None:
    right = world.link("1001", "/p/")
    altered = right[:-1] + ("A" if right[-1] != "A" else "B")
    for path in (altered, "/p/x", world.link("1001", "/u/").replace("/u/", "/p/")):
        assert browser.get(path + page).status_code == 404
        data = {"answer": "yes", "score": "9"}
        assert browser.post(path + page, data=data).status_code == 404


def test_one_press_agrees_under_the_words_that_were_read(
    browser: TestClient, world: PageWorld
) -> None:
    path = reader(world, "4001") + "/personalise"
    page = browser.get(path).text
    assert page.count("<button") == 2
    words = re.search(r'name="words" value="([^"]+)"', page)[1]
    done = browser.post(path, data={"answer": "yes", "words": words})
    assert "Thank you" in done.text
    (said,) = consents(world, "4001")
    assert (said.status, said.channel, said.wording_version) == ("granted", "", words)
    assert said.source == "permission_page"
    assert "button 'yes' pressed" in said.proof
    assert is_granted(world, "4001")


def test_an_answer_can_be_taken_back_where_it_was_given(
    browser: TestClient, world: PageWorld
) -> None:
    path = reader(world, "4002") + "/personalise"
    assert "That is fine" in browser.post(path, data={"answer": "no"}).text
    assert [one.status for one in consents(world, "4002")] == ["denied"]
    browser.post(path, data={"answer": "yes"})
    world.settle()
    assert "You have agreed" in browser.get(path).text
    browser.post(path, data={"answer": "no"})
    assert [one.status for one in consents(world, "4002")] == ["denied", "granted", "withdrawn"]
    assert not is_granted(world, "4002")


def test_nonsense_agrees_to_nothing(browser: TestClient, world: PageWorld) -> None:
    path = reader(world, "4003") + "/personalise"
    for data in ({}, {"answer": "perhaps"}, {"answer": ""}):
        assert browser.post(path, data=data).status_code == 200
    stale = browser.post(path, data={"answer": "yes", "words": "permission-page-0"})
    assert stale.status_code == 409
    assert "words have changed" in stale.text
    assert consents(world, "4003") == []


def test_who_wants_to_go_on_says_so_anew_and_is_paused_no_more(
    browser: TestClient, world: PageWorld
) -> None:
    path = reader(world, "4006")
    browser.post(path, data={"marketing": "yes", "tracking": "yes", "pause": "90"})
    assert "Paused until" in browser.get(path).text
    page = browser.get(path + "/stay").text
    assert "Shall we keep writing to you?" in page
    assert "keep writing" in browser.post(path + "/stay", data={"answer": "yes"}).text
    assert "Paused until" not in browser.get(path).text
    (said,) = consents(world, "4006", "marketing")
    assert (said.status, said.channel, said.wording_version) == ("granted", EMAIL, "stay-page-1")


def test_who_wants_no_more_is_unsubscribed_at_once(browser: TestClient, world: PageWorld) -> None:
    path = reader(world, "4007")
    assert "No more news" in browser.post(path + "/stay", data={"answer": "no"}).text
    world.broadcast("After the no", is_sent=False)
    world.send_and_wait("After the no", "4007", MessageState.SKIPPED)
    (said,) = consents(world, "4007", "marketing")
    assert said.status == "withdrawn"


def test_a_number_becomes_one_answer(browser: TestClient, world: PageWorld) -> None:
    path = reader(world, "4004") + "/feedback"
    assert 'value="9" required checked' in browser.get(f"{path}?score=9").text
    for _ in range(2):
        done = browser.post(path, data={"score": "9", "about": "support", "order": "A-7"})
        assert "9 out of 10" in done.text
    (answer,) = answers(world, "4004")
    for part in ('"score":9', '"about":"support"', '"order_id":"A-7"', '"message_id":"msg'):
        assert part in str(answer).replace(" ", "").replace("'", '"')


@pytest.mark.parametrize("score", ["", "11", "-1", "9.5", "٣", "x" * 40])
def test_what_is_no_number_of_the_scale_is_no_answer(
    browser: TestClient, world: PageWorld, score: str
) -> None:
    path = world.link("1002", "/p/") + "/feedback"
    assert "checked" not in browser.get(path, params={"score": score}).text
    page = browser.post(path, data={"score": score, "about": "<b>"})
    assert page.status_code == 200
    assert "How likely" in page.text
    assert answers(world, "1002") == []


def test_a_fact_that_nobody_told_can_be_told(browser: TestClient, world: PageWorld) -> None:
    path = reader(world, "4005") + "/known"
    assert 'name="value.birthday"' not in browser.get(path).text
    page = browser.get(f"{path}?ask=birthday&ask=salary").text
    assert 'type="date" id="fact-1" name="value.birthday" value=""' in page
    assert "salary" not in page.split("<main>")[1].split('action="')[0]
    assert 'name="value.salary"' not in page
    form = {"shown.birthday": "yes", "shown.salary": "yes", "value.salary": "1"}
    saved = browser.post(path, data={**form, "value.birthday": "1984-04-09"})
    assert 'value="1984-04-09"' in saved.text
    world.settle()
    with world.services.store.read() as connection:
        traits = world.services.profiles.get_profile(connection, "4005").traits
    assert traits["birthday"].value == "1984-04-09"
    assert traits["birthday"].fact.provenance == "declared"
    assert "salary" not in traits
