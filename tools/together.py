"""Do regions of one color in the truth come out in one color? python tools/together.py FROZEN [SEEDS [PICTURES]].

FROZEN is a folder that `senga compare --freeze` wrote, with lines `learned`. Of each picture the regions are colored
without hints, by each seed from 0 on; of all pairs of regions (what lies along the frame left out, a pair as heavy as
its smaller region) it is counted which are alike in the truth, and which in the answer. Printed are, over all pictures
and seeds: the share of pairs alike in the truth that are alike in the answer; that share of the others; how
colorful answers are beside the truth, as means over these regions of the difference of the greatest and least channel.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.fill_regions import Areas
from senga.color.region_brush import RegionBrush
from senga.color.regions import Regions
from senga.color.scaling import paper_weight
from senga.color.thought import ALIKE
from senga.color.tokens import from_opponent, opponent
from senga.color.votes import FRAMED
from senga.learn.data.lights import region_means


def main() -> None:
    """Counts over all pictures and prints."""
    folder = Path(sys.argv[1])
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    most = int(sys.argv[3]) if len(sys.argv) > 3 else None
    totals = np.zeros(4)
    chroma = np.zeros(2)
    count = 0
    for page in pages(folder, most):
        brush, truth = page.brush, page.means
        count += 1
        tokens = brush.painting.tokens
        share = tokens.geometry[:, 4] ** 2 * (tokens.geometry[:, 8] <= FRAMED)
        one, two = np.triu_indices(tokens.count, 1)
        weight = np.minimum(share[one], share[two])
        alike = near(truth, one, two)
        for seed in range(seeds):
            answer = brush.settled((), None, 1.0, seed)
            said = near(answer, one, two)
            totals += [
                weight[alike & said].sum(),
                weight[alike].sum(),
                weight[~alike & said].sum(),
                weight[~alike].sum(),
            ]
            for i, colors in enumerate((answer, truth)):
                rgb = np.clip(from_opponent(colors), 0, 1)
                chroma[i] += ((rgb.max(1) - rgb.min(1)) * share).sum() / max(share.sum(), 1e-9)
    print(f"alike in the truth: {totals[0] / totals[1]:.1%} alike; others: {totals[2] / totals[3]:.1%}", end="; ")
    print(f"colorfulness {chroma[0] / chroma[1]:.2f} of the truth's; {count} pictures, {seeds} seeds")


@dataclass(frozen=True)
class Truth:
    """A drawing that is colored, and the colors that it has in truth.

    Attributes:
        brush: of the shipped painter. areas: of the drawing. means: `true_means`.
    """

    brush: RegionBrush
    areas: Areas
    means: np.ndarray


def pages(folder: Path, most: int | None) -> Iterator[Truth]:
    """The learned lines of each picture of a frozen split, one drawing each, before the shipped painter."""
    painter = Colorizer.open(threads=1)
    for file in sorted((folder / "lines" / "learned").glob("*.png"))[:most]:
        page = painter.page(image.read_drawing(file))
        brush = page.regional
        if isinstance(brush, RegionBrush):
            truth = image.read(folder / "truth" / file.name)[..., :3]
            means = true_means(truth, page.areas.lines, page.areas.regions, brush.painting.tokens.names)
            yield Truth(brush, page.areas, means)


def true_means(picture: image.Pixels, lines: image.Pixels, regions: Regions, names: np.ndarray) -> np.ndarray:
    """(R, 3) in `opponent` units, the mean color of each region that is asked about; paper counts, ink hardly."""
    colors = picture.astype(np.float32) / np.float32(255)
    found: np.ndarray = opponent(region_means(colors, regions.labels.astype(np.int64), paper_weight(lines))[names])
    return found


def near(colors: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Which pairs of colors are alike."""
    found: np.ndarray = np.square(colors[one] - colors[two]).sum(1) < ALIKE**2
    return found


if __name__ == "__main__":
    main()
