"""Large pictures through a network in overlapping tiles, joined without seams."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]


def run_tiled(
    picture: NDArray[np.uint8],
    network: Callable[[Planes], Planes],
    *,
    multiple: int,
    tile: int = 1088,
    margin: int = 64,
) -> Planes:
    """A network's answer for a whole picture.

    Neighboring tiles share `margin` pixels. In the outer half of it, where a tile sees too little, its answer is not
    used; in the inner half the two are faded into each other.

    Args:
        picture: (H, W, C) uint8. network: (1, C, h, w) float32 in [0, 1] to (1, K, h, w); h and w as below.
        multiple: sides that the network takes are multiples of it; smaller pictures are padded with their edge.
        tile: longest side that goes in at once, px. margin: shared by neighbors, px.

    Returns:
        (K, H, W) float32.
    """
    height, width = picture.shape[:2]
    padded = [-(-s // multiple) * multiple for s in (height, width)]
    tile, margin = max(multiple, tile // multiple * multiple), -(-margin // multiple) * multiple
    pixels = np.pad(picture, [(0, padded[0] - height), (0, padded[1] - width), (0, 0)], mode="edge")
    total = weight = None
    spans = [list(_spans(s, max(tile, 2 * margin), margin, multiple)) for s in padded]
    for top, bottom in spans[0]:
        for left, right in spans[1]:
            planes = pixels[top:bottom, left:right].transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
            answer = network(planes)[0]
            if len(spans[0]) == len(spans[1]) == 1:
                return np.ascontiguousarray(answer[:, :height, :width])
            ramp = np.outer(_ramp(top, bottom, padded[0], margin), _ramp(left, right, padded[1], margin))
            if total is None or weight is None:
                total = np.zeros((len(answer), *padded), np.float32)
                weight = np.zeros(padded, np.float32)
            total[:, top:bottom, left:right] += answer * ramp
            weight[top:bottom, left:right] += ramp
    assert total is not None
    assert weight is not None
    total /= weight
    return np.ascontiguousarray(total[:, :height, :width])


def _spans(side: int, tile: int, margin: int, multiple: int) -> Iterator[tuple[int, int]]:
    """(start, end) of as few tiles as cover a side, nearly equal; all starts and ends lie on the network's grid."""
    count = 1 if side <= tile else -(-(side - margin) // (tile - margin))
    step = -(-(side - margin) // (count * multiple)) * multiple
    for i in range(count):
        if i * step + margin < side or i == 0:
            yield i * step, min(i * step + step + margin, side)


def _ramp(start: int, end: int, side: int, margin: int) -> Planes:
    """Weight along a tile's side: 0 near an inner border, rising to 1 over the inner half of the shared margin."""
    ramp = np.ones(end - start, np.float32)
    quiet = margin // 4
    rise = np.concatenate([np.zeros(quiet), np.linspace(0, 1, margin - 2 * quiet + 2)[1:-1], np.ones(quiet)])
    rise = np.maximum(rise, 1e-6).astype(np.float32)  # never nothing at all: weights are divided by
    if start > 0:
        ramp[:margin] *= rise[: len(ramp)]
    if end < side:
        ramp[-margin:] *= rise[::-1][-len(ramp) :]
    return ramp
