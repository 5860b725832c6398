"""What a refusal says about an address: nothing but a dead mailbox closes it.

Statuses are those of RFC 3463. Servers use the unspecific ones (5.0.0, 5.5.0) for everything, so
for these the words decide, in English and in Japanese.
"""

import re
from enum import StrEnum


class BounceType(StrEnum):
    """What a bounce means for the next message to the same address."""

    HARD = "hard"  # the mailbox or its domain does not exist: suppressed at once
    SOFT = "soft"  # failed for some other reason: suppressed when it goes on for long
    FULL = "full"  # the mailbox is full: its owner still has it
    POLICY = "policy"  # refused because of the sender or the content, not of the address


# No such mailbox, no such domain, bad address, moved away, a domain that takes no mail; a mailbox
# that was closed.
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_FULL = frozenset({"4.2.2", "5.2.2"})
_POLICY_SUBJECT = "7"
# What servers fall back to when they have no better word, or use against their meaning.
_VAGUE = re.compile(r"(?:[45]\.0\.0|5\.1\.0|5\.2\.0|5\.3\.0|5\.4\.\d+|5\.5\.\d+)?")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])(?P<class>[45])[0-5]\d(?=[ -])")

_POLICY_WORDS = re.compile(
    r"spam|black ?list|block ?list|blocked|spamhaus|dmarc|\bspf\b|dkim|reputation"
    r"|policy|unsolicited|not authori[sz]ed|迷惑メール|受信拒否|拒否設定|ブロック",
    re.IGNORECASE,
)
_FULL_WORDS = re.compile(
    r"mailbox (?:is )?full|over ?quota|quota exceeded|exceeded (?:its|the|storage)|"
    r"insufficient (?:disk|storage)|容量|がいっぱい|一杯",
    re.IGNORECASE,
)
_DEAD_WORDS = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|address|mailbox)|no such (?:user|address"
    r"|mailbox|recipient|person|account|domain)|(?:user|mailbox|account|address|recipient)"
    r"[^.\n]{0,60}(?:does not|doesn't) exist|no mailbox (?:here )?by that name"
    r"|(?:user|address|recipient) not found|invalid (?:recipient|mailbox|address)"
    r"|not a valid (?:user|recipient|mailbox)|(?:host|domain)(?: name)? not found|host unknown"
    r"|unrouteable (?:address|mail domain)|account (?:has been |is )?(?:disabled|deleted|closed)"
    r"|存在しません|見つかりません|見つかりませんでした|宛先不明|あて先不明",
    re.IGNORECASE,
)


def classify_bounce(status: str, text: str) -> BounceType:
    """Return what a refusal means.

    Args:
        status: of RFC 3463, such as ``5.1.1``; empty when there was none.
        text: what the server said, for statuses that say little.
    """
    if status in _DEAD:
        return BounceType.HARD
    if status in _FULL:
        return BounceType.FULL
    if status[2:].split(".", maxsplit=1)[0] == _POLICY_SUBJECT:
        return BounceType.POLICY
    if not _VAGUE.fullmatch(status):
        return BounceType.SOFT
    if _POLICY_WORDS.search(text):
        return BounceType.POLICY
    if _FULL_WORDS.search(text):
        return BounceType.FULL
    is_final = not status.startswith("4")
    return BounceType.HARD if is_final and _DEAD_WORDS.search(text) else BounceType.SOFT


def find_status(text: str) -> str:
    """Return the first status in a text, or the class of its SMTP reply such as ``5.0.0``.

    Empty when it has neither; a text may still tell by its words (`says_failure`).
    """
    if match := _STATUS.search(text):
        return match[1]
    match = _REPLY.search(text)
    return f"{match['class']}.0.0" if match else ""


def says_failure(text: str) -> bool:
    """Say whether words alone tell of a failed delivery."""
    return any(words.search(text) for words in (_DEAD_WORDS, _FULL_WORDS, _POLICY_WORDS))
