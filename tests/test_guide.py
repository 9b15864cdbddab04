"""Every block of the guide does what it says: it is run, or parsed where it says why."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from blocks import ROOT, blocks, parse, run, try_all
from conftest import patchwork, ring
from senga import image

pytestmark = pytest.mark.usefixtures("few_settled")

GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))


def pictures(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        image.write(folder / f"{number}.png", patchwork(288, 272, number))


def of_batch(folder: Path) -> None:
    with zipfile.ZipFile(folder / "comic.cbz", "w") as comic:
        comic.write(ROOT / "examples" / "dove.png", "1.png")
    with zipfile.ZipFile(folder / "chapter-1.cbz", "w") as chapter:
        chapter.write(ROOT / "examples" / "witch.png", "1.png")
    pictures(folder / "PICTURES", 2)
    (folder / "CUT").mkdir()
    for frame, radius in (("f011", 30), ("f012", 32), ("f013", 34)):
        image.write(folder / "CUT" / f"{frame}.png", ring(120, 128, radius))
    colored = image.read(folder / "CUT" / "f012.png").copy()
    colored[50:70, 54:74] = (200, 60, 40)
    image.write(folder / "f012-color.png", colored)


def of_data_set(folder: Path) -> None:
    pictures(folder / "PICTURES", 6)
    pictures(folder / "more", 2)
    with zipfile.ZipFile(folder / "MORE.zip", "w") as archive:
        for file in (folder / "more").iterdir():
            archive.write(file, f"more-{file.name}")


def of_training(folder: Path) -> None:
    pictures(folder / "PICTURES", 8)


BRINGS: dict[str, Callable[[Path], None]] = {"batch": of_batch, "data-set": of_data_set, "training": of_training}
"""What a reader of the page has."""


LONG = ("training", "data-set", "illustrator")
"""Pages whose blocks take half a minute: they are run with the slow tests, and parsed with all others."""


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in LONG else []) for page in PAGES],
)
def test_every_block_runs_or_is_one_that_can(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    if page.stem in BRINGS:
        BRINGS[page.stem](tmp_path)
    monkeypatch.chdir(tmp_path)
    if page.stem == "training":
        run("senga pairs build PICTURES SET --method xdog --val 0.3 --test 0", monkeypatch)
    try_all(page, monkeypatch)


@pytest.mark.parametrize("name", LONG)
def test_every_command_of_a_long_page_is_one_that_there_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    commands = [command for block in blocks(GUIDE / f"{name}.md") for command in block.commands()]
    assert len(commands) > 5
    for command in commands:
        parse(command)


def test_most_blocks_of_everyday_work_are_run() -> None:
    for name in ("illustrator", "lines", "batch", "data-set"):
        tried = [not block.why for block in blocks(GUIDE / f"{name}.md")]
        assert sum(tried) > len(tried) / 2, name


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/guide/{page.name}" in text for page in PAGES)
