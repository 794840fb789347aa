"""Sparse symmetric systems whose pattern stays: factors LDLᵀ, solutions, and the diagonal of the inverse.

The factor is found row by row along the elimination tree (Davis 2005, Algorithm 849). The diagonal of the inverse
follows from the factor alone by Takahashi's equations (Takahashi, Fagan and Chin 1973), exactly.
"""

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, triu
from scipy.sparse.linalg import splu

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class SparseSystem:
    """Systems with one pattern and changing numbers.

    Parameters
    ----------
    matrix : csc_matrix, shape (n, n)
        Symmetric and positive definite, with a full diagonal.
    """

    def __init__(self, matrix: csc_matrix) -> None:
        symmetric = {"SymmetricMode": True}
        by_degree = splu(csc_matrix(matrix), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)
        order = np.argsort(by_degree.perm_c).astype(np.int64)
        self._order = order
        upper = csc_matrix(triu(matrix[order][:, order], format="csc"))
        upper.sort_indices()
        self._start, self._rows = upper.indptr.astype(np.int64), upper.indices.astype(np.int64)
        self._parent, self._column_start = _symbolic(self._start, self._rows)

    def solve(self, matrix: csc_matrix, right: Floats) -> tuple[Floats, Floats]:
        """Solve one system.

        Parameters
        ----------
        matrix : csc_matrix, shape (n, n)
            Of the same pattern.
        right : ndarray, shape (n,)
            Right-hand side.

        Returns
        -------
        solution : ndarray, shape (n,)
            Of the system.
        variances : ndarray, shape (n,)
            Diagonal of the inverse.
        """
        upper = csc_matrix(triu(matrix[self._order][:, self._order], format="csc"))
        upper.sort_indices()
        below, factor, pivots = _factor(self._start, self._rows, upper.data, self._parent, self._column_start)
        solution, variances = np.empty(len(right)), np.empty(len(right))
        solution[self._order] = _back(self._column_start, below, factor, pivots, right[self._order])
        variances[self._order] = _inverse_diagonal(self._column_start, below, factor, pivots)
        return solution, variances


@numba.njit(cache=True)
def _symbolic(start: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the elimination tree and where each column of the factor begins."""
    n = len(start) - 1
    parent, flag, count = np.full(n, -1), np.full(n, -1), np.zeros(n + 1, np.int64)
    for k in range(n):
        flag[k] = k
        for at in range(start[k], start[k + 1]):
            i = rows[at]
            while flag[i] != k:
                if parent[i] < 0:
                    parent[i] = k
                count[i + 1] += 1
                flag[i] = k
                i = parent[i]
    return parent, np.cumsum(count)


@numba.njit(cache=True)
def _factor(start: Ints, rows: Ints, data: Floats, parent: Ints, first: Ints) -> tuple[Ints, Floats, Floats]:
    """Return rows and numbers below the diagonal of L by column, and the pivots."""
    n = len(start) - 1
    below, factor, pivots = np.empty(first[n], np.int64), np.empty(first[n]), np.zeros(n)
    filled, work, flag = np.zeros(n, np.int64), np.zeros(n), np.full(n, -1)
    pattern, chain = np.empty(n, np.int64), np.empty(n, np.int64)
    for k in range(n):
        top = n
        flag[k] = k
        for at in range(start[k], start[k + 1]):
            i = rows[at]
            work[i] = data[at]
            length = 0
            while flag[i] != k:
                chain[length] = i
                length += 1
                flag[i] = k
                i = parent[i]
            while length > 0:
                length -= 1
                top -= 1
                pattern[top] = chain[length]
        pivots[k], work[k] = work[k], 0.0
        for at in range(top, n):
            i = pattern[at]
            value, work[i] = work[i], 0.0
            end = first[i] + filled[i]
            for place in range(first[i], end):
                work[below[place]] -= factor[place] * value
            share = value / pivots[i]
            pivots[k] -= share * value
            below[end], factor[end] = k, share
            filled[i] += 1
    return below, factor, pivots


@numba.njit(cache=True)
def _back(first: Ints, below: Ints, factor: Floats, pivots: Floats, right: Floats) -> Floats:
    x = right.copy()
    n = len(x)
    for j in range(n):
        for at in range(first[j], first[j + 1]):
            x[below[at]] -= factor[at] * x[j]
    x /= pivots
    for j in range(n - 1, -1, -1):
        for at in range(first[j], first[j + 1]):
            x[j] -= factor[at] * x[below[at]]
    return x


@numba.njit(cache=True)
def _inverse_diagonal(first: Ints, below: Ints, factor: Floats, pivots: Floats) -> Floats:
    """Return the diagonal of the inverse, from the last column to the first.

    Of column j all that is needed lies in columns of its own rows: each later column is written into the workspace row
    by row, which its pattern allows because the rows of a column of a factor are connected in the filled graph.
    """
    n = len(pivots)
    inverse, diagonal, place = np.zeros(first[n]), np.zeros(n), np.full(n, -1)
    for j in range(n - 1, -1, -1):
        low, high = first[j], first[j + 1]
        for at in range(low, high):
            place[below[at]] = at
        for at in range(low, high):
            i = below[at]
            inverse[at] -= diagonal[i] * factor[at]
            for other in range(first[i], first[i + 1]):
                there = place[below[other]]
                if there >= 0:
                    inverse[at] -= inverse[other] * factor[there]
                    inverse[there] -= inverse[other] * factor[at]
        total = 0.0
        for at in range(low, high):
            total += factor[at] * inverse[at]
            place[below[at]] = -1
        diagonal[j] = 1.0 / pivots[j] - total
    return diagonal
