"""Are colors without hints as light as those of pictures? python tools/lightness.py FROZEN [SEEDS [PICTURES]].

FROZEN is a folder that `senga compare --freeze` wrote, with lines `learned`. For regions by their share of the picture
(what lies along the frame left out) are printed the mean of red, green and blue, 0 to 1, and the share of regions where
it is under `DARK`: in the truth, in answers, and as the network believes before anything is drawn, by its chances. Then
over all pictures and seeds: PSNR of region colors, dB; how far a picture's regions spread in light, in the truth and in
answers; the share of the area whose color is right.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from together import pages

from senga.color.thought import ALIKE
from senga.color.tokens import from_opponent
from senga.color.votes import FRAMED

DARK = 0.35
BORDERS = (0, 0.001, 0.003, 0.01, 0.03, 1)


def main() -> None:
    """Counts over all pictures and prints."""
    folder = Path(sys.argv[1])
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    most = int(sys.argv[3]) if len(sys.argv) > 3 else None
    regions, pictures = [], []
    for page in pages(folder, most):
        brush, truth = page.brush, page.means
        painting = brush.painting
        share = painting.tokens.geometry[:, 4] ** 2
        share /= share.sum()
        counted = share * (painting.tokens.geometry[:, 8] <= FRAMED)
        chance = painting.chances / painting.chances.sum(1, keepdims=True)
        bins, real = light(painting.bins), light(truth)
        for seed in range(seeds):
            answer = brush.settled((), None, 1.0, seed)
            got = light(answer)
            rows = [share, real, got, chance @ bins, real < DARK, got < DARK, chance @ (bins < DARK)]
            regions.append(np.stack(rows, 1)[counted > 0])
            error = (np.square(from_opponent(answer) - from_opponent(truth)).mean(1) * share).sum()
            right = share[np.square(answer - truth).sum(1) < ALIKE**2].sum()
            pictures.append([-10 * np.log10(error), spread(real, counted), spread(got, counted), right])
    table = np.concatenate(regions)
    for low, high in pairwise(BORDERS):
        at = table[(table[:, 0] >= low) & (table[:, 0] < high)].mean(0)
        print(
            f"{low:.1%} to {high:.1%} of the picture: light {at[1]:.2f}, answered {at[2]:.2f}, believed {at[3]:.2f};"
            f" dark {at[4]:.0%}, answered {at[5]:.0%}, believed {at[6]:.0%}"
        )
    psnr, real_spread, got_spread, right = np.mean(pictures, 0)
    print(f"{psnr:.2f} dB; spread of light {real_spread:.3f}, answered {got_spread:.3f}; right {right:.1%}")


def light(colors: np.ndarray) -> np.ndarray:
    """Mean of red, green and blue of `opponent` colors (N, 3), (N,)."""
    found: np.ndarray = from_opponent(colors).mean(-1)
    return found


def spread(light: np.ndarray, weights: np.ndarray) -> float:
    """Standard deviation of the light of regions of such weights."""
    weights = weights / max(float(weights.sum()), 1e-9)
    return float(np.sqrt(np.square(light - light @ weights) @ weights))


if __name__ == "__main__":
    main()
