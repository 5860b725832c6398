"""Judges words while they are written, before anybody is chosen and anything is rendered."""

import re

from kikubari.decide.guard.contracts import Context, Message, Verdict
from kikubari.decide.guard.guard import Guard

_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>")
_GAP = " "


def judge_words(
    guard: Guard, text: str, *, channel: str = "email", purpose: str = "marketing"
) -> Verdict:
    """Return what the guard says of written words, at an everyday moment and of nobody.

    Args:
        guard: with the shop's policy.
        text: as its author wrote it; Liquid and markup are left out, their facts are judged when
            messages are rendered.
        channel: decides who else sees the words.
        purpose: marketing, transactional, service …
    """
    words = _MARKUP.sub(_GAP, _LIQUID.sub(_GAP, text))
    return guard.judge(
        Message(
            channel=channel,
            text=words,
            context=Context(
                purpose=purpose,
                channel_consent=True,
                local_time="12:00",
                tz_known=True,
                why_link=True,
            ),
        )
    )
