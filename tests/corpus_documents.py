"""Odd projects, characters, recipes, model files, hints, ledgers, runs and pair sets."""

import dataclasses
import hashlib
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from corpus import EITHER, READ, REFUSED, Odd, drawing, noise, put_in, saved, spoiled
from packing import packed, parts_of
from senga.color.files.project import Project
from senga.color.request import Request
from senga.model.card import Card

PROJECT = ("project", "show", "FILE")
CHARACTER = ("character", "show", "FILE")
RECIPE = ("recipes", "show", "FILE")
CARD = ("card", "FILE")
HINTS = ("color", "drawing.png", "-o", "out/1.png", "--hints", "FILE", "--model", "MODEL")
RESUME = ("clean", "in", "-o", "out", "--resume")
STATUS = ("runs", "status", "FILE")
CHECK = ("pairs", "check", "FILE")

SOME = -1
"""As many results as there are, one at least."""

DEEP = 100_000
"""Brackets within brackets."""


@lru_cache
def project() -> Project:
    """A whole project."""
    return Project.new(saved(drawing(), "PNG"), "ring.png", Request(palette=("#7a4a2b",)))


def facts(**changed: Any) -> bytes:
    """The project with other facts; None takes one away."""
    found = {**json.loads(parts_of(project())["project.json"]), **changed}
    kept = {key: value for key, value in found.items() if value is not ...}
    return packed({**parts_of(project()), "project.json": json.dumps(kept).encode()})


def projects() -> Iterator[Odd]:
    def of(name: str, content: bytes, ends: str = REFUSED, said: str = "") -> Odd:
        return Odd(f"{name}.senga", content, PROJECT, ends, said, SOME)

    whole = parts_of(project())
    yield of("whole", project().to_bytes(), READ)
    yield of("packed again", packed(whole), READ)
    yield of("empty", b"")
    yield of("words", b"hello")
    yield of("noise", noise(999))
    yield of("a picture", saved(drawing(), "PNG"))
    yield of("head alone", b"PK\3\4")
    yield of("nothing in it", packed({}), said="empty zip")
    yield of("a comic", packed({"1.png": whole["drawing"], "2.png": whole["drawing"]}), said="comic")
    layers = {"mimetype": b"image/openraster", "stack.xml": b"<image/>", "data/1.png": whole["drawing"]}
    yield of("layers", packed(layers, zipfile.ZIP_STORED), said="OpenRaster")
    for missing in ("project.json", "marks.json", "drawing"):
        yield of(f"without {missing}", packed({k: v for k, v in whole.items() if k != missing}), said=missing)
    yield of("more parts", packed({**whole, "notes.txt": b""}), said=r"notes\.txt")
    yield of("parts that lead out", packed({**whole, "../../1.png": b""}))
    yield of("thousands of parts", packed({**whole, **{str(n): b"" for n in range(3000)}}), said="too many parts")
    yield of("by lzma", packed(whole, zipfile.ZIP_LZMA), said="packed in a way")
    yield of("encrypted", put_in(project().to_bytes(), project().to_bytes().index(b"PK\1\2") + 8, b"\1\0"))
    yield of("a bomb", packed({**whole, "marks.json": bytes(40_000_000)}), said="unpack")
    yield of("a drawing of nothing", packed({**whole, "drawing": b""}))
    yield of("a drawing of noise", packed({**whole, "drawing": noise(500)}), said="ring.png|drawing")
    yield of(
        "a drawing that is large by its head",
        packed({**whole, "drawing": put_in(whole["drawing"], 16, b"\0\1\0\0\0\1\0\0")}),
    )
    several = saved(drawing(), "TIFF", save_all=True, append_images=[drawing()])
    yield of("a drawing of two pages", packed({**whole, "drawing": several}), READ, "others are left out")
    yield of("a reference that nobody names", packed({**whole, "reference": whole["drawing"]}))
    for word, text in (
        *(
            ("not JSON", b"hello"),
            ("JSON of nothing", b""),
            ("a list", b"[]"),
            ("null", b"null"),
            ("not UTF-8", b"\xff\xfe"),
        ),
        *(
            ("deep", b"[" * DEEP),
            ("not a number", b'{"format": NaN}'),
            ("a long number", b'{"format": ' + b"9" * 9999 + b"}"),
        ),
        *(
            ("twice", b'{"format": 1, "format": 1}'),
            ("of words", b'{"format": "1"}'),
            ("of the future", b'{"format": 2}'),
        ),
    ):
        yield of(f"facts {word}", packed({**whole, "project.json": text}))
        yield of(f"marks {word}", packed({**whole, "marks.json": text}), EITHER)
    yield of("a format of 1.0", facts(format=1.0), EITHER)
    yield of("no request", facts(request=...), said="'request' is missing")
    yield of("an unknown key", facts(color=1), said="unknown key 'color'")
    yield of("a name with folders", facts(drawing={"name": "../ring.png"}))
    yield of("a name of two lines", facts(drawing={"name": "a\nb.png"}))
    yield of("a name with half a letter", facts(drawing={"name": "a\ud800.png"}))
    yield of("a name that is long", facts(drawing={"name": "a" * 5000}))
    yield of("a swatch that is none", facts(swatches=[{"color": "red", "name": "x"}]), said="swatches 1")
    yield of("a swatch of too much", facts(swatches=[{"color": "#000", "name": "x", "k": 1}]))
    yield of("many swatches", facts(swatches=[{"color": "#000", "name": ""}] * 20_000), said="at most")
    yield of("a model that is none", facts(model={"name": "x", "sha256": "0"}), said="sha256")
    yield of("a palette of words", facts(request={"palette": "all"}))
    yield of("a request of a list", facts(request=[]))
    yield Odd("folder.senga", lambda place: place.mkdir(), PROJECT, REFUSED)
    yield Odd("gone.senga", lambda place: None, PROJECT, REFUSED)
    yield from (
        Odd(odd.name, odd.content, PROJECT, EITHER, results=SOME)
        for odd in spoiled("whole.senga", project().to_bytes(), PROJECT, range(8), 6)
    )


