"""Which of several ways is best, judged as often as one likes while people still come.

A usual test may be looked at once, at the end that was fixed before; who looks every hour and stops
at the first good news is wrong far more often than the test says. What is here holds at every
moment: the chance that a winner is *ever* named that is not the best is at most `error`, however
often and whenever one looks and whatever makes one stop.

Two parts that work alike share those who reach the goal as they share the people, however late the
goal is reached and whatever the hour: each next one comes from the first with probability
w = share / (share + other share). Of K reaching the goal, k from the first, the mixture likelihood
ratio over Beta(a, b) around w

    E = B(a + k, b + K - k) / B(a, b) / (w^k (1 - w)^(K - k))

is then a non-negative martingale with mean 1, so by Ville's inequality it ever reaches x with a
chance of at most 1 / x (Robbins 1970, "Statistical methods related to the law of the iterated
logarithm"; for counts that come in at any pace: Lindon & Malek 2022, "Anytime-valid inference for
multinomial count data"). If the first is worse, its true probability is below w and E, taken where
k / K lies above w, is smaller still than the martingale of that probability: it is evidence against
all of "the first is not better". Counts are all that is needed.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import exp, inf, lgamma, log

import msgspec

from kikubari.spec.errors import InvalidInputError

# How narrowly the mixture lies around "alike", in people: lifts from 20 to 100 percent are found
# soonest, and others hardly later (benchmarked from 1 to 100).
_FOCUS = 20.0
# Jeffreys' prior for a rate: the mixture loses least whatever it is.
_A = _B = 0.5
_STEPS = 30  # of halving: far below what a rate is shown with


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one part: of `people` who went that way, `reached` reached the goal.

    `share` is the weight with which people are sent that way, such as percent.
    """

    part: str
    people: int
    reached: int
    share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse counts that cannot be.

        Raises:
            InvalidInputError: fewer people than reached the goal, fewer than none, or no share.
        """
        if not 0 <= self.reached <= self.people:
            raise InvalidInputError(f"of {self.people} people, {self.reached} reached the goal")
        if self.share <= 0:
            raise InvalidInputError(f"a share of {self.share} sends nobody this way")


class PartVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One part: its rate, and between which rates the true one lies.

    Attributes:
        rate: of those who came, 0 to 1; None before anybody did.
        low, high: hold at every moment at once, for all parts together, once everybody who will
            reach the goal has done so.
    """

    part: str
    people: int
    reached: int
    rate: float | None
    low: float
    high: float


class ExperimentVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What an experiment says by now.

    Attributes:
        winner: the part proven better than every other; None while that is open.
        leader: the part with most that reached the goal for its share; None before anybody did.
        evidence: for the leader, against its closest rival: 20 is enough for two parts at an
            error of 5 percent.
        needed: the evidence that names a winner.
        parts: in the order given.
    """

    winner: str | None
    leader: str | None
    evidence: float
    needed: float
    parts: tuple[PartVerdict, ...]


def judge(tallies: Sequence[Tally], *, error: float = 0.05) -> ExperimentVerdict:
    """Say which part is best, if that is proven, and how each stands.

    Args:
        tallies: two parts or more, all from the same time.
        error: chance that a winner is ever named that is not the best, and, apart from that, that
            any of the intervals ever misses its rate.

    Raises:
        InvalidInputError: fewer than two parts, or an error that is no chance.
    """
    if len(tallies) < 2:  # noqa: PLR2004 - one part has nothing to be better than
        raise InvalidInputError("an experiment compares two parts or more")
    if not 0 < error < 1:
        raise InvalidInputError(f"an error of {error} is no chance")
    # A wrong winner must beat the best part too: as many comparisons can go wrong as it has rivals.
    needed = (len(tallies) - 1) / error
    reached = [one for one in tallies if one.reached]
    leader = max(reached, key=lambda one: one.reached / one.share, default=None)
    evidence = 0.0
    if leader is not None:
        evidence = min(evidence_for(leader, one) for one in tallies if one is not leader)
    parts = tuple(_verdict(one, error / len(tallies)) for one in tallies)
    return ExperimentVerdict(
        winner=leader.part if leader is not None and evidence >= needed else None,
        leader=leader.part if leader is not None else None,
        evidence=evidence,
        needed=needed,
        parts=parts,
    )


def evidence_for(better: Tally, other: Tally) -> float:
    """Return the evidence that `better` is the better one; 0 if it does not even lead.

    If it is not, the chance that this ever reaches x is at most 1 / x.
    """
    share = better.share / (better.share + other.share)
    reached = better.reached + other.reached
    if better.reached <= share * reached:
        return 0.0
    a, b = _FOCUS * share, _FOCUS * (1 - share)
    mixture = _log_beta(a + better.reached, b + other.reached) - _log_beta(a, b)
    return _exp(mixture - _log_likelihood(better.reached, reached, share))


def find_visible_lift(tallies: Sequence[Tally], *, error: float = 0.05) -> float | None:
    """Return the smallest lift over the first part that would be proven by now.

    0.25 is a quarter more that reach the goal for their share. None while so few reached it that
    no difference could be proven. With several parts it is that of the part where least is known.

    Args:
        tallies: two parts or more, all from the same time; the first is the control.
        error: as in `judge`.
    """
    control, *others = tallies
    lifts = [_visible_lift(control, one, len(others) / error) for one in others]
    known = [one for one in lifts if one is not None]
    return max(known) if known and len(known) == len(lifts) else None


def _visible_lift(control: Tally, other: Tally, needed: float) -> float | None:
    """Return by how much `other` must lead, of as many that reached the goal as there are."""
    total = control.reached + other.reached

    def is_proven(reached: int) -> bool:
        better = Tally(part="", people=total, reached=reached, share=other.share)
        rest = Tally(part="", people=total, reached=total - reached, share=control.share)
        return evidence_for(better, rest) >= needed

    # Convex in what was reached and below 1 where both are alike, beyond that evidence only grows.
    reached = bisect_left(range(total), x=True, key=is_proven)
    if reached == total:
        return None
    return (reached / other.share) / ((total - reached) / control.share) - 1


def _verdict(tally: Tally, error: float) -> PartVerdict:
    low, high = interval(tally, error=error)
    return PartVerdict(
        part=tally.part,
        people=tally.people,
        reached=tally.reached,
        rate=tally.reached / tally.people if tally.people else None,
        low=low,
        high=high,
    )


def interval(tally: Tally, *, error: float = 0.05) -> tuple[float, float]:
    """Return between which rates the true one always lies, but for a chance of `error`."""
    if not tally.people:
        return 0.0, 1.0
    rate = tally.reached / tally.people
    floor = _log_mixture(tally) + log(error)

    def is_inside(p: float) -> bool:
        return _log_likelihood(tally.reached, tally.people, p) > floor

    low = 0.0 if tally.reached == 0 else _edge(0.0, rate, is_inside)
    high = 1.0 if tally.reached == tally.people else _edge(1.0, rate, is_inside)
    return low, high


def _edge(outside: float, inside: float, is_inside: Callable[[float], bool]) -> float:
    """Return where, between a rate that is out and one that is in, the change is."""
    for _ in range(_STEPS):
        middle = (outside + inside) / 2
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return outside


def _log_mixture(tally: Tally) -> float:
    missed = tally.people - tally.reached
    return _log_beta(_A + tally.reached, _B + missed) - _log_beta(_A, _B)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_likelihood(reached: int, people: int, rate: float) -> float:
    missed = people - reached
    if (reached and rate <= 0) or (missed and rate >= 1):
        return -inf
    return (reached * log(rate) if reached else 0.0) + (missed * log(1 - rate) if missed else 0.0)


def _exp(exponent: float) -> float:
    return exp(min(exponent, 700.0))
