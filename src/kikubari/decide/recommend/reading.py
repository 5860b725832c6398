"""What there is to read for somebody: about what they care for, else the newest."""

from typing import NamedTuple

from kikubari.decide.recommend.contracts import Grounds, Reason
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.situation import Pick, Situation
from kikubari.decide.recommend.writings import Writing, names_of_paths
from kikubari.kit.instants import to_micros

_HALF_LIFE_DAYS = 60.0
_BOUGHT, _SAVED, _VIEWED = 1.0, 1.0, 0.4
# What is about all of a department says less of somebody than what is about the shelf in it.
_WIDER = 0.5
_OWN_STAGE = 1.5


class _Interest(NamedTuple):
    """How much a person did around a name, and the thing that says most."""

    weight: float
    strongest: float
    did: Reason | None
    category: str
    seed: str
    at_us: int


def list_reading(situation: Situation) -> list[Pick]:
    """Return what a person has not read yet: about what they care for first, then the newest."""
    interests = _find_interests(situation)
    found: list[tuple[float, Writing, Grounds]] = []
    for one in situation.shelf.writings:
        if one.product_id in situation.trace.viewed or one.stage in situation.other_stages:
            continue
        near = [interests[name] for name in one.about if name in interests]
        days = max(0, (situation.now.date() - one.day).days)
        if not near:
            found.append((0.0, one, Grounds(code=Reason.TO_READ, days_since=days)))
            continue
        best = max(near, key=lambda interest: (interest.weight, interest.category))
        its_own = _OWN_STAGE if one.stage in situation.stages else 1.0
        found.append((best.weight * its_own, one, _ground(best, situation)))
    # Of what suits alike, the newest; among the rest what is for the person's own stage leads.
    found.sort(key=lambda each: each[1].product_id)
    found.sort(
        key=lambda each: (each[0], each[1].stage in situation.stages, each[1].day), reverse=True
    )
    return [Pick(one.product_id, weight, grounds) for weight, one, grounds in found]


def _ground(best: _Interest, situation: Situation) -> Grounds:
    return Grounds(
        code=Reason.ABOUT_BOUGHT if best.did is None else Reason.ABOUT_INTEREST,
        category=best.category,
        seed=best.seed,
        interest=best.did,
        days_since=situation.days_since(best.at_us),
    )


def _find_interests(situation: Situation) -> dict[str, _Interest]:
    """Return what a person did, by each name that the goods' categories are called by."""
    found: dict[str, _Interest] = {}
    for product_id, did, at_us, weight in _list_done(situation):
        ago = max(0.0, (to_micros(situation.now) - at_us) / DAY_US)
        says = weight * 2 ** (-ago / _HALF_LIFE_DAYS)
        for category in reversed(situation.shelf.categories_of(product_id)):
            for name in _names_in_both(situation, category):
                known = found.get(name, _Interest(0.0, 0.0, did, category, product_id, at_us))
                if says > known.strongest:
                    known = known._replace(
                        strongest=says, did=did, category=category, seed=product_id, at_us=at_us
                    )
                found[name] = known._replace(weight=known.weight + says)
            says *= _WIDER
    return found


def _names_in_both(situation: Situation, category: str) -> frozenset[str]:
    return names_of_paths((category, situation.shelf.category_ja(category) or ""))


def _list_done(situation: Situation) -> list[tuple[str, Reason | None, int, float]]:
    """Return products with what was done, None for bought, when, and how much it says."""
    trace, saved = situation.trace, situation.find_saved()
    done: list[tuple[str, Reason | None, int, float]] = [
        (name, None, at_us, _BOUGHT) for name, times in trace.bought.items() for at_us in times
    ]
    done += [(name, Reason.VIEWED, at_us, _VIEWED) for name, at_us in trace.viewed.items()]
    for did, items in (
        (Reason.IN_CART, saved.cart),
        (Reason.FAVOURITE, saved.favourites),
        (Reason.COMPARED, saved.compared),
    ):
        done += [
            (situation.shelf.product_of(one.id), did, to_micros(one.saved_at), _SAVED)
            for one in items
        ]
    return done
