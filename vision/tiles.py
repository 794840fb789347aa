"""Tiles of two pictures laid over each other, all at once: by how much each is pushed (Kuglin and Hines 1975)."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

TILE = 64
# The peak of a correlation is the middle of so many pixels around its highest.
PEAK = 5
# So many tiles go through the transform together: what they need stays in the processor's cache.
AT_ONCE = 14
_WINDOW = cv2.createHanningWindow((TILE, TILE), cv2.CV_32F)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tiles:
    """A picture cut into tiles that overlap by half, one row a tile.

    Attributes
    ----------
    picture : ndarray
        Height × width.
    middles : ndarray
        Count × 2, pixels right and down.
    strength : ndarray
        Standard deviation of each.
    spectra : ndarray
        Fourier transform of each, its mean taken out and its rim faded.
    """

    picture: Floats
    middles: NDArray[np.int64]
    strength: Floats
    spectra: NDArray[np.complex64]


@dataclass(frozen=True, eq=False)
class Pushed:
    """What each tile's correlation says: right and down in pixels, and how much of it agrees (0 to 1)."""

    shift: NDArray[np.float64]
    found: NDArray[np.float64]


def cut(picture: Floats) -> Tiles:
    """Cut a picture; one that is smaller than a tile gives none.

    Parameters
    ----------
    picture : ndarray
        Height × width.

    Returns
    -------
    Tiles
        Row by row.
    """
    step = TILE // 2
    rows, columns = (max(0, (side - TILE) // step + 1) for side in picture.shape)
    y, x = np.mgrid[:rows, :columns].reshape(2, -1) * step
    strength = np.empty(len(x), np.float32)
    spectra = np.empty((len(x), TILE, TILE // 2 + 1), np.complex64)
    for first in range(0, len(x), AT_ONCE):
        lot = slice(first, first + AT_ONCE)
        some = np.stack([picture[v : v + TILE, u : u + TILE] for u, v in zip(x[lot], y[lot], strict=True)])
        some -= some.mean((1, 2), keepdims=True)
        strength[lot] = np.sqrt(np.einsum("nij,nij->n", some, some) / TILE**2)
        some *= _WINDOW
        spectra[lot] = fft.rfft2(some, overwrite_x=True)
    return Tiles(picture, np.stack([x, y], 1) + TILE // 2, strength, spectra)


def push(old: Tiles, new: Tiles) -> Pushed:
    """Return by how much each tile of the second is pushed beside the same of the first.

    Parameters
    ----------
    old, new : Tiles
        Of two pictures of one size.

    Returns
    -------
    Pushed
        One row a tile.
    """
    shift, found = np.empty((len(old.spectra), 2)), np.empty(len(old.spectra))
    for first in range(0, len(old.spectra), AT_ONCE):
        lot = slice(first, first + AT_ONCE)
        cross = np.conj(old.spectra[lot])
        cross *= new.spectra[lot]
        cross /= np.abs(cross) + np.float32(1e-12)
        shift[lot], found[lot] = _peaks(np.asarray(fft.irfft2(cross, (TILE, TILE), overwrite_x=True), np.float32))
    return Pushed(shift, found)


def _peaks(correlation: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    top, left = np.unravel_index(correlation.reshape(len(correlation), -1).argmax(1), (TILE, TILE))
    near = np.arange(PEAK) - PEAK // 2
    rows, columns = top[:, None] + near, left[:, None] + near
    every = np.arange(len(correlation))[:, None, None]
    around = correlation[every, rows[:, :, None] % TILE, columns[:, None, :] % TILE].astype(np.float64)
    found = around.sum((1, 2))
    weight = np.where(np.abs(found) > 1e-9, found, 1.0)
    down = (around.sum(2) * near).sum(1) / weight + top
    right = (around.sum(1) * near).sum(1) / weight + left
    return (np.stack([right, down], 1) + TILE / 2) % TILE - TILE / 2, found
