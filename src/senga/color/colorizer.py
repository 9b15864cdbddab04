"""Line art to color: the drawing is read once, then painted as often as the hints change.

The network never draws the lines. It answers with colors at the size it was trained for; the colors are brought to
the drawing's size and the person's own line layer is multiplied on top.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from senga import image
from senga.color import closer
from senga.color.fill_regions import Areas
from senga.color.hints import Hints
from senga.color.inference import take_brush
from senga.color.light import Light
from senga.color.marks import Reach
from senga.color.palette import Color, hex_of
from senga.color.reading import Reading
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.color.scaling import working_lines, working_shape
from senga.errors import ImageError
from senga.lines.polarity import inverted_drawing
from senga.model.session import Session
from senga.model.shipped import WEIGHTS, model_file

SHIPPED = WEIGHTS / "painter.zip"
"""The model file inside the package."""

WINDOW = 10e6
"""Bytes that each window of a strip or a page takes further. Measured on 800x24000 px and on pages of eight panels,
rounded up."""

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
            model: file, or "open": the painter that ships too, of openly licensed pictures alone; default: the one that
                ships with senga. Files closer.onnx, shader.onnx, inker.onnx and schemes.npz beside it are used with it.
            threads: processor threads; default: all.
            backend: as `Session.open` takes it.
            max_ram: see `Colorizer`.

        Raises:
            ModelError: missing, broken, or not a colorizer; a backend that is not there.
        """
        session = Session.open(model_file(model, SHIPPED.name), threads=threads, backend=backend)
        session.need("colorize")
        return Colorizer(session, max_ram, threads)

    @property
    def closer(self) -> Path:
        """File of the closer that finds the regions which it colors."""
        return self.session.companion(closer.SHIPPED.name)

    def page(
        self,
        drawing: image.Drawing | image.Pixels,
        areas: Areas | None = None,
        *,
        color_bubbles: bool = False,
        invert: bool = False,
    ) -> "Page":
        """Reads a drawing, to be painted many times.

        Args:
            drawing: from `image.read_drawing`, or pixels as `image.to_drawing` takes them.
            areas: of the drawing's lines, if they are kept: they are divided once.
            color_bubbles: color speech bubbles and gutters of a comic's page too; else they stay paper, but for those
                that a hint stands in. Models of pixels always color them.
            invert: the drawing is white on black.

        Raises:
            ImageError: a drawing too large for `max_ram`.
        """
        read = image.to_drawing(drawing)
        if invert:
            read = inverted_drawing(read)
        height, width = read.shape
        areas = areas or Areas(read.lines, threads=self.threads, backend=self.session.backend, closer=self.closer)
        allowed = math.inf if self.max_ram is None else self.max_ram
        # A painter colors regions: it cannot do without them.
        least = needed(read.lines.size, lean=not self.session.by_regions, lit=self.session.by_regions)
        if least + WINDOW * (len(areas.windows) - 1) > allowed:
            areas = areas.without_panels()  # nobody knew of them when memory was set aside
        more = WINDOW * (len(areas.windows) - 1)
        least += more
        small = working_shape(read.shape, len(areas.windows) * self.session.card.area)
        if least > allowed:
            least = math.ceil(least / 1e6)
            raise ImageError(f"{width}x{height} px need {least} MB to be colored; allow more, or make it smaller")
        lean = more + needed(read.lines.size, lean=False) > allowed
        lines = working_lines(areas.looked_at, small)
        brush = None if self.session.by_regions else take_brush(self.session, lines, areas.windows, read.shape)
        return Page(self.session, read, lines, brush, areas, lean, self.threads, color_bubbles)


@dataclass(frozen=True)
class Page(Reading):
    """A drawing that was read, to be painted as often as hints change."""

    def paint(
        self,
        hints: Hints | None = None,
        reference: image.Pixels | None = None,
        palette: Sequence[Color] | None = None,
        strength: float = 1.0,
        tint: float = 0.0,
        *,
        light: float | Light = 1.0,
        reach: Reach = "object",
        gap: float = 1.0,
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
            light: strength of shade and light, 0 to 1.5, or all that a `senga.color.light.Light` says; for painters.
            reach: how far a hint reaches: its "region", its "object", or "far".
            gap: how boldly open lines are closed, 0 to 8, as `senga.flats` takes it.
            seed: of what is drawn at random.

        Returns:
            (H, W, 3) uint8 RGB of the drawing's size, or (H, W, 4) with the drawing's own alpha if it has one.

        Raises:
            HintError: hints of another size, not a color, or a number out of range.
            PaletteError: a reference that is wholly transparent.
            ModelError: the model does not take what was given.
        """
        return self.candidates(1, hints, reference, palette, strength, seed, tint, light=light, reach=reach, gap=gap)[0]

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
        light: float | Light = 1.0,
        reach: Reach = "object",
        gap: float = 1.0,
    ) -> list[image.Pixels]:
        """Several different ways to color the drawing, 1 to 64, each as `paint` answers; arguments and errors too."""
        request = Request(
            palette=tuple(hex_of(c) for c in palette or ()),
            reference=None if reference is None else "reference",
            reference_strength=strength,
            tint=tint,
            reach=reach,
            gap=gap,
            candidates=count,
            seed=seed,
            **(light if isinstance(light, Light) else Light(light)).fields(),
        )
        return render_pictures(self, request, hints, reference)

    def color(self, hints: Hints | None = None) -> image.Pixels:
        """The color layer alone, (H, W, 3) uint8, without lines. Arguments and errors as `paint`."""
        return render(self, Request(), hints)[0].color


def needed(pixels: int, *, lean: bool, lit: bool = False) -> float:
    """Bytes that the process takes at most to read, color and write a drawing of so many pixels."""
    return PROCESS + pixels * (LEAN + (0 if lean else DIVIDED) + (LIT if lit else 0))
