"""Odd palettes: text in every encoding, tables of other lengths, colors of other models, other files by their names."""

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from corpus import EITHER, READ, REFUSED, Odd, drawing, noise, put_in, saved, spoiled

SHOW = ("palette", "show", "FILE")


def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1, about: str = "") -> Odd:
    return Odd(name, content, SHOW, ends, said, results, about)


def texts() -> Iterator[Odd]:
    two = "#7a4a2b hair\n#fadcc8 skin\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "gbk", "latin-1"):
        named = two.replace(
            "hair", {"cp932": "髪の毛", "gbk": "头发", "latin-1": "cheveux brûlés"}.get(encoding, "hair")
        )
        yield of(f"in {encoding}.txt", named.encode(encoding), results=2)
    yield of("line ends of Windows.txt", two.replace("\n", "\r\n").encode(), results=2)
    yield of("line ends of old.txt", two.replace("\n", "\r").encode(), results=2)
    yield of("no line end.txt", two.strip().encode(), results=2)
    yield of("remarks.txt", b"; a palette\n// of two\n# colors\n\n#7a4a2b\n   \n#fff\n", results=2)
    yield of("short ones.txt", b"#abc, #fff;#000\n", results=3)
    yield of("capitals.hex", b"7A4A2B\nFFFFFF\n", results=2)
    yield of("with opacity.hex", b"FF7A4A2B\n00FFFFFF\n", said="1 of 2 colors left out: transparent")
    yield of("of style sheets.txt", b"rgb(1, 2, 3)\nrgba(4 5 6 / 50%)\nrgba(7,8,9,0)\n", said="transparent", results=2)
    yield of("percent.txt", b"rgb(10%, 20%, 30%)\n", REFUSED)
    yield of("of numbers.txt", b"140, 59, 46\n248 217 196\n", results=2)
    yield of("of either.txt", b"124 200 100\n", REFUSED, r"rgb\(124, 200, 100\)")
    yield of("numbers that are too large.txt", b"300 20 10\n", REFUSED)
    yield of("shares.txt", b"0.5 0.25 1.0\n", REFUSED)
    yield of("a color and a mistake.txt", b"#7a4a2b\nhello\n", said="1 of 2 colors left out")
    yield of("names of colors.txt", b"red\ngreen\n", REFUSED)
    yield of("nothing but remarks.txt", b"# nothing\n; here\n", REFUSED)
    yield of("empty.txt", b"", REFUSED)
    yield of("blank.txt", b"\n\n  \n", REFUSED)
    yield of("zeros.txt", bytes(999), REFUSED)
    yield of("noise.txt", noise(999), REFUSED)
    yield of("very long.txt", b"#7a4a2b\n" * 130_000, REFUSED, "at most 300,000")
    yield of("one long line.txt", b"a" * 250_000, REFUSED)
    yield of("one long line of numbers.txt", b"1 " * 100_000, EITHER)
    yield of("digits without end.txt", b"1" * 200_000, REFUSED)
    yield of("brackets without end.txt", b"rgb(" * 70_000, REFUSED)
    yield of("JSON.txt", b'{"hair": "#7a4a2b"}', REFUSED)
    yield of("a page.txt", b"<!DOCTYPE html><p>#7a4a2b", REFUSED)
    yield of("without an ending", two.encode(), results=2)
    yield of("control characters.txt", b"#7a4a2b \x1b[31mred\x07\n", results=1)
    yield of("lines of others.txt", "#7a4a2b\u2028#ffffff\x85#000000\n".encode(), results=3)


