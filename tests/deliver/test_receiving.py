import time
from collections import Counter
from datetime import timedelta

import pytest
from delivery_world import NOW, World
from hypothesis import given, settings
from hypothesis import strategies as st
from returned_mail import (
    AWAY_IN_JAPANESE,
    CARRIER,
    EXIM,
    PERSON,
    QMAIL,
    SHIFT_JIS,
    UNLABELLED,
    VACATION,
    addressed,
    complaint,
    fields,
    report,
)

from kikubari.deliver import (
    MailReceiving,
    MessageState,
    Origin,
    Outcomes,
    Purpose,
    ReturnPath,
    SuppressionProjection,
    SuppressionReason,
    Suppressions,
    TrackingTokens,
    public_id,
)
from kikubari.deliver.inbound import read_notice
from kikubari.deliver.inbound.reading import Opened
from kikubari.deliver.providers.smtp import (
    ConnectionLost,
    PermanentRefusal,
    TemporaryRefusal,
)
from kikubari.deliver.suppression import list_blocked
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import EMAIL_BOUNCED, EMAIL_MARKED_AS_SPAM, EMAIL_SENT
from kikubari.testing.deliver import letter

TOKENS = TrackingTokens(b"t" * 32)
PATH = ReturnPath("bounces@mail.shop.example", TOKENS)
GONE = fields("5.1.1", "550 5.1.1 <p1@example.com>: Recipient address rejected: User unknown")


class Returning:
    """One message that was sent, and what takes in what comes back of it."""

    def __init__(self, state, **world: object) -> None:
        self.world = World(state, [1], **world)
        self.dispatch_id = self.world.enqueue()
        self.world.deliver()
        self.receiving = MailReceiving(Outcomes(state), PATH, TOKENS)
        self.message_id = self.dispatch_id << 32 | 1
        self.to = PATH.make(self.message_id, "")

    def receive(self, raw: bytes, **arguments: object):
        return self.receiving.receive(raw, at=NOW + timedelta(minutes=5), **arguments)

    def blocked(self):
        key = self.world.hasher.hash("p1@example.com")
        with self.world.store.read() as connection:
            return list_blocked(connection, [key]).get(key, frozenset())

    def types(self):
        return Counter(item.event.type for item in self.world.events())


def test_a_dead_mailbox_is_suppressed_at_once_and_the_log_counts_it_for_its_broadcast(state):
    returning = Returning(state)
    receipt = returning.receive(report(returning.to, GONE))
    assert (receipt.kind, receipt.bounce_type, receipt.status) == ("bounced", "hard", "5.1.1")
    assert returning.blocked() == set(Purpose)
    (bounced,) = [one for one in returning.world.events() if one.event.type == EMAIL_BOUNCED]
    said = bounced.event.properties
    assert bounced.number == 1
    assert said["broadcast_id"] == "brd_1"
    assert said["message_id"] == public_id(returning.message_id)
    assert "p1@" not in said["diagnostic"]
    assert "User unknown" in said["diagnostic"]


def test_told_twice_it_counts_once(state):
    returning = Returning(state)
    for _ in range(2):
        assert returning.receive(report(returning.to, GONE)).kind == "bounced"
    assert returning.types()[EMAIL_BOUNCED] == 1


@pytest.mark.parametrize(
    ("mail", "bounce_type"),
    [
        (lambda to: report(to, fields("5.1.10", "550 5.1.10 RecipientNotFound")), "hard"),
        (lambda to: report(to, fields("5.0.0", "550 No such user here")), "hard"),
        (lambda to: report(to, fields("5.0.0", "550 5.1.1 unknown")), "hard"),
        (lambda to: report(to, fields("5.4.4", "[internal] Domain not found")), "hard"),
        (lambda to: report(to, GONE, encoding="base64"), "hard"),
        (lambda to: report(to, GONE, head="Auto-Submitted: auto-generated\n"), "hard"),
        (lambda to: report(to, fields("4.4.1", "connection timed out")), "soft"),
        (lambda to: report(to, fields("5.3.4", "552 message too large")), "soft"),
        (lambda to: report(to, fields("5.2.2", "552 5.2.2 over quota")), "full"),
        (lambda to: report(to, fields("5.7.1", "550 5.7.1 User unknown or spam")), "policy"),
        (lambda to: report(to, fields("5.7.515", "Access denied")), "policy"),
        (lambda to: report(to, fields("5.0.0", "554 blocked using spamhaus")), "policy"),
        (lambda to: addressed(QMAIL, to), "hard"),
        (lambda to: addressed(EXIM, to), "full"),
        (lambda to: addressed(CARRIER, to), "hard"),
        (lambda to: addressed(SHIFT_JIS, to), "policy"),
        (lambda to: addressed(UNLABELLED, to), "full"),
    ],
)
def test_every_form_of_bounce_is_read_and_only_death_suppresses(state, mail, bounce_type):
    returning = Returning(state)
    receipt = returning.receive(mail(returning.to))
    assert (receipt.kind, receipt.bounce_type) == ("bounced", bounce_type)
    assert returning.blocked() == (set(Purpose) if bounce_type == "hard" else frozenset())


