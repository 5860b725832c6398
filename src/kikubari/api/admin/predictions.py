"""What is expected of customers, and the models that say so."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.predict import (
    WITHHELD_TEXTS,
    PersonPrediction,
    PredictionModel,
    RunsLow,
    Withheld,
    list_running_low,
    read_prediction,
)
from kikubari.profiles import ProfileView
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import INTERNAL_SOURCE_ID

_AHEAD = timedelta(days=35)
# A day is named by its first instant; today's counts until it is over.
_TODAY = timedelta(days=1)
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


class WithheldReason(msgspec.Struct, frozen=True):
    """Why nothing is said, in both languages."""

    code: Withheld
    ja: str
    en: str


class RunningLow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that runs low soon.

    Attributes:
        said: of which product or category, when, how surely.
        title: of the product, empty if the catalogue does not know it.
        title_ja: likewise in Japanese.
    """

    said: RunsLow
    title: str = ""
    title_ja: str = ""


class PredictionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of a customer.

    Attributes:
        prediction: None where nothing is said.
        withheld: why nothing, or no next date, is said; None where everything is.
        runs_low: within four weeks, the next first.
        runs_low_withheld: why nothing is; None where something is.
    """

    prediction: PersonPrediction | None
    withheld: WithheldReason | None
    runs_low: list[RunningLow]
    runs_low_withheld: WithheldReason | None


@get("/profiles/{profile_id:str}/predictions", guards=[requires("read")], sync_to_thread=True)
def get_predictions(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> PredictionAnswer:
    """Say what is expected of a customer in the next 90 days, and what runs low."""
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
        told = services.statements.list_all(connection, profile.number)
    own = {
        one.fact.name: one.fact.value for one in told if one.fact.source_id == INTERNAL_SOURCE_ID
    }
    said = read_prediction(own)
    runs_low = _list_running_low(services, profile)
    return PredictionAnswer(
        prediction=said,
        withheld=_find_reason(services, said),
        runs_low=runs_low,
        runs_low_withheld=None if runs_low else _find_reason_of_goods(services),
    )


@get("/predictions/models", guards=[requires("read")], sync_to_thread=True)
def list_prediction_models(
    services: NamedDependency[Services], limit: Limit = 20
) -> list[PredictionModel]:
    """List the cards of models, newest first: data, window, quality, calibration."""
    return services.predictions.list_models(limit=limit)


@post("/predictions/models", guards=[requires("write")], sync_to_thread=True, status_code=202)
def ask_for_prediction_model(services: NamedDependency[Services]) -> PredictionModel:
    """Learn everybody's forecasts anew in the background; one at a time."""
    return services.predictions.ask()


def _find_reason(services: Services, said: PersonPrediction | None) -> WithheldReason | None:
    if said is not None:
        return _reason(Withheld.MAY_HAVE_LEFT) if said.next_purchase is None else None
    cards = [one.card for one in services.predictions.list_models(limit=2) if one.card]
    withheld = cards[0].withheld if cards else Withheld.TOO_FEW_CUSTOMERS
    return _reason(withheld or Withheld.NO_PURCHASE)


def _list_running_low(services: Services, profile: ProfileView) -> list[RunningLow]:
    now = services.clock.now()
    found = list_running_low(
        services.columnar,
        as_of=now,
        spans=[(now - _TODAY, now + _AHEAD)],
        numbers=profile.numbers,
        workspace_id=DEFAULT_WORKSPACE,
    )
    goods = [said for _, said in found]
    known = services.catalog.load_products(
        one.product_id for one in goods if one.product_id is not None
    )
    products = [(said, known.get(said.product_id or "")) for said in goods]
    return [
        RunningLow(
            said=said,
            title=(product and product.title) or "",
            title_ja=(product and product.title_ja) or "",
        )
        for said, product in products
    ]


def _find_reason_of_goods(services: Services) -> WithheldReason:
    others = [one.others for one in services.predictions.list_models(limit=2)]
    cards = [one.products for one in others if one.products is not None]
    withheld = cards[0].withheld if cards else Withheld.TOO_FEW_REPEATS
    return _reason(withheld or Withheld.TOO_UNCERTAIN)


def _reason(code: Withheld) -> WithheldReason:
    return WithheldReason(code, **WITHHELD_TEXTS[code])


prediction_handlers = [get_predictions, list_prediction_models, ask_for_prediction_model]
