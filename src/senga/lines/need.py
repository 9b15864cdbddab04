"""How much memory line art takes, by a picture's size, before it is decoded."""

PROCESS, LEARNED, TILE = 120e6, 400e6, 1088 * 1088
"""Bytes of a process, and further ones of the learned extractor's network at its tile of so many px. Measured on one
core, rounded up."""

PIXEL = {"learned": 30, "mix": 90, "canny": 85, "dilate": 40, "xdog": 40, "clean": 28}
"""Bytes a pixel by method, "clean" for cleaning up. Measured on 4960x7016 px, rounded up."""

REDRAWN = {"clean": 36}
"""Bytes a pixel where lines are redrawn at one width, or gaps closed. As measured; of others twice as many."""


def needed(shape: tuple[int, int], method: str, *, redrawn: bool = False) -> float:
    """Bytes that a process takes at most to draw or clean up a picture of (height, width), reading and writing too.

    Args:
        method: of `extract.METHODS`, or "clean".
        redrawn: whether lines are made paths, for one width, for gaps or for less detail.
    """
    pixels = shape[0] * shape[1]
    network = LEARNED * min(1.0, pixels / TILE) if method in ("learned", "mix") else 0.0
    return PROCESS + network + pixels * (REDRAWN.get(method, 2 * REDRAWN["clean"]) if redrawn else PIXEL[method])
