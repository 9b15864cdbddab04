"""What a model file makes of one drawing, kept: a new palette, reference or hint redoes only what it touches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.conditioning import Conditioning
from senga.color.encode import PLANES
from senga.color.hints import Hints
from senga.color.recent import Recent
from senga.color.window import Window
from senga.errors import ModelError
from senga.model.runtime import Array
from senga.model.session import Session
from senga.recipe import Encoding

SHARED = 8
"""Rows that a window of a strip takes of each neighbor, px of the working size. Ours."""

KEPT = 16
"""Palettes and references of one drawing whose unhinted colors are kept."""


class Painted(NamedTuple):
    """Colors (3, h, w) in [0, 1] under the lines, and of the lines themselves where the model says so."""

    color: NDArray[np.float32]
    ink: NDArray[np.float32] | None


class Brush(Protocol):
    """Paints one drawing again and again."""

    def paint(self, hints: Hints, conditioning: Conditioning) -> Painted:
        """Colors for hints of the working size."""
        ...


def take_brush(
    session: Session, lines: image.Pixels, windows: Sequence[Window] = (), shape: tuple[int, int] | None = None
) -> Brush:
    """The brush for a drawing, (h, w) uint8 lines of the working size.

    Args:
        windows: of a strip of (height, width) `shape`, whose lines are of that size for each window.
    """
    if len(windows) > 1 and shape is not None:
        parts = [_grown(window, shape, lines.shape) for window in windows]
        return WindowedBrush(lines.shape, [(p, take_brush(session, np.ascontiguousarray(lines[p]))) for p in parts])
    return StagedBrush(session, lines) if session.staged else PlainBrush(session, lines)


@dataclass(frozen=True)
class WindowedBrush:
    """A strip's brushes, one a window; where windows overlap their colors are faded into each other.

    Attributes:
        shape: (h, w) of the working size. parts: where in it each brush paints.
    """

    shape: tuple[int, ...]
    parts: Sequence[tuple[Window, Brush]]

    def paint(self, hints: Hints, conditioning: Conditioning) -> Painted:
        """Colors under the lines, and of them where the brushes know these."""
        total, weight = np.zeros((6, *self.shape), np.float32), np.zeros(self.shape, np.float32)
        tinted = True
        for part, brush in self.parts:
            own = Hints(np.ascontiguousarray(hints.color[part]), np.ascontiguousarray(hints.mask[part]))
            color, ink = brush.paint(own, conditioning)
            tinted = tinted and ink is not None
            share = np.minimum.outer(*(_ramp(s, side) for s, side in zip(part, self.shape, strict=True)))
            for planes, at in ((color, slice(0, 3)), (ink, slice(3, 6))):
                if planes is not None:
                    total[at, part.rows, part.columns] += planes * share
            weight[part] += share
        total /= weight
        return Painted(total[:3], total[3:] if tinted else None)


def _grown(window: Window, shape: tuple[int, int], small: tuple[int, ...]) -> Window:
    """A window at the working size `small` of a strip of (height, width) `shape`, with what it shares with others."""
    spans = []
    for span, full, side in zip(window, shape, small, strict=True):
        start, stop = (round(end * side / full) for end in (span.start, span.stop))
        spans.append(slice(max(0, start - SHARED), min(side, max(stop, start + 1) + SHARED)))
    return Window(*spans)


def _ramp(span: slice, side: int) -> NDArray[np.float32]:
    """How much each row of a window counts: less towards an end that another window overlaps."""
    far = np.full(span.stop - span.start, 2 * SHARED + 1, np.float32)
    number = np.arange(1, len(far) + 1, dtype=np.float32)
    if span.start > 0:
        far = np.minimum(far, number)
    if span.stop < side:
        far = np.minimum(far, number[::-1])
    return far


@dataclass(frozen=True)
class PlainBrush:
    """A model of one graph: everything is done anew."""

    session: Session
    lines: image.Pixels

    def paint(self, hints: Hints, conditioning: Conditioning) -> Painted:
        """Colors; a palette, and a reference that is not taken, are refused before, by the card."""
        card = self.session.card
        h, w = self.lines.shape
        planes = hints.encode(self.lines, _encoding(card.encoding)) * (card.high - card.low) + card.low
        conditions = {"reference": conditioning.reference, "strength": conditioning.strength}
        given = np.ascontiguousarray(_padded(planes, card.size_multiple)[None])
        answer = self.session.run(given, conditions)[0, :, :h, :w]
        colors: NDArray[np.float32] = (answer - card.low) / (card.high - card.low)
        return Painted(colors, None)


@dataclass(frozen=True)
class StagedBrush:
    """A model in stages: the drawing is read once, conditioning is thought over once, hints run the last stages."""

    session: Session
    lines: image.Pixels
    _read: dict[str, Array] = field(default_factory=dict, repr=False)
    _thought: Recent[dict[str, Array]] = field(default_factory=partial(Recent, KEPT), repr=False)

    def __post_init__(self) -> None:
        line = self.lines[None].astype(np.float32) / np.float32(255)
        self._read["line"] = np.ascontiguousarray(_padded(line, self.session.card.size_multiple)[None])
        self._read.update(self.session.stage("cut", self._read))
        self._read.update(self.session.stage("read", self._read))
        del self._read["choice"]

    def paint(self, hints: Hints, conditioning: Conditioning) -> Painted:
        """Colors under the lines and of them."""
        h, w = self.lines.shape
        known = self._read | self._think(conditioning)
        planes = np.concatenate([hints.color.transpose(2, 0, 1) / np.float32(255), hints.mask[None]], 0)
        planes = _padded(planes.astype(np.float32), self.session.card.size_multiple, mode="constant")[None]
        known["hint"], known["mask"] = np.ascontiguousarray(planes[:, :3]), np.ascontiguousarray(planes[:, 3:])
        known |= self.session.stage("reach", known)
        answer = self.session.stage("paint", known)
        color, ink = (np.clip(answer[name][0, :, :h, :w], 0, 1) for name in ("color", "ink"))
        return Painted(color, ink)

    def _think(self, conditioning: Conditioning) -> dict[str, Array]:
        asked = {
            "palette": conditioning.palette,
            "reference": conditioning.reference,
            "strength": conditioning.strength,
        }
        return self._thought.of(conditioning.key, lambda: self.session.stage("think", self._read | asked))


def _padded(planes: NDArray[np.float32], multiple: int, mode: str = "edge") -> NDArray[np.float32]:
    """Planes (P, h, w) with rows below and columns beside, up to the next multiple."""
    below, beside = -planes.shape[1] % multiple, -planes.shape[2] % multiple
    grown: NDArray[np.float32] = np.pad(planes, ((0, 0), (0, below), (0, beside)), mode=mode)  # type: ignore[call-overload]
    return grown


def _encoding(name: str) -> Encoding:
    for encoding in PLANES:
        if encoding == name:
            return encoding
    raise ModelError(f"unknown hint encoding '{name}'; upgrade senga")
