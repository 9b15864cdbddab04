"""Light and shade laid on flat colors at a drawing's size, so that each region's mean stays its color.

A network's answer is small; the drawing may have hundreds of times its pixels. Of each pixel no more is worked out than
a code of 8 bits: how far light changes the color there. How often a region has each code tells its mean and what would
be cut off at white and black, so that what becomes of a code in a region is worked out once, and looked up.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.flats import Flats
from senga.color.flood import Labels
from senga.color.light import GRAY, Light, apart, softened
from senga.color.scaling import Enlarger
from senga.color.strips import CACHED, strips

VISIBLE = 0.6
"""Most that a line's color is of its region's brightness: lines stay lines. Ours; half in pictures, in the middle."""

ON_PAPER = 0.3
"""The same where the region is bare paper: there is no color for a line to take. Ours."""

CODES = 256
"""Steps from the darkest change to the brightest: at the strength 1 about a level each."""

ENOUGH = 400
"""Least pixels of the grid over which a region's mean is taken; where it has fewer, the grid is made finer. Ours."""

COUNTED = 1 << 20
"""Pixels that are counted at a time. Ours."""

TOGETHER = 4096
"""Regions whose codes are worked out at a time. Ours: of many, whole tables would take more memory than pictures."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """Pixels that stand for the paper of their regions; where a region has no paper, for all of it.

    Attributes:
        at: (N,) int32, their flat numbers. of: (N,) int32, the region of each.
    """

    at: NDArray[np.int32]
    of: NDArray[np.int32]

    def count(self, codes: image.Pixels, regions: int) -> NDArray[np.int64]:
        """(regions, `CODES`) int64, how often each region has each code of (H, W) uint8."""
        counts = np.zeros(regions * CODES, np.int64)
        for first in range(0, len(self.at), COUNTED):
            part = slice(first, first + COUNTED)
            found = np.multiply(self.of[part], CODES, dtype=np.int64)
            found += codes.reshape(-1).take(self.at[part])
            counts += np.bincount(found, minlength=len(counts))
        return counts.reshape(regions, CODES)


@dataclass(frozen=True)
class Shading:
    """What the network said of one drawing's flats; any strength is made of it without asking again.

    Attributes:
        flats: one color a region.
        sample: of the drawing's paper.
    """

    flats: Flats
    sample: Sample = field(repr=False)
    _change: Plane = field(repr=False)  # (3, h, w) in [-1, 1], at the size that the network works at
    _ink: Plane = field(repr=False)  # (3, h, w) in [0, 1]
    _weights: Plane = field(repr=False)  # (2, h, w): what a place counts when change, and when ink is enlarged
    _own: Labels = field(repr=False)  # (h, w), the region of each of those places
    _soft: dict[tuple[float, float], "Shading"] = field(default_factory=dict, repr=False)  # the last softer one

    def color(self, light: float | Light = 1.0) -> image.Pixels:
        """The color layer, (H, W, 3) uint8: flats in light and shade, without lines.

        With light and shade of one strength and no tint the mean of each region stays its color; else it goes with
        the stronger of the two.

        Args:
            light: or its strength: 0 answers the flats, 1 is as trained, up to `light.STRONGEST`. Its side was chosen
                when the network was asked.

        Raises:
            HintError: a strength out of range.
        """
        how = light if isinstance(light, Light) else Light(light)
        return self.flats.layer.copy() if how.none else self._softer(how)._lit(how)

    def _softer(self, light: Light) -> "Shading":
        """What is as soft as is asked for; the last one is kept."""
        key = (light.softness, light.shade_softness)
        if key == (0, 0):
            return self
        if key not in self._soft:
            self._soft.clear()
            self._soft[key] = replace(
                self, _change=softened(self._change, self._own, self._weights[0], light), _soft={}
            )
        return self._soft[key]

    def _lit(self, light: Light) -> image.Pixels:
        labels, codes = self.flats.labels, self._codes
        tables = [self._table(i, light) for i in range(3)]
        out = np.empty((*labels.shape, 3), np.uint8)
        for rows in strips(labels.shape, most=CACHED):
            first = np.multiply(labels[rows], CODES, dtype=np.int64)
            for i in range(3):  # "clip" spares a check that takes longer than the looking up
                out[rows, :, i] = np.take(tables[i], first + codes[i, rows], mode="clip")
        return out

    def _table(self, channel: int, light: Light) -> NDArray[np.uint8]:
        """What becomes of each code in each region in a channel, (regions * `CODES`,)."""
        low, high = self._ends[:, channel]
        counts = self.sample.count(self._codes[channel], self.flats.count)
        flat = self.flats.colors[:, channel]
        changes = np.linspace(low, high, CODES, dtype=np.float32) * np.float32(255)
        bright = _colors_of_codes(counts, changes * np.float32(light.strength), flat)
        tint = float(light.tint[channel])
        if light.shading == light.strength and tint == 1:
            return bright
        dark = (
            bright
            if light.shading == light.strength
            else _colors_of_codes(counts, changes * np.float32(light.shading), flat)
        )
        return apart(bright, dark, np.repeat(flat, CODES), tint)

    def layers(self, strength: float = 1.0) -> tuple[Plane, Plane]:
        """Shade (at most 1) and light (at least 0), both (H, W, 3) float32: color = flat * shade + 255 * light.

        Each channel of a pixel has one of the two. `layers.layers_of` makes the same of `color`, in 8 bits.
        Raises as `color`.
        """
        color = self.color(strength).astype(np.float32)
        flat = self.flats.layer.astype(np.float32)
        return np.minimum(1, color / np.maximum(flat, 1)), np.maximum(0, color - flat) / 255

    @cached_property
    def ink(self) -> image.Pixels:
        """(H, W, 3) uint8, the color that a line takes where there is one: for `compositing.tinted`."""
        labels = self.flats.labels
        # Colors of lines are carried by ink, as those of regions by paper.
        enlarger = Enlarger(np.concatenate([self._ink * self._weights[1], self._weights[1:]]), labels.shape)
        visible = np.where(self.flats.colors.min(1) == 255, np.float32(ON_PAPER), np.float32(VISIBLE))
        most = visible * (self.flats.colors.astype(np.float32) @ GRAY)
        out = np.empty((*labels.shape, 3), np.uint8)
        for rows in strips(labels.shape, most=CACHED):
            *channels, total = enlarger.rows(rows)
            total = np.float32(255) / total
            bright = sum(plane * share for plane, share in zip(channels, GRAY, strict=True)) * total
            total *= np.minimum(1, np.take(most, labels[rows], mode="clip") / np.maximum(bright, 1))
            for i, plane in enumerate(channels):
                plane *= total
                plane += np.float32(0.5)
                out[rows, :, i] = plane
        return out

    @cached_property
    def _ends(self) -> Plane:
        """(2, 3), the least and the greatest change of each channel."""
        return np.stack([self._change.min((1, 2)), self._change.max((1, 2))])

    @cached_property
    def _codes(self) -> image.Pixels:
        """(3, H, W) uint8, changes as codes: 0 the least of its channel, 255 the greatest."""
        low, high = self._ends[:, :, None, None]
        scale = (CODES - 1) / np.maximum(high - low, np.float32(1e-6))
        weight = self._weights[:1]
        shape = self.flats.labels.shape
        enlarger = Enlarger(np.concatenate([(self._change - low) * scale * weight, weight]), shape)
        codes = np.empty((3, *shape), np.uint8)
        for rows in strips(shape, most=CACHED):
            planes = enlarger.rows(rows)
            planes[:3] /= planes[3]
            planes[:3] += np.float32(0.5)
            codes[:, rows] = planes[:3]
        return codes


def _colors_of_codes(counts: NDArray[np.int64], changes: Plane, colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What becomes of each code in each region in one channel, (regions * `CODES`,) uint8.

    Args:
        counts: (regions, `CODES`), how often it is there. changes: (`CODES`,), what it says, in levels of 255.
        colors: (regions,), of the flats.
    """
    answer = np.empty(counts.shape, np.uint8)
    for first in range(0, len(counts), TOGETHER):
        part = slice(first, first + TOGETHER)
        often = counts[part].astype(np.float32)
        below = colors[part, None].astype(np.float32)
        change = changes - (often @ changes / np.maximum(often.sum(1), 1))[:, None]
        brighter = np.clip(change, 0, 255 - below)
        darker = np.clip(change, -below, 0)
        # What is cut off at white or black would move the mean: the other side gives as much back.
        gain, loss = (often * brighter).sum(1), -(often * darker).sum(1)
        up = np.minimum(1, loss / np.maximum(gain, 1e-6))[:, None]
        down = np.minimum(1, gain / np.maximum(loss, 1e-6))[:, None]
        answer[part] = np.rint(below + brighter * up + darker * down)
    return answer.reshape(-1)


