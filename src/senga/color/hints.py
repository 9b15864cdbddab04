"""Hints: which color belongs where. One type, one PNG form (alpha = mask), one encoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.encode import encode
from senga.color.palette import Color, parse_color
from senga.color.pen import trail
from senga.errors import HintError
from senga.recipe import Encoding

Point = tuple[float, float]


@dataclass(frozen=True)
class Hints:
    """Colors given, and where. Nothing is changed in place: each way of laying a hint answers new hints.

    Attributes:
        color: (H, W, 3) uint8 RGB, 0 where no hint is.
        mask: (H, W) bool, True where a hint is.
        reach: (H, W) uint8, how far it reaches: 1 its region, 2 its object, 3 far, 0 as far as is asked for; None: 0
            everywhere. A PNG does not keep it.
        order: (H, W) uint16, which mark it is of, later ones higher; None: nobody knows, all at once.
        meant: whether each pixel is meant where it lies, as `laying.lay` answers; else strokes may slip over lines.
    """

    color: image.Pixels
    mask: NDArray[np.bool_]
    reach: NDArray[np.uint8] | None = None
    meant: bool = False
    order: NDArray[np.uint16] | None = None

    def __post_init__(self) -> None:
        if self.reach is not None and (self.reach.shape != self.mask.shape or self.reach.dtype != np.uint8):
            raise HintError(f"reach is {self.mask.shape} uint8, not {self.reach.shape} {self.reach.dtype}")
        if self.color.dtype != np.uint8 or self.color.shape != (*self.mask.shape, 3) or self.mask.dtype != np.bool_:
            raise HintError(
                f"hints are (H, W, 3) uint8 and (H, W) bool, not {self.color.shape} {self.color.dtype} "
                f"and {self.mask.shape} {self.mask.dtype}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.mask.shape[0], self.mask.shape[1]

    @staticmethod
    def blank(shape: tuple[int, ...]) -> "Hints":
        """No hints, for a drawing of shape (height, width)."""
        height, width = shape[:2]
        return Hints(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), bool))

    def dot(self, point: Point, color: Color, radius: float = 3) -> "Hints":
        """A round dot more.

        Args:
            point: (x, y) px; may lie outside.
            color: as `palette.parse_color` reads it.
            radius: px; 0 colors one pixel.

        >>> int(Hints.blank((9, 9)).dot((4, 4), "#f00", radius=1).mask.sum())
        5
        """
        return self.stroke([point], color, width=2 * radius + 0.01)

    def stroke(
        self, points: Sequence[Point], color: Color, width: float = 4, pressure: Sequence[float] | None = None
    ) -> "Hints":
        """A line of one color along points, round at its ends.

        Args:
            points: (x, y) px, at least one.
            color: as `palette.parse_color` reads it.
            width: px.
            pressure: from 0 to 1 at each point, scales the width there; between points it changes evenly.
        """
        rgb = parse_color(color)
        if not points:
            raise HintError("a stroke needs at least one point")
        if pressure is not None and (len(pressure) != len(points) or not all(0 <= p <= 1 for p in pressure)):
            raise HintError("a stroke's pressure is a number of 0 to 1 for each point")
        way = np.array(points, np.float64)
        if not np.isfinite(way).all():
            raise HintError("a stroke's points are finite")
        covered = trail(way, np.array(pressure or [1.0] * len(points)) * (width / 2), self.shape)
        if covered is None:
            return self
        rows, columns, where = covered
        painted, mask = self.color.copy(), self.mask.copy()
        painted[rows, columns][where] = rgb
        mask[rows, columns] |= where
        reach = self.reach
        if reach is not None:
            reach = reach.copy()
            reach[rows, columns][where] = 0
        return Hints(painted, mask, reach)

    def patch(self, picture: image.Pixels, box: tuple[int, int, int, int]) -> "Hints":
        """The colors of a picture inside a box (left, top, right, bottom), px; the picture has the drawing's size."""
        left, top, right, bottom = box
        mask = np.zeros(self.shape, bool)
        mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
        return self._with(mask, self._fitting(picture))

    def blur(self, picture: image.Pixels, size: int = 32) -> "Hints":
        """A blurred color map everywhere: the mean over about `size` px of a picture of the drawing's size."""
        small = (max(1, round(self.shape[0] / size)), max(1, round(self.shape[1] / size)))
        washed = image.resize(image.resize(self._fitting(picture), small), self.shape)
        return self._with(np.ones(self.shape, bool), washed)

    def sample(self, picture: image.Pixels, count: int, *, size: int = 3, seed: int = 0) -> "Hints":
        """`count` square patches of a picture more, at random places.

        More patches of the same seed and shape contain the fewer: budgets can be compared.
        """
        height, width = self.shape
        random = np.random.default_rng(seed)
        places = random.random((count, 2))
        hints = self
        mask = np.zeros(self.shape, bool)
        for v, u in places:
            top, left = int(v * max(1, height - size + 1)), int(u * max(1, width - size + 1))
            mask[top : top + size, left : left + size] = True
        return hints._with(mask, self._fitting(picture))

    def over(self, below: "Hints") -> "Hints":
        """These hints on top of others, of the same size."""
        if below.shape != self.shape:
            raise HintError(f"hints of {self.shape} do not fit hints of {below.shape} (height, width)")
        return below._with(self.mask, self.color, self.reach)

    @staticmethod
    def read(path: str | Path, shape: tuple[int, ...] | None = None, layer: str | None = None) -> "Hints":
        """Hints from an RGBA picture: a hint is where alpha is at least half.

        Args:
            path: PNG or another format with alpha; "-" reads stdin.
            shape: (height, width) of the drawing; hints of another size but the same proportions are scaled to it.
            layer: of a document of a painting program; None: the one named "hints".

        Raises:
            ImageError: as `image.read_hints`.
            HintError: nothing transparent in it, or proportions unlike the drawing's.
        """
        pixels = image.read_hints(image.read_content(path), "stdin" if str(path) == "-" else str(path), layer)
        return Hints.of_pixels(pixels, str(path), shape)

    @staticmethod
    def of_pixels(pixels: image.Pixels, path: str, shape: tuple[int, ...] | None = None) -> "Hints":
        """Hints from (H, W, 4) uint8; `path` is named in errors, else as `read`."""
        mask = pixels[..., 3] >= 128
        if mask.all() and mask.size > 1:
            raise HintError(f"{path}: no transparent place in it: hints are painted on a transparent layer")
        hints = Hints(np.zeros((*mask.shape, 3), np.uint8), mask)
        hints.color[mask] = pixels[mask][:, :3]  # of a layer that is nearly empty, that alone takes time
        if shape is None or hints.shape == tuple(shape[:2]):
            return hints
        height, width = shape[:2]
        if abs(hints.shape[0] * width - hints.shape[1] * height) > 0.02 * hints.shape[0] * width + max(height, width):
            raise HintError(
                f"{path}: hints of {hints.shape[1]}x{hints.shape[0]} px do not fit a drawing of {width}x{height} px"
            )
        return hints.scaled((height, width))

    def rgba(self) -> image.Pixels:
        """(H, W, 4) uint8, alpha 255 where a hint is: the PNG form."""
        return np.dstack([self.color, np.where(self.mask, 255, 0).astype(np.uint8)])

    def write(self, path: str | Path, *, force: bool = False) -> None:
        """Writes the PNG form. Raises as `image.write`."""
        image.write(path, self.rgba(), force=force)

    def scaled(self, shape: tuple[int, int]) -> "Hints":
        """The same hints at another (height, width); no dot gets lost, colors are not mixed with bare places.

        For models of pixels: how far hints reach is not kept.
        """
        if shape == self.shape:
            return self
        if not self.mask.any():
            return Hints.blank(shape)
        y, x = np.nonzero(self.mask)
        # Nearest pixel upwards; downwards each small pixel takes the mean of the hints that fall into it.
        if shape[0] * shape[1] > self.mask.size:
            mask = image.resize(self.mask.astype(np.uint8) * 255, shape, smooth=False) > 127
            return Hints.blank(shape)._with(mask, image.resize(self.color, shape, smooth=False))
        at = (y * shape[0] // self.shape[0]) * shape[1] + x * shape[1] // self.shape[1]
        number = np.bincount(at, minlength=shape[0] * shape[1])
        given = self.color[y, x].astype(np.float64)
        sums = np.stack([np.bincount(at, given[:, c], minlength=len(number)) for c in range(3)], 1)
        mean = np.rint(sums / np.maximum(number, 1)[:, None]).astype(np.uint8)
        return Hints.blank(shape)._with((number > 0).reshape(shape), mean.reshape(*shape, 3))

    def encode(self, lines: image.Pixels, encoding: Encoding) -> NDArray[np.float32]:
        """Planes (P, H, W) float32 in [0, 1] for a generator.

        Args:
            lines: (H, W) uint8, 0 = ink, of the hints' size.
            encoding: see `encode.encode`.
        """
        if lines.shape != self.shape:
            raise HintError(f"hints of {self.shape} do not fit lines of {lines.shape} (height, width)")
        line = lines[None].astype(np.float32) / 255
        color = self.color.transpose(2, 0, 1).astype(np.float32) / 255
        return np.concatenate(encode(line, color, self.mask[None].astype(np.float32), encoding), 0)

    def _with(self, mask: NDArray[np.bool_], color: image.Pixels, reach: NDArray[np.uint8] | None = None) -> "Hints":
        """Later hints lie on top."""
        known = None
        if reach is not None or self.reach is not None:
            known = np.where(mask, 0 if reach is None else reach, 0 if self.reach is None else self.reach)
            known = known.astype(np.uint8)
        return Hints(np.where(mask[..., None], color, self.color).astype(np.uint8), self.mask | mask, known)

    def _fitting(self, picture: image.Pixels) -> image.Pixels:
        if picture.shape != (*self.shape, 3):
            raise HintError(f"a picture of shape {picture.shape} does not fit hints of {self.shape} (height, width)")
        return picture
