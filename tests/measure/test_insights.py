"""Insights on small shops, against the plainest reading of the same orders."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.measure.insights import Insights, OrderBook
from kikubari.measure.insights.survival import Waits, estimate_returns
from kikubari.segments import ThresholdValues
from kikubari.segments.thresholds import PLAIN_VALUES
from kikubari.spec import topics
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.storage import ColumnarStore

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tokyo")  # where it is the 21st already
LIMITED = 9  # who is left out


class Deed(NamedTuple):
    """One event about an order."""

    person: int
    hours_ago: int
    order: str
    type: str = topics.ORDER_COMPLETED
    value: int = 1_000
    items: tuple[str, ...] = ()
    currency: str = "JPY"

    @property
    def at(self) -> datetime:
        return NOW - timedelta(hours=self.hours_ago)


class Shop:
    """Orders as the copy of the log holds them, and the insights on them."""

    def __init__(self, columnar: ColumnarStore) -> None:
        self.columnar = columnar
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)

    def now(self) -> datetime:
        return NOW

    def list_left_out(self) -> BitMap:
        return BitMap([LIMITED])

    def fill(self, deeds: Iterable[Deed], values: ThresholdValues = PLAIN_VALUES) -> Insights:
        """Write these events instead of what was there."""
        self.columnar.command("TRUNCATE TABLE events")
        events = [
            SequencedEvent(
                place,
                deed.person,
                Event(
                    message_id=f"m{place}", kind=EventKind.TRACK, type=deed.type,
                    occurred_at=deed.at, received_at=deed.at, source_id=0, trust=Trust.INTERNAL,
                    number=deed.person, properties=properties_of(deed),
                ),
            )
            for place, deed in enumerate(deeds, start=1)
        ]  # fmt: skip
        rows = RowBuilder(workspace_id=1, currency="JPY").build(events)["events"]
        if events:
            self.columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))
        book = OrderBook(self.columnar, left_out=self, currency="JPY", timezone=str(ZONE))
        return Insights(book, self, thresholds=lambda: values)


def properties_of(deed: Deed) -> dict[str, Any]:
    products = [{"product_id": one, "category": one[0]} for one in deed.items]
    said = {"total": deed.value, "currency": deed.currency, "products": products}
    return said | ({"order_id": deed.order} if deed.order else {})


@pytest.fixture
def shop(columnar: ColumnarStore) -> Shop:
    return Shop(columnar)


DEEDS = st.lists(
    st.builds(
        Deed,
        person=st.sampled_from((1, 2, 3, 4, LIMITED)),
        hours_ago=st.integers(-30, 24 * 400),
        order=st.sampled_from(("", "a", "b", "c", "d")),
        type=st.sampled_from(
            (topics.ORDER_COMPLETED,) * 5 + (topics.ORDER_CANCELLED, topics.ORDER_REFUNDED)
        ),
        value=st.integers(0, 2_000),
        items=st.lists(st.sampled_from(("A1", "A2", "B1", "C1")), max_size=3).map(tuple),
        currency=st.sampled_from(("JPY", "JPY", "GBP")),
    ),
    max_size=25,
)
small_shops = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Order(NamedTuple):
    """An order that counts."""

    person: int
    at: datetime
    worth: int
    items: frozenset[str]

    @property
    def day(self):
        return self.at.astimezone(ZONE).date()

    @property
    def month(self):
        return self.day.replace(day=1)


def worth_of(deed: Deed) -> int:
    return deed.value if deed.currency == "JPY" else 0


def orders_of(deeds: Iterable[Deed]) -> list[Order]:
    """Read the orders that count, one by one."""
    known: dict[tuple[int, str], list[Deed]] = defaultdict(list)
    for place, deed in enumerate(deeds):
        if deed.person != LIMITED and deed.at <= NOW:
            known[deed.person, deed.order or f"#{place}"].append(deed)
    found = []
    for (person, _), own in known.items():
        stated = [deed for deed in own if deed.type == topics.ORDER_COMPLETED]
        if not stated or any(deed.type == topics.ORDER_CANCELLED for deed in own):
            continue
        latest = max(stated, key=lambda deed: deed.at)
        value = worth_of(latest)
        refunded = sum(worth_of(deed) for deed in own if deed.type == topics.ORDER_REFUNDED)
        if not 0 < value <= refunded:
            worth = max(0, value - refunded)
            found.append(Order(person, latest.at, worth, frozenset(latest.items)))
    return found


def has_no_ties(deeds: Iterable[Deed]) -> list[Deed]:
    """Leave out statements of one order at one instant: which is later is the log's to say."""
    return list({(one.person, one.order or id(one), one.hours_ago): one for one in deeds}.values())


