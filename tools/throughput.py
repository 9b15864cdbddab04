"""How busy a run over a folder keeps the processors, and how much that gains.

Run from the checkout: `.venv/bin/python tools/throughput.py [PICTURES] [SIDE]`. Made pictures of SIDE px go through
`senga lines` and `senga color`: by one process with all threads, by one process a processor, and by the same model
called in a plain loop. Busy is processor time over wall time and processors, starting included.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import senga
from senga import image
from senga.threads import usable_threads

COMMAND = str(Path(sys.executable).with_name("senga"))


def made(seed: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of discs and bars in flat colors, and its outlines."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    color = np.full((side, side, 3), random.integers(180, 256, 3), np.uint8)
    label = np.zeros((side, side), int)
    for part in range(1, 40):
        cy, cx, r = random.random() * side, random.random() * side, side * (0.03 + 0.12 * random.random())
        where = np.hypot(y - cy, x - cx) < r if part % 2 else (np.abs(y - cy) < r / 2) & (np.abs(x - cx) < r)
        color[where], label[where] = random.integers(40, 256, 3), part
    edge = (label != np.roll(label, 1, 0)) | (label != np.roll(label, 1, 1))
    edge |= np.roll(edge, 1, 0) | np.roll(edge, 1, 1)
    color[edge] = 20
    return color, np.where(edge, 0, 255).astype(np.uint8)


def main(count: int, side: int) -> None:
    cores = usable_threads()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for kind in ("lines", "color"):
            (folder / kind).mkdir()
        for i in range(count):
            picture, drawing = made(i, side)
            image.write(folder / "lines" / f"{i}.png", picture)
            image.write(folder / "color" / f"{i}.png", drawing)
        for kind in ("lines", "color"):
            files = sorted((folder / kind).glob("*.png"))
            begun = time.monotonic()
            painter = senga.Colorizer.open()
            for file in files:
                if kind == "lines":
                    answer = senga.extract_lines(senga.read(file))
                else:
                    answer = painter.page(image.read_drawing(file)).paint()
                senga.write(folder / "loop.png", answer, force=True)
            plain = count / (time.monotonic() - begun)
            print(f"{kind}, plain loop: {plain:.2f} pictures/s")
            for workers in (1, cores):
                before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
                out = folder / f"{kind}{workers}"
                command = [COMMAND, kind, str(folder / kind), "-o", str(out), "--workers", str(workers)]
                subprocess.run(command, check=True, capture_output=True)
                wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
                used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                pace = f"{count / wall:.2f} pictures/s, {count / wall / plain:.2f} times the loop"
                print(f"{kind}, {workers} processes: {pace}, processors {used / wall / cores:.0%} busy")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 512)
