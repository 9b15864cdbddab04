import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senga import image
from senga.color.character import Character, Seed, character_of
from senga.color.files.characterfile import read_character, write_character
from senga.errors import HintError, ImageError, PaletteError, SengaError

HAIR, SKIN, WHITE = (0x7A, 0x4A, 0x2B), (0xFA, 0xDC, 0xC8), (255, 255, 255)

MINA = """
name = "Mina"
palette = ["#fff", "#7a4a2b"]

[colors]
hair = "#7a4a2b"
"left eye" = "#2060c0"

[[hints]]
color = "hair"
at = [0.5, 0.25]
radius = 0.05

[[hints]]
color = "#fadcc8"
at = [[0.1, 0.9], [0.9, 0.9]]
width = 0.02
drawing = "front*.png"
"""

SHARES = st.floats(0, 1)
COLORS = st.tuples(*[st.integers(0, 255)] * 3)


def written(folder: Path, text: str) -> Path:
    file = folder / "mina.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_character_file_gives_parts_and_palette_each_color_once(tmp_path: Path) -> None:
    mina = read_character(written(tmp_path, MINA))
    assert mina.name == "Mina"
    assert mina.colors == {"hair": HAIR, "left eye": (0x20, 0x60, 0xC0)}
    assert mina.palette() == (HAIR, (0x20, 0x60, 0xC0), WHITE)
    assert mina.reference_picture() is None


def test_seed_hints_lie_at_their_shares_of_any_drawing(tmp_path: Path) -> None:
    mina = read_character(written(tmp_path, MINA))
    for height, width in ((401, 201), (101, 301), (1, 1)):
        hints = mina.hints((height, width))
        y, x = np.nonzero(hints.mask)
        assert (round(x.mean()), round(y.mean())) == (round(0.5 * (width - 1)), round(0.25 * (height - 1)))
        assert np.ptp(x) == pytest.approx(2 * 0.05 * min(max(height, width), width * 10), abs=2)
        assert {tuple(c) for c in hints.color[hints.mask]} == {HAIR}


def test_a_hint_for_certain_drawings_is_left_out_of_others(tmp_path: Path) -> None:
    mina = read_character(written(tmp_path, MINA))
    stroke = (90, 50)  # y, x
    assert mina.hints((101, 101), "front-2.png").mask[stroke]
    assert tuple(mina.hints((101, 101), "front-2.png").color[stroke]) == SKIN
    for name in ("back.png", None):
        assert not mina.hints((101, 101), name).mask[stroke]


def test_a_part_goes_before_a_hex_color_of_the_same_letters() -> None:
    assert Character("a", {"bed": SKIN}).color_of("bed") == SKIN
    assert Character("a").color_of("bed") == (0xBB, 0xEE, 0xDD)
    with pytest.raises(HintError, match="'eyes' is neither a part of a nor #rrggbb; parts: hair"):
        Character("a", {"hair": HAIR}).color_of("eyes")


def test_the_reference_is_found_from_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mina").mkdir()
    image.write(tmp_path / "mina" / "strip.png", np.full((4, 6, 3), SKIN, np.uint8))
    file = written(tmp_path / "mina", 'name = "Mina"\nreference = "strip.png"\nreference_strength = 0.5\n')
    monkeypatch.chdir(tmp_path)
    mina = read_character(file)
    picture = mina.reference_picture()
    assert picture is not None
    assert picture.shape == (4, 6, 3)
    assert mina.reference_strength == 0.5
    write_character("copy.toml", mina)
    assert 'reference = "mina/strip.png"' in Path("copy.toml").read_text()
    copy = read_character("copy.toml").reference_picture()
    assert copy is not None


def test_a_missing_reference_is_named(tmp_path: Path) -> None:
    mina = read_character(written(tmp_path, 'name = "Mina"\nreference = "gone.png"\n'))
    with pytest.raises(ImageError, match=r"gone.png: no such file"):
        mina.reference_picture()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(exclude_categories=["Cs"])),
    colors=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), COLORS, max_size=5),
    others=st.lists(COLORS, max_size=4),
    at=st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=4),
    radius=SHARES,
    drawing=st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
