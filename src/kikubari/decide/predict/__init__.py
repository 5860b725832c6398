"""What customers will do: purchases and their worth, silence, the next date, replenishment.

Everything is learned from one shop's own history, tried on the newest part of it, and withheld
where it does not hold. Figures and limits: docs/predictions.md.
"""

from kikubari.decide.predict._pairs import Purchases as Purchases
from kikubari.decide.predict._pairs import gather_purchases as gather_purchases
from kikubari.decide.predict.contracts import WITHHELD_TEXTS as WITHHELD_TEXTS
from kikubari.decide.predict.contracts import Forecasts as Forecasts
from kikubari.decide.predict.contracts import PurchaseCard as PurchaseCard
from kikubari.decide.predict.contracts import PurchaseQuality as PurchaseQuality
from kikubari.decide.predict.contracts import ReplenishmentCard as ReplenishmentCard
from kikubari.decide.predict.contracts import ReplenishmentQuality as ReplenishmentQuality
from kikubari.decide.predict.contracts import Replenishments as Replenishments
from kikubari.decide.predict.contracts import Withheld as Withheld
from kikubari.decide.predict.evaluation import PurchaseEvaluation as PurchaseEvaluation
from kikubari.decide.predict.evaluation import ReplenishmentEvaluation as ReplenishmentEvaluation
from kikubari.decide.predict.evaluation import evaluate_purchases as evaluate_purchases
from kikubari.decide.predict.evaluation import evaluate_replenishment as evaluate_replenishment
from kikubari.decide.predict.exporting import export_purchases as export_purchases
from kikubari.decide.predict.exporting import export_replenishment as export_replenishment
from kikubari.decide.predict.occasions import Occasions as Occasions
from kikubari.decide.predict.occasions import Standing as Standing
from kikubari.decide.predict.occasions import gather_occasions as gather_occasions
from kikubari.decide.predict.occasions import stand_at as stand_at
from kikubari.decide.predict.predictions import HORIZON as HORIZON
from kikubari.decide.predict.predictions import LeftOut as LeftOut
from kikubari.decide.predict.predictions import PersonPrediction as PersonPrediction
from kikubari.decide.predict.predictions import PredictionModel as PredictionModel
from kikubari.decide.predict.predictions import Predictions as Predictions
from kikubari.decide.predict.predictions import read_prediction as read_prediction
from kikubari.decide.predict.purchases import PurchaseModel as PurchaseModel
from kikubari.decide.predict.purchases import fit_purchases as fit_purchases
from kikubari.decide.predict.replenishment import ReplenishmentModel as ReplenishmentModel
from kikubari.decide.predict.replenishment import fit_replenishment as fit_replenishment
