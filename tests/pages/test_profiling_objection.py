"""A customer objects to being gone by what they do, and takes back what they once agreed to."""

import re

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import MessageState, Sender
from kikubari.journeys import BroadcastDefinition
from kikubari.profiles import Limit, profile_id
from kikubari.spec.conditions import convert_condition
from kikubari.spec.topics import CONSENT_CHANGED

BOUGHT = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}
IN_BATH = {"type": "trait", "trait": "city", "test": {"type": "is", "value": "Bath"}}
SIZED = {"type": "trait", "trait": "size", "test": {"type": "is_set"}}
CONDUCT = (
    BOUGHT,
    {"type": "not", "of": {**BOUGHT, "count": {"at_least": 100}}},
    {"type": "event_count", "count": {"at_least": 1}},
    {"type": "all", "of": [IN_BATH, BOUGHT]},
    {"type": "any", "of": [IN_BATH, BOUGHT]},
    SIZED,
)
WORDS = ({"type": "everyone"}, IN_BATH, {"type": "not", "of": SIZED}, {
    "type": "consent", "purpose": "marketing", "channel": "email",
})  # fmt: skip


def customer(world: PageWorld, user_id: str, *consents: tuple[str, str]) -> str:
    """Add somebody who agreed to news, and more, and was written to; return their link."""
    world.add_person(user_id, "en", ("Ob", "Jection"), agrees=True)
    for purpose, channel in consents:
        said = {"purpose": purpose, "channel": channel, "status": "granted"}
        world.say(user_id, CONSENT_CHANGED, said)
    world.settle()
    world.broadcast(f"For {user_id}", is_sent=True)
    return world.link(user_id, "/p/")


def number_of(world: PageWorld, user_id: str) -> int:
    with world.services.store.read() as connection:
        return world.services.profiles.get_profile(connection, user_id).number


def is_chosen(world: PageWorld, user_id: str, tree: object) -> bool:
    return (
        number_of(world, user_id)
        in world.services.segment_engine.evaluate(convert_condition(tree)).members
    )


