"""Several letters of one broadcast: what is compared by which goal, and who waits for the winner.

Letters are named by their place: `a` is the broadcast's own template, `b` the first of the others.
"""

from string import ascii_lowercase
from typing import Annotated, Literal

import msgspec

from kikubari.decide.personalise import EmailTemplateSource
from kikubari.spec.topics import EMAIL_LINK_CLICKED, ORDER_COMPLETED

MOST_LETTERS = 8
# Names of letters, by their place.
LETTERS = ascii_lowercase[:MOST_LETTERS]

Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]


class _Written(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Part of a definition."""


class OtherLetter(_Written, frozen=True, kw_only=True):
    """A letter beside the broadcast's own.

    Attributes:
        template: subject and body in each language.
        name: for people, such as "short subject".
    """

    template: EmailTemplateSource
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""


class LetterGoal(_Written, frozen=True, kw_only=True):
    """What a letter is to bring about; opens are not offered, for machines open most mail.

    Attributes:
        kind: `click` on a link in it, by a person; `order`; or `event`, named by `event`.
        event: name of an event, such as ``Product Added``.
        within_hours: after the letter was sent.
    """

    kind: Literal["click", "order", "event"] = "click"
    event: Annotated[str, msgspec.Meta(max_length=200)] = ""
    within_hours: Hours = 72

    def __post_init__(self) -> None:
        """Refuse an event without a name, and a name without its kind.

        Raises:
            ValueError: one of them.
        """
        if (self.kind == "event") != bool(self.event.strip()):
            raise ValueError("`event` names the event of a goal of the kind `event`")

    @property
    def topic(self) -> str:
        """The event that reaches it."""
        return {"click": EMAIL_LINK_CLICKED, "order": ORDER_COMPLETED}.get(self.kind, self.event)

    @property
    def topic_without_letter(self) -> str:
        """The event that people without a letter are compared by: they have no link to click."""
        return ORDER_COMPLETED if self.kind == "click" else self.topic


class FirstTest(_Written, frozen=True, kw_only=True):
    """A part of the people gets the letters first; the others get the winner.

    Attributes:
        percent: of the people, who get the letters first.
        decide_within_hours: from when the last letter of the test was due. If none is proven best
            by then, `otherwise` says what the rest gets.
        otherwise: `best` so far, or the `first` letter.
    """

    percent: Annotated[int, msgspec.Meta(ge=1, le=90)]
    decide_within_hours: Annotated[int, msgspec.Meta(ge=1, le=336)] = 24
    otherwise: Literal["best", "first"] = "best"


class LetterExperiment(_Written, frozen=True, kw_only=True):
    """Which letters are compared, with whom.

    Attributes:
        goal: what counts.
        others: letters beside the broadcast's own; people are shared out evenly.
        holdout_percent: of the people, who get nothing at all.
        test: without, everybody but the holdout is shared out at once.
    """

    goal: LetterGoal = LetterGoal()
    others: tuple[OtherLetter, ...] = ()
    holdout_percent: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    test: FirstTest | None = None

    def __post_init__(self) -> None:
        """Refuse what compares nothing, or too much.

        Raises:
            ValueError: one of these.
        """
        if not self.others and not self.holdout_percent:
            raise ValueError("an experiment compares letters, or with people who get none")
        if len(self.others) >= MOST_LETTERS:
            raise ValueError(f"an experiment compares at most {MOST_LETTERS} letters")
        if self.test is not None and not self.others:
            raise ValueError("a `test` finds the best of several letters")

    @property
    def letters(self) -> str:
        """The names of the letters, in order."""
        return LETTERS[: len(self.others) + 1]
