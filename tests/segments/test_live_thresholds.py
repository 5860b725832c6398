"""Thresholds come from the shop's own values, can be chosen, and are versions; the RFM grid."""

from datetime import timedelta

import pytest
from live_shop import LiveShop
from population import AS_OFS

from kikubari.segments import (
    BUILTIN_SEGMENTS,
    STAGES,
    PastSizes,
    SegmentDefinitions,
    Thresholds,
    compute_rfm_grid,
    find_builtin,
)
from kikubari.spec.conditions import convert_condition
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore, StateStore

N_BUYERS = 60


@pytest.fixture
def live(state: StateStore, columnar: ColumnarStore) -> LiveShop:
    """Sixty buyers; number n ordered n days ago for n hundred, every third twice."""
    shop = LiveShop(state, columnar, AS_OFS[0])
    events = []
    for number in range(1, N_BUYERS + 1):
        agos = [number, number + 10] if number % 3 == 0 else [number]
        events.extend(_order(shop, number, ago) for ago in agos)
    shop.append(*events)
    shop.take_in()
    return shop


def _order(shop: LiveShop, number: int, days: int) -> Event:
    at = shop.clock.now() - timedelta(days=days)
    return Event(
        message_id=f"{number}-{days}", kind=EventKind.TRACK, type="Order Completed",
        occurred_at=at, received_at=at, source_id=1, number=number,
        properties={"total": number * 100, "currency": "JPY"},
    )  # fmt: skip


@pytest.fixture
def thresholds(live: LiveShop, columnar: ColumnarStore) -> Thresholds:
    """Thresholds of the shop, not computed yet."""
    return Thresholds(live.state, columnar, live.clock)


def test_what_a_shop_has_enough_of_is_computed(thresholds: Thresholds) -> None:
    thresholds.renew()
    found = {one.spec.key: one for one in thresholds.list_all()}
    # Exact fifths of the days since the last order: 1 to 60.
    assert [found[f"rfm_recency_{edge}"].value for edge in range(1, 5)] == [13, 25, 37, 49]
    monetary = found["rfm_monetary_4"]
    assert monetary.distribution is not None
    assert monetary.distribution.n == N_BUYERS
    assert sum(monetary.distribution.bins) == N_BUYERS
    # Twenty gaps of ten days are too few to say anything.
    gaps = found["at_risk_days"]
    assert (gaps.computed, gaps.value) == (None, gaps.spec.plain)


def test_a_choice_counts_until_it_is_taken_back(thresholds: Thresholds) -> None:
    thresholds.renew()
    vip = find_builtin("builtin:vip")
    assert vip is not None
    before = vip.version(thresholds.values())
    thresholds.choose("vip_percent", 25)
    thresholds.choose("vip_percent", 25)
    values = thresholds.values()
    assert values.values["vip_percent"] == 25
    assert vip.version(values) == before + 1
    assert vip.tree(values) != vip.definition
    thresholds.choose("vip_percent", None)
    assert thresholds.values().values["vip_percent"] == 10
    with pytest.raises(InvalidInputError, match="between"):
        thresholds.choose("vip_percent", 99)
    with pytest.raises(NotFoundError):
        thresholds.choose("nothing", 1)


def test_thresholds_are_renewed_daily_and_when_the_log_doubles(
    live: LiveShop, thresholds: Thresholds
) -> None:
    assert thresholds.renew_if_due(80)
    assert not thresholds.renew_if_due(80)
    assert thresholds.renew_if_due(2_000)
    live.clock.advance(timedelta(hours=24))
    assert thresholds.renew_if_due(2_000)


def test_a_chosen_threshold_moves_a_segment(live: LiveShop, thresholds: Thresholds) -> None:
    live.segments = SegmentDefinitions(live.state, thresholds)
    live.start_follower()
    live.settle()
    assert len(live.memberships.members("builtin:vip")) == N_BUYERS // 10
    thresholds.choose("vip_percent", 50)
    live.clock.advance(timedelta(seconds=5))
    live.settle()
    assert len(live.memberships.members("builtin:vip")) == N_BUYERS // 2
    newest, _ = live.memberships.list_changes("builtin:vip")
    assert newest.cause == "edited"


def test_everybody_is_in_exactly_one_stage(live: LiveShop, thresholds: Thresholds) -> None:
    live.segments = SegmentDefinitions(live.state, thresholds)
    live.start_follower()
    live.settle()
    stages = [live.memberships.members(stage) for stage in STAGES]
    everyone = live.memberships.members("builtin:everyone")
    assert sum(map(len, stages)) == len(everyone) == len(everyone.union(*stages))


def test_every_buyer_is_in_one_cell_of_the_grid(live: LiveShop, thresholds: Thresholds) -> None:
    thresholds.renew()
    live.segments = SegmentDefinitions(live.state, thresholds)
    engine = live.engine()
    for by in ("monetary", "frequency"):
        grid = compute_rfm_grid(engine, thresholds.values(), by)
        assert grid.n_buyers == N_BUYERS == sum(cell.count for cell in grid.cells)
    grid = compute_rfm_grid(engine, thresholds.values())
    for cell in grid.cells:
        tree = convert_condition({"type": "segment", "segment": cell.segment_id})
        assert len(engine.evaluate(tree).members) == cell.count


def test_the_past_begins_half_a_year_before(live: LiveShop, thresholds: Thresholds) -> None:
    live.segments = SegmentDefinitions(live.state, thresholds)
    live.start_follower()
    live.settle()
    past = PastSizes(live.state, live.engine(), live.clock)
    for _ in range(26 * len(BUILTIN_SEGMENTS)):
        assert past.run_once()
    assert not past.run_once()
    points = live.memberships.sizes("builtin:everyone")
    assert len(points) == 27
    assert [point.size for point in points] == sorted(point.size for point in points)
    assert sum(point.entered for point in points[:-1]) == points[-2].size
