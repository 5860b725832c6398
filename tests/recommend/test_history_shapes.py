"""Files of purchases in the shapes that shops' tables have, through the commands that read them."""

import csv
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kikubari.cli.predicting import predict
from kikubari.cli.recommending import recommend
from kikubari.decide.histories import HistoryColumns, HistoryFileError, history_of

_AS_OF = "2011-12-01"
_BEFORE = datetime(2011, 12, 1, tzinfo=UTC)
# Who bought what; the last line lies after the instant by a minute, in any way of writing it.
_LINES = [
    (17850, 85123, datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
    (17850, 71053, datetime(2010, 12, 28, 17, 5, tzinfo=UTC)),
    (13047, 85123, datetime(2011, 11, 13, 0, 30, tzinfo=UTC)),
    (13047, 22752, _BEFORE + timedelta(minutes=1)),
]
_KNOWN = {("17850", "85123"), ("17850", "71053"), ("13047", "85123")}
_TOKYO = timezone(timedelta(hours=9))
_CUSTOMERS, _ITEMS, _TIMES = (list(column) for column in zip(*_LINES, strict=True))


def _table(customer=None, item=None, time=None, **others):
    columns = {
        "customer": pa.array(_CUSTOMERS) if customer is None else customer,
        "item": pa.array(_ITEMS) if item is None else item,
        "time": pa.array(_TIMES) if time is None else time,
    }
    return pa.table(columns | others)


def _run(command, *arguments: object):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def _bought(table, folder, *, suffix=".parquet"):
    """Return what customers are recommended to buy again: of few, just what they bought."""
    history, out = folder / f"history{suffix}", folder / "out.csv"
    if suffix == ".csv":
        pyarrow.csv.write_csv(table, history)
    else:
        pyarrow.parquet.write_table(table, history)
    answer = _run(recommend, "export", "--history", history, "--as-of", _AS_OF, "--out", out)
    assert answer.exception is None, answer.exception
    with out.open() as file:
        rows = list(csv.DictReader(file))
    return {(row["customer"], row["item"]) for row in rows if row["reason"] == "buy_again"}


def _texts(numbers):
    return [str(one) for one in numbers]


def _floats(numbers):
    return pa.array([float(one) for one in numbers], pa.float64())


def _kept_as(make):
    return pytest.param(make, id=make.__name__.removeprefix("_"))


def _a_category(numbers):
    return pa.array(_texts(numbers)).dictionary_encode()


def _a_category_of_numbers(numbers):
    return pa.array(numbers).dictionary_encode()


def _a_chunked_category(numbers):
    first, second = _texts(numbers[:2]), _texts(numbers[2:])
    return pa.chunked_array([pa.array(one).dictionary_encode() for one in (first, second)])


def _string_view(numbers):
    return pa.array(_texts(numbers), pa.string_view())


def _large_string(numbers):
    return pa.array(_texts(numbers), pa.large_string())


def _bytes(numbers):
    return pa.array([one.encode() for one in _texts(numbers)])


def _decimals(numbers):
    return pa.array([Decimal(one) for one in numbers], pa.decimal128(12, 0))


def _small_numbers(numbers):
    return pa.array(numbers, pa.uint32())


@pytest.mark.parametrize(
    "keep",
    [
        *(_kept_as(_a_category), _kept_as(_a_category_of_numbers), _kept_as(_a_chunked_category)),
        *(_kept_as(_string_view), _kept_as(_large_string), _kept_as(_bytes)),
        *(_kept_as(_decimals), _kept_as(_small_numbers), _kept_as(_floats)),
    ],
)
def test_customers_and_items_may_be_kept_in_any_way(keep, tmp_path):
    assert _bought(_table(keep(_CUSTOMERS), keep(_ITEMS)), tmp_path) == _KNOWN


def _micros():
    return [int(time.timestamp()) * 1_000_000 for time in _TIMES]


def _unzoned(unit):
    return pa.array(_micros()).cast(pa.timestamp("us")).cast(pa.timestamp(unit))


def _written(form, zone=UTC):
    return pa.array([time.astimezone(zone).strftime(form) for time in _TIMES])


def _as_spreadsheets():
    return pa.array(
        [f"{one.month}/{one.day}/{one.year} {one.hour}:{one.minute:02}" for one in _TIMES]
    )


_NANOS = _unzoned("ns").cast(pa.int64())


@pytest.mark.parametrize(
    "time",
    [
        *(pytest.param(_unzoned(unit), id=f"timestamp {unit}") for unit in ("s", "ms", "us", "ns")),
        pytest.param(_NANOS, id="ns since 1970"),
        pytest.param(
            pa.array(np.asarray(_NANOS) + 123).cast(pa.timestamp("ns")), id="odd nanoseconds"
        ),
        pytest.param(_unzoned("us").cast(pa.timestamp("us", "Asia/Tokyo")), id="with a zone"),
        pytest.param(pa.array([one // 1_000_000 for one in _micros()]), id="s since 1970"),
        pytest.param(pa.array([one // 1_000 for one in _micros()]), id="ms since 1970"),
        pytest.param(pa.array(_micros()), id="us since 1970"),
        pytest.param(pa.array([one / 1e6 + 0.25 for one in _micros()]), id="s with fractions"),
        pytest.param(pa.array(_texts(one // 1_000 for one in _micros())), id="ms as text"),
        pytest.param(_as_spreadsheets(), id="12/1/2010 8:26"),
        pytest.param(_as_spreadsheets().dictionary_encode(), id="12/1/2010 8:26 as a category"),
        pytest.param(_written("%d.%m.%Y %H:%M"), id="01.12.2010 08:26"),
        pytest.param(_written("%m/%d/%Y %I:%M %p"), id="12/01/2010 08:26 AM"),
        pytest.param(_written("%Y/%m/%d %H:%M:%S"), id="2010/12/01 08:26:00"),
        pytest.param(_written("%Y-%m-%dT%H:%M:%SZ"), id="ISO 8601 with Z"),
        pytest.param(_written("%Y-%m-%d %H:%M:%S UTC"), id="with UTC"),
        pytest.param(_written("%Y-%m-%dT%H:%M:%S.%f%z", _TOKYO), id="ISO 8601 with +0900"),
        pytest.param(_written("%Y-%m-%d %H:%M:%S+09:00", _TOKYO), id="ISO 8601 with +09:00"),
        pytest.param(_written("%Y-%m-%d %H:%M:%S").cast(pa.string_view()), id="a view of text"),
    ],
)
def test_times_may_be_written_in_any_way(time, tmp_path):
    assert _bought(_table(time=time), tmp_path) == _KNOWN


def test_days_may_be_written_as_numbers(tmp_path):
    days = [int(time.strftime("%Y%m%d")) for time in _TIMES]
    assert _bought(_table(time=pa.array(days)), tmp_path) == _KNOWN
    assert _bought(_table(time=pa.array(_texts(days))), tmp_path) == _KNOWN


@pytest.mark.parametrize("time", [_as_spreadsheets(), _written("%Y-%m-%dT%H:%M:%S%z", _TOKYO)])
def test_a_csv_file_may_hold_them_too(time, tmp_path):
    assert _bought(_table(time=time), tmp_path, suffix=".csv") == _KNOWN


_NOBODY = [
    pa.array([17850, 17850, None, None]),
    pa.array([17850.0, 17850.0, float("nan"), None]),
    pa.array(["17850", "17850", "", " "]),
    pa.array(["17850", "17850", None, ""]).dictionary_encode(),
]


@pytest.mark.parametrize("customer", _NOBODY, ids=lambda one: str(one.type))
def test_lines_without_a_customer_are_left_out_and_counted(customer, tmp_path):
    path, out = tmp_path / "history.parquet", tmp_path / "out.csv"
    pyarrow.parquet.write_table(_table(customer), path)
    asked = ("export", "--history", path, "--as-of", _AS_OF, "--out", out)
    told = _run(recommend, *asked)
    assert "2 lines without customer, item or time were left out" in told.output
    assert json.loads(_run(recommend, *asked, "--json").output)["n_skipped"] == 2
    assert json.loads(_run(predict, *asked, "--json").output)["n_skipped"] == 2
    with out.open() as file:
        assert {row["customer"] for row in csv.DictReader(file)} == {"17850"}


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("customer", [1.5, 2.0, 3.0, 4.0], r"'customer' holds 1\.5, which names nothing"),
        ("item", [[1], [2], [3], [4]], "'item' holds list"),
        ("time", [1, 2, 3, 4], "'time' holds 1, not dates or times"),
        ("time", [1_291_191_960, 5, 1_291_191_960, 1_291_191_960], "'time' holds 5, not"),
        ("time", ["2010-12-01", "2010-12-28", "soon", None], "'time' holds 'soon', not"),
        ("time", ["2011-02-29", "2010-12-28", None, None], "'time' holds '2011-02-29', not"),
        ("time", ["13/13/2010", "1/2/2010", None, None], "'time' holds '13/13/2010', not"),
        ("time", ["2010-12-01 25:00", None, None, None], "'time' holds '2010-12-01 25:00', not"),
        ("value", ["£1", "2", "3", "4"], "'value' is not of numbers"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(column, values, said, tmp_path):
    path = tmp_path / "history.parquet"
    pyarrow.parquet.write_table(_table(**{column: pa.array(values)}), path)
    arguments = ["export", "--history", path, "--as-of", _AS_OF, "--out", tmp_path / "out.csv"]
    with pytest.raises(HistoryFileError, match=said) as refused:
        CliRunner().invoke(recommend, [str(one) for one in arguments], catch_exceptions=False)
    assert refused.value.code == "history_unreadable"
    assert refused.value.hint


@pytest.mark.parametrize("what", ["purchases", "replenishment"])
def test_a_forecast_needs_no_horizon(what, tmp_path):
    path, out = tmp_path / "history.parquet", tmp_path / "out.csv"
    pyarrow.parquet.write_table(_table(), path)
    asked = ("export", "--history", path, "--as-of", _AS_OF, "--what", what, "--out", out)
    answer = _run(predict, *asked, "--json")
    assert answer.exception is None, answer.exception
    days = {"purchases": 90, "replenishment": 28}[what]
    assert json.loads(answer.output)["horizon"] == f"P{days}D"


_FORMS = [
    ("%Y-%m-%d %H:%M:%S.%f", timedelta(0)),
    ("%Y-%m-%dT%H:%M:%SZ", timedelta(seconds=1)),
    ("%d/%m/%Y %H:%M:%S", timedelta(seconds=1)),
    ("%m/%d/%Y %H:%M", timedelta(minutes=1)),
    ("%m/%d/%Y %I:%M:%S %p", timedelta(seconds=1)),
    ("%Y/%m/%d", timedelta(days=1)),
    ("%Y%m%d", timedelta(days=1)),
]
_UTC = st.just(UTC)
_EARLIEST, _LATEST = (datetime.fromisoformat(one) for one in ("1975-01-01", "2099-01-01"))
_times = st.lists(st.datetimes(_EARLIEST, _LATEST, timezones=_UTC), min_size=1, max_size=8)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(_times, st.sampled_from(_FORMS))
def test_what_is_written_in_one_form_is_read_to_that_forms_precision(times, form):
    written, precision = form
    # A day beyond the twelfth tells which number is the month.
    times = [datetime(2010, 12, 28, tzinfo=UTC), *times]
    table = _table(
        pa.array(["c"] * len(times)),
        pa.array(["i"] * len(times)),
        pa.array([time.strftime(written) for time in times]),
    )
    read = history_of(table, HistoryColumns()).at_us
    for time, at_us in zip(times, read, strict=True):
        wanted = int((time - _EPOCH) / timedelta(microseconds=1))
        assert 0 <= wanted - at_us < max(precision / timedelta(microseconds=1), 1)


@given(_times, st.sampled_from(["s", "ms", "us", "ns"]))
def test_numbers_since_1970_are_of_the_unit_that_their_size_says(times, unit):
    micros = np.array([int(time.timestamp()) * 1_000_000 for time in times])
    per_unit = {"s": 1e-6, "ms": 1e-3, "us": 1, "ns": 1_000}[unit]
    column = pa.array(micros * per_unit if per_unit >= 1 else micros // round(1 / per_unit))
    read = history_of(_table(column, column, column.cast(pa.int64())), HistoryColumns()).at_us
    assert read.tolist() == micros.tolist()
