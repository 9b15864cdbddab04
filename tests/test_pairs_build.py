"""Building pair sets: what is cut is exact, what is split stays together, what is stopped goes on."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import image, storage
from senga.errors import PairSetError, SengaError
from senga.lines.edges import Canny, Xdog
from senga.lines.extract import extract_lines
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.pairset import PairSet, write_manifest

CROPS = BuildPlan(method="xdog", crop=32, crops=3, rotations=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven pictures, in two folders."""
    place = tmp_path / "pictures"
    (place / "deep").mkdir(parents=True)
    for i in range(5):
        image.write(place / f"p{i}.png", patchwork(60 + i, 70, i))
    image.write(place / "deep" / "p0.jpg", patchwork(64, 64, 7))
    image.write(place / "deep" / "p1.PNG", patchwork(50, 90, 8))
    return place


def content(out: Path) -> dict[str, bytes]:
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in out.rglob("*") if file.is_file()}


def test_crops_are_exact_parts_of_picture_and_of_its_lines(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", CROPS, workers=1)
    pairs = PairSet.open(tmp_path / "set")
    assert len(pairs.pairs) == 7 * 3 * 4
    for pair in pairs.pairs:
        picture = image.read(folder / pair.source)
        left, top, right, bottom = pair.box
        turns = pair.rotation // 90
        assert (right - left, bottom - top) == (32, 32)
        np.testing.assert_array_equal(pairs.color(pair), np.rot90(picture[top:bottom, left:right], turns))
        lines = extract_lines(picture, "xdog")
        np.testing.assert_array_equal(pairs.line(pair), np.rot90(lines[top:bottom, left:right], turns))


def test_crops_of_a_picture_lie_at_different_places(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", BuildPlan("none", crop=48, crops=30), workers=1)
    boxes: dict[str, list[object]] = {}
    for pair in PairSet.open(tmp_path / "set").pairs:
        boxes.setdefault(pair.source, []).append(pair.box)
    assert all(len(set(places)) == len(places) for places in boxes.values())
    assert len(boxes["p0.png"]) == 30


def test_a_picture_of_the_crop_s_size_gives_one_crop(tmp_path: Path) -> None:
    storage.write_new(tmp_path / "a.png", image.encode(patchwork(32, 32), "PNG"))
    assert build_pairs(tmp_path, tmp_path / "set", replace(CROPS, rotations=False), workers=1).pairs == 1


def test_whole_pictures_are_copied_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", BuildPlan("canny"), workers=1)
    pairs = PairSet.open(tmp_path / "set").pairs
    assert len(pairs) == 7
    assert len({pair.color for pair in pairs}) == 7  # p0 and p1 are there twice
    for pair in pairs:
        assert (tmp_path / "set" / pair.color).read_bytes() == (folder / pair.source).read_bytes()
        assert pair.line is not None
        assert pair.line.endswith(".png")


def test_method_none_writes_no_lines(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", BuildPlan("none"), workers=1)
    assert all(pair.line is None for pair in PairSet.open(tmp_path / "set").pairs)
    assert not (tmp_path / "set" / "line").exists()


def test_given_lines_are_taken_by_name(folder: Path, tmp_path: Path) -> None:
    given = folder / "inks"
    (given / "deep").mkdir(parents=True)
    ink = np.arange(60 * 70, dtype=np.uint32).reshape(60, 70).astype(np.uint8)
    image.write(given / "p0.png", ink)
    image.write(given / "p1.png", ink)  # the picture is 61 px high
    report = build_pairs(folder, tmp_path / "set", BuildPlan("given", lines_folder=given), workers=1)
    pairs = PairSet.open(tmp_path / "set")
    assert [pair.source for pair in pairs.pairs] == ["p0.png"]
    np.testing.assert_array_equal(pairs.line(pairs.pairs[0]), ink)
    reasons = dict(report.skipped)
    assert reasons["p1.png"] == "line art is 70x60 px, the picture 70x61 px"
    assert "no line art" in reasons["deep/p0.jpg"]  # p0.png is another picture's
    assert set(reasons) == {"p1.png", "p2.png", "p3.png", "p4.png", "deep/p0.jpg", "deep/p1.PNG"}


def test_split_tears_no_group_and_follows_the_shares(tmp_path: Path) -> None:
    tiny = image.encode(np.zeros((4, 4, 3), np.uint8), "BMP")
    names = [f"{group:03}-{i}.bmp" for group in range(150) for i in range(2)]
    for name in names:
        storage.write_new(tmp_path / name, tiny)
    rows = "".join(f"{name},{name[:3]}\n" for name in names)
    (tmp_path / "table.csv").write_text("file,group\n" + rows)
    plan = BuildPlan("none", crop=2, crops=2, val=0.2, test=0.3, table=tmp_path / "table.csv")
    build_pairs(tmp_path, tmp_path / "set", plan, workers=1)
    splits: dict[str, set[str]] = {}
    for pair in PairSet.open(tmp_path / "set").pairs:
        splits.setdefault(pair.group, set()).add(pair.split)
    assert all(len(found) == 1 for found in splits.values())
    counts = {split: sum(split in found for found in splits.values()) for split in ("train", "val", "test")}
    assert 15 < counts["val"] < 45
    assert 30 < counts["test"] < 60
    assert len(splits) == 150


def test_a_table_s_split_group_and_source_are_used(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("file,split,group,source,more\np0.png,test,cat,zoo,x\np1.png,,cat,,x\ndeep/p0.jpg,val,,,\n")
    build_pairs(folder, tmp_path / "set", BuildPlan("none", val=0, test=0, table=table), workers=1)
    pairs = {pair.source: pair for pair in PairSet.open(tmp_path / "set").pairs}
    assert (pairs["p0.png"].split, pairs["p0.png"].group, pairs["p0.png"].origin) == ("test", "cat", "zoo")
    assert (pairs["p1.png"].split, pairs["p1.png"].group) == ("test", "cat")  # with its group
    assert (pairs["deep/p0.jpg"].split, pairs["deep/p0.jpg"].group) == ("val", "deep/p0.jpg")
    assert pairs["p2.png"].split == "train"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("name\np0.png\n", "no column 'file'"),
        ("file,split\np0.png,exam\n", "unknown split 'exam'"),
        ("file,split,group\np0.png,test,a\np1.png,train,a\n", "group 'a' is in test and in train"),
        ("file\np0.png\np0.png\n", "second time"),
        ("file\nq.png\n", "names no picture"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(folder: Path, tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "table.csv").write_text(rows)
    with pytest.raises(PairSetError, match=message):
        build_pairs(folder, tmp_path / "set", BuildPlan(table=tmp_path / "table.csv"), workers=1)


class StoppedError(Exception):
    pass


@pytest.mark.parametrize("stop", [0, 1, 4, 7])
def test_a_stopped_build_goes_on_to_the_same_bytes(folder: Path, tmp_path: Path, stop: int) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    build_pairs(folder, tmp_path / "unbroken", CROPS, workers=1)

    def halt(done: int, total: int, skipped: int) -> None:
        if done == stop:
            raise StoppedError

    with pytest.raises(StoppedError):
        build_pairs(folder, tmp_path / "set", CROPS, workers=1, report=halt)
    if stop == 4:  # killed in the midst of a picture's pairs, and of a line, and of a file
        manifest = tmp_path / "set" / "manifest.jsonl"
        manifest.write_bytes(manifest.read_bytes()[:-900])
        (manifest.parent / "color" / ".senga-0123456789abcdef.part").write_bytes(b"half")
    seen: list[tuple[int, int, int]] = []
    build_pairs(folder, tmp_path / "set", CROPS, workers=1, report=lambda *now: seen.append(now))
    assert content(tmp_path / "set") == content(tmp_path / "unbroken")
    assert seen[0] == (max(0, stop - 2), 8, 0)  # the last picture is made again, the broken one tried


def test_workers_change_nothing(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "worse.png").write_bytes(b"no picture")
    one = build_pairs(folder, tmp_path / "one", CROPS, workers=1)
    two = build_pairs(folder, tmp_path / "two", CROPS, workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert one == two


def test_a_stopped_build_with_workers_goes_on(folder: Path, tmp_path: Path) -> None:
    def halt(done: int, total: int, skipped: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_pairs(folder, tmp_path / "set", CROPS, workers=2, report=halt)
    build_pairs(folder, tmp_path / "set", CROPS, workers=1)
    build_pairs(folder, tmp_path / "unbroken", CROPS, workers=1)
    assert content(tmp_path / "set") == content(tmp_path / "unbroken")


def test_a_finished_build_is_left_alone_and_new_pictures_join(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", CROPS, workers=1)
    times = {file: file.stat().st_mtime_ns for file in (tmp_path / "set").rglob("*")}
    assert build_pairs(folder, tmp_path / "set", CROPS, workers=1).added == 0
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "set").rglob("*")} == times
    image.write(folder / "new.png", patchwork(40, 40, 20))
    report = build_pairs(folder, tmp_path / "set", CROPS, workers=1)
    assert (report.added, report.pictures, report.pairs) == (12, 8, 96)


def test_broken_and_small_pictures_are_listed_and_the_rest_is_built(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.png").write_bytes((folder / "p0.png").read_bytes()[:200])
    (folder / "empty.jpg").write_bytes(b"")
    image.write(folder / "small.png", patchwork(40, 31))
    seen: list[tuple[int, int, int]] = []
    report = build_pairs(folder, tmp_path / "set", CROPS, workers=1, report=lambda *now: seen.append(now))
    reasons = dict(report.skipped)
    assert list(reasons) == ["broken.png", "empty.jpg", "small.png"]
    assert "truncated" in reasons["broken.png"]
    assert reasons["small.png"] == "too small: 31x40 px, for a crop of 32 px"
    lines = (tmp_path / "set" / "skipped.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"file": f, "reason": r} for f, r in report.skipped]
    assert report.pictures == 7
    assert seen[0] == (0, 10, 0)
    assert seen[-1] == (10, 10, 3)


def test_another_plan_is_refused_by_the_difference(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", BuildPlan("xdog", crop=32), workers=1)
    with pytest.raises(PairSetError, match="crop is 32 there and 48 here"):
        build_pairs(folder, tmp_path / "set", BuildPlan("xdog", crop=48), workers=1)
    with pytest.raises(PairSetError, match="sigma"):
        build_pairs(folder, tmp_path / "set", BuildPlan("xdog", Xdog(sigma=2), crop=32), workers=1)
    # The defaults written out are the same plan.
    assert build_pairs(folder, tmp_path / "set", BuildPlan("xdog", Xdog(), crop=32), workers=1).added == 0


@pytest.mark.parametrize(
    "plan",
    [
        BuildPlan("pencil"),
        BuildPlan("xdog", Canny()),
        BuildPlan("canny", Canny(low=-1)),
        BuildPlan("given"),
        BuildPlan(crop=-1),
        BuildPlan(crops=0),
        BuildPlan(val=0.6, test=0.6),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(folder: Path, tmp_path: Path, plan: BuildPlan) -> None:
    with pytest.raises(SengaError):
        build_pairs(folder, tmp_path / "set", plan, workers=1)
    assert not (tmp_path / "set").exists()


def test_a_folder_without_usable_pictures_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PairSetError, match="no pictures here"):
        build_pairs(tmp_path / "empty", tmp_path / "set", workers=1)
    with pytest.raises(PairSetError, match="no such folder"):
        build_pairs(tmp_path / "missing", tmp_path / "set", workers=1)
    (tmp_path / "empty" / "a.png").write_bytes(b"no picture")
    with pytest.raises(PairSetError, match=r"none of its 1 pictures can be used; the first is a\.png"):
        build_pairs(tmp_path / "empty", tmp_path / "set", workers=1)


def test_output_inside_the_input_is_not_read_again(folder: Path) -> None:
    build_pairs(folder, folder / "set", BuildPlan("canny"), workers=1)
    assert build_pairs(folder, folder / "set", BuildPlan("canny"), workers=1).pictures == 7
    assert build_pairs(folder, folder / "other", BuildPlan("none"), workers=1).pictures == 7
    with pytest.raises(PairSetError, match="is the folder of pictures itself"):
        build_pairs(folder, folder, BuildPlan("none"), workers=1)


def test_odd_names_survive(tmp_path: Path) -> None:
    place = tmp_path / "pictures"
    place.mkdir()
    names = ["線画 \u2028 #1.png", "a'b\"c.png", "x" * 240 + ".png", "é" * 120 + ".png", ".hidden.png"]
    for name in names:
        (place / name).write_bytes(image.encode(patchwork(40, 40), "PNG"))
    report = build_pairs(place, tmp_path / "set", replace(CROPS, crops=11), workers=1)
    assert report.pictures == 4
    pairs = PairSet.open(tmp_path / "set")
    assert {pair.source for pair in pairs.pairs} == set(names[:4])
    assert all(pairs.color(pair).shape == (32, 32, 3) for pair in pairs.pairs)


def test_a_written_manifest_reads_back(folder: Path, tmp_path: Path) -> None:
    build_pairs(folder, tmp_path / "set", CROPS, workers=1)
    pairs = PairSet.open(tmp_path / "set")
    write_manifest(pairs.folder, pairs.pairs[5:9])
    assert PairSet.open(tmp_path / "set").pairs == pairs.pairs[5:9]
