"""What is expected of customers, and the models that say so."""

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
    Withheld,
    read_prediction,
)
from kikubari.spec.topics import INTERNAL_SOURCE_ID

Limit = Annotated[int, QueryParameter(ge=1, le=100)]


class WithheldReason(msgspec.Struct, frozen=True):
    """Why nothing is said, in both languages."""

    code: Withheld
    ja: str
    en: str


class PredictionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of a customer.

    Attributes:
        prediction: None where nothing is said.
        withheld: why nothing, or no next date, is said; None where everything is.
    """

    prediction: PersonPrediction | None
    withheld: WithheldReason | None


@get("/profiles/{profile_id:str}/predictions", guards=[requires("read")], sync_to_thread=True)
def get_predictions(
    services: NamedDependency[Services], profile_id: FromPath[str]
) -> PredictionAnswer:
    """Say what is expected of a customer in the next 90 days."""
    with services.store.read() as connection:
        number = services.profiles.get_profile(connection, profile_id).number
        told = services.statements.list_all(connection, number)
    own = {
        one.fact.name: one.fact.value for one in told if one.fact.source_id == INTERNAL_SOURCE_ID
    }
    said = read_prediction(own)
    return PredictionAnswer(prediction=said, withheld=_find_reason(services, said))


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


def _reason(code: Withheld) -> WithheldReason:
    return WithheldReason(code, **WITHHELD_TEXTS[code])


prediction_handlers = [get_predictions, list_prediction_models, ask_for_prediction_model]
