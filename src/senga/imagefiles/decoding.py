"""Files of one picture or several, decoded by the image library; what it refuses for a trifle is mended first.

Every defect of a file is one `ImageError` that names the file and the reason.
"""

import io
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import IO, Any

import numpy as np
from PIL import Image, UnidentifiedImageError, features

from senga.errors import ImageError
from senga.imagefiles import jpeg, png, tiff, truncation
from senga.imagefiles.kinds import kind_of
from senga.imagefiles.profiles import ORIENTATION, TURNED
from senga.imagefiles.quiet import quiet
from senga.imagefiles.samples import join_samples
from senga.storage import shown

log = logging.getLogger("senga.image")


class TooLargeError(ImageError):
    """A picture of more pixels than are read, whatever else is wrong with it."""


_LATER = {"AVIF": "avif", "JPEG2000": "jpg_2000"}


READS = (
    *("PNG", "JPEG", "WEBP", "TIFF", "BMP", "DIB", "GIF"),
    *(kind for kind, feature in _LATER.items() if features.check(feature)),
)
"""File formats that are read; AVIF and JPEG 2000 where the image library was built with them."""


SEVERAL = ("TIFF", "GIF", "PNG", "WEBP", "AVIF")
"""Formats of which one file can hold several pictures. A JPEG's further pictures are views for a camera's own use."""


MOST_FRAMES = 10_000
"""Most pictures of one file. Ours: a few bytes a frame can claim millions."""


MAX_PIXELS = 160_000_000
"""Largest picture that is opened, px: over four A4 pages at 600 dpi. A few bytes can claim more than memory holds."""


SLIM, LENGTH = 256, 4096
"""Pictures more than so many times as long as they are wide are refused, if they are longer than so many px: no strip
of panels is like that, and what is done for each row of them takes minutes. Ours."""


BITS, PLANAR = 258, 284
"""TIFF tags: BitsPerSample, PlanarConfiguration."""


LEAD = 1024
"""A picture's first bytes are looked for among so many: bad transfers put line ends and headers before them. Ours."""


def frames(file: IO[bytes], name: str) -> tuple[int, ...]:
    """Which pictures of a file a person takes for its pages or frames, by their places in it; (0,) of most files.

    Left out are what is no page: previews and masks of a TIFF, the still picture that an animated PNG has for
    programs that play none. A file that cannot be read has one, whose defect is told when it is read.

    Args:
        file: open file. name: used in errors.

    Raises:
        ImageError: more than `MOST_FRAMES`.
    """
    if tiff.is_tiff(file.read(4)):
        return _pages(file, shown(name))
    file.seek(0)
    with quiet():
        try:
            return _frames(Image.open(file, formats=READS), shown(name))
        except ImageError:
            raise
        except Exception:  # readers raise errors of many kinds on broken data
            return _frames_mended(file, shown(name))


def _frames_mended(file: IO[bytes], name: str) -> tuple[int, ...]:
    """As `frames`, of a file that could not be opened: an animated PNG with something odd beside its frames."""
    try:
        file.seek(0)
        if file.read(len(png.SIGNATURE)) != png.SIGNATURE:
            return (0,)
        again = png.mended(png.SIGNATURE + file.read())
        return _frames(Image.open(io.BytesIO(again), formats=READS), name)
    except ImageError:
        raise
    except Exception:  # as above
        return (0,)


def _frames(image: Image.Image, name: str) -> tuple[int, ...]:
    """As `frames`, of an opened file that is no TIFF."""
    if image.format not in SEVERAL:
        return (0,)
    count = getattr(image, "n_frames", 1)
    first = 1 if image.info.get("default_image") and count > 1 else 0
    return _few(range(first, min(count, MOST_FRAMES + 1)), name)


def _pages(file: IO[bytes], name: str) -> tuple[int, ...]:
    """As `frames`, of a TIFF: whatever their kinds, which the image library may not know."""
    found, broken = tiff.pages(file, MOST_FRAMES + 1)
    if broken and found:
        log.warning("%s: broken after picture %d; what follows is left out", name, found[-1] + 1)
    return _few(found, name)


def _few(found: Sequence[int], name: str) -> tuple[int, ...]:
    if len(found) > MOST_FRAMES:
        raise ImageError(f"{name}: holds more than {MOST_FRAMES:,} pictures; save it in parts")
    return tuple(found) or (0,)


