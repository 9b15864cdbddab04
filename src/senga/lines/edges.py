"""Classic line filters: Canny, dilation difference, XDoG.

All take a picture, (H, W, 3) or (H, W) uint8, and answer line art, (H, W) uint8, 0 = ink. Each method's parameters
are one frozen dataclass, whose field names are the names on the command line and in a manifest.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class Canny:
    """Parameters of `canny`: hysteresis thresholds on the gradient of the 0-255 gray, low and high."""

    low: float = 100.0
    high: float = 200.0


@dataclass(frozen=True)
class Dilate:
    """Parameters of `dilate`: side of the dilation window (odd px), and gain on the difference."""

    size: int = 5
    gain: float = 1.0


@dataclass(frozen=True)
class Xdog:
    """Parameters of `xdog`.

    Attributes:
        sigma: of the narrow Gaussian, px.
        k: wide sigma / narrow sigma.
        tau: weight of the wide Gaussian; the nearer to 1, the fainter the edges that are drawn.
        epsilon: level under which ink begins; 0 draws edges alone, 0.2 to 0.7 fills dark areas.
        phi: steepness of the ink's onset.
    """

    sigma: float = 0.7
    k: float = 1.6
    tau: float = 0.98
    epsilon: float = 0.0
    phi: float = 10.0


def to_gray(picture: NDArray[np.uint8]) -> Gray:
    """Gray (H, W) uint8 of an RGB picture, by the fixed-point BT.601 weights that OpenCV uses."""
    if picture.ndim == 2:
        return picture
    r, g, b = (picture[..., i].astype(np.int32) for i in range(3))
    return ((r * 9798 + g * 19235 + b * 3735 + 16384) >> 15).astype(np.uint8)


def canny(picture: NDArray[np.uint8], parameters: Canny = Canny()) -> Gray:
    """Canny edges, one pixel wide, dark on white.

    The same edges, pixel for pixel, as OpenCV's Canny with a 3x3 Sobel and the L1 norm, inverted.

    Source: Canny 1986; thresholds 100 and 200: nsr_9, 2021.
    """
    gray = to_gray(picture).astype(np.int32)
    height, width = gray.shape
    p = np.pad(gray, 1, mode="edge")
    column = p[:-2] + 2 * p[1:-1] + p[2:]
    row = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    dx, dy = column[:, 2:] - column[:, :-2], row[2:] - row[:-2]
    size = np.abs(dx) + np.abs(dy)
    m = np.pad(size, 1)

    def at(y: int, x: int) -> NDArray[np.int32]:
        return m[1 + y : 1 + y + height, 1 + x : 1 + x + width]

    # Thinning across the edge; tan(22.5 deg) and tan(67.5 deg) in 15-bit fixed point. The signs of > and >= decide
    # ties as OpenCV does, which keeps edges one pixel wide.
    wide, tall = np.abs(dx).astype(np.int64), np.abs(dy).astype(np.int64) << 15
    t22 = wide * 13573
    t67 = t22 + (wide << 16)
    flat = (tall < t22) & (size > at(0, -1)) & (size >= at(0, 1))
    steep = (tall > t67) & (size > at(-1, 0)) & (size >= at(1, 0))
    slant = (tall >= t22) & (tall <= t67)
    falling = (dx ^ dy) < 0
    slant &= np.where(falling, (size > at(-1, 1)) & (size > at(1, -1)), (size > at(-1, -1)) & (size > at(1, 1)))
    ridge = flat | steep | slant
    low, high = sorted((int(np.floor(parameters.low)), int(np.floor(parameters.high))))
    weak = ridge & (size > low)
    import mahotas  # here: only this needs it, and it would slow every start

    pieces, count = mahotas.label(weak, Bc=np.ones((3, 3), bool))
    kept = np.zeros(count + 1, bool)
    kept[pieces[weak & (size > high)]] = True
    kept[0] = False
    return np.where(kept[pieces], 0, 255).astype(np.uint8)


def dilate(picture: NDArray[np.uint8], parameters: Dilate = Dilate()) -> Gray:
    """Dilation difference: what a dilated gray is lighter than the gray itself, dark on white.

    Source: the OpenCV way of making line art that PaintsChainer's data used (dilate, absolute difference, invert).
    """
    gray = to_gray(picture)
    lightest = gray
    reach = parameters.size // 2
    for axis in (0, 1):
        padded = np.pad(lightest, [(reach, reach) if i == axis else (0, 0) for i in (0, 1)])
        length = gray.shape[axis]
        for i in range(2 * reach + 1):
            window = padded[i : i + length] if axis == 0 else padded[:, i : i + length]
            lightest = np.maximum(lightest, window)
    difference = (lightest.astype(np.float32) - gray) * parameters.gain
    lines: Gray = (255 - np.clip(np.rint(difference), 0, 255)).astype(np.uint8)
    return lines


def gaussian(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur of (H, W) float32, kernel cut at 4 sigma, edges repeated."""
    radius = max(1, int(np.ceil(4 * sigma)))
    at = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (at / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        padded = np.pad(plane, [(radius, radius) if i == axis else (0, 0) for i in (0, 1)], mode="edge")
        length = plane.shape[axis]
        total = np.zeros_like(plane)
        for i, weight in enumerate(kernel):
            window = padded[i : i + length] if axis == 0 else padded[:, i : i + length]
            total += weight * window
        plane = total
    return plane


def xdog(picture: NDArray[np.uint8], parameters: Xdog = Xdog()) -> Gray:
    """XDoG lines: a sharpened difference of two Gaussians, thresholded softly.

    Source: Winnemoeller, Kyprianidis, Olsen 2012, "XDoG: an extended difference-of-Gaussians compendium"; the
    difference is scaled by 1 / (1 - tau), so that epsilon is a gray level whatever tau is (ours).
    """
    p = parameters
    gray = to_gray(picture).astype(np.float32) / np.float32(255)
    scaled = (gaussian(gray, p.sigma) - p.tau * gaussian(gray, p.sigma * p.k)) / max(1 - p.tau, 1e-6)
    ink = np.where(scaled >= p.epsilon, 1.0, 1 + np.tanh(np.clip(p.phi * (scaled - p.epsilon), -50, 0)))
    lines: Gray = np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8)
    return lines


def parameters_of(method: str) -> type[Any]:
    """Parameter dataclass of a classic method."""
    return {"canny": Canny, "dilate": Dilate, "xdog": Xdog}[method]
