import contextlib
import dataclasses
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import call, patchwork, ring
from packing import packed, parts_of
from senga import Colorizer, image
from senga.color.files.project import Fingerprint, Project
from senga.color.files.swatches import Swatch
from senga.color.marks import Mark
from senga.color.request import Request
from senga.errors import ImageError, ProjectError
from test_marks import color, mark

MARKS = (
    Mark.stroke([(20, 20), (40.5, 30.25)], "#f03010", 9, [0.3, 1]),
    Mark.fill((48, 40), "#20a0f0"),
    Mark.erase([(30, 25)], 6),
)
REQUEST = Request(MARKS, ("#7a4a2b", "#ffffff"), "ref.png", 0.5, 0.0, "paint", 0.5, "far", 1, 7)
SAVED = (Swatch((1, 2, 3), "night 夜"), Swatch((9, 9, 9)))


def names_in(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir()]


@pytest.fixture(scope="module")
def painter() -> Colorizer:
    return Colorizer.open(threads=1)


def png(pixels: np.ndarray) -> bytes:
    return image.encode(pixels, "PNG")


DRAWING, PICTURE = png(ring(80, 96, 28)), png(patchwork(40, 30))
WHOLE = Project(DRAWING, "ring.png", REQUEST, PICTURE, SAVED, Fingerprint("tiny", "0" * 64))
PLAIN = Project(DRAWING, "ring.png", Request(MARKS))


def with_facts(change: Callable[[dict[str, object]], object]) -> bytes:
    parts = parts_of(WHOLE)
    facts = json.loads(parts["project.json"])
    change(facts)
    return packed(parts | {"project.json": json.dumps(facts).encode()})


def with_parts(**parts: bytes | None) -> bytes:
    kept = {k.replace("_json", ".json"): v for k, v in parts.items()}
    return packed({k: v for k, v in (parts_of(WHOLE) | kept).items() if v is not None})


def test_a_project_comes_back_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "ring.senga"
    for project in (WHOLE, PLAIN):
        project.write(file, force=True)
        assert Project.read(file) == project
        assert Project.read(file).drawing == DRAWING
    assert names_in(tmp_path) == ["ring.senga"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(mark(), max_size=3).map(tuple),
    st.lists(color, max_size=3).map(tuple),
    st.none() | st.binary(min_size=1, max_size=9),
    st.lists(st.builds(Swatch, st.tuples(*[st.integers(0, 255)] * 3), st.text("aé線 ", max_size=5)), max_size=3),
    st.binary(min_size=1, max_size=9),
)
def test_any_project_comes_back(
    marks: tuple[Mark, ...], palette: tuple[str, ...], reference: bytes | None, saved: list[Swatch], drawing: bytes
) -> None:
    request = Request(marks, palette, None if reference is None else "r", seed=3)
    project = Project(drawing, "線.png", request, reference, tuple(saved))
    content = project.to_bytes()
    assert Project.from_bytes(content, "x") == project
    assert Project.from_bytes(content, "x").to_bytes() == content


def test_a_zip_made_by_another_program_is_read() -> None:
    assert Project.from_bytes(packed(parts_of(WHOLE)), "x") == WHOLE
    assert Project.from_bytes(packed(parts_of(WHOLE), zipfile.ZIP_STORED), "x") == WHOLE


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.senga"
    PLAIN.write(file)
    with pytest.raises(ImageError, match="exists"):
        WHOLE.write(file)

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(ImageError, match="No space left"):
        WHOLE.write(file, force=True)
    assert Project.read(file) == PLAIN
    assert names_in(tmp_path) == ["x.senga"]
    with pytest.raises(ProjectError, match=r"ends in \.senga"):
        PLAIN.write(tmp_path / "x.zip")


def many_parts(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for i in range(count):
            pack.writestr(f"{i}", b"")
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in parts_of(WHOLE).items():
            pack.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            pack.writestr("drawing", b"another")
    return out.getvalue()


def understated() -> bytes:
    """A drawing of a megabyte that says it has ten bytes."""
    content = bytearray(with_parts(drawing=bytes(1_000_000)))
    return bytes(content).replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))


