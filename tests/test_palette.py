import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senga import image
from senga.color import spaces
from senga.color.files import swatches
from senga.color.maincolors import palette_of
from senga.color.palette import FILES, hex_of, read_palette, read_swatches, write_palette
from senga.errors import HintError, ImageError, PaletteError, SengaError

COLORS = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=20)
BROWN, SKIN, BLUE = (0x7A, 0x4A, 0x2B), (0xFA, 0xDC, 0xC8), (0x9E, 0xD3, 0xEF)


def ase(*entries: tuple[bytes, Sequence[float]], name: str = "x") -> bytes:
    """An Adobe Swatch Exchange file with all entries in one group."""
    blocks = [(0xC001, struct.pack(">H", 2) + "g\0".encode("utf-16-be"))]
    text = f"{name}\0".encode("utf-16-be")
    for model, values in entries:
        numbers = struct.pack(f">{len(values)}fH", *values, 2)
        blocks.append((1, struct.pack(">H", len(text) // 2) + text + model + numbers))
    blocks.append((0xC002, b""))
    body = b"".join(struct.pack(">HI", kind, len(block)) + block for kind, block in blocks)
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + body


def aco(*entries: tuple[int, ...]) -> bytes:
    """A Photoshop color file of version 1."""
    return struct.pack(">HH", 1, len(entries)) + b"".join(struct.pack(">HHHHH", *(*e, 0, 0, 0, 0)[:5]) for e in entries)


@pytest.mark.parametrize("text", ["#7a4a2b,#fadcc8", "7a4a2b FADCC8", " #7A4A2B , fadcc8 ", "#7a4a2b;\n#fadcc8\n"])
def test_a_text_of_hex_colors_is_a_palette(text: str) -> None:
    assert read_palette(text) == (BROWN, SKIN)


@pytest.mark.parametrize("ending", FILES)
def test_every_palette_file_gives_back_its_colors_and_names(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"mina{ending}"
    write_palette(file, ["#7a4a2b", SKIN, "9ed3ef", BROWN], ["hair", "skin, 肌", "bed"])
    assert [(s.color, s.name) for s in read_swatches(file)] == [
        (BROWN, "hair"),
        (SKIN, "skin, 肌"),
        (BLUE, "bed"),
        (BROWN, ""),
    ]


@pytest.mark.parametrize("ending", FILES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(colors=COLORS, names=st.lists(st.text(max_size=12), max_size=20))
def test_any_colors_under_any_names_survive_every_file(
    tmp_path: Path, ending: str, colors: list[tuple[int, int, int]], names: list[str]
) -> None:
    file = tmp_path / f"any{ending}"
    write_palette(file, colors, names, force=True)
    assert read_palette(file) == tuple(colors)


@pytest.mark.parametrize("ending", FILES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_broken_palette_files_are_one_line_that_names_the_file(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    file = tmp_path / f"any{ending}"
    write_palette(file, [BROWN, SKIN, BLUE], ["hair", "skin"], force=True)
    whole = bytearray(file.read_bytes())
    whole = whole[: data.draw(st.integers(0, len(whole)))]
    for at, value in data.draw(st.dictionaries(st.integers(0, 90), st.integers(0, 255), max_size=6)).items():
        if at < len(whole):
            whole[at] = value
    file.write_bytes(bytes(whole) + data.draw(st.binary(max_size=8)))
    said = f"{file}: on one line"
    try:
        assert read_palette(file)
    except PaletteError as error:
        said = str(error)
    assert said.startswith(f"{file}: ")
    assert len(said.splitlines()) == 1


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_garbage_never_breaks_a_reader(content: bytes) -> None:
    for decode, head in ((swatches.decode_ase, b"ASEF"), (swatches.decode_aco, b"\0\2"), (swatches.decode_gpl, b"")):
        for start in (b"", head):
            try:
                found = decode(start + content)
            except PaletteError:
                continue
            assert all(0 <= c <= 255 for s in found for c in s.color)


@pytest.mark.parametrize(
    ("model", "values", "color"),
    [
        (b"RGB ", (0.5, 0.0, 1.0), (128, 0, 255)),
        (b"CMYK", (0.0, 1.0, 1.0, 0.0), (255, 0, 0)),
        (b"CMYK", (0.0, 0.0, 0.0, 1.0), (0, 0, 0)),
        (b"Gray", (0.2,), (51, 51, 51)),
        (b"LAB ", (1.0, 0.0, 0.0), (255, 255, 255)),
        (b"LAB ", (0.5429, 80.8, 69.9), (255, 0, 0)),
        (b"LAB ", (0.5, 1e38, -1e38), None),
    ],
)
def test_swatch_exchange_colors_of_every_model_become_rgb(
    model: bytes, values: Sequence[float], color: tuple[int, int, int] | None
) -> None:
    (found,) = swatches.decode_ase(ase((model, values)))
    assert found.name == "x"
    assert color is None or max(abs(a - b) for a, b in zip(found.color, color, strict=True)) <= 1


@pytest.mark.parametrize(
    ("entry", "color"),
    [
        ((0, 0x7A7A, 0x4A4A, 0x2B2B), BROWN),
        ((0, 0x7A00, 0x4A00, 0x2B00), BROWN),
        ((1, 0, 65535, 65535), (255, 0, 0)),
        ((1, 43690, 65535, 32768), (0, 0, 128)),
        ((2, 65535, 0, 0, 65535), (255, 0, 0)),
        ((7, 10000, 0, 0), (255, 255, 255)),
        ((7, 5429, 8080, 6990), (255, 0, 0)),
        ((7, 2957, 6829, 65536 - 11204), (0, 0, 255)),
        ((8, 0), (255, 255, 255)),
        ((8, 8000), (51, 51, 51)),
        ((9, 10000, 0, 0, 10000), (255, 0, 0)),
    ],
)
def test_photoshop_colors_of_every_space_become_rgb(entry: tuple[int, ...], color: tuple[int, int, int]) -> None:
    (found,) = swatches.decode_aco(aco(entry))
    assert max(abs(a - b) for a, b in zip(found.color, color, strict=True)) <= 1


def test_photoshop_files_of_either_version_alone_are_read(tmp_path: Path) -> None:
    whole = swatches.encode_aco([swatches.Swatch(BROWN, "hair"), swatches.Swatch(BLUE)])
    assert swatches.decode_aco(whole[:24]) == [swatches.Swatch(BROWN), swatches.Swatch(BLUE)]
    assert swatches.decode_aco(whole[24:]) == [swatches.Swatch(BROWN, "hair"), swatches.Swatch(BLUE)]


def test_gimp_palettes_are_read_as_gimp_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "p.gpl"
    file.write_bytes(b"GIMP Palette\r\nName: Mina\r\nColumns: 4\r\n#\r\n122  74  43\tdark  hair\r\n250 220 200\r\n")
    assert read_swatches(file) == (swatches.Swatch(BROWN, "dark hair"), swatches.Swatch(SKIN))


def test_lists_of_hex_colors_are_read_as_programs_write_them(tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    file.write_text("; paint.net Palette File\nFF7A4A2B\n# a remark\n\n#fadcc8 skin\n9ed3ef\n#fff, #000\n")
    found = read_swatches(file)
    assert [s.color for s in found] == [BROWN, SKIN, BLUE, (255, 255, 255), (0, 0, 0)]
    assert [s.name for s in found] == ["", "skin", "", "", ""]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.gpl", b"hello", "a.gpl: not a GIMP palette"),
        ("a.gpl", b"GIMP Palette\n1 2 300 x\n", "a.gpl: line 2: wanted three numbers of 0 to 255"),
        ("a.gpl", b"GIMP Palette\n#\n", "a.gpl: no color in it"),
        ("a.ase", b"ASEX", "a.ase: not an Adobe Swatch Exchange file"),
        ("a.ase", ase((b"RGB ", (1, 1, 1)))[:-30], "a.ase: cut off before its end"),
        ("a.ase", ase((b"HLS ", (1, 1, 1))), "a.ase: a color of the unknown model 'HLS '"),
        ("a.ase", ase((b"RGB ", (float("nan"), 1, 1))), "a.ase: a color that is not made of numbers"),
        ("a.aco", b"\0\5\0\1", "a.aco: not a Photoshop color file"),
        ("a.aco", aco((0, 1, 2, 3))[:-1], "a.aco: cut off before its end"),
        ("a.aco", aco((3, 1, 2, 3)), "a.aco: a color of color book 3"),
        ("a.txt", b"brown\n", "a.txt: line 1: wanted a color as #rrggbb"),
        ("a.hex", b"", "a.hex: no color in it"),
        ("a.png", b"\x89PNG", "a.png"),
    ],
)
def test_what_is_wrong_with_a_palette_file_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SengaError) as caught:
        read_palette(tmp_path / name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("red", "red: neither HEX colors"),
        ("#12", "#12: neither HEX colors"),
        ("gone.gpl", "gone.gpl: cannot be read: No such file"),
        ("", "neither HEX colors"),
        ("x" * 5000, "x: "),
        ("a\0b", "a b: "),
    ],
)
def test_a_source_that_is_no_palette_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SengaError) as caught:
        read_palette(source)
    assert said in str(caught.value)


def test_writing_a_palette_keeps_existing_files_and_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    file = tmp_path / "p.gpl"
    write_palette(file, [BROWN])
    with pytest.raises(ImageError, match="exists"):
        write_palette(file, [SKIN])
    assert read_palette(file) == (BROWN,)
    with pytest.raises(PaletteError, match=r"unknown ending '.act'; known: .gpl"):
        write_palette(tmp_path / "p.act", [BROWN])
    with pytest.raises(PaletteError, match="no colors to write"):
        write_palette(tmp_path / "q.gpl", [])
    with pytest.raises(HintError):
        write_palette(tmp_path / "q.gpl", ["red"])
    with pytest.raises(PaletteError, match="more than a Photoshop color file holds"):
        write_palette(tmp_path / "q.aco", [BROWN] * 65536)
    assert [f.name for f in tmp_path.iterdir()] == ["p.gpl"]


def flats(*stripes: tuple[tuple[int, int, int], int]) -> np.ndarray:
    """Stripes of flat color, each so many rows of 60 px."""
    return np.concatenate([np.full((rows, 60, 3), color, np.uint8) for color, rows in stripes])


def test_flat_colors_come_back_exactly_and_by_share() -> None:
    picture = flats((BLUE, 20), (BROWN, 30), (SKIN, 10))
    assert palette_of(picture) == (BROWN, BLUE, SKIN)
    assert palette_of(picture, 2) != palette_of(picture, 1)
    assert palette_of(picture, 1) == (BROWN,)
    assert (palette_of(picture[:, ::-1]), palette_of(picture)) == (palette_of(picture),) * 2


def test_a_small_vivid_eye_is_not_lost_in_a_shaded_dress() -> None:
    shades = np.linspace(90, 160, 200)[:, None, None] * np.array([0.6, 0.8, 1.5])
    picture = np.broadcast_to(shades, (200, 200, 3)).astype(np.uint8).copy()
    picture[100:107, 50:57] = (220, 30, 40)
    found = palette_of(picture, 4)
    assert len(found) == 4
    assert (220, 30, 40) in found


def test_similar_colors_are_one() -> None:
    noise = np.random.default_rng(0).integers(-3, 4, (90, 60, 3))
    picture = np.clip(flats((BLUE, 50), (BROWN, 40)) + noise, 0, 255).astype(np.uint8)
    found = palette_of(picture)
    assert len(found) == 2
    for color, wanted in zip(found, (BLUE, BROWN), strict=True):
        assert np.abs(np.subtract(color, wanted)).max() <= 3


def test_what_is_transparent_has_no_share() -> None:
    picture = np.dstack([flats((BLUE, 50), (BROWN, 10)), np.full((60, 60), 255, np.uint8)])
    picture[:50, :, 3] = 0
    assert palette_of(picture) == (BROWN,)
    with pytest.raises(PaletteError, match="wholly transparent"):
        palette_of(np.zeros((5, 5, 4), np.uint8))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 700, 3), (2000, 900, 4)])
