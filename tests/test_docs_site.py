"""The site of the documents: each has its place there, and links lead to the places of what they name."""

import doctest
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from blocks import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import docs_site


@pytest.fixture(autouse=True)
def staged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(docs_site, "STAGED", tmp_path)
    return tmp_path


def test_what_the_docstrings_say() -> None:
    assert doctest.testmod(docs_site).failed == 0


def test_every_document_is_reached_from_the_navigation() -> None:
    settings = (ROOT / "docs" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\s+- (?:[^:\n]+: )?([\w/-]+\.md)$", settings.partition("\nnav:")[2], re.M))
    apart = {"examples/CREDITS.md", "CREDITS.md"}
    pages = {docs_site.place(name) for name in docs_site.documents() if not name.startswith("plugins/")}
    assert pages - apart == shown - {"plugins/index.md"}, "docs/site/mkdocs.yml names the pages of the site"


def test_each_plugin_has_its_page() -> None:
    assert docs_site.place("plugins/comfyui/README.md") == "plugins/comfyui.md"
    for file in (ROOT / "plugins").glob("*/README.md"):
        assert f"]({file.parent.name}.md)" in docs_site.plugins()


def test_links_between_documents_follow_them(staged: Path) -> None:
    assert docs_site.moved("../guide/lines.md", "docs/site/start.md") == "guide/lines.md"
    assert docs_site.moved("../../EXPERIMENTS.md", "docs/experiments/speed.md") == "index.md"
    assert docs_site.moved("docs/accounts.md", "EXPERIMENTS.md") == "../accounts.md"
    assert docs_site.moved("https://host.example/x.md", "EXPERIMENTS.md") == "https://host.example/x.md"
    assert not list(staged.iterdir())


def test_code_that_a_document_names_becomes_a_page_and_a_picture_comes_along(staged: Path) -> None:
    assert docs_site.moved("../../Containerfile", "docs/guide/server.md") == "../source/Containerfile.md"
    assert "FROM docker.io" in (staged / "source" / "Containerfile.md").read_text()
    assert docs_site.moved("../strip.webp", "docs/site/start.md") == "strip.webp"
    assert (staged / "strip.webp").read_bytes() == (ROOT / "docs" / "strip.webp").read_bytes()
    assert docs_site.moved("../../tools/peers", "docs/experiments/judging.md") == "../source/tools/peers.md"
    assert "gmic.py" in (staged / "source" / "tools" / "peers.md").read_text()


@pytest.mark.parametrize("link", ["nowhere.md", "../../../outside.md", "guide/lines.md"])
def test_a_link_to_what_is_not_there_ends_the_build(link: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"docs/guide/lines.md: links to {link}, which is not there")):
        docs_site.moved(link, "docs/guide/lines.md")


def test_comments_are_left_out_but_for_what_is_said_on_the_site_alone() -> None:
    text = "a\n<!-- parsed: why -->\n```sh\nx\n```\n<!-- on the site: see [b](b.md). -->\n"
    assert docs_site.written(text, str.upper) == "a\n```sh\nx\n```\nsee [b](B.MD).\n"


def test_every_section_of_the_gallery_is_made() -> None:
    from docs_gallery import SECTIONS

    text = (ROOT / "docs" / "site" / "gallery.md").read_text(encoding="utf-8")
    assert re.findall(r"<!-- pictures: (\w+) -->", text) == list(SECTIONS)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="needs the extra docs")
def test_the_site_is_built_and_fetches_nothing_and_a_missing_heading_ends_it() -> None:
    script = ROOT / "tools" / "docs_site.py"
    done = subprocess.run([sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    site = ROOT / "build" / "site"
    pages = {f.relative_to(site).as_posix(): f.read_text(encoding="utf-8") for f in site.rglob("*.html")}
    assert {"index.html", "gallery.html", "guide/illustrator.html", "reference/senga.html"} <= set(pages)
    for name, text in pages.items():
        assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?https?:", text), name
    for text in (f.read_text(encoding="utf-8") for f in site.rglob("*.css")):
        assert not re.search(r"url\([\"']?https?:|@import", text)
    page = ROOT / "build" / "site-source" / "weights.md"
    kept = page.read_text(encoding="utf-8")
    page.write_text(f"{kept}\n[x](formats.md#nowhere)\n", encoding="utf-8")
    try:
        with pytest.raises(SystemExit, match="does not contain an anchor '#nowhere'"):
            docs_site.build()
    finally:
        page.write_text(kept, encoding="utf-8")
