"""No message that the guard stops goes out; what it said stays with the message."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from delivery_world import NOW, ORIGIN, World

from kikubari.decide.guard import GuardNote, GuardPolicy, Level, Standing
from kikubari.decide.guard import list_selecting as selecting
from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    Fact,
    Lineage,
    Provenance,
    compile_email,
    gather_facts,
)
from kikubari.deliver import (
    Composed,
    ComposeItem,
    ComposeShared,
    Letter,
    MessageState,
    Purpose,
    Reason,
    Sender,
    compose,
)
from kikubari.spec.conditions import convert_condition

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # in Tokyo
WAY_OUT = '<p><a href="{{ unsubscribe_url }}">Stop</a></p>'


def a_letter(body, subject="News", from_name="", **changes):
    variant = EmailVariant(subject=subject, html=f"<html><body>{body}{WAY_OUT}</body></html>")
    source = EmailTemplateSource(variants={"en": variant}, default_language="en")
    sender = Sender(from_address="news@shop.example", from_name=from_name)
    return Letter(email=compile_email(source), sender=sender, **changes)


def fact(value, provenance, **lineage):
    known = {"confidence": 1.0, "observed_at": NOON, "sources_agree": True, **lineage}
    return Fact(value=value, lineage=Lineage(provenance=provenance, **known))


def make(letter, facts=(), policy=None, **changes):
    item = ComposeItem(
        **{
            "message_id": 7,
            "address": "a@example.com",
            "name": "",
            "language": "en",
            "timezone": "Asia/Tokyo",
            "is_tracked": False,
            "facts": gather_facts({"customer": dict(facts)}),
            "now": NOON,
            **changes,
        }
    )
    shared = ComposeShared(
        letter=letter,
        base_url="https://m.example",
        tracking_key=b"k" * 32,
        guard_policy=msgspec.json.encode(policy) if policy else b"",
    )
    return compose(shared, item)


def test_harmless_words_go():
    made = make(a_letter("<p>New linen shirts.</p>"))
    assert made.stopped_by is None
    assert made.guard.level is Level.OK


def test_words_alone_are_enough_to_be_stopped():
    made = make(a_letter("<p>Now that you are pregnant, everything changes.</p>"))
    assert made.stopped_by is Reason.GUARD_BLOCKED
    assert made.data == b""
    assert made.guard.rules == ("R03",)


@pytest.mark.parametrize(("from_name", "is_stopped"), [("Teapot & Sons", False), ("", True)])
def test_the_name_of_the_shop_says_nothing_of_its_reader(from_name, is_stopped):
    words = "Teapot &amp; Sonsにあるお客様の記録の消去のご請求を承りました。"
    made = make(a_letter(f"<p>{words}</p>", from_name=from_name))
    assert (made.stopped_by is Reason.GUARD_BLOCKED) is is_stopped


def test_a_subject_is_seen_before_a_mail_is_opened():
    facts = {"goal": fact("fertility", Provenance.DECLARED, category="reproductive")}
    letter = a_letter("<p>Here it is.</p>", "Your {{ customer.goal }} plan")
    made = make(letter, facts, standing=Standing(explicit_consent=("reproductive",)))
    assert "R12" in made.guard.rules


def test_recorded_lineage_decides_and_nobody_types_it():
    letter = a_letter("<p>Hiking boots for {{ customer.hobby }}.</p>")
    declared = make(letter, {"hobby": fact("you", Provenance.DECLARED)})
    unsure = make(letter, {"hobby": fact("you", Provenance.INFERRED, confidence=0.3)})
    bought = make(letter, {"hobby": fact("you", Provenance.THIRD_PARTY)})
    assert declared.guard.rules == ()
    assert unsure.guard.rules == ("R07",)
    assert unsure.stopped_by is None
    assert bought.guard.rules == ("R09",)
    assert bought.stopped_by is Reason.GUARD_BLOCKED


def test_a_name_is_a_form_of_address_wherever_it_is_from():
    letter = a_letter("<p>Hello {{ customer.first_name }}, new linen shirts.</p>")
    for provenance in (None, Provenance.INFERRED, Provenance.OBSERVED):
        made = make(letter, {"first_name": fact("Aki", provenance, confidence=None)})
        assert made.guard.rules == ()


def test_a_stricter_policy_is_followed():
    letter = a_letter("<p>Only 3 left of the blue teapot!</p>")
    assert make(letter).guard.level is Level.WARN
    strict = make(letter, policy=GuardPolicy(levels={"R20": Level.BLOCK}))
    assert strict.stopped_by is Reason.GUARD_BLOCKED


def test_a_fact_that_only_steers_counts_too():
    letter = a_letter("<p>{% if customer.ethnicity %}Rice{% else %}Bread{% endif %}</p>")
    made = make(letter, {"ethnicity": fact("x", Provenance.INFERRED)})
    assert made.guard.about == (("R03", "ethnicity"),)


def test_what_chose_the_people_counts_too():
    tree = convert_condition({"type": "trait", "trait": "religion", "test": {"type": "is_set"}})
    letter = a_letter("<p>New in store.</p>", selected_by=selecting(tree))
    guessed = make(letter, {"religion": fact("x", Provenance.INFERRED)})
    assert guessed.guard.rules == ("R03",)
    assert make(letter).guard.rules == ()  # somebody without it was not chosen by it


def test_an_objection_to_profiling_is_heard():
    letter = a_letter("<p>More {{ customer.favourite_category }}.</p>")
    facts = {"favourite_category": fact("mugs", Provenance.OBSERVED)}
    assert make(letter, facts).stopped_by is None
    objecting = Standing(privacy_signal="objected_profiling")
    assert make(letter, facts, standing=objecting).guard.rules == ("R28",)


def test_who_objects_to_profiling_gets_what_they_asked_for_all_the_same():
    objecting = Standing(privacy_signal="objected_profiling")
    facts = {"reset_code": fact("4711", Provenance.OBSERVED)}
    words = "<p>Your code is {{ customer.reset_code }}.</p>"
    needed = make(a_letter(words, purpose=Purpose.TRANSACTIONAL), facts, standing=objecting)
    assert needed.stopped_by is None
    assert make(a_letter(words), facts, standing=objecting).guard.rules == ("R28",)


def test_a_transactional_letter_may_say_what_was_ordered_at_night():
    letter = a_letter("<p>Your order was placed at 23:05.</p>", purpose=Purpose.TRANSACTIONAL)
    assert make(letter, now=NOON + timedelta(hours=12)).guard.level is Level.OK


def test_a_night_mail_goes_with_a_warning():
    made = make(a_letter("<p>New shirts.</p>"), now=NOON + timedelta(hours=12))
    assert made.stopped_by is None
    assert made.guard.rules == ("R13",)


@pytest.mark.parametrize("place", ["{{ reason }}", ""])
def test_the_reason_is_where_it_was_asked_for_or_below(place):
    letter = a_letter(f"<p>More {{{{ customer.favourite_category }}}}.</p><div>{place}</div>")
    made = make(
        letter,
        {"favourite_category": fact("mugs", Provenance.OBSERVED)},
        consented_at=NOON,
        consent_source="checkout",
    )
    told = json.loads(made.record)["reason"]
    assert told == (
        "You get this because you agreed to our e-mails on November 20, 2026 (at checkout)."
        " It is based on what you did with us (the category you buy most)."
    )
    plain = made.data.decode().replace("=\r\n", "")
    assert plain.count("what you did with us") == 2  # in both parts, once each
    assert plain.count(">See and correct what we know</a>") == 1  # a link, not its source
    assert "\ue000" not in made.data.decode()


def test_who_is_told_nothing_new_is_not_told_why():
    made = make(a_letter("<p>Hello {{ customer.first_name }}</p>"))
    assert b"You get this" not in made.data


@pytest.fixture
def stopped() -> Composed:
    note = GuardNote(level=Level.BLOCK, rules=("R05", "R21"), about=(("R05", "wedding"),))
    record = msgspec.json.encode({"subject": "s", "language": "en", "guard": note})
    return Composed(stopped_by=Reason.GUARD_BLOCKED, record=record, guard=note)


def test_a_blocked_message_is_not_sent_and_says_why(state, stopped):
    world = World(state, [1, 2], stopped={1: stopped})
    world.enqueue()
    world.deliver()
    assert world.reached == ["p2@example.com"]
    counts = world.outbox.count(ORIGIN)
    assert counts.states == {MessageState.SENT: 1, MessageState.SKIPPED: 1}
    assert counts.reasons == {Reason.GUARD_BLOCKED: 1}
    [message] = [m for m in world.outbox.list_messages(ORIGIN) if m.number == 1]
    record = world.outbox.find_record(message.id)
    assert record is not None
    assert record.guard.about == (("R05", "wedding"),)
    [skipped] = [e.event for e in world.events() if e.event.type == "Kikubari Email Skipped"]
    assert skipped.properties["guard"] == "block"
    assert skipped.properties["guard_rules"] == ["R05", "R21"]


def test_a_held_message_waits_and_is_judged_again(state):
    note = GuardNote(level=Level.HOLD, rules=("R31",))
    world = World(
        state, [1], stopped={1: Composed(stopped_by=Reason.GUARD_HELD, record=b"{}", guard=note)}
    )
    world.enqueue()
    world.deliver()
    [waiting] = world.outbox.list_messages(ORIGIN)
    assert (waiting.state, waiting.reason) == (MessageState.QUEUED, Reason.GUARD_HELD)
    assert waiting.due_at == NOW + timedelta(hours=1)
    world.composer.stopped = {}
    world.clock.advance(timedelta(hours=1))
    world.deliver()
    assert world.reached == ["p1@example.com"]


def test_a_warned_message_goes_and_the_log_knows(state):
    warned = Composed(
        data=b"x",
        record=b'{"subject":"","language":"en"}',
        guard=GuardNote(level=Level.WARN, rules=("R13",)),
    )
    world = World(state, [1], stopped={1: warned})
    world.enqueue()
    world.deliver()
    [sent] = [e.event for e in world.events() if e.event.type == "Kikubari Email Sent"]
    assert sent.properties["guard_rules"] == ["R13"]
