"""What a piece of inbound mail reports: RFC 3464 and 3463, RFC 5965, and the odd forms around."""

import re
from typing import Literal

import msgspec

from kikubari.deliver.bounces import BounceType, classify_bounce, find_status, says_failure
from kikubari.deliver.inbound.reading import Opened, Part, clean_line, decode_line, read_blocks

_MAX_DIAGNOSTIC = 500
_ADDRESS = re.compile(r"[^\s<>(\[:;\"']+@[^\s<>)\]:;,\"']+")
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-?daemon|double-bounce|bounce)[^@]*@|^$")
_ROBOT_SUBJECT = re.compile(
    r"out of (?:the )?office|auto(?:matic)?[- ]?(?:reply|response)|vacation|自動返信|自動応答|不在",
    re.IGNORECASE,
)
_ANSWERED_SUBJECT = re.compile(r"(?:re|aw|返信)\s*(?:\[\d+\])?\s*[:\uff1a]", re.IGNORECASE)
# RFC 5965 7.3 and its registry; not-spam and auth-failure say nothing against us.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other", "virus"})


class BounceNotice(msgspec.Struct, frozen=True, kw_only=True, tag="bounce"):
    """A server gave up on a message.

    Attributes:
        bounce_type: what it means for the address.
        status: RFC 3463, empty when none was told.
        diagnostic: one line of what the server said, without addresses.
    """

    bounce_type: BounceType
    status: str = ""
    diagnostic: str = ""


class ComplaintNotice(msgspec.Struct, frozen=True, kw_only=True, tag="complaint"):
    """The recipient called a message spam."""

    feedback_type: str


OtherReason = Literal["auto_reply", "delayed", "delivered", "not_a_complaint", "not_a_report"]


class OtherMail(msgspec.Struct, frozen=True, kw_only=True, tag="other"):
    """Nothing against the message: an automatic reply, a delay, a receipt, or mail of people."""

    reason: OtherReason


Notice = BounceNotice | ComplaintNotice | OtherMail


def read_notice(mail: Opened) -> Notice:
    """Return what a message reports."""
    if (feedback := mail.find("message/feedback-report")) is not None:
        return _read_feedback(feedback)
    for content_type in ("message/delivery-status", "message/global-delivery-status"):
        if (status := mail.find(content_type)) is not None:
            return _read_status(mail, status)
    if _is_automatic_reply(mail):
        return OtherMail(reason="auto_reply")
    return _read_words(mail)


def _read_feedback(part: Part) -> Notice:
    kinds = [decode_line(block.get("Feedback-Type")).lower() for block in read_blocks(part)]
    kind = next((one for one in kinds if one), "")
    if kind in _COMPLAINTS:
        return ComplaintNotice(feedback_type=kind)
    return OtherMail(reason="not_a_complaint")


def _read_status(mail: Opened, part: Part) -> Notice:
    """Read a delivery status notification. It is about one recipient, as each message had one."""
    blocks = read_blocks(part)
    fields = next((one for one in blocks if one.get("Action") or one.get("Status")), None)
    if fields is None:
        return _read_words(mail)
    action = decode_line(fields.get("Action")).lower().split(" ")[0]
    status = find_status(decode_line(fields.get("Status")))
    if action in {"delivered", "relayed", "expanded"} or status.startswith("2"):
        return OtherMail(reason="delivered")
    if action == "delayed":
        return OtherMail(reason="delayed")
    diagnostic = decode_line(fields.get("Diagnostic-Code"))
    said = diagnostic or clean_line(" ".join(mail.iter_texts()))
    # Gateways write a vague status beside a server's own, better one.
    better = find_status(diagnostic)
    if status.endswith(".0.0") and better and better[0] == status[0]:
        status = better
    return _bounce(status, said)


def _read_words(mail: Opened) -> Notice:
    """Read a bounce that is plain text: qmail, old gateways, carriers."""
    text = clean_line(" ".join(mail.iter_texts()))
    status = find_status(text)
    is_daemon = "<>" in mail.header("Return-Path") or _DAEMON.match(mail.sender())
    if not is_daemon or not (status[:1] in {"4", "5"} or says_failure(text)):
        return OtherMail(reason="not_a_report")
    return _bounce(status, text)


def _bounce(status: str, said: str) -> BounceNotice:
    return BounceNotice(
        bounce_type=classify_bounce(status, said), status=status, diagnostic=scrub_line(said)
    )


def scrub_line(text: str) -> str:
    """Return what a server said in one short line that names nobody."""
    return _ADDRESS.sub("(address)", clean_line(text))[:_MAX_DIAGNOSTIC]


def _is_automatic_reply(mail: Opened) -> bool:
    """Say whether a person's mailbox answers by itself (RFC 3834, and what came before it)."""
    said = mail.header("Auto-Submitted").lower()
    if said.startswith(("auto-replied", "auto-generated")):
        # Some servers mark their bounces so too; these come from nobody.
        return not (_DAEMON.match(mail.sender()) and find_status(" ".join(mail.iter_texts())))
    if mail.header("X-Autoreply") or mail.header("X-Autorespond"):
        return True
    if mail.header("Precedence").lower() in {"auto_reply", "auto-reply"}:
        return True
    subject = mail.header("Subject")
    # Behind a Re: stand our own words.
    return not _ANSWERED_SUBJECT.match(subject) and bool(_ROBOT_SUBJECT.search(subject))
