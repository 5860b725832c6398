"""Sparse rows: sums of products of items, and scores of items, without a dense table of people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a sparse matrix with `n_columns` columns; entries of row r are `starts[r]` on."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    n_columns: int

    @property
    def n_rows(self) -> int:
        """How many rows there are, empty ones too."""
        return len(self.starts) - 1

    def row_of(self) -> NDArray[np.int64]:
        """Return the row of every entry."""
        return np.repeat(np.arange(self.n_rows), np.diff(self.starts))

    def scaled(self) -> "Rows":
        """Return the rows by the square root of their entries: long ones weigh no more."""
        lengths = np.diff(self.starts)
        factors = 1 / np.sqrt(np.maximum(lengths, 1)).astype(np.float32)
        return Rows(
            self.starts, self.columns, self.weights * np.repeat(factors, lengths), self.n_columns
        )


def gather_rows(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    weight: NDArray[np.float64] | None,
    *,
    n_rows: int,
    n_columns: int,
) -> Rows:
    """Return entries in any order as rows; those of one place are added up, or 1 without weight."""
    keys, place = np.unique(row * n_columns + column, return_inverse=True)
    weights = (
        np.ones(len(keys)) if weight is None else np.bincount(place, weight, minlength=len(keys))
    )
    return Rows(
        starts=np.searchsorted(keys, np.arange(n_rows + 1) * n_columns),
        columns=(keys % n_columns).astype(np.int32),
        weights=weights.astype(np.float32),
        n_columns=n_columns,
    )


def multiply(left: Rows, right: Rows) -> NDArray[np.float32]:
    """Return the sum over rows of left column times right column: items by items.

    Takes memory for the result and some millions of pairs, however many rows there are.
    """
    flat = np.zeros(left.n_columns * right.n_columns, dtype=np.float32)
    partners = np.diff(right.starts)[left.row_of()]
    first_partner = right.starts[:-1][left.row_of()]
    ends = np.cumsum(partners)
    begin = 0
    while begin < len(partners):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _PAIRS_AT_ONCE)), begin + 1)
        chunk = partners[begin:end]
        entry = np.repeat(np.arange(begin, end), chunk)
        within = np.arange(len(entry)) - np.repeat(np.cumsum(chunk) - chunk, chunk)
        other = first_partner[entry] + within
        place = left.columns[entry].astype(np.int64) * right.n_columns + right.columns[other]
        np.add.at(flat, place, left.weights[entry] * right.weights[other])
        begin = end
    return flat.reshape(left.n_columns, right.n_columns)


def score(rows: Rows, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows x matrix, dense: one row costs what it holds, so one person costs little."""
    out = np.zeros((rows.n_rows, matrix.shape[1]), dtype=np.float32)
    for number, (begin, end) in enumerate(zip(rows.starts[:-1], rows.starts[1:], strict=True)):
        if begin < end:
            out[number] = rows.weights[begin:end] @ matrix[rows.columns[begin:end]]
    return out
