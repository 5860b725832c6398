"""Reasons of recommendations hold: each claim has its fact in what was bought."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from made_up_shop import N_ITEMS, People, ago, product, recommending, usable

from kikubari.cli.recommending import recommend
from kikubari.decide.recommend import Reason, Request, Strategy, reason_sentence
from kikubari.decide.recommend._candidates import FEATURES, Candidates
from kikubari.decide.recommend._selling import is_rising
from kikubari.decide.recommend.blend import best_of
from kikubari.decide.recommend.situation import usual_days
from kikubari.decide.recommend.traces import Trace

_counts = st.integers(0, 400)
_scores = st.floats(-3, 6, width=32)


def test_who_only_looked_gets_what_is_like_it_or_goes_with_it_and_is_told_so():
    people = People()
    looked = {"p04": ago(1), "p08": ago(3)}
    people.add(1, Trace({}, looked))
    shop = [product(number) for number in range(N_ITEMS)]
    service = recommending(shop, people, learned=usable())
    found = service.recommend(Request(strategy=Strategy.FOR_YOU, number=1, limit=6)).items
    assert len(found) == 6
    assert {one.strategy for one in found} == {Strategy.FOR_YOU}
    assert not {one.product_id for one in found} & looked.keys()
    for one in found:
        assert one.reason.code in {Reason.LIKE_INTEREST, Reason.WITH_INTEREST}
        assert one.reason.seed in looked
        assert one.reason.interest is Reason.VIEWED
        assert "which you looked at" in reason_sentence(one.reason, "en")
        assert "ご覧になった" in reason_sentence(one.reason, "ja")


def test_who_does_not_let_views_be_followed_gets_nothing_by_them():
    people = People()
    people.add(1, Trace({}, {"p04": ago(1)}), is_tracked=False)
    service = recommending([product(n) for n in range(N_ITEMS)], people, learned=usable())
    asked = Request(strategy=Strategy.FOR_YOU, number=1, falls_back=False)
    assert service.recommend(asked).items == ()


@given(_counts, _counts)
def test_a_trend_is_more_buyers_than_before_by_more_than_chance(now, before):
    pop = np.log1p(np.array([now], dtype=np.float32))
    trend = np.log(np.array([(now + 1) / (before + 1)], dtype=np.float32))
    if is_rising(pop, trend)[0]:
        assert now >= 3
        assert now > before
        assert now - before >= 0.99 * np.sqrt(now + before)
        assert now >= 1.15 * before
    elif now >= 3:
        assert now < 2 * before + 6


@given(
    st.integers(0, 3),
    st.tuples(_scores, _scores, _scores),
    st.tuples(_counts, _counts),
    st.integers(0, 2**32 - 1),
)
def test_every_reason_of_a_ranking_rests_on_its_own_fact(count, scores, buyers, seed):
    (with_last, likes, next_up), (now, before) = scores, buyers
    features = np.random.default_rng(seed).normal(size=(1, len(FEATURES))).astype(np.float32)
    facts = {
        "count": np.log1p(count), "with_last_z": with_last, "likes_z": likes, "next_up_z": next_up,
        "pop_lately": np.log1p(now), "trend_lately": np.log((now + 1) / (before + 1)),
    }  # fmt: skip
    for name, value in facts.items():
        features[0, FEATURES.index(name)] = value
    nobody = np.zeros(1, dtype=np.int64)
    found = Candidates(nobody, nobody, features)
    lists = best_of(found, np.zeros(1, dtype=np.float32), 1)
    for reason in (lists.reason[0], lists.other_reason[0]):
        assert (reason is Reason.BUY_AGAIN) == (count > 0)
        if reason is Reason.BOUGHT_TOGETHER:
            assert with_last > max(likes, 1)
        if reason is Reason.SIMILAR_CUSTOMERS:
            assert likes > 1
        if reason is Reason.TRENDING:
            assert now > before
    assert lists.other_reason[0] is not Reason.BOUGHT_TOGETHER


_START = datetime(2026, 1, 1, tzinfo=UTC)
_END = _START + timedelta(days=140)


def _write_shop(path):
    """Write a shop in which one item sells more and more, one less and less, the rest as ever."""
    draw = np.random.default_rng(5)
    lines = []
    for customer in range(200):
        for day in range(int(draw.integers(7)), 140, 7):
            bought = {f"steady{one}" for one in draw.integers(0, 20, 2)}
            bought |= {"rising"} if draw.random() < (0.02 if day < 112 else 0.12) else set()
            bought |= {"falling"} if draw.random() < (0.3 if day < 112 else 0.08) else set()
            lines += [(f"c{customer:03}", one, _START + timedelta(days=day)) for one in bought]
    columns = [pa.array(list(one)) for one in zip(*lines, strict=True)]
    pyarrow.parquet.write_table(pa.table(columns, names=["customer", "item", "time"]), path)
    return lines


@pytest.mark.parametrize("mode", ["all", "new"])
def test_what_a_file_calls_trending_sells_more_than_before(mode, tmp_path):
    history, out = tmp_path / "history.parquet", tmp_path / "out.csv"
    lines = _write_shop(history)
    asked = ["export", "--history", history, "--as-of", _END.isoformat(), "--mode", mode]
    asked += ["--horizon", "28d", "--out", out]
    answer = CliRunner().invoke(recommend, [str(one) for one in asked])
    assert answer.exception is None, answer.exception
    with out.open() as file:
        rows = list(csv.DictReader(file))
    turn = _END - timedelta(days=28)
    now = {(who, what) for who, what, at in lines if at >= turn}
    before = {(who, what) for who, what, at in lines if turn - (_END - turn) <= at < turn}
    buyers_now, buyers_before = (Counter(what for _, what in one) for one in (now, before))
    called = {row["item"] for row in rows if row["reason"] == "trending"}
    assert all(buyers_now[one] > 1.1 * buyers_before[one] for one in called)
    assert "falling" not in called
    if mode == "new":
        assert {row["reason"] for row in rows if row["item"] == "rising"} & {"trending"}
    bought = {(who, what) for who, what, _ in lines}
    for row in rows:
        assert (row["reason"] == "buy_again") == ((row["customer"], row["item"]) in bought)


@given(st.integers(2, 60), st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=12))
def test_a_rhythm_is_told_where_gaps_agree(usual, swings):
    days = [0]
    for swing in swings:
        days.append(days[-1] + max(1, round(usual * (1 + swing))))
    said = usual_days(days)
    assert said is not None
    assert abs(said - usual) <= 0.2 * usual + 1


@given(st.sets(st.integers(0, 400), max_size=12).map(sorted))
def test_a_rhythm_that_is_told_is_near_most_gaps(days):
    said = usual_days(days)
    if said is not None:
        gaps = np.diff(days)
        assert len(gaps) >= 2
        assert gaps.min() - 0.5 <= said <= gaps.max() + 0.5
        assert np.abs(gaps - said).mean() <= 0.35 * said + 1


def test_who_buys_now_and_then_is_not_told_of_a_rhythm():
    trace = Trace({"p00": [ago(60), ago(55), ago(20)], "p08": [ago(60), ago(41), ago(20)]})
    people = People()
    people.add(1, trace)
    service = recommending([product(one) for one in range(N_ITEMS)], people, learned=usable())
    asked = Request(strategy=Strategy.BUY_AGAIN, number=1, limit=5, falls_back=False)
    said = {one.product_id: one.reason for one in service.recommend(asked).items}
    assert said["p00"].usual_days is None
    assert reason_sentence(said["p00"], "en") == "You have bought this before"
    assert said["p08"].usual_days == 20


def test_nothing_is_said_to_go_with_a_purchase_that_no_basket_shows():
    trace = Trace({"p00": [ago(9)], "p05": [ago(3)]})
    people = People()
    people.add(1, trace)
    service = recommending([product(one) for one in range(N_ITEMS)], people, learned=usable())
    found = service.recommend(Request(strategy=Strategy.FOR_YOU, number=1, limit=40)).items
    partners = {usable().learned.items[one] for one, _, _ in usable().learned.goes_with.of(5)}
    for one in found:
        if one.reason.code is Reason.BOUGHT_TOGETHER and one.strategy is Strategy.FOR_YOU:
            assert one.reason.seed == "p05"
            assert one.product_id in partners