def swatches() -> Iterator[Odd]:
    gimp = b"GIMP Palette\nName: two\nColumns: 2\n#\n122  74  43\thair\n250 220 200\tskin\n"
    yield of("plain.gpl", gimp, results=2)
    yield of("windows.gpl", b"\xef\xbb\xbf" + gimp.replace(b"\n", b"\r\n"), results=2)
    yield of("by no name.gpl", gimp.replace(b"Name: two\nColumns: 2\n#\n", b""), results=2)
    opaque = b"GIMP Palette\nChannels: RGBA\n#\n122 74 43 255 hair\n0 0 0 0 nothing\n"
    yield of("of Aseprite.gpl", opaque, said="transparent")
    yield of("a bad line.gpl", gimp + b"300 1 1 beyond\n", said="1 of 3", results=2)
    yield of("no colors.gpl", b"GIMP Palette\nName: none\n", REFUSED)
    yield of("no first line.gpl", b"122 74 43 hair\n", REFUSED, "GIMP")
    yield of("of Inkscape.txt", gimp, results=2)
    jasc = b"JASC-PAL\r\n0100\r\n2\r\n122 74 43\r\n250 220 200\r\n"
    yield of("plain.pal", jasc, results=2)
    yield of("more than it says.pal", jasc.replace(b"\r\n2\r\n", b"\r\n1\r\n"), EITHER)
    yield of("no colors.pal", b"JASC-PAL\r\n0100\r\n0\r\n", REFUSED)
    data = struct.pack("<HH", 0x300, 2) + bytes([1, 2, 3, 0, 4, 5, 6, 0])
    riff = b"RIFF" + struct.pack("<I", len(data) + 12) + b"PAL data" + struct.pack("<I", len(data)) + data
    yield of("of Windows.pal", riff, results=2)
    yield of("more than there are.pal", put_in(riff, 22, b"\xff\xff"), REFUSED)
    yield of("a sound.pal", riff.replace(b"PAL ", b"WAVE"), REFUSED)
    yield of("neither.pal", b"not a palette", REFUSED)
    colors = bytes(range(256)) * 3
    yield of("plain.act", colors, results=256)
    yield of("counted.act", colors + struct.pack(">HH", 3, 0xFFFF), results=3)
    yield of("one is clear.act", colors + struct.pack(">HH", 3, 1), said="transparent", results=2)
    yield of("too many.act", colors + struct.pack(">HH", 9999, 0xFFFF), results=256)
    yield of("too short.act", colors[:300], REFUSED, "300 bytes")
    yield of("all one.act", bytes(768))
    one = b"\0\0" + struct.pack(">4H", 257 * 122, 257 * 74, 257 * 43, 0)
    yield of("plain.aco", b"\0\1\0\1" + one)
    book = b"\0\x03" + struct.pack(">4H", 1, 2, 3, 4)
    yield of("a book.aco", b"\0\1\0\2" + one + book, said="color book")
    yield of("a book alone.aco", b"\0\1\0\1" + book, REFUSED, "color book")
    named = b"\0\2\0\1" + one + struct.pack(">I", 5) + "hair\0".encode("utf-16-be")
    yield of("named.aco", b"\0\1\0\1" + one + named)
    yield of("a name without end.aco", b"\0\1\0\1" + one + named[:-4], REFUSED)
    yield of("a name as long as all.aco", b"\0\2\0\1" + one + b"\xff\xff\xff\xff", REFUSED)
    yield of("none.aco", b"\0\1\0\0", REFUSED)
    yield of("many that are not there.aco", b"\0\1\xff\xff" + one, REFUSED)
    yield of("another version.aco", b"\0\7\0\1" + one, REFUSED)
    for model, count, values in (
        ("RGB ", 3, (0.5, 0.2, 0.1)),
        ("CMYK", 4, (0, 0.5, 1, 0)),
        ("LAB ", 3, (0.5, 9, -9)),
        ("Gray", 1, (0.5,)),
    ):
        yield of(f"of {model.strip()}.ase", ase(model.encode(), struct.pack(f">{count}f", *values)))
    yield of("of an unknown model.ase", ase(b"HSB ", bytes(12)), REFUSED, "HSB")
    yield of("not numbers.ase", ase(b"RGB ", struct.pack(">3f", float("nan"), 0, float("inf"))), REFUSED)
    yield of("more than there are.ase", put_in(ase(b"RGB ", bytes(12)), 8, b"\x7f\xff\xff\xff"), REFUSED)
    yield of("none.ase", b"ASEF\0\1\0\0\0\0\0\0", REFUSED)
    yield of("a drawing.ase", bytes(4) + b"\xe0\xa5" + noise(120), REFUSED, "Aseprite")
    for name, content in (
        ("two.gpl", gimp),
        ("two.pal", jasc),
        ("three.aco", b"\0\1\0\1" + one + named),
        ("one.ase", ase(b"RGB ", bytes(12))),
    ):
        yield from spoiled(name, content, SHOW, range(4), 4)


