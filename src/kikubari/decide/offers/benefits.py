"""What an offer is good for, in words and in money. Pure."""

from collections.abc import Callable
from typing import Any

from babel.numbers import format_currency

from kikubari.decide.offers import contracts as c
from kikubari.kit.money import Money
from kikubari.spec.errors import InvalidInputError


def check_offer(definition: c.OfferDefinition) -> None:
    """Refuse what contradicts itself.

    Raises:
        InvalidInputError: what, and how to mend it.
    """
    benefit, validity = definition.benefit, definition.validity
    for one in _reductions(benefit):
        if (one.percent is None) == (one.amount_minor is None):
            raise InvalidInputError(
                "a reduction is either percent or amount_minor", hint="Leave out one of the two."
            )
    if isinstance(benefit, c.Tier):
        minimums = [step.minimum_minor for step in benefit.steps]
        if sorted(set(minimums)) != minimums:
            raise InvalidInputError("the steps of a tier rise in their minimum")
    if validity.starts_on and validity.ends_on and validity.ends_on < validity.starts_on:
        raise InvalidInputError("the offer ends before it starts")
    if definition.prefix and definition.codes is c.CodeSource.UPLOADED:
        raise InvalidInputError("uploaded codes are as they are", hint="Leave out the prefix.")


def describe_benefit(benefit: c.AnyBenefit, language: str, currency: str) -> str:
    """Return what the offer is good for, in Japanese for ``ja`` and ``ja-…``, else in English."""
    index = 0 if language.lower().split("-")[0] == "ja" else 1
    return _Words(index, currency).say(benefit)


def estimate_discount(benefit: c.AnyBenefit, paid_minor: int) -> int:
    """Return what a code took off an order that says no discount, 0 where that cannot be known.

    Args:
        benefit: of the offer.
        paid_minor: what was paid for the items.
    """
    if isinstance(benefit, c.AmountOff):
        return benefit.amount_minor
    if isinstance(benefit, c.PercentOff):
        return min(_off_by_percent(benefit.percent, paid_minor), benefit.most_minor or 10**15)
    for minimum, reduction in reversed(_steps(benefit)):
        off = reduction.amount_minor or _off_by_percent(reduction.percent or 0, paid_minor)
        if paid_minor + off >= minimum:
            return off
    return 0


def _off_by_percent(percent: int, paid_minor: int) -> int:
    return paid_minor * percent // (100 - percent) if percent < 100 else 0  # noqa: PLR2004 - all of it


def _steps(benefit: c.AnyBenefit) -> list[tuple[int, c.Reduction]]:
    if isinstance(benefit, c.NextPurchase):
        return [(0, benefit.reduction)]
    if isinstance(benefit, c.SpendThreshold):
        return [(benefit.minimum_minor, benefit.reduction)]
    if isinstance(benefit, c.Tier):
        return [(step.minimum_minor, step.reduction) for step in benefit.steps]
    return []


def _reductions(benefit: c.AnyBenefit) -> list[c.Reduction]:
    return [reduction for _, reduction in _steps(benefit)]


class _Words:
    """Says benefits in one language: 0 is Japanese, 1 English."""

    def __init__(self, index: int, currency: str) -> None:
        self._index = index
        self._currency = currency
        self._sayings: dict[type[c.Benefit], Callable[[Any], tuple[str, str]]] = {
            c.PercentOff: self._percent_off,
            c.AmountOff: self._amount_off,
            c.FreeShipping: lambda _: ("送料無料", "free shipping"),
            c.Gift: lambda one: (f"{one.name_ja}プレゼント", f"{one.name_en} as a gift"),
            c.NextPurchase: self._next_purchase,
            c.SecondItem: lambda one: (
                f"2点目{one.percent}%引き",
                f"{one.percent}% off the second item",
            ),
            c.BuyGet: lambda one: (
                f"{one.buy}点ご購入で{one.get}点無料",
                f"buy {one.buy}, get {one.get} free",
            ),
            c.SpendThreshold: lambda one: self._step(one.minimum_minor, one.reduction),
            c.Tier: self._tier,
        }

    def say(self, benefit: c.AnyBenefit) -> str:
        """Return the benefit in words."""
        return self._sayings[type(benefit)](benefit)[self._index]

    def _percent_off(self, one: c.PercentOff) -> tuple[str, str]:
        ja, en = f"{one.percent}%引き", f"{one.percent}% off"
        if one.most_minor is None:
            return ja, en
        most = self._money(one.most_minor)
        return f"{ja}(最大{most})", f"{en}, up to {most}"

    def _amount_off(self, one: c.AmountOff) -> tuple[str, str]:
        amount = self._money(one.amount_minor)
        return f"{amount}引き", f"{amount} off"

    def _next_purchase(self, one: c.NextPurchase) -> tuple[str, str]:
        ja, en = self._off(one.reduction)
        return f"次回のお買い物が{ja}", f"{en} your next order"

    def _step(self, minimum_minor: int, reduction: c.Reduction) -> tuple[str, str]:
        minimum, (ja, en) = self._money(minimum_minor), self._off(reduction)
        return f"{minimum}以上で{ja}", f"{en} orders of {minimum} or more"

    def _tier(self, one: c.Tier) -> tuple[str, str]:
        said = [self._step(step.minimum_minor, step.reduction) for step in one.steps]
        return "、".join(ja for ja, _ in said), "; ".join(en for _, en in said)

    def _off(self, reduction: c.Reduction) -> tuple[str, str]:
        if reduction.percent is not None:
            return f"{reduction.percent}%引き", f"{reduction.percent}% off"
        amount = self._money(reduction.amount_minor or 0)
        return f"{amount}引き", f"{amount} off"

    def _money(self, minor: int) -> str:
        amount = Money(minor, self._currency).to_decimal()
        locale = "ja_JP" if self._index == 0 else "en_US"
        return format_currency(amount, self._currency, locale=locale).removesuffix(".00")