def decode(file: IO[bytes] | Image.Image, name: str, most: int | None = None, frame: int | None = None) -> Image.Image:
    """Decoded picture of a file, of at most `most` px; `name` is used in errors, `frame` as by `read_bytes`."""
    most = min(most or MAX_PIXELS, MAX_PIXELS)
    with quiet():
        try:
            image = file if isinstance(file, Image.Image) else Image.open(file, formats=READS)
            if frame is None:
                _tell_of_more(image, name)
            elif frame != image.tell():
                image.seek(frame)
        except UnidentifiedImageError as error:
            _refuse_cut_off(file, name, error)
            raise ImageError(
                f"{name}: not a picture that senga reads; save it as PNG, JPEG, WebP, TIFF, BMP or GIF of 1 to 16 bits"
            ) from error
        except Image.DecompressionBombError as error:
            raise TooLargeError(f"{name}: too large: more than {most / 10**6:g} megapixels; make it smaller") from error
        except Exception as error:  # readers raise errors of many kinds on broken data
            _refuse_cut_off(file, name, error)
            raise ImageError(f"{name}: broken picture: {reason_of(error)}; save it again") from error
        if image.width * image.height > most:
            raise TooLargeError(
                f"{name}: too large: {image.width}x{image.height} px, more than {most / 10**6:g} megapixels; "
                "make it smaller"
            )
        refuse_slim(image.size, name)
        _refuse_misread(image, name)
        try:
            image.load()
        except Exception as error:  # decoders raise errors of many kinds on broken data
            _refuse_cut_off(file, name, error)
            raise ImageError(f"{name}: broken or truncated picture: {reason_of(error)}; save it again") from error
        _refuse_cut_off(file, name)
    return image


def _decoded(content: bytes, name: str, most: int | None, frame: int | None) -> Image.Image:
    """As `decode`, of a file's content."""
    if frame is None or tiff.is_tiff(content):
        return decode(io.BytesIO(content), name, most, frame)
    with _ONE_AT_A_TIME:
        # Frames of an animation are made out of those before them: it stays open from one to the next.
        return decode(_animation(content), name, most, frame).copy()


_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=1)
def _animation(content: bytes) -> IO[bytes] | Image.Image:
    """An opened file, or its content where it cannot be opened: `decode` says why."""
    with quiet():
        try:
            return Image.open(io.BytesIO(content), formats=READS)
        except Exception:  # readers raise errors of many kinds on broken data
            return io.BytesIO(content)


def _tell_of_more(image: Image.Image, name: str) -> None:
    """A notice of further pictures where one is read."""
    try:
        if image.format not in SEVERAL or not getattr(image, "is_animated", False):
            return
        file: Any = getattr(image, "fp", None)
        several = image.format != "TIFF" or len(tiff.pages(file, MOST_FRAMES)[0]) > 1
    except Exception:  # defects are told when the pixels are read
        return
    if several:
        log.warning("%s: holds several pictures; the first is taken, the others are left out", name)


def decode_mended(content: bytes, name: str, most: int | None = None, frame: int | None = None) -> Image.Image:
    """As `decode`, of a file's content; what is damaged beside the picture, or no library's kind, is no reason to fail.

    Raises:
        ImageError: the picture itself cannot be read.
    """
    if tiff.is_tiff(content):
        try:  # the place of a page counts previews
            content = tiff.without_preview(content) if frame is None else tiff.from_page(content, frame)
        except tiff.UnreadTiffError as error:
            raise ImageError(f"{name}: {error}") from error
        frame = None if frame is None else 0
    try:
        image = _decoded(content, name, most, frame)
    except TooLargeError:
        raise
    except ImageError as error:
        found = _salvaged(content, name, most, frame, error)
        if found is None:
            raise _told(error, content, name) from error
        image = found
    if content.startswith(png.SIGNATURE):  # the library refuses large profiles, and takes damaged ones in wrong places
        image.info["icc_profile"] = png.profile(content)
    return image