def test_pictures_of_any_size_have_main_colors(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    assert 1 <= len(palette_of(picture, 12)) <= 12


def test_a_picture_file_is_a_palette_and_its_defects_are_named(tmp_path: Path) -> None:
    image.write(tmp_path / "p.png", flats((BLUE, 20), (BROWN, 30)))
    assert read_palette(tmp_path / "p.png") == (BROWN, BLUE)
    assert read_palette(tmp_path / "p.png", count=1) == (BROWN,)
    image.write(tmp_path / "clear.png", np.zeros((5, 5, 4), np.uint8))
    with pytest.raises(PaletteError, match=r"clear.png: a picture that is wholly transparent"):
        read_palette(tmp_path / "clear.png")
    with pytest.raises(PaletteError, match="give 1 to 256"):
        read_palette(tmp_path / "p.png", count=0)


def test_hex_and_color_are_each_others_inverse() -> None:
    assert hex_of(BROWN) == "#7a4a2b"
    assert spaces.from_shares(*(c / 255 for c in BROWN)) == BROWN


def test_equal_steps_in_oklab_look_equal() -> None:
    gray = spaces.oklab(np.repeat(np.arange(0, 256, 51, dtype=np.uint8)[:, None], 3, 1))
    assert (np.diff(gray[:, 0]) > 0.1).all()
    assert np.abs(gray[:, 1:]).max() < 1e-6
