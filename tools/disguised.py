"""A pair set's pictures in other ink, colors and light, their lines as they are: python tools/disguised.py SET OUT.

Writes validation and test pairs to OUT/color and OUT/line, each changed once with a seed of its own, and OUT/table.csv
with their splits. Vector art has black ink on flat fills; this is how extractors do where it has not.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import torch

from senga import image
from senga.learn.data.picture_augmentation import disguise
from senga.pairs.pairset import PairSet


def main(folder: str, out: str) -> None:
    pairs = PairSet.open(folder)
    for kind in ("color", "line"):
        (Path(out) / kind).mkdir(parents=True, exist_ok=True)
    with (Path(out) / "table.csv").open("w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(("file", "split", "source"))
        for seed, pair in enumerate((*pairs.of("val"), *pairs.of("test"))):
            color, line = pairs.color(pair), pairs.line(pair)
            planes = torch.tensor(color).permute(2, 0, 1)[None].float() / 255
            ink = torch.tensor(line)[None, None].float() / 255
            changed = disguise(planes, ink, 1.0, torch.Generator().manual_seed(seed))
            pixels = (changed[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
            name = f"{Path(pair.color).stem}.png"
            image.write(Path(out) / "color" / name, np.ascontiguousarray(pixels), force=True)
            image.write(Path(out) / "line" / name, line, force=True)
            rows.writerow((name, pair.split, pair.origin))


if __name__ == "__main__":
    main(*sys.argv[1:])
