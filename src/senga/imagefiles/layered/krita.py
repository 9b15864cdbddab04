"""Krita documents (.kra, .krz) in: a zip of an XML that names the layers, their tiles, and a merged picture.

Source: what Krita 2 to 5 write.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from senga.imagefiles.layered.kritatiles import SPACES, Space, read_tiles, to_raster
from senga.imagefiles.layered.parts import Parts, share, whole
from senga.imagefiles.layered.tree import (
    DEPTH,
    LAYERS,
    Document,
    Mask,
    Node,
    Pixels,
    Png,
    Raster,
    Unpack,
    UnreadDocumentError,
)
from senga.imagefiles.tags import bounded_dpi

MERGED, DOCUMENT = "mergedimage.png", "maindoc.xml"

NAMESPACE = "{http://www.calligra.org/DTD/krita}"

OTHERS = {
    "shapelayer": "vector layers",
    "adjustmentlayer": "filter layers",
    "generatorlayer": "fill layers",
    "clonelayer": "clone layers",
    "filelayer": "file layers",
    "colorizemask": "colorize masks",
}
"""Layers of which the file holds no pixels."""

BLENDS = {
    "hard_light": "hard light",
    "soft_light": "soft light",
    "soft_light_svg": "soft light",
    "linear_burn": "linear burn",
    "linear_dodge": "add",
    "diff": "difference",
}
"""Blends that are not called as we call them."""

PROFILE = 4 << 20
"""Largest profile of a layer, bytes."""


def open_kra(content: bytes) -> Document:
    """The document of a file's content.

    Raises:
        UnreadDocumentError: broken.
    """
    parts = Parts(content)
    root = parts.xml(DOCUMENT)
    picture = next((e for e in root.iter() if _tag(e) == "image"), None)
    shape = (0, 0) if picture is None else (whole(picture.get("height")), whole(picture.get("width")))
    if picture is None or min(shape) < 1:
        raise UnreadDocumentError(f"a broken document ({DOCUMENT} says no size); save it again")
    if sum(1 for _ in root.iter()) > 8 * LAYERS:
        raise UnreadDocumentError(f"more than {LAYERS:,} layers; merge some")
    merged = (lambda: Png(parts.read(MERGED))) if MERGED in parts else None
    reader = _Reader(parts, f"{picture.get('name', '')}/layers/", shape, picture.get("colorspacename", "RGBA"))
    dpi = bounded_dpi((picture.get("x-res"), picture.get("y-res")))
    return Document("Krita document", shape, reader.nodes(picture, 0), merged, None, dpi)


@dataclass(frozen=True)
class _Reader:
    """One file.

    Attributes:
        folder: that its layers lie in. space: Krita's name of its color space.
    """

    parts: Parts
    folder: str
    shape: tuple[int, int]
    space: str

    def nodes(self, parent: Element, depth: int) -> tuple[Node, ...]:
        """The nodes of a group, the lowest first."""
        if depth > DEPTH:
            raise UnreadDocumentError(f"more than {DEPTH} groups within each other; merge some")
        listed = [e for group in parent if _tag(group) == "layers" for e in group if _tag(e) == "layer"]
        return tuple(self._node(element, depth) for element in reversed(listed))

    def _node(self, element: Element, depth: int) -> Node:
        kind = element.get("nodetype", "paintlayer")
        unread, unpack = OTHERS.get(kind, ""), None
        if kind == "paintlayer":
            space = SPACES.get(name := element.get("colorspacename", self.space))
            unread = "" if space and name != "ALPHA" else f"layers in Krita's color space {name}"
            unpack = None if unread or space is None else self._unpack(element, space)
        elif kind != "grouplayer" and not unread:
            unread = f"layers of the kind {kind}"
        blend = element.get("compositeop", "normal")
        flags = element.get("channelflags", "")
        return Node(
            element.get("name", ""),
            unpack=unpack,
            size=self.shape if unpack else None,
            children=self.nodes(element, depth + 1) if kind == "grouplayer" else None,
            visible=element.get("visible", "1") != "0",
            opacity=share(element.get("opacity"), 255),
            blend=BLENDS.get(blend, blend),
            masks=self._masks(element),
            within=bool(flags) and flags.endswith("0") and "1" in flags,
            through=element.get("passthrough", "0") == "1",
            unread=unread,
        )

    def _unpack(self, element: Element, space: Space) -> Unpack:
        part = self.folder + element.get("filename", "")
        at = (whole(element.get("x")), whole(element.get("y")))

        def unpack() -> Raster:
            default = self._beside(f"{part}.defaultpixel", space.size)
            profile = self._beside(f"{part}.icc", PROFILE)
            return to_raster(self._samples(part, at, space, default), space, profile)

        return unpack

    def _masks(self, element: Element) -> tuple[Mask, ...]:
        """What is painted in a layer's transparency masks."""
        found = []
        for mask in (e for group in element if _tag(group) == "masks" for e in group):
            if mask.get("nodetype") != "transparencymask" or mask.get("visible", "1") == "0":
                continue
            part = f"{self.folder}{mask.get('filename', '')}.pixelselection"
            if part in self.parts:
                at = (whole(mask.get("x")), whole(mask.get("y")))
                found.append(Mask(lambda part=part, at=at: self._mask(part, at)))  # type: ignore[misc]
        return tuple(found)

    def _mask(self, part: str, at: tuple[int, int]) -> Pixels:
        space = SPACES["ALPHA"]
        plane: Pixels = self._samples(part, at, space, self._beside(f"{part}.defaultpixel", 1))[..., 0]
        return plane

    def _samples(self, part: str, at: tuple[int, int], space: Space, default: bytes) -> Pixels:
        try:
            with self.parts.opened(part) as stream:
                return read_tiles(stream, self.shape, at, space, default)
        except (ValueError, IndexError) as error:
            raise UnreadDocumentError(f"a broken document ({part[-40:]}: {error}); save it again") from error

    def _beside(self, name: str, most: int) -> bytes:
        """A small part; b"" if there is none."""
        return self.parts.read(name, most) if name in self.parts else b""


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()
