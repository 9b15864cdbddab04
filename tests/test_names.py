"""Names as people hand them over: in any encoding, with any letters, colliding, far too long."""

import io
import json
import os
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from conftest import call, ring
from senga import image, storage
from senga.errors import SengaError
from senga.inputs import archives, charsets
from senga.inputs.item import find_items, natural
from senga.jobs import naming
from senga.jobs.targets import plan

PAGE = image.encode(ring(40, 50, 12), "PNG")

TITLES = {
    "cp932": ["表紙.png", "第1話_ページ10.png", "ソード/第01話.png", "鬼滅の刃/001.png", "ｶﾗｰ/1.png", "１.png"],
    "gbk": ["第一话/1.png", "海贼王", "封面.jpg", "新建文件夹/1.png", "第02话 战斗", "目录.png"],
    "big5": ["第一話/1.png", "漫畫", "新增資料夾/1.png", "第02話 戰鬥", "彩頁"],
    "cp949": ["제1화.png", "원피스 1권", "표지", "신의 탑 12화", "귀멸의 칼날 1화"],
    "cp437": ["Pokémon 01.png", "Café.png", "Über.png", "naïve", "Crème brûlée"],
    "utf-8": ["第一話/1.png", "Привет.png", "Café.png", "한국어.png"],
}


def plain_zip(file: Path, names: list[bytes], flags: int = 0, extras: dict[bytes, bytes] | None = None) -> Path:
    """A ZIP with PAGE under names of any bytes, whose flags say what they are told to."""
    with zipfile.ZipFile(file, "w") as pack:
        for at, name in enumerate(names):
            one = zipfile.ZipInfo(f"{at:0{len(name)}}"[: len(name)])
            one.extra = (extras or {}).get(name, b"")
            pack.writestr(one, PAGE)
    whole = bytearray(file.read_bytes())
    for mark, size, flag in ((b"PK\3\4", 30, 6), (b"PK\1\2", 46, 8)):
        at = 0
        for name in names:
            at = whole.index(mark, at)
            whole[at + size : at + size + len(name)] = name
            whole[at + flag + 1] |= flags >> 8
            at += size
    file.write_bytes(bytes(whole))
    return file


@pytest.mark.parametrize("page", TITLES)
def test_names_of_an_archive_that_do_not_say_their_encoding_are_guessed_together(tmp_path: Path, page: str) -> None:
    file = plain_zip(tmp_path / "a.cbz", [name.encode(page) for name in TITLES[page]])
    assert archives.members(str(file)) == TITLES[page]
    assert archives.read_member(str(file), TITLES[page][0]) == PAGE
    tar = tmp_path / "a.cbt"
    with tarfile.open(tar, "w", format=tarfile.GNU_FORMAT, encoding=page) as pack:
        for name in TITLES[page]:
            pack.addfile(tarfile.TarInfo(name))
    assert archives.members(str(tar)) == TITLES[page]


@pytest.mark.parametrize("page", TITLES)
def test_most_single_names_are_guessed_too(page: str) -> None:
    assert [charsets.guess((name.encode(page),)) for name in TITLES[page]] == [page] * len(TITLES[page])


def test_an_archive_that_two_programs_wrote_to_has_the_names_of_both(tmp_path: Path) -> None:
    names = ["第1話/ページ1.png".encode("cp932"), "第1話/ページ2.png".encode("cp932"), "あとがき.png".encode()]
    file = plain_zip(tmp_path / "a.zip", names)
    assert archives.members(str(file)) == ["第1話/ページ1.png", "第1話/ページ2.png", "あとがき.png"]


def test_a_flag_that_lies_and_a_field_that_knows_better(tmp_path: Path) -> None:
    name = "表紙.png".encode("cp932")
    lying = plain_zip(tmp_path / "a.zip", [name], flags=0x800)
    assert archives.members(str(lying)) == ["表紙.png"]
    assert archives.read_member(str(lying), "表紙.png") == PAGE
    told = zlib.crc32(b"abcd.png").to_bytes(4, "little") + "肌色.png".encode()
    extra = b"\x75\x70" + (len(told) + 1).to_bytes(2, "little") + b"\1" + told
    knowing = plain_zip(tmp_path / "b.zip", [b"abcd.png"], extras={b"abcd.png": extra})
    assert archives.members(str(knowing)) == ["肌色.png"]
    assert archives.read_member(str(knowing), "肌色.png") == PAGE


