"""What customers will do: purchases and their worth, silence, the next date, what runs low.

Everything is learned from one shop's own history, tried on the newest part of it, and withheld
where it does not hold. Figures and limits: docs/predictions.md.
"""

from kikubari.decide.predict._goods_rows import list_running_low as list_running_low
from kikubari.decide.predict._pairs import Purchases as Purchases
from kikubari.decide.predict._pairs import gather_purchases as gather_purchases
from kikubari.decide.predict._repository import has_told as has_told
from kikubari.decide.predict.affinities import AffinityCard as AffinityCard
from kikubari.decide.predict.contracts import WITHHELD_TEXTS as WITHHELD_TEXTS
from kikubari.decide.predict.contracts import Forecasts as Forecasts
from kikubari.decide.predict.contracts import LeftOut as LeftOut
from kikubari.decide.predict.contracts import PurchaseCard as PurchaseCard
from kikubari.decide.predict.contracts import PurchaseQuality as PurchaseQuality
from kikubari.decide.predict.contracts import ReplenishmentCard as ReplenishmentCard
from kikubari.decide.predict.contracts import ReplenishmentQuality as ReplenishmentQuality
from kikubari.decide.predict.contracts import Replenishments as Replenishments
from kikubari.decide.predict.contracts import RunsLow as RunsLow
from kikubari.decide.predict.contracts import Withheld as Withheld
from kikubari.decide.predict.evaluation import PurchaseEvaluation as PurchaseEvaluation
from kikubari.decide.predict.evaluation import ReplenishmentEvaluation as ReplenishmentEvaluation
from kikubari.decide.predict.evaluation import evaluate_purchases as evaluate_purchases
from kikubari.decide.predict.evaluation import evaluate_replenishment as evaluate_replenishment
from kikubari.decide.predict.exporting import export_purchases as export_purchases
from kikubari.decide.predict.exporting import export_replenishment as export_replenishment
from kikubari.decide.predict.goods import GoodsCard as GoodsCard
from kikubari.decide.predict.goods import GoodsQuality as GoodsQuality
from kikubari.decide.predict.goods import forecast_goods as forecast_goods
from kikubari.decide.predict.habits import HabitCards as HabitCards
from kikubari.decide.predict.horizons import horizon_of_goods as horizon_of_goods
from kikubari.decide.predict.horizons import horizon_of_purchases as horizon_of_purchases
from kikubari.decide.predict.learning import HORIZON as HORIZON
from kikubari.decide.predict.learning import Conclusions as Conclusions
from kikubari.decide.predict.learning import Evidence as Evidence
from kikubari.decide.predict.learning import OtherCards as OtherCards
from kikubari.decide.predict.learning import conclude as conclude
from kikubari.decide.predict.occasions import Occasions as Occasions
from kikubari.decide.predict.occasions import Standing as Standing
from kikubari.decide.predict.occasions import gather_occasions as gather_occasions
from kikubari.decide.predict.occasions import stand_at as stand_at
from kikubari.decide.predict.person_prediction import PersonPrediction as PersonPrediction
from kikubari.decide.predict.person_prediction import read_prediction as read_prediction
from kikubari.decide.predict.predictions import PredictionModel as PredictionModel
from kikubari.decide.predict.predictions import Predictions as Predictions
from kikubari.decide.predict.purchases import PurchaseModel as PurchaseModel
from kikubari.decide.predict.purchases import fit_purchases as fit_purchases
from kikubari.decide.predict.reminding import DAYS_LEFT as DAYS_LEFT
from kikubari.decide.predict.reminding import Reminding as Reminding
from kikubari.decide.predict.replenishment import ReplenishmentModel as ReplenishmentModel
from kikubari.decide.predict.replenishment import fit_replenishment as fit_replenishment