def fields(page: str) -> dict[str, str]:
    """Return what a browser would send of a page that nobody touched."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', page)
    boxes = r'<input type="(?:checkbox|radio)" name="([^"]+)" value="([^"]+)" ?checked'
    ticked = re.findall(boxes, page)
    return dict(hidden) | dict(ticked)


def letter(name: str, segment: object, words: str) -> BroadcastDefinition:
    mjml = (
        f"<mjml><mj-body><mj-section><mj-column><mj-text>{words}</mj-text>"
        '<mj-text><a href="{{ unsubscribe_url }}">Stop</a></mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )
    variants = {"en": EmailVariant(subject=name, preheader="", mjml=mjml)}
    return BroadcastDefinition(
        name=name,
        segment=segment,
        template=EmailTemplateSource(default_language="en", variants=variants),
        sender=Sender(from_address="shop@example.com", from_name="The Shop"),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Do not build on what I do"), ("ja", "わたしの行動をもとにしないでください")],
)
def test_the_box_is_there_in_both_languages_and_is_empty(
    browser: TestClient, world: PageWorld, language: str, words: str
) -> None:
    page = browser.get(world.link("1001", "/p/"), params={"lang": language}).text
    assert words in page
    assert '<input type="checkbox" name="objection" value="yes">' in page


def test_an_objection_holds_at_once_for_who_is_chosen_and_is_lifted_as_easily(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "4001")
    world.say_of("4001", {"size": "M"}, provenance="inferred_self")
    world.settle()
    world.wait(lambda: is_chosen(world, "4001", SIZED))
    assert all(is_chosen(world, "4001", tree) for tree in CONDUCT)
    form = fields(browser.get(path).text)
    page = browser.post(path, data={**form, "objection": "yes"}).text
    assert 'name="objection" value="yes" checked' in page
    chosen = [tree for tree in CONDUCT if is_chosen(world, "4001", tree)]
    assert chosen == []
    # "Who has no size" chose them by nothing that others said, as long as nobody said anything.
    left = [is_chosen(world, "4001", tree) for tree in (*WORDS[:2], WORDS[3])]
    assert all(left)
    number = number_of(world, "4001")
    shopper = world.services.recommending._shoppers.load([number])[number]
    assert not shopper.is_profiled
    (receipt,) = [one for one in world.services.rights.list_limits() if one.profile == number]
    assert (receipt.kind, receipt.lifted_at) == (Limit.PROFILING, None)
    # A form that does not show the box says nothing about it.
    browser.post(path, data={"marketing": "yes"})
    assert Limit.PROFILING in world.services.rights.find_limits(profile_id(number))
    form = fields(browser.get(path).text)
    del form["objection"]
    browser.post(path, data=form)
    assert world.services.rights.find_limits(profile_id(number)) == frozenset()
    assert all(is_chosen(world, "4001", tree) for tree in CONDUCT)


def test_what_waits_is_not_sent_by_what_they_did_and_not_written_by_it(
    browser: TestClient, world: PageWorld
) -> None:
    """Queued before the objection, held back by a pause, due after both."""
    path = customer(world, "4002")
    form = fields(browser.get(path).text)
    browser.post(path, data={**form, "pause": "7"})
    habit = "{% if customer.order_count > 0 %}, who bought before{% endif %}"
    said = "{{ customer.city }}" + habit
    plans = {
        "chosen": letter("By conduct", BOUGHT, "News for you"),
        "free": letter("To everybody", {"type": "everyone"}, f"From {said}"),
    }
    sent = {name: world.services.broadcasts.create(plan).id for name, plan in plans.items()}
    for broadcast_id in sent.values():
        world.services.broadcasts.send(broadcast_id)
    number = number_of(world, "4002")

    def ended(name: str):
        found = world.services.outbox.list_for_person([number])
        return next((one for one in found if one.origin.id == sent[name]), None)

    world.wait(lambda: all(ended(one) and ended(one).reason == "asked_to_wait" for one in sent))
    browser.post(path, data={**form, "objection": "yes", "pause": "none"})
    moving = {MessageState.QUEUED, MessageState.SENDING, MessageState.COMMITTING}
    world.wait(lambda: all(ended(one).state not in moving for one in sent))
    assert ended("chosen").state is MessageState.SKIPPED
    assert ended("chosen").reason == "guard_blocked"
    record = world.services.outbox.find_record(ended("chosen").id)
    assert "R28" in record.guard.rules
    assert ended("free").state is MessageState.SENT
    used = world.services.outbox.find_record(ended("free").id)
    assert used.told_only
    assert {fact["lineage"]["provenance"] for fact in used.facts if fact["use"] != "absent"} <= {
        "declared"
    }


def test_every_consent_they_gave_can_be_taken_back(browser: TestClient, world: PageWorld) -> None:
    given = {
        ("enrichment", ""), ("profiling", "email"), ("sensitive:children", "email"),
        ("marketing", "sms"),
    }  # fmt: skip
    path = customer(world, "4003", *given)
    page = browser.get(path).text
    for words in ("others tell us", "Choosing for you", "your children", "News (text message)"):
        assert words in page, words
    form = fields(page)
    del form["agreed.enrichment."], form["agreed.sensitive:children.email"]
    del form["agreed.marketing.sms"]
    saved = browser.post(path, data=form).text
    assert "others tell us" not in saved
    assert "Choosing for you" in saved
    world.settle()
    number = number_of(world, "4003")

    def standing() -> set[tuple[str, str]]:
        with world.services.store.read() as connection:
            said = world.services.consents.standing(connection, number)
        return {(one.purpose, one.channel) for one in said if one.is_granted}

    assert standing() == {("profiling", "email"), ("marketing", "email"), ("tracking", "email")}
    form = fields(browser.get(path).text)
    browser.post(path, data={**form, "objection": "yes"})
    world.settle()
    # Whoever objects takes back what they once allowed of the same.
    assert standing() == {("marketing", "email"), ("tracking", "email")}
    assert "What you agreed to" not in browser.get(path).text


def test_what_others_say_of_them_chooses_them_no_longer(
    browser: TestClient, world: PageWorld
) -> None:
    path = customer(world, "4004")
    form = fields(browser.get(path).text)
    browser.post(path, data={**form, "objection": "yes"})
    assert is_chosen(world, "4004", IN_BATH)
    world.say_of("4004", {"city": "Bath"}, provenance="third_party")
    world.settle()
    world.wait(lambda: not is_chosen(world, "4004", IN_BATH))


def test_a_refusal_in_the_ledger_alone_chooses_nobody_by_what_they_did(world: PageWorld) -> None:
    customer(world, "4005", ("profiling", ""))
    world.say("4005", "Order Completed", {"order_id": "o-4005", "value": 10})
    world.settle()
    world.wait(lambda: is_chosen(world, "4005", BOUGHT))
    refusal = {"purpose": "profiling", "channel": "email", "status": "withdrawn"}
    world.say("4005", CONSENT_CHANGED, refusal)
    world.settle()
    world.wait(lambda: not any(is_chosen(world, "4005", tree) for tree in CONDUCT))
    assert all(is_chosen(world, "4005", tree) for tree in WORDS if tree != IN_BATH)
    # What they allow again holds again.
    world.say("4005", CONSENT_CHANGED, {**refusal, "status": "granted"})
    world.settle()
    world.wait(lambda: is_chosen(world, "4005", BOUGHT))
