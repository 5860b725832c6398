"""What customers will do: learned in the background."""

from datetime import timedelta

from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.decide.predict import Predictions

_IDLE = timedelta(seconds=2)


class PredictingWing:
    """Forecasts of everybody's purchases."""

    def __init__(self, ground: Ground, log: LogWing, people: PeopleWing) -> None:
        self._copier = log.copier
        self.predictions = Predictions(
            ground.state, ground.columnar, ground.clock, left_out=people.limits
        )
        self.loops = (ground.lone_loop("predictions", self._predict, idle=_IDLE),)

    def _predict(self) -> bool:
        """Learn and tell when nothing else waits for the copy."""
        return self._copier.lag() == 0 and self.predictions.step()