def test_any_character_survives_its_file(
    tmp_path: Path,
    name: str,
    colors: dict[str, tuple[int, int, int]],
    others: list[tuple[int, int, int]],
    at: list[tuple[float, float]],
    radius: float,
    drawing: str,
) -> None:
    seeds = tuple(Seed(color, tuple(at), radius, drawing) for color in [*colors, "#123456"])
    character = Character(name, colors, tuple(others), None, 1.0, seeds)
    write_character(tmp_path / "any.toml", character, force=True)
    assert read_character(tmp_path / "any.toml") == character


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "[top level]: 'name' is missing"),
        ("name = 3", "[name]: wanted a text, found 3"),
        ('name = "a"\nhair = "#fff"', "[top level]: unknown key 'hair'; known: colors, hints, name, palette, ref"),
        ('name = "a"\ncolors = ["#fff"]', "[colors]: wanted a table of parts"),
        ('name = "a"\n[colors]\nhair = "brown"', "[colors.hair]: 'brown' is not a color"),
        ('name = "a"\n[colors]\nhair = 7', "[colors.hair]: wanted a HEX color, found 7"),
        ('name = "a"\npalette = "#fff"', "[palette]: wanted a list of HEX colors"),
        ('name = "a"\npalette = ["#ff"]', "[palette]: '#ff' is not a color"),
        ('name = "a"\nreference = 1', "[reference]: wanted the name of a picture"),
        ('name = "a"\nreference_strength = 1', "[reference_strength]: goes with 'reference'"),
        ('name = "a"\nreference = "p"\nreference_strength = 2', "[reference_strength]: wanted a share of 0 to 1"),
        ('name = "a"\nhints = [1]', "[hints 1]: wanted a table"),
        ('name = "a"\n[[hints]]\nat = [0, 0]', "[hints 1]: 'color' is missing"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"', "[hints 1]: 'at' is missing"),
        ('name = "a"\n[[hints]]\ncolor = "hair"\nat = [0, 0]', "[hints 1.color]: 'hair' is neither a part of a"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [0, 0]\nsize = 3', "[hints 1]: unknown key 'size'; known: at"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = []', "[hints 1.at]: wanted [x, y]"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [[0, 0], [1]]', "[hints 1.at]: wanted [x, y]"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [20, 0]', "[hints 1.at]: wanted a share of 0 to 1, found 20"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [nan, 0]', "[hints 1.at]: wanted a share of 0 to 1, found nan"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [true, 0]', "[hints 1.at]: wanted a share"),
        ('name = "a"\n[[hints]]\ncolor = "#fff"\nat = [0, 0]\nradius = 1\nwidth = 1', "[hints 1]: give 'radius' or"),
        ('name = "a"\n"b\\nc" = 1', "unknown key"),
        ("name = ", "not valid TOML"),
        ("a = " + "[" * 9000, "not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_character_file_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(PaletteError) as caught:
        read_character(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_text_or_not_there_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("b.toml", "gone.toml", ".", "a\0b"):
        with pytest.raises(PaletteError, match=r"cannot be read|not UTF-8"):
            read_character(tmp_path / name)
    (tmp_path / "mark.toml").write_bytes(b'\xef\xbb\xbfname = "a"')
    assert read_character(tmp_path / "mark.toml") == Character("a")


def test_a_character_is_made_of_a_colored_picture(tmp_path: Path) -> None:
    picture = np.full((20, 20, 4), (*SKIN, 255), np.uint8)
    picture[:8] = (*HAIR, 255)
    picture[:, :3, 3] = 0
    mina = character_of(picture, "Mina", count=4)
    assert mina == Character("Mina", {"color-1": SKIN, "color-2": HAIR})
    write_character(tmp_path / "m.toml", mina)
    assert read_character(tmp_path / "m.toml") == mina
    with pytest.raises(SengaError, match="exists"):
        write_character(tmp_path / "m.toml", mina)
    with pytest.raises(PaletteError, match=r"a character file ends in .toml"):
        write_character(tmp_path / "m.png", mina)


def test_the_characters_of_the_guide_and_of_the_examples_can_be_read(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    guide = (root / "docs" / "guide" / "illustrator.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(.*?)```", guide, re.S)
    assert read_character(written(tmp_path, text)).hints((100, 100), "front.png").mask.any()
    mina = read_character(root / "examples" / "mina.toml")
    drawing = image.read_drawing(root / "examples" / "girl.png")
    hints = mina.hints(drawing.shape, "girl.png")
    assert {tuple(c) for c in np.unique(hints.color[hints.mask], axis=0)} <= set(mina.palette())
    assert (drawing.lines[hints.mask] > 128).mean() > 0.95  # on paper, not across lines