def test_a_shop_without_orders_has_empty_insights(shop):
    insights = shop.fill([])
    assert insights.map_buyers().n_people == 0
    assert insights.follow_cohorts(months=12).cohorts == []
    assert insights.trace_repeats(horizon_days=365).curves == []
    assert insights.divide_revenue(months=12).months == []
    assert insights.compare_baskets("product", days=365).pairs == []


@small_shops
@given(deeds=DEEDS)
def test_months_are_those_of_who_bought_first_in_each(shop, deeds):
    deeds = has_no_ties(deeds)
    insights = shop.fill(deeds)
    orders = orders_of(deeds)
    first = {
        person: min(one.month for one in orders if one.person == person)
        for person in {one.person for one in orders}
    }
    people, worth = defaultdict(set), Counter()
    for one in orders:
        people[first[one.person], one.month].add(one.person)
        worth[first[one.person], one.month] += one.worth
    told = insights.follow_cohorts(months=12).cohorts
    since = datetime(2025, 12, 1, tzinfo=UTC).date()
    assert [one.month for one in told] == sorted({one for one in first.values() if one >= since})
    for cohort in told:
        assert cohort.n_people == len(people[cohort.month, cohort.month])
        last = cohort.months[-1].after
        assert add_months(cohort.month, last) == datetime(2026, 11, 1, tzinfo=UTC).date()
        for one in cohort.months:
            at = cohort.month, add_months(cohort.month, one.after)
            assert (one.n_people, one.value_minor) == (len(people[at]), worth[at])
    for month in insights.divide_revenue(months=12).months:
        back = [at for at in people if at[1] == month.month and at[0] != month.month]
        own = month.month, month.month
        assert (month.n_new, month.new_value_minor) == (len(people[own]), worth[own])
        assert month.n_returning == sum(len(people[at]) for at in back)
        assert month.returning_value_minor == sum(worth[at] for at in back)
        orders_here = [one for one in orders if one.month == month.month]
        assert month.n_new_orders + month.n_returning_orders == len(orders_here)


def add_months(month, n):
    years, place = divmod(month.year * 12 + month.month - 1 + n, 12)
    return month.replace(year=years, month=place + 1)


@small_shops
@given(deeds=DEEDS)
def test_repeats_are_counted_by_days_on_which_something_was_bought(shop, deeds):
    deeds = has_no_ties(deeds)
    told = shop.fill(deeds).trace_repeats(horizon_days=365).curves
    days = defaultdict(set)
    for one in orders_of(deeds):
        days[one.person].add(one.day)
    for curve in told:
        made = [own for own in days.values() if len(own) >= curve.purchase]
        assert curve.n_people == len(made) > 0
        assert curve.n_again == sum(len(own) > curve.purchase for own in made)
        assert (curve.points, curve.last_day) == ([], 0)  # four people tell nothing
    assert len(told) == min(3, max(map(len, days.values()), default=0))


@given(
    waits=st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60),
    fewest=st.integers(1, 5),
)
def test_the_curve_is_the_product_limit_of_everybody_one_by_one(waits, fewest):
    points = curve_of(waits, fewest)
    survived = 1.0
    told = {one.day: one for one in points}
    for day in range(31):
        at_risk = [one for one in waits if one[0] >= day]
        if len(at_risk) < fewest:
            assert all(one <= day for one in told)
            break
        survived *= 1 - sum(one == (day, True) for one in at_risk) / len(at_risk)
        if day in told:
            assert told[day].share == pytest.approx(1 - survived)
            assert told[day].n_at_risk == len(at_risk)
            assert -1e-9 <= told[day].low <= told[day].share + 1e-9
            assert told[day].share <= told[day].high + 1e-9 <= 1 + 2e-9
        else:
            assert (day, True) not in waits


def curve_of(waits, fewest):
    return estimate_returns((Waits(days, 1, is_over) for days, is_over in waits), fewest=fewest)


