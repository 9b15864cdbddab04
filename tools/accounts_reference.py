"""Measures whether finished runs follow a reference: `python tools/accounts_reference.py SET RUN...`.

Each validation picture (`Validation`, at most 100) is painted twice: with itself as the reference, as it was trained,
and with the next picture. What a network does with it shows in how much better it does with its own (PSNR), in how far
the two answers lie apart (RMS, levels of 255), in whether the answer's mean color went towards the next picture's
(share of the way; 0 if the reference is not heard) and its mean hue (the same, less its gray), and in whether its
shapes came through (SSIM to the next picture, more than the first answer has by chance).
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from senga.learn import checkpoint
from senga.learn.networks.generators import make_generator
from senga.learn.networks.style import open_encoder
from senga.learn.validation import Validation, pixels
from senga.metrics import colorfulness, psnr, ssim
from senga.pairs.pairset import PairSet
from senga.recipefile import from_saved_table

CPU = torch.device("cpu")
MOST = 100
HEAD: tuple[str, ...] = ("run", "PSNR, dB, own reference", "the next picture", "apart, RMS", "way to its mean color")
HEAD += ("to its hue", "its shapes, SSIM", "colorfulness")


def main(folder: str, *runs: str) -> None:
    pairs = PairSet.open(Path(folder))
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for run in runs:
        recipe = from_saved_table(json.loads((Path(run) / "recipe.json").read_text()), run)
        generator = make_generator(recipe)
        checkpoint.load_weights(Path(run) / checkpoint.WEIGHTS, generator)
        generator.eval()
        validation = Validation(recipe, pairs, CPU, most=MOST, eye=open_encoder(recipe.generator))
        found = np.array([measure(validation, generator, i) for i in range(len(validation.examples))])
        own, other, apart, shapes, *ratios = found.T
        color, hue, colorful = (ratios[i].sum() / ratios[i + 1].sum() for i in (0, 2, 4))
        cells = [own.mean(), other.mean(), apart.mean(), color, hue, shapes.mean(), colorful]
        digits = (2, 2, 1, 2, 2, 3, 2)
        told = [f"{cell:.{n}f}" for cell, n in zip(cells, digits, strict=True)]
        print(f"| {recipe.name} | {' | '.join(told)} |", flush=True)


def measure(validation: Validation, generator: torch.nn.Module, i: int) -> list[float]:
    """What is known of picture `i`: four scores, then the two terms each of three ratios, to be summed first."""
    color = validation.examples[i][0]
    other = validation.examples[(i + 1) % len(validation.examples)][0]
    truth, first = pixels(color), pixels(validation.paint(generator, i, 0))
    second = pixels(validation.paint(generator, i, 0, other=1))
    shown = pixels(F.interpolate(other, size=color.shape[2:], mode="bilinear", antialias=True).clamp(0, 1))
    way = shown.mean((0, 1)) - truth.mean((0, 1))
    went = second.mean((0, 1)) - first.mean((0, 1))
    ways = [float(v) for v in (went @ way, way @ way, (went - went.mean()) @ (way - way.mean()), way.var() * 3)]
    apart = float(np.sqrt(np.mean((first.astype(float) - second) ** 2)))
    shapes = alike(second, shown) - alike(first, shown)
    return [psnr(first, truth), psnr(second, truth), apart, shapes, *ways, colorfulness(first), colorfulness(truth)]


def alike(picture: np.ndarray, other: np.ndarray) -> float:
    return ssim(np.divide(picture, 255, dtype=np.float32), np.divide(other, 255, dtype=np.float32))


if __name__ == "__main__":
    with torch.inference_mode():
        main(*sys.argv[1:])
