"""Odd pictures: rare kinds of known formats, lies in their heads, other files by a picture's name."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin, features

from conftest import ring
from corpus import EITHER, READ, REFUSED, Odd, chunk, drawing, noise, put_in, saved, spoiled

CLEAN = ("clean", "FILE", "-o", "out")
SIGNATURE = b"\x89PNG\r\n\x1a\n"
INK = ring(16, 16, 5)


def png(
    depth: int, color: int, rows: bytes, *, size: tuple[int, int] = (16, 16), between: bytes = b"", **head: int
) -> bytes:
    """A PNG of given rows, each with its filter before it."""
    facts = struct.pack(">IIBBBBB", *size, depth, color, 0, 0, head.get("interlace", 0))
    return SIGNATURE + chunk(b"IHDR", facts) + between + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def rows(samples: Any) -> bytes:
    """Rows of samples (H, ...) as a PNG packs them, big-endian."""
    return b"".join(b"\0" + row.tobytes() for row in np.asarray(samples))


def adam7(plane: np.ndarray) -> bytes:
    """An interlaced PNG of a plane of 8 bits."""
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    return png(8, 0, b"".join(rows(plane[y::down, x::right]) for y, x, down, right in passes), interlace=1)


def pngs() -> Iterator[Odd]:
    gray = rows(INK)
    deep = INK.astype(">u2") * 257
    bits = rows(np.packbits(INK > 0, axis=1))
    plte = chunk(b"PLTE", bytes([0, 0, 0, 255, 255, 255]))
    whole = png(8, 0, gray)
    data = zlib.compress(gray)

    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(f"{name}.png", content, CLEAN, ends, said, results)

    yield of("interlaced", adam7(INK))
    yield of("one bit", png(1, 0, bits))
    yield of("one bit of a palette", png(1, 3, bits, between=plte))
    yield of("two bits", png(2, 0, rows(np.repeat(np.packbits(INK > 0, axis=1), 2, 1)[:, :4])))
    yield of("16 bits", png(16, 0, rows(deep)))
    yield of("16 bits with a transparent gray", png(16, 0, rows(deep), between=chunk(b"tRNS", b"\xff\xff")))
    yield of("16 bits in color", png(16, 2, rows(np.dstack([deep] * 3))))
    clear = chunk(b"tRNS", b"\xff\xff" * 3)
    yield of("16 bits in color with a transparent one", png(16, 2, rows(np.dstack([deep] * 3)), between=clear))
    yield of("16 bits with alpha", png(16, 6, rows(np.dstack([deep] * 4))), said="no ink|")
    yield of("gray with alpha", png(8, 4, rows(np.dstack([INK, np.full_like(INK, 255)]))))
    yield of("one pixel", png(8, 0, b"\0\0", size=(1, 1)), said="no ink|")
    yield of("a palette without colors", png(8, 3, gray), EITHER)
    yield of("colors beyond the palette", png(8, 3, gray, between=plte), EITHER)
    yield of("bits that cannot be", png(3, 0, gray), REFUSED)
    yield of("a filter that cannot be", png(8, 0, b"\7" + gray[1:]), REFUSED)
    yield of("no width", png(8, 0, b"", size=(0, 16)), REFUSED)
    yield of("no size", png(8, 0, b"", size=(0, 0)), REFUSED)
    yield of("large by its head alone", png(8, 0, gray, size=(100_000, 100_000)), REFUSED, "too large")
    yield of("the largest number", png(8, 0, gray, size=(0xFFFFFFFF, 1)), REFUSED)
    yield of("long and thin by its head", png(8, 0, gray, size=(1, 0x7FFFFFFF)), REFUSED)
    yield of("rows missing", png(8, 0, gray[:100]), REFUSED)
    yield of("rows too many", png(8, 0, gray * 3))
    yield of("no pixels", SIGNATURE + chunk(b"IHDR", whole[16:29]) + chunk(b"IEND", b""), REFUSED)
    yield of("no head", SIGNATURE + chunk(b"IDAT", data) + chunk(b"IEND", b""), REFUSED)
    yield of("two heads", whole[:33] + whole[8:], EITHER)
    yield of("signature alone", SIGNATURE, REFUSED)
    pieces = b"".join(chunk(b"IDAT", data[i : i + 1]) for i in range(len(data)))
    yield of("pixels byte by byte", whole[:33] + pieces + chunk(b"IEND", b""))
    empty = chunk(b"IDAT", b"") * 2000
    yield of("empty parts of pixels", whole[:33] + empty + whole[33:])
    yield of("not packed by zlib", whole[:33] + chunk(b"IDAT", noise(60)) + chunk(b"IEND", b""), REFUSED)
    yield of("another picture behind", whole + saved(drawing(), "JPEG"))
    yield of("sent as text", whole.replace(b"\r\n", b"\n"), REFUSED)
    apple = SIGNATURE + chunk(b"CgBI", bytes(4)) + whole[8:33]
    yield of("as phones have it", apple + chunk(b"IDAT", data[2:-4]) + chunk(b"IEND", b""), REFUSED)
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("prompt", "\U0001f3a8\n" * 1000, zip=True)
    yield of("long text", saved(drawing(), "PNG", pnginfo=texts))
    yield of("turned by EXIF", saved(drawing(), "PNG", exif=turned(6)))
    yield of("pixels that are not square", saved(drawing(), "PNG", dpi=(72, 300)))
    small = drawing().resize((20, 16))
    several = saved(drawing(), "PNG", save_all=True, append_images=[small.resize((50, 40)), drawing().rotate(9)])
    yield of("animated", several, results=3)
    hidden = saved(drawing(), "PNG", save_all=True, append_images=[drawing().rotate(9)] * 2, default_image=True)
    yield of("animated behind a still picture", hidden, results=2)
    at = several.index(b"acTL") - 4

    def claimed(frames: int) -> bytes:
        return several[:at] + chunk(b"acTL", struct.pack(">II", frames, 0)) + several[at + 20 :]

    yield of("nine frames of which six are missing", claimed(9), REFUSED)
    yield of("half a million frames of which three are there", claimed(500_000), REFUSED, "more than")
    yield of("more frames than a number holds", claimed(0xFFFFFFFF), EITHER)
    yield of("a damaged number of frames", put_in(several, at + 8, b"\0\0\0\7"), said="the others are left out")
    yield from spoiled("picture.png", saved(drawing(), "PNG"), CLEAN, range(8), 6)
    yield from spoiled("animation.png", several, CLEAN, range(6), 4)


@lru_cache
def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def jpegs() -> Iterator[Odd]:
    plain, color = saved(drawing(), "JPEG"), saved(drawing().convert("RGB"), "JPEG", subsampling=0)

    def of(name: str, content: bytes, ends: str = READ, said: str = "") -> Odd:
        return Odd(f"{name}.jpg", content, CLEAN, ends, said)

    yield of("progressive", saved(drawing().convert("RGB"), "JPEG", progressive=True))
    yield of("inks", saved(drawing().convert("CMYK"), "JPEG"))
    yield of("inks with a profile", saved(drawing().convert("CMYK"), "JPEG", icc_profile=noise(500)))
    yield of("restarts", saved(drawing(), "JPEG", restart_marker_rows=1))
    for orientation in (3, 8, 9, 0):
        yield of(f"orientation {orientation}", saved(drawing(), "JPEG", exif=turned(orientation)))
    frame = plain.index(b"\xff\xc0")
    yield of("twelve bits", put_in(plain, frame + 4, b"\x0c"), REFUSED)
    yield of("without loss", put_in(plain, frame + 1, b"\xc3"), REFUSED)
    yield of("arithmetic", put_in(plain, frame + 1, b"\xc9"), EITHER)
    yield of("no height", put_in(plain, frame + 5, b"\0\0"), REFUSED)
    yield of("no width", put_in(plain, frame + 7, b"\0\0"), REFUSED)
    yield of("large by its head alone", put_in(plain, frame + 5, b"\xff\xff\xff\xff"), REFUSED)
    yield of("two of its channels", put_in(color, color.index(b"\xff\xc0") + 9, b"\2"), REFUSED)
    yield of("two pictures", plain + plain)
    yield of("beginning alone", plain[:2], REFUSED)
    yield of("no tables", plain.replace(b"\xff\xc4", b"\xff\xfe"), EITHER)
    yield of("sent twice over", b"\r\n\r\n" + plain)
    yield of("JPEG-LS", b"\xff\xd8\xff\xf7" + noise(80), REFUSED, "JPEG-LS")
    views = saved(drawing(), "MPO", save_all=True, append_images=[drawing()])
    yield of("a camera's two views", views)
    yield from spoiled("picture.jpg", color, CLEAN, range(8), 6)


def gifs() -> Iterator[Odd]:
    one = saved(drawing(), "GIF")

    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(f"{name}.gif", content, CLEAN, ends, said, results)

    yield of("comments", saved(drawing(), "GIF", comment=b"Drawn by nobody\n" * 60))
    yield of("transparent", saved(drawing().convert("P"), "GIF", transparency=255))
    yield of("interlaced", saved(drawing(), "GIF", interlace=1))
    frames = [drawing().rotate(angle) for angle in (10, 20, 30)]
    for disposal in (0, 1, 2, 3):
        moving = saved(drawing(), "GIF", save_all=True, append_images=frames, disposal=disposal)
        yield of(f"animated {disposal}", moving, results=4)
    yield of("no end", one[:-1])
    yield of("no picture", one[:13] + b";", REFUSED)
    yield of("no size", put_in(one, 6, bytes(4)), EITHER)
    image = one.index(b",\0\0\0\0")
    yield of("outside of its screen", put_in(one, image + 1, b"\xf0\0\xf0\0"), EITHER)
    yield of("large by its head alone", put_in(one, image + 5, b"\xff\xff\xff\xff"), REFUSED)
    yield of("codes that cannot be", put_in(one, image + 10, b"\x1f"), REFUSED)
    yield of("an older one", put_in(one, 0, b"GIF87a"))
    yield of("a version that nobody knows", put_in(one, 0, b"GIF88z"), EITHER)
    yield from spoiled("picture.gif", one, CLEAN, range(6), 4)
    yield from spoiled("moving.gif", moving, CLEAN, range(6), 4)


def bmps() -> Iterator[Odd]:
    def of(name: str, content: bytes, ends: str = READ, said: str = "") -> Odd:
        return Odd(f"{name}.bmp", content, CLEAN, ends, said)

    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield of(f"of mode {mode}", saved(drawing().convert(mode), "BMP"))
    plain = saved(drawing().convert("RGB"), "BMP")
    runs = b"".join(bytes([16, 255 if y % 5 else 0]) + b"\0\0" for y in range(16)) + b"\0\1"
    gray = b"".join(bytes([v, v, v, 0]) for v in range(256))
    packed = struct.pack("<IiiHHIIiiII", 40, 16, 16, 1, 8, 1, len(runs), 0, 0, 256, 0) + gray + runs
    yield of("packed in runs", b"BM" + struct.pack("<IHHI", 14 + len(packed), 0, 0, 14 + 40 + 1024) + packed)
    yield of("from above", put_in(plain, 22, struct.pack("<i", -40)))
    yield of("no height", put_in(plain, 22, bytes(4)), REFUSED)
    yield of("less than nothing wide", put_in(plain, 18, struct.pack("<i", -50)), REFUSED)
    yield of("large by its head alone", put_in(plain, 18, struct.pack("<ii", 60_000, 60_000)), REFUSED, "too large")
    yield of("a JPEG inside", put_in(plain, 30, struct.pack("<I", 4)), REFUSED)
    yield of("bits that cannot be", put_in(plain, 28, b"\7"), REFUSED)
    old = struct.pack("<IHHHH", 12, 16, 16, 1, 24) + bytes(16 * 16 * 3)
    yield of("of OS2", b"BM" + struct.pack("<IHHI", 14 + len(old), 0, 0, 26) + old, said="white drawing|no ink|")
    yield from spoiled("picture.bmp", plain, CLEAN, range(5), 4)


def tiffs() -> Iterator[Odd]:
    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(f"{name}.tif", content, CLEAN, ends, said, results)

    bits, inks = drawing().convert("1"), drawing().convert("CMYK")
    for packing in ("group3", "group4", "tiff_ccitt"):
        yield of(packing, saved(bits, "TIFF", compression=packing))
    for packing in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg", "raw", "lzma", "zstd", "webp"):
        with suppress(OSError):  # what this build of the image library cannot write
            yield of(packing, saved(drawing().convert("RGB"), "TIFF", compression=packing))
    for mode in ("L", "LA", "P", "RGBA", "I;16", "I", "F", "YCbCr", "LAB"):
        yield of(f"of mode {mode}".replace(";", " "), saved(shaded(mode), "TIFF"), EITHER if mode == "I" else READ)
    yield of("of inks", saved(inks, "TIFF"))
    yield of("large offsets", saved(drawing(), "TIFF", big_tiff=True))
    others = [bits, inks, drawing().resize((9, 9)), shaded("I;16")]
    several = saved(drawing(), "TIFF", save_all=True, append_images=others)
    yield of("pages of five kinds", several, results=5, said="no ink|")
    yield of("pages as people name them.TIF", several, results=5, said="no ink|")
    rare = rare_page(saved(shaded("I;16"), "TIFF", save_all=True, append_images=[shaded("I;16"), drawing()]))
    yield of("two pages of a rare kind", rare, results=3)
    plain = saved(drawing(), "TIFF")
    first = struct.unpack_from("<I", plain, 4)[0]
    yield of("no pages", put_in(plain, 4, bytes(4)), REFUSED)
    yield of("a page beyond the end", put_in(plain, 4, struct.pack("<I", 10**9)), REFUSED)
    yield of("head alone", plain[:8], REFUSED)
    yield of("four bytes", b"II*\0", REFUSED)
    yield of("a page without tags", plain[:4] + struct.pack("<I", 8) + bytes(6), REFUSED)
    yield of("more tags than bytes", put_in(plain, first, b"\xff\xff"), EITHER)
    (count,) = struct.unpack_from("<H", plain, first)
    following = first + 2 + 12 * count
    circle = put_in(plain, following, struct.pack("<I", first))
    yield of("pages in a circle", circle, EITHER)
    astray = put_in(plain, following, struct.pack("<I", 7_777_777))
    yield of("a second page beyond the end", astray, EITHER, "broken after picture 1|")
    sizes = {struct.unpack_from("<H", plain, first + 2 + 12 * i)[0]: first + 2 + 12 * i for i in range(count)}
    large = put_in(put_in(plain, sizes[256] + 8, b"\xff\xff\0\0"), sizes[257] + 8, b"\xff\xff\0\0")
    yield of("large by its head alone", large, REFUSED, "too large")
    yield of("no width", put_in(plain, sizes[256] + 8, bytes(4)), REFUSED)
    yield of("no bits", put_in(plain, sizes[258] + 8, b"\0\0"), REFUSED)
    yield of("a packing that nobody knows", put_in(plain, sizes[259] + 8, b"\x34\x12"), REFUSED)
    yield from spoiled("picture.tif", plain, CLEAN, range(6), 4)
    yield from spoiled("pages.tif", several, CLEAN, range(6), 4)


def rare_page(content: bytes) -> bytes:
    """A TIFF whose first two pages of 16 bits become half as wide, of gray and alpha."""
    at = struct.unpack_from("<I", content, 4)[0]
    for _ in range(2):
        (count,) = struct.unpack_from("<H", content, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            (tag,) = struct.unpack_from("<H", content, entry)
            if tag in (256, 277):
                content = put_in(content, entry + 2, struct.pack("<HII", 4, 1, 25 if tag == 256 else 2))
        at = struct.unpack_from("<I", content, at + 2 + 12 * count)[0]
    return content


def shaded(mode: str) -> Image.Image:
    """The drawing in a mode, deep ones over their whole range."""
    values = np.asarray(drawing())
    if mode == "I;16":
        return Image.fromarray(values.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(values.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(values.astype(np.float32) / 255)
    return drawing().convert("RGB").convert(mode) if mode == "LAB" or mode == "YCbCr" else drawing().convert(mode)


def webs() -> Iterator[Odd]:
    """WebP, AVIF and JPEG 2000."""
    color = drawing().convert("RGB")
    plain = saved(color, "WEBP")

    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(name, content, CLEAN, ends, said, results)

    yield of("lossless.webp", saved(color, "WEBP", lossless=True))
    yield of("with alpha.webp", saved(color.convert("RGBA"), "WEBP"))
    frames = [color.rotate(angle) for angle in (10, 20)]
    moving = saved(color, "WEBP", save_all=True, append_images=frames)
    yield of("animated.webp", moving, results=3)
    yield of("wrong length.webp", put_in(plain, 4, b"\xff\xff\xff\x7f"), EITHER)
    yield of("a sound.webp", b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + bytes(32), REFUSED, "sound")
    yield from spoiled("picture.webp", plain, CLEAN, range(5), 4)
    yield from spoiled("moving.webp", moving, CLEAN, range(3), 3)
    for kind, name, feature in (("AVIF", "picture.avif", "avif"), ("JPEG2000", "picture.jp2", "jpg_2000")):
        if features.check(feature):
            content = saved(color, kind)
            yield of(name, content)
            yield from spoiled(name, content, CLEAN, range(4), 3)
    if features.check("avif"):
        yield of("moving.avif", saved(color, "AVIF", save_all=True, append_images=frames), results=3)


STRANGERS = {
    "empty.png": (b"", "empty file"),
    "one byte.png": (b"\x89", ""),
    "zeros.png": (bytes(4096), "file of zeros"),
    "noise.jpg": (noise(5000), ""),
    "words.png": (b"This is not a picture.\n" * 20, ""),
    "words.jpg": ("これは絵ではありません".encode("utf-16"), ""),
    "page not found.png": (b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>", "web page"),
    "refusal.jpg": (b'{"error": "access denied", "code": 403}', "a text"),
    "refusal.webp": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", ""),
    "drawing.svg.png": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "phone.png": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + noise(99), "HEIF"),
    "phone.jpg": (b"\0\0\0\x14ftypmif1\0\0\0\0mif1" + noise(99), "HEIF"),
    "video.gif": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + noise(99), "video"),
    "video.webp": (b"\x1a\x45\xdf\xa3" + noise(99), "video"),
    "next.png": (b"\0\0\0\x0cJXL \r\n\x87\n" + noise(99), "JPEG XL"),
    "next.jpg": (b"\xff\x0a" + noise(99), "JPEG XL"),
    "paint.png": (b"8BPS\0\1" + bytes(20), "Photoshop|PSD"),
    "studio.png": (b"CSFCHUNK" + noise(99), "Clip Studio"),
    "gimp.png": (b"gimp xcf v011\0" + noise(99), "GIMP"),
    "page.png": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + noise(99), "PDF"),
    "poster.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n" + noise(99), "PostScript"),
    "packed.png": (b"PK\x03\x04" + noise(99), "ZIP|project|archive"),
    "packed.jpg": (b"Rar!\x1a\x07\x01\0" + noise(99), "RAR"),
    "seven.png": (b"7z\xbc\xaf\x27\x1c\0\4" + noise(99), "7z"),
    "window.png": (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + noise(99), "icon"),
    "pointer.png": (b"\0\0\2\0\1\0\x10\x10\0\0\1\0\x20\0" + noise(99), "icon"),
    "apple.png": (b"icns\0\0\1\0" + noise(99), "icon"),
    "plain.png": (b"P3\n2 2\n255\n" + b"0 0 0 " * 4, "Netpbm"),
    "bright.png": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n", "Radiance"),
    "film.png": (b"v/1\x01\2\0\0\0" + noise(99), "OpenEXR"),
    "texture.png": (b"DDS " + noise(124), "DDS"),
    "quick.png": (b"qoif\0\0\0\x10\0\0\0\x10\3\0" + noise(40), "QOI"),
    "brush.png": (b"\x0a\5\1\x08" + noise(124), "PCX"),
    "metafile.png": (b"\xd7\xcd\xc6\x9a" + noise(60), "metafile"),
    "large file.png": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n",
        "LFS",
    ),
    "a link.png": (b"../pages/001.png", "a text, '../pages/001.png'"),
    "camera.tif": (b"IIRO\x08\0\0\0" + bytes(60), "raw"),
    "camera.jpg": (b"FUJIFILMCCD-RAW 0201" + bytes(99), "raw"),
    "mac.png": (b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(60), ""),
    "shortcut.png": (b"[InternetShortcut]\r\nURL=https://example.org/a.png\r\n", ""),
    "shortcut.jpg": (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60), ""),
    "in letters.png": (b"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", ""),
    "program.png": (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(99), ""),
    "weights.png": (b"\x08\0\0\0\0\0\0\0{}" + bytes(40), ""),
}
"""Files of other kinds by a picture's name, and what the refusal calls them."""


