"""Does the painter know skin from cloth on people's drawings? python tools/parts.py DRAWINGS [MODEL].

`parts.csv`, beside this file, says of twenty drawings in the folder DRAWINGS (people's hands, from 340x518 to 1224x1224
px) where a face, other skin, hair and cloth are: points in px, each in a region of its own, put there by eye. Each face
is told to be skin and the hair to be of three colors in turn. Of all pairs of other skin and cloth of a drawing it is
counted in how many the network finds the face's color likelier on the skin: by luck in half, by a person in all.
Printed for each drawing, and over all pairs; then how much of the other skin, and of the cloth, comes out in about its
face's color where nobody says anything, by four seeds.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.painting import Painting, known_colors, near_any
from senga.color.region_brush import RegionBrush
from senga.color.tokens import opponent

POINTS = Path(__file__).with_suffix(".csv")
SKIN = (250, 222, 205)
HAIR = ((90, 60, 45), (80, 120, 200), (235, 190, 90))
SEEDS = range(4)

Parts = dict[str, list[int]]


def main() -> None:
    """Counts over all drawings and prints."""
    painter = Colorizer.open(sys.argv[2] if len(sys.argv) > 2 else None, threads=1)
    ordered = pairs = 0.0
    came: dict[str, list[bool]] = defaultdict(list)
    for file, points in read_points().items():
        page = painter.page(image.read_drawing(Path(sys.argv[1]) / file))
        brush = page.regional
        assert isinstance(brush, RegionBrush)
        labels, token_of = page.areas.regions.labels, brush.painting.token_of
        parts = {
            part: sorted({int(token_of[labels[y, x]]) for kind, x, y in points if kind == part})
            for part in ("face", "skin", "hair", "cloth")
        }
        count = len(parts["skin"]) * len(parts["cloth"])
        if count:
            share = in_order(brush.painting, parts)
            print(f"{file}: {share:.2f} of {count} pairs")
            ordered, pairs = ordered + share * count, pairs + count
        for seed in SEEDS:
            colors = brush.settled((), None, 1.0, seed)
            faces = colors[parts["face"]]
            for part in ("skin", "cloth"):
                came[part] += near_any(colors[parts[part]], faces).tolist()
    print(f"{ordered / pairs:.3f} of {pairs:.0f} pairs in order; ", end="")
    print(f"in about the face's color: {np.mean(came['skin']):.1%} of skin, {np.mean(came['cloth']):.1%} of cloth")


def read_points() -> dict[str, list[tuple[str, int, int]]]:
    """Of each drawing its points: part, x, y."""
    found = defaultdict(list)
    with POINTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["file"]].append((row["part"], int(row["x"]), int(row["y"])))
    return found


def in_order(painting: Painting, parts: Parts) -> float:
    """The share of pairs of other skin and cloth of which the skin is likelier to have the face's color."""
    skin = opponent(np.array(SKIN, np.float32) / 255)
    at = np.array([*parts["skin"], *parts["cloth"]])
    likely = np.zeros(len(at))
    for hair in HAIR:
        known = known_colors(painting.tokens, dict.fromkeys(parts["hair"], hair) | dict.fromkeys(parts["face"], SKIN))
        thought = painting.new_thought(known, np.zeros((0, 3), np.float32), None)
        likely += thought.likelihood(np.repeat(skin[None], len(at), 0), at)
    one, two = likely[: len(parts["skin"]), None], likely[None, len(parts["skin"]) :]
    return float(((one > two) + 0.5 * (one == two)).mean())


if __name__ == "__main__":
    main()
