"""What to show: candidates and why, by the blend that a shop's own past has proven best."""

from kikubari.decide.recommend._crowd import Strength as Strength
from kikubari.decide.recommend.audience import MOST_PEOPLE as MOST_PEOPLE
from kikubari.decide.recommend.audience import ProductAudience as ProductAudience
from kikubari.decide.recommend.audience import ProductAudiences as ProductAudiences
from kikubari.decide.recommend.audience import ProductTooTellingError as ProductTooTellingError
from kikubari.decide.recommend.audience import Wanting as Wanting
from kikubari.decide.recommend.audience_sentences import audience_sentence as audience_sentence
from kikubari.decide.recommend.contracts import BlendCard as BlendCard
from kikubari.decide.recommend.contracts import Evaluation as Evaluation
from kikubari.decide.recommend.contracts import Figure as Figure
from kikubari.decide.recommend.contracts import Grounds as Grounds
from kikubari.decide.recommend.contracts import Home as Home
from kikubari.decide.recommend.contracts import Mode as Mode
from kikubari.decide.recommend.contracts import ModelCard as ModelCard
from kikubari.decide.recommend.contracts import NoItemsError as NoItemsError
from kikubari.decide.recommend.contracts import Reason as Reason
from kikubari.decide.recommend.contracts import Recommendation as Recommendation
from kikubari.decide.recommend.contracts import RecommendationModel as RecommendationModel
from kikubari.decide.recommend.contracts import Recommendations as Recommendations
from kikubari.decide.recommend.contracts import Recommender as Recommender
from kikubari.decide.recommend.contracts import Request as Request
from kikubari.decide.recommend.contracts import Scores as Scores
from kikubari.decide.recommend.contracts import SensitiveProducts as SensitiveProducts
from kikubari.decide.recommend.contracts import Shopper as Shopper
from kikubari.decide.recommend.contracts import Shoppers as Shoppers
from kikubari.decide.recommend.contracts import Strategy as Strategy
from kikubari.decide.recommend.contracts import Trial as Trial
from kikubari.decide.recommend.evaluation import evaluate as evaluate
from kikubari.decide.recommend.exporting import Exported as Exported
from kikubari.decide.recommend.exporting import export as export
from kikubari.decide.recommend.learned import Lesson as Lesson
from kikubari.decide.recommend.learned import learn as learn
from kikubari.decide.recommend.models import Learning as Learning
from kikubari.decide.recommend.models import RecommendationModels as RecommendationModels
from kikubari.decide.recommend.models import learn_to_file as learn_to_file
from kikubari.decide.recommend.popular import PopularProducts as PopularProducts
from kikubari.decide.recommend.sentences import reason_sentence as reason_sentence
from kikubari.decide.recommend.service import MOST_ITEMS as MOST_ITEMS
from kikubari.decide.recommend.service import Recommending as Recommending
from kikubari.decide.recommend.suggestion_sentences import (
    suggestion_sentence as suggestion_sentence,
)
from kikubari.decide.recommend.suggestions import Suggesting as Suggesting
from kikubari.decide.recommend.suggestions import Suggestion as Suggestion
from kikubari.decide.recommend.suggestions import SuggestionAsked as SuggestionAsked
from kikubari.decide.recommend.suggestions import SuggestionKind as SuggestionKind
from kikubari.decide.recommend.suggestions import SuggestionReason as SuggestionReason
from kikubari.decide.recommend.suggestions import Suggests as Suggests
from kikubari.decide.recommend.traces import FollowedLog as FollowedLog
from kikubari.decide.recommend.traces import Traces as Traces
