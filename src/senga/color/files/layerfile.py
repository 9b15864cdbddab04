"""Layers as files of painting programs: the one door to the writers."""

from collections.abc import Callable
from pathlib import Path

from senga.color.files.openraster import write_ora
from senga.color.files.psd import write_psd
from senga.color.layers import Layered
from senga.errors import ImageError

LAYERED: dict[str, Callable[..., None]] = {".psd": write_psd, ".ora": write_ora}
"""File endings that keep layers, and what writes them."""


def write_layers(path: str | Path, layered: Layered, *, force: bool = False) -> None:
    """Writes a picture in layers, whole or not at all.

    Args:
        path: file ending in one of `LAYERED`.
        layered: from `layers_of`.
        force: overwrite an existing file.

    Raises:
        ImageError: unknown ending, too large for the format, an existing file without `force`, or a place that cannot
            be written.
    """
    write = LAYERED.get(Path(path).suffix.lower())
    if write is None:
        raise ImageError(f"{path}: unknown ending '{Path(path).suffix}'; layers are kept by: {', '.join(LAYERED)}")
    write(path, layered, force=force)
