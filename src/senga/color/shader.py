"""Light on flat colors: shade, shine and the color of the lines, over one color a region.

A network sees line art and flats, and says how each pixel differs from its region's color, and which color a line
takes. What it says is kept honest afterwards: over the paper of each region the differences cancel out, so that at
every strength a region's mean stays the flat color, and what is pure white or pure black stays so.

Source: ours. The numbers of `Lighting` stand for what no drawing tells: with them unsaid, a network paints the mean of
all lights, which is none.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import strips
from senga.color.scaling import paper_weight, working_lines
from senga.color.tokens import borders
from senga.errors import HintError, ImageError
from senga.model.session import Session
from senga.tiles import run_tiled

SHIPPED = Path(__file__).parent.parent / "weights" / "shader.onnx"
"""Model file inside the package."""

STRONGEST = 1.5
"""Greatest strength. Ours: beyond, blotches show."""

PAPER = 225
"""Lines at least this bright are paper, 0 to 255: as `regions.INK` of white paper."""

TILE, MARGIN = 1088, 96
"""Longest side that goes through the network at once, and what tiles share, px. Ours."""

VISIBLE = 0.6
"""Most that a line's color is of its region's brightness: lines stay lines. Ours; half in pictures, in the middle."""

SPREAD, DEEP = 48.0, 0.6
"""Levels a unit of `places`, and the unit of the logarithm of distances from ink: what is usual within a region."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Lighting:
    """How light falls; defaults are ours, chosen by eye. 0 is the usual in the pictures of training.

    Attributes:
        contrast: how far light and shade are from the flat color, -1.5 to 1.5.
        hardness: from soft gradients to edges, -1.5 to 1.5.
        right, bottom: towards which side regions are brighter, -1 to 1 each.
        shine: whether little is bright and much is shade (1), or the other way round (-1).
        warm, cold: how much more than the rest red and blue follow the light, -1 to 1.
        roundness: how much brighter regions are far from lines than beside them, -1 to 1.
    """

    contrast: float = 0.6
    hardness: float = 0.3
    right: float = -0.25
    bottom: float = -0.45
    shine: float = -0.5
    warm: float = 0.0
    cold: float = 0.0
    roundness: float = 0.6

    def numbers(self) -> Plane:
        """(1, 8) float32, as the network takes them."""
        told = (self.contrast, self.hardness, self.right, self.bottom, self.shine, self.warm, self.cold, self.roundness)
        return np.array([told], np.float32)


@dataclass(frozen=True)
class Shading:
    """What the network said of one drawing's flats; any strength is made of it without asking again.

    Attributes:
        flat: (H, W, 3) uint8. labels: (H, W) int, the region of each pixel. paper: (H, W) bool.
        ink: (H, W, 3) uint8, the color that a line takes where there is one: for `colorizer.tinted`.
    """

    flat: image.Pixels
    labels: NDArray[np.integer]
    paper: NDArray[np.bool_]
    ink: image.Pixels
    _change: Plane = field(repr=False)  # (3, h, w) at the working size, in [-1, 1]
    _weight: Plane = field(repr=False)  # (h, w), what a working pixel counts when changes are enlarged

    def color(self, strength: float = 1.0) -> image.Pixels:
        """The color layer, (H, W, 3) uint8: flats in light and shade, without lines.

        Args:
            strength: 0 answers the flats, 1 is as trained, up to `STRONGEST`.

        Raises:
            HintError: a strength out of range.
        """
        if not 0 <= strength <= STRONGEST:
            raise HintError(f"a strength of light is from 0 to {STRONGEST:g}, not {strength:g}")
        out = self.flat.copy()
        if strength == 0:
            return out
        sizes = np.maximum(self._sums(self.paper.astype(np.float32)), 1)
        total = image.resize_plane(self._weight, self.paper.shape) if self._enlarged else None
        for i in range(3):
            change = self._change[i]
            if total is not None:
                change = image.resize_plane(change * self._weight, self.paper.shape) / total
            change = change * np.float32(255 * strength)
            change -= (self._sums(np.where(self.paper, change, 0)) / sizes).astype(np.float32)[self.labels]
            below = self.flat[..., i].astype(np.float32)
            brighter = np.clip(change, 0, 255 - below)
            darker = np.clip(change, -below, 0)
            # What is cut off at white or black would move the mean: the other side gives as much back.
            gain = self._sums(np.where(self.paper, brighter, 0))
            loss = -self._sums(np.where(self.paper, darker, 0))
            up = np.minimum(1, loss / np.maximum(gain, 1e-6)).astype(np.float32)[self.labels]
            down = np.minimum(1, gain / np.maximum(loss, 1e-6)).astype(np.float32)[self.labels]
            out[..., i] = np.rint(below + brighter * up + darker * down)
        return out

    def layers(self, strength: float = 1.0) -> tuple[Plane, Plane]:
        """Shade (at most 1) and light (at least 0), both (H, W, 3) float32: color = flat * shade + 255 * light.

        Each channel of a pixel has one of the two. `layers.layers_of` makes the same of `color`, in 8 bits.
        Raises as `color`.
        """
        color = self.color(strength).astype(np.float32)
        flat = self.flat.astype(np.float32)
        return np.minimum(1, color / np.maximum(flat, 1)), np.maximum(0, color - flat) / 255

    @property
    def _enlarged(self) -> bool:
        return self._change.shape[1:] != self.paper.shape

    def _sums(self, values: Plane) -> NDArray[np.float64]:
        """Sums of a plane over each region, (regions,)."""
        sums = np.zeros(int(self.labels.max()) + 1)
        for rows in strips(self.labels.shape, 1):  # whole, it would take sixteen bytes a pixel
            sums += np.bincount(self.labels[rows].reshape(-1), values[rows].reshape(-1), len(sums))
        return sums


