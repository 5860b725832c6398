"""What a reason rests on, and what it says."""

from datetime import datetime

import msgspec


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What allows a message, apart from the facts it used.

    Attributes:
        is_marketing: else it concerns what the person ordered or asked for.
        topic: what it is about, as the person reads it; empty: none.
        consented_at: when the person agreed, None when that is not known.
        consent_source: where, as it was recorded, such as ``checkout``.
    """

    is_marketing: bool = True
    topic: str = ""
    consented_at: datetime | None = None
    consent_source: str = ""


class ReasonLinks(msgspec.Struct, frozen=True):
    """Where the reader can correct what is known, and stop messages."""

    correct: str
    stop: str


class ReasonLine(msgspec.Struct, frozen=True):
    """The reason in words, and the captions of its two links, in the reader's language."""

    text: str
    correct: str
    stop: str
