"""Who would most likely want a product, also one that nobody has bought yet."""

from typing import Annotated, Literal

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from pyroaring import BitMap

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import load_people
from kikubari.decide.recommend import (
    MOST_PEOPLE,
    ProductAudience,
    Strength,
    Wanting,
    audience_sentence,
)
from kikubari.segments import WANTING

# Ids of lists are as long as ids of segments may be.
_LONGEST_ID = 190
Asked = Literal["bought", "saved", "in_cart", "viewed"]


class ProductAudienceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which product, and how many people.

    Attributes:
        product: its id, or a variant's.
        size: people at most.
        shown: how many of them are told one by one, with what speaks for each.
    """

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE)] = 1_000
    shown: Annotated[int, msgspec.Meta(ge=0, le=100)] = 8


class ProductAudienceListRequest(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The audience of which product to keep as a list, and under what name."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_ID)]
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE)] = 1_000
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ProductAudienceReason(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks most for somebody: what they did with a product that is like it, and how like."""

    did: Asked
    product_id: str
    likeness: float
    days_since: int
    ja: str
    en: str


class ProductAudiencePerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may want the product."""

    profile_id: str
    name: str
    score: float
    strength: Strength
    reason: ProductAudienceReason


class ProductAudienceStrengths(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are of each strength: see `docs/recommendations.md`."""

    strong: int
    fair: int
    slight: int


class ProductAudienceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who would most likely want a product.

    Attributes:
        product_id: of the product.
        n_chosen: the people that were asked for, or all there are.
        n_found: all for whom something speaks; `is_more` says that not all were looked at.
        by_strength: of `n_found`.
        people: the first of them.
        list_id: that the chosen were kept as; null if they were not.
    """

    product_id: str
    n_chosen: int
    n_found: int
    is_more: bool
    by_strength: ProductAudienceStrengths
    people: list[ProductAudiencePerson]
    list_id: str | None = None


@post("/recommendations/audience", guards=[requires("read")], sync_to_thread=True, status_code=200)
def find_product_audience(
    services: NamedDependency[Services], data: JSONBody[ProductAudienceRequest]
) -> ProductAudienceAnswer:
    """Say who would most likely want a product, and why; nothing is sent or kept."""
    return _told(services, services.product_audiences.find(data.product, limit=data.size), data)


@post(
    "/recommendations/audience/list",
    guards=[requires("write")],
    sync_to_thread=True,
    status_code=200,
)
def save_product_audience(
    services: NamedDependency[Services], data: JSONBody[ProductAudienceListRequest]
) -> ProductAudienceAnswer:
    """Keep a product's audience as a list, for the condition `list`; once more renews it."""
    found = services.product_audiences.find(data.product, limit=data.size)
    list_id = f"{WANTING}{found.product.product_id}"
    services.store.write(
        lambda connection: services.lists.save_in(
            connection,
            list_id,
            BitMap(found.numbers),
            name_ja=data.name,
            name_en=data.name,
            at=services.clock.now(),
        )
    )
    told = _told(services, found, ProductAudienceRequest(product=data.product, shown=0))
    return msgspec.structs.replace(told, list_id=list_id)


def _told(
    services: Services, found: ProductAudience, asked: ProductAudienceRequest
) -> ProductAudienceAnswer:
    shown = found.people[: asked.shown]
    people = load_people(services, [one.number for one in shown])
    return ProductAudienceAnswer(
        product_id=found.product.product_id,
        n_chosen=len(found.numbers),
        n_found=found.n_found,
        is_more=found.is_more,
        by_strength=ProductAudienceStrengths(
            **{strength.value: count for strength, count in found.by_strength.items()}
        ),
        people=[
            ProductAudiencePerson(
                profile_id=people[one.number].id,
                name=people[one.number].name,
                score=one.score,
                strength=one.strength,
                reason=_reason_of(one),
            )
            for one in shown
            if one.number in people
        ],
    )


def _reason_of(one: Wanting) -> ProductAudienceReason:
    return ProductAudienceReason(
        did=_DEEDS[one.deed.name],
        product_id=one.product.product_id,
        likeness=one.likeness,
        days_since=one.days_since,
        ja=audience_sentence(one, "ja"),
        en=audience_sentence(one, "en"),
    )


_DEEDS: dict[str, Asked] = {
    "BOUGHT": "bought",
    "SAVED": "saved",
    "IN_CART": "in_cart",
    "VIEWED": "viewed",
}

product_audience_handlers = [find_product_audience, save_product_audience]
