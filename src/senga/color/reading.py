"""A drawing as it was read for a model: what answers to requests are made of, kept from one request to the next."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.fill_regions import Areas
from senga.color.flats import Flats
from senga.color.guided_upsampling import Carrier
from senga.color.inference import Brush
from senga.color.region_brush import RegionBrush
from senga.color.scaling import enlarge, labels_at, paper_weight
from senga.color.shader import SHIPPED, Lighting, Look, Shader
from senga.color.shading import Shading
from senga.color.strip_brush import StripBrush
from senga.model.session import Session
from senga.threads import meanwhile

CARRIED = 2
"""From so many times the working size on, by sides, colors are kept to their side of each line (`carry`). Below, a
line is as wide as what could cross it. Ours."""

GAPS_KEPT = 1
"""Readings at other gaps that are kept. Ours."""

SHADED = 2_250_000
"""Largest drawing or preview whose shading is kept for the next question, px. Ours."""


@dataclass(frozen=True)
class View:
    """A drawing at some size: lines (h, w) uint8, and labels (h, w) int32, the region of each pixel."""

    lines: image.Pixels
    labels: NDArray[np.int32]


@dataclass(frozen=True)
class Reading:
    """A drawing that was read, and what is found of it when an answer first needs it.

    Attributes:
        drawing: as it came.
        lines: (h, w) uint8, what the network sees of it.
        brush: of a model that answers for pixels; None of a painter, which answers for regions.
        areas: of the drawing, divided when they are first asked for.
        lean: whether memory is too short to keep the colors of a large drawing to their side of each line.
        threads: of the processor, for the networks that shade and close.
        color_bubbles: whether a painter colors speech bubbles and gutters too; else they stay paper.
    """

    session: Session
    drawing: image.Drawing
    lines: image.Pixels
    brush: Brush | None = field(repr=False)
    areas: Areas = field(repr=False)
    lean: bool = False
    threads: int | None = None
    color_bubbles: bool = False
    _views: dict[tuple[int, int], View] = field(default_factory=dict, repr=False)
    _looks: dict[tuple[int, int], Look] = field(default_factory=dict, repr=False)
    _shadings: dict[bytes, Shading] = field(default_factory=dict, repr=False)
    _others: dict[float, Self] = field(default_factory=dict, repr=False)

    def at(self, gap: float) -> Self:
        """The same drawing, its open lines closed as boldly as a request asks; the last other one is kept."""
        if gap == self.areas.gap:
            return self
        if gap not in self._others:
            while len(self._others) >= GAPS_KEPT:
                self._others.pop(next(iter(self._others)))
            areas = self.areas.at(gap)
            self._others[gap] = replace(self, areas=areas, _views={}, _looks={}, _shadings={}, _others={})
        return self._others[gap]

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
    def regional(self) -> RegionBrush | StripBrush:
        """The brush of a painter, which colors regions; of a strip one that goes from window to window."""
        if len(self.areas.windows) > 1:
            return StripBrush(self.session, self.areas)
        return RegionBrush(self.session, self.lines, self.areas)

    def prepare(self, shape: tuple[int, int], *, light: bool, blank: bool) -> Callable[[], None]:
        """Begins to find what an answer at some size needs beside its colors; what comes back waits until it is found.

        Until then nothing else is to be asked of the drawing than its colors: `regional`.

        Args:
            shape: (height, width). light: whether there will be light and shade, or colored lines.
            blank: whether bubbles and gutters stay paper.
        """
        _ = self.areas.regions  # of which all of it is made

        def find() -> None:
            if blank:
                _ = self.areas.blank
            if light:
                self._look(shape).prepare()

        return meanwhile(find, self.threads)

    def view(self, shape: tuple[int, int]) -> View:
        """The drawing at a size, (height, width), not larger than its own; the last smaller one is kept."""
        if shape == self.drawing.shape:
            return View(self.areas.looked_at, self.areas.regions.labels)
        # What an answer that was given up has begun may still come in, and take out what was there a moment before.
        found = self._views.get(shape)
        if found is None:
            found = View(image.resize(self.areas.looked_at, shape), labels_at(self.areas.regions, shape))
            self._views.clear()
            self._views[shape] = found
        return found

    def shaded(self, flats: Flats, lighting: Lighting = Lighting()) -> Shading:
        """Flats of the drawing at some size in light and shade; the last small ones are kept, for other strengths."""
        shader, look = self._shader, self._look((flats.labels.shape[0], flats.labels.shape[1]))
        divided = flats.labels is not look.labels
        if divided:
            look = look.divided(flats.labels)
        if flats.labels.size > SHADED:
            return shader.shade(look, flats.colors, lighting)
        given = hashlib.blake2b(flats.colors.tobytes() + str((flats.labels.shape, lighting)).encode(), digest_size=16)
        if divided:
            given.update(np.ascontiguousarray(flats.labels).data)
        key = given.digest()
        if key not in self._shadings:
            self._shadings.clear()
            self._shadings[key] = shader.shade(look, flats.colors, lighting)
        return self._shadings[key]

    @property
    def _shader(self) -> Shader:
        return opened_shader(self.threads, self.session.backend, self.session.companion(SHIPPED.name))

    def _look(self, shape: tuple[int, int]) -> Look:
        """What the shader sees of the drawing at a size; kept of the drawing's own and of the last smaller one."""
        found = self._looks.get(shape)
        if found is None:
            view = self.view(shape)
            found = self._shader.look(view.lines, view.labels, self.areas.lit)
            for other in [known for known in list(self._looks) if known != self.drawing.shape]:
                self._looks.pop(other, None)
            self._looks[shape] = found
        return found


@lru_cache(maxsize=2)
def opened_shader(threads: int | None = None, backend: str = "onnxruntime", model: Path | None = None) -> Shader:
    """A shader, kept open; `Shader.open` says which."""
    return Shader.open(model, threads=threads, backend=backend)