@pytest.mark.parametrize(
    ("mail", "kind"),
    [
        (lambda to: report(to, fields("4.4.1", action="delayed")), "delayed"),
        (lambda to: addressed(VACATION, to), "auto_reply"),
        (lambda to: addressed(AWAY_IN_JAPANESE, to), "auto_reply"),
        (lambda to: addressed(PERSON, to), "not_a_report"),
        (lambda to: complaint(to, "not-spam", returned="Subject: x\n"), "not_a_complaint"),
        (lambda _: b"", "not_a_report"),
    ],
)
def test_what_is_no_bounce_changes_nothing(state, mail, kind):
    returning = Returning(state)
    assert returning.receive(mail(returning.to)).kind == kind
    assert returning.blocked() == frozenset()
    assert returning.types() == {EMAIL_SENT: 1}


def altered(address: str, at: int) -> str:
    letters = list(address)
    letters[at] = "a" if letters[at] != "a" else "b"
    return "".join(letters)


def test_no_letter_of_the_return_path_can_be_changed(state):
    returning = Returning(state)
    start, end = returning.to.index("+") + 1, returning.to.index("@")
    for at in range(start, end):
        assert returning.receive(report(altered(returning.to, at), GONE)).kind == "not_ours"
    assert returning.blocked() == frozenset()
    assert returning.receive(report(returning.to.upper(), GONE)).kind == "bounced"


@pytest.mark.parametrize(
    "forged",
    [
        "bounces@mail.shop.example",
        "bounces+@mail.shop.example",
        f"bounces+{'a' * 44}@mail.shop.example",
        ReturnPath("bounces@mail.shop.example", TrackingTokens(b"x" * 32)).make(1 << 32 | 1, ""),
        f"bounces+{TOKENS.unsubscribe_path(1 << 32 | 1)[3:]}@mail.shop.example",
    ],
)
def test_a_forged_bounce_does_nothing_however_well_it_is_made(state, forged):
    returning = Returning(state)
    quoted = "Return-Path: <news@shop.example>\nMessage-ID: <1@shop.example>\nTo: p1@example.com\n"
    assert returning.receive(report(forged, GONE, returned=quoted)).kind == "not_ours"
    assert returning.blocked() == frozenset()
    assert returning.types() == {EMAIL_SENT: 1}


def test_a_token_of_a_message_that_never_left_does_nothing(state):
    returning = Returning(state)
    for message_id in (returning.message_id + 1, 7 << 32 | 1):
        assert returning.receive(report(PATH.make(message_id, ""), GONE)).kind == "not_ours"


def test_the_envelope_or_the_returned_message_tells_too(state):
    elsewhere = "postmaster@shop.example"
    for quoted in (None, "Return-Path: <TO>\n", "List-Unsubscribe: <https://x/UNSUB>\n"):
        returning = Returning(state)
        returned = (quoted or "Subject: x\n").replace("TO", returning.to)
        returned = returned.replace("/UNSUB", TOKENS.unsubscribe_path(returning.message_id))
        raw = report(elsewhere, GONE, returned=returned)
        recipient = returning.to if quoted is None else ""
        assert returning.receive(raw, recipient=recipient).kind == "bounced"


def test_a_complaint_suppresses_at_once_though_the_recipient_is_taken_out(state):
    returning = Returning(state)
    returned = (
        f"From: news@shop.example\nTo: redacted\n"
        f"List-Unsubscribe: <https://shop.example{TOKENS.unsubscribe_path(returning.message_id)}>\n"
        "\nHello\n"
    )
    raw = complaint("abuse@shop.example", "abuse", returned=returned)
    assert returning.receive(raw).kind == "complained"
    assert returning.blocked() == {Purpose.MARKETING}
    assert returning.types() == {EMAIL_SENT: 1, EMAIL_MARKED_AS_SPAM: 1}


def test_a_message_in_doubt_that_comes_back_had_left(state):
    lost = ConnectionLost("final_dot", is_after_dot=True, reason="timeout", text="")
    returning = Returning(state, answers={"p1@example.com": [lost]})
    assert returning.world.states() == {MessageState.UNKNOWN: 1}
    returning.receive(report(returning.to, GONE))
    assert returning.world.states() == {MessageState.SENT: 1}
    assert returning.types() == {EMAIL_SENT: 1, EMAIL_BOUNCED: 1}


