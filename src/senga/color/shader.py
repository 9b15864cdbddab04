"""Light on flat colors: shade, shine and the color of the lines, over one color a region.

A network sees line art and flats, and says how each pixel differs from its region's color, and which color a line
takes. What it says is kept honest afterwards: over the paper of each region the differences cancel out, so that at
every strength a region's mean stays the flat color, and what is pure white or pure black stays so.

Source: ours. The numbers of `Lighting` stand for what no drawing tells: with them unsaid, a network paints the mean of
all lights, which is none.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.flats import Flats
from senga.color.flood import Labels
from senga.color.light import SIDE
from senga.color.scaling import paper_weight, working_lines, working_shape
from senga.color.shading import Sample, Shading, take_sample
from senga.color.tokens import borders
from senga.errors import ImageError
from senga.model.session import Session
from senga.model.shipped import WEIGHTS, model_file
from senga.tiles import run_tiled

SHIPPED = WEIGHTS / "shader.onnx"
"""Model file inside the package."""

PAPER = 225
"""Lines at least this bright are paper, 0 to 255: as `regions.INK` of white paper."""

SAMPLED = 4
"""Pixels over which means are taken, for each place of the network's: between places its answer is even. Ours: a mean
is then off by hundredths of a level, by less than half of one at most."""

MANY = 1_000_000
"""Most places of the grid that means are taken over, however many windows a strip has. Ours."""

TILE, MARGIN = 1088, 96
"""Longest side that goes through the network at once, and what tiles share, px. Ours."""

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
    right: float = SIDE
    bottom: float = -0.45
    shine: float = -0.5
    warm: float = 0.0
    cold: float = 0.0
    roundness: float = 0.6

    def numbers(self) -> Plane:
        """(1, 8) float32, as the network takes them."""
        values = (
            self.contrast,
            self.hardness,
            self.right,
            self.bottom,
            self.shine,
            self.warm,
            self.cold,
            self.roundness,
        )
        return np.array([values], np.float32)


@dataclass(frozen=True)
class Look:
    """What a shader sees of a drawing, whatever its colors.

    Attributes:
        lines: (H, W) uint8, 0 = ink. labels: (H, W), the region of each pixel, 0 to count - 1.
        small: (h, w) uint8, the lines at the size that the network works at. own: (h, w), the labels there.
    """

    lines: image.Pixels = field(repr=False)
    labels: Labels
    small: image.Pixels = field(repr=False)
    own: Labels = field(repr=False)

    def divided(self, labels: Labels) -> "Look":
        """The same drawing whose regions are divided further."""
        return Look(self.lines, labels, self.small, _at_middles(labels, self.small.shape))

    @cached_property
    def count(self) -> int:
        """Labels."""
        return int(self.labels.max()) + 1

    def prepare(self) -> None:
        """Finds all that can be found before colors are known."""
        _ = self.sample, self.beside, self.weights

    @cached_property
    def sample(self) -> Sample:
        """Pixels over which the means of regions are taken."""
        return take_sample(self.lines, self.labels, self.count, PAPER, min(SAMPLED * self.small.size, MANY))

    @cached_property
    def beside(self) -> image.Pixels:
        """(h, w, 4) uint8: borders of regions, `places`."""
        return np.dstack([(255 * borders(self.own)).astype(np.uint8), places(self.small, self.own)])

    @cached_property
    def weights(self) -> Plane:
        """(2, h, w) float32, how much each place's light, and how much the color of its lines counts."""
        ink = (np.float32(1.02) - self.small.astype(np.float32) / 255).astype(np.float32)
        return np.stack([paper_weight(self.small), ink])


@dataclass(frozen=True)
class Shader:
    """An opened shader."""

    session: Session

    @staticmethod
    def open(model: str | Path | None = None, *, threads: int | None = None, backend: str = "onnxruntime") -> "Shader":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.
            backend: as `Session.open` takes it.

        Raises:
            ModelError: missing, broken, or not a shader; a backend that is not there.
        """
        # It takes turns with the graphs of a colorizer.
        session = Session.open(model_file(model, SHIPPED.name), threads=threads, backend=backend, alone=False)
        session.need("shade")
        return Shader(session)

    def look(self, lines: image.Pixels, labels: Labels, windows: int = 1) -> Look:
        """A drawing as `shade` takes it, to be shaded in many colors.

        Drawings over the card's area are looked at smaller: large brush strokes of light, not small ones repeated.

        Args:
            lines: (H, W) uint8, 0 = ink.
            labels: (H, W) of 0 and more, the region of each pixel, as `regions.find_regions` finds them.
            windows: of a strip, each of which is looked at as large as a drawing.

        Raises:
            ImageError: arrays of different sizes, or not such arrays.
        """
        if labels.shape != lines.shape or lines.ndim != 2 or lines.dtype != np.uint8:
            raise ImageError(
                f"regions of {labels.shape} for lines of {lines.shape}, which are uint8, not {lines.dtype}"
            )
        shape = working_shape(lines.shape, windows * self.session.card.area)
        small = lines if shape == lines.shape else working_lines(lines, shape)
        return Look(lines, labels, small, _at_middles(labels, shape))

    def shade(self, look: Look, colors: image.Pixels, lighting: Lighting = Lighting(), *, tile: int = TILE) -> Shading:
        """Light and shade for a drawing's flats; the network runs here, and not when the strength changes.

        Args:
            look: at the drawing.
            colors: (count, 3) uint8, one for each region.
            lighting: how light falls.
            tile: longest side that goes through the network at once, px.

        Raises:
            ImageError: not such colors, or fewer than there are regions.
        """
        if colors.dtype != np.uint8 or colors.shape[1:] != (3,) or len(colors) < look.count:
            raise ImageError(f"{look.count} regions have (count, 3) uint8 colors, not {colors.shape} {colors.dtype}")
        conditions = {"light": lighting.numbers()}
        answer = run_tiled(
            np.dstack([look.small, colors[look.own], look.beside]),
            lambda part: self.session.run(part, conditions),
            multiple=self.session.card.size_multiple,
            tile=tile,
            margin=MARGIN,
        )
        flats = Flats.of(look.labels, colors)
        return Shading(flats, look.sample, answer[:3] * 2 - 1, answer[3:6], look.weights, look.own)


def _at_middles(labels: Labels, shape: tuple[int, ...]) -> Labels:
    """The labels (h, w) of the pixels in which the middles of places at a smaller size lie."""
    if shape == labels.shape:
        return labels
    y, x = ((np.arange(s) * 2 + 1) * full // (2 * s) for s, full in zip(shape, labels.shape, strict=True))
    seen: Labels = labels[y[:, None], x]
    return seen


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
