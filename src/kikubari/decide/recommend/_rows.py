"""Sparse rows: sums of products of items, and scores of items, without a dense table of people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PAIRS_AT_ONCE = 4_000_000
_ROWS_AT_ONCE = 1024
# A row that fills more than one place in so many of the product is faster with its zeros.
_DENSE_FROM = 400


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

    def entries(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places of the entries of some rows, and the row of each."""
        lengths = np.diff(self.starts)[rows]
        shift = self.starts[rows] - (np.cumsum(lengths) - lengths)
        return np.repeat(shift, lengths) + np.arange(lengths.sum()), np.repeat(rows, lengths)

    def dense(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows with their zeros."""
        entries, _ = self.entries(rows)
        table = np.zeros((len(rows), self.n_columns), dtype=np.float32)
        number = np.repeat(np.arange(len(rows)), np.diff(self.starts)[rows])
        table[number, self.columns[entries]] = self.weights[entries]
        return table

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

    Takes memory for the result and some millions of numbers, however many rows there are.
    """
    pairs = np.diff(left.starts) * np.diff(right.starts)
    is_long = pairs * _DENSE_FROM > left.n_columns * right.n_columns
    product = _multiply_pairs(left, right, np.flatnonzero(~is_long & (pairs > 0)))
    long = np.flatnonzero(is_long)
    for begin in range(0, len(long), _ROWS_AT_ONCE):
        some = long[begin : begin + _ROWS_AT_ONCE]
        product += left.dense(some).T @ right.dense(some)
    return product


def _multiply_pairs(left: Rows, right: Rows, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the sum over some rows, one pair of entries after the other."""
    flat = np.zeros(left.n_columns * right.n_columns, dtype=np.float32)
    entries, row = left.entries(rows)
    partners = np.diff(right.starts)[row]
    first_partner = right.starts[row]
    ends = np.cumsum(partners)
    begin = 0
    while begin < len(partners):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _PAIRS_AT_ONCE)), begin + 1)
        chunk = partners[begin:end]
        entry = np.repeat(np.arange(begin, end), chunk)
        within = np.arange(len(entry)) - np.repeat(np.cumsum(chunk) - chunk, chunk)
        other = first_partner[entry] + within
        one = entries[entry]
        place = left.columns[one].astype(np.int64) * right.n_columns + right.columns[other]
        np.add.at(flat, place, left.weights[one] * right.weights[other])
        begin = end
    return flat.reshape(left.n_columns, right.n_columns)


def score(rows: Rows, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows x matrix, dense: one row costs what it holds, so one person costs little."""
    # Not by BLAS, which would share so little work between cores: who is asked then waits for the
    # busiest of them.
    out = np.zeros((rows.n_rows, matrix.shape[1]), dtype=np.float32)
    for number, (begin, end) in enumerate(zip(rows.starts[:-1], rows.starts[1:], strict=True)):
        if begin < end:
            out[number] = np.einsum(
                "i,ij->j", rows.weights[begin:end], matrix[rows.columns[begin:end]]
            )
    return out
