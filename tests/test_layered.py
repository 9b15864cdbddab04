"""Documents of painting programs as drawings: what shows, the layer of the lines, the layer of hints."""

import re
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from conftest import call
from layered_files import (
    BITMAP,
    CMYK,
    GRAY,
    INDEXED,
    LAB,
    MULTICHANNEL,
    PREDICTED,
    RAW,
    RLE,
    ZIP,
    L,
    bgra,
    kra,
    lzf,
    ora,
    pen,
    png,
    psd,
    solid,
    tiles,
    zipped,
)
from senga import image
from senga.color.files.layerfile import write_layers
from senga.color.files.project import Project
from senga.color.hints import Hints
from senga.color.layers import layers_of
from senga.color.request import Request
from senga.errors import ImageError
from senga.imagefiles.layered import find
from senga.imagefiles.layered import lzf as packing_of_krita
from senga.imagefiles.layered.tree import Document, Node
from senga.imagefiles.tags import Tags

WHITE, RED = (255, 255, 255), (200, 40, 40)
INK = pen()
PAPER = solid(WHITE)
PAGE = np.where(INK[..., 3:] > 0, np.array((90, 90, 90), np.uint8), PAPER).astype(np.uint8)
"""What the made documents say they show: told from any layer by its gray."""


def read(content: bytes, layer: str | None = None) -> image.Pixels:
    """What a document shows, or a layer of it, (H, W, 4)."""
    return image.read_tagged(content, "a.doc", layer=layer)[0]


def drawing(content: bytes, layer: str | None = None) -> image.Drawing:
    return image.read_drawing_bytes(content, "a.doc", line_layer=layer, with_hints=True)


