"""Samples for the shader: parts of pictures near their own size, flat colors of their regions, and how light falls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.shader import SPREAD, places
from senga.learn.data.cache import Cache
from senga.learn.data.samples import Random, spoiled, thinned

Plane = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Parts:
    """How parts of pictures are taken.

    Attributes:
        size: side of a part, px.
        smallest, largest: how many picture pixels a pixel of a part is: under 1 parts are enlarged.
        filtered: share of the parts whose lines a filter drew. cap: no origin has more than this share of the draws.
        accidents: chance of each accident of the lines.
        moved: share of the parts whose flats are other colors, the picture moved along.
        swapped: share of the parts whose red, green and blue change places.
        flat: share of the parts without light that are kept.
    """

    size: int = 128
    smallest: float = 0.6
    largest: float = 1.5
    filtered: float = 0.3
    cap: float = 0.08
    accidents: float = 0.08
    moved: float = 0.4
    swapped: float = 0.15
    flat: float = 0.25


@dataclass(frozen=True)
class Lit:
    """A part of a picture.

    Attributes:
        lines: (S, S) float32, 1 = paper. color: (S, S, 3) float32 in [0, 1].
        flat: (S, S, 3), mean color of each region's paper. labels: (S, S) int64 from 0, without gaps.
        places: (S, S, 3), see `senga.color.shader.places`. light: (8,), see `light_of`.
    """

    lines: Plane
    color: Plane
    flat: Plane
    labels: NDArray[np.int64]
    places: Plane
    light: Plane


def take_part(cache: Cache, number: int, parts: Parts, random: Random) -> Lit:
    """A part of a picture, at a place and scale drawn at random."""
    kept = cache.read(number)
    height, width = kept.color.shape[:2]
    scale = float(np.exp(random.uniform(np.log(parts.smallest), np.log(parts.largest))))
    side = min(round(parts.size * scale), height, width)
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    variant = int(random.random() < parts.filtered)
    view = np.s_[top : top + side, left : left + side]
    arrays = (kept.color[view], kept.lines[variant][view], kept.labels[variant][view])
    if random.random() < 0.5:
        arrays = (arrays[0][:, ::-1], arrays[1][:, ::-1], arrays[2][:, ::-1])
    lit = make_lit(*arrays, parts.size, find_light=False)
    lines, color, flat = lit.lines, lit.color, lit.flat
    if random.random() < parts.accidents * 4:
        drawn = np.rint(lines * 255).astype(np.uint8)
        lines = _unit(spoiled(drawn, parts.accidents, random))
    if random.random() < parts.moved:
        color, flat = moved_colors(color, lit.labels, paper(lit.lines), random)
    if random.random() < parts.swapped:
        order = random.permutation(3)
        color, flat = color[..., order], flat[..., order]
    light = light_of(color - flat, lit.labels, paper(clear(lit.lines)), lit.places)
    return Lit(lines, color, flat, lit.labels, lit.places, light)


def make_lit(
    color: NDArray[np.uint8],
    lines: NDArray[np.uint8],
    labels: NDArray[np.integer],
    size: int | None = None,
    *,
    find_light: bool = True,
) -> Lit:
    """A sample of a (part of a) picture.

    Args:
        color: (H, W, 3). lines, labels: (H, W).
        size: side of the square that it becomes; None: it stays as it is, whatever its shape.
        find_light: whether to find out how light falls; else its numbers are 0.
    """
    side = lines.shape[0]
    if size is not None and size != side:
        at = ((np.arange(size) + 0.5) * side / size).astype(np.int64)
        labels = labels[at[:, None], at]
        color = image.resize(np.ascontiguousarray(color), (size, size))
        lines = thinned(image.resize(np.ascontiguousarray(lines), (size, size)), side / size)
    number = np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int64)
    drawn, shown = _unit(lines), _unit(color)
    flat = region_means(shown, number, paper(drawn))[number]
    placed = _unit(places(lines, number))
    light = light_of(shown - flat, number, paper(clear(drawn)), placed) if find_light else np.zeros(8, np.float32)
    return Lit(drawn, shown, flat, number, placed, light)


def _unit(pixels: NDArray[np.uint8]) -> Plane:
    """Pixels in [0, 1]."""
    return (pixels.astype(np.float32) / 255).astype(np.float32)


def paper(lines: Plane) -> Plane:
    """How much each pixel counts for its region's color, as in `reveals.true_colors`."""
    return (lines**4 + np.float32(0.02)).astype(np.float32)


def clear(lines: Plane) -> Plane:
    """Lines a pixel wider: what is not under them shows no soft edge of the picture's own ink."""
    wide = lines.copy()
    wide[1:], wide[:-1] = np.minimum(wide[1:], lines[:-1]), np.minimum(wide[:-1], lines[1:])
    tall = wide.copy()
    wide[:, 1:], wide[:, :-1] = np.minimum(wide[:, 1:], tall[:, :-1]), np.minimum(wide[:, :-1], tall[:, 1:])
    return wide


def region_means(values: Plane, labels: NDArray[np.int64], weight: Plane) -> Plane:
    """(regions, C) means of (H, W, C) over each region."""
    flat, by = labels.reshape(-1), weight.reshape(-1)
    total = np.bincount(flat, by)
    planes = [np.bincount(flat, by * values[..., i].reshape(-1)) / total for i in range(values.shape[2])]
    return np.stack(planes, 1).astype(np.float32)


def moved_colors(color: Plane, labels: NDArray[np.int64], weight: Plane, random: Random) -> tuple[Plane, Plane]:
    """A picture whose regions have other colors, and its flats: as people choose them, light and shade moved along."""
    count = int(labels.max()) + 1
    gain = np.exp(random.normal(0, random.uniform(0.05, 0.3), (count, 1)) + random.normal(0, 0.15, (count, 3)))
    other = np.clip(color * gain.astype(np.float32)[labels], 0, 1)
    return other, region_means(other, labels, weight)[labels]


def light_of(change: Plane, labels: NDArray[np.int64], weight: Plane, placed: Plane) -> Plane:
    """(8,) float32: how light falls, as `senga.color.shader.Lighting` says it; 0 each is usual.

    Args:
        change: (H, W, 3), the picture less its flats. labels: (H, W). weight: (H, W), paper much, ink hardly.
        placed: (H, W, 3), see `Lit.places`.
    """
    y = change @ LUMA
    total = float(weight.sum())
    power = float((weight * y * y).sum()) / total
    sigma = power**0.5 + 1e-4
    sure = power / (power + 0.008**2)
    where = (placed * 255 - 128) / SPREAD
    lean = (weight[..., None] * y[..., None] * where).sum((0, 1)) / (np.sqrt(power) * total + 1e-6)
    both = weight[:, 1:] * weight[:, :-1] * (labels[:, 1:] == labels[:, :-1])
    edge = float((both * np.abs(np.diff(y, axis=1))).sum() / (both.sum() + 1e-3)) / sigma
    skew = float((weight * y**3).sum()) / total / sigma**3
    follow = (weight[..., None] * y[..., None] * (change[..., ::2] - y[..., None])).sum((0, 1)) / (power * total + 1e-6)
    numbers = [
        np.log2((sigma + 0.004) / 0.05),
        sure * np.log2((edge + 0.01) / 0.13),
        sure * 2 * lean[1],
        sure * 2 * lean[2],
        sure * np.tanh(skew / 2),
        sure * follow[0],
        sure * follow[1],
        sure * 2 * lean[0],
    ]
    return np.array(numbers).clip(-1.5, 1.5).astype(np.float32)
