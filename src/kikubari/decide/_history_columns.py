"""Columns of a file of purchases, however they are kept, as names and numbers."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kikubari.spec.errors import InvalidInputError

# Beyond it a float stands for several whole numbers, so no name can be read from it.
_LARGEST_WHOLE = 2.0**53
_MOST_SHOWN = 40


class HistoryFileError(InvalidInputError):
    """A file cannot be read as a history of purchases."""

    code = "history_unreadable"


def plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column without what only says how it is kept: dictionaries, views, extensions.

    Text becomes large strings, which hold a column of any size.
    """
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        chunks = [chunk.storage for chunk in column.chunks]
        return plain_column(pa.chunked_array(chunks, kind.storage_type))
    if pa.types.is_dictionary(kind):
        decoded = [chunk.dictionary_decode() for chunk in column.chunks]
        return plain_column(pa.chunked_array(decoded, kind.value_type))
    if is_text(kind):
        return column.cast(pa.large_string())
    return column


def is_text(kind: pa.DataType) -> bool:
    """Say whether a column is of text."""
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def to_names(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return a column of customers or items: whole numbers or text, null where nothing is told.

    Numbers that a table keeps as floats because some are missing are whole again. Dates, decimals
    and the like are named as they are written.

    Args:
        column: as it is in the file.
        name: of the column, for errors.

    Raises:
        HistoryFileError: its values cannot be names.
    """
    column = plain_column(column)
    kind = column.type
    if pa.types.is_null(kind):
        return column.cast(pa.large_string())
    if pa.types.is_floating(kind):
        return _whole_numbers(column.cast(pa.float64()), name)
    if pa.types.is_integer(kind):
        return column
    if not is_text(kind):
        column = _written(column, name)
    is_blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(is_blank, pa.scalar(None, column.type), column)


def to_numbers(column: pa.ChunkedArray, name: str) -> NDArray[np.float64]:
    """Return a column of numbers, NaN where nothing is told.

    Raises:
        HistoryFileError: it is of something else.
    """
    column = plain_column(column)
    try:
        if is_text(column.type):
            trimmed = pc.utf8_trim_whitespace(column)
            column = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, column.type), trimmed)
        numbers: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
    except pa.ArrowException as error:
        raise HistoryFileError(
            f"column {name!r} is not of numbers: {error}",
            hint="write numbers without signs of currency and with a point: 1234.50",
        ) from error
    return np.where(np.isfinite(numbers), numbers, np.nan)


def shown(value: Any) -> str:
    """Return a value of a file as an error may repeat it."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _whole_numbers(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    numbers = column.to_numpy()
    is_told = np.isfinite(numbers)
    told = numbers[is_told]
    wrong = told[(np.floor(told) != told) | (np.abs(told) >= _LARGEST_WHOLE)]
    if len(wrong):
        raise HistoryFileError(
            f"column {name!r} holds {shown(float(wrong[0]))}, which names nothing for certain",
            hint="write customers and items as text or as whole numbers",
        )
    whole = np.where(is_told, numbers, 0).astype(np.int64)
    return pa.chunked_array([pa.array(whole, mask=~is_told)])


def _written(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return values of any flat kind as text."""
    if pa.types.is_nested(column.type):
        raise HistoryFileError(
            f"column {name!r} holds {column.type}, which names nothing",
            hint="write customers and items as text or as whole numbers, one in each line",
        )
    kept = column.combine_chunks().dictionary_encode()
    if isinstance(kept, pa.ChunkedArray):
        kept = kept.unify_dictionaries().combine_chunks()
    names = [_text_of(value) for value in kept.dictionary.to_pylist()]
    written = pa.DictionaryArray.from_arrays(kept.indices, pa.array(names, pa.large_string()))
    return pa.chunked_array([written.dictionary_decode()])


def _text_of(value: Any) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return None if value is None else str(value)
