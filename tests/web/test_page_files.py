"""The page's files themselves: words in all languages, nothing from other hosts, no inline scripts or styles."""

import hashlib
import re
from pathlib import Path

import senga

PAGE = Path(senga.__file__).parent / "web" / "page"
VENDOR = PAGE / "vendor"
WORDS = [
    found
    for file in sorted(PAGE.glob("*words.js"))
    for found in re.findall(r"^  '([^']+)': \[(.*)\],$", file.read_text("utf-8"), re.M)
]


def test_every_word_is_there_in_three_languages() -> None:
    assert len(WORDS) > 100
    for key, texts in WORDS:
        found = re.findall(r"'([^']*)'|\"([^\"]*)\"", texts)
        assert len(found) == 3, key
        assert all(a or b for a, b in found), key
        holes = [sorted(re.findall(r"\{\w+\}", a or b)) for a, b in found]
        assert holes[0] == holes[1] == holes[2], key


def test_every_word_that_is_asked_for_is_known() -> None:
    known = {key for key, _ in WORDS}
    asked = set()
    for file in [*PAGE.glob("*.js"), PAGE / "index.html"]:
        text = file.read_text("utf-8")
        asked |= set(re.findall(r"data-(?:t|label)(?:\"|'|)[:=] ?[\"']([\w-]+)[\"']", text))
        asked |= set(re.findall(r"\bt\('([\w.-]+)'", text))
    assert len(asked) > 60
    assert asked <= known, asked - known


def test_nothing_comes_from_another_host() -> None:
    for file in (f for f in PAGE.iterdir() if f.is_file() and f.suffix != ".png"):
        for address in re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text("utf-8")):
            assert "www.w3.org" in address, (file.name, address)  # the name of SVG's namespace; nothing is fetched


def test_code_of_others_is_as_it_was_published_and_has_its_license() -> None:
    noted = re.findall(
        r"^\| (\S+) \| .* \| \w+, (\S+) \| ([0-9a-f]{64}) \|$", (VENDOR / "README.md").read_text("utf-8"), re.M
    )
    assert {name for name, _, _ in noted} == {file.name for file in VENDOR.glob("*.js")}
    for name, license, digest in noted:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
        assert "Permission is hereby granted" in (VENDOR / license).read_text("utf-8")


def test_code_of_others_loads_nothing() -> None:
    for file in VENDOR.glob("*.js"):
        assert not re.search(
            r"^import\b|\b(?:import|require|fetch|XMLHttpRequest|WebSocket)\s*\(", file.read_text("utf-8"), re.M
        )


def test_no_inline_script_or_style() -> None:
    html = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


def test_every_file_is_small_and_does_one_job() -> None:
    for file in PAGE.glob("*.js"):
        text = file.read_text("utf-8")
        assert text.startswith("// "), f"{file.name}: says what it is for"
        assert len(text.splitlines()) < 420, file.name
