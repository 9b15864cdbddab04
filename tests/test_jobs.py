"""Many pictures at once: folders, patterns, archives, resuming, workers, reports."""

import dataclasses
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import call, ring
from senga import image, storage
from senga.errors import SengaError
from senga.inputs import archives
from senga.inputs.item import Item, find_items, natural
from senga.jobs import engine
from senga.jobs.drawing import CleanUp, DrawLines
from senga.jobs.ledger import NAME, Entry, Ledger
from senga.jobs.targets import STAGE, Plan, plan
from senga.jobs.work import Work
from senga.lines.clean import Cleaning
from senga.lines.extract import make_parameters

PAGE = ring(40, 50, 12)


@dataclasses.dataclass(frozen=True)
class Invert(Work):
    """Writes the negative; ends its process on pictures named bad, in workers alone."""

    FILES = ("beside",)

    shift: int = 0
    beside: str | None = None

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        if "bad" in item.name:
            os._exit(9)
        image.write(target, 255 - item.picture() + np.uint8(self.shift), force=force)
        return [target]


def png(page: np.ndarray = PAGE) -> bytes:
    return image.encode(page, "PNG")


def zipped(file: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(file, "w") as pack:
        for name, content in members.items():
            pack.writestr(name.replace("__", "/").replace("_", "."), content)
    return file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve pages in two chapters, and what is no page."""
    monkeypatch.chdir(tmp_path)
    for chapter in ("ch1", "ch10", "ch2"):
        (tmp_path / "in" / chapter).mkdir(parents=True)
        for page in (1, 2, 10, 3):
            (tmp_path / "in" / chapter / f"p{page}.png").write_bytes(png(ring(40, 50, 5 + page)))
    (tmp_path / "in" / "notes.txt").write_text("no page")
    (tmp_path / "in" / ".hidden").mkdir()
    (tmp_path / "in" / ".hidden" / "p.png").write_bytes(png())
    return tmp_path


def files(place: Path) -> dict[str, bytes]:
    """Visible files and their contents."""
    found = {f.relative_to(place).as_posix(): f for f in sorted(place.rglob("*")) if f.is_file()}
    return {name: f.read_bytes() for name, f in found.items() if not name.startswith(".") and "/." not in name}


class TestItems:
    def test_a_folder_is_read_as_a_reader_counts_and_without_litter(self, folder: Path) -> None:
        names = [item.name for item in find_items(["in"])]
        assert names[:5] == ["ch1/p1.png", "ch1/p2.png", "ch1/p3.png", "ch1/p10.png", "ch2/p1.png"]
        assert len(names) == 12
        both = [item.name for item in find_items(["in/ch1", "in/ch2"])]
        assert both[0] == "ch1/p1.png"
        assert both[4] == "ch2/p1.png"

    def test_patterns_keep_the_layout_below_their_fixed_part(self, folder: Path) -> None:
        assert [item.name for item in find_items(["in/ch1*/p1*.png"])] == [
            "ch1/p1.png", "ch1/p10.png", "ch10/p1.png", "ch10/p10.png",
        ]  # fmt: skip
        assert len(find_items([str(folder / "in" / "**" / "*.png")])) >= 12
        with pytest.raises(SengaError, match="no picture fits"):
            find_items(["in/*.webp"])

    def test_numbers_sort_as_numbers(self) -> None:
        assert sorted(["a10", "a9", "A1b", "a1"], key=natural) == ["a1", "A1b", "a9", "a10"]

    def test_an_empty_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SengaError, match="no pictures here"):
            find_items([str(tmp_path)])

    @pytest.mark.parametrize("kind", archives.ENDINGS)
    def test_archives_are_read_and_written_the_same_each_time(self, kind: str, tmp_path: Path) -> None:
        file = tmp_path / f"book{kind}"
        archives.pack(file, [("a/p10.png", b"ten"), ("a/p2.png", b"two"), ("ComicInfo.xml", b"<x/>")])
        assert archives.members(str(file)) == ["a/p10.png", "a/p2.png", "ComicInfo.xml"]
        assert [item.name for item in find_items([str(file)])] == ["book/a/p2.png", "book/a/p10.png"]
        assert find_items([str(file)])[0].content() == b"two"
        again = tmp_path / f"again{kind}"
        archives.pack(again, [(n, archives.read_member(str(file), n)) for n in archives.members(str(file))])
        assert again.read_bytes() == file.read_bytes()

    def test_archives_that_cannot_be_read_say_why(self, tmp_path: Path) -> None:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as pack:
            pack.addfile(tarfile.TarInfo("/etc/p.png"))
        (tmp_path / "root.cbt").write_bytes(out.getvalue())
        (tmp_path / "torn.cbz").write_bytes(png())
        (tmp_path / "book.cbr").write_bytes(b"Rar!")
        zipped(tmp_path / "text.zip", a_txt=b"x")
        with zipfile.ZipFile(tmp_path / "out.zip", "w") as pack_zip:
            pack_zip.writestr("../p.png", png())
        for name, reason in (
            ("root.cbt", "leads out of it"),
            ("torn.cbz", "a broken archive"),
            ("book.cbr", "a RAR archive, which senga does not read; save it as .cbz"),
            ("text.zip", "without pictures"),
            ("out.zip", "leads out of it"),
        ):
            (item,) = find_items([str(tmp_path / name)])
            with pytest.raises(SengaError, match=f"{name}: .*{reason}"):
                item.content()

    def test_pages_of_a_pdf_are_pictures(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pypdfium2 = pytest.importorskip("pypdfium2")
        document = pypdfium2.PdfDocument.new()
        for _ in range(2):
            document.new_page(72, 36)
        document.save("book.pdf")
        (first, second) = find_items(["book.pdf"])
        assert (first.name, second.name) == ("book/1.png", "book/2.png")
        assert first.picture().shape == (150, 300, 3)
        assert call(monkeypatch, "clean", "book.pdf", "-o", "out") == 0
        assert sorted(files(folder / "out")) == ["book/1.png", "book/2.png"]
        assert call(monkeypatch, "clean", "book.pdf", "-o", "out.cbz") == 0
        assert archives.members(str(folder / "out.cbz")) == ["1.png", "2.png"]
        (folder / "torn.pdf").write_bytes(b"%PDF-1.7 and nothing more")
        (broken,) = find_items(["torn.pdf"])
        with pytest.raises(SengaError, match=r"torn.pdf: cannot be read as PDF"):
            broken.content()


class TestLedger:
    def test_it_proves_what_is_unchanged_and_forgets_half_a_line(self, tmp_path: Path) -> None:
        result = tmp_path / "a.png"
        result.write_bytes(b"one")
        ledger = Ledger(str(tmp_path / NAME))
        ledger.add(Entry(str(result), "source", "work", {str(result): storage.digest(str(result))}))
        ledger.close()
        with (tmp_path / NAME).open("ab") as torn:
            torn.write(b'{"target": "b.p')
        again = Ledger(str(tmp_path / NAME))
        assert again.proofs(str(result), "work") == ("source", {str(result): storage.digest(str(result))})
        assert again.proofs(str(result), "other work") is None
        assert again.own(str(result))
        again.add(Entry(str(tmp_path / "c.png"), "s", "w", {}))
        again.close()
        assert len((tmp_path / NAME).read_text().splitlines()) == 3
        moved = tmp_path.with_name(f"{tmp_path.name}-moved")
        tmp_path.rename(moved)
        assert Ledger(str(moved / NAME)).own(str(moved / "a.png"))
        (moved / "a.png").write_bytes(b"two")
        assert not Ledger(str(moved / NAME)).own(str(moved / "a.png"))

    def test_the_fingerprint_knows_the_models_that_ship(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shipped = Invert().fingerprint()
        assert Invert().fingerprint() == shipped
        (tmp_path / "colorist.zip").write_bytes(b"other weights")
        monkeypatch.setattr("senga.jobs.work.WEIGHTS", tmp_path)
        assert Invert().fingerprint() != shipped

    def test_the_fingerprint_knows_settings_and_the_files_they_name(self, tmp_path: Path) -> None:
        beside = tmp_path / "b"
        beside.write_text("one")
        first = Invert(beside=str(beside))
        prints = {first.fingerprint(), Invert(shift=1).fingerprint(), CleanUp().fingerprint()}
        prints |= {CleanUp(cleaning=Cleaning(gap=2)).fingerprint(), DrawLines(method="canny").fingerprint()}
        prints.add(DrawLines(method="canny", parameters=make_parameters("canny", {"low": 3})).fingerprint())
        before = first.fingerprint()
        beside.write_text("two")
        prints.add(first.fingerprint())
        assert len(prints) == 7
        assert dataclasses.replace(first, threads=3).fingerprint() == first.fingerprint() != before


def planned(out: str, *sources: str, **more: Any) -> Plan:
    return plan(find_items(list(sources)), out, single=False, **more)


class TestRuns:
    def test_folders_keep_their_layout_and_the_rest_is_kept_on_resuming(self, folder: Path) -> None:
        made = engine.run(planned("out", "in"), Invert(), workers=1)
        assert {o.status for o in made.outcomes} == {"done"}
        whole = files(folder / "out")
        assert sorted(whole) == sorted(n for n in files(folder / "in") if n.endswith(".png"))
        (folder / "out" / "ch1" / "p2.png").unlink()
        (folder / "in" / "ch2" / "p1.png").write_bytes(png(ring(40, 50, 17)))
        with pytest.raises(SengaError, match="exists; give another name"):
            planned("out", "in")
        again = engine.run(planned("out", "in", resume=True), Invert(), workers=1, resume=True)
        done = [o.task.item.name for o in again.outcomes if o.status == "done"]
        assert done == ["ch1/p2.png", "ch2/p1.png"]
        now = files(folder / "out")
        assert {n for n in whole if now[n] != whole[n]} == {"ch2/p1.png"}
        # Other settings make all anew: what lies there is an earlier run's, and no other's.
        other = engine.run(planned("out", "in", resume=True), Invert(shift=1), workers=1, resume=True)
        assert {o.status for o in other.outcomes} == {"failed"}
        assert "exists and is not this run's" in other.outcomes[0].reason

    def test_a_result_that_was_written_and_not_noted_is_taken_and_a_person_s_file_is_not(self, folder: Path) -> None:
        engine.run(planned("out", "in"), Invert(), workers=1)
        (folder / "out" / NAME).unlink()
        (folder / "out" / "ch1" / "p1.png").write_bytes(b"mine")
        again = engine.run(planned("out", "in", resume=True), Invert(), workers=1, resume=True)
        assert [o.task.item.name for o in again.outcomes if o.status == "failed"] == ["ch1/p1.png"]
        assert (folder / "out" / "ch1" / "p1.png").read_bytes() == b"mine"
        assert not [f for f in (folder / "out").rglob(".senga-*") if f.name != NAME]

    def test_workers_make_what_one_process_makes(self, folder: Path) -> None:
        engine.run(planned("one", "in"), Invert(), workers=1)
        two = engine.run(planned("two", "in"), Invert(), workers=2)
        assert two.workers == 2
        assert [o.task.item.name for o in two.outcomes] == [i.name for i in find_items(["in"])]
        assert files(folder / "one") == files(folder / "two")

    def test_a_picture_that_ends_its_worker_is_told_and_the_others_are_done(self, folder: Path) -> None:
        (folder / "in" / "ch1" / "bad.png").write_bytes(png())
        summary = engine.run(planned("out", "in/ch1"), Invert(), workers=2)
        failed = [o for o in summary.outcomes if o.status == "failed"]
        assert [o.task.item.name for o in failed] == ["bad.png"]
        assert "a worker process was ended on it" in failed[0].reason
        assert len(files(folder / "out")) == 4

    def test_the_first_failure_stops_where_that_is_wanted(self, folder: Path) -> None:
        (folder / "in" / "ch1" / "p2.png").write_bytes(b"broken")
        summary = engine.run(planned("out", "in"), Invert(), workers=1, on_error="stop")
        assert [o.status for o in summary.outcomes] == ["done", "failed"]
        assert engine.run(planned("all", "in"), Invert(), workers=1).failed
        assert len(files(folder / "all")) == 11


class TestArchives:
    def test_a_comic_comes_back_as_a_comic(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pages = {f"x__p{i}_png": png(ring(40, 50, 5 + i)) for i in (10, 2, 1)}
        zipped(folder / "book.cbz", **pages, ComicInfo_xml=b"<ComicInfo/>")
        assert call(monkeypatch, "clean", "book.cbz", "-o", "done.cbz") == 0
        assert archives.members(str(folder / "done.cbz")) == ["x/p1.png", "x/p2.png", "x/p10.png", "ComicInfo.xml"]
        assert archives.read_member(str(folder / "done.cbz"), "ComicInfo.xml") == b"<ComicInfo/>"
        assert not Path(f"done.cbz{STAGE}").exists()
        first = (folder / "done.cbz").read_bytes()
        assert call(monkeypatch, "clean", "book.cbz", "-o", "done.cbz") == 2
        assert call(monkeypatch, "clean", "book.cbz", "-o", "done.cbz", "--force") == 0
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out") == 0
        assert (folder / "out" / "book.cbz").read_bytes() == first == (folder / "done.cbz").read_bytes()
        assert call(monkeypatch, "clean", "book.cbz", "-o", "loose", "--unpack") == 0
        assert sorted(files(folder / "loose")) == ["book/x/p1.png", "book/x/p10.png", "book/x/p2.png"]
        assert call(monkeypatch, "clean", "in", "-o", "all.zip") == 0
        assert archives.members(str(folder / "all.zip"))[:4] == [
            "ch1/p1.png",
            "ch1/p2.png",
            "ch1/p3.png",
            "ch1/p10.png",
        ]

    def test_an_archive_with_a_broken_page_is_not_made_until_it_is_mended(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        zipped(folder / "book.cbz", a_png=png(), b_png=b"broken")
        report = ("--report", "r.json", "--force")
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out", *report) == 2
        said = capsys.readouterr().err
        assert "book.cbz:b.png: not a picture" in said
        assert "out/book.cbz: not made: 1 of its 2 pages are missing" in said
        assert not (folder / "out" / "book.cbz").exists()
        told = json.loads((folder / "r.json").read_text())
        assert told["counts"] == {"done": 1, "kept": 0, "skipped": 0, "failed": 1}
        assert [one["status"] for one in told["archives"]] == ["failed"]
        assert told["files"][1]["reason"].startswith("book.cbz:b.png")
        zipped(folder / "book.cbz", a_png=png(), b_png=png())
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out", "--resume", *report[:2], "--force") == 0
        assert len(archives.members(str(folder / "out" / "book.cbz"))) == 2
        # Resumed once more, nothing is left to do.
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out", "--resume", "--report", "again.json") == 0
        assert json.loads((folder / "again.json").read_text())["counts"] == {
            "done": 0,
            "kept": 2,
            "skipped": 0,
            "failed": 0,
        }

    def test_a_folder_of_many_comics_and_broken_ones(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for i in (1, 2):
            zipped(folder / f"{i}.cbz", p_png=png(ring(40, 50, 5 + i)))
        (folder / "3.cbz").write_bytes(b"PK broken")
        assert call(monkeypatch, "lines", "1.cbz", "2.cbz", "3.cbz", "-o", "out", "--method", "canny") == 2
        assert sorted(files(folder / "out")) == ["1.cbz", "2.cbz"]


def test_colors_of_a_folder_are_those_of_its_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "hints.png").write_bytes(png(np.dstack([np.full((40, 50, 3), 90, np.uint8), PAGE])))
    assert call(monkeypatch, "color", "in/ch1", "-o", "out", "--hints", "hints.png", "--workers", "1") == 0
    assert call(monkeypatch, "color", "in/ch1/p2.png", "-o", "one.png", "--hints", "hints.png") == 0
    assert (folder / "one.png").read_bytes() == (folder / "out" / "p2.png").read_bytes()
    assert call(monkeypatch, "flats", "in/ch1", "-o", "flat", "--source", "hints", "--hints", "hints.png") == 0
    assert len(files(folder / "flat")) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in", "-o", "out", "--on-error", "panic"], "--on-error panic: give skip or stop"),
        (["in", "-o", "-"], "stdout takes one picture"),
        (["in", "-o", "in/notes.txt"], "is a file; several pictures need a folder"),
        (["in/ch1/p1.png", "-o", "x.gif"], "unknown ending '.gif'"),
        (["in", "-o", "in"], "would be overwritten by its own result"),
        (["in/ch1", "in/ch1", "-o", "out"], "would be written over"),
        (["in", "-o", "out", "--report", "in/notes.txt"], "in/notes.txt: exists"),
    ],
)
def test_what_cannot_go_well_is_refused_before_any_work(
    arguments: list[str], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(folder)
    assert call(monkeypatch, "clean", *arguments) == 2
    assert said in capsys.readouterr().err
    assert files(folder) == before


def test_colored_pages_are_left_out_or_taken_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    painted = np.where(PAGE[..., None] < 128, 0, np.array([250, 240, 230], np.uint8)).astype(np.uint8)
    painted[15:25, 18:32] = (90, 140, 220)
    (folder / "in" / "ch1" / "p2.png").write_bytes(png(painted))
    assert call(monkeypatch, "color", "in/ch1", "-o", "out", "--colored", "skip") == 0
    assert "in/ch1/p2.png: is colored already; left out" in capsys.readouterr().err
    assert sorted(files(folder / "out")) == ["p1.png", "p10.png", "p3.png"]
    assert call(monkeypatch, "color", "in/ch1", "-o", "all", "--colored", "copy") == 0
    assert (image.read("all/p2.png") == painted).all()
    assert call(monkeypatch, "color", "in/ch1", "-o", "new", "--colored", "blue") == 2
