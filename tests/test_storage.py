"""Files by URL: object storage as fsspec has it in memory, and a disk behind file://."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from conftest import call, ring
from senga import image, storage
from senga.errors import SengaError
from senga.inputs import archives
from senga.inputs.item import find_items
from senga.jobs.ledger import NAME, Entry, Ledger
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.pairset import PairSet

pytest.importorskip("fsspec")


def url(path: Path) -> str:
    return f"file://{path}"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    for i in range(10):
        file = folder / f"ch{i % 2}" / f"p{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.write(file, np.dstack([ring(40, 50, 4 + i)] * 3))
    return folder


def pictures(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*.png")}


def test_a_file_in_memory_is_written_read_and_removed() -> None:
    storage.write("memory://box/a/b.txt", b"one")
    storage.write("memory://box/a/b.txt", b"two")
    assert storage.read("memory://box/a/b.txt") == b"two"
    assert storage.exists("memory://box/a/b.txt")
    assert storage.is_folder("memory://box/a")
    assert storage.find("memory://box") == ["a/b.txt"]
    with storage.opened("memory://box/a/b.txt") as file:
        file.seek(1)
        assert file.read() == b"wo"
    assert len(storage.digest("memory://box/a/b.txt")) == 64
    storage.remove("memory://box/a/b.txt")
    assert not storage.exists("memory://box/a/b.txt")
    assert storage.digest("memory://box/a/b.txt") == ""


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("nowhere://box/a.png", "nowhere"),
        ("memory://box/missing.png", "no such file"),
        ("file:///nowhere/a.png", "no such file"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_its_name(place: str, reason: str) -> None:
    with pytest.raises(SengaError, match=reason) as caught:
        storage.read(place)
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)


def test_items_by_url_are_named_from_what_was_named(pages: Path) -> None:
    here, there = find_items([str(pages)]), find_items([url(pages)])
    assert [i.name for i in there] == [i.name for i in here]
    assert there[3].content() == here[3].content()
    assert find_items([url(pages / "ch0" / "p2.png")])[0].name == "p2.png"
    with pytest.raises(SengaError, match="no pictures here"):
        find_items(["memory://empty/folder"])


def test_an_archive_by_url_is_read_without_being_fetched_whole(pages: Path, tmp_path: Path) -> None:
    archives.pack(tmp_path / "book.cbz", [(f.name, f) for f in sorted(pages.rglob("*.png"))])
    items = find_items([url(tmp_path / "book.cbz")])
    assert items[0].name == "book/p0.png"
    assert items[0].content() == (pages / "ch0" / "p0.png").read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_folder_by_url_becomes_one_by_url(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    assert call(monkeypatch, "lines", pages, "-o", tmp_path / "here", "--method", "canny", "--svg") == 0
    order = ["lines", url(pages), "-o", url(tmp_path / "there"), "--method", "canny", "--svg", "--workers", workers]
    assert call(monkeypatch, *order) == 0
    assert pictures(tmp_path / "there") == pictures(tmp_path / "here")
    assert len(list((tmp_path / "there").rglob("*.svg"))) == 10
    assert not list((tmp_path / "there").rglob("*.part"))
    # The same again is refused, or proven.
    assert call(monkeypatch, *order) == 2
    (tmp_path / "there" / "ch0" / "p2.png").unlink()
    made = (tmp_path / "there" / "ch1" / "p3.png").stat().st_mtime_ns
    assert call(monkeypatch, *order, "--resume") == 0
    assert pictures(tmp_path / "there") == pictures(tmp_path / "here")
    assert (tmp_path / "there" / "ch1" / "p3.png").stat().st_mtime_ns == made
    # What is not ours is left alone.
    (tmp_path / "there" / "ch0" / "p2.png").write_bytes(b"a person's own")
    assert call(monkeypatch, *order, "--resume") == 2
    assert (tmp_path / "there" / "ch0" / "p2.png").read_bytes() == b"a person's own"


def test_a_picture_by_url_is_fetched_once(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []
    read = storage.read

    def noted(place: str) -> bytes:
        fetched.append(place)
        return read(place)

    monkeypatch.setattr(storage, "read", noted)
    order = ["lines", url(pages), "-o", tmp_path / "here", "--method", "canny", "--workers", 1, "--resume"]
    assert call(monkeypatch, *order) == 0
    assert sorted(f for f in fetched if f.endswith(".png")) == sorted(url(f) for f in pages.rglob("*.png"))


def test_a_file_gets_the_permissions_of_the_umask(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    storage.write(str(tmp_path / "whole"), b"x")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode
    with pytest.raises(SengaError, match="cannot be written"):
        storage.write(str(tmp_path / "no" / "folder"), b"x")


def test_a_comic_by_url(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "lines", pages, "-o", tmp_path / "here.cbz", "--method", "canny") == 0
    assert call(monkeypatch, "lines", pages, "-o", url(tmp_path / "there.cbz"), "--method", "canny") == 0
    assert (tmp_path / "there.cbz").read_bytes() == (tmp_path / "here.cbz").read_bytes()
    with zipfile.ZipFile(tmp_path / "there.cbz") as pack:
        assert len(pack.namelist()) == 10
    assert not (tmp_path / "there.cbz.parts").exists()


def test_a_ledger_in_object_storage_is_written_at_the_end() -> None:
    ledger = Ledger(f"memory://runs/{NAME}")
    ledger.add(Entry("memory://runs/a/b.png", "s", "w", {"memory://runs/a/b.png": "d"}))
    ledger.close()
    again = Ledger(f"memory://runs/{NAME}")
    assert again.proofs("memory://runs/a/b.png", "w") == ("s", {"memory://runs/a/b.png": "d"})


def test_a_pair_set_by_url_is_the_same_as_one_here(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = BuildPlan("canny", shard=4)
    here = build_pairs(pages, tmp_path / "here", plan, workers=1)
    there = build_pairs(url(pages), url(tmp_path / "there"), plan, workers=2)
    assert (here.pairs, there.pairs) == (10, 10)
    for file in ("manifest.jsonl", "plan.json", "shards/000000.tar", "shards/000002.tar"):
        assert (tmp_path / "there" / file).read_bytes() == (tmp_path / "here" / file).read_bytes(), file
    monkeypatch.setenv("SENGA_CACHE", str(tmp_path / "cache"))
    known, read = PairSet.open(tmp_path / "here"), PairSet.open(Path(url(tmp_path / "there")))
    assert read.pairs == known.pairs
    assert not list((tmp_path / "cache").rglob("*.tar")), "shards are fetched when they are read"
    for pair in read.pairs:
        assert np.array_equal(read.line(pair), known.line(pair))
    assert len(list((tmp_path / "cache").rglob("*.tar"))) == 3
    with pytest.raises(SengaError, match="no pair set here"):
        PairSet.open(url(tmp_path / "nothing"))
    with pytest.raises(SengaError, match="give --shards"):
        build_pairs(pages, url(tmp_path / "loose"), BuildPlan("canny"), workers=1)
