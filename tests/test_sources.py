"""Sources as they are handed over: many pages in a file, odd endings, links, comics in folders, results among them."""

import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin, features

from conftest import call, ring
from senga import image, storage
from senga.errors import SengaError
from senga.imagefiles import decoding, tiff
from senga.inputs import archives, kinds
from senga.inputs.item import find_items
from senga.inputs.passed import Passed
from senga.pairs.plan import BuildPlan
from senga.pairs.sources import find_sources

Said = pytest.CaptureFixture[str]
RADII = (6, 9, 12)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def png(radius: int = 12) -> bytes:
    return image.encode(ring(40, 50, radius), "PNG")


def jpeg() -> bytes:
    return image.encode(ring(40, 50, 12), "JPEG")


def drawings() -> list[Image.Image]:
    return [Image.fromarray(ring(40, 50, radius)).convert("RGB") for radius in RADII]


def saved(file: str, kind: str) -> None:
    """A file of three pictures."""
    first, *others = drawings()
    options = {"lossless": True} if kind == "WEBP" else {}
    first.save(file, format=kind, save_all=True, append_images=others, **options)


def put(file: str, content: bytes | None = None) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_bytes(png() if content is None else content)


def zipped(file: str, **members: bytes) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as pack:
        for name, content in members.items():
            pack.writestr(name.replace("__", "/").replace("_", "."), content)


def tarred(file: str, *, packed: bool = False) -> None:
    with tarfile.open(file, "w:gz") if packed else tarfile.open(file, "w") as pack:
        entry = tarfile.TarInfo("1.png")
        entry.size = len(png())
        pack.addfile(entry, io.BytesIO(png()))


def visible(place: str) -> list[str]:
    files = (f.relative_to(place).as_posix() for f in Path(place).rglob("*") if f.is_file())
    return sorted(name for name in files if not name.startswith(".") and "/." not in name)