def test_names_of_no_encoding_keep_their_bytes_through_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    odd = b"\xff\xfe\x81p.png"
    plain_zip(tmp_path / "a.cbz", [odd, b"ok.png"])
    assert call(monkeypatch, "clean", "a.cbz", "-o", "out.cbz", "--report", "r.json") == 0
    with zipfile.ZipFile("out.cbz") as pack:
        assert {one.filename.encode("cp437") for one in pack.infolist()} == {odd, b"ok.png"}
    assert call(monkeypatch, "clean", "a.cbz", "-o", "out.cbt") == 0
    assert odd.decode("utf-8", "surrogateescape") in archives.members("out.cbt")
    assert json.loads(Path("r.json").read_text())["counts"]["done"] == 2


def test_a_colon_is_a_drive_only_after_one_letter(tmp_path: Path) -> None:
    names = [b"Re:Zero 01.png", b"Ch 1: Start/001.png", b"12:30.png", b"a/b:c.png"]
    file = plain_zip(tmp_path / "a.cbz", names)
    assert archives.members(str(file)) == [n.decode() for n in names]
    for name in (b"C:/Windows/a.png", b"c:\\a.png", b"../a.png", b"/a.png", b"..\\a.png", b"\\\\host\\a.png"):
        with pytest.raises(SengaError, match="leads out of it"):
            archives.members(str(plain_zip(tmp_path / "b.cbz", [name])))


def test_backslashes_part_folders_where_nothing_else_does(tmp_path: Path) -> None:
    file = plain_zip(tmp_path / "a.zip", [b"ch1\\1.png", b"ch1\\2.png"])
    assert archives.members(str(file)) == ["ch1/1.png", "ch1/2.png"]
    assert archives.read_member(str(file), "ch1/2.png") == PAGE


def test_files_of_one_name_in_an_archive_are_both_there(tmp_path: Path) -> None:
    file = plain_zip(tmp_path / "a.zip", [b"1.png", b"1.png", b"1 (2).png"])
    assert archives.members(str(file)) == ["1.png", "1 (3).png", "1 (2).png"]
    assert archives.read_member(str(file), "1 (3).png") == PAGE


def test_numbers_of_any_length_and_any_digits_sort() -> None:
    long = "9" * 5000
    names = [f"p1{'0' * 5000}", f"p{long}", "p10", "p٣", "p2", "p²", "p①", "p４", "p007", "p7", "\udc95"]
    assert sorted(names, key=natural) == [
        "p①", "p2", "p²", "p٣", "p４", "p007", "p7", "p10", f"p{long}", f"p1{'0' * 5000}", "\udc95",
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="names there are no bytes")
def test_files_whose_names_are_no_text_end_no_batch_report_or_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for at in range(9):
        Path(os.fsdecode(b"in/" + "表紙".encode("cp932") + b"%d.png" % at)).write_bytes(PAGE)
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    assert call(monkeypatch, "clean", "in", "-o", "out", "--workers", "1", "--report", "r.json") == 0
    assert call(monkeypatch, "clean", "in", "-o", "out", "--workers", "1", "--resume", "--report", "s.json") == 0
    assert {f.name for f in Path("out").glob("*.png")} == {f.name for f in Path("in").iterdir()}
    assert json.loads(Path("s.json").read_bytes())["counts"]["kept"] == 9
    assert os.fsencode(json.loads(Path("r.json").read_bytes())["files"][0]["source"]).startswith(b"in/\x95")
    assert call(monkeypatch, "clean", "in", "-o", "all.zip", "--workers", "1") == 0
    with zipfile.ZipFile("all.zip") as pack:
        assert pack.infolist()[0].filename.encode("cp437") == "表紙".encode("cp932") + b"0.png"
    out.flush()
    assert b"udc95" in out.buffer.getvalue()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_stdout_that_cannot_print_a_name_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in "一二三":
        Path("in", f"{name}.png").write_bytes(PAGE)
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, io.TextIOWrapper(io.BytesIO(), encoding))
    assert call(monkeypatch, "clean", "in", "-o", "out") == 0
    assert len(list(Path("out").iterdir())) == 3
    assert call(monkeypatch, "clean", "in/四.png", "-o", "四.png") == 2


def told(caplog: pytest.LogCaptureFixture) -> str:
    said = "\n".join(record.getMessage() for record in caplog.records)
    caplog.clear()
    return said


def test_results_that_would_be_one_are_set_apart_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("001.jpg", "001.png", "001 (2).png", "002.bmp"):
        (tmp_path / name).write_bytes(PAGE)
    made = plan(find_items([str(tmp_path)]), str(tmp_path / "out"))
    by_source = {task.item.name: Path(task.target).name for task in made.tasks}
    assert by_source == {
        "001.png": "001.png", "001 (2).png": "001 (2).png", "001.jpg": "001 (3).png", "002.bmp": "002.png",
    }  # fmt: skip
    assert "001.jpg: its result is 001 (3).png, as" in told(caplog)
    with pytest.raises(SengaError, match="would be written over"):
        plan(find_items([str(tmp_path / "001.png")] * 2), str(tmp_path / "out"))


