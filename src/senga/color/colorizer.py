"""Line art to color: the drawing is read once, then painted as often as the hints change.

The network never draws the lines. It answers with colors at the size it was trained for; the colors are brought to
the drawing's size and the person's own line layer is multiplied on top.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.areas import Areas
from senga.color.brush import Brush, take_brush
from senga.color.carry import Carrier
from senga.color.compositing import composite, tinted
from senga.color.heed import check_candidates, check_conditions
from senga.color.hints import Hints
from senga.color.palette import Color
from senga.color.scaling import enlarge, paper_weight, working_lines
from senga.color.schemes import choose_palettes
from senga.color.wishes import Wishes, make_wishes
from senga.errors import HintError, ImageError, ModelError
from senga.model.session import Session

SHIPPED = Path(__file__).parent.parent / "weights" / "colourist.zip"
"""The model file inside the package."""

CARRIED = 2
"""From so many times the working size on, by sides, colors are kept to their side of each line (`carry`). Below, a
line is as wide as what could cross it. Ours."""

PROCESS, LEAN, DIVIDED = 220e6, 20, 5
"""Memory that coloring takes: bytes of the process with the shipped model, bytes a pixel of the drawing, and further
bytes a pixel where it is divided into regions. Measured on 4961x7016 px with colored lines, rounded up."""

@dataclass(frozen=True)
class Colorizer:
    """A colorizing model, opened.

    Attributes:
        max_ram: bytes that coloring should stay under, the process included; None: no bound. If there is too little to
            divide a large drawing into regions, colors may cross its thinnest lines (`Page.lean`).
    """

    session: Session
    max_ram: int | None = None

    @staticmethod
    def open(
        model: str | Path | None = None,
        *,
        threads: int | None = None,
        backend: str = "onnxruntime",
        max_ram: int | None = None,
    ) -> "Colorizer":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.
            backend: "onnxruntime", or "openvino" (the extra of that name).
            max_ram: see `Colorizer`.

        Raises:
            ModelError: missing, broken, or not a colorizer; a backend that is not there.
        """
        session = Session.open(model or SHIPPED, threads=threads, backend=backend)
        session.need("colorize")
        return Colorizer(session, max_ram)

    def page(self, drawing: image.Drawing | image.Pixels, areas: Areas | None = None) -> "Page":
        """Reads a drawing, to be painted many times.

        Args:
            drawing: from `image.read_drawing`, or pixels as `image.to_drawing` takes them.
            areas: of the drawing's lines, if they are kept: they are divided once.

        Raises:
            ImageError: a drawing too large for `max_ram`.
        """
        read = drawing if isinstance(drawing, image.Drawing) else image.to_drawing(drawing)
        height, width = read.shape
        scale = math.sqrt(min(1.0, self.session.card.area / (height * width)))
        small = (max(1, round(height * scale)), max(1, round(width * scale)))
        allowed = math.inf if self.max_ram is None else self.max_ram
        if _needed(read.lines.size, lean=True) > allowed:
            least = math.ceil(_needed(read.lines.size, lean=True) / 1e6)
            raise ImageError(f"{width}x{height} px need {least} MB to be colored; allow more, or make it smaller")
        lean = _needed(read.lines.size, lean=False) > allowed
        lines = working_lines(read.lines, small)
        return Page(self.session, read, lines, take_brush(self.session, lines), areas or Areas(read.lines), lean)


