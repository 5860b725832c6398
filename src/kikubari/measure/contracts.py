"""What a report says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from kikubari.decide.guard import Words
from kikubari.journeys import Choice, LetterGoal
from kikubari.measure.experiments import ExperimentVerdict


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """How many different messages met each outcome.

    Attributes:
        sent: accepted by the receiving server.
        trackable: of these, to people who agreed to tracking; opens and clicks can only be
            known of them, so rates are out of these.
        delivered: sent and not bounced later.
        opened, clicked: by a person, as far as can be told.
        replied: answered by a person.
        machine_opened, machine_clicked: by mail proxies and scanners only; not in the above.
    """

    sent: int = 0
    trackable: int = 0
    delivered: int = 0
    opened: int = 0
    machine_opened: int = 0
    clicked: int = 0
    machine_clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0
    replied: int = 0

    @property
    def open_rate(self) -> float | None:
        """Opened out of trackable, None if nothing can be told."""
        return self.opened / self.trackable if self.trackable else None

    @property
    def click_rate(self) -> float | None:
        """Clicked out of trackable, None if nothing can be told."""
        return self.clicked / self.trackable if self.trackable else None


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Orders whose last touch before them, within the window, was this broadcast.

    This says what followed, not what was caused: that needs a holdout.
    """

    touch: str  # click | send
    window_days: int
    currency: str
    orders: int
    people: int
    revenue_minor: int


class LinkReport(msgspec.Struct, frozen=True):
    """Clicks on one address."""

    url: str
    clicks: int  # all by people
    clickers: int  # different messages
    machine_clicks: int


class GuardCount(msgspec.Struct, frozen=True):
    """How many messages a rule of the guard stopped, and how many went in spite of a warning."""

    rule: str
    blocked: int
    warned: int


class RecipientReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message."""

    message_id: str
    number: int
    outcome: str  # the event that settled it: sent | skipped | failed | bounced
    reason: str
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    unsubscribed_at: datetime | None


class OutboxCounts(msgspec.Struct, frozen=True):
    """Messages of a broadcast by state, and stopped ones by reason, as the outbox has them."""

    states: Mapping[str, int]
    reasons: Mapping[str, int]


class Outbox(Protocol):
    """The outbox as reports need it; implemented on `deliver`."""

    def count_broadcast(self, broadcast_id: str) -> OutboxCounts:
        """Return how many messages of the broadcast are where."""
        ...


class BroadcastReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about a broadcast so far."""

    broadcast_id: str
    outbox: OutboxCounts
    outcomes: Outcomes
    links: tuple[LinkReport, ...]
    attribution: tuple[Attribution, ...]
    guard: tuple[GuardCount, ...]  # rules that objected, most often first
    log_position: int  # the copy held the log up to here when this was counted


class LetterName(msgspec.Struct, frozen=True):
    """A letter and what its author calls it; `b` and "short subject"."""

    letter: str
    name: str


class LetterReport(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment with letters and what it says by now: right however often one looks.

    Attributes:
        goal: what counts.
        letters: in order; `a` is the broadcast's own.
        n_first: people who were written to at once.
        n_rest: people who wait, or waited, for the winner.
        n_held: people who get nothing.
        decides_at: until when a proof is waited for; None where nobody waits.
        choice: what the rest got.
        verdict: of the letters; once the rest's was chosen, as it stood then. None of one letter.
        visible_lift: smallest lead over the first letter that would be proven by now.
        beside: everybody written to against the holdout, whether mail reached them or not, from
            when the sending began; by orders where clicks are the letters' goal. None without one.
        told: all this in plain words.
    """

    goal: LetterGoal
    letters: tuple[LetterName, ...]
    n_first: int
    n_rest: int
    n_held: int
    decides_at: datetime | None
    choice: Choice | None
    verdict: ExperimentVerdict | None
    visible_lift: float | None
    beside: ExperimentVerdict | None
    told: tuple[Words, ...]
