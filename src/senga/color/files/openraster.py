"""OpenRaster documents out: a zip of PNGs and an XML that says how they lie, for Krita, MyPaint, GIMP and others.

Source: openraster.org, baseline specification 0.0.5.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from senga import image, storage
from senga.color.layers import Group, Layer, Layered, rgba
from senga.errors import ImageError
from senga.image import Pixels
from senga.imagefiles.tags import Tags

STAMP = 256
"""Longest side of the thumbnail, px; the specification's."""

BLENDS = {"normal": "svg:src-over", "multiply": "svg:multiply", "screen": "svg:screen"}


def write_ora(path: str | Path, layered: Layered, *, force: bool = False) -> None:
    """Writes an OpenRaster file, whole or not at all.

    The format has no masks: a group's is a layer above its others that keeps of them what it covers.

    Args:
        path: file.
        layered: picture in layers.
        force: overwrite an existing file.

    Raises:
        ImageError: an existing file without `force`, or a place that cannot be written.
    """
    height, width = layered.shape
    root = ElementTree.Element("image", version="0.0.5", w=str(width), h=str(height))
    if layered.tags.dpi:
        for name, value in zip(("xres", "yres"), layered.tags.dpi, strict=True):
            root.set(name, str(round(value)))
    tree = ElementTree.SubElement(root, "stack")
    with (
        storage.writing(Path(path), force=force, error=ImageError) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
    ):
        _store(archive, "mimetype", b"image/openraster")
        for number, (layer, element) in enumerate(_elements(layered.layers, tree)):
            source = f"data/layer{number:03}.png"
            element.set("src", source)
            _store(archive, source, _png(layer.pixels if layer.pixels.size else np.zeros((1, 1, 4), np.uint8)))
        ElementTree.indent(root)
        _store(archive, "stack.xml", ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))
        _store(archive, "mergedimage.png", _png(layered.merged, layered.tags))
        _store(archive, "Thumbnails/thumbnail.png", _png(image.thumbnail(layered.merged, STAMP)))


def _elements(
    layers: tuple[Layer | Group, ...], parent: ElementTree.Element
) -> Iterator[tuple[Layer, ElementTree.Element]]:
    """Adds layers and groups to the tree, the highest first; answers with each layer and its element."""
    for one in reversed(layers):
        kind = "layer" if isinstance(one, Layer) else "stack"
        element = ElementTree.SubElement(parent, kind, name="".join(c for c in one.name if c.isprintable()))
        element.set("opacity", f"{one.opacity:.6g}")
        element.set("visibility", "visible" if one.visible else "hidden")
        if isinstance(one, Layer):
            element.set("composite-op", BLENDS[one.blend])
            element.set("x", str(one.at[0]))
            element.set("y", str(one.at[1]))
            yield one, element
            continue
        element.set("composite-op", BLENDS["normal"])
        element.set("isolation", "isolate")
        if one.mask is not None:
            cover = np.full((*one.mask.shape, 4), 255, np.uint8)
            cover[..., 3] = one.mask
            keep = ElementTree.SubElement(element, "layer", name=f"{one.name}, mask", x="0", y="0")
            keep.set("composite-op", "svg:dst-in")
            yield Layer("", cover), keep
        yield from _elements(one.layers, element)


def _png(pixels: Pixels, tags: Tags = Tags()) -> bytes:
    """PNG of 8-bit RGBA, which every reader takes."""
    return image.encode(rgba(pixels), "PNG", fast=True, tags=tags)


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Adds a file as it is, without a time: the same picture gives the same bytes."""
    archive.writestr(zipfile.ZipInfo(name), content)
