"""What each strategy has to offer somebody, best first, before any rule is applied."""

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from kikubari.catalog import Product
from kikubari.decide.recommend._pairs import Pairs
from kikubari.decide.recommend.blend import best_of
from kikubari.decide.recommend.contracts import Grounds, Home, Mode, Reason, Strategy
from kikubari.decide.recommend.interest import list_by_interest
from kikubari.decide.recommend.learned import Learned
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.reading import list_reading
from kikubari.decide.recommend.situation import (
    Pick,
    Situation,
    days_of,
    is_bought_again,
    usual_days,
)
from kikubari.decide.recommend.traces import Trace
from kikubari.kit.instants import to_micros
from kikubari.profiles import SavedItem

_MOST = 60
_MOST_SEEDS = 10
# A better one may cost more, yet not so many times as much.
_MOST_TIMES_DEARER = 3.0
# Of the usual time between purchases: before it nobody needs more, after it they went elsewhere.
_DUE_FROM, _DUE_UNTIL = 0.7, 4.0
_DUE_SPREAD = 0.5
# What is new takes turns: a product returns to a person's discoveries after so many weeks.
_TURNS = 4
_BESTSELLERS = 20
_WEEK = timedelta(days=7)


def list_picks(strategy: Strategy, situation: Situation) -> list[Pick]:
    """Return what a strategy offers, best first; sixty at most."""
    return _STRATEGIES[strategy](situation)[:_MOST]


def _for_you(situation: Situation) -> list[Pick]:
    return _by_blend(situation, Mode.ALL) or list_by_interest(situation)


def _by_blend(situation: Situation, mode: Mode) -> list[Pick]:
    """Return what the shop's blend ranks for a person, by their own history as of now."""
    learned = situation.learned
    if learned is None:
        return []
    item, day = _list_own(situation, learned)
    if not len(item):
        return []
    nobody_else = np.zeros(len(item), dtype=np.int64)
    found = learned.snapshot.find_by_history(nobody_else, item, day, 1, mode)
    lists = best_of(found, learned.blends[mode].score(found), _MOST)
    partners = _find_partners(situation, learned)
    reasons = zip(lists.reason, lists.other_reason, strict=True)
    ranked = zip((learned.items[code] for code in lists.item), lists.score, reasons, strict=True)
    return [
        Pick(name, float(score), _ground(situation, partners, name, *whys))
        for name, score, whys in ranked
    ]


