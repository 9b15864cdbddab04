"""What is measured on finished pictures; all take (H, W, 3) uint8 RGB unless they say otherwise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

WHITE = (0.95047, 1.0, 1.08883)
"""The white of sRGB, D65, in XYZ. Source: IEC 61966-2-1."""


def psnr(picture: Pixels, truth: Pixels) -> float:
    """Peak signal-to-noise ratio over all pixels and channels, dB; 99 where the pictures are equal."""
    error = np.mean((picture.astype(np.float64) - truth) ** 2)
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def ssim(picture: Plane, truth: Plane) -> float:
    """Structural similarity, mean of channels and pixels, 1 = equal.

    The mean is over pixels whose whole 11x11 window (Gaussian, sigma 1.5) lies inside, as torchmetrics and scikit-image
    have it.

    Args:
        picture, truth: (H, W, 3) in [0, 1], at least 11x11.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity".
    """
    bell = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    bell /= bell.sum()

    def blurred(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        height, width = plane.shape[0] - 10, plane.shape[1] - 10
        down, across = np.zeros((height, *plane.shape[1:])), np.zeros((height, width, *plane.shape[2:]))
        for i, weight in enumerate(bell):
            down += weight * plane[i : i + height]
        for i, weight in enumerate(bell):
            across += weight * down[:, i : i + width]
        return across

    x, y = picture.astype(np.float64), truth.astype(np.float64)
    mean_x, mean_y = blurred(x), blurred(y)
    spread_x, spread_y = blurred(x * x) - mean_x**2, blurred(y * y) - mean_y**2
    together = blurred(x * y) - mean_x * mean_y
    level, contrast = 0.01**2, 0.03**2
    above = (2 * mean_x * mean_y + level) * (2 * together + contrast)
    return float(np.mean(above / ((mean_x**2 + mean_y**2 + level) * (spread_x + spread_y + contrast))))


def colorfulness(picture: Pixels) -> float:
    """How colorful a picture is, about 0 to 110.

    Source: Hasler and Süsstrunk 2003, "Measuring colourfulness in natural images".
    """
    r, g, b = (picture[..., i].astype(np.float64) for i in range(3))
    rg, yb = r - g, (r + g) / 2 - b
    return float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))


def lab(colors: Pixels | Plane) -> Plane:
    """CIELAB (..., 3) float32 of sRGB colors: L of 0 to 100, a and b about -100 to 100.

    Args:
        colors: (..., 3) uint8, or float in [0, 1].

    Source: IEC 61966-2-1 (sRGB); CIE 15 (L*a*b*).

    >>> lab(np.array([[255, 255, 255], [255, 0, 0]], np.uint8)).round().tolist()
    [[100.0, 0.0, 0.0], [53.0, 80.0, 67.0]]
    """
    linear = _LINEAR[colors] if colors.dtype == np.uint8 else _linear(np.asarray(colors, np.float32))
    xyz = linear @ _TO_XYZ.T
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * np.float32((29 / 6) ** 2 / 3) + np.float32(4 / 29))
    planes = (116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2]))
    # A white is as white as float32 tells; the last bits would be a hue.
    together: Plane = np.stack(planes, -1).astype(np.float32)
    return np.where(np.abs(together) < 1e-3, np.float32(0), together)


def _linear(values: Plane) -> Plane:
    linear: Plane = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return linear


_LINEAR = _linear((np.arange(256) / 255).astype(np.float32))
_TO_XYZ = (
    np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    / np.array(WHITE)[:, None]
).astype(np.float32)


def color_difference(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Delta E 2000 (...) of two fields of CIELAB colors (..., 3): 1 is just seen, over 10 is another color.

    Source: Sharma, Wu and Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes, supplementary test
    data, and mathematical observations"; the numbers in brackets are its equations.
    """
    l1, a1, b1 = (first[..., i] for i in range(3))
    l2, a2, b2 = (second[..., i] for i in range(3))
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2  # (3)
    g = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25.0**7)))  # (4)
    a1, a2 = (1 + g) * a1, (1 + g) * a2  # (5)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)  # (6)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360  # (7)
    gray = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(gray, 0, turn - 360 * (turn > 180) + 360 * (turn < -180))  # (10)
    dl, dc = l2 - l1, c2 - c1  # (8), (9)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))  # (11)
    light, strong = (l1 + l2) / 2, (c1 + c2) / 2  # (12), (13)
    hue = (h1 + h2) / 2
    apart = np.abs(h1 - h2) > 180
    hue = np.where(gray, h1 + h2, hue + 180 * (apart & (h1 + h2 < 360)) - 180 * (apart & (h1 + h2 >= 360)))  # (14)
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )  # (15)
    around = 30 * np.exp(-(((hue - 275) / 25) ** 2))  # (16)
    rc = 2 * np.sqrt(strong**7 / (strong**7 + 25.0**7))  # (17)
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)  # (18)
    sc, sh = 1 + 0.045 * strong, 1 + 0.015 * strong * t  # (19), (20)
    rt = -np.sin(np.radians(2 * around)) * rc  # (21)
    square = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)  # (22)
    difference: NDArray[Any] = np.sqrt(np.maximum(square, 0))
    return difference
