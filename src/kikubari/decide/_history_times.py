"""Times of a file of purchases, however they are written, as instants.

Timestamps of any unit and zone, dates, seconds to nanoseconds since 1970 told apart by their size,
days as 20111201, ISO 8601 with or without a zone, and what spreadsheets write: `12/1/2010 8:26`.
Times without a zone are UTC.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kikubari.decide._history_columns import HistoryFileError, is_text, plain_column, shown

_INSTANT = pa.timestamp("us")
_HINT = (
    "write dates or times as ISO 8601 (2026-11-22T09:30:00+09:00), as Parquet timestamps,"
    " or as seconds since 1970"
)
# Since 1970, from 1973 to the year 5138: no number is within two of the ranges.
_EPOCHS = ((1e8, 1e11, 1e6), (1e11, 1e14, 1e3), (1e14, 1e17, 1.0), (1e17, 9.3e18, 1e-3))
# 20111201 is a day.
_WRITTEN_DAYS = (19_000_101, 21_001_231)
_MISSING = ("", "nat", "nan", "none", "null")
_LAST_MONTH = 12
_HALF_DAY = 12
_YEAR_DIGITS = 4
_TEXT = (
    r"^(?P<a>\d{1,4})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?"
    r" ?(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$"
)

_Ints = NDArray[np.int64]


def to_instants(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return a column of times as microseconds since 1970 in UTC, null where none is told.

    Args:
        column: as it is in the file.
        name: of the column, for errors.

    Raises:
        HistoryFileError: some of it is no time.
    """
    column = plain_column(column)
    kind = column.type
    try:
        if pa.types.is_timestamp(kind):
            # Only what is finer than a microsecond may be lost, not what is out of its range.
            unzoned = column.cast(pa.timestamp(kind.unit))
            return unzoned.cast(_INSTANT, safe=kind.unit != "ns")
        if pa.types.is_date(kind):
            return column.cast(_INSTANT)
    except pa.ArrowException as error:
        raise HistoryFileError(f"column {name!r} is not of times: {error}", hint=_HINT) from error
    if pa.types.is_null(kind):
        return column.cast(_INSTANT)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_numbers(column, name)
    if is_text(kind):
        return _from_text(column, name)
    raise HistoryFileError(f"column {name!r} holds {kind}, not dates or times", hint=_HINT)


