"""Parts of documents that are ZIP inside: of bounded size, and XML without entities."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from senga.imagefiles.layered.tree import UnreadDocumentError

XML = 16 << 20
"""Largest XML that is read, bytes. Ours: a layer takes some hundred."""

PICTURE = 1 << 30
"""Largest picture that is read, bytes, packed as PNG."""

TABLE = 8 << 20
"""Largest table of contents, bytes: some 100,000 parts. Ours; opened, it takes ten times as much."""

BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, KeyError)
"""What the reader of ZIP raises on broken, encrypted and oddly packed data."""


class Parts:
    """The parts of a document by name."""

    def __init__(self, content: bytes) -> None:
        """Of a file's content.

        Raises:
            UnreadDocumentError: broken.
        """
        if b"PK\5\6" not in content:
            raise UnreadDocumentError("a document that is cut off; copy or download it again")
        if not table_of(content):
            raise UnreadDocumentError("a broken document, or one of far too many parts; save it again")
        with _told("the document"):
            self._pack = zipfile.ZipFile(io.BytesIO(content))
        self._sizes = {entry.filename: entry.file_size for entry in self._pack.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self._sizes

    def read(self, name: str, most: int = PICTURE) -> bytes:
        """A part.

        Raises:
            UnreadDocumentError: missing, broken or over `most` bytes.
        """
        if name not in self:
            raise UnreadDocumentError(f"a broken document: its part {name[:80]} is missing; save it again")
        if self._sizes[name] > most:
            raise UnreadDocumentError(f"its part {name[:80]} is larger than {most >> 20} MB; save it again")
        with _told(name):
            return self._pack.read(name)

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """A part to be read piece by piece. Raises as `read`."""
        if name not in self:
            raise UnreadDocumentError(f"a broken document: its part {name[:80]} is missing; save it again")
        with _told(name), self._pack.open(name) as stream:
            yield stream

    def xml(self, name: str) -> ElementTree.Element:
        """A part's root element. Raises as `read`; also what defines entities, which can grow without end."""
        text = self.read(name, XML)
        checker = expat.ParserCreate()
        checker.EntityDeclHandler = _refuse
        try:
            checker.Parse(text, True)
            return ElementTree.fromstring(text)
        except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
            raise UnreadDocumentError(f"a broken document ({name}: {error}); save it again") from error


def table_of(content: bytes) -> bytes:
    """A zip's table of contents, which names its parts; b"" where there is none, or one over `TABLE`."""
    at = content.rfind(b"PK\5\6")
    if at < 0 or len(content) < at + 22:
        return b""
    size, place = struct.unpack_from("<II", content, at + 12)
    return content[place : place + size] if size <= TABLE else b""


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of an attribute; what is none is the default."""
    try:
        value = int(float(text or default))
    except (ValueError, OverflowError):
        return default
    return value if abs(value) < 1 << 30 else default


def share(text: str | None, most: float = 1.0) -> float:
    """A share of 0 to `most`, as 0 to 1; what is none is 1."""
    try:
        value = float(text or most) / most
    except ValueError:
        return 1.0
    return min(1.0, max(0.0, value)) if value == value else 1.0


def _refuse(*_: object) -> None:
    raise UnreadDocumentError("its XML has definitions of its own, which no drawing needs; save it again")


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise UnreadDocumentError(f"a broken document ({name[:80]}: {reason}); save it again") from error
