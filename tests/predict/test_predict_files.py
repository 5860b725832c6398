"""`kikubari predict` on files: what is asked, what is written, what is refused."""

import json
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from simulated_shops import (
    START,
    day,
    product_table,
    purchase_table,
    simulate_products,
    simulate_purchases,
    simulate_turning_customers,
)

from kikubari.cli.predicting import predict
from kikubari.decide.histories import HistoryColumns, read_history
from kikubari.decide.predict import WITHHELD_TEXTS, forecast_goods, gather_purchases
from kikubari.spec.errors import InvalidInputError

COLUMNS = [
    *("customer", "expected_purchases", "purchases_low", "purchases_high"),
    *("expected_value", "value_low", "value_high", "p_alive", "churn"),
    *("next_purchase_at", "next_purchase_low_at", "next_purchase_high_at", "withheld"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    path = tmp_path_factory.mktemp("shop") / "history.parquet"
    pyarrow.parquet.write_table(purchase_table(simulate_purchases()), path)
    return path


@pytest.fixture(scope="module")
def grocer(tmp_path_factory):
    path = tmp_path_factory.mktemp("grocer") / "history.parquet"
    pyarrow.parquet.write_table(product_table(simulate_products()), path)
    return path


def run(*arguments: object):
    found = CliRunner().invoke(predict, [str(one) for one in arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def export(history, out, *arguments: object):
    run("export", "--history", history, "--horizon", "90d", "--out", out, *arguments)
    if out.suffix == ".csv":
        return pyarrow.csv.read_csv(out)
    return pyarrow.parquet.read_table(out)


def evaluate(history, *arguments: object):
    return json.loads(run("evaluate", "--history", history, "--json", *arguments))


def test_every_buyer_before_the_instant_has_a_row_with_intervals_around_what_is_expected(
    shop, tmp_path
):
    said = export(shop, tmp_path / "out.parquet", "--as-of", day(300))
    history = pyarrow.parquet.read_table(shop)
    at = history["time"].cast(pa.int64()).to_numpy() / 86_400_000_000
    before = at < (START.timestamp() / 86_400 + 300)
    assert said.column_names == COLUMNS
    assert said["customer"].to_pylist() == sorted(
        set(np.array(history["customer"].to_pylist())[before])
    )
    rows = said.to_pylist()
    assert all(row["purchases_low"] <= row["purchases_high"] for row in rows)
    assert all(0 <= row["churn"] <= 1 and 0 <= row["p_alive"] <= 1 for row in rows)
    assert all(row["value_low"] <= row["expected_value"] * 2 for row in rows)
    dated = [row for row in rows if row["next_purchase_at"]]
    assert dated
    assert all(row["next_purchase_low_at"] <= row["next_purchase_at"] for row in dated)
    assert {row["withheld"] for row in rows if not row["next_purchase_at"]} == {"may_have_left"}


def test_the_truth_of_a_known_shop_is_met(shop):
    found = evaluate(shop, "--as-of", day(300), "--horizon", "90d")
    assert abs(found["bias"]["value"]) < 0.15
    assert abs(found["value_bias"]["value"]) < 0.2
    assert found["auc"]["value"] > 0.8
    assert found["coverage"] >= 0.78
    assert found["value_coverage"] >= 0.75
    assert found["reliability"]["expected_error"] < 0.05
    assert found["bias"]["low"] < found["bias"]["value"] < found["bias"]["high"]


def test_the_order_of_the_rows_changes_nothing(shop, tmp_path):
    table = pyarrow.parquet.read_table(shop)
    order = np.random.default_rng(5).permutation(len(table))
    pyarrow.parquet.write_table(table.take(pa.array(order)), tmp_path / "mixed.parquet")
    first = export(shop, tmp_path / "first.parquet", "--as-of", day(300))
    second = export(tmp_path / "mixed.parquet", tmp_path / "second.parquet", "--as-of", day(300))
    for name in COLUMNS:
        if first[name].type == pa.float64():
            assert np.allclose(first[name].to_numpy(), second[name].to_numpy())
    assert first["customer"] == second["customer"]


def test_what_lies_after_the_instant_is_not_looked_at(shop, tmp_path):
    table = pyarrow.parquet.read_table(shop)
    end_us = (START.timestamp() + 300 * 86_400) * 1_000_000
    early = table.filter(pa.array(table["time"].cast(pa.int64()).to_numpy() < end_us))
    pyarrow.parquet.write_table(early, tmp_path / "early.parquet")
    whole = export(shop, tmp_path / "whole.parquet", "--as-of", day(300))
    assert whole.equals(
        export(tmp_path / "early.parquet", tmp_path / "part.parquet", "--as-of", day(300))
    )


def test_columns_may_be_called_anything_and_files_be_csv(shop, tmp_path):
    table = pyarrow.parquet.read_table(shop).rename_columns(["who", "when", "worth"])
    pyarrow.csv.write_csv(table, tmp_path / "history.csv")
    said = export(
        tmp_path / "history.csv",
        tmp_path / "out.csv",
        *("--as-of", day(300), "--customer-column", "who"),
        *("--time-column", "when", "--value-column", "worth"),
    )
    usual = export(shop, tmp_path / "usual.parquet", "--as-of", day(300))
    assert np.allclose(said["expected_value"].to_numpy(), usual["expected_value"].to_numpy())


def test_products_bought_in_a_rhythm_are_told_from_those_bought_at_whim(grocer, tmp_path):
    what = ("--what", "replenishment", "--as-of", day(200), "--horizon", "14d")
    found = evaluate(grocer, *what)
    assert found["bought_twice"]["average_precision"]["value"] > 0.75
    assert found["bought_twice"]["reliability"]["expected_error"] < 0.1
    assert found["card"]["is_learned"]
    run("export", "--history", grocer, *what, "--out", tmp_path / "out.parquet")
    said = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert said[0].keys() == {
        *("customer", "item", "purchases", "probability", "withheld"),
        *("due_at", "due_low_at", "due_high_at", "runs_low"),
    }
    rhythm = [one["probability"] for one in said if one["item"] < "p10"]
    whim = [one["probability"] for one in said if one["item"] >= "p10"]
    assert np.mean(rhythm) > 2 * np.mean(whim)


def test_a_file_names_what_the_product_would_name_as_surely_and_for_the_same_days(grocer, tmp_path):
    as_of = START + timedelta(days=200)
    columns = HistoryColumns(customer="customer", item="item", time="time")
    history = read_history(grocer, columns, needs_item=True)
    due = forecast_goods(gather_purchases(history, as_of)).due
    product = {
        (history.customers[int(who)].as_py(), history.items[int(what)].as_py()): (chance, day)
        for who, what, chance, day in zip(
            due.customer, due.item, due.confidence, due.days, strict=True
        )
    }
    what = ("--what", "replenishment", "--as-of", day(200), "--horizon", "28d")
    run("export", "--history", grocer, *what, "--out", tmp_path / "out.parquet")
    said = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    exported = {
        (one["customer"], one["item"]): (
            one["probability"],
            (one["due_at"] - as_of) / timedelta(days=1),
        )
        for one in said
        if one["runs_low"]
    }
    assert len(product) > 50
    assert exported.keys() == product.keys()
    for key, told in product.items():
        assert exported[key] == pytest.approx(told, abs=1e-6)


def test_days_are_in_order_and_what_is_named_is_said_of_four_weeks_alone(grocer, tmp_path):
    what = ("--what", "replenishment", "--as-of", day(200), "--out", tmp_path / "out.parquet")
    run("export", "--history", grocer, *what, "--horizon", "28d")
    said = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    dated = [one for one in said if one["due_at"]]
    assert dated
    assert all(one["due_low_at"] <= one["due_at"] <= one["due_high_at"] for one in dated)
    assert {one["runs_low"] for one in said} == {True, False}
    run("export", "--history", grocer, *what, "--horizon", "14d")
    other = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert other["runs_low"].null_count == len(other)


def test_the_dates_of_a_known_shop_hold(tmp_path):
    path = tmp_path / "history.parquet"
    rows = simulate_purchases(shape=4.0, rate=60.0, a=0.6, b=30.0, seed=3)
    pyarrow.parquet.write_table(purchase_table(rows), path)
    found = evaluate(path, "--as-of", day(300), "--horizon", "90d")
    dates = found["dates"]
    assert dates["n_customers"] > 200
    assert dates["within"]["value"] == pytest.approx(0.8, abs=0.06)
    assert dates["by_date"]["value"] == pytest.approx(0.5, abs=0.07)
    assert dates["earlier"] + dates["within"]["value"] + dates["later"] == pytest.approx(1)
    # The card tells the same of days before the instant.
    assert found["card"]["quality"]["dates"]["within"]["value"] == pytest.approx(0.8, abs=0.08)


def test_who_lately_buys_the_same_things_is_told_from_who_lately_tries_others(tmp_path):
    path = tmp_path / "history.parquet"
    pyarrow.parquet.write_table(product_table(simulate_turning_customers()), path)
    found = evaluate(path, "--what", "replenishment", "--as-of", day(212), "--horizon", "28d")[
        "bought_twice"
    ]
    # 0.40 by how often and how late everything was bought alone; a fifth comes by itself.
    assert found["average_precision"]["value"] > 0.43
    assert found["base_rate"] < 0.25


def test_the_same_seed_gives_the_same_file(grocer, tmp_path):
    what = ("--what", "replenishment", "--as-of", day(200))
    first = export(grocer, tmp_path / "first.parquet", *what)
    assert first.equals(export(grocer, tmp_path / "second.parquet", *what))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(1, 5.0, 10.0), (1, 30.0, 20.0)], "too_few_customers"),
        ([(one, one % 50, 10.0) for one in range(300)], "too_few_repeats"),
        ([(one, 90 + one % 3 * 2, 10.0) for one in range(80) for _ in "ab"], "too_few_repeats"),
        ([(c, 85.0 + d, 9.0) for c in range(80) for d in (0, 7)], "history_too_short"),
    ],
)
def test_too_little_is_withheld_with_a_reason(rows, reason, tmp_path):
    pyarrow.parquet.write_table(purchase_table(rows), tmp_path / "history.parquet")
    said = export(tmp_path / "history.parquet", tmp_path / "out.csv", "--as-of", day(100))
    assert set(said["withheld"].to_pylist()) == {reason}
    assert said["expected_purchases"].null_count == len(said)
    assert WITHHELD_TEXTS[reason].keys() == {"ja", "en"}