def strangers() -> Iterator[Odd]:
    for name, (content, said) in STRANGERS.items():
        yield Odd(name, content, CLEAN, REFUSED, said)


NAMES = (
    *("two\nlines.png", "\U0001f3a8 \U0001f469‍\U0001f3a8.png", "CON.png", "-o.png", "Re:Zero 01.png", "100%s.png"),
    *(" leading.png", "[Group] a*b?.png", "a.b.c.PNG", "e\u0301\u00e9.png", "\u202egnp.evil.png", "p" * 250 + ".png"),
    *('it\'s "quoted" & $HOME `x`.png', "back\\slash.png", "tab\there.png", "~.png", "#1.png", "1" * 200 + ".png"),
)
"""Names that files have."""


def names() -> Iterator[Odd]:
    content = saved(drawing(), "PNG")
    for name in NAMES:
        yield Odd(name, content, CLEAN)
    for name in (
        "no ending",
        "trailing dot.png.",
        "trailing space.png ",
        "drawing.png.download",
        ".png",
        "a.PNG_LARGE",
    ):
        yield Odd(name, content, CLEAN, about="no picture's ending")


def places() -> Iterator[Odd]:
    def empty(place: Path) -> None:
        place.mkdir()

    def holds(place: Path) -> None:
        place.mkdir()
        (place / "1.png").write_bytes(saved(drawing(), "PNG"))

    def dangling(place: Path) -> None:
        place.symlink_to("nowhere.png")

    def circle(place: Path) -> None:
        place.symlink_to(place)

    yield Odd("folder.png", empty, CLEAN, REFUSED, "no pictures")
    yield Odd("pages.png", holds, CLEAN)
    yield Odd("gone.png", lambda place: None, CLEAN, REFUSED, "no such file")
    yield Odd("dangling.png", dangling, CLEAN, REFUSED)
    yield Odd("circle.png", circle, CLEAN, REFUSED)


def all_pictures() -> list[Odd]:
    """All of them."""
    kinds = (pngs, jpegs, gifs, bmps, tiffs, webs, strangers, names, places)
    return [odd for kind in kinds for odd in kind()]
