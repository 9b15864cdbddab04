"""Hints of regions, by the Hint-AUC protocol: the largest regions of the truth get theirs first.

Source: the package hintauc 0.3.3, whose `at_ratio` and `hint_inputs` are followed exactly; its hints are made by
tools/peers/hint_auc.py with geodesic paths and stable order.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.hints import Hints
from senga.errors import PairSetError, SengaError

RATIOS = (0.0, 0.01, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Shares of regions that get a hint. Source: hintauc.DEFAULT_ALPHAS."""

MORE = (0.0, 0.05, 0.25)
"""Ratios at which one more region's hint is added, to see what it changes elsewhere (ours)."""

Kind = Literal["scribble", "dot"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def find_kind(text: str) -> Kind:
    """The kind of hints of that name.

    Raises:
        SengaError: there is none.
    """
    for kind in KINDS:
        if kind == text:
            return kind
    raise SengaError(f"unknown kind of hints '{text}'; known: {', '.join(KINDS)}")


@dataclass(frozen=True)
class Step:
    """How many regions get a hint: a share of all, rounded down, and `more` beyond it.

    >>> Step(0.05).name, Step(0.1, 1).name, Step(0.05, 1).regions(50)
    ('0.05', '0.10+1', 3)
    """

    ratio: float
    more: int = 0

    @property
    def name(self) -> str:
        """The folder's name in hintauc's layout, or with "+1" behind it, which hintauc passes over."""
        return f"{self.ratio:.2f}" + (f"+{self.more}" if self.more else "")

    def regions(self, count: int) -> int:
        """Regions with a hint, of `count`."""
        return min(count, int(count * self.ratio) + self.more)


STEPS = (*map(Step, RATIOS), *(Step(ratio, 1) for ratio in MORE))
"""All steps that a painter is judged at."""


@dataclass(frozen=True)
class RegionHints:
    """Regions of a truth at the protocol's 64x64, and a hint for each.

    Attributes:
        rank: (64, 64) int32, a region's place by area, 0 = largest.
        flat: (64, 64, 3) uint8 RGB, mean color of each region.
        scribble, dot: (64, 64) bool, where hints are.
        count: regions.
    """

    rank: NDArray[np.int32]
    flat: image.Pixels
    scribble: NDArray[np.bool_]
    dot: NDArray[np.bool_]
    count: int

    @staticmethod
    def read(file: Path) -> "RegionHints":
        """Hints from a file of tools/peers/hint_auc.py.

        Raises:
            PairSetError: missing or broken.
        """
        try:
            with np.load(file, allow_pickle=False) as stored:
                return RegionHints(
                    stored["rank"], stored["flat"], stored["scribble"], stored["dot"], int(stored["count"])
                )
        except FileNotFoundError as error:
            raise PairSetError(f"{file}: missing; make hints with tools/peers/hint_auc.py") from error
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise PairSetError(f"{file}: not hints of regions ({error}); make them anew") from error

    def at(self, step: Step, shape: tuple[int, int], kind: Kind = "scribble") -> Hints:
        """Hints of the largest regions, each pixel of the 64x64 enlarged to a block.

        Args:
            step: how many regions. shape: (height, width) of the drawing. kind: scribbles or dots.
        """
        given = (self.scribble if kind == "scribble" else self.dot) & (self.rank < step.regions(self.count))
        mask = _enlarged(given, shape)
        return Hints(_enlarged(self.flat, shape) * mask[..., None], mask)

    def region(self, rank: int, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Where the region of a rank is, (height, width) `shape`."""
        return _enlarged(self.rank == rank, shape)


def _enlarged(plane: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Nearest pixel by the left upper corner, in OpenCV's own arithmetic, to the last bit."""
    y, x = (np.floor(np.arange(to) * (1 / (to / size))) for to, size in zip(shape, plane.shape[:2], strict=True))
    rows, columns = (np.minimum(at.astype(int), size - 1) for at, size in zip((y, x), plane.shape[:2], strict=True))
    enlarged: NDArray[Any] = plane[rows[:, None], columns[None]]
    return enlarged
