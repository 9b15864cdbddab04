"""Documents opened by their first bytes, and read: the visible picture, or a layer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from senga.imagefiles.layered import find
from senga.imagefiles.layered.compose import Composer
from senga.imagefiles.layered.krita import open_kra
from senga.imagefiles.layered.openraster import open_ora
from senga.imagefiles.layered.parts import table_of
from senga.imagefiles.layered.psd import open_psd, size_of
from senga.imagefiles.layered.tree import Convert, Document, Found, Pixels, UnreadDocumentError, every

_KINDS: tuple[tuple[bytes, Callable[[bytes], Document]], ...] = (
    (rb"8BPS\0[\x01\x02]", open_psd),
    (rb"PK\x03\x04.{26}mimetypeimage/openraster", open_ora),
    (rb"PK\x03\x04.{26}mimetypeapplication/x-kr", open_kra),
)
"""First bytes of documents, as patterns, and what opens them."""

_PARTS = ((b"stack.xml", open_ora), (b"maindoc.xml", open_kra))
"""Parts by which a zip is known that was packed again by hand, and what opens it."""


def opener_of(content: bytes) -> Callable[[bytes], Document] | None:
    """What opens a file's content; None: it is no document that is read."""
    for first, opens in _KINDS:
        if re.match(first, content[:80], re.DOTALL):
            return opens
    if content.startswith(b"PK\x03\x04"):
        table = table_of(content)
        return next((opens for part, opens in _PARTS if part in table and b"mergedimage.png" in table), None)
    return None


@dataclass
class Reading:
    """A document that is being read.

    Attributes:
        convert: makes sRGB of its pixels. most: largest picture allowed, px.
        notes: what a person should know of how it was read.
    """

    document: Document
    convert: Convert
    most: int
    notes: list[str] = field(default_factory=list)

    @staticmethod
    def opened(content: bytes, convert: Convert, most: int) -> "Reading":
        """A file's content.

        Raises:
            UnreadDocumentError: broken, too large, or no document that is read.
        """
        opens = opener_of(content)
        if opens is None:
            raise UnreadDocumentError("no document with layers")
        if opens is open_psd:
            _check_size(size_of(content), most)  # before anything is unpacked
        document = opens(content)
        _check_size(document.shape, most)
        return Reading(document, convert, most)

    def visible(self) -> Pixels:
        """What the document shows, (H, W, 4) uint8.

        Raises:
            UnreadDocumentError: it cannot be read.
        """
        document, merged = self.document, None
        if document.merged is not None and document.real is not False:
            merged = self.convert(document.merged())
            if merged.shape[:2] != document.shape:
                raise UnreadDocumentError("a merged picture of another size than the document; save it again")
            if not document.layers or document.real or not _is_blank(merged):
                return merged
        if not document.layers:
            if document.merged is None:
                raise UnreadDocumentError("holds neither layers nor a merged picture; save it again")
            return self.convert(document.merged())
        composer = self._composer()
        shown = composer.compose(document.layers)
        if merged is not None and _is_blank(shown):
            return merged
        self.notes.append("holds no merged picture: its visible layers are put together here")
        self._tell_left_out(composer)
        return shown

    def named(self, name: str) -> Pixels:
        """The layer or group of a name, by itself, (H, W, 4) uint8.

        Raises:
            UnreadDocumentError: there is none, or several; it cannot be read, or nothing is in it.
        """
        found = find.by_name(self.document, name)
        pixels = self._alone(found)
        if not pixels[..., 3].any():
            raise UnreadDocumentError(f"its layer '{found.told}' is empty; choose another one")
        return pixels

    def lines(self) -> Pixels:
        """The line art as far as its layers tell it: the one that is named so, or else what the document shows.

        Raises:
            UnreadDocumentError: it cannot be read.
        """
        found = find.line_art(self.document)
        if len(found) > 1:
            several = ", ".join(f"'{one.told}'" for one in found[: find.NAMED])
            self.notes.append(
                f"{len(found)} layers are named like line art ({several}); the visible picture is taken, --line-layer "
                "chooses one"
            )
        if len(found) == 1 and len(list(every(self.document.layers))) > 1:
            pixels = self._alone(found[0])
            if pixels[..., 3].any():
                hidden = "" if found[0].shown else ", which is hidden"
                self.notes.append(f"the line art is its layer '{found[0].told}'{hidden}; --line-layer chooses another")
                return pixels
            self.notes.append(f"its layer '{found[0].told}' is empty; the visible picture is taken")
        return self.visible()

    def taken(self) -> str | None:
        """The path of the layer that `lines` takes; None where it takes what the document shows."""
        found = find.line_art(self.document)
        if len(found) != 1 or len(list(every(self.document.layers))) < 2 or not self._alone(found[0])[..., 3].any():
            return None
        return found[0].told

    def hints(self) -> Pixels | None:
        """The layer that senga's own files keep hints in, (H, W, 4) uint8; None if there is none, or nothing in it.

        Raises:
            UnreadDocumentError: it cannot be read.
        """
        found = find.hints_of(self.document)
        if found is None:
            return None
        pixels = self._alone(found)
        if not pixels[..., 3].any():
            return None
        self.notes.append(f"hints are taken from its layer '{found.told}'")
        return pixels

    def _alone(self, found: Found) -> Pixels:
        if found.node.unread:
            raise UnreadDocumentError(
                f"'{found.told}' is one of its {found.node.unread}, which hold no pixels that senga reads; make it a "
                "paint layer"
            )
        composer = self._composer()
        pixels = composer.alone(found.node)
        self._tell_left_out(composer)
        return pixels

    def _composer(self) -> Composer:
        return Composer(self.document.shape, self.convert, self.most)

    def _tell_left_out(self, composer: Composer) -> None:
        if composer.left_out:
            self.notes.append(f"left out: {', '.join(composer.left_out)}; save it with its merged picture to have them")


def _check_size(shape: tuple[int, int], most: int) -> None:
    if shape[0] * shape[1] > most:
        raise UnreadDocumentError(
            f"too large: {shape[1]}x{shape[0]} px, more than {most / 10**6:g} megapixels; make it smaller"
        )


def _is_blank(pixels: Pixels) -> bool:
    """Whether all of a picture is one color, or transparent."""
    return not pixels[..., 3].any() or bool((pixels == pixels[0, 0]).all())