@dataclass(frozen=True)
class Shader:
    """An opened shader."""

    session: Session

    @staticmethod
    def open(model: str | Path | None = None, *, threads: int | None = None) -> "Shader":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.

        Raises:
            ModelError: missing, broken, or not a shader.
        """
        session = Session.open(model or SHIPPED, threads=threads)
        session.need("shade")
        return Shader(session)

    def shade(
        self,
        lines: image.Pixels,
        flat: image.Pixels,
        labels: NDArray[np.integer],
        lighting: Lighting = Lighting(),
        *,
        tile: int = TILE,
    ) -> Shading:
        """Light and shade for a drawing's flats; the network runs here, and not when the strength changes.

        Drawings over the card's area are looked at smaller: large brush strokes of light, not small ones repeated.

        Args:
            lines: (H, W) uint8, 0 = ink. flat: (H, W, 3) uint8, one color each region.
            labels: (H, W) of 0 and more, the region of each pixel, as `regions.find_regions` finds them.
            lighting: how light falls.
            tile: longest side that goes through the network at once, px.

        Raises:
            ImageError: arrays of different sizes, or not such arrays.
        """
        if flat.shape != (*lines.shape, 3) or labels.shape != lines.shape or lines.ndim != 2:
            raise ImageError(f"flats of {flat.shape} and regions of {labels.shape} for lines of {lines.shape}")
        if flat.dtype != np.uint8 or lines.dtype != np.uint8:
            raise ImageError(f"lines and flats are uint8, not {lines.dtype} and {flat.dtype}")
        height, width = lines.shape
        shrink = math.sqrt(min(1.0, self.session.card.area / lines.size))
        shape = (max(1, round(height * shrink)), max(1, round(width * shrink)))
        seen = planes(lines, flat, labels, shape)
        told = {"light": lighting.numbers()}
        answer = run_tiled(
            seen,
            lambda part: self.session.run(part, told),
            multiple=self.session.card.size_multiple,
            tile=tile,
            margin=MARGIN,
        )
        weight = paper_weight(seen[..., 0])
        by_ink: Plane = (np.float32(1.02) - seen[..., 0].astype(np.float32) / 255).astype(np.float32)
        ink = np.empty((height, width, 3), np.uint8)
        for i in range(3):  # colors of lines are carried by ink, as those of regions by paper
            plane = answer[3 + i]
            if shape != lines.shape:
                plane = image.resize_plane(plane * by_ink, lines.shape)
                plane /= image.resize_plane(by_ink, lines.shape)
            ink[..., i] = np.clip(np.rint(plane * 255), 0, 255)
        paper = _paper(lines, labels)
        _darken(ink, flat)
        return Shading(flat, labels, paper, ink, answer[:3] * 2 - 1, weight)


def _darken(ink: image.Pixels, flat: image.Pixels) -> None:
    """Keeps colors of lines darker than the flats they lie on, in place."""
    for rows in strips(flat.shape):
        bright, most = (image.gray(p[rows]).astype(np.float32) for p in (ink, flat))
        share = np.minimum(1, VISIBLE * most / np.maximum(bright, 1))[..., None]
        ink[rows] = np.rint(ink[rows] * share)


def planes(
    lines: image.Pixels, flat: image.Pixels, labels: NDArray[np.integer], shape: tuple[int, int]
) -> image.Pixels:
    """What the network sees, (h, w, 8) uint8: lines, flat red, green, blue, borders of regions, `places`.

    Args:
        lines: (H, W) uint8. flat: (H, W, 3) uint8. labels: (H, W).
        shape: (h, w), not larger.
    """
    if shape != lines.shape:
        y, x = ((np.arange(s) * 2 + 1) * full // (2 * s) for s, full in zip(shape, lines.shape, strict=True))
        lines = working_lines(lines, shape)
        flat, labels = flat[y[:, None], x], labels[y[:, None], x]
    edge = (255 * borders(labels)).astype(np.uint8)
    return np.dstack([lines, flat, edge, places(lines, labels)])


def places(lines: image.Pixels, labels: NDArray[np.integer]) -> image.Pixels:
    """Where in its region each pixel lies, (H, W, 3) uint8, 128 = as far as its region's mean, `SPREAD` levels a unit.

    How far from ink (logarithm), then how far right and how far down, in units of the region's own extent.
    """
    import mahotas  # here: it would slow every start

    height, width = lines.shape
    ink = lines < PAPER
    far = np.sqrt(mahotas.distance(~ink)) if ink.any() else np.full(lines.shape, 30.0)
    flat, weight = labels.reshape(-1), (~ink + 0.02).reshape(-1)
    total = np.maximum(np.bincount(flat, weight), 1e-9)
    right = np.broadcast_to(np.arange(width, dtype=np.float64), lines.shape)
    down = np.broadcast_to(np.arange(height, dtype=np.float64)[:, None], lines.shape)
    found = []
    for plane in (np.log1p(far) / DEEP, right, down):
        off = plane.reshape(-1) - (np.bincount(flat, weight * plane.reshape(-1)) / total)[flat]
        if plane is right or plane is down:  # small ones hardly have sides
            off /= np.sqrt(np.bincount(flat, weight * off**2) / total + 4.0)[flat]
        found.append(np.clip(128 + SPREAD * off, 0, 255).reshape(lines.shape))
    where: image.Pixels = np.rint(np.stack(found, 2)).astype(np.uint8)
    return where


def _paper(lines: image.Pixels, labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(H, W) bool: where lines are bright; of regions that have no such place, all."""
    paper = lines >= PAPER
    some = np.zeros(int(labels.max()) + 1, bool)
    some[labels[paper]] = True
    return np.asarray(paper | ~some[labels])