WHOLE = """name = "Mina"
palette = ["#fff7ec"]
[colors]
hair = "#7a4a2b"
[[hints]]
color = "hair"
at = [0.5, 0.2]
"""

MINE = """name = "mine"
about = "Ours."
[generator]
kind = "unet"
[losses]
l1 = 1.0
[training]
steps = 1
"""


def tables() -> Iterator[Odd]:
    """Characters and recipes, which are both TOML."""

    def of(name: str, content: str | bytes, ends: str = REFUSED, said: str = "") -> Odd:
        return Odd(f"{name}.toml", content.encode() if isinstance(content, str) else content, command, ends, said, SOME)

    for command, whole in ((CHARACTER, WHOLE), (RECIPE, MINE)):
        yield of("whole", whole, READ)
        yield of("of Windows", whole.replace("\n", "\r\n"), READ)
        yield of("with a mark before it", b"\xef\xbb\xbf" + whole.encode(), READ)
        yield of("UTF-16", whole.encode("utf-16"))
        yield of("not UTF-8", whole.encode().replace(b"mine", b"\xff\xfe").replace(b"Mina", b"\xff\xfe"))
        yield of("empty", "")
        yield of("words", "hello world")
        yield of("noise", noise(300))
        yield of("zeros", bytes(300))
        yield of("JSON", '{"name": "x"}')
        yield of("deep", "a = " + "[" * DEEP)
        yield of("deep tables", "[" + "a." * 3000 + "a]")
        yield of("a number of thousands of digits", whole.replace("[", f"count = {'9' * 5000}\n[", 1))
        yield of("infinite", whole.replace("0.5", "inf").replace("1.0", "inf"))
        yield of("no number", whole.replace("0.5", "nan").replace("1.0", "nan"))
        yield of("a date", whole.replace('"Mina"', "2020-01-01").replace('"mine"', "2020-01-01"))
        yield of("a key twice", whole + whole)
        yield of("an unknown key", "colour = 1\n" + whole, said="colour")
        yield of("no name", whole.split("\n", 1)[1], said="'name' is missing")
        yield of("a name of two lines", whole.replace("Mina", "a\\nb").replace('"mine"', '"a\\nb"'), EITHER)
        yield Odd("folder.toml", lambda place: place.mkdir(), command, REFUSED)
        yield Odd("gone.toml", lambda place: None, command, REFUSED)
        yield from (
            Odd(odd.name, odd.content, command, EITHER, results=SOME)
            for odd in spoiled("whole.toml", whole.encode(), command, range(4), 3)
        )


