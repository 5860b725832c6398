"""What a person answered to a message, and what answers by itself and is none."""

import re
from hashlib import blake2b

import msgspec

from kikubari.deliver.inbound.reading import Opened

_MAX_TEXT = 4_000
_BY_PEOPLE = frozenset({"", "no"})
# Not ``list``: a shop may read its mail in a group.
_OF_MANY = frozenset({"bulk", "junk"})
# What begins the quoted message: "On … wrote:", "2026年3月1日(日) 10:00 …:", Outlook's rule.
_QUOTED_FROM = re.compile(
    r"^(?:>|-{2,} ?(?:original message|forwarded message|元のメッセージ)|_{10,}$"
    r"|on .{4,120} wrote:$|\d{4}年.{4,120}[:\uff1a]$|(?:from|差出人)[:\uff1a] )",
    re.IGNORECASE,
)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply.

    Attributes:
        id: the same whenever the same mail comes in again; names nobody.
        text: what was written, without what it quotes.
    """

    id: str
    text: str


def is_from_person(mail: Opened) -> bool:
    """Say whether somebody wrote the mail, as far as its header tells.

    RFC 3834 marks what answers by itself with any ``Auto-Submitted`` but ``no``; reports have an
    empty return path; bulk mail says so.
    """
    submitted = mail.header("Auto-Submitted").lower().partition(";")[0].strip()
    return (
        submitted.partition(" ")[0] in _BY_PEOPLE
        and "<>" not in mail.header("Return-Path")
        and mail.header("Precedence").lower() not in _OF_MANY
    )


def read_reply(mail: Opened) -> Reply:
    """Return what a reply says."""
    named = mail.identifiers("Message-ID").encode("utf-8", "replace") or mail.raw
    digest = blake2b(named, digest_size=16, person=b"reply")
    return Reply(id=digest.hexdigest(), text=_own_words("\n".join(mail.iter_texts())))


def _own_words(text: str) -> str:
    own: list[str] = []
    for line in text.splitlines():
        if _QUOTED_FROM.match(line.strip()):
            break
        own.append("".join(one for one in line if one.isprintable()).rstrip())
    return "\n".join(own).strip()[:_MAX_TEXT]
