"""How much memory line art takes, by a picture's size, before it is decoded."""

PROCESS, LEARNED = 120e6, 700e6
"""Bytes of a process, and further ones of the learned extractor's network at its tile. Measured on one core, rounded
up."""

PIXEL = {"learned": 40, "mix": 60, "canny": 80, "dilate": 40, "xdog": 40, "clean": 28}
"""Bytes a pixel by method, "clean" for cleaning up. Measured on 4960x7016 px, rounded up."""

REDRAWN = 70
"""Bytes a pixel where lines are redrawn at one width, or gaps closed. As measured."""


def needed(shape: tuple[int, int], method: str, *, redrawn: bool = False) -> float:
    """Bytes that a process takes at most to draw or clean up a picture of (height, width), reading and writing too.

    Args:
        method: of `extract.METHODS`, or "clean".
        redrawn: whether lines are made paths, for one width, for gaps or for less detail.
    """
    pixel = max(PIXEL[method], REDRAWN if redrawn else 0)
    return PROCESS + (LEARNED if method in ("learned", "mix") else 0) + shape[0] * shape[1] * pixel
