"""An answer in layers, put into a document: a group in one undo step, or new pixels in the layers that are there."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import NamedTuple

from . import places

SRGB = "sRGB-elle-V2-srgbtrc.icc"
"""Krita's own profile of sRGB; answers are of it."""


class Layer(NamedTuple):
    """One layer of an answer, as large as the document.

    Attributes:
        name: "flat", "shade", "light", "color" or "hints". blend: in Krita's words. visible: False is kept hidden.
        data: B, G, R, A of each pixel.
    """

    name: str
    blend: str
    visible: bool
    data: bytes


def is_plain(document) -> bool:
    """Whether a document is of 8 bit sRGB: its layers are read and written as they are."""
    return document.colorModel() == "RGBA" and document.colorDepth() == "U8" and is_srgb(document.colorProfile())


def is_srgb(profile: str) -> bool:
    """Whether a profile is sRGB with its own tone curve, by its name."""
    name = profile.lower()
    return "srgb" in name and not any(word in name for word in ("linear", "g10", "scrgb"))


def multiplies_alike(document) -> bool:
    """Whether a document multiplies and screens as 8 bit sRGB does: shade and light can stay layers of their own."""
    return (
        document.colorModel() == "RGBA" and document.colorDepth() in ("U8", "U16") and is_srgb(document.colorProfile())
    )


def put(app, document, layers: list[Layer], lines, opaque: bool) -> None:
    """Puts an answer into a document, in place of the last one. The line layer is not touched.

    The first time it is one undo step. An answer before it makes two: the new group comes, the old one goes;
    `undo.Together` takes them back as one.
    """
    old = places.answer_of(document)
    if old is None:
        parent, above, multiplied = places.place_for(lines, opaque)
        group = _built(app, document, layers, "multiply" if multiplied else "normal", None)
        parent.addChildNode(group, above)
    else:
        group = _built(app, document, layers, old.blendingMode(), old)
        old.parentNode().addChildNode(group, old)
        old.remove()
    places.write_state(document, group=places.id_of(group))


def repaint(app, document, group, layers: list[Layer], marks: dict[str, str]) -> list[str]:
    """New pixels in the layers of an answer, without an undo step; the names of those that changed.

    Args:
        group: the answer. layers: the new one's. marks: digests of what is in its layers, see `marks_of`; changed.
    """
    nodes = {node.name(): node for node in group.childNodes()}
    changed = []
    for layer in layers:
        node, data = nodes.get(layer.name), _native(app, document, layer.data)
        digest = mark_of(data)
        if node is None or marks.get(layer.name) == digest:
            continue
        node.setPixelData(data, 0, 0, document.width(), document.height())
        marks[layer.name] = digest
        changed.append(layer.name)
    if changed:
        document.refreshProjection()
    return changed


def _native(app, document, data: bytes) -> bytes:
    """8 bit sRGB bytes as a document's layers hold them."""
    if is_plain(document):
        return data
    with _aside(app, document) as aside:
        node = aside.createNode("native", "paintlayer")
        aside.rootNode().addChildNode(node, None)
        _fill(aside, node, data)
        return bytes(node.pixelData(0, 0, document.width(), document.height()))


def mark_of(data) -> str:
    """A digest of a layer's bytes."""
    return hashlib.sha1(bytes(data)).hexdigest()


def marks_of(document, group, names=None) -> dict[str, str]:
    """Digests of what is in an answer's layers, by their names; of all, or of those of these names."""
    box = (0, 0, document.width(), document.height())
    nodes = [n for n in group.childNodes() if n.type() == "paintlayer" and (names is None or n.name() in names)]
    return {n.name(): mark_of(n.pixelData(*box)) for n in nodes}


def read_layers(document, group) -> dict[str, bytes]:
    """The bytes of an answer's layers by their names."""
    box = (0, 0, document.width(), document.height())
    return {n.name(): bytes(n.pixelData(*box)) for n in group.childNodes() if n.type() == "paintlayer"}


def put_layer(document, name: str, data: bytes, above) -> object:
    """A new layer of 8 bit sRGB bytes above another, in one undo step."""
    node = document.createNode(name, "paintlayer")
    _fill(document, node, data)
    above.parentNode().addChildNode(node, above)
    return node


def put_hint_layer(document, name: str, above) -> object:
    """A new empty layer above another, to paint hints on, in one undo step."""
    node = document.createNode(name, "paintlayer")
    above.parentNode().addChildNode(node, above)
    return node


@contextmanager
def _aside(app, document):
    """A document like another one, that nobody sees; its undo steps go with it."""
    aside = app.createDocument(
        document.width(), document.height(), places.NAME,
        document.colorModel(), document.colorDepth(), document.colorProfile(), 72.0,
    )  # fmt: skip
    try:
        yield aside
    finally:
        aside.waitForDone()  # its image may still be at work on what was put in
        aside.close()


def _built(app, document, layers: list[Layer], blend: str, like) -> object:
    """A group of layers that no document has yet."""
    with _aside(app, document) as aside:
        group = aside.createGroupLayer(places.NAME)
        aside.rootNode().addChildNode(group, None)
        group.setBlendingMode(blend)
        before = {node.name(): node for node in like.childNodes()} if like is not None else {}
        for layer in layers:
            node = aside.createNode(layer.name, "paintlayer")
            group.addChildNode(node, None)
            _fill(aside, node, layer.data)
            node.setBlendingMode(layer.blend)
            # What a person set on the last answer's layers stays.
            known = before.get(layer.name)
            node.setVisible(layer.visible if known is None else known.visible())
            if known is not None:
                node.setOpacity(known.opacity())
        if like is not None:
            group.setOpacity(like.opacity())
        return group.duplicate()


def _fill(document, node, data: bytes) -> None:
    """Lays 8 bit sRGB bytes into a layer of any color model."""
    width, height = document.width(), document.height()
    if is_plain(document):
        node.setPixelData(data, 0, 0, width, height)
        return
    node.setColorSpace("RGBA", "U8", SRGB)
    node.setPixelData(data, 0, 0, width, height)
    node.setColorSpace(document.colorModel(), document.colorDepth(), document.colorProfile())
