"""Line art to color: the drawing is read once, then painted as often as the hints change.

The network never draws the lines. It answers with colors at the size it was trained for; the colors are brought to
the drawing's size and the person's own line layer is multiplied on top.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.fill_regions import Areas
from senga.color.flats import Flats
from senga.color.guided_upsampling import Carrier
from senga.color.hints import Hints
from senga.color.inference import Brush, take_brush
from senga.color.palette import Color, hex_of
from senga.color.region_brush import RegionBrush
from senga.color.render import render, render_pictures
from senga.color.request import Reach, Request
from senga.color.scaling import enlarge, labels_at, paper_weight, working_lines, working_shape
from senga.color.shader import Look, Shader
from senga.color.shading import Shading
from senga.errors import ImageError
from senga.model.session import Session

SHIPPED = Path(__file__).parent.parent / "weights" / "painter.zip"
"""The model file inside the package."""

CARRIED = 2
"""From so many times the working size on, by sides, colors are kept to their side of each line (`carry`). Below, a
line is as wide as what could cross it. Ours."""

SHADED = 2_250_000
"""Largest drawing or preview whose shading is kept for the next question, px. Ours."""

PROCESS, LEAN, DIVIDED, LIT = 220e6, 20, 5, 10
"""Memory that coloring takes: bytes of the process with the shipped model, bytes a pixel of the drawing, further bytes
a pixel where it is divided into regions, and where these are shaded. Measured on 4961x7016 px with colored lines and
rounded up; what is shaded, cut out and with hints: else it is a third less."""


@dataclass(frozen=True)
class Colorizer:
    """A colorizing model, opened.

    Attributes:
        max_ram: bytes that coloring should stay under, the process included; None: no bound. If there is too little to
            divide a large drawing into regions, colors may cross its thinnest lines (`Page.lean`).
    """

    session: Session
    max_ram: int | None = None
    threads: int | None = None

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
        return Colorizer(session, max_ram, threads)

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
        small = working_shape(read.shape, self.session.card.area)
        allowed = math.inf if self.max_ram is None else self.max_ram
        # A painter colors regions: it cannot do without them.
        least = _needed(read.lines.size, lean=not self.session.by_regions, lit=self.session.by_regions)
        if least > allowed:
            least = math.ceil(least / 1e6)
            raise ImageError(f"{width}x{height} px need {least} MB to be colored; allow more, or make it smaller")
        lean = _needed(read.lines.size, lean=False) > allowed
        lines = working_lines(read.lines, small)
        brush = None if self.session.by_regions else take_brush(self.session, lines)
        areas = areas or Areas(read.lines, threads=self.threads, backend=self.session.backend)
        return Page(self.session, read, lines, brush, areas, lean, self.threads)


@dataclass(frozen=True)
class View:
    """A drawing at some size: lines (h, w) uint8, and labels (h, w) int32, the region of each pixel."""

    lines: image.Pixels
    labels: NDArray[np.int32]


@dataclass(frozen=True)
class Page:
    """A drawing that was read.

    Attributes:
        drawing: as it came.
        lines: (h, w) uint8, what the network sees of it.
        brush: of a model that answers for pixels; None of a painter, which answers for regions.
        areas: of the drawing, divided when they are first asked for.
        lean: whether memory is too short to keep the colors of a large drawing to their side of each line.
        threads: of the processor, for the networks that shade and close.
    """

    session: Session
    drawing: image.Drawing
    lines: image.Pixels
    brush: Brush | None = field(repr=False)
    areas: Areas = field(repr=False)
    lean: bool = False
    threads: int | None = None
    _views: dict[tuple[int, int], View] = field(default_factory=dict, repr=False)
    _looks: dict[tuple[int, int], Look] = field(default_factory=dict, repr=False)
    _shadings: dict[bytes, Shading] = field(default_factory=dict, repr=False)

    def paint(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        tint: float = 0.0,
        *,
        light: float = 1.0,
        reach: Reach = "object",
        seed: int = 0,
    ) -> image.Pixels:
        """The colored drawing, its own lines on top: a `Request` of these, as `render.render_pictures` answers it.

        Args:
            hints: of the drawing's size; None lets the model choose everything. They are obeyed in all.
            reference: picture whose colors are borrowed, (H, W, 3) or (H, W, 4) uint8 of any size.
            palette: colors to use. Reference and palette only for models that take them.
            strength: how much the reference counts, from 0 to 1.
            tint: how much the lines take the color of what they outline, from 0, the person's own lines untouched, to
                1. Where they are and how dense they are never changes. For models that color lines.
            light: strength of shade and light, 0 to 1.5, for painters.
            reach: how far a hint reaches: its "region", its "object", or "far".
            seed: of what is drawn at random.

        Returns:
            (H, W, 3) uint8 RGB of the drawing's size, or (H, W, 4) with the drawing's own alpha if it has one.

        Raises:
            HintError: hints of another size, not a color, or a number out of range.
            PaletteError: a reference that is wholly transparent.
            ModelError: the model does not take what was given.
        """
        return self.candidates(1, hints, reference, palette, strength, seed, tint, light=light, reach=reach)[0]

    def candidates(
        self,
        count: int = 8,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        seed: int = 0,
        tint: float = 0.0,
        *,
        light: float = 1.0,
        reach: Reach = "object",
    ) -> list[image.Pixels]:
        """Several different ways to color the drawing, 1 to 64, each as `paint` answers; arguments and errors too."""
        request = Request(
            palette=tuple(hex_of(c) for c in palette or ()),
            reference=None if reference is None else "reference",
            reference_strength=strength,
            tint=tint,
            light=light,
            reach=reach,
            candidates=count,
            seed=seed,
        )
        return render_pictures(self, request, hints, reference)

    def color(self, hints: Hints | None = None) -> image.Pixels:
        """The color layer alone, (H, W, 3) uint8, without lines. Arguments and errors as `paint`."""
        return render(self, Request(), hints)[0].color

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

    @cached_property
    def regional(self) -> RegionBrush:
        """The brush of a painter, which colors regions."""
        return RegionBrush(self.session, self.lines, self.areas)

    def view(self, shape: tuple[int, int]) -> View:
        """The drawing at a size, (height, width), not larger than its own; the last smaller one is kept."""
        if shape == self.drawing.shape:
            return View(self.drawing.lines, self.areas.regions.labels)
        if shape not in self._views:
            self._views.clear()
            self._views[shape] = View(image.resize(self.drawing.lines, shape), labels_at(self.areas.regions, shape))
        return self._views[shape]

    def shaded(self, flats: Flats) -> Shading:
        """Flats of the drawing at some size in light and shade; the last small ones are kept, for other strengths."""
        shader, look = self._shader, self._look((flats.labels.shape[0], flats.labels.shape[1]))
        divided = flats.labels is not look.labels
        if divided:
            look = look.divided(flats.labels)
        if flats.labels.size > SHADED:
            return shader.shade(look, flats.colors)
        given = hashlib.blake2b(flats.colors.tobytes() + str(flats.labels.shape).encode(), digest_size=16)
        if divided:
            given.update(np.ascontiguousarray(flats.labels).data)
        key = given.digest()
        if key not in self._shadings:
            self._shadings.clear()
            self._shadings[key] = shader.shade(look, flats.colors)
        return self._shadings[key]

    @property
    def _shader(self) -> Shader:
        return opened_shader(self.threads, self.session.backend)

    def _look(self, shape: tuple[int, int]) -> Look:
        """What the shader sees of the drawing at a size; kept of the drawing's own and of the last smaller one."""
        if shape not in self._looks:
            view = self.view(shape)
            for other in [known for known in self._looks if known != self.drawing.shape]:
                del self._looks[other]
            self._looks[shape] = self._shader.look(view.lines, view.labels)
        return self._looks[shape]


@lru_cache(maxsize=2)
def opened_shader(threads: int | None = None, backend: str = "onnxruntime") -> Shader:
    """The shipped shader, kept open."""
    return Shader.open(threads=threads, backend=backend)


def _needed(pixels: int, *, lean: bool, lit: bool = False) -> float:
    """Bytes that the process takes at most to read, color and write a drawing of so many pixels."""
    return PROCESS + pixels * (LEAN + (0 if lean else DIVIDED) + (LIT if lit else 0))
