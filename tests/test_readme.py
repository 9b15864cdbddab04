"""The README's examples do what they say."""

import re
import shutil
import zipfile
from pathlib import Path

import pytest

from blocks import ROOT, blocks, try_all
from conftest import patchwork
from senga import image

pytestmark = pytest.mark.usefixtures("few_settled")

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


def test_every_block_runs_or_is_one_that_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "PICTURES").mkdir()
    image.write(tmp_path / "PICTURES" / "a.png", patchwork(96, 128))
    with zipfile.ZipFile(tmp_path / "comic.cbz", "w") as comic:
        comic.write(ROOT / "examples" / "dove.png", "1.png")
    monkeypatch.chdir(tmp_path)
    try_all(README, monkeypatch)
    for made, drawing in (("dress-color", "dress"), ("girl-color", "girl"), ("witch-clean", "witch")):
        assert image.read(f"{made}.png").shape == image.read(f"examples/{drawing}.png").shape
    assert zipfile.ZipFile("colored.cbz").namelist() == ["1.png"]


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    (block,) = (b for b in blocks(README) if b.kind == "sh")
    assert block.commands() == ["make demo", "make test"]


def test_it_is_short() -> None:
    assert len(TEXT.split()) < 1000


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_what_documents_link_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        if "://" in name:
            continue
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {link}"


def anchors(page: Path) -> set[str]:
    """The names that headings of a page are linked by."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
