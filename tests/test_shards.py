"""Pair sets as shards: what goes in comes out, plain tar readers read it, what is stopped goes on, damage is named."""

import hashlib
import itertools
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import image
from senga.errors import ImageError, PairSetError
from senga.lines.extract import extract_lines
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.check import check_pairs, drop
from senga.pairs.pack import pack_pairs
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line, parse_line, write_manifest
from senga.pairs.shards import pack_shard, read_shard
from senga.pairs.survey import survey


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    """Seven pairs as `pairs build` lays them, of pictures in two formats."""
    place = tmp_path_factory.mktemp("set")
    (place / "plan.json").write_text('{"method": "xdog"}')
    rows = []
    long = f"線画 {'a name too long for an old tar ' * 4}.png"
    for i, name in enumerate([*(f"p{i}.png" for i in range(5)), "two.dots.JPG", long]):
        (place / "color").mkdir(exist_ok=True)
        (place / "line").mkdir(exist_ok=True)
        picture = patchwork(64 + i, 70, i)
        image.write(place / "color" / name, picture)
        line = f"line/{Path(name).stem}.png"
        image.write(place / line, extract_lines(picture, "xdog"))
        digest = hashlib.sha256((place / "color" / name).read_bytes()).hexdigest()
        box = (0, 0, 70, 64 + i)
        rows.append(Pair(f"color/{name}", line, name, box, 0, "xdog", {"sigma": 0.7}, digest, "train", name))
    write_manifest(place, rows)
    return PairSet.open(place)


def numbers_of(pair: Pair) -> bytes:
    return image.encode_numbers(np.full((2, 3), len(pair.source) * 300, np.uint16))


def content(place: Path) -> dict[str, bytes]:
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()}


def test_a_packed_set_is_the_same_set(folder: PairSet, tmp_path: Path) -> None:
    pack_pairs(folder, tmp_path / "out", each=3)
    packed = PairSet.open(tmp_path / "out")
    assert sorted({p.shard for p in packed.pairs}) == [f"shards/00000{i}.tar" for i in range(3)]
    assert packed.fingerprint() == folder.fingerprint()
    assert (tmp_path / "out" / "plan.json").read_bytes() == (folder.folder / "plan.json").read_bytes()
    for mine, theirs in zip(packed.pairs, folder.pairs, strict=True):
        assert replace(mine, color="", line="", shard="") == replace(theirs, color="", line="")
        assert packed.content(mine, mine.color) == (folder.folder / theirs.color).read_bytes()
        assert theirs.line is not None
        assert mine.line is not None
        assert packed.content(mine, mine.line) == (folder.folder / theirs.line).read_bytes()
        np.testing.assert_array_equal(packed.color(mine), folder.color(theirs))
        np.testing.assert_array_equal(packed.line(mine), folder.line(theirs))
        assert packed.regions(mine) is None


def test_the_bytes_of_a_shard_depend_on_its_pairs_alone(folder: PairSet, tmp_path: Path) -> None:
    for name in ("a", "b"):
        pack_pairs(folder, tmp_path / name, each=4, regions=numbers_of)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    pack_pairs(PairSet.open(tmp_path / "a"), tmp_path / "again", each=4, regions=numbers_of)
    assert content(tmp_path / "a") == content(tmp_path / "again"), "a set of shards can be packed too"


def test_a_shard_is_what_webdataset_reads(folder: PairSet, tmp_path: Path) -> None:
    packed = pack_pairs(folder, tmp_path, regions=numbers_of)
    with tarfile.open(tmp_path / "shards" / "000000.tar") as tar:
        members = tar.getmembers()
    assert all((m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) == (0, 0, 0, "", "", 0o644) for m in members)
    keys = [m.name.partition(".")[0] for m in members]
    assert [key for key, _ in itertools.groupby(keys)] == [p.name for p in packed.pairs]
    assert all("/" not in m.name for m in members)
    for pair in packed.pairs:
        parts = {m.name.partition(".")[2] for m in members if m.name.partition(".")[0] == pair.name}
        assert parts == {pair.color.partition(".")[2], "line.png", "regions.png", "json"}
    assert {p.color.partition(".")[2] for p in packed.pairs} == {"color.png", "color.jpg"}


def test_a_shard_is_read_in_its_order(folder: PairSet, tmp_path: Path) -> None:
    packed = pack_pairs(folder, tmp_path, regions=numbers_of)
    read = list(read_shard(tmp_path / "shards" / "000000.tar"))
    assert tuple(pair for pair, _ in read) == packed.pairs
    for pair, parts in read:
        assert hashlib.sha256(parts["color"]).hexdigest() == pair.sha256
        assert parts["line"] == packed.content(pair, pair.line or "")
        assert parts["regions"] == numbers_of(pair)
        np.testing.assert_array_equal(packed.regions(pair), np.full((2, 3), len(pair.source) * 300))


