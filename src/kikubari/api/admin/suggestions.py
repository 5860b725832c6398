"""Which categories and searches suit a customer, and why."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.recommend import SuggestionKind, SuggestionReason, suggestion_sentence


class SuggestionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to suggest to whom.

    Attributes:
        profile: id or an identifier of the customer; null for somebody nobody knows.
        kind: categories, or words that many searched for.
        limit: suggestions at most.
    """

    profile: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    kind: SuggestionKind = SuggestionKind.CATEGORIES
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 6


class SuggestionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A category or words, with the reason in both languages."""

    name: str
    name_ja: str | None
    reason: SuggestionReason
    category: str | None
    score: float
    ja: str
    en: str


@post(
    "/recommendations/suggestions", guards=[requires("read")], sync_to_thread=True, status_code=200
)
def suggest(
    services: NamedDependency[Services], data: JSONBody[SuggestionRequest]
) -> list[SuggestionAnswer]:
    """Say which categories or searches suit a customer now; nothing is sent or kept."""
    number = None
    if data.profile is not None:
        with services.store.read() as connection:
            number = services.profiles.get_profile(connection, data.profile).number
    return [
        SuggestionAnswer(
            name=one.name,
            name_ja=one.name_ja,
            reason=one.reason,
            category=one.category,
            score=one.score,
            ja=suggestion_sentence(one, "ja"),
            en=suggestion_sentence(one, "en"),
        )
        for one in services.suggesting.suggest(data.kind, number, limit=data.limit)
    ]


suggestion_handlers = [suggest]
