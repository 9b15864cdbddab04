"""How much of a picture is right after so many dots? python tools/sitting.py FROZEN [PICTURES].

FROZEN is a folder that `senga compare --freeze` wrote, with lines `learned`. A scripted person colors the lines of each
picture as the picture is colored, seed 0: looks at the answer, puts a dot of the true color into the region that is
wrong in most of its area, and looks again. Printed after 0, 1, 2, 4, 8, 16 and 32 dots, over all pictures: the share
of the area whose color is right (within `ALIKE` of the region's true mean); PSNR of region colors, dB; and over all
dots up to there, as shares of the area: what a dot put right beyond its region, and what it spoiled there.
"""

import sys
from pathlib import Path

import numpy as np
from together import Truth, pages

from senga.color.fill_regions import Areas
from senga.color.hints import Point
from senga.color.laying import lay
from senga.color.marks import Mark
from senga.color.painting import rgb_table
from senga.color.palette import hex_of
from senga.color.places import depth
from senga.color.thought import ALIKE
from senga.color.tokens import from_opponent, opponent

DOTS = (0, 1, 2, 4, 8, 16, 32)

WIDEST = 6.0
"""Width of a dot, px, where its region is so wide."""


def main() -> None:
    """Colors all pictures and prints."""
    most = int(sys.argv[2]) if len(sys.argv) > 2 else None
    rows = [sitting(page) for page in pages(Path(sys.argv[1]), most)]
    for dots, (right, error, mended, spoiled) in zip(DOTS, np.mean(rows, 0), strict=True):
        print(
            f"{dots:2} dots: right {right:.1%}, {error:.2f} dB; a dot puts right {mended:.2%} beyond its region,"
            f" spoils {spoiled:.2%}"
        )


def sitting(page: Truth) -> list[tuple[float, float, float, float]]:
    """For each of `DOTS`: area that is right, PSNR, area put right and area spoiled by a dot in the mean."""
    brush, truth, areas = page.brush, page.means, page.areas
    tokens = brush.painting.tokens
    share = tokens.geometry[:, 4] ** 2
    share = share / share.sum()
    found, marks = [], list[Mark]()
    hinted = np.zeros(tokens.count, bool)
    right = np.zeros(tokens.count, bool)
    mended = spoiled = 0.0
    for dots in range(DOTS[-1] + 1):
        hints = lay(marks, areas.lines, areas=areas) if marks else None
        colors = opponent(brush.tables(hints)[0][tokens.names].astype(np.float32) / 255)
        off, before = np.square(colors - truth).sum(1), right
        right = off < ALIKE**2
        if dots:
            mended += float(share[~hinted & right & ~before].sum())
            spoiled += float(share[~hinted & ~right & before].sum())
        if dots in DOTS:
            error = np.square(from_opponent(colors) - from_opponent(truth)).mean(1)
            psnr = -10 * np.log10(max(float((error * share).sum()), 1e-5))
            found.append((float(share[right].sum()), psnr, mended / max(dots, 1), spoiled / max(dots, 1)))
        token = int(np.where(hinted, -1, share * off).argmax())
        hinted[token] = True
        point, width = middle(areas, int(tokens.names[token]))
        marks.append(Mark.stroke([point], hex_of(rgb_table(truth[token][None])[0]), width))
    return found


def middle(areas: Areas, region: int) -> tuple[Point, float]:
    """Where a region is deepest, (x, y) px, and how wide a dot is there."""
    box = areas.box(region)
    inside = areas.regions.labels[box] == region
    deep = depth(inside & areas.regions.paper[box])
    if not deep.any():  # ink alone
        deep = depth(inside)
    y, x = np.unravel_index(deep.argmax(), deep.shape)
    return (float(x + box[1].start), float(y + box[0].start)), min(WIDEST, max(1.0, float(deep.max())))


if __name__ == "__main__":
    main()
