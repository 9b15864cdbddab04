"""Layers of documents of painting programs: which of them are the lines, and each by itself."""

from typing import Any

from senga import image
from senga.web.store import Kept


def layers_there(kept: Kept, most: int) -> dict[str, Any]:
    """The layers of an upload that can be its lines, and which one was taken; as JSON has it.

    Raises:
        ImageError: it cannot be read again.
    """
    layers, taken = image.line_layers(kept.content, "the drawing", most)
    return {"layers": [{"path": path, "visible": visible} for path, visible in layers], "taken": taken}


def layer_picture(kept: Kept, path: str, most: int) -> bytes:
    """A PNG of one layer or group by itself, of the document's size; of "" what the document shows.

    Raises:
        ImageError: no document, no such layer, or nothing in it.
    """
    pixels, tags = image.read_tagged(kept.content, "the drawing", most, layer=path or None)
    return image.encode(pixels, "PNG", fast=True, tags=tags)
