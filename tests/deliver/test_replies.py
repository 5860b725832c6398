"""Replies to messages: whose they are, and what is none."""

from datetime import UTC, datetime
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.deliver.inbound import is_from_person, read_notice, read_reply
from kikubari.deliver.inbound.reading import Opened
from kikubari.deliver.receiving import MailReceiving
from kikubari.deliver.return_path import ReturnPath
from kikubari.deliver.tracking import TrackingTokens

TOKENS = TrackingTokens(b"k" * 32)
OURS = f"<{TOKENS.reply_token(7)}@shop.example>"


def reply(*more: str, subject="Re: Spring tea", text="Is it still there?", charset="utf-8"):
    head = [
        "From: Aiko <aiko@customers.example>",
        "To: hello@shop.example",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        "Message-ID: <one@customers.example>",
        f"In-Reply-To: {OURS}",
        f"Content-Type: text/plain; charset={charset}",
        "Content-Transfer-Encoding: 8bit",
        *more,
    ]
    return Opened("\r\n".join([*head, "", text]).encode(charset))


def test_the_token_of_a_message_id_is_good_for_nothing_else():
    token = TOKENS.reply_token(7)
    assert TOKENS.find_reply(token.upper()) == TOKENS.find_reply(token)
    assert TOKENS.find_reply(token).message_id == 7
    assert TOKENS.find_bounce(token) is None
    assert TOKENS.find_reply(TOKENS.bounce_token(7)) is None
    assert TrackingTokens(b"other" * 8).find_reply(token) is None


@given(st.integers(0, 43), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_message_id_with_another_letter_is_not_ours(place, letter):
    token = TOKENS.reply_token(7)
    changed = token[:place] + letter + token[place + 1 :]
    assert (TOKENS.find_reply(changed) is None) == (changed != token)


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x@y.example",
        "Auto-Submitted: auto-notified",
        "Return-Path: <>",
        "Precedence: bulk",
    ],
)
def test_what_answers_by_itself_is_no_person(line):
    assert not is_from_person(reply(line))


@pytest.mark.parametrize(
    "line",
    ["Auto-Submitted: no", "Auto-Submitted: No (typed)", "Precedence: list", "List-Id: <a.b.c>"],
)
def test_people_are_people_in_a_group_too(line):
    assert is_from_person(reply(line))


def test_our_own_words_in_the_subject_make_no_robot():
    for subject in (
        "Re: 不在のお知らせ",
        "RE[2]: Out of office chairs",
        "返信\uff1a自動返信について",
    ):
        assert read_notice(reply(subject=subject)).reason == "not_a_report"
    for subject in ("Out of office: Re: Spring tea", "自動返信: Spring tea"):
        assert read_notice(reply(subject=subject)).reason == "auto_reply"


@pytest.mark.parametrize(
    "quote",
    [
        "> Spring tea is here",
        "On Mon, 2 Mar 2026 at 10:00, Shop <hello@shop.example> wrote:",
        "2026年3月2日(月) 10:00 Shop <hello@shop.example>:",
        "-----Original Message-----",
        "差出人: Shop <hello@shop.example>",
    ],
)
def test_own_words_are_kept_apart_from_what_they_quote(quote):
    text = f"まだありますか?\nAiko\n\n{quote}\n> more of it\nhttps://shop.example/u/secret"
    assert read_reply(reply(text=text)).text == "まだありますか?\nAiko"


def test_japanese_mail_is_read():
    assert (
        read_reply(reply(text="在庫はありますか", charset="iso-2022-jp")).text == "在庫はありますか"
    )


@given(st.text(max_size=300))
def test_any_text_is_read_in_bounds(text):
    found = read_reply(reply(text=text.encode("utf-8", "replace").decode()))
    assert len(found.text) <= 4_000
    assert all(one.isprintable() or one == "\n" for one in found.text)


def test_the_same_mail_has_the_same_name():
    assert read_reply(reply()).id == read_reply(reply("Received: again")).id
    other = Opened(b"Message-ID: <two@customers.example>\r\n\r\nx")
    assert read_reply(other).id != read_reply(reply()).id


class Heard:
    """Takes outcomes in."""

    def __init__(self) -> None:
        self.outcomes = []

    def record(self, about, outcome, *, at):
        self.outcomes.append((about.message_id, outcome))
        return True


@pytest.mark.parametrize(("keeps_text", "text"), [(False, ""), (True, "Is it still there?")])
def test_what_was_written_is_kept_only_where_the_shop_says_so(keeps_text, text):
    heard = Heard()
    receiving = MailReceiving(heard, ReturnPath("", TOKENS), TOKENS, keeps_text=keeps_text)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    receipt = receiving.receive(reply().message.as_bytes(), at=at)
    assert receipt.kind == "replied"
    [(message_id, outcome)] = heard.outcomes
    assert (message_id, outcome.text) == (7, text)
    assert receiving.receive(reply("Precedence: bulk").message.as_bytes(), at=at).kind == (
        "auto_reply"
    )
    assert len(heard.outcomes) == 1


def test_in_a_thread_the_last_of_our_messages_is_answered():
    heard = Heard()
    receiving = MailReceiving(heard, ReturnPath("", TOKENS), TOKENS)
    later = f"<{TOKENS.reply_token(8)}@shop.example>"
    theirs = "<CAF-xyz@mail.example>"
    raw = f"In-Reply-To: {theirs}\nReferences: {OURS}\n {later} {theirs}\n\nthanks".encode()
    receiving.receive(raw, at=datetime(2026, 3, 1, tzinfo=UTC))
    assert [message_id for message_id, _ in heard.outcomes] == [8]
