"""How well regions can be painted at all: each region in its true mean color, PSNR over the paper; by kinds of walls.

More regions always score higher, so each division is also set beside larger balls, which divide more. Needs a cache as
`senga cache` makes it (validation pictures of its first set are used) and a closer's model file:

    python tools/closer_oracle.py work/cache --pictures 40
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.closer import SHIPPED, Closer, walls
from senga.color.flood import Mask
from senga.color.regions import Regions, find_regions
from senga.learn.data.borders import Borders, Openings, border_pixels, find_borders, opened
from senga.learn.data.cache import Cache
from senga.lines.edges import Xdog, xdog

BALLS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
"""Radii of the largest ball to set walls beside, px."""

OPEN = Openings(whole=0.0, wear=0.7, gaps=1.0, bars=0.2, faded=0.0, thinner=0.0, wobble=0.0)
"""How gaps are made."""


def drawings(kept_lines: image.Pixels, color: image.Pixels, seed: int) -> Iterator[tuple[str, image.Pixels]]:
    """The drawings of one picture, by kind."""
    yield "learned", kept_lines
    ink = opened((255 - kept_lines.astype(np.float32)) / np.float32(255), OPEN, np.random.default_rng([seed, 3]))
    yield "learned, gaps", np.rint(255 - 255 * ink).astype(np.uint8)
    yield "XDoG", xdog(color, Xdog())


def true_walls(borders: Borders, shape: tuple[int, int]) -> Mask:
    """Borders of the picture's colors at its own size."""
    rows, columns = (
        ((np.arange(n) + 0.5) * m / n).astype(np.int64) for n, m in zip(shape, borders.sure.shape, strict=True)
    )
    return border_pixels(borders.sure[rows[:, None], columns])


def painted(regions: Regions, color: image.Pixels) -> float:
    """PSNR in dB over paper of regions painted in their mean colors."""
    at = regions.labels[regions.paper]
    true = color[regions.paper].astype(np.float64)
    counts = np.maximum(np.bincount(at, minlength=regions.count), 1)
    off = 0.0
    for i in range(3):
        mean = np.bincount(at, true[:, i], regions.count) / counts
        off += float(np.square(true[:, i] - mean[at]).mean()) / 3
    return float(10 * np.log10(255**2 / max(off, 1e-3)))


def divisions(
    lines: image.Pixels, borders: Borders, closer: Closer, gaps: list[float]
) -> Iterator[tuple[str, Regions]]:
    """The drawing divided in each of the ways."""
    shape = (lines.shape[0], lines.shape[1])
    chance = closer.look(lines)
    for ball in BALLS:
        yield f"ball {ball:g}", find_regions(lines, ball)
    for gap in gaps:
        yield f"gap {gap:g}", find_regions(lines, walls=walls(chance, shape, gap))
    yield "true walls", find_regions(lines, walls=true_walls(borders, shape))


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--gaps", type=float, nargs="+", default=[0.5, 1.0, 1.5, 2.0])
    given = parser.parse_args()
    cache, closer = Cache.open(given.cache), Closer.open(given.model, threads=1)
    rows: dict[str, dict[str, list[tuple[float, int]]]] = {}
    for number in cache.of("val", 0)[: given.pictures]:
        kept = cache.read(number)
        color = np.array(kept.color)
        borders = find_borders(color, kept.lines[0])
        for kind, lines in drawings(np.array(kept.lines[0]), color, number):
            for name, regions in divisions(lines, borders, closer, given.gaps):
                row = rows.setdefault(kind, {}).setdefault(name, [])
                row.append((painted(regions, color), regions.count))
    for kind, table in rows.items():
        sys.stdout.write(f"\n{kind}\n{'':>12} {'dB':>6} {'regions':>8} {'dB of a ball at as many':>24}\n")
        curve = [np.array(table[f"ball {b:g}"], np.float64).mean(0) for b in BALLS]
        for name, scores in table.items():
            found = np.array(scores, np.float64).mean(0)
            beside = "" if name.startswith("ball") else f"{_between(curve, float(found[1])):24.2f}"
            sys.stdout.write(f"{name:>12} {found[0]:6.2f} {found[1]:8.1f} {beside}\n")


def _between(curve: list[NDArray[np.float64]], count: float) -> float:
    """Score of balls at a number of regions, between those measured."""
    points = sorted((float(c), float(s)) for s, c in curve)
    return float(np.interp(count, [c for c, _ in points], [s for _, s in points]))


if __name__ == "__main__":
    main()