def models() -> Iterator[Odd]:
    def of(name: str, content: bytes, ends: str = REFUSED, said: str = "") -> Odd:
        return Odd(name, content, CARD, ends, said, SOME)

    def changed(old: bytes = b"", new: bytes = b"", cut: int = 1) -> Callable[[Path], object]:
        def put(place: Path) -> None:
            content = (place.parent / "model.onnx").read_bytes()
            place.write_bytes(content.replace(old, new)[: len(content) // cut])

        return put

    yield of("empty.onnx", b"")
    yield of("words.onnx", b"hello")
    yield of("noise.onnx", noise(4000))
    yield of("zeros.onnx", bytes(4000))
    yield of("pickled.pth", b"\x80\x02}q\x00X\x03\0\0\0abcq\x01K\x01s.")
    yield of("weights.safetensors", struct.pack("<Q", 2) + b"{}")
    yield of("words of a language.gguf", b"GGUF\3\0\0\0" + bytes(40))
    yield of("a picture.onnx", saved(drawing(), "PNG"))
    yield of("of a library.zip", packed({"archive/data.pkl": noise(60), "archive/version": b"3\n"}))
    yield of("nothing.zip", packed({}))
    yield of("card alone.zip", packed({"card.json": b"{}"}))
    for word, text in (("of words", b"hello"), ("deep", b"[" * DEEP), ("a list", b"[]"), ("of nothing", b"{}")):
        yield of(f"a card {word}.zip", packed({"card.json": text, "painter.onnx": b""}))
    words = {**dict.fromkeys((field.name for field in dataclasses.fields(Card)), "x"), "form": 1, "conditions": []}
    yield of("a card of words for all.zip", packed({"card.json": json.dumps(words).encode()}), said="is no ")
    yield of("by lzma, damaged.zip", put_in(packed({"card.json": b"{}" * 99}, zipfile.ZIP_LZMA), 50, noise(9)), EITHER)
    yield of(
        "encrypted.zip",
        put_in(packed({"card.json": b"{}"}), packed({"card.json": b"{}"}).index(b"PK\1\2") + 8, b"\1\0"),
    )
    yield Odd("whole.onnx", changed(b"?", b"?"), CARD, results=SOME)
    for cut in (2, 3, 5):
        yield Odd(f"cut at {cut}.onnx", changed(b"?", b"?", cut), CARD, REFUSED)
    for word, old, new in (
        *(
            ("of the future", b'"form": 1', b'"form": 9'),
            ("of an unknown task", b'"task": "colorize"', b'"task": "colorise"'),
        ),
        *(("of words for numbers", b'"parameters": ', b'"parameters":"'), ("without a name", b'"name"', b'"nome"')),
    ):
        yield Odd(f"a card {word}.onnx", changed(old, new), CARD, REFUSED)
    yield Odd("folder.onnx", lambda place: place.mkdir(), CARD, REFUSED)
    yield Odd("gone.onnx", lambda place: None, CARD, REFUSED)


def hints() -> Iterator[Odd]:
    def of(name: str, content: bytes, ends: str = READ, said: str = "") -> Odd:
        return Odd(name, content, HINTS, ends, said)

    dots = Image.new("RGBA", (50, 40))
    dots.paste((200, 30, 60, 255), (20, 15, 26, 20))
    yield of("whole.png", saved(dots, "PNG"))
    yield of("of another size.png", saved(dots.resize((25, 20)), "PNG"), EITHER)
    yield of("nothing on it.png", saved(Image.new("RGBA", (50, 40)), "PNG"), EITHER)
    yield of("without transparency.png", saved(dots.convert("RGB"), "PNG"), EITHER)
    yield of("a photo.jpg", saved(drawing(), "JPEG"), EITHER)
    yield of("of few colors.gif", saved(dots, "GIF"), EITHER)
    yield of("two pages.tif", saved(dots, "TIFF", save_all=True, append_images=[dots]), said="others are left out")
    yield of("torn.png", saved(dots, "PNG")[:90], REFUSED)
    yield of("empty.png", b"", REFUSED)
    yield of("words.png", b"red here", REFUSED)
    yield of("marks.json", b'[{"kind": "dot"}]', REFUSED)
    yield of("layers.psd", b"8BPS\0\1" + bytes(40), REFUSED)
    yield Odd("folder.png", lambda place: place.mkdir(), HINTS, REFUSED, "folder")
    yield Odd("gone.png", lambda place: None, HINTS, REFUSED, "no such file")


LEDGERS = {
    "empty": b"",
    "noise": noise(500),
    "zeros": bytes(500),
    "half a line": b'{"target": "1.png", "sou',
    "a list": b"[1, 2, 3, 4]\n",
    "null": b"null\n",
    "deep": b"[" * DEEP + b"\n",
    "a target that is a list": b'{"target": [], "source": "", "work": "", "made": {}}\n',
    "a target that is a number": b'{"target": 1, "source": 2, "work": 3, "made": 4}\n',
    "files that are a list": b'{"target": "1.png", "source": "PAGE", "work": "WORK", "made": []}\n',
    "a file with a zero byte": b'{"target": "1.png", "source": "PAGE", "work": "WORK", "made": {"a\\u0000b": ""}}\n',
    "a file with half a letter": b'{"target": "1.png", "source": "PAGE", "work": "WORK", "made": {"a\\ud800b": ""}}\n',
    "a file outside": b'{"target": "1.png", "source": "PAGE", "work": "WORK", "made": {"../../../etc/passwd": ""}}\n',
    "a digest of words": b'{"target": "1.png", "source": "PAGE", "work": "WORK", "made": {"1.png": 5}}\n',
    "a longer line": b'{"target": "1.png", "source": "", "work": "", "made": {}, "more": 1}\n',
    "a number of thousands of digits": b'{"target": "1.png", "source": ' + b"9" * 9999 + b"}\n",
    "not UTF-8": b'{"target": "\xff.png", "source": "", "work": "", "made": {}}\n',
}
"""Ledgers of runs; WORK and PAGE stand for the digests of the run and of its pages."""


def ledgers() -> Iterator[Odd]:
    def beside(content: bytes) -> Callable[[Path], object]:
        page = hashlib.sha256(saved(drawing(), "PNG")).hexdigest()
        own = content.replace(b"WORK", work().encode()).replace(b"PAGE", page.encode())

        def put(place: Path) -> None:
            for folder in ("in", "out"):
                (place.parent / folder).mkdir()
            for page in ("1.png", "2.png"):
                (place.parent / "in" / page).write_bytes(saved(drawing(), "PNG"))
            place.parent.joinpath("out", ".senga-run.jsonl").write_bytes(own)

        return put

    for name, content in LEDGERS.items():
        yield Odd(name, beside(content), RESUME, results=2, about="ledger")


@lru_cache
def work() -> str:
    """What a plain run of `clean` proves its results by."""
    from senga.jobs.drawing import CleanUp

    return CleanUp().fingerprint()


def folders() -> Iterator[Odd]:
    """Runs and pair sets."""

    def of(name: str, command: tuple[str, ...], files: dict[str, bytes], ends: str = REFUSED) -> Odd:
        def put(place: Path) -> None:
            place.mkdir()
            for file, content in files.items():
                (place / file).write_bytes(content)

        return Odd(name, put, command, ends, results=SOME)

    wrong = {
        "words": b"hello",
        "a list": b"[]",
        "null": b"null",
        "nothing": b"",
        "deep": b"[" * DEEP,
        "not UTF-8": b"\xff\xff",
    }
    wrong["other keys"] = b'{"a": 1}'
    wrong["words for numbers"] = json.dumps(
        dict.fromkeys(("step", "seen", "pictures", "minutes", "speed", "written", "process"), "x")
    ).encode()
    for word, content in wrong.items():
        yield of(f"status of {word}", STATUS, {"status.json": content})
        yield of(f"start of {word}", STATUS, {"started.json": content}, EITHER)
        yield of(f"manifest of {word}", CHECK, {"manifest.jsonl": content}, EITHER if not content else REFUSED)
    yield of("no run", STATUS, {})
    yield of("no pairs", CHECK, {})
    yield Odd("a file for a run", b"hello", STATUS, REFUSED)
    yield Odd("a file for pairs", b"hello", CHECK, REFUSED)
    yield Odd("gone for a run", lambda place: None, STATUS, REFUSED)
    yield Odd("gone for pairs", lambda place: None, CHECK, REFUSED)


def all_documents() -> list[Odd]:
    """All of them."""
    return [odd for kind in (projects, tables, models, hints, ledgers, folders) for odd in kind()]