class TestSeveralPictures:
    KINDS = (("tif", "TIFF"), ("gif", "GIF"), ("apng", "PNG"), ("png", "PNG"), ("webp", "WEBP"), ("jpg", "GIF"))

    @pytest.mark.parametrize(("ending", "kind"), KINDS)
    def test_every_picture_of_a_file_is_worked_on(
        self, ending: str, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved(f"page.{ending}", kind)
        assert call(monkeypatch, "clean", f"page.{ending}", "-o", "out", "--speck", "0") == 0
        assert visible("out") == ["page-1.png", "page-2.png", "page-3.png"]
        inks = [int((image.read(f"out/page-{n}.png")[..., 0] < 128).sum()) for n in (1, 2, 3)]
        assert inks == sorted(set(inks)), "each page is its own, in order"

    def test_they_count_in_folders_and_comics_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        saved("2.tif", "TIFF")
        zipped("book.cbz", **{"a__1_png": png(), "a__2_tif": Path("2.tif").read_bytes()})
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out") == 0
        assert archives.members("out/book.cbz") == ["a/1.png", "a/2-1.png", "a/2-2.png", "a/2-3.png"]
        saved("3.png", "PNG")
        with tarfile.open("book.cbt", "w") as pack:
            pack.add("2.tif")
            pack.add("3.png")
        assert len(find_items(["book.cbt"])) == 6

    def test_a_still_picture_in_a_comic_is_read_but_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        zipped("book.cbz", **{f"{n}_png": png() for n in range(3)})
        monkeypatch.setattr(archives, "read_member", lambda file, name: pytest.fail(f"{name} is read to look into it"))
        assert len(find_items(["book.cbz"])) == 3

    def test_a_named_result_gets_their_numbers_and_stdout_the_first_with_a_notice(
        self, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        saved("scan.tif", "TIFF")
        assert call(monkeypatch, "clean", "scan.tif", "-o", "new.png", "--svg") == 0
        assert [f"new-{n}.{e}" for n in (1, 2, 3) for e in ("png", "svg")] == visible(".")[:6]
        capfdbinary.readouterr()
        assert call(monkeypatch, "clean", "scan.tif", "-o", "-") == 0
        out, err = capfdbinary.readouterr()
        assert image.read_bytes(out, "stdout").shape[:2] == (40, 50)
        assert b"the other 2 are left out" in err

    def test_previews_and_stand_ins_are_no_pages(self) -> None:
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[tiff.SUBFILE] = 1
        with TiffImagePlugin.AppendingTiffWriter("p.tif", True) as out:
            for page, kind in zip(drawings(), (None, tags, None), strict=True):
                page.save(out, "TIFF", tiffinfo=kind or TiffImagePlugin.ImageFileDirectory_v2())
                out.newFrame()
        assert [(item.page, item.frame) for item in find_items(["p.tif"])] == [(1, 0), (2, 2)]
        first, *others = drawings()
        first.save("a.png", save_all=True, append_images=others, default_image=True)
        assert [item.frame for item in find_items(["a.png"])] == [1, 2]

    def test_frames_takes_them_as_frames(self, monkeypatch: pytest.MonkeyPatch) -> None:
        saved("cut.gif", "GIF")
        assert call(monkeypatch, "frames", "cut.gif", "-o", "out", "--flat") == 0
        assert visible("out") == ["cut-1.png", "cut-2.png", "cut-3.png"]

    def test_pairs_keep_them_in_one_split(self) -> None:
        saved("in.gif", "GIF")
        put("in/a.gif", Path("in.gif").read_bytes())
        sources = find_sources(["in"], "out", BuildPlan(val=0.4, test=0.3))
        assert [source.name for source in sources] == ["a-1.gif", "a-2.gif", "a-3.gif"]
        assert {source.group for source in sources} == {"a.gif"}

    def test_where_one_is_read_the_others_are_told(self, caplog: pytest.LogCaptureFixture) -> None:
        saved("reference.gif", "GIF")
        image.read("reference.gif")
        assert "reference.gif: holds several pictures; the first is taken" in caplog.text
        caplog.clear()
        drawings()[0].save("one.gif")
        image.read("one.gif")
        assert not caplog.text

    def test_too_many_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "MOST_FRAMES", 2)
        saved("cut.gif", "GIF")
        (item,) = find_items(["cut.gif"])
        with pytest.raises(SengaError, match=r"cut.gif: holds more than 2 pictures; save it in parts"):
            item.picture()


def test_pictures_of_other_endings_are_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"jfif": "JPEG", "jpe": "JPEG", "JPG": "JPEG", "jpg_large": "JPEG", "apng": "PNG"}
    others |= {"avif": "AVIF"} if features.check("avif") else {}
    others |= {"jp2": "JPEG2000", "j2k": "JPEG2000"} if features.check("jpg_2000") else {}
    Path("in").mkdir()
    for ending, kind in others.items():
        drawings()[0].save(f"in/of-{ending}.{ending}", format=kind)
    assert call(monkeypatch, "clean", "in", "-o", "out") == 0
    assert visible("out") == sorted(f"of-{ending}.png" for ending in others)
    for file in visible("out"):
        assert (image.read(f"out/{file}") < 128).any(), file


