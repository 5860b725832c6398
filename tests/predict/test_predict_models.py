"""The rules of the models: parameters are found again, and forecasts behave as they should."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_shops import START, simulate_purchases

from kikubari.decide.histories import History
from kikubari.decide.predict import PurchaseModel, fit_purchases, gather_occasions, stand_at
from kikubari.decide.predict._fitting import jacobi_points, log_gamma
from kikubari.decide.predict._spread import count_quantile, waiting_quantile
from kikubari.decide.predict.dropout import Dropout, fit_dropout
from kikubari.decide.predict.occasions import Standing
from kikubari.decide.predict.quality import auc, average_precision, reliability, with_interval
from kikubari.decide.predict.spend import fit_spend


def history_of(rows):
    names = pa.array([str(one) for one in range(max(row[0] for row in rows) + 1)])
    return History(
        customers=names,
        customer=np.array([row[0] for row in rows], dtype=np.int32),
        at_us=np.array(
            [START.timestamp() * 1e6 + row[1] * 86_400e6 for row in rows], dtype=np.int64
        ),
        value=np.array([row[2] for row in rows]),
    )


@pytest.fixture(scope="module")
def occasions():
    rows = simulate_purchases(n=3_000, seed=3)
    return gather_occasions(history_of(rows), START + timedelta(days=320))


@pytest.fixture(scope="module")
def model(occasions):
    found = fit_purchases(occasions, timedelta(days=80))
    assert isinstance(found, PurchaseModel)
    return found


def one_customer(*, repeats=3.0, last_age=100.0, age=200.0, recent=(0.0, 1.0)):
    arrays = {"repeats": repeats, "last_age": last_age, "age": age, "total": 120.0}
    arrays |= {"first_value": 30.0, "last_value": 30.0}
    return Standing(
        customer=np.zeros(1, dtype=np.int64),
        recent=np.array([recent]),
        **{name: np.array([value]) for name, value in arrays.items()},
    )


def test_the_parameters_of_a_shop_are_found_again(occasions):
    found = fit_dropout(stand_at(occasions, 0))
    # Rates: mean 0.8 / 30 a day; chance of leaving: mean 0.6 / 3.0.
    assert found.shape / found.rate == pytest.approx(0.8 / 30, rel=0.15)
    assert found.shape == pytest.approx(0.8, rel=0.25)
    assert found.a / (found.a + found.b) == pytest.approx(0.2, rel=0.25)


def test_few_purchases_are_worth_nearer_to_the_shops_mean(occasions):
    at = stand_at(occasions, 0)
    spend = fit_spend(at)
    mean = at.total / (at.repeats + 1)
    away = np.abs(spend.mean(at) - spend.unit) / np.maximum(np.abs(mean - spend.unit), 1e-9)
    assert away[at.repeats >= 8].mean() > away[at.repeats == 0].mean()
    assert (spend.mean(at) * (at.repeats + 1)).sum() == pytest.approx(at.total.sum(), rel=0.05)


def test_the_expected_count_is_that_of_simulated_futures():
    model = Dropout(shape=0.7, rate=40.0, a=0.8, b=2.0)
    at = one_customer()
    draw = np.random.default_rng(2)
    rates = draw.gamma(0.7 + 3, 1 / (40 + 200), 200_000)
    chances = draw.beta(0.8, 2.0 + 4, 200_000)
    until_left = draw.geometric(np.maximum(chances, 1e-12))
    count = np.minimum(draw.poisson(rates * 90), until_left)
    assert model.expect(at, 90)[0] == pytest.approx(count.mean() * model.alive(at)[0], rel=0.01)


@given(
    repeats=st.integers(1, 40),
    age=st.integers(30, 900),
    first=st.floats(0, 1),
    second=st.floats(0, 1),
)
def test_a_later_last_purchase_never_raises_churn(model, repeats, age, first, second):
    earlier, later = sorted((int(first * (age - 1)), int(second * (age - 1))))

    def churn(last_age):
        silence = age - last_age
        recent = tuple(float(silence <= days) for days in (28, 91))
        at = one_customer(repeats=float(repeats), last_age=last_age, age=float(age), recent=recent)
        said = model.forecast(at)
        return said.churn[0], said.expected[0], said.alive[0]

    before, after = churn(float(earlier)), churn(float(later))
    assert after[0] <= before[0] + 1e-9
    assert after[1] >= before[1] - 1e-9
    assert after[2] >= before[2] - 1e-9


def test_intervals_hold_the_truth_at_the_stated_rate(occasions, model):
    at = stand_at(occasions, 0)
    said = model.forecast(at)
    came = occasions.between(0, 80)
    count, worth = came.count()[at.customer], came.sum()[at.customer]
    assert ((said.low <= count) & (count <= said.high)).mean() >= 0.78
    assert ((said.value_low <= worth) & (worth <= said.value_high)).mean() >= 0.75


def test_the_next_purchase_comes_before_its_median_for_half(occasions, model):
    at = stand_at(occasions, 0)
    said = model.forecast(at)
    first = np.full(occasions.n_customers, np.inf)
    later = occasions.between(0, 10_000)
    np.minimum.at(first, later.customer, later.day)
    is_dated = np.isfinite(said.next_days) & (said.next_days <= 80)
    came = first[at.customer][is_dated] <= said.next_days[is_dated]
    assert is_dated.sum() > 100
    assert came.mean() == pytest.approx(0.5, abs=0.12)


def test_the_card_tells_the_data_the_window_and_the_quality(model):
    card = model.card
    assert card.withheld is None
    assert card.quality.days == 80
    assert sum(one.n for one in card.quality.reliability.bins) == card.quality.n_customers
    assert card.quality.mae.low <= card.quality.mae.value <= card.quality.mae.high


def test_a_shop_where_nobody_can_be_told_from_others_is_withheld():
    draw = np.random.default_rng(8)
    rows = [(c, d, 5.0) for c in range(200) for d in draw.uniform(0, 1, 1)]
    rows += [(c, 150 + draw.uniform(0, 150), 5.0) for c in range(100)]
    found = fit_purchases(
        gather_occasions(history_of(rows), START + timedelta(days=300)), timedelta(days=60)
    )
    card = found.card if isinstance(found, PurchaseModel) else found
    assert card.withheld in {"unreliable_on_own_past", None}
    if card.withheld is None:
        assert card.quality.auc.low > 0.5


@given(
    st.floats(0.01, 150.0), st.floats(0.05, 1.0), st.floats(0.2, 50.0), st.sampled_from([0.1, 0.9])
)
def test_count_quantiles_are_those_of_drawn_counts(expected, alive, shape, level):
    found = count_quantile(*(np.array([one]) for one in (expected, alive, shape)), level)[0]
    mean = expected / alive
    draw = np.random.default_rng(0)
    counts = draw.poisson(draw.gamma(shape, mean / shape, 4_000)) * (draw.random(4_000) < alive)
    assert (counts <= found).mean() >= level - 0.03
    if found:
        assert (counts <= found - 1).mean() <= level + 0.03


def test_who_may_never_come_has_no_date():
    days = waiting_quantile(np.array([0.1, 0.1]), np.array([0.4, 0.9]), np.ones(2) * 2, 0.5)
    assert np.isinf(days[0])
    assert np.isfinite(days[1])


@given(st.floats(0.05, 60), st.floats(0.05, 200))
def test_quadrature_gives_the_moments_of_the_beta_distribution(a, b):
    points, weights = jacobi_points(24, b - 1 if b > 0.06 else 0.0, a - 1)
    b = b if b > 0.06 else 1.0
    assert points @ weights == pytest.approx(a / (a + b), rel=1e-6)
    assert points**2 @ weights == pytest.approx(a * (a + 1) / (a + b) / (a + b + 1), rel=1e-6)


def test_log_gamma_meets_factorials():
    n = np.arange(1, 30)
    assert np.allclose(log_gamma(n + 1.0), np.cumsum(np.log(n)), rtol=1e-12)


def test_measures_of_known_scores():
    score, happened = np.array([0.9, 0.8, 0.7, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])
    assert auc(score, happened) == 0.75
    assert average_precision(score, happened) == pytest.approx((1 + 2 / 3) / 2)
    assert auc(np.ones(4), happened) == 0.5
    assert average_precision(np.ones(4), happened) == 0.5
    assert np.isnan(auc(score, np.ones(4)))


def test_calibration_of_true_probabilities_is_good_and_of_halved_ones_is_not():
    draw = np.random.default_rng(4)
    chance = draw.uniform(0, 1, 20_000)
    happened = (draw.random(20_000) < chance).astype(float)
    assert reliability(chance, happened).expected_error < 0.02
    assert reliability(chance / 2, happened).expected_error > 0.2


def test_an_interval_holds_its_figure_and_narrows_with_more_rows():
    draw = np.random.default_rng(4)
    few, many = draw.normal(size=50), draw.normal(size=5_000)
    first, second = (with_interval(lambda one: float(one.mean()), rows) for rows in (few, many))
    assert first.low <= first.value <= first.high
    assert first.high - first.low > 3 * (second.high - second.low)


def test_a_standing_before_the_end_knows_nothing_later(occasions):
    early = stand_at(occasions.before(-100), -100)
    whole = stand_at(occasions, -100)
    for name in vars(early):
        assert np.array_equal(getattr(early, name), getattr(whole, name)), name