def _from_numbers(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    numbers = column.cast(pa.float64(), safe=False).to_numpy()
    is_told = np.isfinite(numbers)
    told = numbers[is_told]
    if not len(told):
        return pa.chunked_array([pa.nulls(len(column), _INSTANT)])
    if _WRITTEN_DAYS[0] <= np.median(told) <= _WRITTEN_DAYS[1]:
        days = np.where(is_told, numbers, 19_700_101).astype(np.int64)
        at, is_right = _at(days // 10_000, days // 100 % 100, days % 100)
    else:
        at, is_right = _since_1970(column, numbers, float(np.median(told)))
    wrong = np.flatnonzero(is_told & ~is_right)
    if len(wrong):
        raise HistoryFileError(
            f"column {name!r} holds {shown(column[int(wrong[0])].as_py())}, not dates or times"
            " (nor seconds, milliseconds, microseconds or nanoseconds since 1970, all of one unit)",
            hint=_HINT,
        )
    return pa.chunked_array([pa.array(at, mask=~is_told).cast(_INSTANT)])


def _since_1970(
    column: pa.ChunkedArray, numbers: NDArray[np.float64], usual: float
) -> tuple[_Ints, NDArray[np.bool_]]:
    """Return microseconds, and which numbers are of the unit that the usual one is of."""
    for low, high, micros in _EPOCHS:
        if low <= usual < high:
            is_right = (numbers >= low) & (numbers < high)
            if not pa.types.is_integer(column.type):
                return np.where(is_right, numbers * micros, 0).astype(np.int64), is_right
            # As whole numbers: nanoseconds have more digits than a float.
            whole = column.fill_null(0).to_numpy().astype(np.int64)
            whole = np.where(is_right, whole, 0)
            return (whole * int(micros) if micros >= 1 else whole // 1_000), is_right
    nothing = np.zeros(len(numbers), dtype=np.int64)
    return nothing, np.zeros(len(numbers), dtype=bool)


def _from_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kept = column.combine_chunks().dictionary_encode()
    if isinstance(kept, pa.ChunkedArray):
        kept = kept.unify_dictionaries().combine_chunks()
    texts = pc.utf8_trim_whitespace(kept.dictionary)
    is_told = ~pc.is_in(pc.utf8_lower(texts), pa.array(_MISSING, texts.type)).to_numpy(
        zero_copy_only=False
    )
    if is_told.any() and pc.all(pc.utf8_is_digit(texts.filter(pa.array(is_told)))).as_py():
        digits = pc.if_else(pa.array(is_told), texts, pa.scalar(None, texts.type))
        instants = _from_numbers(pa.chunked_array([digits]).cast(pa.int64()), name)
        return pa.chunked_array([instants.combine_chunks().take(kept.indices)])
    at, is_right = _read(texts)
    wrong = np.flatnonzero(is_told & ~is_right)
    if len(wrong):
        said = shown(texts[int(wrong[0])].as_py())
        raise HistoryFileError(f"column {name!r} holds {said}, not dates or times", hint=_HINT)
    instants = pa.array(at, mask=~is_told).cast(_INSTANT)
    return pa.chunked_array([instants.take(kept.indices)])


def _read(texts: pa.Array) -> tuple[_Ints, NDArray[np.bool_]]:
    """Return the instants of texts, and which of them are any."""
    found = pc.extract_regex(texts, _TEXT)
    parts = {field.name: found.field(place) for place, field in enumerate(found.type)}
    first, second, third = (_whole(parts[one]) for one in "abc")
    year_first = _length(parts["a"]) == _YEAR_DIGITS
    day_first = _is_day_first(parts["mark"], first[~year_first], second[~year_first])
    year = np.where(year_first, first, third)
    month = np.where(year_first | day_first, second, first)
    day = np.where(year_first, third, np.where(day_first, first, second))
    at, is_right = _at(year, month, day)
    is_right &= found.is_valid().to_numpy(zero_copy_only=False)
    is_right &= year_first | (_length(parts["c"]) == _YEAR_DIGITS)
    clock, is_clock = _clock(parts)
    return at + clock, is_right & is_clock


def _is_day_first(marks: pa.Array, first: _Ints, second: _Ints) -> bool:
    """Say whether 3/4/2010 is in April, by all such days of the file; if none tells, in March.

    With points or hyphens, as 3.4.2010, the day leads unless a day shows otherwise.
    """
    if (first > _LAST_MONTH).any():
        return True
    if (second > _LAST_MONTH).any():
        return False
    return not pc.any(pc.equal(marks, "/")).as_py()


def _at(year: _Ints, month: _Ints, day: _Ints) -> tuple[_Ints, NDArray[np.bool_]]:
    """Return the first instants of days, and which days there are."""
    is_right = (year >= 1) & (month >= 1) & (month <= _LAST_MONTH) & (day >= 1)
    year, month, day = (np.where(is_right, one, 1) for one in (year, month, day))
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_right &= days.astype("datetime64[M]") == months
    return days.astype("datetime64[us]").astype(np.int64), is_right


def _clock(parts: dict[str, pa.Array]) -> tuple[_Ints, NDArray[np.bool_]]:
    """Return microseconds of the day in UTC, and which are a time of day."""
    hour, minute, second = (_whole(parts[one]) for one in ("hour", "minute", "second"))
    half = pc.utf8_lower(parts["half"].fill_null(""))
    is_half = _length(half) > 0
    is_right = (hour < 24) & (minute < 60) & (second <= 60)  # noqa: PLR2004 - a clock's own
    is_right &= ~is_half | ((hour >= 1) & (hour <= _HALF_DAY))
    is_later = np.asarray(pc.equal(half, "p"))
    hour = np.where(is_half, hour % _HALF_DAY + _HALF_DAY * is_later, hour)
    # To six digits: nothing is finer than a microsecond.
    part = _whole(pc.utf8_slice_codeunits(pc.utf8_rpad(parts["part"].fill_null("0"), 6, "0"), 0, 6))
    zones = parts["zone"].fill_null("").dictionary_encode()
    ahead = np.array([_minutes_ahead(one) for one in zones.dictionary.to_pylist()], dtype=np.int64)
    seconds = (hour * 60 + minute - ahead[np.asarray(zones.indices)]) * 60 + second
    return seconds * 1_000_000 + part, is_right


def _minutes_ahead(zone: str) -> int:
    """Return by how much the clocks of `+09:00` are ahead of UTC."""
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


def _length(column: pa.Array) -> _Ints:
    return np.asarray(pc.utf8_length(column.fill_null("")))


def _whole(column: pa.Array) -> _Ints:
    said = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    return np.asarray(said.cast(pa.int64()).fill_null(0))
