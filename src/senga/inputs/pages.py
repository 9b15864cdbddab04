"""Pictures that lie several in one file: pages of a TIFF, frames of an animated GIF, PNG, WebP or AVIF."""

import io
from typing import IO

from senga import image, storage
from senga.errors import ImageError, SengaError

LIKELY = (".tif", ".tiff", ".gif", ".apng")
"""Endings of files that are fetched beforehand, by URL, to see how many pictures they hold. Others hold several so
rarely that only a notice is given when they are read."""

UNLIKELY = (".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".dib", ".jp2")
"""Endings of members of archives that are not read beforehand."""


def frames_in(stream: IO[bytes], name: str) -> tuple[int, ...]:
    """Which pictures of a file are pages, as `image.frames` has them.

    What surely holds one picture is not given to the image library.

    Raises:
        ImageError: too many.
    """
    head = stream.read(32)
    stream.seek(0)
    if head[:4] == b"\x89PNG":
        several = _is_animated_png(stream)
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        several = head[12:16] == b"VP8X" and bool(head[20] & 2)
    elif head[4:8] == b"ftyp":
        several = b"avis" in head[8:]
    else:
        several = head[:4] in (b"GIF8", *image.TIFFS)
    if not several:
        return (0,)
    stream.seek(0)
    return image.frames(stream, name)


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


def _is_animated_png(stream: IO[bytes]) -> bool:
    """Whether a PNG says so; it does before its first pixels."""
    stream.seek(8)
    while len(head := stream.read(8)) == 8:
        if head[4:] == b"acTL":
            return True
        if head[4:] in (b"IDAT", b"IEND"):
            return False
        stream.seek(int.from_bytes(head[:4], "big") + 4, io.SEEK_CUR)
    return False
