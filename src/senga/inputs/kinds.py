"""What a file is by its first bytes: endings are what people called it."""

import tarfile
import zipfile
from typing import IO

from senga import storage
from senga.inputs import pdf

ZIP, TAR, PDF = "ZIP", "tar", "PDF"

HEAD = 1024
"""Bytes from a file's beginning by which it is known; a PDF may have as many before its own."""

_FIRST = (
    *((b"PK\x03\x04", ZIP), (b"PK\x05\x06", ZIP), (b"PK\x07\x08", ZIP)),
    *((b"Rar!", "RAR"), (b"RE~^", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z")),
    *((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF")),
    *((b"8BPS", "PSD"), (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"MSCF", "CAB"), (b"xar!", "XAR")),
)

FOREIGN = ("RAR", "7z", "ACE", "LHA", "Zstandard", "CAB", "XAR")
"""Kinds of archives that are known and not read."""

OWN_ENDINGS = {ZIP: (".zip", ".cbz", ".epub"), TAR: (".tar", ".cbt", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz")}
OWN_ENDINGS |= {PDF: (pdf.ENDING,), "RAR": (".rar", ".cbr"), "7z": (".7z", ".cb7"), "ACE": (".ace", ".cba")}
"""Endings that tell a kind truly."""

_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
"""First bytes of gzip, bzip2 and xz, in which a tar may lie."""


def kind_of(file: str) -> str:
    """The kind of a file: `ZIP`, `TAR`, `PDF`, one of `FOREIGN`, another word for what it is; "" if unknown.

    Raises:
        SengaError, OSError: it cannot be read.
    """
    with storage.opened(file) as stream:
        head = stream.read(HEAD)
        return _by_head(head) or _by_search(stream)


def _by_head(head: bytes) -> str:
    if not head:
        return "empty file"
    for first, kind in _FIRST:
        if head.startswith(first):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return "AVIF" if b"avi" in head[8:32] else "HEIC" if b"hei" in head[8:32] else "MP4"
    if head[7:14] == b"**ACE**":
        return "ACE"
    if head[2:5] == b"-lh":
        return "LHA"
    if head[257:262] == b"ustar":
        return TAR
    if b"%PDF-" in head:
        return PDF
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    return "web page" if text.startswith((b"<!doctype html", b"<html")) else ""


def _by_search(stream: IO[bytes]) -> str:
    """By what lies behind the first bytes: programs that unpack themselves, packed and old tars."""
    stream.seek(0)
    if zipfile.is_zipfile(stream):
        return ZIP
    stream.seek(0)
    if not stream.read(6).startswith(_PACKED) and not _old_tar(stream):
        return ""
    stream.seek(0)
    try:
        with tarfile.open(fileobj=stream) as pack:
            return TAR if pack.next() is not None else ""
    except Exception:  # the reader raises errors of many kinds on what is no tar
        return ""


def _old_tar(stream: IO[bytes]) -> bool:
    """Whether a file begins with the header of a tar from before they said so: its numbers add up."""
    stream.seek(0)
    try:
        tarfile.TarInfo.frombuf(stream.read(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
