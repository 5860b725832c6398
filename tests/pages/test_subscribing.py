"""Subscribing by a form: nothing is agreed before the mailbox says so, and nobody is given away."""

from datetime import timedelta

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.api.pages import subscribing
from kikubari.deliver import subscribing as deliver_subscribing
from kikubari.profiles import WordingText


@pytest.fixture
def form(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser that may call as often as a test needs."""
    monkeypatch.setattr(subscribing, "_PER_MINUTE", 10_000)
    return browser


def consents(world: PageWorld, address: str) -> list:
    with world.services.store.read() as connection:
        number = world.services.profiles.find_by_identifier(connection, "email", address)
        return [] if number is None else world.services.consents.history(connection, number)


def mail_to(world: PageWorld, address: str):
    found = world.services.inbox.list_mail(search=address)
    return world.services.inbox.get(found[0].id) if found else None


def link_of(world: PageWorld, address: str) -> str:
    world.wait(lambda: mail_to(world, address) is not None)
    base = world.services.settings.base_url
    text = mail_to(world, address).html
    return text[text.index(base + "/p/") :].removeprefix(base).split('"')[0]


def test_only_the_confirmation_is_a_consent_with_all_the_evidence(
    form: TestClient, world: PageWorld
) -> None:
    text = WordingText(purpose="marketing", ja="お知らせを送ります。", en="We send you news.")
    wording = world.services.wordings.create(text, at=world.services.clock.now(), by="test")
    page = form.get("/subscribe", params={"source": "footer"})
    assert "We send you news." in page.text
    assert 'value="footer"' in page.text
    headers = {"user-agent": "Mozilla/5.0 Firefox/140.0"}
    sent = form.post(
        "/subscribe",
        data={"email": "new.reader@example.com", "source": "footer", "language": "en"},
        headers=headers,
    )
    assert "look at your mail" in sent.text
    path = link_of(world, "new.reader@example.com")
    assert consents(world, "new.reader@example.com") == []
    assert "Shall we send you our news?" in form.get(path).text
    form.head(path)
    world.settle()
    assert consents(world, "new.reader@example.com") == []
    for part in ("/known", "/messages", "/data"):
        assert form.get(path + part).status_code == 404
    assert form.post(path, data={}).status_code == 404
    assert "You are subscribed" in form.post(path + "/confirm").text
    assert "You are subscribed" in form.post(path + "/confirm").text
    world.settle()
    [entry] = consents(world, "new.reader@example.com")
    assert (entry.purpose, entry.channel, entry.status) == ("marketing", "email", "granted")
    assert entry.wording_version == wording.version
    assert entry.source == "subscription form footer"
    assert "Firefox" in entry.proof
    assert "asked 20" in entry.proof
    world.broadcast("To the new reader", is_sent=True)
    world.wait(lambda: len(world.services.inbox.list_mail(search="new.reader@example.com")) == 2)
    assert 'name="marketing" value="yes" checked' in form.get(path).text


def test_the_answer_is_the_same_for_everybody_and_nobody_is_flooded(
    form: TestClient, world: PageWorld
) -> None:
    answers = [
        form.post("/subscribe", data={"email": address})
        for address in ("user1002@example.com", "never.seen@example.com", "never.seen@example.com")
    ]
    assert len({(one.status_code, one.text) for one in answers}) == 1
    world.wait(lambda: mail_to(world, "never.seen@example.com") is not None)
    world.settle()
    assert len(world.services.inbox.list_mail(search="never.seen@example.com")) == 1
    # A claim is a stranger: it is not, and sees nothing of, the customer of that address.
    with world.services.store.read() as connection:
        known = world.services.profiles.get_profile(connection, "1002")
    assert not any(one.identifier.value.startswith("sub_") for one in known.identifiers)


def test_a_known_customer_who_confirms_is_one_person_and_may_be_written_to_again(
    form: TestClient, world: PageWorld
) -> None:
    world.add_person("4001", "en", ("Come", "Back"), agrees=True)
    world.settle()
    world.broadcast("Before", is_sent=True)
    form.post(world.link("4001", "/u/"), content=b"List-Unsubscribe=One-Click")
    world.settle()
    form.post("/subscribe", data={"email": "User4001@Example.com"})
    world.wait(lambda: "confirm" in world.mail_to("4001").entry.subject)
    form.post(world.link("4001", "/p/") + "/confirm")
    world.settle()
    with world.services.store.read() as connection:
        profile = world.services.profiles.get_profile(connection, "4001")
    assert any(one.identifier.value.startswith("sub_") for one in profile.identifiers)
    assert not world.services.suppressions.find("user4001@example.com")
    assert consents(world, "user4001@example.com")[-1].status == "granted"


@pytest.mark.parametrize("address", ["", "no address", "a@b@c", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_said_to_be_none(form: TestClient, address: str) -> None:
    answer = form.post("/subscribe", data={"email": address})
    assert answer.status_code == 400
    assert "cannot be used" in answer.text


def test_programs_that_fill_every_field_get_nothing_done(
    form: TestClient, world: PageWorld
) -> None:
    trap = {"email": "robot@example.com", subscribing.TRAP: "https://spam.example"}
    assert "look at your mail" in form.post("/subscribe", data=trap).text
    world.settle()
    assert mail_to(world, "robot@example.com") is None


def test_what_was_never_confirmed_is_forgotten_and_its_link_with_it(
    form: TestClient, world: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    form.post("/subscribe", data={"email": "forgetful@example.com"})
    path = link_of(world, "forgetful@example.com")
    monkeypatch.setattr(deliver_subscribing, "LIFETIME", timedelta(0))
    assert form.get(path).status_code == 404
    assert form.post(path + "/confirm").status_code == 404
    number = world.services.subscriptions.list_stale()[0].number
    world.house._forget_unconfirmed()
    with world.services.store.read() as connection:
        assert world.services.profiles.resolve_numbers(connection, [number]) == {}
    assert world.services.subscriptions.list_stale() == []
    assert mail_to(world, "forgetful@example.com") is None


def test_too_many_requests_from_one_place_are_asked_to_wait(browser: TestClient) -> None:
    answers = [browser.post("/subscribe", data={"email": ""}).status_code for _ in range(30)]
    assert answers[-1] == 429
    assert 400 in answers


def write_words(world: PageWorld, words: str) -> str:
    """Write the next version of the words; return its name."""
    text = WordingText(purpose="marketing", ja=words, en=words)
    return world.services.wordings.create(text, at=world.services.clock.now(), by="test").version


def retire(world: PageWorld, version: str) -> None:
    world.services.wordings.retire(version, at=world.services.clock.now(), by="test")


def test_words_retired_on_the_way_are_replaced_by_those_of_now_and_read_first(
    form: TestClient, world: PageWorld
) -> None:
    kept, old = write_words(world, "We write at times."), write_words(world, "We write daily.")
    form.post("/subscribe", data={"email": "patient@example.com"})
    path = link_of(world, "patient@example.com")
    assert f'name="words" value="{old}"' in form.get(path).text
    retire(world, old)
    asked_again = form.post(path + "/confirm", data={"words": old})
    assert asked_again.status_code == 409
    assert "The words have changed" in asked_again.text
    assert "We write at times." in asked_again.text
    assert "We write daily." not in asked_again.text
    world.settle()
    assert consents(world, "patient@example.com") == []
    assert form.post(path + "/confirm").status_code == 409
    assert "You are subscribed" in form.post(path + "/confirm", data={"words": kept}).text
    world.settle()
    [entry] = consents(world, "patient@example.com")
    assert (entry.status, entry.wording_version) == ("granted", kept)


def test_with_all_words_retired_the_pages_own_are_shown(form: TestClient, world: PageWorld) -> None:
    write_words(world, "We write at night.")
    for one in world.services.wordings.list_all():
        if one.text.purpose == "marketing" and not one.is_retired:
            retire(world, one.version)
    page = form.get("/subscribe").text
    assert "We write at" not in page
    assert world.services.wordings.find_current("marketing", "email") is None