def encrypted() -> bytes:
    content = bytearray(WHOLE.to_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def other_method() -> bytes:
    return packed(parts_of(WHOLE), zipfile.ZIP_LZMA)


def flipped() -> bytes:
    """One wrong byte within the drawing."""
    content = bytearray(WHOLE.to_bytes())
    content[content.find(DRAWING) + 20] ^= 1
    return bytes(content)


def claiming(name: str, size: int) -> bytes:
    """A part that says of itself that it unpacks to so many bytes."""
    content = bytearray(WHOLE.to_bytes())
    at = content.find(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.find(b"PK\x01\x02", at + 1)
    content[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(content)


def facts_bomb() -> bytes:
    return with_parts(project_json=b" " * 5_000_000)


BROKEN: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"", "not a senga project"),
    (lambda: b"PK", "not a senga project"),
    (lambda: DRAWING, "not a senga project"),
    (lambda: b"PK\x05\x06" + bytes(18), "an empty zip, not a senga project"),
    (lambda: WHOLE.to_bytes()[:-1], "not a senga project|broken"),
    (lambda: WHOLE.to_bytes()[:-30], "not a senga project"),
    (lambda: WHOLE.to_bytes()[100:], "not a senga project|broken"),
    (flipped, "broken project file"),
    (encrypted, "'project.json' is encrypted"),
    (other_method, "packed in a way"),
    (lambda: many_parts(9), "a zip of 9 files"),
    (lambda: many_parts(70_000), "not a senga project"),
    (lambda: packed(parts_of(WHOLE) | {str(i): b"" for i in range(1500)}), "too many parts"),
    (twice, "'drawing' twice"),
    (understated, "broken project file"),
    (facts_bomb, "'project.json' would unpack to 5000000 bytes; at most 4000000"),
    (lambda: claiming("marks.json", 16_000_001), "'marks.json' would unpack to 16000001"),
    (lambda: claiming("drawing", 3_000_000_000), "'drawing' would unpack to 3000000000"),
    (lambda: claiming("reference", 128_000_001), "'reference' would unpack to"),
    (lambda: packed(parts_of(WHOLE) | {"../evil": b"x"}), r"holds '\.\./evil'"),
    (lambda: packed(parts_of(WHOLE) | {"/etc/passwd": b"x"}), "which is no part"),
    (lambda: packed(parts_of(WHOLE) | {"a\nb": b"x"}), r"'a\\nb'"),
    (lambda: packed(parts_of(WHOLE) | {"drawing/": b""}), "which is no part"),
    (lambda: with_parts(project_json=None), "'project.json' is missing"),
    (lambda: with_parts(marks_json=None), "'marks.json' is missing"),
    (lambda: with_parts(drawing=None), "'drawing' is missing"),
    (lambda: with_parts(reference=None), "the request's reference is 'ref.png', and none is in the project"),
    (lambda: with_parts(drawing=b""), "a drawing of 0 bytes"),
    (lambda: with_parts(project_json=b"{"), "not valid JSON"),
    (lambda: with_parts(project_json=b"\xff"), "not valid JSON"),
    (lambda: with_parts(project_json=b"[]"), r"\[project.json\]: wanted an object"),
    (lambda: with_parts(project_json=b"{}"), "'format' is missing"),
    (lambda: with_parts(marks_json=b"[1]"), r"\[marks 1\]: wanted an object"),
    (lambda: with_parts(marks_json=b"[" * 99_999), "not valid JSON"),
    (lambda: with_facts(lambda f: f.update(format=2)), "format 2; this senga reads format 1; upgrade"),
    (lambda: with_facts(lambda f: f.update(format=0)), "format 0; this senga reads format 1$"),
    (lambda: with_facts(lambda f: f.update(format="1")), "wanted 1, found '1'"),
    (lambda: with_facts(lambda f: f.update(format=True)), "wanted 1, found true"),
    (lambda: with_facts(lambda f: f.update(note="x")), "unknown key 'note'"),
    (lambda: with_facts(lambda f: f.pop("model")), "'model' is missing"),
    (lambda: with_facts(lambda f: f.update(drawing="ring.png")), "wanted an object, found 'ring.png'"),
    (lambda: with_facts(lambda f: f.update(drawing={"name": "../ring.png"})), "is no name of a file"),
    (lambda: with_facts(lambda f: f.update(drawing={"name": "C:\\ring.png"})), "is no name of a file"),
    (lambda: with_facts(lambda f: f.update(drawing={"name": ".."})), "is no name of a file"),
    (lambda: with_facts(lambda f: f.update(drawing={"name": ""})), "is no name of a file"),
    (lambda: with_facts(lambda f: f.update(drawing={"name": "a\x1b"})), "cannot be shown"),
    (lambda: with_facts(lambda f: f.update(request=None)), "wanted an object, found null"),
    (lambda: with_facts(lambda f: f.update(request={"tint": 2})), r"\[tint\]: .*found 2"),
    (lambda: with_facts(lambda f: f["request"].update(marks=[])), "belong into marks.json"),  # type: ignore[attr-defined]
    (lambda: with_facts(lambda f: f["request"].update(reference=None)), "and one is in the project"),  # type: ignore[attr-defined]
    (lambda: with_facts(lambda f: f.update(swatches=[{"color": "red", "name": ""}])), r"\[swatches 1.color\]"),
    (lambda: with_facts(lambda f: f.update(swatches=[{"color": "#ff0000"}])), "'name' is missing"),
    (lambda: with_facts(lambda f: f.update(swatches=[{}] * 10_001)), "at most 10000"),
    (lambda: with_facts(lambda f: f.update(model="tiny")), "wanted an object"),
    (lambda: with_facts(lambda f: f.update(model={"name": "x", "sha256": "0"})), "wanted 64 hex digits"),
    (lambda: with_facts(lambda f: f.update(model={"name": 1, "sha256": "0" * 64})), "wanted a text"),
]


@pytest.mark.parametrize(("make", "said"), BROKEN, ids=range(len(BROKEN)))
def test_broken_projects_are_refused_in_one_line(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(ProjectError, match=said) as caught:
        Project.from_bytes(make(), "x.senga")
    line = str(caught.value)
    assert line.startswith("x.senga: ")
    assert line.isprintable()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 99))
