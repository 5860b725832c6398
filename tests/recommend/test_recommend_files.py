"""`kikubari recommend` on files with planted structure: the commands, as a shop would run them."""

import csv
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from kikubari.cli.recommending import recommend

_START = datetime(2026, 1, 1, tzinfo=UTC)
_N_CUSTOMERS, _N_ITEMS, _N_DAYS = 120, 40, 140


def _lines(seed=3, *, is_noise=False):
    """Return lines of a shop: every customer has three items of their own, bought every week."""
    generator = np.random.default_rng(seed)
    lines = []
    for customer in range(_N_CUSTOMERS):
        own = generator.choice(_N_ITEMS, 3, replace=False)
        for day in range(int(generator.integers(7)), _N_DAYS, 7):
            bought = generator.integers(0, _N_ITEMS, 2) if is_noise else own[:2]
            if not is_noise and day % 3 == 0:
                bought = [*bought, own[2]]
            at = _START + timedelta(days=day, hours=9)
            lines += [(f"c{customer:03}", f"i{item:02}", at, 10.0) for item in bought]
    return lines


def _write(path, lines, names=("customer", "item", "time", "value")):
    columns = [pa.array(list(one)) for one in zip(*lines, strict=True)]
    pyarrow.parquet.write_table(pa.table(columns, names=list(names)), path)
    return path


def _run(*arguments: object):
    return CliRunner().invoke(recommend, [str(one) for one in arguments])


def _export(history, out, *more: object, as_of="2026-04-30", mode="all"):
    answer = _run(
        *("export", "--history", history, "--as-of", as_of, "--mode", mode),
        *("--k", 5, "--out", out, *more),
    )
    assert answer.exception is None, answer.output
    with out.open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return _write(tmp_path_factory.mktemp("shop") / "shop.parquet", _lines())


def test_what_a_customer_buys_every_week_leads_their_list(shop, tmp_path):
    rows = _export(shop, tmp_path / "out.csv")
    habits = {}
    for customer, item, _, _ in _lines():
        habits.setdefault(customer, set()).add(item)
    tops = {}
    for row in rows:
        if int(row["rank"]) <= 2:
            tops.setdefault(row["customer"], set()).add(row["item"])
    assert set(tops) == set(habits)
    assert all(top <= habits[customer] for customer, top in tops.items())
    assert {row["reason"] for row in rows if int(row["rank"]) <= 2} == {"buy_again"}


def test_new_lists_hold_nothing_the_customer_ever_bought_and_nothing_twice(shop, tmp_path):
    rows = _export(shop, tmp_path / "out.csv", mode="new")
    bought = {(customer, item) for customer, item, at, _ in _lines() if at.date() < _as_of()}
    listed = [(row["customer"], row["item"]) for row in rows]
    assert rows
    assert not bought & set(listed)
    assert len(listed) == len(set(listed))
    assert "buy_again" not in {row["reason"] for row in rows}


def _as_of():
    return datetime(2026, 4, 30, tzinfo=UTC).date()


def test_the_order_of_the_rows_and_what_comes_after_change_nothing(shop, tmp_path):
    lines = [one for one in _lines() if one[2].date() < _as_of()]
    np.random.default_rng(1).shuffle(lines)
    lines = [tuple(one) for one in lines]
    lines = [(a, b, datetime.fromisoformat(str(c)), float(d)) for a, b, c, d in lines]
    other = _write(tmp_path / "other.parquet", lines)
    assert _export(shop, tmp_path / "a.csv") == _export(other, tmp_path / "b.csv")


def test_a_returned_item_is_not_a_purchase(tmp_path):
    lines = [
        ("a", "kept", _START, 5.0),
        ("a", "returned", _START, -5.0),
        ("b", "kept", _START, 5.0),
    ]
    rows = _export(
        _write(tmp_path / "few.parquet", lines), tmp_path / "out.csv", as_of="2026-02-01"
    )
    assert {(row["customer"], row["item"]) for row in rows} == {("a", "kept"), ("b", "kept")}


def test_evaluation_shows_the_blend_beside_the_baselines_with_intervals(shop):
    answer = _run(
        *("evaluate", "--history", shop, "--as-of", "2026-04-30", "--horizon", "14d", "--json")
    )
    assert answer.exception is None, answer.output
    found = json.loads(answer.output)
    scores = {one["ranking"]: one for one in found["scores"]}
    assert set(scores) == {"blend", "own_frequency", "popular", "trending"}
    for one in scores.values():
        assert one["ndcg"]["low"] <= one["ndcg"]["value"] <= one["ndcg"]["high"]
    assert scores["blend"]["ndcg"]["value"] > 0.9
    assert scores["blend"]["gain"] is None
    assert scores["popular"]["gain"]["low"] > 0
    assert scores["own_frequency"]["gain"]["low"] > -0.02


def test_on_noise_the_simple_ranking_stays(tmp_path):
    noise = _write(tmp_path / "noise.parquet", _lines(is_noise=True))
    answer = _run(
        *("evaluate", "--history", noise, "--as-of", "2026-04-30", "--horizon", "14d"),
        *("--mode", "new", "--json"),
    )
    found = json.loads(answer.output)
    assert found["chosen"] == "popular"
    assert {one["ranking"] for one in found["trials"]} >= {"popular", "trending", "learned"}


def test_a_missing_column_is_named_and_columns_can_be_named(tmp_path):
    names = ("who", "item", "time", "value")
    path = _write(tmp_path / "own_names.parquet", _lines()[:50], names)
    out = tmp_path / "out.csv"
    refused = _run(*("export", "--history", path, "--as-of", "2026-04-30", "--out", out))
    assert "'customer'" in str(refused.exception)
    assert _export(path, out, "--customer-column", "who")


def test_before_anybody_bought_there_is_nothing_to_recommend(shop, tmp_path):
    refused = _run(
        *("export", "--history", shop, "--as-of", "2020-01-01", "--out", tmp_path / "out.csv")
    )
    assert refused.exception.code == "no_items"


def _evaluate(shop, *more: object):
    answer = _run(
        *("evaluate", "--history", shop, "--as-of", "2026-04-30", "--horizon", "14d", "--json"),
        *more,
    )
    assert answer.exception is None, answer.output
    return json.loads(answer.stdout)


def test_every_figure_has_an_interval_and_the_seed_is_told_with_it(shop):
    first, again, other = (_evaluate(shop, "--seed", one) for one in (7, 7, 8))
    assert first["seed"] == 7
    assert other["seed"] == 8
    assert first["scores"] == again["scores"]
    assert first["scores"] != other["scores"]
    for one in first["scores"]:
        for name in ("ndcg", "recall", "coverage", "novelty"):
            assert one[name]["low"] <= one[name]["value"] <= one[name]["high"], name
        assert 0 < one["coverage"]["value"] <= 1


def test_an_export_is_repeated_by_its_seed(shop, tmp_path):
    first, again = (_export(shop, tmp_path / name, "--seed", 5) for name in ("a.csv", "b.csv"))
    assert first == again