def test_manifests_of_folders_say_nothing_of_shards(folder: PairSet) -> None:
    assert "shard" not in (folder.folder / MANIFEST).read_text()
    for pair in (folder.pairs[0], replace(folder.pairs[0], shard="shards/000001.tar")):
        assert parse_line(as_line(pair), "here") == pair


def test_a_packing_that_was_killed_goes_on(folder: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack_pairs(folder, tmp_path / "whole", each=2)
    read = PairSet.content
    count = itertools.count()

    def killed(pairs: PairSet, pair: Pair, name: str) -> bytes:
        if next(count) == 7:  # within the second shard
            raise KeyboardInterrupt
        return read(pairs, pair, name)

    with monkeypatch.context() as patch:
        patch.setattr(PairSet, "content", killed)
        with pytest.raises(KeyboardInterrupt):
            pack_pairs(folder, tmp_path / "out", each=2)
    assert [f.name for f in (tmp_path / "out" / "shards").iterdir()] == ["000000.tar"]
    assert not (tmp_path / "out" / MANIFEST).exists()
    (tmp_path / "out" / "shards" / ".senga-0.part").write_bytes(b"half")  # what a kill -9 leaves
    kept = (tmp_path / "out" / "shards" / "000000.tar").stat().st_mtime_ns
    pack_pairs(folder, tmp_path / "out", each=2)
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert (tmp_path / "out" / "shards" / "000000.tar").stat().st_mtime_ns == kept


def test_damaged_shards_are_packed_anew(folder: PairSet, tmp_path: Path) -> None:
    pack_pairs(folder, tmp_path / "out", each=2)
    before = content(tmp_path / "out")
    first, second = (tmp_path / "out" / "shards" / f"00000{i}.tar" for i in range(2))
    first.write_bytes(first.read_bytes()[:-11000])
    flipped = bytearray(second.read_bytes())
    flipped[600] ^= 255  # in the first picture
    second.write_bytes(flipped)
    pack_pairs(folder, tmp_path / "out", each=2)
    assert content(tmp_path / "out") == before


def test_another_set_is_never_overwritten(folder: PairSet, tmp_path: Path) -> None:
    pack_pairs(folder, tmp_path / "out", each=3)
    before = content(tmp_path / "out")
    other = PairSet(folder.folder, folder.pairs[1:])
    for pairs, each in ((other, 3), (folder, 4)):
        with pytest.raises(PairSetError, match="another folder"):
            pack_pairs(pairs, tmp_path / "out", each=each)
    (tmp_path / "out" / MANIFEST).unlink()
    for pairs, each in ((other, 3), (folder, 4), (folder, 1000)):
        with pytest.raises(PairSetError, match="another folder"):
            pack_pairs(pairs, tmp_path / "out", each=each)
    assert content(tmp_path / "out").items() <= before.items()
    with pytest.raises(PairSetError, match="the pair set itself"):
        pack_pairs(folder, folder.folder)


def test_pictures_of_one_name_in_two_folders_stay_two(tmp_path: Path) -> None:
    rows = []
    for i, name in enumerate(("a/x.png", "b/x.png", "b/a.x.png", "a-x.png", "b/a_x.png")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        image.write(tmp_path / name, patchwork(20, 20, i))
        rows.append(Pair(name, None, name, (0, 0, 20, 20), 0, "none", {}, str(i), "train", name))
    packed = pack_pairs(PairSet(tmp_path, tuple(rows)), tmp_path / "out", each=2)
    assert len({p.name for p in packed.pairs}) == 5
    for pair, row in zip(packed.pairs, rows, strict=True):
        assert packed.content(pair, pair.color) == (tmp_path / row.color).read_bytes()


def test_two_pairs_of_one_key_are_refused_and_leave_nothing(folder: PairSet, tmp_path: Path) -> None:
    pair = folder.pairs[0]
    row = (pair, b"color", b"line", None)
    (tmp_path / "shards").mkdir()
    with pytest.raises(PairSetError, match="two pairs"):
        pack_shard(tmp_path / "shards" / "000000.tar", [row, row])
    with pytest.raises(PairSetError, match="line art"):
        pack_shard(tmp_path / "shards" / "000000.tar", [(pair, b"color", None, None)])
    assert not list((tmp_path / "shards").iterdir())


def test_check_survey_and_drop_work_on_shards(folder: PairSet, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    image.write(blank, np.full((70, 70, 3), 200, np.uint8))
    row = Pair("blank.png", None, "blank.png", (0, 0, 70, 70), 0, "none", {}, "", "train", "blank")
    pack_pairs(PairSet(tmp_path, (row,)), tmp_path / "one")
    pack_pairs(folder, tmp_path / "out", each=3)
    packed = PairSet.open(tmp_path / "out")
    names = {mine.color: theirs.color for mine, theirs in zip(packed.pairs, folder.pairs, strict=True)}
    found = check_pairs(packed, workers=1)
    assert [replace(f, color=names[f.color]) for f in found] == check_pairs(folder, workers=1)
    one = PairSet.open(tmp_path / "one")
    findings = check_pairs(one, workers=1)
    assert [f.kind for f in findings] == ["blank"]
    assert drop(one, findings).pairs == PairSet.open(tmp_path / "one").pairs == ()
    mine, theirs = survey(packed, workers=1), survey(folder, workers=1)
    assert not mine.unreadable
    assert mine.palette == theirs.palette


class TestDamage:
    @pytest.fixture
    def packed(self, folder: PairSet, tmp_path: Path) -> PairSet:
        return pack_pairs(folder, tmp_path / "out")

    def refused(self, packed: PairSet) -> None:
        """Every way to read it says the same, on one line."""
        shard = packed.folder / "shards" / "000000.tar"
        last = packed.pairs[-1]
        for read in (lambda: packed.color(last), lambda: list(read_shard(shard)), lambda: check_pairs(packed)):
            with pytest.raises(PairSetError) as caught:
                read()
            said = str(caught.value)
            assert str(shard) in said
            assert said.endswith("; build or pack the set again: whole shards are kept")
            assert "\n" not in said

    @pytest.mark.parametrize("bytes_", [0, 100, 512, 5000, -11000, -20000])
    def test_a_shard_that_is_cut_off_is_named(self, packed: PairSet, bytes_: int) -> None:
        shard = packed.folder / "shards" / "000000.tar"
        shard.write_bytes(shard.read_bytes()[:bytes_])
        self.refused(packed)

    def test_a_shard_that_is_missing_is_named(self, packed: PairSet) -> None:
        (packed.folder / "shards" / "000000.tar").unlink()
        self.refused(packed)

    def test_a_shard_with_a_damaged_header_is_named(self, packed: PairSet) -> None:
        shard = packed.folder / "shards" / "000000.tar"
        with tarfile.open(shard) as tar:
            at = tar.getmembers()[4].offset
        content = bytearray(shard.read_bytes())
        content[at + 5] ^= 1
        shard.write_bytes(content)
        self.refused(packed)

    def test_a_shard_of_something_else_is_named(self, packed: PairSet) -> None:
        shard = packed.folder / "shards" / "000000.tar"
        shard.write_bytes(b"PK\x03\x04" * 5000)
        self.refused(packed)

    def test_a_damaged_picture_is_named_with_its_shard(self, packed: PairSet) -> None:
        shard = packed.folder / "shards" / "000000.tar"
        with tarfile.open(shard) as tar:
            place = tar.getmember(packed.pairs[0].color).offset_data
        content = bytearray(shard.read_bytes())
        content[place : place + 20] = bytes(20)
        shard.write_bytes(content)
        with pytest.raises(ImageError) as caught:
            packed.color(packed.pairs[0])
        assert f"{shard}: {packed.pairs[0].color}" in str(caught.value)
        packed.color(packed.pairs[1])
        assert [f.kind for f in check_pairs(packed, workers=1) if f.color == packed.pairs[0].color] == ["unreadable"]

    def test_a_shard_that_is_written_anew_is_read_anew(self, packed: PairSet, folder: PairSet) -> None:
        packed.color(packed.pairs[0])
        fewer = pack_pairs(PairSet(folder.folder, folder.pairs[3:]), packed.folder.parent / "fewer")
        (fewer.folder / "shards" / "000000.tar").replace(packed.folder / "shards" / "000000.tar")
        here = PairSet(packed.folder, fewer.pairs)
        np.testing.assert_array_equal(here.color(here.pairs[0]), folder.color(folder.pairs[3]))
        with pytest.raises(PairSetError, match="lacks"):
            here.color(packed.pairs[0])


def test_a_broken_shard_ends_a_survey_with_one_line(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for i in range(4):
        image.write(tmp_path / "in" / f"{i}.png", random.integers(0, 256, (40, 40, 3), np.uint8))
    build_pairs(tmp_path / "in", tmp_path / "set", BuildPlan("canny", shard=2), workers=1)
    shard = tmp_path / "set" / "shards" / "000001.tar"
    shard.write_bytes(shard.read_bytes()[:700])
    with pytest.raises(PairSetError, match=r"000001.tar: a shard that cannot be read"):
        survey(PairSet.open(tmp_path / "set"), workers=1)