def test_wrong_bytes_are_a_project_or_a_project_error(changes: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(PLAIN.to_bytes())
    for at, value in changes:
        content[at % len(content)] = value
    del content[len(content) - cut :]
    with contextlib.suppress(ProjectError):
        Project.from_bytes(bytes(content), "x")


def test_what_is_no_project_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.senga").mkdir()
    for name in ("none.senga", "folder.senga", "zero\0.senga"):
        with pytest.raises(ProjectError, match="cannot be read"):
            Project.read(tmp_path / name)


def test_names_are_labels_without_folders() -> None:
    for given_name, kept in (("a/b\\c.png", "c.png"), ("x\x1b\n.png", "x.png"), ("..", "drawing"), ("", "drawing")):
        assert Project.new(DRAWING, given_name).name == kept
    with pytest.raises(ProjectError, match="no name of a file"):
        Project(DRAWING, "a/b.png")
    with pytest.raises(ImageError, match=r"ring\.png: "):
        Project.new(b"no picture", "ring.png")


def test_a_project_of_before_light_and_reach_opens_with_the_usual_ones(tmp_path: Path) -> None:
    PLAIN.write(tmp_path / "now.senga")
    with zipfile.ZipFile(tmp_path / "now.senga") as now, zipfile.ZipFile(tmp_path / "old.senga", "w") as old:
        for part in now.namelist():
            content = now.read(part)
            if part == "project.json":
                facts = json.loads(content)
                del facts["request"]["light"], facts["request"]["reach"]
                content = json.dumps(facts).encode()
            old.writestr(part, content)
    assert Project.read(tmp_path / "old.senga") == PLAIN
    assert (PLAIN.request.light, PLAIN.request.reach) == (1.0, "object")


def test_a_project_replays_to_the_same_picture(
    tmp_path: Path, painter: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ring.png").write_bytes(DRAWING)
    page = painter.page(image.read_drawing(tmp_path / "ring.png"))
    shown = page.paint(PLAIN.request.hints(page.drawing.lines))
    project = dataclasses.replace(PLAIN, model=Fingerprint.of(painter.session))
    project.write(tmp_path / "ring.senga")
    again = Project.read(tmp_path / "ring.senga")
    assert again.doubt(painter.session) == ""
    assert (again.paint(painter)[0] == shown).all()
    monkeypatch.chdir(tmp_path)
    for out in ("one.png", "two.png"):
        assert call(monkeypatch, "color", "ring.senga", "-o", out, "--threads", "1") == 0
        assert (image.read(out) == shown).all()
    assert Path("one.png").read_bytes() == Path("two.png").read_bytes()


def test_a_flat_project_has_one_color_an_area(painter: Colorizer) -> None:
    request = Request((Mark.stroke([(44, 38), (52, 42)], "#20a0f0", 5),), mode="flat")
    shown = Project(DRAWING, "ring.png", request).paint(painter)[0]
    y, x = np.mgrid[:80, :96]
    inside = np.hypot(y - 40, x - 48) < 25
    assert {tuple(c) for c in shown[inside].tolist()} == {(0x20, 0xA0, 0xF0)}
    assert len({tuple(c) for c in shown[np.hypot(y - 40, x - 48) > 31].tolist()}) == 1
    assert (shown[np.abs(np.hypot(y - 40, x - 48) - 28) < 0.5] == 0).all()  # the lines


def test_another_model_is_told_and_paints_all_the_same(
    tmp_path: Path, painter: Colorizer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    dataclasses.replace(PLAIN, model=Fingerprint("elder", "ab" * 32)).write("x.senga")
    assert call(monkeypatch, "color", "x.senga", "-o", "x.png", "--threads", "1") == 0
    said = capsys.readouterr().err
    assert "'elder' (abababababab)" in said
    assert f"'{painter.session.card.name}' (" in said
    assert said.count("\n") == 1
    assert Path("x.png").exists()


def test_a_project_takes_no_colors_beside_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    PLAIN.write("x.senga")
    own = (("--palette", "#fff"), ("--tint", "0.5"), ("--hints", "h.png"), ("--reference", "r.png"))
    for option, value in (*own, ("--light", "0"), ("--reach", "far")):
        assert call(monkeypatch, "color", "x.senga", "-o", "x.png", option, value) == 2
        assert f"leave out {option}" in capsys.readouterr().err
    assert names_in(tmp_path) == ["x.senga"]


def test_a_broken_project_ends_the_command_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.senga").write_bytes(b"PK nonsense")
    for words in (["color", "x.senga", "-o", "x.png", "--threads", "1"], ["project", "show", "x.senga"]):
        assert call(monkeypatch, *words) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert names_in(tmp_path) == ["x.senga"]


def test_the_command_makes_and_shows_a_project(
    tmp_path: Path, painter: Colorizer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ring.png").write_bytes(DRAWING)
    Path("ref.png").write_bytes(PICTURE)
    words = ["--palette", "#7a4a2b,#fff", "--reference", "ref.png", "--flat", "--light", "0.5", "--reach", "far"]
    assert call(monkeypatch, "project", "new", "ring.png", "-o", "x.senga", *words) == 0
    project = Project.read("x.senga")
    assert project.drawing == DRAWING
    assert project.reference == PICTURE
    assert (project.request.mode, project.request.palette) == ("flat", ("#7a4a2b", "#ffffff"))
    assert (project.request.light, project.request.reach, project.request.seed) == (0.5, "far", 0)
    project = dataclasses.replace(project, request=dataclasses.replace(project.request, marks=MARKS))
    project.write("x.senga", force=True)
    capsys.readouterr()
    assert call(monkeypatch, "project", "show", "x.senga") == 0
    said = capsys.readouterr().out
    for fact in (
        "ring.png, 96x80 px",
        "marks 3: 1 erase, 1 fill, 1 stroke; 4 points",
        "#7a4a2b #ffffff",
        "light 0.5, reach far",
        f"model '{painter.session.card.name}'",
    ):
        assert fact in said
    assert call(monkeypatch, "project", "new", "ring.png", "-o", "x.senga") == 2
    assert "exists" in capsys.readouterr().err
    for wrong in (["none.png", "-o", "y.senga"], ["x.senga", "-o", "y.senga"], ["ring.png", "-o", "y.zip"]):
        assert call(monkeypatch, "project", "new", *wrong) == 2
    assert not list(Path().glob("y*"))
