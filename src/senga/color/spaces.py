"""Colors from the color models that swatch files know, and the space in which senga calls colors alike."""

import colorsys

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]
"""Red, green, blue of sRGB, 0 to 255."""


def oklab(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Lightness and two chroma axes of sRGB colors; equal distances look about equally large.

    Args:
        colors: (..., 3) uint8.

    Returns:
        (..., 3) float64: lightness in [0, 1], the chroma axes in about [-0.4, 0.4].

    Source: Ottosson, "A perceptual color space for image processing" (2020).

    >>> [round(float(v), 3) for v in oklab(np.array([255, 255, 255], np.uint8))]
    [1.0, 0.0, 0.0]
    """
    share = colors / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    answer: NDArray[np.float64] = np.cbrt(cones) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )
    return answer


def from_shares(red: float, green: float, blue: float) -> RGB:
    """The color of shares of 0 to 1; what lies outside is brought to the nearest end."""
    r, g, b = (round(255 * _within(v, 0, 1)) for v in (red, green, blue))
    return r, g, b


def from_hsb(hue: float, saturation: float, brightness: float) -> RGB:
    """The color of hue, saturation and brightness, each a share of 0 to 1."""
    return from_shares(*colorsys.hsv_to_rgb(hue, saturation, brightness))


def from_cmyk(cyan: float, magenta: float, yellow: float, black: float) -> RGB:
    """The color of four inks, each a share of 0 to 1; plain, as swatch files name no profile."""
    return from_shares(*((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)))


def from_lab(lightness: float, a: float, b: float) -> RGB:
    """The color of CIE L*a*b*: lightness 0 to 100, a and b about -128 to 127, white of D50 as in Adobe's files.

    Source: CIE 15; D50 to sRGB by the matrix of Lindbloom, adapted by Bradford.
    """

    def cubed(t: float) -> float:
        return t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)

    y = (_within(lightness, 0, 100) + 16) / 116
    x, z = y + _within(a, -128, 128) / 500, y - _within(b, -128, 128) / 200
    return from_xyz(0.96422 * cubed(x), cubed(y), 0.82521 * cubed(z))


def from_xyz(x: float, y: float, z: float) -> RGB:
    """The color of CIE XYZ, white of D50 with Y = 1. Source: as `from_lab`."""
    rows = (
        (3.1338561, -1.6168667, -0.4906146),
        (-0.9787684, 1.9161415, 0.0334540),
        (0.0719453, -0.2289914, 1.4052427),
    )
    red, green, blue = (m * x + n * y + o * z for m, n, o in rows)
    return from_linear(red, green, blue)


def from_linear(red: float, green: float, blue: float) -> RGB:
    """The color of shares of light, with sRGB's primaries; what lies outside 0 to 1 is brought to the nearest end."""
    shares = (_within(v, 0, 1) for v in (red, green, blue))
    return from_shares(*(12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in shares))


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