def _list_own(
    situation: Situation, learned: Learned
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return what a person bought on which days, each once a day, in order of time.

    The snapshot stands at the day of learning; days are moved so that this is today.
    """
    moved_by = learned.snapshot.known.end_day - to_micros(situation.now) / DAY_US
    first: dict[tuple[int, int], float] = {}
    for name, times in situation.trace.bought.items():
        if name not in learned.code_of:
            continue
        code = learned.code_of[name]
        for at_us in times:
            day = at_us / DAY_US + moved_by
            first.setdefault((math.floor(day), code), day)
    keys = sorted(first)
    return (
        np.array([code for _, code in keys], dtype=np.int32),
        np.array([first[key] for key in keys], dtype=np.float32),
    )


def _find_partners(situation: Situation, learned: Learned) -> dict[str, tuple[str, float]]:
    """Return what goes with the last purchase: with which product of it, in what share."""
    partners: dict[str, tuple[str, float]] = {}
    for seed in situation.trace.last_basket()[:_MOST_SEEDS]:
        if seed in learned.code_of:
            for partner, _, share in learned.goes_with.of(learned.code_of[seed]):
                partners.setdefault(learned.items[partner], (seed, share))
    return partners


def _ground(
    situation: Situation,
    partners: Mapping[str, tuple[str, float]],
    name: str,
    reason: Reason,
    other: Reason,
) -> Grounds:
    """Return a ranking's reason with the facts it rests on; without them the other one."""
    times = situation.trace.bought.get(name)
    if times:
        return _grounds_of_again(situation, times)
    if reason is not Reason.BOUGHT_TOGETHER:
        return Grounds(code=reason)
    if name not in partners:
        return Grounds(code=other)
    seed, share = partners[name]
    return Grounds(code=reason, seed=seed, share=round(share, 4))


def _viewed_not_bought(situation: Situation) -> list[Pick]:
    trace = situation.trace
    return [
        Pick(
            name,
            -float(situation.days_since(at_us)),
            Grounds(code=Reason.VIEWED, days_since=situation.days_since(at_us)),
        )
        for name, at_us in sorted(trace.viewed.items(), key=lambda one: (-one[1], one[0]))
        if not _is_bought_since(trace, name, at_us)
    ]


def _saved_items(situation: Situation) -> list[Pick]:
    saved = situation.find_saved()
    places: list[tuple[Reason, tuple[SavedItem, ...]]] = [
        (Reason.IN_CART, saved.cart),
        (Reason.FAVOURITE, saved.favourites),
        (Reason.COMPARED, saved.compared),
    ]
    found: dict[str, Pick] = {}
    for code, items in places:
        for item in items:
            name, at_us = situation.shelf.product_of(item.id), to_micros(item.saved_at)
            if name not in found and not _is_bought_since(situation.trace, name, at_us):
                days = situation.days_since(at_us)
                found[name] = Pick(name, -float(days), Grounds(code=code, days_since=days))
    return sorted(found.values(), key=lambda pick: (-pick.score, pick.product_id))


def _similar(situation: Situation) -> list[Pick]:
    """Return what is like the seeds and does not cost less: a step up, not a step down."""
    trace = situation.trace
    viewed = sorted(trace.viewed, key=lambda name: (-trace.viewed[name], name))
    seeds = (situation.seeds or tuple(viewed[:1] or trace.last_basket()[:1]))[:3]
    products = situation.load(seeds)
    best: dict[str, Pick] = {}
    for seed in seeds:
        alike = situation.shelf.like(seed, 40)
        others = situation.load(name for name, _ in alike)
        for name, likeness in alike:
            times = _times_dearer(others.get(name), products.get(seed))
            if times is None or not 1 <= times <= _MOST_TIMES_DEARER:
                continue
            score = likeness / (1 + 0.25 * math.log2(times))
            if name not in best or score > best[name].score:
                best[name] = Pick(name, score, Grounds(code=Reason.SIMILAR, seed=seed))
    return sorted(best.values(), key=lambda pick: (-pick.score, pick.product_id))


def _times_dearer(product: Product | None, seed: Product | None) -> float | None:
    """Return the ratio of two prices; 1 where the seed's is unknown, None where it says nothing."""
    if product is None:
        return None
    if seed is None or seed.price is None or seed.price.amount_minor <= 0:
        return 1.0
    if product.price is None or product.price.currency != seed.price.currency:
        return None
    return product.price.amount_minor / seed.price.amount_minor


def _goes_with(situation: Situation) -> list[Pick]:
    learned = situation.learned
    return _by_pairs(situation, learned.goes_with, Reason.BOUGHT_TOGETHER) if learned else []


def _next_after(situation: Situation) -> list[Pick]:
    learned = situation.learned
    return _by_pairs(situation, learned.next_after, Reason.BOUGHT_NEXT) if learned else []


def _by_pairs(situation: Situation, pairs: Pairs, code: Reason) -> list[Pick]:
    """Return the partners of the seeds; what goes with several of them leads."""
    learned = situation.learned
    seeds = (situation.seeds or tuple(situation.trace.last_basket()))[:_MOST_SEEDS]
    total: dict[str, float] = {}
    strongest: dict[str, tuple[float, Grounds]] = {}
    for seed in seeds:
        if learned is None or seed not in learned.code_of:
            continue
        for partner, score, share in pairs.of(learned.code_of[seed]):
            name = learned.items[partner]
            total[name] = total.get(name, 0.0) + score
            if score > strongest.get(name, (0.0,))[0]:
                grounds = Grounds(code=code, seed=seed, share=round(share, 4))
                strongest[name] = (score, grounds)
    picks = [Pick(name, score, strongest[name][1]) for name, score in total.items()]
    return sorted(picks, key=lambda pick: (-pick.score, pick.product_id))


def _buy_again(situation: Situation) -> list[Pick]:
    """Return what is due by the person's own rhythm, or by everybody's where they have none."""
    picks = []
    for name, times in situation.trace.bought.items():
        days = days_of(times)
        since = (to_micros(situation.now) - times[-1]) / DAY_US
        if len(days) > 1:
            gap: float | None = (days[-1] - days[0]) / (len(days) - 1)
            weight = 1 + math.log(len(days))
        else:
            gap, weight = _usual_gap(situation.learned, name), 0.5
        if not gap or not _DUE_FROM <= since / gap <= _DUE_UNTIL:
            continue
        score = weight * math.exp(-((math.log(since / gap) / _DUE_SPREAD) ** 2) / 2)
        picks.append(Pick(name, score, _grounds_of_again(situation, times)))
    return sorted(picks, key=lambda pick: (-pick.score, pick.product_id))


def _grounds_of_again(situation: Situation, times: list[int]) -> Grounds:
    return Grounds(
        code=Reason.BUY_AGAIN,
        days_since=situation.days_since(times[-1]),
        usual_days=usual_days(days_of(times)),
    )


def _usual_gap(learned: Learned | None, name: str) -> float | None:
    if learned is None or not is_bought_again(learned, name):
        return None
    gap = float(learned.rhythms.gap_days[learned.code_of[name]])
    return None if math.isnan(gap) else gap


def _trending(situation: Situation) -> list[Pick]:
    place, rising = situation.trends.rising(situation.find_home())
    return [
        Pick(
            situation.shelf.product_of(one.product_id),
            one.growth,
            Grounds(code=Reason.TRENDING, n_buyers=one.n_buyers, place=_label(place)),
        )
        for one in rising
    ]


def _new_for_you(situation: Situation) -> list[Pick]:
    """Return what a person has never bought, this week's turn first and bestsellers last.

    Every product has its week of four for each person: nothing comes back sooner, and the same
    week gives the same list.
    """
    _, selling = situation.trends.popular(Home())
    known_anyway = {one.product_id for one in selling[:_BESTSELLERS]}
    week = to_micros(situation.now) // (_WEEK // timedelta(microseconds=1))
    liked = _liked_categories(situation)

    def order(ranked: tuple[int, Pick]) -> tuple[bool, bool, int]:
        place, pick = ranked
        turn = crc32(f"{situation.number}:{pick.product_id}".encode()) + week
        return turn % _TURNS != 0, pick.product_id in known_anyway, place

    picks = [pick for _, pick in sorted(enumerate(_by_blend(situation, Mode.NEW)), key=order)]
    return [pick._replace(grounds=_as_discovery(situation, pick, liked)) for pick in picks]


def _as_discovery(situation: Situation, pick: Pick, liked: set[str]) -> Grounds:
    category = situation.shelf.categories_of(pick.product_id)[-1:]
    if category and category[0] in liked:
        return Grounds(code=Reason.SOMETHING_NEW, category=category[0])
    return pick.grounds


def _liked_categories(situation: Situation) -> set[str]:
    """Return the categories that a person bought of more than once."""
    counts: dict[str, int] = {}
    for name, times in situation.trace.bought.items():
        for category in situation.shelf.categories_of(name)[-1:]:
            counts[category] = counts.get(category, 0) + len(times)
    return {category for category, count in counts.items() if count > 1}


def _cold_start(situation: Situation) -> list[Pick]:
    """Return what is popular near a person, of the category they look at first."""
    place, selling = situation.trends.popular(situation.find_home())
    wanted = _looked_at(situation)
    inside: list[Pick] = []
    outside: list[Pick] = []
    for one in selling:
        name = situation.shelf.product_of(one.product_id)
        shared = wanted.intersection(situation.shelf.categories_of(name))
        grounds = Grounds(
            code=Reason.POPULAR,
            n_buyers=one.n_buyers,
            place=_label(place),
            category=next(iter(sorted(shared)), None),
        )
        (inside if shared else outside).append(Pick(name, float(one.n_buyers), grounds))
    return inside + outside


def _looked_at(situation: Situation) -> set[str]:
    """Return the categories that were asked for, else the seeds', else of the latest view."""
    if situation.request.categories:
        return set(situation.request.categories)
    trace = situation.trace
    seeds = situation.seeds or tuple(
        sorted(trace.viewed, key=lambda name: (-trace.viewed[name], name))[:1]
    )
    return {one for seed in seeds for one in situation.shelf.categories_of(seed)[-1:]}


def _is_bought_since(trace: Trace, name: str, at_us: int) -> bool:
    return name in trace.bought and trace.bought[name][-1] >= at_us


def _label(place: Home) -> str | None:
    return place.area or place.country or None


_STRATEGIES: Mapping[Strategy, Callable[[Situation], list[Pick]]] = {
    Strategy.FOR_YOU: _for_you,
    Strategy.VIEWED_NOT_BOUGHT: _viewed_not_bought,
    Strategy.SIMILAR: _similar,
    Strategy.GOES_WITH: _goes_with,
    Strategy.NEXT_AFTER: _next_after,
    Strategy.BUY_AGAIN: _buy_again,
    Strategy.TRENDING: _trending,
    Strategy.NEW_FOR_YOU: _new_for_you,
    Strategy.SAVED_ITEMS: _saved_items,
    Strategy.COLD_START: _cold_start,
    Strategy.CONTENT: list_reading,
}
