"""How often pages are told right from drawings, on a corpus made of a pair set with line art.

Run from the checkout: `.venv/bin/python tools/colored.py SET [MOST]`. Colored pages: the set's pictures, and drawings
with one area of their picture's color (at least 3 % of the page). Drawings: its line art as it is, and in an ink
on a paper, unevenly lit, noisy, as JPEG; with a pencil's lines of another color beside the ink.
"""

import sys
from pathlib import Path

import numpy as np

from senga import image
from senga.color.colored import is_colored
from senga.color.regions import find_regions
from senga.pairs.pairset import PairSet


def scanned(line: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Line art in one ink on one paper, lit from one side, noisy, saved as JPEG."""
    paper = np.array([255.0, 255 - random.integers(0, 22), 255 - random.integers(0, 70)])
    gray = float(random.integers(0, 90))
    ink = np.array([gray, gray, gray]) if random.random() < 0.6 else random.integers(0, 120, 3).astype(float)
    page = paper + (ink - paper) * (1 - line[..., None] / 255.0)
    page *= np.linspace(1, 0.7 + 0.3 * random.random(), line.shape[1])[None, :, None]
    page += random.normal(0, 4, page.shape)
    return jpeg(page.clip(0, 255).astype(np.uint8))


def jpeg(page: np.ndarray) -> np.ndarray:
    """What JPEG leaves of a page."""
    return image.flatten(image.read_bytes(image.encode(page, "JPEG"), "a page"))


def penciled(line: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The drawing over its own construction lines in a colored pencil."""
    hue = np.array([(60, 110, 230), (230, 70, 70), (60, 160, 90)][random.integers(3)], float)
    under = np.roll(line, (int(random.integers(3, 8)), int(random.integers(3, 8))), (0, 1))
    page = 255 + (hue - 255) * (1 - under[..., None] / 255.0) * 0.6
    drawn: np.ndarray = np.rint(page * line[..., None] / 255).astype(np.uint8)
    return drawn


def spotted(line: np.ndarray, color: np.ndarray, random: np.random.Generator) -> np.ndarray | None:
    """The drawing with one area colored as in its picture; None where no area is large and colorful enough."""
    regions = find_regions(line)
    share = regions.paper_sizes / line.size
    for region in random.permutation(np.flatnonzero((share > 0.03) & (share < 0.5))):
        there = (regions.labels == region) & regions.paper
        mean = color[there].mean(0)
        if np.ptp(mean) > 40:
            page = np.repeat(line[..., None], 3, 2)
            page[there] = mean.astype(np.uint8)
            return page
    return None


def main(folder: Path, most: int) -> None:
    pairs = PairSet.open(folder)
    chosen = [p for p in pairs.pairs if p.line]
    chosen = [chosen[i] for i in np.linspace(0, len(chosen) - 1, min(most, len(chosen))).astype(int)]
    right: dict[str, list[bool]] = {}
    for number, pair in enumerate(chosen):
        random = np.random.default_rng(number)
        color, line = pairs.color(pair), pairs.line(pair)
        spot = spotted(line, color, random)
        pages = {"picture": color, "one area": spot}
        for name, page in pages.items():
            if page is not None:
                right.setdefault(name, []).append(is_colored(page))
        drawings = {"line art": np.repeat(line[..., None], 3, 2), "scan": scanned(line, random)}
        drawings["pencil"] = penciled(line, random)
        for name, page in drawings.items():
            right.setdefault(name, []).append(not is_colored(page))
    for name, answers in right.items():
        print(f"{name}: {np.mean(answers):.2%} of {len(answers)} right")
    every = [a for answers in right.values() for a in answers]
    print(f"all: {np.mean(every):.2%} of {len(every)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
