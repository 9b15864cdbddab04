"""Names of the files in archives as text: what programs wrote there is not always what the format asks for."""

import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO

from senga.inputs.charsets import is_utf_8, read_names

UTF_8 = 0x800
"""Flag of a ZIP's entry: its name is UTF-8."""

UNICODE_PATH = 0x7075
"""A ZIP's extra field that holds the name in UTF-8, and a check of the name that it stands for."""


def zip_names(pack: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    r"""The files of a ZIP by their names, in its order; of one name the second is called "name (2)".

    Names without the flag of UTF-8 are guessed, all together. "\" parts folders where no name has "/".
    """
    entries = [one for one in pack.infolist() if not one.is_dir()]
    said = {at: one.filename for at, one in enumerate(entries) if one.flag_bits & UTF_8}
    for at, one in enumerate(entries):
        if at not in said and (better := _unicode_path(one)):
            said[at] = better
    unsaid = [at for at in range(len(entries)) if at not in said]
    # The reader takes every byte for the character of code page 437 that has its number, and nothing is lost by that.
    guessed = read_names([entries[at].orig_filename.split("\0")[0].encode("cp437") for at in unsaid])
    said.update(zip(unsaid, guessed, strict=True))
    names = [said[at] for at in range(len(entries))]
    if not any("/" in name for name in names):
        names = [name.replace("\\", "/") for name in names]
    named = [(name, one) for name, one in zip(names, entries, strict=True) if not name.endswith("/")]
    return dict(zip(_each_once(name for name, _ in named), (one for _, one in named), strict=True))


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """A ZIP, to be read; where names are said to be UTF-8 and are not, that is not believed."""
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError:
        file.seek(0)
        content = bytearray(file.read())
    # Every header begins with its mark; what pixels make by chance is hardly ever one with a name and that flag.
    for mark, flags, length, size in ((b"PK\3\4", 6, 26, 30), (b"PK\1\2", 8, 28, 46)):
        at = content.find(mark)
        while 0 <= at <= len(content) - size:
            (named,) = struct.unpack_from("<H", content, at + length)
            if content[at + flags + 1] & 8 and not is_utf_8(bytes(content[at + size : at + size + named])):
                content[at + flags + 1] &= ~8 & 0xFF
            at = content.find(mark, at + size)
    return zipfile.ZipFile(io.BytesIO(content))


def read_zipped(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Content of a file in a ZIP, whatever name its own header has: the directory's is the one that counts."""
    file = pack.fp
    if file is not None:
        file.seek(entry.header_offset)
        head = file.read(30)
        if len(head) == 30:
            flags, length = struct.unpack("<6xH18xH2x", head)
            entry.orig_filename = file.read(length).decode("utf-8" if flags & UTF_8 else "cp437")
    return pack.read(entry)


def tar_names(pack: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """The files of a tar, opened as UTF-8 with surrogate escapes, by their names; as `zip_names`."""
    entries = [one for one in pack if one.isfile()]
    raw = [one.name.encode("utf-8", "surrogateescape") for one in entries]
    return dict(zip(_each_once(read_names(raw)), entries, strict=True))


def leads_out(name: str) -> bool:
    """Whether a member's name means a place outside its archive's folder on any system.

    >>> leads_out("Re:Zero 01.png"), leads_out("C:/Windows/a.png"), leads_out("../a.png")
    (False, True, True)
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or ".." in parts or parts[0].startswith("/") or _is_drive(parts[0]) or "\0" in name


class KeptName(zipfile.ZipInfo):
    """A ZIP's entry whose name keeps bytes that are not UTF-8 (surrogate escapes in it) as they are."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - what `zipfile` asks an entry for its name
        try:
            self.filename.encode("utf-8")
        except UnicodeEncodeError:
            return as_bytes(self.filename), self.flag_bits & ~UTF_8
        return super()._encodeFilenameFlags()  # type: ignore[misc, no-any-return]


def as_bytes(name: str) -> bytes:
    """A name in UTF-8, its escaped bytes as they were; half of a surrogate pair, as Windows allows it, is a "?"."""
    return re.sub(r"[\ud800-\udc7f\udd00-\udfff]", "?", name).encode("utf-8", "surrogateescape")


def _is_drive(part: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]:", part))


def _each_once(names: Iterable[str]) -> list[str]:
    """Names, each of them once: what a later file's name was before is said by a number."""
    every = list(names)
    taken, found = set(every), set[str]()
    answer = []
    for name in every:
        once, number = name, 2
        while once in found or (once != name and once in taken):
            path = PurePosixPath(name)
            once, number = str(path.with_name(f"{path.stem} ({number}){path.suffix}")), number + 1
        found.add(once)
        answer.append(once)
    return answer


def _unicode_path(entry: zipfile.ZipInfo) -> str:
    """The name that an entry's extra field gives; "" for none, or one that stands for another name."""
    rest = entry.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        field, rest = rest[4 : 4 + size], rest[4 + size :]
        if kind == UNICODE_PATH and len(field) > 5 and field[0] == 1:
            stands_for = zlib.crc32(entry.orig_filename.encode("cp437", "replace"))
            if struct.unpack("<I", field[1:5])[0] == stands_for:
                return field[5:].decode("utf-8", "replace").split("\0")[0]
    return ""
