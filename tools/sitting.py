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
from together import brushes

from senga.color.painting import known_colors, rgb_table
from senga.color.region_brush import RegionBrush, _step_of
from senga.color.thought import ALIKE
from senga.color.tokens import from_opponent

DOTS = (0, 1, 2, 4, 8, 16, 32)


def main() -> None:
    """Colors all pictures and prints."""
    most = int(sys.argv[2]) if len(sys.argv) > 2 else None
    rows = [sitting(brush, truth) for brush, truth in brushes(Path(sys.argv[1]), most)]
    for dots, (right, error, mended, spoiled) in zip(DOTS, np.mean(rows, 0), strict=True):
        print(
            f"{dots:2} dots: right {right:.1%}, {error:.2f} dB; a dot puts right {mended:.2%} beyond its region,"
            f" spoils {spoiled:.2%}"
        )


def sitting(brush: RegionBrush, truth: np.ndarray) -> list[tuple[float, float, float, float]]:
    """For each of `DOTS`: area that is right, PSNR, area put right and area spoiled by a dot in the mean."""
    tokens = brush.painting.tokens
    share = tokens.geometry[:, 4] ** 2
    share = share / share.sum()
    asked = brush._asked((), None, 1.0, [0], None)
    nothing = known_colors(tokens, {})
    base = [brush.settled((), None, 1.0, 0)]
    colors, found = base[0], []
    told: list[tuple[int, int, tuple[int, int, int]]] = []
    mended = spoiled = 0.0
    for dots in range(DOTS[-1] + 1):
        off = np.square(colors - truth).sum(1)
        right = off < ALIKE**2
        if dots in DOTS:
            error = np.square(from_opponent(colors) - from_opponent(truth)).mean(1)
            psnr = -10 * np.log10(max(float((error * share).sum()), 1e-5))
            found.append((float(share[right].sum()), psnr, mended / max(dots, 1), spoiled / max(dots, 1)))
        hinted = {token for _, token, _ in told}
        wrong = np.where(np.isin(np.arange(len(off)), list(hinted)), -1, share * off)
        token = int(wrong.argmax())
        told.append((_step_of(dots + 1), token, tuple(rgb_table(truth[token][None])[0].tolist())))
        known = known_colors(tokens, {t: color for _, t, color in told})
        after = brush._followed(base, nothing, known, told, asked, [0])[0]
        after = np.where(known[:, 3:4] > 0, known[:, :3], after)
        now = np.square(after - truth).sum(1) < ALIKE**2
        others = known[:, 3] == 0
        mended += float(share[others & now & ~right].sum())
        spoiled += float(share[others & ~now & right].sum())
        colors = after
    return found


if __name__ == "__main__":
    main()