class TestPassedOver:
    def test_it_is_counted_by_kind_in_the_last_line_and_in_the_report(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Said
    ) -> None:
        for name in ("1.png", "2.heic", "sub/3.heic", "notes.txt", "LICENSE", "all.zip", ".hidden.txt", "Thumbs.db"):
            put(f"in/{name}")
        assert call(monkeypatch, "clean", "in", "-o", "out", "--report", "r.json") == 0
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith("senga: passed over: 2 .heic (in/2.heic, ...), ")
        for kind in ("1 .txt (in/notes.txt)", "1 without ending (in/LICENSE)", "1 .zip (in/all.zip)"):
            assert kind in last
        assert "hidden" not in last
        assert "Thumbs" not in last
        told = json.loads(Path("r.json").read_text())["passed_over"]
        assert {one["kind"]: one["count"] for one in told} == {".heic": 2, ".txt": 1, "without ending": 1, ".zip": 1}
        assert told[0]["files"] == ["in/2.heic", "in/sub/3.heic"]

    def test_pages_that_are_packed_unworked_are_named(self, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
        zipped("book.cbz", **{"1_png": png(), "2_heic": b"no", "3_jfif": jpeg()})
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out") == 0
        assert archives.members("out/book.cbz") == ["1.png", "3.png", "2.heic"]
        said = capsys.readouterr().err
        assert "passed over: 1 .heic (book.cbz:2.heic); what archives held of these is packed as it came" in said

    @pytest.mark.parametrize("verb", [("frames", "in", "-o", "out", "--flat"), ("pairs", "build", "in", "out")])
    def test_verbs_with_reports_of_their_own_tell_too(
        self, verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Said
    ) -> None:
        put("in/1.png")
        put("in/2.heic")
        more = ("--method", "none") if verb[0] == "pairs" else ()
        assert call(monkeypatch, *verb, *more, "--report", "r.json") == 0
        assert "senga: passed over: 1 .heic (in/2.heic)" in capsys.readouterr().err
        told = json.loads(Path("r.json").read_text())["passed_over"]
        assert told == [{"kind": ".heic", "count": 1, "files": ["in/2.heic"]}]

    def test_an_empty_folder_says_what_it_holds(self) -> None:
        put("in/a.heic")
        with pytest.raises(SengaError, match=r"no pictures here .*passed over: 1 \.heic"):
            find_items(["in"])


class TestResultsAreNoSources:
    @pytest.mark.parametrize("source", [".", "**/*.png"])
    def test_a_folder_of_results_among_the_sources(self, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
        put("1.png")
        put("ch/2.png")
        for more in ((), ("--resume",), ("--force",)):
            assert call(monkeypatch, "clean", source, "-o", "clean", *more) == 0
            assert visible("clean") == ["1.png", "ch/2.png"]

    def test_nor_by_links_to_it_or_into_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("in/1.png")
        assert call(monkeypatch, "clean", "in", "-o", "in/clean") == 0
        linked("in/back", "in/clean")
        linked("in/also.png", "in/clean/1.png")
        assert [item.name for item in find_items(["in"], apart=["in/clean"])] == ["1.png"]
        linked("there", "in/clean")
        assert call(monkeypatch, "clean", "in", "-o", "there", "--resume") == 0
        assert visible("in/clean") == ["1.png"]

    def test_an_archive_of_results_among_the_sources(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("in/1.png")
        put("in/all.cbz.parts/2.png")  # what a killed run left
        for more in ((), ("--resume",)):
            assert call(monkeypatch, "clean", "in", "-o", "in/all.cbz", *more) == 0
            assert archives.members("in/all.cbz") == ["1.png"]

    def test_the_folder_itself_is_refused_and_one_that_holds_it_is_not(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Said
    ) -> None:
        put("in/sub/1.jpg", jpeg())
        assert call(monkeypatch, "clean", "in", "-o", "in") == 2
        assert "in: is the folder of pictures itself" in capsys.readouterr().err
        assert call(monkeypatch, "clean", "in/sub", "-o", "in") == 0
        assert call(monkeypatch, "clean", "in/sub/*.jpg", "-o", "in/sub") == 0
        assert visible("in") == ["1.png", "sub/1.jpg", "sub/1.png"]


def linked(name: str, to: str) -> None:
    try:
        Path(name).symlink_to(Path(to).resolve())
    except OSError:
        pytest.skip("no links here")


class TestLinks:
    def test_folders_reached_by_links_are_read_once_under_their_own_names(self) -> None:
        put("in/z/1.png")
        put("far/deep/2.png")
        linked("in/a", "in/z")
        linked("in/far", "far")
        linked("in/far-again", "far")
        linked("far/loop", "far")
        assert [item.name for item in find_items(["in"])] == ["far/deep/2.png", "z/1.png"]
        assert [item.name for item in find_items(["in/**/*.png"])] == ["far/deep/2.png", "z/1.png"]

    def test_those_that_lead_back_or_nowhere_are_told(self) -> None:
        put("up/in/1.png")
        put("up/secret.png")
        linked("up/in/up", "up")
        linked("up/in/self", "up/in")
        linked("up/in/gone.png", "up/nothing.png")
        passed = Passed()
        assert [item.name for item in find_items(["up/in"], passed=passed)] == ["1.png"]
        line = passed.line(packing=False)
        assert "2 link to a folder that it lies in" in line
        assert "1 link that leads nowhere (up/in/gone.png)" in line


class TestManyComics:
    def test_a_folder_of_them_is_a_list_of_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        zipped("in/v1.cbz", **{"1_png": png(6)})
        zipped("in/more/v1.cbz", **{"1_png": png(12)})
        tarred("in/v2.tar")
        assert call(monkeypatch, "clean", "in", "-o", "out") == 0
        assert visible("out") == ["more/v1.cbz", "v1.cbz", "v2.tar"]
        assert archives.members("out/more/v1.cbz") == ["1.png"]
        assert call(monkeypatch, "clean", "in", "-o", "loose", "--unpack") == 0
        assert visible("loose") == ["more/v1/1.png", "v1/1.png", "v2/1.png"]
        assert call(monkeypatch, "clean", "in", "-o", "one.cbz") == 0
        assert archives.members("one.cbz") == ["more/v1/1.png", "v1/1.png", "v2/1.png"]

    def test_an_archive_of_archives_says_what_it_holds(self) -> None:
        zipped("all.zip", v1_cbz=b"PK", v2_cbz=b"PK")
        (item,) = find_items(["all.zip"])
        with pytest.raises(SengaError, match=r"without pictures; it holds: 2 \.cbz \(v1\.cbz"):
            item.content()

    def test_a_pattern_too_and_comics_beside_pictures(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("v1", "v2"):
            zipped(f"in/{name}.cbz", **{"1_png": png()})
        put("in/cover.png")
        assert call(monkeypatch, "clean", "in/*.cbz", "-o", "out") == 0
        assert visible("out") == ["v1.cbz", "v2.cbz"]
        assert [item.name for item in find_items(["in"])] == ["cover.png", "v1/1.png", "v2/1.png"]

    def test_brackets_in_names_are_brackets(self) -> None:
        put("in/[Group] Manga/1.png")
        put("in/[Group] Manga/2 [v2].png")
        put("in/G/3.png")
        assert [item.name for item in find_items(["in/[Group] Manga/*.png"])] == ["1.png", "2 [v2].png"]
        assert [item.name for item in find_items(["in/*/* [v2].png"])] == ["[Group] Manga/2 [v2].png"]
        assert [item.name for item in find_items(["in/*/[13].png"])] == ["[Group] Manga/1.png", "G/3.png"]
        assert [item.name for item in find_items(["in/[Group] Manga/[0-9].png"])] == ["1.png"]

    def test_a_pattern_of_folders_is_their_pictures(self) -> None:
        put("in/ch1/1.png")
        put("in/ch2/1.png")
        assert [item.name for item in find_items(["in/ch*"])] == ["ch1/1.png", "ch2/1.png"]


class TestKinds:
    def test_archives_are_what_their_first_bytes_say(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("a.cbr", "b.cb7", "c.epub", "d.rar", "e"):
            zipped(name, **{"1_png": png()})
        tarred("f.cbz")
        tarred("g.tgz", packed=True)
        tarred("h.tar.gz", packed=True)
        for file in ("a.cbr", "b.cb7", "c.epub", "d.rar", "e", "f.cbz", "g.tgz", "h.tar.gz"):
            assert call(monkeypatch, "clean", file, "-o", "out") == 0, file
        made = {"a.cbz", "b.cbz", "c.cbz", "d.zip", "e.zip", "f.cbz", "g.tar", "h.tar"}
        assert set(visible("out")) == made
        for name in made:
            assert kinds.kind_of(f"out/{name}") == ("tar" if name.endswith(".tar") else "ZIP")
            assert archives.members(f"out/{name}") == ["1.png"]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("a.cbz", b"Rar!\x1a\x07\x01\0", "a RAR archive, named .cbz, which senga does not read; unpack it"),
            ("a.cbr", b"Rar!\x1a\x07\x01\0", "a RAR archive, which senga does not read; save it as .cbz"),
            ("a.zip", b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive, named .zip"),
            ("noending", b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive, which"),
            ("a.cbz", b"<!DOCTYPE html><title>404</title>", "a web page, named .cbz"),
            ("a.cbz", b"\xff\xd8\xff\xe0", "a JPEG, named .cbz"),
            ("a.cbz", b"", "an empty file"),
            ("a.cbr", b"nothing known", "neither ZIP nor tar"),
            ("a.cbz", b"PK\x03\x04torn", "a broken archive"),
        ],
    )
    def test_what_cannot_be_read_is_named_truly(self, name: str, content: bytes, said: str) -> None:
        put(name, content)
        (item,) = find_items([name])
        with pytest.raises(SengaError, match=f"{name}: ") as refused:
            item.content()
        assert said in str(refused.value)

    def test_pictures_and_other_packed_files_are_no_archives(self) -> None:
        zipped("a.png", **{"1_png": png()})
        zipped("a.ora", **{"1_png": png()})
        for name in ("a.png", "a.ora"):
            (item,) = find_items([name])
            with pytest.raises(SengaError, match="not a picture that senga reads"):
                item.picture()


class TestNamesOfResults:
    @pytest.mark.parametrize("out", ["x.pdf", "x.cbr", "x.7z", "x.psd", "x.png", "x.jfif", "x.epub", "x.tar.gz"])
    @pytest.mark.parametrize("verb", ["clean", "color", "frames"])
    def test_a_file_s_ending_is_no_folder_s(
        self, verb: str, out: str, monkeypatch: pytest.MonkeyPatch, capsys: Said
    ) -> None:
        put("in/1.png")
        assert call(monkeypatch, verb, "in", "-o", out) == 2
        assert f"{out}: no folder by its ending" in capsys.readouterr().err
        assert not Path(out).exists()

    def test_a_slash_says_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("1.png")
        put("in/1.png")
        for source, out in (("1.png", "Vol.1/"), ("in", "Vol.2"), ("in", "x.pdf/"), ("1.png", "y.png/")):
            assert call(monkeypatch, "clean", source, "-o", out) == 0
            assert visible(out) == ["1.png"]
        assert storage.names_folder("s3://drawings/vol.1/")

    @pytest.mark.parametrize(("verb", "setting"), [("clean", "--transparent"), ("lines", "--transparent")])
    @pytest.mark.parametrize("out", ["x.jpg", "x.JPEG", "x.bmp"])
    def test_nothing_transparent_is_laid_on_white_unasked(
        self, verb: str, setting: str, out: str, monkeypatch: pytest.MonkeyPatch, capsys: Said
    ) -> None:
        put("1.png")
        assert call(monkeypatch, verb, "1.png", "-o", out, setting) == 2
        assert f"{setting}: {out} holds nothing transparent; write PNG" in capsys.readouterr().err
        assert not Path(out).exists()

    def test_nor_a_layer(self, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
        put("1.png")
        assert call(monkeypatch, "color", "1.png", "-o", "x.jpg", "--layer", "lines") == 2
        assert "--layer: x.jpg holds nothing transparent" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_named_pipe_is_not_opened_to_look_into_it() -> None:
    """As of a shell's `<(...)`: what was read to look is gone, and a test that opened it would not end."""
    os.mkfifo("p.png")
    assert [item.page for item in find_items(["p.png"])] == [0]
    put("in/1.png")
    os.mkfifo("in/p.png")
    passed = Passed()
    assert [item.name for item in find_items(["in"], passed=passed)] == ["1.png"]
    assert "1 pipe, socket or device (in/p.png)" in passed.line(packing=False)
