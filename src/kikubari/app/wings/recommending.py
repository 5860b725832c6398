"""What to recommend: learned in the background, and followed as people act."""

from datetime import timedelta

from kikubari.app.journeying import CopiedLog
from kikubari.app.learning import LearningProcess
from kikubari.app.shoppers import ProfileShoppers, SensitiveByCatalogue
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.catalog import Catalog
from kikubari.decide.recommend import (
    ProductAudiences,
    RecommendationModels,
    Recommending,
    Suggesting,
    Traces,
)
from kikubari.decide.stages import StageBook
from kikubari.events import RowBuilder
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_LEARNING_IDLE = timedelta(seconds=2)
_FOLLOWING_IDLE = timedelta(seconds=0.5)
_SELDOM = timedelta(seconds=20)
_MODELS = "models"


class RecommendingWing:
    """Models of recommendations, and the service that makes lists with them."""

    def __init__(self, ground: Ground, log: LogWing, people: PeopleWing) -> None:
        self._copier = log.copier
        self._learning = LearningProcess()
        catalog = Catalog(ground.state)
        self.models = RecommendationModels(
            ground.state,
            ground.columnar,
            catalog,
            ground.clock,
            left_out=people.unprofiled,
            folder=ground.settings.folder / _MODELS,
            learning=self._learning,
        )
        shoppers = ProfileShoppers(
            ground.state,
            people.profiles,
            people.consents,
            saved=people.saved,
            limits=people.limits,
            stages=StageBook(ground.state),
        )
        builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=ground.settings.currency)
        self.recommending = Recommending(
            self.models,
            Traces(ground.columnar, CopiedLog(log.log, log.copier), ground.clock, builder),
            catalog=catalog,
            shoppers=shoppers,
            sensitive=SensitiveByCatalogue(),
            columnar=ground.columnar,
            clock=ground.clock,
        )
        self.suggesting = Suggesting(
            self.recommending, ground.columnar, SensitiveByCatalogue(), ground.clock
        )
        self.audiences = ProductAudiences(
            lambda: self.recommending.shelf,
            ground.columnar,
            catalog=catalog,
            shoppers=shoppers,
            sensitive=SensitiveByCatalogue(),
            clock=ground.clock,
        )
        self.loops = (
            ground.lone_loop("recommendation models", self._learn, idle=_LEARNING_IDLE),
            ground.loop("recommendation files", self._make_missing, idle=_SELDOM),
            ground.loop("recommendations", self.recommending.refresh, idle=_FOLLOWING_IDLE),
        )

    def close(self) -> None:
        """End what is being learned; it is taken up again by the next server."""
        self._learning.close()

    def _make_missing(self) -> bool:
        """Make this machine's file of what serves elsewhere."""
        self.models.make_missing()
        return False

    def _learn(self) -> bool:
        """Learn when nothing else waits for the copy."""
        return self._copier.lag() == 0 and self.models.step()
