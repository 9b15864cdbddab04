"""A corpus of odd files made in code: what one case is, and what lies around the files.

The files themselves are made by `corpus_pictures`, `corpus_archives`, `corpus_palettes` and `corpus_documents`.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from conftest import ring

READ = "read"
"""It is worked on; without a word, unless the case says which."""

REFUSED = "refused"
"""One line says why, and what to do; exit code 2."""

EITHER = "read or refused"
"""Of damage by chance: nobody can say beforehand which of the two."""

Make = Callable[[Path], object]


@dataclass(frozen=True)
class Odd:
    """One odd file.

    Attributes:
        name: of the file. content: its bytes, or what puts it to its place. command: of `senga`, "FILE" for the file.
        ends: of `READ`, `REFUSED` and `EITHER`. said: a pattern of what stderr says besides, "" for nothing at all
            of what is read. results: how many lines or pages come out of what is read.
        about: what is odd, in words, where the name does not tell.
    """

    name: str
    content: bytes | Make
    command: tuple[str, ...]
    ends: str = READ
    said: str = ""
    results: int = 1
    about: str = ""

    @property
    def title(self) -> str:
        """What tests call it, in ASCII."""
        told = f"{self.command[0]} {self.name}{f' ({self.about})' if self.about else ''}"
        return told.encode("ascii", "backslashreplace").decode()

    def put(self, folder: Path) -> None:
        """Makes the file in a folder."""
        place = folder / self.name
        if isinstance(self.content, bytes):
            place.write_bytes(self.content)
        else:
            self.content(place)


def drawing() -> Image.Image:
    """A small drawing, gray."""
    return Image.fromarray(ring(40, 50, 12))


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file of a format."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes, crc: int | None = None) -> bytes:
    """A chunk of a PNG."""
    own = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", own)


def put_in(content: bytes, at: int, new: bytes) -> bytes:
    """Bytes with others over them, from a place on; negative places count from the end."""
    at = at if at >= 0 else len(content) + at
    return content[:at] + new + content[at + len(new) :]


def damaged(content: bytes, seed: int, bytes_each: int = 4) -> bytes:
    """Bytes, some of them changed by chance, always the same by the same seed."""
    chance = random.Random(seed)
    made = bytearray(content)
    for _ in range(bytes_each):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def cut(content: bytes, parts: int) -> Iterator[bytes]:
    """Beginnings of a file: so many, from its first bytes to nearly all of it."""
    for part in range(1, parts + 1):
        yield content[: max(1, len(content) * part // (parts + 1))]


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes by chance, always the same by the same seed."""
    return random.Random(seed).randbytes(size)


def spoiled(name: str, content: bytes, command: tuple[str, ...], seeds: Iterable[int], cuts: int) -> Iterator[Odd]:
    """A whole file, damaged by chance and cut off: cases that end either way."""
    stem, _, ending = name.rpartition(".")
    for seed in seeds:
        yield Odd(f"{stem}-damaged-{seed}.{ending}", damaged(content, seed), command, EITHER)
    for number, start in enumerate(cut(content, cuts), 1):
        yield Odd(f"{stem}-cut-{number}.{ending}", start, command, EITHER)
