"""What an offer is, what a customer gets of it, and why they may get nothing."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Protocol

import msgspec
from sqlalchemy import Connection

Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Minor = Annotated[int, msgspec.Meta(ge=1, le=10**15)]
Few = Annotated[int, msgspec.Meta(ge=1, le=100)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
Days = Annotated[int, msgspec.Meta(ge=0, le=3_660)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
Prefix = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{0,12}$")]
ProductId = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Some = Annotated[tuple[ProductId, ...], msgspec.Meta(max_length=200)]


class _Strict(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Takes no field it does not know: a typing error must not pass for a default."""


class Reduction(_Strict, frozen=True, kw_only=True):
    """Off a price: exactly one of per cent and an amount in minor units of the shop's currency."""

    percent: Percent | None = None
    amount_minor: Minor | None = None


class Benefit(_Strict, frozen=True, kw_only=True, tag_field="kind"):
    """What an offer is good for."""


class PercentOff(Benefit, frozen=True, kw_only=True, tag="percent_off"):
    """Per cent off an order; at most `most_minor` off."""

    percent: Percent
    most_minor: Minor | None = None


class AmountOff(Benefit, frozen=True, kw_only=True, tag="amount_off"):
    """An amount off an order."""

    amount_minor: Minor


class FreeShipping(Benefit, frozen=True, kw_only=True, tag="free_shipping"):
    """Nothing to pay for shipping."""


class Gift(Benefit, frozen=True, kw_only=True, tag="gift"):
    """Something added to an order: a product of the catalogue, by its id, and what it is called."""

    product_id: ProductId
    name_ja: Name
    name_en: Name


class NextPurchase(Benefit, frozen=True, kw_only=True, tag="next_purchase"):
    """Something off the order after this one."""

    reduction: Reduction


class SecondItem(Benefit, frozen=True, kw_only=True, tag="second_item"):
    """Per cent off the second item."""

    percent: Percent


class BuyGet(Benefit, frozen=True, kw_only=True, tag="buy_get"):
    """So many free to who buys so many."""

    buy: Few
    get: Few


class SpendThreshold(Benefit, frozen=True, kw_only=True, tag="spend_threshold"):
    """Something off from an amount on."""

    minimum_minor: Minor
    reduction: Reduction


class TierStep(_Strict, frozen=True, kw_only=True):
    """What is off from an amount on."""

    minimum_minor: Minor
    reduction: Reduction


class Tier(Benefit, frozen=True, kw_only=True, tag="tier"):
    """The more is bought, the more is off; steps in rising order of their minimum."""

    steps: Annotated[tuple[TierStep, ...], msgspec.Meta(min_length=2, max_length=8)]


AnyBenefit = (
    PercentOff
    | AmountOff
    | FreeShipping
    | Gift
    | NextPurchase
    | SecondItem
    | BuyGet
    | SpendThreshold
    | Tier
)


class Conditions(_Strict, frozen=True, kw_only=True):
    """What the shop's checkout asks for before it takes a code; told to the shop with each code.

    Attributes:
        minimum_minor: of the order, in minor units of the shop's currency.
        product_ids: the order holds one of them; empty: any.
        categories: or something of these.
        is_first_order: only on a customer's first order.
        is_combinable: together with other offers.
    """

    minimum_minor: Minor | None = None
    product_ids: Some = ()
    categories: Some = ()
    is_first_order: bool = False
    is_combinable: bool = False


class Validity(_Strict, frozen=True, kw_only=True):
    """When codes are good: days in the shop's zone, the last one to its end.

    Attributes:
        starts_on: none is handed out before.
        ends_on: none is good, or handed out, after.
        days: how many days after the one it was handed out on; None: until `ends_on`.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    days: Days | None = None


class Limits(_Strict, frozen=True, kw_only=True):
    """How many are handed out.

    Attributes:
        most: over all; None: no limit.
        per_person: to one customer, whatever they are known by.
        budget_minor: of discount in the shop's currency; no more codes are handed out once orders
            have used it up. Codes handed out before keep their word.
    """

    most: Count | None = None
    per_person: Few = 1
    budget_minor: Minor | None = None


class CodeSource(StrEnum):
    """Where codes come from."""

    GENERATED = "generated"  # made here, told to the shop
    UPLOADED = "uploaded"  # made by the shop, told to us


class OfferDefinition(_Strict, frozen=True, kw_only=True):
    """An offer as a marketer writes it; `prefix` begins the codes that are made here."""

    name: Name
    benefit: AnyBenefit
    conditions: Conditions = Conditions()
    validity: Validity = Validity()
    limits: Limits = Limits()
    codes: CodeSource = CodeSource.GENERATED
    prefix: Prefix = ""


class OfferFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What has come of an offer; amounts in minor units of the shop's currency.

    Attributes:
        n_issued: codes that customers have, used or not.
        n_free: uploaded codes that nobody has yet.
        n_left: how many can still be handed out, None without end.
        n_applied: times a code was put into a basket.
        n_redeemed: orders with a code.
        revenue_minor: of these orders.
        discount_minor: given on them: what the budget has lost.
    """

    n_issued: int
    n_free: int
    n_left: int | None
    n_applied: int
    n_redeemed: int
    revenue_minor: int
    discount_minor: int


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer as it stands; of one that has ended no code is handed out any more."""

    id: str
    definition: OfferDefinition
    is_ended: bool
    created_at: datetime
    figures: OfferFigures
    benefit_ja: str
    benefit_en: str


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """One code of one customer; without `expires_at` it is good for ever."""

    offer_id: str
    code: str
    issued_at: datetime
    expires_at: datetime | None


class Refusal(StrEnum):
    """Why somebody gets no code. docs/offers.md says what to do about each."""

    OFFER_ENDED = "offer_ended"
    OFFER_NOT_BEGUN = "offer_not_begun"
    LIMIT_REACHED = "limit_reached"
    PERSON_LIMIT_REACHED = "person_limit_reached"
    BUDGET_USED = "budget_used"
    NO_CODES_LEFT = "no_codes_left"


class Wanted(msgspec.Struct, frozen=True):
    """A wish for a code; asking again with the same `claim` gets the same code.

    `claim` is whatever the code is handed out for, such as a message's id.
    """

    claim: str
    number: int
    offer_id: str


class CodeState(StrEnum):
    """Where a code is."""

    FREE = "free"  # uploaded, nobody has it
    ISSUED = "issued"
    REDEEMED = "redeemed"
    VOID = "void"  # its message never left, and nobody gets it again


class CodeNews(IntEnum):
    """What is still to be told of a code to those who listen."""

    NONE = 0
    ISSUED = 1
    WITHDRAWN = 2


class IssuedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code as the shop is told of it. It says nothing about who has it."""

    code: str
    state: CodeState
    issued_at: datetime
    expires_at: datetime | None


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """An order with a code. `revenue_minor` and `discount_minor` are the shop's currency's."""

    code: str
    order_id: str
    at: datetime
    number: int
    revenue_minor: int
    discount_minor: int


class ImportedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of uploaded codes: `n_known` were there before."""

    n_added: int
    n_known: int
    problems: list[str]


class People(Protocol):
    """Says which numbers are one person; `app` implements it on profiles."""

    def list_numbers(
        self, connection: Connection, numbers: Collection[int], *, workspace_id: int
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return each number's canonical one, and all numbers of that person."""
        ...
