"""Line art to color: the drawing is read once, then painted as often as the hints change.

The network never draws the lines. It answers with colors at the size it was trained for; the colors are brought to
the drawing's size and the person's own line layer is multiplied on top.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.encode import PLANES
from senga.color.hints import Hints
from senga.color.palette import Color
from senga.errors import HintError, ModelError
from senga.model.session import Session
from senga.recipe import Encoding

SHIPPED = Path(__file__).parent.parent / "weights" / "house.onnx"
"""The model file inside the package."""


@dataclass(frozen=True)
class Colorizer:
    """A colorizing model, opened."""

    session: Session

    @staticmethod
    def open(model: str | Path | None = None, *, threads: int | None = None) -> "Colorizer":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.

        Raises:
            ModelError: missing, broken, or not a colorizer.
        """
        session = Session.open(model or SHIPPED, threads=threads)
        session.need("colorize")
        return Colorizer(session)

    def page(self, drawing: image.Drawing | image.Pixels) -> "Page":
        """Reads a drawing, to be painted many times.

        Args:
            drawing: from `image.read_drawing`, or pixels as `image.to_drawing` takes them.
        """
        read = drawing if isinstance(drawing, image.Drawing) else image.to_drawing(drawing)
        height, width = read.shape
        scale = math.sqrt(min(1.0, self.session.card.area / (height * width)))
        small = (max(1, round(height * scale)), max(1, round(width * scale)))
        return Page(self.session, read, working_lines(read.lines, small))


@dataclass(frozen=True)
class Page:
    """A drawing that was read.

    Attributes:
        drawing: as it came.
        lines: (h, w) uint8, what the network sees of it.
    """

    session: Session
    drawing: image.Drawing
    lines: image.Pixels

    def paint(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
    ) -> image.Pixels:
        """The colored drawing, its own lines on top.

        Args:
            hints: of the drawing's size; None lets the model choose everything.
            reference: picture whose colors are borrowed. palette: colors to use. Only for models that take them.

        Returns:
            (H, W, 3) uint8 RGB of the drawing's size, or (H, W, 4) with the drawing's own alpha if it has one.

        Raises:
            HintError: hints of another size.
            ModelError: the model does not take what was given.
        """
        color = composite(self.color(hints, reference, palette), self.drawing.layer)
        return color if self.drawing.alpha is None else np.dstack([color, self.drawing.alpha])

    def color(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
    ) -> image.Pixels:
        """The color layer alone, (H, W, 3) uint8, without lines. Arguments and errors as `paint`."""
        card = self.session.card
        wanted = {"hints": hints is not None and hints.mask.any(), "reference": reference is not None}
        wanted["palette"] = palette is not None
        for condition, given in wanted.items():
            if given and condition not in card.conditions:
                takes = ", ".join(card.conditions) or "line art only"
                raise ModelError(f"{self.session.name}: does not take a {condition}; it takes: {takes}")
        if hints is None:
            hints = Hints.blank(self.drawing.shape)
        if hints.shape != self.drawing.shape:
            raise HintError(f"hints of {hints.shape} do not fit a drawing of {self.drawing.shape} (height, width)")
        h, w = self.lines.shape
        planes = hints.scaled((h, w)).encode(self.lines, _encoding(card.encoding))
        planes = planes * (card.high - card.low) + card.low
        below, beside = -h % card.size_multiple, -w % card.size_multiple
        padded = np.pad(planes, ((0, 0), (0, below), (0, beside)), mode="edge")
        answer = self.session.run(np.ascontiguousarray(padded[None]))[0, :, :h, :w]
        answer = (answer - card.low) / (card.high - card.low)
        return enlarge(answer, self.lines, self.drawing.shape)


def working_lines(lines: image.Pixels, shape: tuple[int, int]) -> image.Pixels:
    """Line art as a network sees it best: at (height, width) `shape`, paper white, thin lines still dark.

    Args:
        lines: (H, W) uint8, 0 = ink.
        shape: not larger than the lines.
    """
    # The paper of scans is gray: its level, the brightest tenth, becomes white.
    paper = float(np.percentile(lines, 90))
    small = image.resize(lines, shape).astype(np.float32)
    shrink = math.sqrt(lines.size / (shape[0] * shape[1]))
    if 128 < paper < 255:
        small = small * (255 / paper)
    # Making a line smaller makes it paler; without the ink's darkness a region would leak. Ours: up to twice.
    ink = (255 - small) * min(2.0, max(1.0, shrink**0.75))
    paler: image.Pixels = np.clip(np.rint(255 - ink), 0, 255).astype(np.uint8)
    return paler


def enlarge(color: NDArray[np.float32], lines: image.Pixels, shape: tuple[int, int]) -> image.Pixels:
    """Colors at the drawing's size, (H, W, 3) uint8.

    Colors are carried by paper: under ink, both sides meet there, where it does not show.

    Args:
        color: (3, h, w) in [0, 1].
        lines: (h, w) uint8, the working lines.
        shape: (height, width) of the drawing.
    """
    if lines.shape == shape:
        return np.rint(color.transpose(1, 2, 0) * 255).astype(np.uint8)
    weight = ((lines.astype(np.float32) / 255) ** 4 + 0.02).astype(np.float32)
    total = image.resize_plane(weight, shape)
    out = np.empty((*shape, 3), np.uint8)
    for i in range(3):
        plane = image.resize_plane(color[i] * weight, shape)
        plane /= total
        plane *= 255
        np.rint(plane, out=plane)
        out[..., i] = np.clip(plane, 0, 255, out=plane).astype(np.uint8)
    return out


def composite(color: image.Pixels, layer: image.Pixels) -> image.Pixels:
    """Color with a line layer multiplied on top, rounded to the nearest; all (H, W, 3) uint8."""
    product = color.astype(np.uint16)
    product *= layer
    product += 127
    product //= 255
    return product.astype(np.uint8)


def _encoding(name: str) -> Encoding:
    for encoding in PLANES:
        if encoding == name:
            return encoding
    raise ModelError(f"unknown hint encoding '{name}'; upgrade senga")
