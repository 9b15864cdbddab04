"""Looks for the grid that upsampling leaves: python tools/checkerboard.py [MODEL.onnx...]; without, the shipped one.

Flat colored fields with faint grain go in; of what the network answers (before any cleaning) the mean power spectrum is
taken along rows and columns. Printed for each period that an upsampling could leave: power at that frequency over the
mean power of its neighbors (1 = no peak), and the amplitude of that wave in gray levels of 255; then the darkest pixel
of the line art that is drawn from it.
"""

import sys

import numpy as np

import senga
from senga.lines.learned import draw

SIDE, EDGE, FIELDS = 256, 48, 48


def spectrum(inker: senga.Inker) -> tuple[np.ndarray, int]:
    """Mean power along rows and columns of the middle of the answer's ink; darkest level of the drawings."""
    random = np.random.default_rng(0)
    total, darkest = np.zeros(SIDE // 2 + 1), 255
    for _ in range(FIELDS):
        field = random.integers(90, 256, 3) + random.normal(0, 2, (SIDE + 2 * EDGE, SIDE + 2 * EDGE, 3))
        # 352 px a side: larger than what is looked at enlarged.
        seen = inker.look(np.clip(field, 0, 255).astype(np.uint8))
        ink = seen.ink[EDGE:-EDGE, EDGE:-EDGE]
        darkest = min(darkest, int(draw(seen)[EDGE:-EDGE, EDGE:-EDGE].min()))
        for plane in (ink, ink.T):
            total += (np.abs(np.fft.rfft(plane - plane.mean(), axis=1)) ** 2).mean(0)
    return total / (2 * FIELDS), darkest


def main(*models: str) -> None:
    for model in models or (None,):
        inker = senga.Inker.open(model)
        power, darkest = spectrum(inker)
        told = []
        for period in (2, 4, 8, 16):
            at = SIDE // period
            near = [i for i in range(at - 4, at + 5) if i != at and 0 < i <= SIDE // 2]
            level = 255 * 2 * power[at] ** 0.5 / SIDE
            told.append(f"period {period}: {power[at] / power[near].mean():.2f} ({level:.3f})")
        print(f"{inker.session.card.name}: {', '.join(told)}; darkest pixel drawn {darkest}")


if __name__ == "__main__":
    main(*sys.argv[1:])
