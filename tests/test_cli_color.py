import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from conftest import call, ring
from senga import Hints, image
from senga.color import colorizer
from senga.color.light import SIDE
from senga.color.palette import parse_color, read_palette, read_swatches
from senga.color.request import Request
from senga.color.sheet import contact_sheet
from senga.jobs import coloring
from senga.verbs import light_options

HAIR, SKIN, WHITE = (0x7A, 0x4A, 0x2B), (0xFA, 0xDC, 0xC8), (255, 255, 255)

MINA = """
name = "Mina"
[colors]
hair = "#7a4a2b"
skin = "#fadcc8"
[[hints]]
color = "hair"
at = [0.5, 0.5]
radius = 0.1
[[hints]]
color = "skin"
at = [0.1, 0.1]
drawing = "front*"
"""


@dataclass
class Asked:
    """What a drawing was asked to be painted with."""

    shape: tuple[int, int]
    hints: Hints | None
    reference: np.ndarray | None
    palette: list[tuple[int, int, int]] | None
    strength: float
    count: int = 1
    seed: int = 0
    tint: float = 0.0
    light: float = 1.0
    reach: str = "object"


@dataclass
class FakePage:
    """Stands in for a page: it is asked for nothing but its drawing."""

    drawing: image.Drawing


@dataclass
class FakePainter:
    """Stands in for a colorizer: keeps what its pages were asked."""

    opened: tuple[object, ...] = ()
    max_ram: int | None = None
    asked: list[Asked] = field(default_factory=list)
    drawings: list[image.Drawing] = field(default_factory=list)
    colored_bubbles: list[bool] = field(default_factory=list)

    def open(
        self,
        model: object,
        threads: int | None = None,
        backend: str = "onnxruntime",
        max_ram: int | None = None,
    ) -> "FakePainter":
        self.opened, self.max_ram = (model, threads, backend), max_ram
        return self

    def page(self, drawing: image.Drawing, *, color_bubbles: bool = False) -> FakePage:
        self.drawings.append(drawing)
        self.colored_bubbles.append(color_bubbles)
        return FakePage(drawing)

    def pictures(
        self,
        page: FakePage,
        request: Request,
        hints: Hints | None = None,
        reference: np.ndarray | None = None,
        finished: None = None,
        own: None = None,
    ) -> list[np.ndarray]:
        """Answers full of their number, of one alone full of 7."""
        shape, count = page.drawing.shape, request.candidates
        palette = [parse_color(c) for c in request.palette] or None
        given = hints if hints is not None and hints.mask.any() else None
        asked = Asked(shape, given, reference, palette, request.reference_strength, count, request.seed)
        asked.tint, asked.light, asked.reach = request.tint, request.light, request.reach
        self.asked.append(asked)
        return [np.full((*shape, 3), value, np.uint8) for value in ([7] if count == 1 else range(1, count + 1))]


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> FakePainter:
    fake = FakePainter()
    monkeypatch.setattr(colorizer, "Colorizer", fake)
    monkeypatch.setattr(coloring, "render_pictures", fake.pictures)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a drawing, a character and a colored picture lie."""
    monkeypatch.chdir(tmp_path)
    image.write("ring.png", ring(90, 70, 25))
    (tmp_path / "mina.toml").write_text(MINA)
    image.write("blue.png", np.full((8, 9, 3), (20, 30, 200), np.uint8))
    return tmp_path


def test_plain_coloring_asks_for_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png") == 0
    (asked,) = painter.asked
    assert asked == Asked((90, 70), None, None, None, 1.0)
    assert painter.opened == (None, None, "onnxruntime")
    assert (image.read("o.png") == 7).all()


def test_palettes_of_several_sources_are_joined_each_color_once(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter
) -> None:
    given = ("--palette", "#7a4a2b,fff", "--palette", "blue.png", "--palette", "#FFF")
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", *given, "--character", "mina.toml") == 0
    assert painter.asked[0].palette == [HAIR, WHITE, (20, 30, 200), SKIN]


def test_a_characters_hints_lie_under_the_persons(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter
) -> None:
    Hints.blank((90, 70)).dot((35, 45), "#ff0000", 2).write("h.png")
    image.write("front-1.png", ring(90, 70, 25))
    drawings = ("ring.png", "front-1.png")
    given = ("--character", "mina.toml", "--hints", "h.png", "-o", "out")
    assert call(monkeypatch, "color", *drawings, *given) == 0
    other, front = (a.hints for a in painter.asked)
    assert other is not None
    assert front is not None
    assert tuple(other.color[45, 35]) == (255, 0, 0)
    assert tuple(other.color[45, 40]) == HAIR
    assert not other.mask[9, 7]
    assert tuple(front.color[9, 7]) == SKIN


@pytest.mark.parametrize(
    ("options", "blue", "strength"),
    [
        (("--reference", "blue.png"), True, 1.0),
        (("--reference", "blue.png", "--reference-strength", "0"), True, 0.0),
        (("--character", "red.toml"), False, 0.4),
        (("--character", "red.toml", "--reference-strength", "0.9"), False, 0.9),
        (("--character", "red.toml", "--reference", "blue.png"), True, 1.0),
    ],
)
def test_a_reference_comes_from_the_person_or_else_the_character(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    painter: FakePainter,
    options: tuple[str, ...],
    blue: bool,
    strength: float,
) -> None:
    image.write("red.png", np.full((5, 5, 3), (200, 0, 0), np.uint8))
    Path("red.toml").write_text('name = "r"\nreference = "red.png"\nreference_strength = 0.4\n')
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", *options) == 0
    (asked,) = painter.asked
    assert asked.reference is not None
    assert tuple(asked.reference[0, 0]) == ((20, 30, 200) if blue else (200, 0, 0))
    assert asked.strength == strength


def test_candidates_are_numbered_files(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--candidates", 3, "--seed", 5, "--palette", "#fff", "--reference", "blue.png")
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", *options) == 0
    assert capsys.readouterr().out.split() == ["o-1.png", "o-2.png", "o-3.png"]
    assert not Path("o.png").exists()
    assert [int(image.read(f"o-{i}.png").max()) for i in (1, 2, 3)] == [1, 2, 3]
    (asked,) = painter.asked
    assert (asked.count, asked.seed, asked.palette, asked.strength) == (3, 5, [WHITE], 1.0)
    assert asked.reference is not None


def test_candidates_of_several_drawings_go_to_a_folder(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter
) -> None:
    image.write("b.png", ring(40, 40, 10))
    assert call(monkeypatch, "color", "ring.png", "b.png", "-o", "out", "--candidates", 2) == 0
    assert sorted(f.name for f in Path("out").iterdir()) == ["b-1.png", "b-2.png", "ring-1.png", "ring-2.png"]


def test_candidates_can_be_one_sheet(monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", "--candidates", 4, "--sheet") == 0
    wanted = contact_sheet([np.full((90, 70, 3), i, np.uint8) for i in (1, 2, 3, 4)])
    assert (image.read("o.png") == wanted).all()
    assert not Path("o-1.png").exists()


def test_no_candidate_is_written_over_another_file(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("o-2.png").write_text("mine")
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", "--candidates", 2) == 2
    assert "o-2.png: exists" in capsys.readouterr().err
    assert Path("o-2.png").read_text() == "mine"
    assert not painter.opened
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", "--candidates", 2, "--force") == 0
    assert image.read("o-2.png").max() == 2
    image.write("r-1.png", ring(9, 9, 3))
    before = Path("r-1.png").read_bytes()
    assert call(monkeypatch, "color", "r-1.png", "-o", "r.png", "--candidates", 2, "--force") == 2
    assert "would be overwritten by its own result" in capsys.readouterr().err
    assert Path("r-1.png").read_bytes() == before


def test_the_backend_and_threads_reach_the_model(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter
) -> None:
    given = ("--backend", "openvino", "--threads", 2, "--model", "m.onnx", "--max-ram", 900)
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", *given) == 0
    assert painter.opened == (Path("m.onnx"), 2, "openvino")
    assert painter.max_ram == 900_000_000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--palette", "brown"), "brown: neither colors"),
        (("--palette", "mina.gpl"), "mina.gpl: cannot be read"),
        (("--character", "gone.toml"), "gone.toml: cannot be read"),
        (("--reference", "gone.png"), "gone.png: no such file"),
        (("--reference-strength", "0.5"), "--reference-strength goes with --reference"),
        (("--layer", "color", "--max-ram", "900"), "--max-ram goes with pictures"),
        (("--reference", "blue.png", "--reference-strength", "2"), "--reference-strength 2.0: give a share of 0 to 1"),
        (("--reference", "blue.png", "--reference-strength", "nan"), "--reference-strength nan: give a share"),
        (("--sheet",), "--sheet goes with --candidates"),
        (("--reach", "wide"), "unknown --reach 'wide'; known: region, object, far"),
        (("--from-picture", "blue.png"), "--from-picture makes one picture of one: leave out drawings"),
    ],
)
def test_wrong_options_of_color_get_one_line_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    painter: FakePainter,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    said: str,
) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "new/o.png", *options) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not painter.opened
    assert not Path("new").exists()


def test_candidates_do_not_fit_into_a_pipe(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "-", "--candidates", 2) == 2
    assert "stdout takes one picture" in capsys.readouterr().err


@pytest.mark.parametrize("count", [0, 65])
def test_the_number_of_candidates_is_bounded(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, count: int
) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", "--candidates", count) == 2
    assert not painter.opened


def test_palette_show_prints_hex_colors_and_names(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "palette", "show", "7a4a2b, FFF") == 0
    assert capsys.readouterr().out == "#7a4a2b\n#ffffff\n"
    Path("p.gpl").write_text("GIMP Palette\n122 74 43 hair\n")
    assert call(monkeypatch, "palette", "show", "p.gpl") == 0
    assert capsys.readouterr().out == "#7a4a2b hair\n"
    assert call(monkeypatch, "palette", "show", "blue.png") == 0
    assert capsys.readouterr().out == "#141ec8\n"


def test_palette_convert_keeps_colors_and_names(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("p.gpl").write_text("GIMP Palette\n122 74 43 hair\n250 220 200\n")
    chain = ("p.gpl", "p.ase", "p.aco", "p.hex", "p.txt")
    for source, out in itertools.pairwise(chain):
        assert call(monkeypatch, "palette", "convert", source, "-o", out) == 0
    assert read_swatches("p.txt") == read_swatches("p.gpl")
    capsys.readouterr()
    for source, out, said in (("#fff", "p.ase", "p.ase: exists"), ("#fff", "p.act", "unknown ending '.act'")):
        assert call(monkeypatch, "palette", "convert", source, "-o", out) == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert read_palette("p.ase") == (HAIR, SKIN)
    assert call(monkeypatch, "palette", "convert", "#fff", "-o", "p.ase", "--force") == 0
    assert read_palette("p.ase") == (WHITE,)


def test_a_character_is_made_shown_and_used(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, capsys: pytest.CaptureFixture[str]
) -> None:
    new = ("character", "new", "blue.png", "-o", "b.toml", "--name", "Blue")
    assert call(monkeypatch, *new, "--reference") == 0
    assert call(monkeypatch, "character", "show", "b.toml") == 0
    assert capsys.readouterr().out == "b.toml\nBlue\n#141ec8 color-1\nreference blue.png, strength 1\n"
    assert call(monkeypatch, "color", "ring.png", "-o", "o.png", "--character", "b.toml") == 0
    assert painter.asked[0].palette == [(20, 30, 200)]
    assert painter.asked[0].reference is not None
    assert call(monkeypatch, *new) == 2
    assert "b.toml: exists" in capsys.readouterr().err


def test_character_show_tells_hints_and_bad_pictures_are_named(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "character", "show", "mina.toml") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Mina",
        "#7a4a2b hair",
        "#fadcc8 skin",
        "hint hair at (0.5, 0.5)",
        "hint skin at (0.1, 0.1), drawings front*",
    ]
    image.write("clear.png", np.zeros((4, 4, 4), np.uint8))
    assert call(monkeypatch, "character", "new", "clear.png", "-o", "c.toml", "--name", "C") == 2
    assert "clear.png: a picture that is wholly transparent" in capsys.readouterr().err


def test_seed_light_and_reach_are_passed_on(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter
) -> None:
    options = ("--seed", "4", "--light", "0.5", "--reach", "far")
    assert call(monkeypatch, "color", "ring.png", "-o", "x.png", *options) == 0
    (asked,) = painter.asked
    assert (asked.count, asked.seed, asked.light, asked.reach) == (1, 4, 0.5, "far")


def test_a_tint_is_passed_on(monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter) -> None:
    assert call(monkeypatch, "color", "ring.png", "-o", "x.png", "--tint", "0.5") == 0
    assert call(monkeypatch, "color", "ring.png", "-o", "y.png", "--candidates", "2", "--tint", "1") == 0
    assert [asked.tint for asked in painter.asked] == [0.5, 1.0]


def test_bubbles_are_colored_only_when_asked_and_white_on_black_is_told_and_inverted(
    monkeypatch: pytest.MonkeyPatch, folder: Path, painter: FakePainter, capsys: pytest.CaptureFixture[str]
) -> None:
    image.write("chalk.png", 255 - image.read("ring.png"))
    assert call(monkeypatch, "color", "ring.png", "-o", "x.png") == 0
    assert "white drawing" not in capsys.readouterr().err
    assert call(monkeypatch, "color", "ring.png", "-o", "y.png", "--color-bubbles") == 0
    assert painter.colored_bubbles == [False, True]
    assert call(monkeypatch, "color", "chalk.png", "-o", "z.png") == 0
    assert "chalk.png: looks like white drawing on black; --invert" in capsys.readouterr().err
    assert call(monkeypatch, "color", "chalk.png", "-o", "w.png", "--invert") == 0
    assert "white drawing" not in capsys.readouterr().err
    ring, _, chalk, inverted = painter.drawings
    assert (chalk.layer != ring.layer).any()
    assert (inverted.layer == ring.layer).all()
    assert (inverted.lines == ring.lines).all()
    assert call(monkeypatch, "color", "--from-picture", "ring.png", "-o", "v.png", "--invert") == 2
    assert "--invert goes with drawings, not with --from-picture" in capsys.readouterr().err


def test_the_command_line_s_usual_side_of_light_is_the_library_s() -> None:
    assert light_options.USUAL_SIDE == SIDE
