"""OpenRaster documents (.ora) in: a zip of PNGs and an XML that says how they lie.

Source: openraster.org, baseline specification 0.0.5, and what MyPaint, Krita, GIMP and senga itself write.
"""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from senga.imagefiles import png
from senga.imagefiles.layered.parts import Parts, share, whole
from senga.imagefiles.layered.tree import DEPTH, LAYERS, Document, Node, Png, UnreadDocumentError
from senga.imagefiles.tags import bounded_dpi

MERGED, STACK = "mergedimage.png", "stack.xml"

BLENDS = {
    "svg:src-over": "normal",
    "svg:plus": "add",
    "svg:color-dodge": "dodge",
    "svg:color-burn": "burn",
    "svg:dst-in": "keep",
    "svg:dst-out": "erase",
}
"""Operators that are not called as we call them."""

ATOP = "svg:src-atop"
"""Shows only where its group has something so far."""


def open_ora(content: bytes) -> Document:
    """The document of a file's content.

    Raises:
        UnreadDocumentError: broken.
    """
    parts = Parts(content)
    root = parts.xml(STACK)
    shape = (whole(root.get("h")), whole(root.get("w")))
    if min(shape) < 1:
        raise UnreadDocumentError(f"a broken document ({STACK} says no size); save it again")
    merged = (lambda: Png(parts.read(MERGED))) if MERGED in parts else None
    profile = png.profile(parts.read(MERGED)) if MERGED in parts else b""
    top = root.find("stack")
    count = sum(1 for _ in root.iter())
    if count > LAYERS:
        raise UnreadDocumentError(f"more than {LAYERS:,} layers; merge some")
    layers = () if top is None else _nodes(top, parts, profile, 0)
    dpi = bounded_dpi((root.get("xres"), root.get("yres"))) if root.get("xres") else None
    return Document("OpenRaster document", shape, layers, merged, None, dpi)


def _nodes(stack: Element, parts: Parts, profile: bytes, depth: int) -> tuple[Node, ...]:
    """The nodes of a stack, the lowest first."""
    if depth > DEPTH:
        raise UnreadDocumentError(f"more than {DEPTH} groups within each other; merge some")
    found = []
    for element in reversed(stack):
        operator = element.get("composite-op", "svg:src-over")
        blend = "normal" if operator == ATOP else BLENDS.get(operator, operator.removeprefix("svg:").replace("-", " "))
        opacity, visible = share(element.get("opacity")), element.get("visibility", "visible") != "hidden"
        name = element.get("name", "")
        if element.tag == "stack":
            plain = blend == "normal" and opacity == 1
            found.append(
                Node(
                    name,
                    children=_nodes(element, parts, profile, depth + 1),
                    visible=visible,
                    opacity=opacity,
                    blend=blend,
                    through=plain and element.get("isolation") == "auto",
                )
            )
        elif element.tag == "layer":
            source = element.get("src", "")
            readable = source.lower().endswith(".png")
            found.append(
                Node(
                    name,
                    unpack=_unpack(parts, source, profile) if readable else None,
                    at=(whole(element.get("x")), whole(element.get("y"))),
                    visible=visible,
                    opacity=opacity,
                    blend=blend,
                    within=operator == ATOP,
                    unread="" if readable else "layers that are no PNG",
                )
            )
    return tuple(found)


def _unpack(parts: Parts, source: str, profile: bytes) -> Callable[[], Png]:
    return lambda: Png(parts.read(source), profile)
