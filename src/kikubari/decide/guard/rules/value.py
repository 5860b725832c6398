"""Who gains, and whether it fits the moment of the journey: R16, R22, R29, R31."""

import re
from collections.abc import Callable, Iterator

from kikubari.decide.guard.contracts import Sensitivity
from kikubari.decide.guard.reading import FactReading, Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, hold, warn
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.stages import is_in_trouble, is_occupied
from kikubari.decide.guard.vocabulary import family_of_name, normalise

_BOUGHT = re.compile(
    r"\b(?:purchased|bought|ordered|post purchase|delivered|owner|already owned)\b"
)
_CUSTOMER = re.compile(
    r"\b(?:purchased|bought|ordered|post purchase|delivered|repeat|loyal|active|vip|member|cart)\b"
)
_PRESENT = re.compile(
    r"\b(?:purchased|bought|ordered|active|onboarding|new customer|cart|checkout|loyal|vip)\b"
)
_BUSY = re.compile(
    r"\b(?:pick ?up|log ?in|logging in|track\w*|delivery|reschedul\w*|reset|verif\w*)\b"
)
# The person has told that this is over, or that there was a loss.
_OVER = re.compile(
    r"\b(?:registry|project|event|wedding|engagement|pregnancy|topic)"
    r" (?:was |is )?(?:closed|ended|over|stopped|deleted|withdrawn|abandoned"
    r"|called off|cancel\w*|lost|loss)\b"
    r"|\b(?:miscarr\w*|stillb\w*|bereave\w*|mourning|grie\w*|loss reported|in hospital)\b"
    r"|流産|死産|忌中|喪中|終了済|中止"
)
_PRICE = frozenset({"price_sensitivity", "finance_basic"})
_SHOPPING = frozenset({"product_interest", "behaviour_micro", "behaviour_aggregate"})
# In the name of a fact these say what was done, the rest says with what.
_DEEDS = frozenset(
    {"viewed", "view", "item", "items", "product", "products", "order", "orders", "ordered"}
    | {"bought", "purchase", "purchased", "cart", "basket", "wishlist", "wish", "list", "saved"}
    | {"interest", "in", "of", "the", "last", "recent", "search", "searched", "browsed", "name"}
    | {"category", "sku", "id", "abandoned"}
)


def judge_bad_time(reading: Reading) -> Iterator[Objection]:
    """R16: first put right what went wrong; do not sell what was just bought."""
    if not reading.is_marketing:
        return
    if reading.context.open_issue or _is_at(reading, is_in_trouble):
        yield block("open_issue")
    elif Sign.REORDERS not in reading.copy.signs:
        owned = [_thing(fact) for fact in reading.facts if fact.is_of_purchase]
        just_bought = bool(_BOUGHT.search(reading.stage)) and not any(owned)
        for fact in reading.facts:
            if fact.family not in _SHOPPING or fact.is_of_purchase:
                continue
            if any(_thing(fact) & one for one in owned) or (just_bought and not fact.is_declared):
                yield warn(fact.name)


def _is_at(reading: Reading, speaks_of: Callable[[str], bool]) -> bool:
    """Say whether the stage or the intent speaks of a matter that is not settled."""
    return any(speaks_of(part.strip()) for part in reading.stage.split("|"))


def _thing(fact: FactReading) -> frozenset[str]:
    """Return the words of a fact's name that say which thing it is about."""
    words = frozenset(normalise(fact.name).split()) - _DEEDS
    # One tent or tents: the same thing.
    return frozenset(one.removesuffix("s") for one in words)


def judge_gain(reading: Reading) -> Iterator[Objection]:
    """R22: what serves the shop alone does not touch what is close to people."""
    context = reading.context
    if not reading.is_marketing or (context.customer_value, context.marketer_value) != (
        "low",
        "high",
    ):
        return
    for fact in reading.facts:
        if fact.is_close or fact.family == "price_sensitivity":
            yield block(fact.name)
        elif fact.level is Sensitivity.S1:
            yield warn(fact.name)


def judge_price(reading: Reading) -> Iterator[Objection]:
    """R29: a price set by what we think of somebody is said to be so.

    Met when the reason line discloses observed coupon use.
    """
    if not reading.is_marketing:
        return
    is_said = Sign.DISCLOSES in reading.copy.signs
    offers = Sign.OWN_PRICE in reading.copy.signs
    for fact in reading.facts:
        matter = fact.family
        if offers and matter not in _PRICE:
            matter = family_of_name(fact.name) or matter
        if fact.is_declared or is_said or matter not in _PRICE:
            continue
        if matter == "finance_basic" and not offers:
            continue
        if fact.is_guess or not reading.context.why_link:
            yield block(fact.name)


def judge_fit(reading: Reading) -> Iterator[Objection]:
    """R31: the step pushed is not against what the person is doing."""
    if not reading.is_marketing:
        return
    signs = reading.copy.signs
    if _OVER.search(reading.stage) or _is_at(reading, is_occupied):
        yield hold(reading.stage)
    elif Sign.FIRST_ORDER in signs and _CUSTOMER.search(reading.stage):
        yield warn(reading.copy.where(Sign.FIRST_ORDER))
    elif Sign.MISSES in signs and _PRESENT.search(reading.stage):
        yield warn(reading.copy.where(Sign.MISSES))
    elif _BUSY.search(reading.stage) and signs & {Sign.UPSELLS, Sign.OWN_PRICE}:
        yield warn(reading.stage)


JUDGES: dict[str, Judge] = {
    "R16": judge_bad_time,
    "R22": judge_gain,
    "R29": judge_price,
    "R31": judge_fit,
}