@dataclass(frozen=True)
class Page:
    """A drawing that was read.

    Attributes:
        drawing: as it came.
        lines: (h, w) uint8, what the network sees of it.
        areas: of the drawing, divided when they are first asked for.
        lean: whether memory is too short to keep the colors of a large drawing to their side of each line.
    """

    session: Session
    drawing: image.Drawing
    lines: image.Pixels
    brush: Brush = field(repr=False)
    areas: Areas = field(repr=False)
    lean: bool = False

    def paint(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        tint: float = 0.0,
    ) -> image.Pixels:
        """The colored drawing, its own lines on top.

        Args:
            hints: of the drawing's size; None lets the model choose everything.
            reference: picture whose colors are borrowed, (H, W, 3) or (H, W, 4) uint8 of any size.
            palette: colors to use. Reference and palette only for models that take them.
            strength: how much the reference counts, from 0 to 1.
            tint: how much the lines take the color of what they outline, from 0, the person's own lines untouched, to
                1. Where they are and how dense they are never changes. For models that color lines.

        Returns:
            (H, W, 3) uint8 RGB of the drawing's size, or (H, W, 4) with the drawing's own alpha if it has one.

        Raises:
            HintError: hints of another size, not a color, or a strength or tint out of range.
            PaletteError: a reference that is wholly transparent.
            ModelError: the model does not take what was given.
        """
        self._need(hints, reference, palette)
        return self._finished(hints, make_wishes(palette, reference, strength), tint)

    def color(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
    ) -> image.Pixels:
        """The color layer alone, (H, W, 3) uint8, without lines. Arguments and errors as `paint`."""
        return self.layers(hints, reference, palette, strength)[0]

    def layers(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        *,
        inked: bool = False,
    ) -> list[image.Pixels]:
        """The color layer as `color` answers and, if `inked`, the colors that lines take when they are tinted.

        Both (H, W, 3) uint8. Arguments and errors as `paint`.
        """
        self._need(hints, reference, palette)
        return self._colored(hints, make_wishes(palette, reference, strength), inked)

    def candidates(
        self,
        count: int = 8,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        seed: int = 0,
        tint: float = 0.0,
    ) -> list[image.Pixels]:
        """Several different ways to color the drawing, each as `paint` answers; the model's own choice comes first.

        Each follows a palette of its own; hints are obeyed in all. A palette that is given is kept to in part, a
        reference is not: it would say the same to each.

        Args:
            count: how many, 1 to 64.
            hints, reference, palette, strength, tint: as `paint` takes them.
            seed: of the palettes that are chosen.

        Raises:
            HintError: as `paint`, or a count out of range. ModelError: the model takes no palettes.
        """
        if not 1 <= count <= 64:
            raise HintError(f"{count} candidates; give 1 to 64")
        self._need(hints, reference, palette)
        check_candidates(self.session.card, self.session.name, count)
        first = make_wishes(palette, reference, strength)
        wishes = [first, *(make_wishes(p) for p in choose_palettes(count - 1, palette or (), seed))]
        return [self._finished(hints, w, tint) for w in wishes]

    def _need(self, hints: Hints | None, reference: image.Pixels | None, palette: Sequence[Color] | None) -> None:
        """Refuses what the model does not take, and hints of another size."""
        wanted = {"hints": hints is not None and hints.mask.any(), "reference": reference is not None}
        wanted["palette"] = palette is not None
        check_conditions(self.session.card, self.session.name, wanted)
        if hints is not None and hints.shape != self.drawing.shape:
            raise HintError(f"hints of {hints.shape} do not fit a drawing of {self.drawing.shape} (height, width)")

    def _colored(self, hints: Hints | None, wishes: Wishes, inked: bool = False) -> list[image.Pixels]:
        """The color layer and, if asked for, the lines' colors, (H, W, 3) uint8."""
        given = (hints or Hints.blank(self.drawing.shape)).scaled(self.lines.shape)
        painted = self.brush.paint(given, wishes)
        layers = [self.enlarged(painted.color)]
        if inked:
            if painted.ink is None:
                raise ModelError(f"{self.session.name}: does not color lines; leave out the tint")
            layers.append(enlarge(painted.ink, 255 - self.lines, self.drawing.shape))
        return layers

    def enlarged(self, color: NDArray[np.float32]) -> image.Pixels:
        """Colors under the lines at the drawing's size, each on its side of every line.

        Args:
            color: (3, h, w) in [0, 1] at the working size.

        Returns:
            (H, W, 3) uint8.
        """
        layer = enlarge(color, self.lines, self.drawing.shape)
        large = self.drawing.lines.size >= CARRIED**2 * self.lines.size and min(self.lines.shape) > 1
        if large and not self.lean:
            self._carrier.carry(color, paper_weight(self.lines), layer)
        return layer

    @cached_property
    def _carrier(self) -> Carrier:
        return Carrier(self.areas.regions, self.lines)

    def _finished(self, hints: Hints | None, wishes: Wishes, tint: float) -> image.Pixels:
        if not 0 <= tint <= 1:
            raise HintError(f"a tint is from 0 to 1, not {tint}")
        color, *ink = self._colored(hints, wishes, inked=tint > 0)
        painted = composite(color, self.drawing.layer)
        if ink:
            painted = tinted(painted, ink[0], self.drawing.layer, tint)
        return painted if self.drawing.alpha is None else np.dstack([painted, self.drawing.alpha])


def _needed(pixels: int, *, lean: bool) -> float:
    """Bytes that the process takes at most to read, color and write a drawing of so many pixels."""
    return PROCESS + pixels * (LEAN if lean else LEAN + DIVIDED)