@pytest.mark.parametrize(
    ("days", "is_suppressed"),
    [
        ([0, 3, 6, 9, 14], True),
        ([14, 0, 9, 3, 6], True),
        ([0, 3, 6, 9, 13], False),
        ([0, 5, 10, 15], False),
        ([0, 30, 60, 91, 120], False),
        ([0, 1, 2, 91, 95, 100, 105, 110], True),
    ],
)
def test_soft_bounces_suppress_after_five_over_two_weeks(state, days, is_suppressed):
    world = World(state, [1])
    projection = SuppressionProjection(world.hasher)
    for day in days:
        origin_id = f"brd_{day}"
        give_up(world, origin_id, day)
    while events := world.events()[len(getattr(world, "seen", [])) :]:
        world.seen = [*getattr(world, "seen", []), *events]
        state.write(lambda connection, new=events: projection.apply(connection, new))
    key = world.hasher.hash("p1@example.com")
    with state.read() as connection:
        assert bool(list_blocked(connection, [key])) is is_suppressed


def give_up(world: World, origin_id: str, day: int) -> None:
    """Send a message of a broadcast on a day; it comes back as a delivery that failed for now."""
    world.clock.set(NOW + timedelta(days=day))
    dispatch_id = world.enqueue(origin=Origin("broadcast", origin_id))
    world.deliver()
    raw = report(PATH.make(dispatch_id << 32 | 1, ""), fields("4.4.7", "message expired"))
    receiving = MailReceiving(Outcomes(world.store), PATH, TOKENS)
    assert receiving.receive(raw, at=world.clock.now()).bounce_type == "soft"


def test_what_an_operator_took_off_the_list_starts_counting_anew(state):
    world = World(state, [1])
    projection = SuppressionProjection(world.hasher)
    suppressions = Suppressions(state, world.hasher, TimeOrderedIds())
    seen = 0
    for day in (0, 4, 8, 12, 16, 18):
        give_up(world, f"brd_{day}", day)
        events = world.events()
        new, seen = events[seen:], len(events)
        state.write(lambda connection, new=new: projection.apply(connection, new))
        found = [one.reason for one in suppressions.find("p1@example.com")]
        assert found == ([SuppressionReason.BOUNCED] if day == 16 else [])
        if day == 16:
            later = world.clock.now() + timedelta(minutes=1)
            suppressions.remove("P1+x@example.com", at=later, by="operator")


@pytest.mark.parametrize(
    ("refusal", "bounce_type"),
    [
        (PermanentRefusal("rcpt", 550, "5.1.1 no such user"), "hard"),
        (PermanentRefusal("rcpt", 550, "unknown user"), "hard"),
        (PermanentRefusal("rcpt", 552, "5.2.2 full"), "full"),
        (PermanentRefusal("final_dot", 554, "5.7.1 spam"), "policy"),
        (PermanentRefusal("mail", 550, "5.1.1 sender unknown"), None),
    ],
)
def test_the_dialogue_itself_is_judged_by_the_same_rules(state, refusal, bounce_type):
    returning = Returning(state, answers={"p1@example.com": [refusal]})
    bounced = [one.event for one in returning.world.events() if one.event.type == EMAIL_BOUNCED]
    assert [one.properties["bounce_type"] for one in bounced] == ([bounce_type] * bool(bounce_type))


def test_refused_for_now_until_the_end_is_a_soft_bounce(state):
    world = World(state, [1], answers={"p1@example.com": [TemporaryRefusal("rcpt", 451, "x")] * 99})
    world.enqueue(of=letter())
    while MessageState.FAILED not in world.states():
        world.deliver()
        world.clock.advance(timedelta(hours=5))
    (bounced,) = [one.event for one in world.events() if one.event.type == EMAIL_BOUNCED]
    assert bounced.properties["bounce_type"] == "soft"


@pytest.mark.parametrize("address", ["no address", "a+b@shop.example", f"{'x' * 20}@shop.example"])
def test_an_address_that_cannot_receive_bounces_is_refused_at_the_start(address):
    with pytest.raises(InvalidInputError):
        ReturnPath(address, TOKENS)


def test_a_return_path_fits_the_longest_local_part():
    local = PATH.make(2**62, "").partition("@")[0]
    assert len(local) <= 64
    assert ReturnPath("", TOKENS).make(1, "news@shop.example") == "news@shop.example"


@settings(deadline=None)
@given(st.binary(max_size=3_000))
def test_whatever_is_sent_is_read_without_a_fault(raw):
    read_notice(Opened(raw))


REAL = [
    report("x@y", GONE),
    addressed(EXIM, "x@y"),
    CARRIER,
    complaint("a@b", "abuse", returned=""),
]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(REAL), st.lists(st.tuples(st.integers(0, 3_000), st.binary(max_size=6))))
def test_real_reports_broken_anywhere_are_read_without_a_fault(raw, cuts):
    for at, piece in cuts:
        raw = raw[:at] + piece + raw[at + len(piece) // 2 :]
    read_notice(Opened(raw))


def nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(depth)
    )


@pytest.mark.parametrize(
    "bomb",
    [
        nested(20_000),
        b"Content-Type: message/rfc822\n\n" * 30_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        b"Subject: " + b"=?utf-8?b?" * 50_000 + b"\n\n",
        b"A: b\n" * 200_000,
    ],
)
def test_mail_made_to_hurt_takes_little_time(bomb):
    started = time.process_time()
    read_notice(Opened(bomb))
    assert time.process_time() - started < 3
