"""How fast mail goes to each provider: a pace of its own, slower when it says so; and warm-up.

A message that would come too early goes back to the queue until its turn, so that one provider's
pace never holds up mail to another.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import msgspec

from kikubari.deliver.contracts import Claimed, MessageState, Recipient, Verdict
from kikubari.deliver.providers.smtp import Accepted, SmtpOutcome, TemporaryRefusal
from kikubari.deliver.reasons import Reason
from kikubari.spec.errors import InvalidInputError

# Domains whose mail one provider takes in.
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": ("outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.com",
                  "live.jp", "msn.com"),
    "yahoo": ("yahoo.com", "yahoo.co.uk", "ymail.com", "aol.com"),
    "yahoo_jp": ("yahoo.co.jp", "ymail.ne.jp"),
    "apple": ("icloud.com", "me.com", "mac.com"),
    "docomo": ("docomo.ne.jp",),
    "au": ("au.com", "ezweb.ne.jp"),
    "softbank": ("softbank.ne.jp", "i.softbank.jp", "vodafone.ne.jp", "ymobile.ne.jp"),
}  # fmt: skip
# Messages a minute. No provider says what it takes; these are careful, and back-off does the rest.
DEFAULT_RATES: Mapping[str, float] = {
    "gmail": 1200, "microsoft": 600, "yahoo": 600, "yahoo_jp": 600, "apple": 600,
    "docomo": 300, "au": 300, "softbank": 300,
}  # fmt: skip
OTHERS = "others"  # each other domain by itself

# A new sender's days: so many messages on the first, half as many again on each that follows.
WARM_UP_FIRST_DAY = 500
WARM_UP_GROWTH = 1.5
WARM_UP_DAYS = 16

_BURST_SECONDS = 10.0
_MINUTE = 60.0
_MINUTES_A_DAY = 1440.0
_CLOSING = 421
_IN_A_ROW = 5
_ABOUT_RECIPIENT = frozenset({"mail", "rcpt", "data", "body", "final_dot"})
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_SLOWEST = 0.1  # of a provider's rate
_RECOVERY = 0.01  # of it, with each message taken
# Turns are not given further ahead, so that a pace that changes holds soon.
_HORIZON = timedelta(hours=4)


class Throttle(Protocol):
    """Says when a message may go, and learns from answers. `Pace` is one."""

    def admit(self, address: str, now: datetime) -> datetime | None:
        """Return None for now, else when it is the message's turn."""
        ...

    def learn(self, address: str, outcome: SmtpOutcome, now: datetime) -> None:
        """Take in what the receiving side said."""
        ...


class ProviderPace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast mail goes to one provider.

    Attributes:
        name: of `PROVIDERS`, a domain, or ``others``: each other domain by itself.
        per_minute: messages a minute when all is well.
        per_minute_now: less while the provider is recovering from refusals.
        closed_until: nothing goes there before, None while it is open.
    """

    name: str
    per_minute: float
    per_minute_now: float
    closed_until: datetime | None


class WarmUp(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new sender stands. `day` counts from 0; `most` messages may leave today (UTC)."""

    began_on: date
    day: int
    n_days: int
    most: int


class _Bucket:
    """Turns at a rate, a few of them in a row. `rate` is in messages a second."""

    def __init__(self, rate: float, now: datetime) -> None:
        self.full_rate = self.rate = rate
        self._tokens = self._burst
        self._filled_at = now
        self._next_turn = now

    @property
    def _burst(self) -> float:
        return max(1.0, self.rate * _BURST_SECONDS)

    def has_turn(self, now: datetime) -> bool:
        passed = (now - self._filled_at).total_seconds()
        self._tokens = min(self._burst, self._tokens + max(0.0, passed) * self.rate)
        self._filled_at = now
        return self._tokens >= 1.0

    def take(self) -> None:
        self._tokens -= 1.0

    def reserve(self, now: datetime) -> datetime:
        """Return the next turn nobody has."""
        turn = max(self._next_turn, now) + timedelta(seconds=1.0 / self.rate)
        if turn - now > _HORIZON:
            return now + _HORIZON
        self._next_turn = turn
        return turn


class _Standing(msgspec.Struct):
    """How a provider has answered lately."""

    in_a_row: int = 0
    pauses: int = 0
    closed_until: datetime | None = None


