"""Pair sets built as shards."""

import json
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from senga import cli, image
from senga.errors import PairSetError
from senga.inputs import archives
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.pairset import PairSet

PLAN = BuildPlan("canny", crop=32, crops=2, shard=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pictures"
    random = np.random.default_rng(0)
    for i in range(8):
        file = place / f"{i % 2}" / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.write(file, random.integers(0, 256, (5, 6, 3), np.uint8).repeat(10, 0).repeat(10, 1))
    return place


def whole(place: Path) -> dict[str, bytes]:
    return {f.relative_to(place).as_posix(): f.read_bytes() for f in sorted(place.rglob("*")) if f.is_file()}


def test_shards_hold_what_loose_files_hold(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "loose", BuildPlan("canny", crop=32, crops=2), workers=1)
    report = build_pairs(folder, tmp_path / "set", PLAN, workers=1)
    assert (report.pairs, report.pictures, report.added) == (16, 8, 16)
    loose, sharded = PairSet.open(tmp_path / "loose"), PairSet.open(tmp_path / "set")
    assert sorted(p.sha256 for p in sharded.pairs) == sorted(p.sha256 for p in loose.pairs)
    assert sharded.fingerprint() == loose.fingerprint()
    known = {p.sha256: p for p in loose.pairs}
    for pair in sharded.pairs:
        assert np.array_equal(sharded.color(pair), loose.color(known[pair.sha256]))
        assert np.array_equal(sharded.line(pair), loose.line(known[pair.sha256]))
        assert pair.split == known[pair.sha256].split
    with tarfile.open(tmp_path / "set" / "shards" / "000001.tar") as tar:
        names = tar.getnames()
    assert len(names) == 3 * 2 * 3
    assert names == sorted(names, key=lambda n: [m.split(".")[0] for m in names].index(n.split(".")[0]))


def test_the_set_is_the_same_whoever_builds_it_and_however_often_it_was_stopped(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "one", PLAN, workers=1)
    build_pairs(folder, tmp_path / "two", PLAN, workers=2)

    def halt(done: int, total: int, skipped: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_pairs(folder, tmp_path / "three", PLAN, workers=1, report=halt)
    assert not (tmp_path / "three" / "manifest.jsonl").exists()
    (tmp_path / "three" / "shards" / ".senga-torn.part").write_bytes(b"half")
    first = (tmp_path / "three" / "shards" / "000000.tar").stat().st_mtime_ns
    report = build_pairs(folder, tmp_path / "three", PLAN, workers=1)
    assert report.pairs == 16
    assert report.added == 10
    assert (tmp_path / "three" / "shards" / "000000.tar").stat().st_mtime_ns == first
    assert whole(tmp_path / "one") == whole(tmp_path / "two") == whole(tmp_path / "three")


def test_a_shard_that_was_changed_is_made_anew(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", PLAN, workers=1)
    before = whole(tmp_path / "set")
    shard = tmp_path / "set" / "shards" / "000001.tar"
    shard.write_bytes(shard.read_bytes()[:-2000])
    assert build_pairs(folder, tmp_path / "set", PLAN, workers=1).added == 6
    assert whole(tmp_path / "set") == before


def test_a_folder_with_fewer_pictures_leaves_no_old_shard_behind(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", PLAN, workers=1)
    for i in (4, 5, 6, 7):
        (folder / f"{i % 2}" / f"{i}.png").unlink()
    assert build_pairs(folder, tmp_path / "set", PLAN, workers=1).pairs == 8
    assert len(list((tmp_path / "set" / "shards").glob("*.tar"))) == 2
    assert len(PairSet.open(tmp_path / "set").pairs) == 8


def test_pictures_that_cannot_be_used_are_told_and_the_process_ends_with_2(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "0" / "torn.png").write_bytes(b"no picture")
    order = [
        "senga",
        "pairs",
        "build",
        folder,
        tmp_path / "set",
        "--method",
        "canny",
        "--shards",
        "3",
        "--workers",
        "1",
    ]
    monkeypatch.setattr(sys, "argv", [*map(str, order), "--report", str(tmp_path / "report.json")])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "0/torn.png" in capsys.readouterr().err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"] == {"pairs": 8, "pictures": 8, "added": 8, "failed": 1}
    assert report["failed"][0]["file"] == "0/torn.png"
    assert len((tmp_path / "set" / "skipped.jsonl").read_text().splitlines()) == 1
    with pytest.raises(PairSetError, match=r"torn.png: .*stopped by --on-error stop"):
        build_pairs(folder, tmp_path / "other", PLAN, workers=1, stop=True)


def test_archives_and_several_folders_make_one_set(folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.cbz"
    archives.pack(book, [(f.name, f) for f in sorted((folder / "1").glob("*.png"))])
    report = build_pairs([folder / "0", book], tmp_path / "set", BuildPlan("none"), workers=1)
    assert report.pairs == 8
    sources = {p.source for p in PairSet.open(tmp_path / "set").pairs}
    assert "0/2.png" in sources
    assert "book/3.png" in sources
    with pytest.raises(PairSetError, match="has the name of"):
        build_pairs([book, book], tmp_path / "other", BuildPlan("none"), workers=1)
