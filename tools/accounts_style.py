"""Measures what a style vector says of a picture's color: `python tools/accounts_style.py SET`.

A straight line (ridge) from style2paints' style vector to a picture's mean color is fitted on 1,000 training pictures
and tried on 500 others; printed is the share of the variance that it tells, of light (the mean of red, green and blue)
and of hue (each channel less that), and how much each varies. What a line can read from it, a network can hear.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from senga.learn.networks.style import open_encoder, shrunk, style_of, style_size
from senga.pairs.pairset import PairSet
from senga.recipe import Generator

FITTED, TRIED, BATCH = 1000, 500, 50
RIDGE = 10.0
"""Weight of the squared slopes, in units of the features' mean variance (ours)."""


def read(pairs: PairSet) -> tuple[torch.Tensor, torch.Tensor]:
    """Style vectors (N, V), and light and hue (N, 4), of training pictures at random."""
    generator = Generator(kind="style2paints")
    encoder, size = open_encoder(generator), style_size(generator)
    chosen = pairs.of("train")
    order = np.random.default_rng(0).choice(len(chosen), FITTED + TRIED, replace=False)
    styles, colors = [], []
    for first in range(0, len(order), BATCH):
        each = [torch.from_numpy(pairs.color(chosen[i])).permute(2, 0, 1)[None] for i in order[first : first + BATCH]]
        batch = torch.cat([shrunk(picture.float() / 255) for picture in each])
        styles.append(style_of(encoder(batch), torch.ones(len(batch), 1), size))
        colors.append(batch.mean((2, 3)))
    color = torch.cat(colors)
    light = color.mean(1, keepdim=True)
    return torch.cat(styles), torch.cat([light, color - light], 1)


def told(styles: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """Share of each column's variance that a line from the styles tells of pictures it was not fitted to."""
    mean, about = styles[:FITTED].mean(0), colors[:FITTED].mean(0)
    x = (styles - mean) / (styles[:FITTED] - mean).square().mean().sqrt()
    near = x[:FITTED].T @ x[:FITTED] + RIDGE * torch.eye(x.shape[1])
    slopes = torch.linalg.solve(near, x[:FITTED].T @ (colors[:FITTED] - about))
    missed = colors[FITTED:] - about - x[FITTED:] @ slopes
    share: torch.Tensor = 1 - missed.square().mean(0) / colors[FITTED:].var(0)
    return share


def main(folder: str) -> None:
    styles, colors = read(PairSet.open(Path(folder)))
    for name, share, varies in zip(("light", "red", "green", "blue"), told(styles, colors), colors.var(0), strict=True):
        print(f"{name}: told {share:.2f} of a variance of {varies:.4f}")


if __name__ == "__main__":
    with torch.inference_mode():
        main(*sys.argv[1:])
