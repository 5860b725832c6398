"""The door to all insights of one shop."""

from collections.abc import Callable

from kikubari.kit.clock import Clock
from kikubari.measure.insights._orders import OrderBook
from kikubari.measure.insights.affinities import Affinities, Basket, read_affinities
from kikubari.measure.insights.months import Growth, Retention, read_growth, read_retention
from kikubari.measure.insights.repeat import RepeatCurves, read_repeat_curves
from kikubari.measure.insights.rfm import RfmMap, choose_edges, read_rfm_map
from kikubari.segments import ThresholdValues


class Insights:
    """Answers as of now, from everything that has arrived.

    Args:
        book: the orders.
        clock: says what now is.
        thresholds: the edges between fifths that the shop's segments use.
    """

    def __init__(
        self, book: OrderBook, clock: Clock, *, thresholds: Callable[[], ThresholdValues]
    ) -> None:
        self._book = book
        self._clock = clock
        self._thresholds = thresholds

    def map_buyers(self) -> RfmMap:
        """Return the buyers by how lately and how often they bought, with what they spent."""
        values = self._thresholds()
        return read_rfm_map(
            self._book,
            self._clock.now(),
            recency_edges=choose_edges(values, "recency"),
            frequency_edges=choose_edges(values, "frequency"),
        )

    def follow_cohorts(self, *, months: int) -> Retention:
        """Return who came back in which month, by the month of the first purchase."""
        return read_retention(self._book, self._clock.now(), months=months)

    def trace_repeats(self, *, horizon_days: int) -> RepeatCurves:
        """Return how soon customers buy again."""
        return read_repeat_curves(self._book, self._clock.now(), horizon_days=horizon_days)

    def compare_baskets(self, of: Basket, *, days: int) -> Affinities:
        """Return what goes into one basket together."""
        return read_affinities(self._book, self._clock.now(), of=of, days=days)

    def divide_revenue(self, *, months: int) -> Growth:
        """Return what new and returning customers bought, month by month."""
        return read_growth(self._book, self._clock.now(), months=months)