def test_comics_of_one_name_stay_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        Path(folder).mkdir()
        with zipfile.ZipFile(f"{folder}/vol.cbz", "w") as pack:
            pack.writestr("1.png", PAGE)
            pack.writestr("ComicInfo.xml", folder)
    assert call(monkeypatch, "clean", "a/vol.cbz", "b/vol.cbz", "-o", "out") == 0
    assert sorted(f.name for f in Path("out").glob("*.cbz")) == ["vol (2).cbz", "vol.cbz"]
    assert "b/vol.cbz: becomes vol (2).cbz, as a/vol.cbz has that name" in told(caplog)
    assert call(monkeypatch, "clean", "a/vol.cbz", "b/vol.cbz", "-o", "loose", "--unpack") == 0
    assert sorted(f.as_posix() for f in Path("loose").glob("*/*")) == ["loose/vol (2)/1.png", "loose/vol/1.png"]
    assert call(monkeypatch, "clean", "a/vol.cbz", "b/vol.cbz", "-o", "all.cbz") == 0
    assert archives.members("all.cbz") == [
        "vol/1.png", "vol (2)/1.png", "vol/ComicInfo.xml", "vol (2)/ComicInfo.xml",
    ]  # fmt: skip


@pytest.mark.parametrize(("case", "form"), [(True, False), (False, True), (False, False)])
def test_names_alike_are_set_apart_where_the_target_takes_them_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: bool, form: bool
) -> None:
    names = ["A.png", "a.png", "caf\u00e9.png", "cafe\u0301.png"]
    plain_zip(tmp_path / "a.zip", [n.encode() for n in names])
    monkeypatch.setattr(storage, "one_name", lambda place: (case, form))
    made = plan(find_items([str(tmp_path / "a.zip")]), str(tmp_path / "out"), unpack=True)
    renamed = [Path(t.target).name for t in made.tasks if " (2)" in t.target]
    assert len({naming._folded(n) for n in renamed}) == len(renamed) == case + form


def test_a_place_says_itself_whether_case_counts(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert storage.one_name(str(tmp_path / "to" / "be"))[0] == (tmp_path / "A").exists()
    assert [f.name for f in tmp_path.iterdir()] == ["a"]


def test_names_too_long_for_a_file_are_cut_and_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [f"{'表' * 100}1.png", f"{'表' * 100}2.png", f"{'a' * 300}/b.png", f"{'9' * 5000}.png"]
    with zipfile.ZipFile("a.cbz", "w") as pack:
        for name in names:
            pack.writestr(name, PAGE)
    assert call(monkeypatch, "clean", "a.cbz", "-o", "out", "--unpack", "--svg") == 0
    assert "as no file can have its name, and 3 more so" in told(caplog)
    found = list(Path("out").rglob("*.png"))
    assert len(found) == len(list(Path("out").rglob("*.svg"))) == 4
    assert all(len(os.fsencode(part)) <= storage.LONGEST for file in found for part in file.parts)
    long = "x" * 251
    Path(f"{long}.cbz").write_bytes(Path("a.cbz").read_bytes())
    assert call(monkeypatch, "clean", f"{long}.cbz", "-o", "packed") == 0
    assert len(archives.members(f"packed/{long}.cbz")) == 4


@pytest.mark.parametrize("arguments", [["y" * 300, "-o", "o"], ["a.png", "-o", f"{'y' * 300}.png"]])
def test_a_name_that_no_file_can_have_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(PAGE)
    assert call(monkeypatch, "clean", *arguments) == 2
    assert capsys.readouterr().err.strip().endswith("File name too long")


def test_windows_gets_names_that_it_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Re:Zero.png", "Re?Zero.png", "con.png", "com1.tar.png", "ok.png", "end. /1.png", "表" * 100 + ".png"]
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as pack:
        for name in names:
            pack.writestr(name, PAGE)
    monkeypatch.setattr(storage, "WINDOWS", True)
    items = find_items([str(file)])
    made = plan(items, str(tmp_path / "out"), unpack=True)
    results = {t.item.member: Path(t.target).relative_to(tmp_path / "out" / "a").as_posix() for t in made.tasks}
    assert [results[name] for name in names] == [
        "Re_Zero.png", "Re_Zero (2).png", "con_.png", "com1_.tar.png", "ok.png", "end_/1.png", names[-1],
    ]  # fmt: skip
