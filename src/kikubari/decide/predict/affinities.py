"""What somebody leans to: a category, a discount, an hour or weekday, against the shop's own mix.

A person's counts are drawn towards the shop's shares by a Dirichlet prior, whose strength is the
one under which all people's counts are most likely (Pólya distribution, Minka (2000)): where people
are much alike, few counts say little. Something is named only if the person's share of it surely
lies above the shop's, and only while naming it hit the newest days better than the favourite did.
"""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._fitting import Floats, log_gamma
from kikubari.decide.predict._pairs import Ints
from kikubari.decide.predict.contracts import Withheld
from kikubari.decide.predict.quality import Figure, with_interval

# Counts of a person below which nothing is named.
MIN_COUNTS = 5
_MIN_PEOPLE = 30
# A share lies above the shop's with 99 %, were it normal: there are many kinds to be wrong about.
_SURE = 2.33
_STRENGTHS = 2.0 ** np.arange(-1, 9)
_FEWEST_TRIED = 30


@dataclass(frozen=True, eq=False)
class Counts:
    """How often people did something of each kind; one row for each that is not 0.

    Attributes:
        n_people: persons are the places below it.
        n_kinds: kinds likewise.
        person: int64.
        kind: int64.
        count: float64.
    """

    n_people: int
    n_kinds: int
    person: Ints
    kind: Ints
    count: Floats

    def totals(self) -> Floats:
        """Return all of each person."""
        return np.bincount(self.person, self.count, minlength=self.n_people).astype(float)

    def shares(self) -> Floats:
        """Return the mix of all people together."""
        by_kind = np.bincount(self.kind, self.count, minlength=self.n_kinds)
        shares: Floats = by_kind / max(by_kind.sum(), 1.0)
        return shares


@dataclass(frozen=True, eq=False)
class Leanings:
    """What people lean to; one row for each person of whom something is named.

    Attributes:
        person: place, ascending.
        kind: that the person has more of than the shop.
        share: of it, shrunk to the shop's.
    """

    person: Ints
    kind: Ints
    share: Floats


class AffinityCard(msgspec.Struct, frozen=True, kw_only=True):
    """How far to trust what people are said to lean to.

    Attributes:
        n_people: with anything counted.
        strength: counts that the shop's mix weighs as much as.
        n_named: people of whom something is named now.
        hit: share of what they did on the newest days that was of the kind named before.
        plain_hit: share that was of the kind most frequent in the shop; of discounts, the share
            that was at a discount with everybody.
        withheld: why nothing is named; None if it is.
    """

    n_people: int
    strength: float
    n_named: int = 0
    hit: Figure | None = None
    plain_hit: float | None = None
    withheld: Withheld | None = None


def find_leanings(
    older: Counts, newest: Counts, *, only: int | None = None
) -> tuple[Leanings, AffinityCard]:
    """Name what people lean to, from all they did; tried on the newest part of it.

    Args:
        older: what people did before the newest days.
        newest: what they did then; people and kinds in the same places.
        only: the one kind that is of interest; what is named is then compared with how much
            everybody does of it, not with the shop's favourite.
    """
    whole = _sum_of(older, newest)
    n_people = int((whole.totals() > 0).sum())
    nothing = Leanings(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    card = AffinityCard(n_people=n_people, strength=0.0)
    if n_people < _MIN_PEOPLE:
        return nothing, msgspec.structs.replace(card, withheld=Withheld.TOO_FEW_CUSTOMERS)
    card = _try(older, newest, card, only)
    if card.withheld is not None:
        return nothing, card
    found = _name(whole, _find_strength(whole), only)
    return found, msgspec.structs.replace(card, n_named=len(found.person))


def _try(older: Counts, newest: Counts, card: AffinityCard, only: int | None) -> AffinityCard:
    strength = _find_strength(older)
    card = msgspec.structs.replace(card, strength=strength)
    named = _name(older, strength, only)
    totals = newest.totals()[named.person]
    tried = np.flatnonzero(totals)
    if len(tried) < _FEWEST_TRIED:
        are_few = len(named.person) < _FEWEST_TRIED
        why = Withheld.TOO_UNCERTAIN if are_few else Withheld.HISTORY_TOO_SHORT
        return msgspec.structs.replace(card, withheld=why)
    of_kind = np.full(newest.n_people, -1)
    of_kind[named.person] = named.kind
    favourite = int(np.argmax(older.shares())) if only is None else only
    hits = _sum_where(newest, newest.kind == of_kind[newest.person])[named.person][tried]
    of_favourite = _sum_where(newest, newest.kind == favourite)
    hit = with_interval(lambda n, of: float(n.sum() / of.sum()), hits, totals[tried])
    if only is None:
        plain_hit = float(of_favourite[named.person][tried].sum() / totals[tried].sum())
    else:
        plain_hit = float(of_favourite.sum() / newest.totals().sum())
    is_better = hit.low > plain_hit
    return msgspec.structs.replace(
        card,
        hit=hit,
        plain_hit=plain_hit,
        withheld=None if is_better else Withheld.UNRELIABLE,
    )


def _sum_where(counts: Counts, mask: NDArray[np.bool_]) -> Floats:
    return np.bincount(counts.person, counts.count * mask, minlength=counts.n_people).astype(float)


def _sum_of(one: Counts, other: Counts) -> Counts:
    key = np.concatenate([each.person * each.n_kinds + each.kind for each in (one, other)])
    keys, place = np.unique(key, return_inverse=True)
    count = np.bincount(place, np.concatenate([one.count, other.count]), minlength=len(keys))
    person, kind = np.divmod(keys, one.n_kinds)
    return Counts(one.n_people, one.n_kinds, person, kind, count.astype(float))


def _find_strength(counts: Counts) -> float:
    """Return the strength of the prior under which the counts are most likely."""
    shares, totals = counts.shares()[counts.kind], counts.totals()
    totals = totals[totals > 0]
    likely = []
    for strength in _STRENGTHS:
        alpha = np.maximum(strength * shares, 1e-9)
        of_kinds = (log_gamma(counts.count + alpha) - log_gamma(alpha)).sum()
        of_totals = (log_gamma(totals + strength) - log_gamma(np.full(1, strength))).sum()
        likely.append(of_kinds - of_totals)
    return float(_STRENGTHS[int(np.argmax(likely))])


def _name(counts: Counts, strength: float, only: int | None) -> Leanings:
    """Return the kind that each person has most of, of those they surely have more of."""
    usual = counts.shares()[counts.kind]
    total = counts.totals()[counts.person]
    share = (counts.count + strength * usual) / np.maximum(total + strength, 1e-9)
    # Of the posterior, a beta distribution.
    spread = np.sqrt(share * (1 - share) / (total + strength + 1))
    is_sure = (share - usual > _SURE * spread) & (total >= MIN_COUNTS)
    sure = np.flatnonzero(is_sure if only is None else is_sure & (counts.kind == only))
    order = sure[np.lexsort((counts.kind[sure], -share[sure], counts.person[sure]))]
    _, first = np.unique(counts.person[order], return_index=True)
    chosen = order[first]
    return Leanings(counts.person[chosen], counts.kind[chosen], share[chosen])
