"""What an answer needs of a document, read at once in the window's thread: bytes, which another thread may keep."""

from __future__ import annotations

from PyQt5.QtGui import QImage

from . import pixels, places
from .answer import SRGB, is_plain
from .finding import Layer, looked

AFAR = 96
"""Longest side at which layers are looked at from afar, px. Ours."""


def layers_of(document) -> list[Layer]:
    """The document's layers for choosing among them, the lowest first; those of answers are left out."""
    found = []
    own = places.answers(document)
    for node, depth in places.every_node(document.rootNode()):
        if any(places.inside(node, group) for group in own):
            continue
        if node.type() not in ("paintlayer", "grouplayer", "vectorlayer", "filelayer", "clonelayer"):
            continue
        found.append(Layer(places.id_of(node), node.name(), depth, places.shown(node), _look(document, node)))
    return found


def _look(document, node):
    bounds = node.bounds()
    if bounds.isEmpty():
        return looked(bytes(4))
    small = node.thumbnail(AFAR, AFAR)
    if small is None or small.isNull():
        return None
    look = looked(pixels.to_bytes(small))
    # A thumbnail shows what is painted, wherever it lies: around it the document is clear.
    share = min(1.0, bounds.width() * bounds.height() / max(1, document.width() * document.height()))
    return look._replace(
        clear=1 - share * (1 - look.clear),
        dark=share * look.dark,
        paper=share * look.paper,
        colored=share * look.colored,
    )


def read(app, document, node) -> QImage:
    """A layer as it is in the document, by itself: ARGB32 of sRGB, whatever the document's colors are."""
    width, height = document.width(), document.height()
    stale = node.type() == "grouplayer" and not places.shown(node)
    if is_plain(document) and is_plain_node(node) and not stale:
        return pixels.from_bytes(node.projectionPixelData(0, 0, width, height), width, height)
    return _converted(app, document, node)


def is_plain_node(node) -> bool:
    """Whether a layer's own bytes are 8 bit RGBA."""
    return node.colorModel() == "RGBA" and node.colorDepth() == "U8"


def read_all(app, document) -> QImage:
    """The document as it is shown, ARGB32 of sRGB."""
    width, height = document.width(), document.height()
    if is_plain(document):
        return pixels.from_bytes(document.pixelData(0, 0, width, height), width, height)
    copy = document.clone()
    try:
        copy.setColorSpace("RGBA", "U8", SRGB)
        copy.refreshProjection()
        return pixels.from_bytes(copy.pixelData(0, 0, width, height), width, height)
    finally:
        copy.close()


def selected(document) -> bytes | None:
    """The selection, one byte a pixel, 255 where all is selected; None if there is none."""
    selection = document.selection()
    if selection is None or selection.width() == 0:
        return None
    width, height = document.width(), document.height()
    data = bytes(selection.pixelData(0, 0, width, height))
    return data if len(data) == width * height and any(data) else None


def _converted(app, document, node) -> QImage:
    """A copy of a layer in a document of 8 bit sRGB, which converts it."""
    width, height = document.width(), document.height()
    aside = app.createDocument(width, height, "senga", "RGBA", "U8", SRGB, 72.0)
    try:
        for other in aside.rootNode().childNodes():
            other.remove()
        copy = node.duplicate()
        aside.rootNode().addChildNode(copy, None)
        copy.setVisible(True)
        copy.setOpacity(255)
        copy.setBlendingMode("normal")
        aside.refreshProjection()
        aside.waitForDone()
        return pixels.from_bytes(aside.pixelData(0, 0, width, height), width, height)
    finally:
        aside.close()
