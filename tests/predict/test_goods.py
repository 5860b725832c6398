"""What runs low: rhythms are found again, days and confidences hold, uncertainty is withheld."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.predict import Withheld, forecast_goods
from kikubari.decide.predict._pairs import distinct_purchases
from kikubari.decide.predict.contracts import NAMED_FROM, REACH_DAYS
from kikubari.decide.predict.rhythms import learn_rhythms

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def purchases_of(rows, n_items=50):
    rows = np.array(rows, dtype=np.int64).reshape(-1, 3)
    n_customers = int(rows[:, 0].max(initial=0)) + 1
    return distinct_purchases(rows[:, 0], rows[:, 1], rows[:, 2], n_customers, n_items)


def shop(*, seed, n=600, spread=0.2, days=400, stops=0.0):
    """Return a shop whose customers use up their goods in 10 to 60 days, give or take."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        usual = draw.uniform(10, 60)
        day = -days + draw.uniform(0, usual)
        while day < 100:
            rows.append((customer, customer % 50, int(day)))
            if draw.random() < stops:
                break
            day += usual * np.exp(draw.normal(0, spread))
    return purchases_of(rows)


@pytest.fixture(scope="module")
def steady():
    purchases = shop(seed=1)
    return purchases, forecast_goods(purchases)


def next_days(purchases, due):
    """Return when each was bought next, from the forecast; infinite if never."""
    came = purchases.between(0, 10_000)
    first = dict(zip(came.key[::-1].tolist(), came.day[::-1].tolist(), strict=True))
    keys = due.customer * purchases.n_items + due.item
    return np.array([first.get(int(key), np.inf) for key in keys])


def test_who_runs_low_is_named_with_days_that_hold(steady):
    purchases, found = steady
    due, came = found.due, next_days(purchases, found.due)
    assert len(due) > 150
    # Gaps vary by a fifth, of 35 days on average: a day is missed by little.
    assert np.median(np.abs(came - due.days)) < 6
    within = (due.low_days - 1 <= came) & (came <= due.high_days + 1)
    assert within.mean() == pytest.approx(0.8, abs=0.1)
    came_in_reach = (came < REACH_DAYS).mean()
    assert came_in_reach == pytest.approx(due.confidence.mean(), abs=0.07)


def test_the_card_tells_how_it_did(steady):
    _, found = steady
    quality = found.card.quality
    assert found.card.n_named == len(found.due)
    assert found.card.withheld is None
    assert quality.said == pytest.approx(quality.came.value, abs=0.1)
    assert quality.day_error <= quality.plain_day_error + 0.5
    assert quality.reliability.expected_error < 0.1


def test_days_are_in_order_and_within_reach(steady):
    _, found = steady
    due = found.due
    assert (due.low_days >= 0).all()
    assert (due.low_days <= due.days).all()
    assert (due.days <= due.high_days).all()
    assert (due.days <= REACH_DAYS).all()
    assert (due.confidence >= NAMED_FROM).all()
    assert (due.purchases >= 2).all()


def test_who_may_have_stopped_is_told_with_less_confidence():
    loyal, fickle = (forecast_goods(shop(seed=2, stops=stops)) for stops in (0.0, 0.3))
    assert loyal.due.confidence.mean() > 0.75
    assert len(fickle.due) == 0 or fickle.due.confidence.mean() < loyal.due.confidence.mean()


def test_what_nobody_buys_again_is_never_named():
    rows = [(customer, customer % 50, -(customer % 200) - 1) for customer in range(2_000)]
    found = forecast_goods(purchases_of(rows))
    assert found.card.withheld is Withheld.TOO_FEW_REPEATS
    assert len(found.due) == 0


@pytest.mark.parametrize("rows", [[], [(0, 0, -1)], [(0, 0, -30), (0, 0, -1)]])
def test_a_young_shop_names_nothing(rows):
    assert forecast_goods(purchases_of(rows)).card.withheld is Withheld.HISTORY_TOO_SHORT


def test_what_came_later_is_not_looked_at(steady):
    purchases, found = steady
    again = forecast_goods(purchases.before(0))
    assert np.array_equal(again.due.confidence, found.due.confidence)


_LINES = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-120, -1))


@given(st.lists(_LINES, min_size=1, max_size=60), st.randoms())
def test_the_order_of_lines_does_not_matter(rows, random):
    shuffled = [*rows, *random.sample(rows, len(rows) // 2)]
    random.shuffle(shuffled)
    one, other = (
        learn_rhythms(purchases_of(it, 4)).forecast(purchases_of(it, 4)) for it in (rows, shuffled)
    )
    for name in one.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@given(st.lists(_LINES, min_size=1, max_size=60), st.integers(1, 60))
def test_silence_lowers_the_chance_that_it_is_bought_again(rows, later):
    purchases = purchases_of(rows, 4)
    rhythms = learn_rhythms(purchases)
    now, then = rhythms.forecast(purchases), rhythms.forecast(purchases, later)
    assert (then.again <= now.again + 1e-9).all()
    assert ((now.low <= now.middle) & (now.middle <= now.high)).all()
    assert ((now.again >= 0) & (now.again <= 1)).all()
