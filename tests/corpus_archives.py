"""Odd archives: lies in their tables, names that lead out, other packings, other files by a comic's name."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from corpus import EITHER, READ, REFUSED, Odd, drawing, noise, put_in, saved, spoiled

CLEAN = ("clean", "FILE", "-o", "out")


@lru_cache
def page() -> bytes:
    """A page."""
    return saved(drawing(), "PNG")


def zipped(
    *members: tuple[str, bytes],
    packing: int = zipfile.ZIP_STORED,
    comment: bytes = b"",
    flags: int = 0,
    large: bool = False,
) -> bytes:
    """A ZIP of files; `flags` stand in every header."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as pack:
        for name, content in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = packing
            entry.external_attr = 0o644 << 16
            with pack.open(entry, "w", force_zip64=large) as inside:
                inside.write(content)
        pack.comment = comment
    content = out.getvalue()
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = content.find(mark)
        while flags and start >= 0:
            content = put_in(content, start + at, struct.pack("<H", flags))
            start = content.find(mark, start + 1)
    return content


def tarred(*members: tuple[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as pack:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            pack.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def zips() -> Iterator[Odd]:
    one = zipped(("1.png", page()))
    table = one.index(b"PK\1\2")
    end = one.index(b"PK\5\6")

    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(name, content, CLEAN, ends, said, results)

    yield of("plain.cbz", one)
    yield of("deflated.cbz", zipped(("1.png", page()), packing=zipfile.ZIP_DEFLATED))
    yield of("bzip2.cbz", zipped(("1.png", page()), packing=zipfile.ZIP_BZIP2))
    yield of("lzma.cbz", zipped(("1.png", page()), packing=zipfile.ZIP_LZMA))
    yield of("zip64.cbz", zipped(("1.png", page()), large=True))
    yield of("comment.cbz", zipped(("1.png", page()), comment=b"Read me\n" * 99))
    yield of("before it a program.cbz", b"MZ" + noise(3000) + one)
    yield of("behind it something.cbz", one + b"\r\n\r\n")
    yield of("ended by zeros.cbz", one + bytes(512), EITHER)
    yield of("no entries.cbz", zipped(), REFUSED)
    yield of("no pictures.cbz", zipped(("ComicInfo.xml", b"<x/>")), REFUSED, "without pictures; it holds: 1 .xml")
    yield of("litter alone.cbz", zipped(("__MACOSX/._1.png", noise(9)), ("Thumbs.db", noise(9))), REFUSED)
    yield of("comics in a comic.cbz", zipped(("v1.cbz", one), ("v2.cbz", one)), REFUSED, "2 .cbz")
    yield of("encrypted.cbz", zipped(("1.png", noise(99)), flags=1), REFUSED, "encrypted|password")
    for number, name in ((9, "deflate64"), (93, "zstandard"), (96, "as a JPEG"), (99, "AES"), (6, "imploded")):
        packed = put_in(put_in(one, 8, struct.pack("<H", number)), table + 10, struct.pack("<H", number))
        yield of(f"packed by {name}.cbz", packed, REFUSED)
    yield of("wrong checksum.cbz", put_in(put_in(one, 14, noise(4)), table + 16, noise(4)), REFUSED)
    yield of("more files than there are.cbz", put_in(one, end + 8, b"\xff\x7f\xff\x7f"), EITHER)
    yield of("table beyond the end.cbz", put_in(one, end + 16, b"\xff\xff\xff\x7f"), REFUSED)
    yield of("a file beyond the end.cbz", put_in(one, table + 42, b"\xff\xff\xff\x7f"), REFUSED)
    yield of("larger than it is.cbz", put_in(one, table + 24, struct.pack("<I", 10**6)), EITHER)
    yield of("larger than memory.cbz", put_in(one, table + 24, b"\xf0\xff\xff\xff"), REFUSED, "too large")
    bomb = zipped(("1.png", page()), ("2.png", bytes(40_000_000)), packing=zipfile.ZIP_DEFLATED)
    yield of("a page of zeros.cbz", bomb, REFUSED, "2.png")
    yield of("headers cut off.cbz", one[:table], REFUSED)
    yield of("table cut off.cbz", one[: table + 30], REFUSED)
    yield of("head alone.cbz", b"PK\3\4", REFUSED)
    yield of("end alone.cbz", one[end:], EITHER)
    yield of("second of two parts.cbz", b"PK\7\x08" + one[4:], EITHER)
    yield of("a name twice.cbz", zipped(("1.png", page()), ("2.png", page())).replace(b"2.png", b"1.png"), results=2)
    yield of("names of two cases.cbz", zipped(("a.png", page()), ("A.PNG", page())), EITHER)
    yield of(
        "names of one stem.cbz", zipped(("1.png", page()), ("1.jpg", saved(drawing(), "JPEG"))), said="2", results=2
    )
    for word, name in (
        *(("up", "../1.png"), ("from the root", "/etc/1.png"), ("on a drive", "C:/1.png"), ("back up", "..\\1.png")),
        *(("a share", "//host/share/1.png"), ("dots", "a/../../1.png")),
    ):
        yield of(f"leads {word}.cbz", zipped((name, page())), REFUSED, "leads out")
    for word, name in (
        *(("dots", "....png"), ("newline", "a\nb.png"), ("emoji", "\U0001f3a8/\U0001f469\u200d\U0001f3a8.png")),
        *(("deep", "d/" * 120 + "1.png"), ("windows", "CON/aux. /1.png.")),
        *(("colon", "Re:Zero 01.png"), ("backslash", "ch1\\1.png"), ("spaces", " / 1 .png"), ("option", "-o.png")),
        *(("double slash", "a//1.png"), ("dot", "./1.png"), ("digits", "9" * 200 + ".png")),
    ):
        yield of(
            f"names with {word}.cbz",
            zipped((name, page()), ("z.png", page())),
            EITHER if word == "windows" else READ,
            results=2,
        )
    long = zipped(("p" * 400 + ".png", page()), ("z.png", page()))
    yield of("names that are too long.cbz", long, said="its result is p+~", results=2)
    yield of("a folder with content.cbz", zipped(("ch/", b"noise"), ("ch/1.png", page())))
    yield of("a name of nothing.cbz", zipped(("", page()), ("1.png", page())), EITHER)
    yield of("no name at all.cbz", zipped(("", page())), REFUSED)
    link = zipped(("1.png", page()), ("2.png", b"../../etc/passwd"))
    yield of("a link.cbz", link, REFUSED, "2.png")
    for word, content in (("empty", b""), ("words", b"not here"), ("torn", page()[:99]), ("zeros", bytes(99))):
        whole = zipped(("1.png", page()), (f"2 {word}.png", content), ("3.png", page()))
        yield of(f"one page is {word}.cbz", whole, REFUSED, "not made.*--resume")
    heic = b"\0\0\0\x18ftypheic" + noise(80)
    yield of("pages of a phone.cbz", zipped(("1.png", page()), ("2.heic", heic)), said=r"1 \.heic")
    mixed = zipped(("1.png", page()), ("ComicInfo.xml", b"<x/>"), ("read me.txt", b""), ("v.mp4", noise(9)))
    yield of("more than pages.cbz", mixed, said=r"passed over: 1 \.xml.*1 \.txt.*1 \.mp4")
    many = zipped(*((f"{n:05}.txt", b"") for n in range(1000)), ("1.png", page()))
    yield of("thousands of others.cbz", many, said=r"1000 \.txt")
    book = zipped(("mimetype", b"application/epub+zip"), ("OEBPS/1.png", page()), ("OEBPS/1.xhtml", b""))
    yield of("a book.epub", book, said="xhtml")
    for name in ("a.cbr", "a.cb7", "a.cba", "a.CBZ", "a.zip", "a.ZIP", "a book without an ending"):
        yield of(name, one)
    yield from spoiled("book.cbz", zipped(("1.png", page()), ("2.png", page())), CLEAN, range(8), 5)


def tars() -> Iterator[Odd]:
    one = tarred(("1.png", page()))

    def of(name: str, content: bytes, ends: str = READ, said: str = "", results: int = 1) -> Odd:
        return Odd(name, content, CLEAN, ends, said, results)

    yield of("plain.cbt", one)
    yield of("a tar.cbz", one)
    for packing, name in ((gzip, "a.tgz"), (bz2, "a.tar.bz2"), (lzma, "a.txz")):
        yield of(name, packing.compress(one))
        longer = packing.compress(tarred(("1.png", page()), ("2.png", noise(9000)), ("3.png", page())))
        yield of(f"half {name}", longer[: len(longer) // 2], REFUSED)
    yield of("of old.cbt", tarred(("1.png", page()), form=tarfile.USTAR_FORMAT))
    yield of("of GNU.cbt", tarred(("p" * 200 + ".png", page()), form=tarfile.GNU_FORMAT))
    two = tarred(("1.png", page()), ("2.png", page()))
    second = 512 + -(-len(page()) // 512) * 512
    yield of("no end.cbt", two[: 2 * second], said="may have been cut off", results=2)
    yield of("ended between two pages.cbt", two[:second], said="may have been cut off")
    yield of("ended within a head.cbt", two[: second + 100], REFUSED, "damaged behind 1.png")
    yield of("a damaged second head.cbt", put_in(two, second + 148, b"0000000\0"), REFUSED, "damaged behind 1.png")
    yield of("page cut off.cbt", one[: 512 + len(page()) // 2], REFUSED)
    yield of("nothing in it.cbt", tarred(), REFUSED)
    yield of("zeros.cbt", bytes(10240), REFUSED)
    yield of("head alone.cbt", one[:300], REFUSED)
    yield of("wrong sum.cbt", put_in(one, 148, b"0000000\0"), REFUSED)
    yield of("less than nothing.cbt", resized(one, b"-0000000010\0"), REFUSED)
    yield of("larger than memory.cbt", resized(one, b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7), REFUSED)
    yield of("leads up.cbt", tarred(("../1.png", page())), REFUSED, "leads out")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as pack:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            entry = tarfile.TarInfo(f"{int(kind)}.png")
            entry.type, entry.linkname = kind, "/etc/passwd"
            pack.addfile(entry)
    yield of("links and devices.cbt", out.getvalue(), REFUSED)
    yield of("a page packed alone.cbz", gzip.compress(page()), REFUSED)
    yield of("a bomb.tgz", gzip.compress(bytes(30_000_000)), REFUSED)
    yield from spoiled("book.cbt", one, CLEAN, range(5), 4)
    yield from spoiled("book.tgz", gzip.compress(one), CLEAN, range(4), 3)


def resized(tar: bytes, size: bytes) -> bytes:
    """A tar whose first entry says another size, with the sum that belongs to it."""
    head = put_in(put_in(tar, 124, size), 148, b" " * 8)
    return put_in(head, 148, b"%06o\0 " % sum(head[:512]))


STRANGERS = {
    "empty.cbz": (b"", "empty file"),
    "rar.cbz": (b"Rar!\x1a\x07\x01\0" + noise(99), "RAR archive, named .cbz"),
    "rar.cbr": (b"Rar!\x1a\x07\0" + noise(99), "RAR archive"),
    "b.cbz": (b"7z\xbc\xaf\x27\x1c\0\4" + noise(99), "7z archive, named .cbz"),
    "c.cbz": (bytes(7) + b"**ACE**" + noise(99), "ACE archive"),
    "d.cbz": (b"\x24\x63-lh5-" + noise(99), "LHA archive"),
    "e.cbz": (b"\x28\xb5\x2f\xfd" + noise(99), "Zstandard"),
    "f.cbz": (b"MSCF" + bytes(4) + noise(99), "CAB archive"),
    "g.cbz": (b"%PDF-1.4\nnothing more", ""),
    "h.cbz": (saved(drawing(), "JPEG"), "a JPEG, named .cbz"),
    "i.cbz": (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "j.cbz": (b'{"error": "not found"}', "neither ZIP nor tar"),
    "k.cbz": (noise(4000), "neither ZIP nor tar"),
    "l.zip": (b"8BPS\0\1" + bytes(60), "PSD"),
    "m.pdf": (b"%PDF-1.7\n%%EOF\n", ""),
    "n.pdf": (b"not a PDF", ""),
    "o.pdf": (b"", ""),
    "p.epub": (b"BOOKMOBI" + noise(99), ""),
    "q.cb7": (b"\0" * 2000, ""),
}
"""Files of other kinds by an archive's name, and what the refusal calls them."""


def places() -> Iterator[Odd]:
    def holds(place: Path) -> None:
        place.mkdir()
        (place / "1.png").write_bytes(page())

    def mixed(place: Path) -> None:
        holds(place)
        for name in ("2.heic", "notes.txt", ".hidden", "Thumbs.db"):
            (place / name).write_bytes(b"x")
        (place / "sub").mkdir()
        (place / "sub" / "v1.cbz").write_bytes(zipped(("1.png", page())))
        (place / "loop").symlink_to(place)
        (place / "gone.png").symlink_to("nothing")

    yield Odd("a folder.cbz", holds, CLEAN)
    yield Odd("a folder of many things", mixed, CLEAN, said=r"link.*1 \.heic.*1 \.txt", results=2)
    yield Odd("gone.cbz", lambda place: None, CLEAN, REFUSED, "no such file")
    yield Odd("gone*.cbz", lambda place: None, CLEAN, REFUSED, "no picture fits")


def all_archives() -> list[Odd]:
    """All of them."""
    strangers = (Odd(name, content, CLEAN, REFUSED, said) for name, (content, said) in STRANGERS.items())
    return [*zips(), *tars(), *strangers, *places()]
