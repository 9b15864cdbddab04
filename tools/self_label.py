"""Lines for pictures that have none, to train the next extractor on: python tools/self_label.py MODEL OUT PICTURE...

MODEL (an inker) looks at each picture twice as large, where it is at its best; its ink is averaged with XDoG's (3 : 1)
and sharpened. OUT/color gets the enlarged pictures and OUT/line their lines, for `senga pairs build OUT/color SET
--method given --lines OUT/line`.
"""

import sys
from pathlib import Path

import numpy as np

import senga
from senga import image
from senga.lines import edges
from senga.lines.learned import to_gray
from senga.tiles import run_tiled

LARGEST = 180_000  # pixels; larger pictures are enlarged by half only


def main(model: str, out: str, *pictures: str) -> None:
    session = senga.Inker.open(model).session
    for name in pictures:
        picture = image.read(name)
        h, w = picture.shape[:2]
        scale = 2 if h * w <= LARGEST else 1.5
        large = image.resize(picture, (round(h * scale), round(w * scale)))
        seen = run_tiled(large, session.run, multiple=session.card.size_multiple)[0]
        drawn = edges.xdog(large, edges.Xdog(sigma=0.6 * scale)).astype(np.float32) / 255
        ink = np.clip((0.75 * seen + 0.25 * (1 - drawn) - 0.5) * 2.5 + 0.5, 0, 1)
        for kind, pixels in (("color", large), ("line", to_gray(ink.astype(np.float32)))):
            (Path(out) / kind).mkdir(parents=True, exist_ok=True)
            image.write(Path(out) / kind / f"{Path(name).stem}.png", pixels, force=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
