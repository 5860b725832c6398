"""What events are called."""

import re

from kikubari.api.pages.reader import Reader
from kikubari.api.pages.texts import load_texts

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def event_name(event_type: str, reader: Reader) -> str:
    """Return what an event of this type is called; the shop's own names stand as they are."""
    key = f"events.{_NOT_A_WORD.sub('_', event_type.lower())}"
    return reader.say(key) if key in load_texts() else event_type
