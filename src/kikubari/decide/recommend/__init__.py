"""What to show: candidates and why, by the blend that a shop's own past has proven best."""

from kikubari.decide.recommend.contracts import Evaluation as Evaluation
from kikubari.decide.recommend.contracts import Figure as Figure
from kikubari.decide.recommend.contracts import Mode as Mode
from kikubari.decide.recommend.contracts import NoItemsError as NoItemsError
from kikubari.decide.recommend.contracts import Reason as Reason
from kikubari.decide.recommend.contracts import Scores as Scores
from kikubari.decide.recommend.contracts import Trial as Trial
from kikubari.decide.recommend.evaluation import evaluate as evaluate
from kikubari.decide.recommend.exporting import Exported as Exported
from kikubari.decide.recommend.exporting import export as export
from kikubari.decide.recommend.popular import PopularProducts as PopularProducts
