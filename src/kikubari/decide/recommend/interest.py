"""What suits somebody who looked at things and saved some, and has bought nothing yet."""

from typing import NamedTuple

from kikubari.decide.recommend.contracts import Grounds, Reason
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.situation import Pick, Situation
from kikubari.kit.instants import to_micros

_MOST_SEEDS = 12
_MOST_ALIKE = 40
# What was saved is meant; looking is done soon. Half of either is forgotten in two weeks.
_SAVED, _VIEWED = 1.0, 0.5
_HALF_LIFE_DAYS = 14.0


class _Interest(NamedTuple):
    """A product, what was done with it, and how much that says."""

    product_id: str
    did: Reason
    weight: float


def list_by_interest(situation: Situation) -> list[Pick]:
    """Return what is like the things a person looked at or saved, or goes with them, best first.

    What several of them point to leads; the reason names the one that points most.
    """
    interests = _list_interests(situation)
    known = {one.product_id for one in interests}
    total: dict[str, float] = {}
    strongest: dict[str, tuple[float, Grounds]] = {}
    for one in interests[:_MOST_SEEDS]:
        for name, score, grounds in _around(situation, one):
            if name in known:
                continue
            total[name] = total.get(name, 0.0) + score
            if score > strongest.get(name, (0.0,))[0]:
                strongest[name] = (score, grounds)
    picks = [Pick(name, score, strongest[name][1]) for name, score in total.items() if score > 0]
    return sorted(picks, key=lambda pick: (-pick.score, pick.product_id))


def _list_interests(situation: Situation) -> list[_Interest]:
    """Return what a person viewed or saved, each once by the weightier, the weightiest first."""
    saved, shelf = situation.find_saved(), situation.shelf
    found: dict[str, _Interest] = {}

    def add(name: str, did: Reason, at_us: int, weight: float) -> None:
        ago = max(0.0, (to_micros(situation.now) - at_us) / DAY_US)
        one = _Interest(name, did, weight * 2 ** (-ago / _HALF_LIFE_DAYS))
        if name not in found or one.weight > found[name].weight:
            found[name] = one

    for name, at_us in situation.trace.viewed.items():
        add(name, Reason.VIEWED, at_us, _VIEWED)
    places = (
        (Reason.IN_CART, saved.cart),
        (Reason.FAVOURITE, saved.favourites),
        (Reason.COMPARED, saved.compared),
    )
    for did, items in places:
        for item in items:
            add(shelf.product_of(item.id), did, to_micros(item.saved_at), _SAVED)
    return sorted(found.values(), key=lambda one: (-one.weight, one.product_id))


def _around(situation: Situation, one: _Interest) -> list[tuple[str, float, Grounds]]:
    """Return what is like a thing, and what is bought with it, with how much that says."""
    like = Grounds(code=Reason.LIKE_INTEREST, seed=one.product_id, interest=one.did)
    found = [
        (name, one.weight * likeness, like)
        for name, likeness in situation.shelf.like(one.product_id, _MOST_ALIKE)
    ]
    learned = situation.learned
    if learned is None or one.product_id not in learned.code_of:
        return found
    for partner, _, share in learned.goes_with.of(learned.code_of[one.product_id]):
        beside = Grounds(
            code=Reason.WITH_INTEREST,
            seed=one.product_id,
            interest=one.did,
            share=round(share, 4),
        )
        found.append((learned.items[partner], one.weight * share, beside))
    return found
