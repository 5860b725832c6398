"""Test sends: a draft as a customer would get it, sent to members; nothing in it acts on anybody.

The id of such a message has a bit that no queued message's has, so its signed links are told from
the links of messages, and two tests of one draft are two messages to a mail program.
"""

import secrets

from msgspec.structs import replace

from kikubari.decide.personalise import CompiledVariant
from kikubari.deliver.contracts import Letter

# Ids of queued messages are a dispatch's number and 32 bits; a signed 64-bit column holds this.
_TRIAL = 1 << 62
_MARKS = {"ja": "[テスト] ", "": "[Test] "}


def new_trial_id() -> int:
    """Return an id for a message of a test send."""
    return _TRIAL | secrets.randbits(62)


def is_trial_id(message_id: int) -> bool:
    """Say whether a message was a test."""
    return bool(message_id & _TRIAL)


def mark_as_trial(letter: Letter) -> Letter:
    """Return a letter whose subject says that it is a test, and whose links nobody counts."""
    variants = {
        language: _marked(variant, language) for language, variant in letter.email.variants.items()
    }
    return replace(letter, email=replace(letter.email, variants=variants), has_tracking=False)


def _marked(variant: CompiledVariant, language: str) -> CompiledVariant:
    mark = _MARKS["ja" if language.split("-", maxsplit=1)[0] == "ja" else ""]
    return replace(variant, subject=mark + variant.subject)