def ase(model: bytes, values: bytes) -> bytes:
    """A swatch file of one color."""
    name = "hair\0".encode("utf-16-be")
    block = struct.pack(">H", len(name) // 2) + name + model + values + b"\0\0"
    return b"ASEF" + struct.pack(">HHI", 1, 0, 1) + struct.pack(">HI", 1, len(block)) + block


def kpl(text: bytes, name: str = "colorset.xml", packing: int = zipfile.ZIP_STORED) -> bytes:
    """A palette of Krita."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packing) as pack:
        pack.writestr(zipfile.ZipInfo("mimetype"), b"application/x-krita-palette")
        entry = zipfile.ZipInfo(name)
        entry.compress_type = packing
        pack.writestr(entry, text)
    return out.getvalue()


def kritas() -> Iterator[Odd]:
    entry = b'<ColorSetEntry name="hair" spot="false"><RGB r="0.5" g="0.3" b="0.2"/></ColorSetEntry>'
    whole = b'<Colorset version="1.0" name="a">' + entry + b"</Colorset>"
    yield of("plain.kpl", kpl(whole))
    yield of("deflated.kpl", kpl(whole, packing=zipfile.ZIP_DEFLATED))
    yield of("by lzma.kpl", kpl(whole, packing=zipfile.ZIP_LZMA))
    yield of("none.kpl", kpl(b'<Colorset version="1.0"/>'), REFUSED)
    yield of("not XML.kpl", kpl(b"hello"), REFUSED)
    yield of("XML cut off.kpl", kpl(whole[:-9]), REFUSED)
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + whole
    yield of("a bomb of names.kpl", kpl(laughs), REFUSED)
    yield of("a bomb of names in UTF-16.kpl", kpl(laughs.decode().encode("utf-16")), REFUSED)
    yield of("a bomb of zeros.kpl", kpl(bytes(30_000_000), packing=zipfile.ZIP_DEFLATED), REFUSED)
    yield of("deep.kpl", kpl(b"<a>" * 200_000), REFUSED)
    yield of("of an unknown model.kpl", kpl(whole.replace(b"RGB", b"Magic")), REFUSED, "Magic")
    yield of("not numbers.kpl", kpl(whole.replace(b"0.5", b"red")), REFUSED)
    yield of("beyond all numbers.kpl", kpl(whole.replace(b"0.5", b"1e999")), REFUSED)
    yield of("large numbers.kpl", kpl(whole.replace(b"0.5", b"1e300")))
    yield of("nothing of it.kpl", kpl(whole, name="other.xml"), REFUSED)
    packed = kpl(whole, packing=zipfile.ZIP_DEFLATED)
    at = packed.index(b"PK\1\2", packed.index(b"PK\1\2") + 1)
    yield of("packed by a way that nobody knows.kpl", put_in(packed, at + 10, b"\x63\0"), REFUSED)
    yield of("encrypted.kpl", put_in(packed, at + 8, b"\1\0"), REFUSED)
    yield from spoiled("hair.kpl", packed, SHOW, range(6), 4)
    yield from spoiled("long.kpl", kpl(whole, packing=zipfile.ZIP_LZMA), SHOW, range(6), 0)


def pictures() -> Iterator[Odd]:
    yield of("a picture.png", saved(drawing().convert("RGB"), "PNG"), results=2)
    yield of("a picture.gpl", saved(drawing(), "PNG"), EITHER)
    yield of("torn.png", saved(drawing(), "PNG")[:99], REFUSED)
    yield of("empty.png", b"", REFUSED)
    yield of("words.png", b"#7a4a2b\n", EITHER)
    yield of("nothing.png", saved(drawing().convert("RGBA").point(lambda v: 0), "PNG"), REFUSED)
    yield Odd("folder.gpl", lambda place: place.mkdir(), SHOW, REFUSED)
    yield Odd("gone.gpl", lambda place: None, SHOW, REFUSED)


def all_palettes() -> list[Odd]:
    """All of them."""
    return [odd for kind in (texts, swatches, kritas, pictures) for odd in kind()]
