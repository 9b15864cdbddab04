import io
import struct
import zipfile
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


def riff(*colors: tuple[int, int, int]) -> bytes:
    """A palette of Windows, behind another chunk."""
    rows = b"".join(bytes([*color, 0]) for color in colors)
    data = struct.pack("<HH", 0x300, len(colors)) + rows
    body = b"PAL LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def kpl(text: str) -> bytes:
    """A Krita palette with that XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("mimetype", "application/x-krita-palette")
        pack.writestr("colorset.xml", text)
    return out.getvalue()


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
    except SengaError as error:  # what begins as a picture is told as one
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
        ("a.ase", ase((b"HLS ", (1, 1, 1))), "a.ase: no color in it that can be read: of the unknown model 'HLS'"),
        ("a.ase", ase((b"RGB ", (float("nan"), 1, 1))), "a.ase: no color in it that can be read: not made of numbers"),
        ("a.aco", b"\0\5\0\1", "a.aco: not a Photoshop color file"),
        ("a.aco", aco((0, 1, 2, 3))[:-1], "a.aco: cut off before its end"),
        ("a.aco", aco((3, 1, 2, 3)), "a.aco: no color in it that can be read: of a color book"),
        ("a.txt", b"brown\n", "a.txt: line 1: wanted a color as #rrggbb"),
        ("a.hex", b"", "a.hex: no color in it"),
        ("a.png", b"\x89PNG", "a.png"),
        ("a.ase", b"\1\2\0\0\xe0\xa5\0\0", "a.ase: a drawing of Aseprite, not a palette; save its palette as .gpl"),
        ("a.act", bytes(700), "a.act: not an Adobe color table: 700 bytes long"),
        ("a.pal", b"hello", "a.pal: neither a JASC nor a RIFF palette"),
        ("a.pal", b"JASC-PAL\n0100\n1\n1 2 300\n", "a.pal: line 4: wanted three numbers"),
        ("a.pal", riff(BROWN)[:-2], "a.pal: cut off before its end"),
        ("a.kpl", b"PK", "a.kpl: a broken Krita palette"),
        ("a.kpl", kpl("<Colorset>"), "a.kpl: a broken Krita palette"),
        ("a.kpl", kpl("<!DOCTYPE a><Colorset/>"), "a.kpl: an XML with definitions of its own"),
        ("a.kpl", kpl("<Colorset/>"), "a.kpl: no color in it"),
        ("a.gpl", b"GIMP Palette\nChannels: RGBA\n1 2 3 0 x\n", "a.gpl: no color in it that can be read: transparent"),
        ("a.txt", b"124 200 100\n111 222 233\n", "a.txt: line 1: '124 200 100' can be red, green and blue, or HEX"),
        ("a.txt", b"#fff\n124 200 100 bed\n", "a.txt: line 2: '124 200 100 bed' can be"),
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
        ("red", "red: neither colors"),
        ("#12", "#12: neither colors"),
        ("gone.gpl", "gone.gpl: cannot be read: No such file"),
        ("", "neither colors"),
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


@pytest.mark.parametrize(
    ("text", "colors"),
    [
        ("122,74,43", [BROWN]),
        ("122, 74, 43", [BROWN]),
        ("122 74 43 250 220 200", [BROWN, SKIN]),
        ("122,74,43,255", [BROWN]),
        ("248,217,196", [(248, 217, 196)]),
        ("rgb(122, 74, 43)", [BROWN]),
        ("rgb(122 74 43), rgba(250, 220, 200, 0.5) rgba(1,2,3,0)", [BROWN, SKIN]),
        ("#124,#200,#100", [(0x11, 0x22, 0x44), (0x22, 0, 0), (0x11, 0, 0)]),
        ("124,200", [(0x11, 0x22, 0x44), (0x22, 0, 0)]),
        ("122 fff", [(0x11, 0x22, 0x22), (255, 255, 255)]),
        ("400,200,100", [(0x44, 0, 0), (0x22, 0, 0), (0x11, 0, 0)]),
    ],
)
def test_three_numbers_are_one_color(text: str, colors: list[tuple[int, int, int]]) -> None:
    assert list(read_palette(text)) == colors


def test_three_numbers_that_could_be_hex_are_said_or_asked(caplog: pytest.LogCaptureFixture) -> None:
    assert read_palette("248,217,196") == ((248, 217, 196),)
    (record,) = caplog.records
    assert record.getMessage() == "248,217,196 is read as red, green and blue; three HEX colors are #248,#217,#196"
    for text in ("124 200 100", "124,200,100,111,222,233"):
        with pytest.raises(PaletteError, match=r"^124.*; write 'rgb\(124, 200, 100\).*' or '#124,#200,#100.*'$"):
            read_palette(text)


def test_lines_of_numbers_are_colors_with_names_and_other_lines_tell_how_to_read_them(tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    file.write_text("140, 59, 46\n248 217 196\n250\t220\t200\tbed\nrgb(1, 2, 3) ink\n0 0 0 0\n9;9;9;255;gray, dark\n")
    assert [(s.color, s.name) for s in read_swatches(file)] == [
        ((140, 59, 46), ""), ((248, 217, 196), ""), (SKIN, "bed"), ((1, 2, 3), "ink"), ((9, 9, 9), "gray, dark"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp932", "gbk"])
@pytest.mark.parametrize("ending", [".gpl", ".txt"])
def test_text_of_any_encoding_is_read(tmp_path: Path, encoding: str, ending: str) -> None:
    file = tmp_path / f"p{ending}"
    lines = ["GIMP Palette", "#", "122 74 43\t第一章"] if ending == ".gpl" else ["#7a4a2b 第一章"]
    file.write_bytes("\r\n".join(lines).encode(encoding))
    assert read_swatches(file) == (swatches.Swatch(BROWN, "第一章"),)


def left_out(file: Path, caplog: pytest.LogCaptureFixture) -> tuple[list[tuple[spaces.RGB, str]], str]:
    caplog.clear()
    found = [(s.color, s.name) for s in read_swatches(file)]
    return found, "; ".join(r.getMessage().removeprefix(f"{file}: ") for r in caplog.records)


def test_what_cannot_be_read_or_seen_is_left_out_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "p.gpl"
    file.write_text("GIMP Palette\nChannels: RGBA\n#\n0 0 0 0 Clear\n122 74 43 255\n250 220 200 128 Skin tone\n1 2\n")
    found, said = left_out(file, caplog)
    assert found == [(BROWN, ""), (SKIN, "Skin tone")]
    assert said.startswith("2 of 4 colors left out: transparent, line 7: wanted four numbers of 0 to 255")
    file = tmp_path / "p.aco"
    plain = aco((0, 0x7A7A, 0x4A4A, 0x2B2B), (3, 1, 2, 3), (10, 1, 2, 3))
    named = plain[:1] + b"\2" + plain[2:4]
    for at in range(3):
        named += plain[4 + 10 * at : 14 + 10 * at] + struct.pack(">I", 2) + "x\0".encode("utf-16-be")
    for content, name in ((plain, ""), (named, "x"), (plain + named, "x")):
        file.write_bytes(content)
        assert left_out(file, caplog) == (
            [(BROWN, name)], "2 of 3 colors left out: 2 of a color book, which only Photoshop can read",
        )  # fmt: skip
    file = tmp_path / "p.ase"
    file.write_bytes(ase((b"BOOK", (1, 1, 1)), (b"LAB ", (54.29, 80.8, 69.9)), (b"GRAY", (0.2,))))
    assert left_out(file, caplog) == (
        [((255, 0, 0), "x"), ((51, 51, 51), "x")], "1 of 3 colors left out: of the unknown model 'BOOK'",
    )  # fmt: skip
    file = tmp_path / "p.txt"
    file.write_text("name,hex\n#7a4a2b hair\n007a4a2b\n")
    found, said = left_out(file, caplog)
    assert found == [(BROWN, "hair")]
    assert "2 of 3 colors left out: transparent, line 1: wanted a color as #rrggbb" in said


def test_color_tables_are_read_with_their_count_and_their_transparent_entry(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = bytes([*BROWN, *SKIN, *BLUE]).ljust(768, b"\0")
    file = tmp_path / "p.act"
    file.write_bytes(table + struct.pack(">HH", 3, 1))
    assert left_out(file, caplog) == ([(BROWN, ""), (BLUE, "")], "1 of 3 colors left out: transparent")
    file.write_bytes(table + struct.pack(">HH", 3, 0xFFFF))
    assert read_palette(file) == (BROWN, SKIN, BLUE)
    file.write_bytes(table)
    assert read_palette(file) == (BROWN, SKIN, BLUE, (0, 0, 0))
    file = tmp_path / "p.pal"
    file.write_bytes(b"JASC-PAL\r\n0100\r\n3\r\n122 74 43\r\n250 220 200 255\r\n1 2 3 0\r\n")
    assert left_out(file, caplog) == ([(BROWN, ""), (SKIN, "")], "1 of 3 colors left out: transparent")
    file.write_bytes(riff(BROWN, BLUE))
    assert read_palette(file) == (BROWN, BLUE)


def test_krita_palettes_of_every_model_become_rgb(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    brown = 'r="0.478431" g="0.290196" b="0.168627"'
    colors = [
        f'<RGB {brown} space="sRGB-elle-V2-srgbtrc.icc"/>', f"<sRGB {brown}/>",
        '<RGB r="0.194618" g="0.068478" b="0.024158" space="sRGB-elle-V2-g10.icc"/>',
        '<Gray g="0.2" space="x"/>', '<CMYK c="0" m="1" y="1" k="0" space="x"/>',
        '<Lab L="1" a="0.50196" b="0.50196" space="x"/>', '<XYZ x="0.9642" y="1" z="0.8252" space="x"/>',
        '<YCbCr Y="1" Cb="0" Cr="0"/>', '<RGB r="none" g="0" b="0"/>',
    ]  # fmt: skip
    entries = [
        f'<ColorSetEntry name="c{i}">{c}<Position row="0" column="0"/></ColorSetEntry>' for i, c in enumerate(colors)
    ]
    file = tmp_path / "p.kpl"
    file.write_bytes(
        kpl(f'<Colorset version="1.0">{entries[0]}<Group name="g">{"".join(entries[1:])}</Group></Colorset>')
    )
    found, said = left_out(file, caplog)
    white, gray = (255, 255, 255), (51, 51, 51)
    assert found == [(color, f"c{i}") for i, color in enumerate([BROWN, BROWN, BROWN, gray, (255, 0, 0), white, white])]
    assert said == "2 of 9 colors left out: of the unknown model YCbCr, of the unknown model RGB"
    lab = '<ColorSetEntry name="x"><Lab L="54.29" a="80.8" b="69.9"/></ColorSetEntry>'
    file.write_bytes(kpl(f'<ColorSet version="2.0">{lab}</ColorSet>'))
    assert read_palette(file) == ((255, 0, 0),)


@pytest.mark.parametrize("name", ["palette", "p.css", "p.png"])
def test_a_palette_is_known_by_its_content_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    for content in (
        b"GIMP Palette\n122 74 43\n", b"\xef\xbb\xbfGIMP Palette\n122 74 43\n", b"JASC-PAL\n0100\n1\n122 74 43\n",
        riff(BROWN), swatches.encode_ase([swatches.Swatch(BROWN)]), swatches.encode_aco([swatches.Swatch(BROWN)]),
        kpl('<Colorset><ColorSetEntry><RGB r="0.478431" g="0.290196" b="0.168627"/></ColorSetEntry></Colorset>'),
        b"#7a4a2b\n", b"122 74 43\n",
    ):  # fmt: skip
        file.write_bytes(content)
        assert read_palette(file) == (BROWN,)
