"""Pictures that lie several in one file: pages of a TIFF, frames of an animated GIF, PNG, WebP or AVIF."""

import io
from typing import IO

from senga import image, storage
from senga.errors import ImageError, SengaError
from senga.imagefiles.tiff import is_tiff

LIKELY = (".tif", ".tiff", ".gif", ".apng")
"""Endings of files that are fetched beforehand, by URL, to see how many pictures they hold. Others hold several so
rarely that only a notice is given when they are read."""

HEAD = 4096
"""Bytes of a member of an archive by which is seen whether all of it is read beforehand. Ours."""


def frames_in(stream: IO[bytes], name: str) -> tuple[int, ...]:
    """Which pictures of a file are pages, as `image.frames` has them.

    What surely holds one picture is not given to the image library.

    Raises:
        ImageError: too many.
    """
    if not may_hold_several(stream):
        return (0,)
    stream.seek(0)
    return image.frames(stream, name)


def may_hold_several(stream: IO[bytes]) -> bool:
    """Whether a file, or the beginning of one, is of a kind that may hold several pictures, and does not deny it."""
    head = stream.read(32)
    if head[:4] == b"\x89PNG":
        return _may_be_animated_png(stream)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return head[12:16] == b"VP8X" and bool(head[20] & 2)
    if head[4:8] == b"ftyp":
        return b"avis" in head[8:]
    return head[:4] == b"GIF8" or is_tiff(head)


def frames_or_one(file: str, content: bytes | None = None) -> tuple[int, ...] | str:
    """As `frames_in`, of a file or its content; of one that cannot be read (0,): its defect is told later.

    Returns:
        The pages, or the reason why there are too many of them.
    """
    if content is None and storage.is_remote(file) and storage.ending(file) not in LIKELY:
        return (0,)
    try:
        with storage.opened(file) if content is None else io.BytesIO(content) as stream:
            return frames_in(stream, file)
    except ImageError as error:
        return str(error).removeprefix(f"{file}: ")
    except (SengaError, OSError, ValueError):
        return (0,)


def _may_be_animated_png(stream: IO[bytes]) -> bool:
    """Whether a PNG says so, which it does before its first pixels; or does not come so far."""
    stream.seek(8)
    while len(head := stream.read(8)) == 8:
        if head[4:] in (b"acTL", b"IDAT", b"IEND"):
            return head[4:] == b"acTL"
        stream.seek(int.from_bytes(head[:4], "big") + 4, io.SEEK_CUR)
    return True
