"""A document of a painting program as a tree of layers, whose pixels are unpacked when they are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

DEPTH = 64
"""Most groups within each other. Ours: programs that make such files stop at 10 or 100."""

LAYERS = 10_000
"""Most layers of a document. Ours; Photoshop's own is 8000."""


class UnreadDocumentError(Exception):
    """Why a document, or a part of it, cannot be read: "broken", or what it is, and the mend."""


@dataclass(frozen=True)
class Raster:
    """Pixels as a document has them, brought to 8 bits.

    Attributes:
        colors: (h, w) of model "L", (h, w, 3) of "RGB" and "LAB", (h, w, 4) of "CMYK"; uint8, as the image library
            has these models.
        alpha: (h, w) uint8; None: opaque.
        matted: the colors fade to white where alpha is less.
        profile: ICC profile of the colors, b"" if the document has none.
    """

    colors: Pixels
    model: Literal["L", "RGB", "LAB", "CMYK"] = "RGB"
    alpha: Pixels | None = None
    matted: bool = False
    profile: bytes = b""


@dataclass(frozen=True)
class Png:
    """Pixels as a PNG file; `profile` is of its colors if it says none itself."""

    content: bytes
    profile: bytes = b""


Unpack = Callable[[], Raster | Png]
Convert = Callable[[Raster | Png], Pixels]
"""What makes (h, w, 4) uint8 sRGB of pixels as a document has them."""


@dataclass(frozen=True)
class Mask:
    """What shows of a layer.

    Attributes:
        plane: answers with (h, w) uint8, 0 hides.
        at: (x, y) px of its left upper corner in the picture. outside: its value everywhere else.
    """

    plane: Callable[[], Pixels]
    at: tuple[int, int] = (0, 0)
    outside: int = 255


@dataclass(frozen=True)
class Node:
    """A layer or a group of a document.

    Attributes:
        name: as the person wrote it.
        unpack: answers with a layer's pixels; None of groups and of what has none.
        size: (height, width) of the pixels, px, as far as it is known without unpacking them.
        at: (x, y) px of their left upper corner in the picture.
        children: of a group, the lowest first; None: a layer.
        blend: with what lies below, one of `blends.BLENDS`, "erase", "keep" (of what lies below, what is covered) or
            another word for a blend that is not known.
        clipped: shows only where the layer below it does; within: only where its group has something so far.
        through: a group whose layers are blended with what lies below the group.
        unread: what it is, where it has pixels that cannot be read or none: "a vector layer".
    """

    name: str
    unpack: Unpack | None = None
    size: tuple[int, int] | None = None
    at: tuple[int, int] = (0, 0)
    children: "tuple[Node, ...] | None" = None
    visible: bool = True
    opacity: float = 1.0
    blend: str = "normal"
    masks: tuple[Mask, ...] = ()
    clipped: bool = False
    within: bool = False
    through: bool = False
    unread: str = ""


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        kind: its name among people: "PSD".
        shape: (height, width) px.
        layers: the lowest first.
        merged: answers with the visible picture that the file holds for others; None: it holds none.
        real: whether the merged picture says that it is one; None: it says nothing.
        dpi: pixels an inch, (across, down).
    """

    kind: str
    shape: tuple[int, int]
    layers: tuple[Node, ...]
    merged: Unpack | None = None
    real: bool | None = None
    dpi: tuple[float, float] | None = None


@dataclass(frozen=True)
class Found:
    """A node and where it lies: `path` has its name and its groups', `shown` whether it and they are visible."""

    node: Node
    path: tuple[str, ...]
    shown: bool

    @property
    def told(self) -> str:
        """Its path as it is written: "figure/ink"."""
        return "/".join(self.path)


def every(nodes: tuple[Node, ...], above: tuple[str, ...] = (), *, shown: bool = True) -> Iterator[Found]:
    """All layers and groups, the highest first, groups before what is in them."""
    for node in reversed(nodes):
        found = Found(node, (*above, node.name), shown and node.visible)
        yield found
        yield from every(node.children or (), found.path, shown=found.shown)