def test_identical_times_and_huge_values_give_numbers(tmp_path):
    rows = [(c, d, 1e12 if c == 7 else 1e-3) for c in range(120) for d in (5.0, 40.0, 75.0)]
    pyarrow.parquet.write_table(purchase_table(rows), tmp_path / "history.parquet")
    said = export(tmp_path / "history.parquet", tmp_path / "out.parquet", "--as-of", day(100))
    for row in said.to_pylist():
        assert row["withheld"] == "unreliable_on_own_past" or np.isfinite(row["expected_value"])


def test_returns_are_no_purchases(shop, tmp_path):
    table = pyarrow.parquet.read_table(shop)
    back = pa.table(
        {
            "customer": table["customer"],
            "time": table["time"].cast(pa.int64()).to_numpy() + 86_400_000_000 * 3,
            "value": -table["value"].to_numpy(),
        }
    )
    back = back.set_column(1, "time", back["time"].cast(table["time"].type))
    pyarrow.parquet.write_table(pa.concat_tables([table, back]), tmp_path / "history.parquet")
    found = evaluate(tmp_path / "history.parquet", "--as-of", day(300), "--horizon", "90d")
    assert (
        found["n_purchases"]
        == evaluate(shop, "--as-of", day(300), "--horizon", "90d")["n_purchases"]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--customer-column", "who"), "no column 'who'"),
        (("--what", "replenishment"), "no column 'item'"),
        (("--horizon", "39 weeks"), "is no horizon"),
        (("--horizon", "0d"), "from 1 day"),
        (("--as-of", "soon"), "neither a date"),
        (("--time-column", "value"), "not dates or times"),
        (("--value-column", "customer"), "not of numbers"),
        (("--as-of", day(395)), "nothing to compare"),
    ],
)
def test_what_cannot_be_used_is_named(arguments, said, shop):
    usual = ("evaluate", "--history", str(shop), "--as-of", day(300), "--horizon", "90d")
    with pytest.raises(InvalidInputError, match=said):
        CliRunner().invoke(predict, [*usual, *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("name", "said"), [("a.txt", "neither Parquet"), ("a.parquet", "cannot be")]
)
def test_a_file_that_is_no_history_is_refused(name, said, tmp_path):
    (tmp_path / name).write_text("hello")
    arguments = [
        "evaluate",
        "--history",
        str(tmp_path / name),
        "--as-of",
        day(1),
        "--horizon",
        "9d",
    ]
    with pytest.raises(InvalidInputError, match=said):
        CliRunner().invoke(predict, arguments, catch_exceptions=False)


def test_nobody_before_the_instant_is_refused(shop, tmp_path):
    with pytest.raises(InvalidInputError, match="nobody bought"):
        export(shop, tmp_path / "out.csv", "--as-of", day(-5))
