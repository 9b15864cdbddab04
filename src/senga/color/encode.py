"""How hints enter a generator's planes: the one encoding, for numpy arrays and torch tensors alike.

Only operators that both kinds of array share are used, so training and use cannot drift apart.
"""

from typing import Any

from senga.recipe import Encoding

PLANES: dict[Encoding, int] = {"none": 1, "channels": 4, "masked-channels": 5, "overwrite": 3, "mix": 3}
"""Input planes of each encoding."""


def encode(line: Any, color: Any, mask: Any, encoding: Encoding) -> list[Any]:
    """Input planes in [0, 1] of a drawing and its hints.

    - "none": the line art alone.
    - "channels": line art and the hint's RGB, 0 where there is none (PaintsChainer; a black hint equals no hint).
    - "masked-channels": the same and the mask itself, so that black is a color like any other.
    - "overwrite": the drawing as RGB, hints pasted over it (Priyadarshi, model 4).
    - "mix": the mean of drawing and hints where hints are given (Priyadarshi, model 3).

    Args:
        line: (..., 1, H, W) in [0, 1], 1 = paper.
        color: (..., 3, H, W) in [0, 1].
        mask: (..., 1, H, W), 0 or 1.
        encoding: how.

    Returns:
        Planes in order, each (..., 1 or 3, H, W), to be joined along the plane axis.
    """
    if encoding == "none":
        return [line]
    if encoding == "channels":
        return [line, color * mask]
    if encoding == "masked-channels":
        return [line, color * mask, mask]
    if encoding == "overwrite":
        return [line * (1 - mask) + color * mask]
    if encoding == "mix":
        return [line * (1 - mask / 2) + color * (mask / 2)]
    raise ValueError(f"unknown encoding {encoding!r}")
