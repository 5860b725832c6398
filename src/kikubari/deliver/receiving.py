"""Mail that comes back to us, from whatever handed it over: read, matched to its message, recorded.

A message is only ever matched by a signed token: the return path the report was sent to or
quotes, the link to unsubscribe in the message it returns, or the Message-ID that a reply names.
What carries none changes nothing, however well it is made.
"""

import re
from datetime import datetime
from typing import Literal

import msgspec

from kikubari.deliver.bounces import BounceType
from kikubari.deliver.inbound import (
    BounceNotice,
    ComplaintNotice,
    OtherMail,
    is_from_person,
    read_notice,
    read_reply,
)
from kikubari.deliver.inbound.reading import Opened
from kikubari.deliver.outcomes import Outcome, OutcomeKind, Outcomes
from kikubari.deliver.return_path import ReturnPath
from kikubari.deliver.tracking import TrackedMessage, TrackingTokens

_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
# In a returned message, and in the fields of a report.
_QUOTED = ("Return-Path", "Original-Mail-From", "X-Postfix-Sender", "Errors-To", "Sender")
_UNSUBSCRIBE = re.compile(r"/u/([A-Za-z0-9_-]{36})(?![A-Za-z0-9_-])")
_MESSAGE_ID = re.compile(r"<([A-Za-z2-7]{44})@")
_MAX_QUOTES = 20
_BY_MAIL = "mail"

ReceiptKind = Literal[
    "bounced",
    "complained",
    "delivered",
    "replied",
    "auto_reply",
    "delayed",
    "not_a_complaint",
    "not_a_report",
    "not_ours",
]


class MailReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a piece of inbound mail.

    Attributes:
        kind: what it was. ``not_ours``: a report without a valid token of a message that left.
        bounce_type: hard, soft, full or policy; empty unless bounced.
        status: RFC 3463 of a bounce, if it told one.
    """

    kind: ReceiptKind
    bounce_type: BounceType | Literal[""] = ""
    status: str = ""


class MailReceiving:
    """Takes in what servers send back, and what people reply.

    Args:
        outcomes: writes down.
        return_path: knows its own.
        tokens: check what stands in a message.
        keeps_text: what people write in a reply is kept; else only that they replied.
    """

    def __init__(
        self,
        outcomes: Outcomes,
        return_path: ReturnPath,
        tokens: TrackingTokens,
        *,
        keeps_text: bool = False,
    ) -> None:
        self._outcomes = outcomes
        self._keeps_text = keeps_text
        self._return_path = return_path
        self._tokens = tokens

    def receive(self, raw: bytes, *, recipient: str = "", at: datetime) -> MailReceipt:
        """Read one message and record what it reports; again changes nothing.

        Args:
            raw: as received, of any size and content.
            recipient: the envelope's, where whoever handed it over knows it.
            at: now.
        """
        mail = Opened(raw)
        notice = read_notice(mail)
        if isinstance(notice, OtherMail) and notice.reason != "delivered":
            return self._receive_reply(mail, notice, at)
        about = self._find_message(mail, recipient)
        outcome = _outcome_of(notice)
        if about is None or not self._outcomes.record(about, outcome, at=at):
            return MailReceipt(kind="not_ours")
        if isinstance(notice, BounceNotice):
            return MailReceipt(kind="bounced", bounce_type=notice.bounce_type, status=notice.status)
        return MailReceipt(kind=outcome.kind.value)

    def _receive_reply(self, mail: Opened, notice: OtherMail, at: datetime) -> MailReceipt:
        """Record a reply of a person's, if it is one to a message of ours."""
        if notice.reason != "not_a_report":
            return MailReceipt(kind=notice.reason)
        about = self._find_answered(mail)
        if about is None:
            return MailReceipt(kind="not_a_report")
        if not is_from_person(mail):
            return MailReceipt(kind="auto_reply")
        reply = read_reply(mail)
        outcome = Outcome(
            kind=OutcomeKind.REPLIED,
            told_by=_BY_MAIL,
            reply_id=reply.id,
            text=reply.text if self._keeps_text else "",
        )
        is_ours = self._outcomes.record(about, outcome, at=at)
        return MailReceipt(kind="replied" if is_ours else "not_ours")

    def _find_answered(self, mail: Opened) -> TrackedMessage | None:
        """Return the message that mail answers: the one it names itself, else the thread's last."""
        for name in ("In-Reply-To", "References"):
            for token in reversed(_MESSAGE_ID.findall(mail.identifiers(name))):
                if found := self._tokens.find_reply(token):
                    return found
        return None

    def _find_message(self, mail: Opened, recipient: str) -> TrackedMessage | None:
        if found := self._return_path.find_in(recipient):
            return found
        for value in mail.addresses(*_ENVELOPE):
            if found := self._return_path.find_in(value):
                return found
        return self._find_quoted(mail)

    def _find_quoted(self, mail: Opened) -> TrackedMessage | None:
        """Return the message that a report returns or names.

        Providers take recipients out of complaints, and leave our own headers in.
        """
        for quote in mail.iter_quotes(_MAX_QUOTES):
            for name in _QUOTED:
                if found := self._return_path.find_in(str(quote.get(name) or "")):
                    return found
            for token in _UNSUBSCRIBE.findall(str(quote.get("List-Unsubscribe") or "")):
                if found := self._tokens.find_unsubscribe(token):
                    return found
        return None


def _outcome_of(notice: BounceNotice | ComplaintNotice | OtherMail) -> Outcome:
    match notice:
        case BounceNotice(bounce_type=bounce_type, status=status, diagnostic=diagnostic):
            return Outcome(
                kind=OutcomeKind.BOUNCED,
                told_by=_BY_MAIL,
                bounce_type=bounce_type,
                status=status,
                diagnostic=diagnostic,
            )
        case ComplaintNotice(feedback_type=feedback_type):
            return Outcome(
                kind=OutcomeKind.COMPLAINED, told_by=_BY_MAIL, feedback_type=feedback_type
            )
        case OtherMail():
            return Outcome(kind=OutcomeKind.DELIVERED, told_by=_BY_MAIL)
