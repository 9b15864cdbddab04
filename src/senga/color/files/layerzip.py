"""Layers as a zip of PNGs, for programs that put them into a document of their own.

`layers.json` says how they lie: {"width", "height", "layers": [...]}, the lowest first. A layer is {"name", "blend":
"normal", "multiply" or "screen", "visible", "opacity", "x", "y", "width", "height", "file"}, x and y the place of its
left upper corner; the file of an empty one is "". A group is {"name", "visible", "opacity", "mask", "layers"}; its mask
is the name of a gray PNG of the picture's size, 0 hides, or "".
"""

import io
import json
import zipfile
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from senga import image, stopping
from senga.color.layers import Group, Layer, Layered, rgba
from senga.image import Pixels

NAME = "layers.json"


def layers_to_zip(layered: Layered, only: Collection[str] = ()) -> bytes:
    """A zip file's content; the PNGs are written fast, and not packed again.

    Args:
        layered: what is written. only: names of layers, all others are left out, and groups of nothing; (): none is.
    """
    made = io.BytesIO()
    height, width = layered.shape
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as files:
        tables = [_table(one, files) for one in (_parts(layered.layers, only) if only else layered.layers)]
        files.writestr(NAME, json.dumps({"width": width, "height": height, "layers": tables}))
    return made.getvalue()


def _parts(layers: tuple[Layer | Group, ...], only: Collection[str]) -> tuple[Layer | Group, ...]:
    """The layers of some names, in their groups."""
    found: list[Layer | Group] = []
    for one in layers:
        if isinstance(one, Layer):
            found += [one] if one.name in only else []
        elif inner := _parts(one.layers, only):
            found.append(replace(one, layers=inner))
    return tuple(found)


def _table(one: Layer | Group, files: zipfile.ZipFile) -> dict[str, Any]:
    stopping.check()
    table: dict[str, Any] = {"name": one.name, "visible": one.visible, "opacity": one.opacity}
    if isinstance(one, Group):
        mask = "" if one.mask is None else _stored(one.mask, files)
        return table | {"mask": mask, "layers": [_table(inner, files) for inner in one.layers]}
    height, width = one.pixels.shape[:2]
    table |= {"blend": one.blend, "x": one.at[0], "y": one.at[1], "width": width, "height": height}
    return table | {"file": _stored(rgba(one.pixels), files) if one.pixels.size else ""}


def _stored(pixels: Pixels, files: zipfile.ZipFile) -> str:
    """The name of a new PNG in the zip."""
    name = f"{len(files.namelist())}.png"
    files.writestr(name, image.encode(pixels, "PNG", fast=True))
    return name