def notes(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def inked(name: str = "ink", **more: object) -> bytes:
    """A PSD with a layer of ink over paper and a color."""
    ink = L(name, INK[2:, 3:], at=(3, 2), blend=b"mul ", **more)  # type: ignore[arg-type]
    return psd(PAGE, [L("paper", PAPER), L("color", solid((*RED, 255))), ink])


def layered_ink() -> np.ndarray:
    """The ink of `TestOpenRaster.STACK` on white."""
    moved = np.zeros_like(INK)
    moved[2:, 3:] = INK[2:, 3:]
    return image.flatten(moved)


class TestWhatSengaWrites:
    """Lines and hints come back as they were, byte for byte."""

    @pytest.mark.parametrize("ending", [".psd", ".ora"])
    @pytest.mark.parametrize("clear", [True, False])
    def test_lines_and_hints_come_back(self, tmp_path: Path, ending: str, *, clear: bool) -> None:
        own = INK if clear else PAGE
        given = image.to_drawing(own, Tags((300.0, 300.0)))
        hints = Hints.blank(given.shape).dot((30, 30), "#1060f0").dot((9, 9), "#f01010")
        colors = np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8)
        layered = layers_of(given, colors, colors // 64 * 64, hints)
        file = tmp_path / f"a{ending}"
        write_layers(file, layered)
        found = image.read_drawing_bytes(file.read_bytes(), file.name, with_hints=True)
        assert np.array_equal(found.lines, given.lines)
        assert np.array_equal(found.layer, given.layer)
        assert (found.own is None) == (given.own is None)
        assert given.own is None or np.array_equal(found.own, given.own)  # type: ignore[arg-type]
        assert found.tags.dpi == (300, 300)
        assert found.hints is not None
        assert np.array_equal(found.hints, hints.rgba())
        assert np.array_equal(Hints.read(file, given.shape).color, hints.color)
        assert np.array_equal(image.read(file), image.flatten(layered.merged))

    @pytest.mark.parametrize("ending", [".psd", ".ora"])
    def test_of_tinted_lines_the_untinted_come_back(self, tmp_path: Path, ending: str) -> None:
        given = image.to_drawing(INK)
        colors = solid(RED)
        painted = np.where(INK[..., 3:] > 0, np.array((120, 0, 0), np.uint8), colors).astype(np.uint8)
        write_layers(tmp_path / f"a{ending}", layers_of(given, colors, painted=painted))
        assert np.array_equal(image.read_drawing(tmp_path / f"a{ending}").layer, given.layer)

    @pytest.mark.parametrize("ending", [".psd", ".ora"])
    def test_a_cut_out_stays_one(self, tmp_path: Path, ending: str) -> None:
        own = solid((255, 255, 255, 255))
        own[:, :15, 3] = 0
        own[10:12, 20:50, :3] = 0
        given = image.to_drawing(own)
        assert given.alpha is not None
        write_layers(tmp_path / f"a{ending}", layers_of(given, solid(RED)))
        found = image.read_drawing(tmp_path / f"a{ending}")
        assert found.alpha is not None
        assert np.array_equal(found.alpha, given.alpha)


class TestPhotoshop:
    """PSD and PSB."""

    @pytest.mark.parametrize("packing", [RAW, RLE, ZIP, PREDICTED])
    @pytest.mark.parametrize("large", [False, True])
    def test_every_packing_is_unpacked(self, packing: int, *, large: bool) -> None:
        content = psd(PAGE, [L("a", PAPER), L("ink", INK)], packing=packing, large=large)
        assert np.array_equal(read(content)[..., :3], PAGE)
        assert np.array_equal(read(content, "ink"), INK)

    @pytest.mark.parametrize("packing", [RAW, RLE, ZIP, PREDICTED])
    def test_16_bits_are_rounded(self, packing: int) -> None:
        def deep(pixels: np.ndarray) -> np.ndarray:
            return (pixels.astype(np.uint16) * 257).astype(">u2")

        content = psd(deep(PAGE), [L("a", deep(PAPER)), L("ink", deep(INK))], packing=packing, deep_block=True)
        assert np.array_equal(read(content)[..., :3], PAGE)
        assert np.array_equal(read(content, "ink"), INK)

    def test_32_bits_are_light(self) -> None:
        assert read(psd(np.full((4, 4, 3), 0.2140, ">f4"), packing=RAW))[0, 0].tolist() == [127, 127, 127, 255]

    def test_gray_and_its_layers(self) -> None:
        gray = PAGE[..., :1]
        content = psd(gray, [L("paper", PAPER[..., :1]), L("ink", INK[..., [0, 3]])], mode=GRAY)
        assert np.array_equal(read(content)[..., :3], PAGE)
        assert np.array_equal(read(content, "ink")[..., 3], INK[..., 3])

    def test_black_and_white(self) -> None:
        bits = np.where(INK[..., 3:] > 0, 0, 255).astype(np.uint8)
        assert np.array_equal(read(psd(bits, mode=BITMAP))[..., 0], bits[..., 0])

    def test_a_palette(self) -> None:
        table = np.zeros((3, 256), np.uint8)
        table[:, 1] = RED
        content = psd((INK[..., 3:] > 0).astype(np.uint8), mode=INDEXED, palette=table.tobytes())
        assert read(content)[10, 21].tolist() == [*RED, 255]

    def test_cmyk_is_inverted_and_lab_is_signed(self) -> None:
        cyan = psd(solid((0, 255, 255, 255)), mode=CMYK)  # stored as what is left of the paper
        r, g, b, _ = (int(v) for v in read(cyan)[0, 0])
        assert r < 60 < g <= b
        gray = read(psd(solid((128, 128, 128)), mode=LAB))[0, 0, :3].astype(int)
        assert np.ptp(gray) <= 3
        assert 100 < gray[0] < 135

    def test_separate_channels_are_refused(self) -> None:
        with pytest.raises(ImageError, match=r"separate channels .* change it to RGB"):
            read(psd(PAGE, mode=MULTICHANNEL))

    def test_resolution_comes_along(self) -> None:
        said = struct.pack(">IHHIHH", 350 << 16, 1, 1, 350 << 16, 1, 1)
        assert image.read_tagged(psd(PAGE, resources={1005: said}), "a")[1].dpi == (350, 350)

    def test_saved_selections_are_no_alpha(self) -> None:
        assert read(psd(np.dstack([PAGE, PAGE[..., 0] // 2])))[..., 3].min() == 255

    def test_a_transparent_merged_picture_has_straight_colors(self) -> None:
        half = np.dstack([solid((255, 128, 128)), np.full((40, 60), 127, np.uint8)])
        found = read(psd(half, [L("a", solid((255, 0, 0, 127)))], clear=True))[0, 0]
        assert abs(found.astype(int) - (255, 0, 0, 127)).max() <= 1

    def test_without_a_merged_picture_its_layers_are_put_together(self, caplog: pytest.LogCaptureFixture) -> None:
        for real, blank in ((False, PAPER), (None, solid((0, 0, 0)))):
            caplog.clear()
            layers = [L("paper", PAPER), L("color", solid((*RED, 255)), opacity=128), L("x", INK, blend=b"mul ")]
            found = read(psd(blank, [*layers, L("off", solid((0, 0, 0)), visible=False)], real=real))
            mixed = [round(255 + (c - 255) * 128 / 255) for c in RED]
            assert abs(found[0, 0, :3].astype(int) - mixed).max() <= 1
            wanted = [m * i / 255 for m, i in zip(mixed, INK[10, 21].tolist(), strict=False)]
            assert np.abs(found[10, 21, :3] - wanted).max() <= 1
            assert "no merged picture: its visible layers are put together" in notes(caplog)

    def test_a_white_page_is_a_white_page(self, caplog: pytest.LogCaptureFixture) -> None:
        assert read(psd(PAPER, [L("paper", PAPER)], real=None)).min() == 255
        assert not notes(caplog)

    def test_masks_hide_and_disabled_ones_do_not(self) -> None:
        mask = (np.full((10, 60), 255, np.uint8), (0, 0), 0)
        masked = [L("paper", PAPER), L("ink", solid((0, 0, 0, 255)), mask=mask)]
        assert (read(psd(PAGE, masked), "ink")[..., 3] == 255).sum() == 600
        masked[1].masked = False
        assert read(psd(PAGE, masked), "ink")[..., 3].min() == 255

    def test_clipping_and_groups(self) -> None:
        dot = np.zeros((40, 60, 4), np.uint8)
        dot[5:10, 5:10] = (0, 0, 255, 255)
        clipped = [L("base", dot), L("clip", solid((255, 0, 0, 255)), clipped=True)]
        found = read(psd(PAPER, [L("paper", PAPER), *clipped], real=False))
        assert found[7, 7, :3].tolist() == [255, 0, 0]
        assert found[20, 20, :3].tolist() == [255, 255, 255]
        group = L("g", children=[L("a", solid((0, 0, 0, 255)))], visible=False)
        assert read(psd(PAPER, [L("paper", PAPER), group], real=False))[0, 0, :3].tolist() == [255, 255, 255]
        half = L("g", children=[L("a", solid((0, 0, 0, 255)))], opacity=128)
        for blend in (b"norm", b"pass"):
            half.blend = blend
            assert abs(int(read(psd(PAPER, [L("paper", PAPER), half], real=False))[0, 0, 0]) - 127) <= 1

    def test_what_cannot_be_put_together_is_named(self, caplog: pytest.LogCaptureFixture) -> None:
        levels = L("curves", blocks={b"nvrt": b""})
        read(psd(PAPER, [L("paper", PAPER), L("ink", INK, blend=b"hue "), levels], real=False))
        assert "left out: the blend 'hue', adjustment and fill layers" in notes(caplog)

    def test_old_names_are_of_their_system(self) -> None:
        content = psd(PAGE, [L("paper", PAPER), L("線画", INK, wide=False)])
        assert np.array_equal(read(content, "線画"), INK)

    @pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.98])
    @pytest.mark.parametrize("packing", [RAW, RLE, ZIP])
    def test_what_is_cut_off_is_refused(self, share: float, packing: int) -> None:
        noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
        content = psd(noise, [L("paper", noise), L("ink", INK)], packing=packing)
        with pytest.raises(ImageError, match=r"^a\.doc: .*(truncated|cut off|broken).*; (copy|save)"):
            read(content[: int(len(content) * share)])

    def test_a_header_that_claims_much_takes_no_memory(self) -> None:
        content = bytearray(psd(PAGE))
        content[14:22] = struct.pack(">II", 30_000, 30_000)
        with pytest.raises(ImageError, match=r"a\.doc: too large: 30000x30000 px, more than 160 megapixels"):
            read(bytes(content))
        huge = L("ink", solid((1, 2, 3, 255), 2, 2))
        large = psd(PAGE, [L("paper", PAPER), huge])
        large = large.replace(struct.pack(">4iH", 0, 0, 2, 2, 4), struct.pack(">4iH", 0, 0, 300_000, 300_000, 4))
        with pytest.raises(ImageError, match="a layer of 300000x300000 px, too large"):
            read(large, "ink")

    @pytest.mark.parametrize("seed", range(40))
    def test_damaged_files_are_read_or_refused_by_name(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        content = bytearray(inked())
        for at in random.integers(4, len(content), 1 + seed % 5):
            content[at] = random.integers(256)
        said = "a.doc: read"
        try:
            drawing(bytes(content))
        except ImageError as error:
            said = str(error)
        assert re.fullmatch(r"a\.doc[:( ][^\n]+", said)


class TestOpenRaster:
    """ORA."""

    STACK = (
        '<layer name="Ink" src="data/a.png" x="3" y="2"/><stack name="sheet" opacity="0.5">'
        '<layer name="paper" src="data/b.png"/></stack>'
    )
    PICTURES: ClassVar = {"data/a.png": INK[2:, 3:], "data/b.png": PAPER}

    def test_what_shows_is_its_merged_picture(self) -> None:
        assert np.array_equal(read(ora(self.STACK, self.PICTURES, PAGE))[..., :3], PAGE)

    def test_a_layer_lies_in_its_place(self) -> None:
        moved = np.zeros_like(INK)
        moved[2:, 3:] = INK[2:, 3:]
        assert np.array_equal(read(ora(self.STACK, self.PICTURES, PAGE), "ink"), moved)

    def test_a_zip_without_its_mimetype_is_known(self) -> None:
        parts = {"stack.xml": b'<image w="60" h="40"><stack/></image>', "mergedimage.png": png(PAGE)}
        assert np.array_equal(read(zipped(parts))[..., :3], PAGE)

    def test_a_project_with_a_document_in_it_is_a_project(self) -> None:
        project = Project.new(ora(self.STACK, self.PICTURES, PAGE), "a.ora", Request())
        assert not image.has_layers(project.to_bytes())
        assert np.array_equal(Project.from_bytes(project.to_bytes(), "a").open_drawing().layer[5:], layered_ink()[5:])

    def test_without_a_merged_picture_its_layers_are_put_together(self) -> None:
        stack = (
            '<layer name="a" src="i.png" composite-op="svg:multiply"/>'
            '<layer name="off" src="b.png" visibility="hidden"/>'
            '<stack><layer name="mask" src="m.png" composite-op="svg:dst-in"/><layer name="red" src="r.png"/></stack>'
        )
        mask = solid((255, 255, 255, 255))
        mask[:, 30:, 3] = 0
        pictures = {
            "i.png": solid((128, 128, 128)),
            "b.png": solid((0, 0, 0)),
            "m.png": mask,
            "r.png": solid((255, 0, 0)),
        }
        found = read(ora(stack, pictures))
        assert found[0, 0].tolist() == [128, 0, 0, 255]
        assert found[0, 40].tolist() == [128, 128, 128, 255]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities_are_refused(self, encoding: str) -> None:
        laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
        xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE image [<!ENTITY l0 "ha">{laughs}]>'
        xml += '<image w="4" h="4"><stack name="&l9;"/></image>'
        content = zipped({"mimetype": b"image/openraster", "stack.xml": xml.encode(encoding)})
        start = time.monotonic()
        with pytest.raises(ImageError, match="definitions of its own"):
            read(content)
        assert time.monotonic() - start < 1

    @pytest.mark.parametrize(
        ("stack", "reason"),
        [
            ("<stack>" * 500 + "</stack>" * 500, "groups within each other"),
            ("<layer/>" * 11_000, "more than 10,000 layers"),
            ('<layer name="x" src="../../etc/passwd.png"/>', "is missing"),
            ('<layer name="x" src="bad.png"/>', r"a\.doc \(a picture within it\): not a picture"),
            ('<layer name="x" src="huge.png"/>', "too large"),
        ],
    )
    def test_what_is_broken_or_a_bomb_is_refused(self, stack: str, reason: str) -> None:
        content = ora(stack, {})
        with zipfile.ZipFile(Path(self._file(content)), "a") as pack:
            pack.writestr("bad.png", b"nothing")
            claims = bytearray(png(solid((0, 0, 0), 1, 1)))
            claims[16:24] = struct.pack(">II", 200_000, 200_000)
            claims[29:33] = struct.pack(">I", zlib.crc32(claims[12:29]))
            pack.writestr("huge.png", bytes(claims))
        with pytest.raises(ImageError, match=reason):
            read(Path(self._file()).read_bytes())

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def _file(self, content: bytes | None = None) -> Path:
        file = self.folder / "a.ora"
        if content is not None:
            file.write_bytes(content)
        return file

    def test_many_large_layers_in_few_bytes_are_refused_soon(self) -> None:
        layer = '<layer name="x" src="a.png"/>'
        content = ora(layer * 500, {"a.png": solid((9, 9, 9), 200, 200)}, size="200 200")
        with pytest.raises(ImageError, match="more in its layers than can be put together"):
            image.read_tagged(content, "a.doc", most=40_000)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_what_is_cut_off_is_refused(self, share: float) -> None:
        content = ora(self.STACK, self.PICTURES, PAGE)
        with pytest.raises(ImageError, match="a document that is cut off; copy or download it again"):
            read(content[: int(len(content) * share)])


class TestKrita:
    """KRA."""

    LAYERS = (
        '<layer name="Line Art" nodetype="paintlayer" filename="layer2" x="0" y="0" opacity="255"/>'
        '<layer name="shapes" nodetype="shapelayer" filename="layer3"/>'
        '<layer name="paper" nodetype="paintlayer" filename="layer4" x="0" y="0"/>'
    )

    def parts(self) -> dict[str, bytes]:
        return {
            "layer2": tiles(bgra(INK)),
            "layer4": tiles(np.zeros((0, 0, 4), np.uint8)),
            "layer4.defaultpixel": b"\xff" * 4,
        }

    @pytest.mark.parametrize("packed", [True, False])
    def test_a_layer_is_read_from_its_tiles(self, *, packed: bool) -> None:
        large = np.random.default_rng(0).integers(0, 255, (150, 200, 4), dtype=np.uint8)
        large[40:90] = 7
        parts = {"layer2": tiles(bgra(large), packed=packed)}
        content = kra('<layer name="a" nodetype="paintlayer" filename="layer2"/>', parts, size="200 150")
        assert np.array_equal(read(content, "a"), large)

    def test_tiles_lie_where_they_are_moved_to(self) -> None:
        content = kra(
            '<layer name="a" nodetype="paintlayer" filename="l" x="5" y="-7"/>',
            {"l": tiles(bgra(solid((1, 2, 3, 255), 64, 64)), shift=(-64, 0))},
        )
        found = read(content, "a")[..., 3]
        assert found[0, 4] == 255
        assert found[0, 5] == 0
        content = kra('<layer name="a" nodetype="paintlayer" filename="l" x="30" y="10"/>', {"l": tiles(bgra(INK))})
        assert np.array_equal(read(content, "a")[10:, 30:], INK[:30, :30])

    def test_what_shows_is_its_merged_picture_and_dpi(self) -> None:
        content = kra(self.LAYERS, self.parts(), PAGE)
        pixels, tags = image.read_tagged(content, "a")
        assert np.array_equal(pixels[..., :3], PAGE)
        assert tags.dpi == (300, 300)

    def test_the_line_art_is_found(self, caplog: pytest.LogCaptureFixture) -> None:
        found = drawing(kra(self.LAYERS, self.parts(), PAGE))
        assert found.own is not None
        assert np.array_equal(found.own, INK)
        assert "the line art is its layer 'Line Art'" in notes(caplog)

    def test_a_vector_layer_is_refused_by_name(self) -> None:
        with pytest.raises(ImageError, match=r"'shapes' is one of its vector layers.*make it a paint layer"):
            read(kra(self.LAYERS, self.parts(), PAGE), "shapes")

    def test_without_a_merged_picture_as_in_krz(self, caplog: pytest.LogCaptureFixture) -> None:
        found = image.flatten(read(kra(self.LAYERS, self.parts())))
        assert np.array_equal(found, image.flatten(INK))
        assert "left out: vector layers" in notes(caplog)

    def test_masks_groups_and_16_bits(self) -> None:
        half = np.zeros((40, 60, 1), np.uint8)
        half[:, :30] = 255
        deep = np.ascontiguousarray((bgra(INK).astype(np.uint16) * 257).astype("<u2")).view(np.uint8)
        layers = (
            '<layer name="g" nodetype="grouplayer"><layers><layer name="deep" nodetype="paintlayer" filename="l"'
            ' colorspacename="RGBA16"><masks><mask nodetype="transparencymask" filename="m"/></masks></layer>'
            "</layers></layer>"
        )
        content = kra(layers, {"l": tiles(deep.reshape(40, 60, 8)), "m.pixelselection": tiles(half)})
        wanted = INK.copy()
        wanted[:, 30:, 3] = 0
        assert np.array_equal(read(content, "g/deep"), wanted)
        gray = np.dstack([INK[..., 0], INK[..., 3]])
        layer = '<layer name="a" nodetype="paintlayer" filename="l" colorspacename="GRAYA"/>'
        assert np.array_equal(read(kra(layer, {"l": tiles(gray)}), "a")[..., 3], INK[..., 3])

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"VERSION 2\nTILEWIDTH 64\n",
            b"VERSION 1\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA 0\n",
            tiles(bgra(INK))[:-9],
            tiles(bgra(INK)).replace(b"LZF", b"ZIP"),
            tiles(bgra(INK)).replace(b"0,0,LZF,", b"0,0,LZF,99999999"),
            tiles(bgra(INK)).replace(b"0,0,LZF,", b"0,0,LZF,-"),
            b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA 1\n0,0,LZF,4\n\1\xe0\xff\x10",
            b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA x\n",
        ],
    )
    def test_broken_tiles_are_refused(self, content: bytes) -> None:
        with pytest.raises(ImageError, match=r"^a\.doc: [^\n]+; |another version"):
            read(kra('<layer name="a" nodetype="paintlayer" filename="l"/>', {"l": content}), "a")

    def test_a_tile_twice_is_refused(self) -> None:
        twice = tiles(bgra(INK)).replace(b"DATA 1\n", b"DATA 2\n")
        tile = twice.partition(b"DATA 2\n")[2]
        with pytest.raises(ImageError, match="or twice"):
            read(kra('<layer name="a" nodetype="paintlayer" filename="l"/>', {"l": twice + tile}), "a")

    @pytest.mark.parametrize("seed", range(20))
    def test_lzf_comes_back(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        data = np.repeat(random.integers(0, 255, 200, dtype=np.uint8), random.integers(1, 60, 200)).tobytes()
        assert packing_of_krita.unpack(lzf(data), len(data)) == data

    def test_lzf_copies_what_it_makes(self) -> None:
        assert packing_of_krita.unpack(b"\1ab\x60\1\0c", 8) == b"ababababc"[:7] + b"c"


def named(*names: str, hidden: tuple[str, ...] = ()) -> Document:
    """A document of layers with these names; "a/b" lies in the group a."""
    nodes: list[Node] = []
    for name in names:
        group, _, rest = name.rpartition("/")
        node = Node(rest, visible=name not in hidden)
        nodes.append(Node(group, children=(node,)) if group else node)
    return Document("PSD", (1, 1), tuple(nodes))


class TestNames:
    """Which layer is meant."""

    @pytest.mark.parametrize(
        "name",
        [
            "line",
            "Lines",
            "LINEART",
            "line art",
            "Line-Art copy 2",
            "ink",
            "Inks (2)",
            "線画",
            "主線",
            "ペン",
            "線画 のコピー",
            "선화",
            "线稿",
            "Outline",
            "ペン入れ",
            "girl - lineart",
            "Lineart final",
            "線画(人物)",
            "hair ink",
            "ｌｉｎｅ",
            "Inking",
        ],
    )
    def test_line_art_is_known_by_its_name(self, name: str) -> None:
        (found,) = find.line_art(named("paper", name, "flats"))
        assert found.node.name == name

    @pytest.mark.parametrize(
        "name", ["deadline", "color lines", "pipeline", "speed lines", "drink", "Layer 1", "集中線", "pink"]
    )
    def test_other_names_are_none(self, name: str) -> None:
        assert find.line_art(named("paper", name, "flats")) == []

    def test_the_visible_one_and_the_plain_one_go_first(self) -> None:
        assert find.line_art(named("ink", "lines", hidden=("ink",)))[0].node.name == "lines"
        assert find.line_art(named("girl ink", "lines"))[0].node.name == "lines"
        assert find.line_art(named("a", "ink", hidden=("ink",)))[0].node.name == "ink"
        assert len(find.line_art(named("ink", "lines"))) == 2

    def test_a_group_stands_for_what_is_in_it(self) -> None:
        assert [one.told for one in find.line_art(named("Inks/line 1", "paper"))] == ["Inks"]

    def test_several_are_told_and_what_shows_is_taken(self, caplog: pytest.LogCaptureFixture) -> None:
        content = psd(PAGE, [L("paper", PAPER), L("ink", INK), L("lines", INK)])
        assert np.array_equal(drawing(content).layer, PAGE)
        assert "2 layers are named like line art ('lines', 'ink'); the visible picture is taken" in notes(caplog)

    def test_by_name_and_by_path(self) -> None:
        layers = [L("A", children=[L("ink", INK)]), L("B", children=[L("ink", solid((9, 9, 9)))])]
        content = psd(PAGE, layers)
        assert np.array_equal(read(content, "a/INK"), INK)
        assert read(content, "B/ink")[0, 0, 0] == 9
        with pytest.raises(ImageError, match=r"2 layers are 'ink' \('B/ink', 'A/ink'\); give one of their paths"):
            read(content, "ink")
        with pytest.raises(ImageError, match="no layer 'pen'; it has 'B', 'B/ink', 'A', 'A/ink'"):
            read(content, "pen")

    def test_a_hidden_or_faint_layer_is_taken_whole(self, caplog: pytest.LogCaptureFixture) -> None:
        found = drawing(inked("ink", visible=False, opacity=60))
        assert found.own is not None
        assert np.array_equal(found.own[2:, 3:], INK[2:, 3:])
        assert "its layer 'ink', which is hidden" in notes(caplog)

    def test_an_empty_one_is_not_taken(self, caplog: pytest.LogCaptureFixture) -> None:
        content = psd(PAGE, [L("paper", PAPER), L("ink", np.zeros_like(INK))])
        assert np.array_equal(drawing(content).layer, PAGE)
        assert "its layer 'ink' is empty" in notes(caplog)
        with pytest.raises(ImageError, match="its layer 'ink' is empty"):
            read(content, "ink")

    def test_a_picture_has_no_layers(self) -> None:
        with pytest.raises(ImageError, match=r"a\.doc: has no layers, and so no 'ink'"):
            drawing(png(PAGE), "ink")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.clip", b"CSFCHUNK" + bytes(90), r"Clip Studio Paint \(\.clip\); save it as PSD"),
        ("a.sai", bytes(range(1, 90)), r"PaintTool SAI \(\.sai\); save it as PSD"),
        ("a.sai2", b"SAI-CANVAS-TYPE0" + bytes(90), r"PaintTool SAI \(\.sai2\); save it as PSD"),
        ("a.xcf", b"gimp xcf v011\0" + bytes(90), r"GIMP \(\.xcf\); save it as PSD"),
        ("a.mdp", b"mdipack\0" + bytes(90), r"MediBang \(\.mdp\); save it as PSD"),
        ("a.procreate", zipped({"Document.archive": b"x"}), r"Procreate \(\.procreate\); save it as PSD"),
    ],
)
def test_other_programs_documents_are_refused_by_name(
    name: str,
    content: bytes,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(ImageError, match=said):
        image.read(name)
    assert call(monkeypatch, "clean", name, "-o", "o.png") == 2
    assert "save it as PSD" in capsys.readouterr().err


class TestVerbs:
    """The command line."""

    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        monkeypatch.chdir(tmp_path)
        Path("in").mkdir()
        Path("in/a.psd").write_bytes(inked())
        stack = '<layer name="Ink" src="a.png"/><layer name="paper" src="b.png"/>'
        Path("in/b.ora").write_bytes(ora(stack, {"a.png": INK, "b.png": PAPER}, PAGE))
        layer = (
            '<layer name="ink" nodetype="paintlayer" filename="l"/><layer name="p" nodetype="paintlayer" filename="p"/>'
        )
        Path("in/c.kra").write_bytes(kra(layer, {"l": tiles(bgra(INK)), "p": tiles(bgra(INK))}, PAGE))

    @pytest.mark.parametrize("verb", ["clean", "lines", "flats", "frames"])
    def test_a_folder_of_documents_keeps_its_names(self, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
        more = ("--source", "hints", "--hints", "h.png") if verb == "flats" else ()
        image.write("h.png", Hints.blank((40, 60)).dot((40, 30), "#f00").rgba())
        assert call(monkeypatch, verb, "in", "-o", "out", *more) == 0
        assert sorted(p.name for p in Path("out").iterdir() if p.suffix == ".png") == ["a.png", "b.png", "c.png"]

    def test_a_layer_by_name(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(monkeypatch, "clean", "in/a.psd", "-o", "o.png", "--line-layer", "INK", "--speck", "0") == 0
        assert (image.read("o.png")[10, 21] < 60).all()
        assert call(monkeypatch, "clean", "in/a.psd", "-o", "o2.png", "--line-layer", "pen") == 2
        assert "no layer 'pen'; it has 'ink', 'color', 'paper'" in capsys.readouterr().err

    def test_hints_by_name_color_the_flats(self, monkeypatch: pytest.MonkeyPatch) -> None:
        marks = np.zeros((40, 60, 4), np.uint8)
        marks[28:32, 40:44] = (0, 0, 255, 255)
        Path("d.psd").write_bytes(psd(PAGE, [L("paper", PAPER), L("ink", INK), L("marks", marks, visible=False)]))
        wanted = ("--source", "hints", "--layer")
        assert call(monkeypatch, "flats", "d.psd", "-o", "o.png", *wanted, "--hint-layer", "Marks") == 0
        assert image.read_rgba("o.png")[30, 42].tolist() == [0, 0, 255, 255]
        assert (
            call(monkeypatch, "flats", "in/a.psd", "-o", "p.png", *wanted, "--hints", "d.psd", "--hint-layer", "marks")
            == 0
        )
        assert image.read_rgba("p.png")[30, 42].tolist() == [0, 0, 255, 255]

    def test_the_lines_of_a_coloring_are_the_layer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert call(monkeypatch, "color", "in/a.psd", "-o", "o.ora") == 0
        found = image.read_drawing("o.ora")
        assert found.own is not None
        assert np.array_equal(found.own[2:, 3:], INK[2:, 3:])

    def test_from_picture_takes_what_shows(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call(monkeypatch, "color", "--from-picture", "in/a.psd", "-o", "o.png", "--line-layer", "ink") == 2
        assert "--line-layer goes with drawings" in capsys.readouterr().err