def take_sample(lines: image.Pixels, labels: Labels, count: int, paper: int, least: int) -> Sample:
    """Pixels over which means of regions are taken: of large drawings a grid, a finer one of smaller regions.

    Args:
        lines: (H, W) uint8, 0 = ink. labels: (H, W), 0 to count - 1. paper: least brightness of paper.
        least: places of the coarsest grid.
    """
    light, region = lines.reshape(-1), labels.reshape(-1)
    step = max(1, math.isqrt(lines.size // least))
    open_ = np.ones(count, bool)
    found = []
    while step > 1 and open_.any():
        at = _on_grid(labels, open_, step)
        at = at[light[at] >= paper]
        of = region[at]
        enough = np.bincount(of, minlength=count) >= ENOUGH
        kept = enough[of]
        found.append((at[kept], of[kept]))
        open_ &= ~enough
        step //= 2
    at = _on_grid(labels, open_, 1)
    of, on = region[at], light[at] >= paper
    some = np.bincount(of[on], minlength=count) > 0
    use = on | ~some[of]
    found.append((at[use], of[use]))
    return Sample(*(np.concatenate(parts).astype(np.int32) for parts in zip(*found, strict=True)))


def _on_grid(labels: Labels, wanted: NDArray[np.bool_], step: int) -> NDArray[np.int32]:
    """Flat numbers of every `step`-th pixel each way, of the wanted regions."""
    width = labels.shape[1]
    across = np.arange(step // 2, width, step, dtype=np.int32)
    found = []
    for rows in strips(labels.shape, step, CACHED):
        down = np.arange(rows.start + step // 2, rows.stop, step, dtype=np.int32) * width
        there = np.take(wanted, labels[rows][step // 2 :: step, step // 2 :: step], mode="clip")
        found.append((down[:, None] + across)[there])
    return np.concatenate(found)