def test_the_curve_and_its_interval_are_those_of_the_textbook():
    """Remission of leukaemia patients on 6-MP (Gehan 1965), as in every textbook on survival."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    points = curve_of([(day, True) for day in ended] + [(day, False) for day in cut], 1)
    told = {one.day: one for one in points}
    assert {day: round(1 - told[day].share, 4) for day in ended} == {
        6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482,
    }  # fmt: skip
    # Greenwood's standard error at 10 is 0.0963: the interval of log(-log S) from it.
    share, error = 0.752941, 0.096350
    reach = 1.959964 * error / (share * abs(log(share)))
    assert told[10].high == pytest.approx(1 - share ** exp(reach), abs=1e-4)
    assert told[10].low == pytest.approx(1 - share ** exp(-reach), abs=1e-4)


def test_a_curve_tells_by_when_half_of_those_who_come_back_have(shop):
    """Of 100, 40 come back 10 days after, 20 after 50, and the rest cannot be known longer."""
    waits = [10] * 40 + [50] * 20 + [None] * 40
    deeds = []
    for person, wait in enumerate(waits, start=10):
        deeds.append(Deed(person, 24 * 100, ""))
        if wait is not None:
            deeds += [Deed(person, 24 * (100 - wait), "x"), Deed(person, 24 * (100 - wait), "y")]
    (first, second) = shop.fill(deeds).trace_repeats(horizon_days=90).curves
    assert (first.purchase, first.n_people, first.n_again, first.half_days) == (1, 100, 60, 10)
    assert [(one.day, round(one.share, 2)) for one in first.points] == [(10, 0.4), (50, 0.6)]
    assert first.last_day == 90
    assert (second.purchase, second.n_people, second.n_again, second.half_days) == (2, 60, 0, None)


@small_shops
@given(deeds=DEEDS)
def test_the_map_of_buyers_counts_everybody_in_one_cell(shop, deeds):
    told = shop.fill(deeds).map_buyers()
    own = defaultdict(list)
    for deed in deeds:
        counts = deed.type == topics.ORDER_COMPLETED and deed.at <= NOW
        if counts and deed.person != LIMITED:
            own[deed.person].append(deed)
    people, value = Counter(), Counter()
    for deeds_of_one in own.values():
        days = (NOW - max(one.at for one in deeds_of_one)) / timedelta(days=1)
        cell = (
            5 - sum(days >= edge for edge in told.recency_edges),
            1 + sum(len(deeds_of_one) > edge for edge in told.frequency_edges),
        )
        people[cell] += 1
        value[cell] += sum(map(worth_of, deeds_of_one))
    assert len(told.cells) == 25
    for one in told.cells:
        cell = one.recency, one.frequency
        assert (one.n_people, one.value_minor) == (people[cell], value[cell])
    assert (told.n_people, told.value_minor) == (len(own), value.total())


def test_edges_that_are_the_same_are_moved_apart(shop):
    same = {f"rfm_frequency_{part}": 1.0 for part in range(1, 5)}
    insights = shop.fill([], ThresholdValues({**PLAIN_VALUES.values, **same}))
    assert insights.map_buyers().frequency_edges == [1, 2, 3, 4]


def test_pairs_are_told_with_their_lift_and_its_interval(shop):
    baskets = [("A1", "B1", "B1")] * 30 + [("A1",)] * 10 + [("C1",)] * 50 + [("B1", "C1")] * 10
    deeds = [Deed(1, 24 + place, f"o{place}", items=one) for place, one in enumerate(baskets)]
    deeds += [Deed(1, 24 * 400, "old", items=("A1", "C1"))]
    told = shop.fill(deeds).compare_baskets("product", days=365)
    assert (told.n_orders, told.fewest_orders, told.n_compared) == (100, 10, 2)
    assert [(one.id, one.n_orders) for one in told.items] == [("C1", 60), ("A1", 40), ("B1", 40)]
    (pair,) = told.pairs
    assert (pair.left, pair.right, pair.n_orders) == ("A1", "B1", 30)
    assert (pair.left_share, pair.right_share) == (0.75, 0.75)
    assert pair.lift == pytest.approx(0.3 / 0.16)
    # For two pairs at once 97.5 % of each: 2.2414 standard errors of log lift.
    error = sqrt((0.3 * (1 / 0.3 - 5) ** 2 + 2 * 0.1 / 0.16 - 1) / 100)
    assert pair.low == pytest.approx(pair.lift * exp(-2.2414 * error), rel=1e-4)
    assert pair.high == pytest.approx(pair.lift * exp(2.2414 * error), rel=1e-4)
    assert {(one.left, one.right) for one in told.among} == {("A1", "B1"), ("B1", "C1")}
    by_category = shop.fill(deeds).compare_baskets("category", days=365)
    assert [(one.left, one.right) for one in by_category.pairs] == [("A", "B")]


def test_what_a_reseller_buys_at_once_goes_with_nothing(shop):
    huge = tuple(f"A{place}" for place in range(61))
    deeds = [Deed(1, place, f"o{place}", items=huge) for place in range(20)]
    told = shop.fill(deeds).compare_baskets("product", days=365)
    assert (told.n_orders, told.items, told.pairs) == (0, [], [])


@small_shops
@given(deeds=DEEDS)
def test_things_are_counted_once_an_order(shop, deeds):
    deeds = has_no_ties(deeds)
    told = shop.fill(deeds).compare_baskets("product", days=365)
    since = NOW - timedelta(days=365)
    orders = [one for one in orders_of(deeds) if one.at > since and one.items]
    assert told.n_orders == len(orders)
    counts = Counter(item for one in orders for item in one.items)
    assert {one.id: one.n_orders for one in told.items} == counts
