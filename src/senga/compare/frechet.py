"""Fréchet VGG distance: how far a set of colorings is from a set of real pictures, as a whole.

Each picture is looked at by the frozen trunk that looks at references (the first seven convolutions of VGG16, in the
package), squashed to 96x96, its 256 features pooled over the picture. Both sets are taken for Gaussians in these 256
dimensions; the distance is Fréchet's between them. It is not FID: another network, other features, other sizes, so
numbers are not to be held against anybody's FID, nor against numbers of another count of pictures.

The real side is the truths of the very pictures that were colored: what the drawings hold is then the same on both
sides, and what differs is the color. A few hundred pictures do not fill 256 dimensions, so both covariances are shrunk
towards a ball of equal trace, by the share that Ledoit and Wolf's formula gives for the real side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.conditioning import EYE, SIDE
from senga.model.features import Features

POOLED = 256
"""Features of a place that are of the trunk; the rest are its color and where it is."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Frechet:
    """One model's set of colorings against the truths.

    Attributes:
        model: who, or what a row is for comparison. method: of which lines. tint: 0 for black lines, 1 for colored.
        pictures: how many on each side. distance: squared, as it is always reported; 0 = alike.
    """

    model: str
    method: str
    tint: float
    pictures: int
    distance: float


def open_trunk(threads: int | None = None) -> Features:
    """The frozen trunk in the package."""
    return Features.open(EYE, threads=threads)


def pooled_features(picture: image.Pixels, trunk: Features) -> Floats:
    """(256,) features of a picture (H, W, 3) uint8, mean of its places."""
    small = image.resize(picture, (SIDE, SIDE)).astype(np.float32) / np.float32(255)
    return np.asarray(trunk.of(small)[0][:, :POOLED].mean(0, dtype=np.float64))


def shrinkage(features: Floats) -> float:
    """Share, 0 to 1, by which a covariance of features (n, d) is best shrunk towards a multiple of the identity.

    Source: Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices".
    """
    number, width = features.shape
    centered = features - features.mean(0)
    covariance = centered.T @ centered / number
    square = float((covariance**2).sum())
    away = square - float(np.trace(covariance)) ** 2 / width
    noise = (float(((centered**2).sum(1) ** 2).sum()) / number - square) / number
    return min(1.0, max(0.0, noise / away)) if away > 0 else 1.0


def frechet_distance(features: Sequence[Floats], real: Sequence[Floats]) -> float:
    """Squared Fréchet distance of two sets of features, each (d,), at least two in each.

    The trace of the root of the covariances' product is taken from the eigenvalues of a symmetric matrix that has the
    same, so it is real, and small ones that rounding made negative are 0.

    Source: Dowson and Landau 1982, "The Fréchet distance between multivariate normal distributions".
    """
    one, two = np.stack(features), np.stack(real)
    share = shrinkage(two)
    first, second = _shrunk(one, share), _shrunk(two, share)
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    middle = root @ second @ root
    between = np.sqrt(np.maximum(np.linalg.eigvalsh((middle + middle.T) / 2), 0)).sum()
    apart = float(((one.mean(0) - two.mean(0)) ** 2).sum())
    return max(0.0, apart + float(np.trace(first) + np.trace(second) - 2 * between))


def _shrunk(features: Floats, share: float) -> Floats:
    centered = features - features.mean(0)
    covariance = centered.T @ centered / len(features)
    width = len(covariance)
    shrunk: Floats = (1 - share) * covariance + share * np.trace(covariance) / width * np.eye(width)
    return shrunk
