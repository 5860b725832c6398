"""Products of matrices on one core.

Libraries of linear algebra spread larger products over all cores, and their threads wait for each
other by spinning: on a busy machine that takes twenty times the processor's time. Products in
pieces below their threshold stay on the core they were started on.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# OpenBLAS calculates up to 2^18 multiplications on one core.
_PIECE = 1 << 18


def multiply(left: Floats, right: Floats) -> Floats:
    """Return ``left @ right`` of two matrices."""
    rows = max(1, _PIECE // max(1, right.size))
    pieces = [left[at : at + rows] @ right for at in range(0, len(left), rows)]
    return np.concatenate(pieces) if pieces else left @ right


def cross(left: Floats, right: Floats) -> Floats:
    """Return ``left.T @ right`` of two matrices with as many rows."""
    rows = max(1, _PIECE // max(1, left.shape[1] * right.shape[1]))
    total: Floats = np.zeros((left.shape[1], right.shape[1]))
    for at in range(0, len(left), rows):
        total += left[at : at + rows].T @ right[at : at + rows]
    return total