def _salvaged(content: bytes, name: str, most: int | None, frame: int | None, error: ImageError) -> Image.Image | None:
    """The picture of a file that the library refused with an error; None: there is nothing to be done.

    Of a TIFF the first one, which `decode_mended` has made of the wanted one.
    """
    start = _lead(content)
    content = content[start:]
    again: bytes | None = None
    if content.startswith(png.SIGNATURE):
        again = png.mended(content)
        told = truncation.missing(content if again is None else again)
        if told:  # its pixels are damaged or missing, whatever stands beside them
            raise ImageError(f"{name}: {told}; copy or download it again") from error
        if frame is None and again is not None and png.lost_frames(content, again):
            log.warning("%s: a damaged animation; its first picture is taken, the others are left out", name)
    elif content.startswith(jpeg.SIGNATURE):
        again = jpeg.mended(content)
    elif tiff.is_tiff(content):
        try:
            samples = tiff.take_apart(content, min(most or MAX_PIXELS, MAX_PIXELS))
            return join_samples(samples, [np.asarray(decode(io.BytesIO(plane), name)) for plane in samples.planes])
        except ImageError:
            return None
        except tiff.UnreadTiffError as unread:
            if "not a picture" in str(error):
                raise ImageError(f"{name}: {unread}") from unread
            return None
    for one in (content if start else None, again):
        if one is not None:
            with suppress(ImageError):
                return decode(io.BytesIO(one), name, most, frame)
    return _without_end(content, name, most) if content.startswith(jpeg.SIGNATURE) else None


def _lead(content: bytes) -> int:
    """How much text, as a bad transfer leaves it, stands before a picture; a picture within another file is none."""
    start = max(0, *(content[:LEAD].find(mark) for mark in (png.SIGNATURE, jpeg.SIGNATURE)))
    text = content[:start].removeprefix(b"\xef\xbb\xbf")
    return 0 if kind_of(content) or not all(32 <= byte < 127 or byte in b"\r\n\t" for byte in text) else start


def _without_end(content: bytes, name: str, most: int | None) -> Image.Image | None:
    """The picture of a JPEG file of which nothing but the end mark is missing; else None.

    Whatever is put in the place of what is missing then makes no difference to any pixel.
    """
    if jpeg.restarts(content) or content.endswith(bytes(8)):
        return None  # the decoder fills what is missing by itself, and the same whatever stands there
    try:
        tried = [decode(io.BytesIO(content + filling * 64 + jpeg.END), name, most) for filling in jpeg.FILLINGS]
    except ImageError:
        return None
    first, *others = map(np.asarray, tried)
    return tried[0] if all(np.array_equal(first, other) for other in others) else None


def _told(error: ImageError, content: bytes, name: str) -> ImageError:
    """The same error, saying what the file is where it is known to be something else."""
    kind = kind_of(content, name)
    if not kind or "not a picture" not in str(error):
        return error
    known = "PSD, ORA or PNG" if kind.startswith("a document") else "PNG, JPEG, WebP, TIFF, BMP or GIF"
    return ImageError(f"{name}: not a picture that senga reads: {kind}; save it as {known}")


def format_of(content: bytes) -> str | None:
    """The format of a file's content, as `READS` has it; None: of none of these."""
    with quiet():
        try:
            found = Image.open(io.BytesIO(content), formats=READS).format
        except Exception:  # readers raise errors of many kinds on broken data
            return None
    return "JPEG" if found == "MPO" else found


def _refuse_cut_off(file: IO[bytes] | Image.Image, name: str, error: Exception | None = None) -> None:
    """Raises for a file that ends before its end, whether the library complained of it or read what there was."""
    if isinstance(file, Image.Image):  # an animation that is open: what is missing shows at its frame
        return
    file.seek(0)
    told = truncation.missing(file.read())
    if told:
        raise ImageError(f"{name}: {told}; copy or download it again") from error


def refuse_slim(size: tuple[int, int], name: str) -> None:
    """Raises for proportions that no drawing has; `size` is (width, height)."""
    if max(size) > max(LENGTH, SLIM * min(size)):
        raise ImageError(
            f"{name}: {size[0]}x{size[1]} px: more than {SLIM} times as long as wide; cut it into shorter pictures"
        )


def _refuse_misread(image: Image.Image, name: str) -> None:
    """Raises for what the library opens without complaint and then reads as other colors; `tiff` takes it apart."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(PLANAR) == 2 and max(tags.get(BITS, (1,))) > 8:
        raise ImageError(f"{name}: a TIFF with 16-bit planes one after another; save it with interleaved channels")


def reason_of(error: BaseException) -> str:
    """The first line of an error, or its kind."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0]


def header_shape(file: IO[bytes]) -> tuple[int, int] | None:
    """(height, width) that a picture says it has, as it is shown, without decoding it; None of what is no picture."""
    with quiet():
        try:
            opened = Image.open(file, formats=READS)
            turned = opened.getexif().get(ORIENTATION, 1) in TURNED
        except Exception:  # readers raise errors of many kinds on broken data
            return None
    return (opened.width, opened.height) if turned else (opened.height, opened.width)