class Pace:
    """Rates by provider, back-off by provider, and warm-up over all.

    It lives in the memory of one process: two workers have a pace each. After a restart messages
    keep the turns they were given.

    Args:
        rates: messages a minute by provider, by domain, or for `OTHERS`; what is not named is not
            limited.
        warm_up_from: the first day of a new sender, None for one that is known.
    """

    def __init__(self, rates: Mapping[str, float], *, warm_up_from: date | None = None) -> None:
        self._rates = dict(rates)
        self._warm_up_from = warm_up_from
        self._providers = {domain: name for name, all_ in PROVIDERS.items() for domain in all_}
        self._buckets: dict[str, _Bucket | None] = {}
        self._standings: dict[str, _Standing] = {}
        self._warm_up: tuple[date, _Bucket | None] | None = None
        # Messages are admitted in one thread, answers come in another.
        self._lock = threading.Lock()

    def admit(self, address: str, now: datetime) -> datetime | None:
        """Return None for now, else when it is the message's turn."""
        name = self._provider_of(address)
        with self._lock:
            standing = self._standings.get(name)
            if standing and standing.closed_until and standing.closed_until > now:
                return self._turn_after(name, standing.closed_until)
            buckets = [one for one in (self._bucket(name, now), self._warming(now)) if one]
            waiting = [one for one in buckets if not one.has_turn(now)]
            if waiting:
                return max(one.reserve(now) for one in waiting)
            for one in buckets:
                one.take()
            return None

    def learn(self, address: str, outcome: SmtpOutcome, now: datetime) -> None:
        """Take in what the receiving side said.

        One recipient refused for now says nothing about a provider (greylisting); a 421, or five
        of them in a row, do.
        """
        if isinstance(outcome, Accepted):
            self._speed_up(self._provider_of(address), now)
        elif isinstance(outcome, TemporaryRefusal) and outcome.phase in _ABOUT_RECIPIENT:
            self._slow_down(self._provider_of(address), outcome.code, now)

    def list_paces(self, now: datetime) -> list[ProviderPace]:
        """Return how fast mail goes to each provider that has a rate, or is closed for now."""
        with self._lock:
            names = dict.fromkeys([*self._rates, *self._standings])
            return [self._pace_of(name, now) for name in names]

    def find_warm_up(self, now: datetime) -> WarmUp | None:
        """Return where a new sender stands, None for one that is known by now."""
        if self._warm_up_from is None:
            return None
        day = max(0, (now.astimezone(UTC).date() - self._warm_up_from).days)
        most = warm_up_limit(day)
        if most is None:
            return None
        return WarmUp(began_on=self._warm_up_from, day=day, n_days=WARM_UP_DAYS, most=most)

    def _pace_of(self, name: str, now: datetime) -> ProviderPace:
        standing, bucket = self._standings.get(name), self._buckets.get(name)
        closed_until = standing.closed_until if standing else None
        rate = self._rates.get(name, 0.0)
        return ProviderPace(
            name=name,
            per_minute=rate,
            per_minute_now=bucket.rate * _MINUTE if bucket else rate,
            closed_until=closed_until if closed_until and closed_until > now else None,
        )

    def _speed_up(self, name: str, now: datetime) -> None:
        with self._lock:
            standing = self._standings.get(name)
            # What was on its way when a provider closed says nothing of whether it is open again.
            if standing is None or (standing.closed_until and standing.closed_until > now):
                return
            bucket = self._buckets.get(name)
            if bucket is not None:
                bucket.rate = min(bucket.full_rate, bucket.rate + bucket.full_rate * _RECOVERY)
            standing.in_a_row = standing.pauses = 0
            if bucket is None or bucket.rate >= bucket.full_rate:
                del self._standings[name]

    def _slow_down(self, name: str, code: int, now: datetime) -> None:
        with self._lock:
            standing = self._standings.setdefault(name, _Standing())
            standing.in_a_row += 1
            is_closed = standing.closed_until is not None and standing.closed_until > now
            if is_closed or (code != _CLOSING and standing.in_a_row < _IN_A_ROW):
                return
            standing.closed_until = now + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**standing.pauses)
            standing.pauses = min(standing.pauses + 1, 10)
            standing.in_a_row = 0
            if bucket := self._buckets.get(name):
                bucket.rate = max(bucket.full_rate * _SLOWEST, bucket.rate / 2)

    def _turn_after(self, name: str, opens_at: datetime) -> datetime:
        bucket = self._buckets.get(name)
        return bucket.reserve(opens_at) if bucket else opens_at

    def _bucket(self, name: str, now: datetime) -> _Bucket | None:
        if name not in self._buckets:
            rate = self._rates.get(name)
            if rate is None and name not in PROVIDERS:
                rate = self._rates.get(OTHERS)
            self._buckets[name] = _Bucket(rate / _MINUTE, now) if rate is not None else None
        return self._buckets[name]

    def _warming(self, now: datetime) -> _Bucket | None:
        if self._warm_up_from is None:
            return None
        today = now.astimezone(UTC).date()
        if self._warm_up is None or self._warm_up[0] != today:
            most = warm_up_limit((today - self._warm_up_from).days)
            rate = None if most is None else most / _MINUTES_A_DAY / _MINUTE
            self._warm_up = (today, _Bucket(rate, now) if rate is not None else None)
        return self._warm_up[1]

    def _provider_of(self, address: str) -> str:
        domain = address.rpartition("@")[2].lower()
        return domain if domain in self._rates else self._providers.get(domain, domain)


def hold_back(
    throttle: Throttle, people: Sequence[tuple[Claimed, Recipient]], now: datetime
) -> dict[int, Verdict]:
    """Return until when messages wait whose provider has had enough for now."""
    turns = ((message.id, throttle.admit(person.address, now)) for message, person in people)
    return {
        message_id: Verdict(MessageState.QUEUED, Reason.THROTTLED, turn)
        for message_id, turn in turns
        if turn is not None
    }


def warm_up_limit(day: int) -> int | None:
    """Return how many messages a new sender sends on a day counted from 0; None: as many as any.

    They are spread evenly over the day. Days before the first count as the first.
    """
    if day >= WARM_UP_DAYS:
        return None
    return round(WARM_UP_FIRST_DAY * WARM_UP_GROWTH ** max(0, day))


def parse_rates(text: str) -> dict[str, float]:
    """Read ``gmail=1200, docomo=300, example.com=60, others=600``; ``off`` limits nothing.

    Raises:
        InvalidInputError: with what cannot be read.
    """
    rates: dict[str, float] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, separator, number = (part.strip().lower() for part in item.partition("="))
        if item.lower() == "off":
            continue
        if not separator or not number.isdecimal() or int(number) < 1:
            raise InvalidInputError(
                f"not a rate: {item}", hint="Such as gmail=1200, in messages a minute."
            )
        rates[name] = int(number)
    return rates
