"""Looks for the grid that upsampling leaves: python docs/checkerboard.py [MODEL.onnx...]; without one, the shipped one.

Flat colored fields with faint grain go in; of what the network answers (before any cleaning) the mean power spectrum is
taken along rows and columns. Printed for each period that an upsampling could leave: power at that frequency over the
mean power of its neighbors (1 = no peak), and the largest answer on any field in gray levels of 255.
"""

import sys

import numpy as np

import senga

SIDE, EDGE, FIELDS = 256, 48, 48


def spectrum(inker: senga.Inker) -> tuple[np.ndarray, float]:
    """Mean power along rows and columns of the middle of the answer's ink, and its maximum."""
    random = np.random.default_rng(0)
    total, largest = np.zeros(SIDE // 2 + 1), 0.0
    for _ in range(FIELDS):
        field = random.integers(0, 256, 3) + random.normal(0, 2, (SIDE + 2 * EDGE, SIDE + 2 * EDGE, 3))
        # 352 px a side: larger than what is looked at enlarged.
        ink = inker.look(np.clip(field, 0, 255).astype(np.uint8)).ink[EDGE:-EDGE, EDGE:-EDGE]
        largest = max(largest, float(ink.max()))
        for plane in (ink, ink.T):
            total += (np.abs(np.fft.rfft(plane - plane.mean(), axis=1)) ** 2).mean(0)
    return total, largest


def main(*models: str) -> None:
    for model in models or (None,):
        inker = senga.Inker.open(model)
        power, largest = spectrum(inker)
        told = []
        for period in (2, 4, 8, 16):
            at = SIDE // period
            near = [i for i in range(at - 4, at + 5) if i != at and 0 < i <= SIDE // 2]
            told.append(f"period {period}: {power[at] / power[near].mean():.2f}")
        print(f"{inker.session.card.name}: {', '.join(told)}; largest answer {255 * largest:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
