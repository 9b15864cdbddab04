"""Colors by G'MIC 2.9.4, to compare with: python gmic.py FROZEN OUT smart|propagate [scribble|dot].

Paints a frozen split by its hint pictures (tools/peers/hint_auc.py) into OUT/METHOD/RATIO/NAME.png; goes on where it
was stopped. Without hints G'MIC has nothing to color by, so the drawing alone is its answer. Needs the program `gmic`.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from senga import image
from senga.compare.frozen_split import Frozen
from senga.compare.regions import STEPS

COMMANDS = {
    # Hint layer below, drawing above; colors by closed regions with gap closing, drawing multiplied on top.
    "smart": "fx_colorize_lineart_smart 1,95,0,0,1,24,200,0,75,2,60,20,90,1,10,1,0 rm[0] rv blend multiply",
    # Each place takes the hint that is nearest over paper.
    "propagate": "fx_colorize_lineart 0,0,0,0.05",
}


def paint(hints: Sequence[Path], lines: Path, command: str) -> list[image.Pixels]:
    """One painting for each file of hints, in one run of the program: starting it takes half the time."""
    if not hints:
        return []
    with tempfile.TemporaryDirectory() as place:
        words = ["gmic", "-v", "-1"]
        outs = [Path(place) / f"{i}.png" for i in range(len(hints))]
        for file, out in zip(hints, outs, strict=True):
            words += [str(file), str(lines), *command.split(), "o", str(out), "rm"]
        subprocess.run(words, check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
        return [image.read(out) for out in outs]


def main(folder: str, out: str, way: str, kind: str = "scribble") -> None:
    frozen = Frozen.open(folder)
    for method in frozen.about.methods:
        for step in STEPS:
            (Path(out) / method / step.name).mkdir(parents=True, exist_ok=True)
        for name in frozen.about.names:
            lines = frozen.lines(name, method)
            hints = {}
            for step in STEPS:
                file = frozen.folder / "hints" / kind / step.name / f"{name}.png"
                target = Path(out) / method / step.name / file.name
                if target.exists():
                    continue
                if image.read_rgba(file)[..., 3].any():
                    hints[target] = file
                else:
                    image.write(target, np.repeat(lines[..., None], 3, 2))
            drawing = frozen.folder / "lines" / method / f"{name}.png"
            for target, painted in zip(hints, paint(list(hints.values()), drawing, COMMANDS[way]), strict=True):
                if painted.shape[:2] != lines.shape:
                    sys.exit(f"{target}: came back as {painted.shape[1]}x{painted.shape[0]} px")
                image.write(target, painted)


if __name__ == "__main__":
    main(*sys.argv[1:])
