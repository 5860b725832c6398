"""What customers will do: learned in the background."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from kikubari.app.learning import ConcludingProcess
from kikubari.app.shoppers import GoodsByCatalogue
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.catalog import Catalog
from kikubari.decide.predict import Predictions, Reminding
from kikubari.decide.stages import StageBook, StageKeeper, StagePeople, StageSurroundings

_IDLE = timedelta(seconds=2)
_REMINDING_IDLE = timedelta(seconds=30)


class PredictingWing:
    """Forecasts of everybody's purchases and of what runs low, and the stages they are in."""

    def __init__(
        self, ground: Ground, log: LogWing, people: PeopleWing, *, catalog: Catalog
    ) -> None:
        self._copier = log.copier
        zone = ZoneInfo(ground.settings.timezone)
        self._concluding = ConcludingProcess()
        self.predictions = Predictions(
            ground.state,
            ground.columnar,
            ground.clock,
            zone=zone,
            left_out=people.unprofiled,
            concluding=self._concluding,
        )
        self._reminding = Reminding(
            ground.state, ground.columnar, ground.clock, zone=zone, left_out=people.unprofiled
        )
        self.life_stages = StageBook(ground.state, goods=GoodsByCatalogue(catalog))
        around = StageSurroundings(
            state=ground.state,
            columnar=ground.columnar,
            clock=ground.clock,
            zone=zone,
            left_out=people.unprofiled,
        )
        self.stage_people, self._stages = StagePeople(around), StageKeeper(around)
        self.loops = (
            ground.lone_loop("predictions", self._predict, idle=_IDLE),
            ground.lone_loop("running low", self._remind, idle=_REMINDING_IDLE),
            ground.lone_loop("life stages", self._find_stages, idle=_IDLE),
        )

    def close(self) -> None:
        """End what is being learned; it is taken up again by the next server."""
        self._concluding.close()

    def _predict(self) -> bool:
        """Learn and tell when nothing else waits for the copy."""
        return self._copier.lag() == 0 and self.predictions.step()

    def _find_stages(self) -> bool:
        """Find stages when the copy has all there is."""
        return self._copier.lag() == 0 and self._stages.step()

    def _remind(self) -> bool:
        """Tell what comes near when the copy has all there is."""
        return self._copier.lag() == 0 and self._reminding.step()
