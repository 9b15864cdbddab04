"""Blends of painting programs on colors from 0 to 1: what comes of a color below and one above.

Source: W3C Compositing and Blending Level 1, and Adobe's PDF Blend Modes, for those that both have.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.float32]


def _multiply(below: Colors, above: Colors) -> Colors:
    return below * above


def _screen(below: Colors, above: Colors) -> Colors:
    return below + above - below * above


def _hard_light(below: Colors, above: Colors) -> Colors:
    return np.where(above <= 0.5, 2 * below * above, _screen(below, 2 * above - 1))


def _overlay(below: Colors, above: Colors) -> Colors:
    return _hard_light(above, below)


def _soft_light(below: Colors, above: Colors) -> Colors:
    dark = ((16 * below - 12) * below + 4) * below
    lighter = np.where(below <= 0.25, dark, np.sqrt(below)) - below
    return below + (2 * above - 1) * np.where(above <= 0.5, below * (1 - below), lighter)


def _dodge(below: Colors, above: Colors) -> Colors:
    return np.where(below <= 0, 0, np.minimum(1, below / np.maximum(1 - above, 1e-6))).astype(np.float32)


def _burn(below: Colors, above: Colors) -> Colors:
    return np.where(below >= 1, 1, 1 - np.minimum(1, (1 - below) / np.maximum(above, 1e-6))).astype(np.float32)


def _add(below: Colors, above: Colors) -> Colors:
    return np.asarray(np.minimum(1, below + above))


def _linear_burn(below: Colors, above: Colors) -> Colors:
    return np.asarray(np.maximum(0, below + above - 1))


def _subtract(below: Colors, above: Colors) -> Colors:
    return np.asarray(np.maximum(0, below - above))


def _difference(below: Colors, above: Colors) -> Colors:
    return np.asarray(np.abs(below - above))


def _exclusion(below: Colors, above: Colors) -> Colors:
    return below + above - 2 * below * above


BLENDS: dict[str, Callable[[Colors, Colors], Colors]] = {
    "normal": lambda _, above: above,
    "multiply": _multiply,
    "screen": _screen,
    "overlay": _overlay,
    "darken": np.minimum,
    "lighten": np.maximum,
    "dodge": _dodge,
    "burn": _burn,
    "hard light": _hard_light,
    "soft light": _soft_light,
    "add": _add,
    "linear burn": _linear_burn,
    "subtract": _subtract,
    "difference": _difference,
    "exclusion": _exclusion,
}
"""Blends by name."""
