# mypy: no-warn-return-any
"""Picture files in and out: every kind that people save, every way in which files break."""

import io
import os
import stat
import struct
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from senga import image
from senga.errors import ImageError
from senga.imagefiles import decoding

RED, BLUE = (200, 30, 60), (20, 90, 220)


def drawn(height: int = 37, width: int = 53) -> np.ndarray:
    """A picture of flat shapes on a gradient: it compresses, and every quarter differs from every other."""
    rows, columns = np.mgrid[:height, :width]
    picture = np.stack([rows * 255 // height, columns * 255 // width, 0 * rows + 128], 2).astype(np.uint8)
    picture[: height // 3, : width // 2] = RED
    picture[height // 2 :, : width // 4] = BLUE
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def file_of(folder: Path, content: bytes, name: str = "picture.png") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def refused(file: Path | str) -> str:
    """The message with which a file is refused: one line that names the file."""
    with pytest.raises(ImageError) as caught:
        image.read_rgba(file)
    message = str(caught.value)
    assert "\n" not in message
    assert str(file) in message
    return message


def attempt(file: Path) -> np.ndarray | str:
    """The pixels of a file, or the message with which it is refused."""
    try:
        return image.read_rgba(file)
    except ImageError as error:
        return str(error)


def png(width: int, height: int, depth: int, color: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG file from raw rows: what the library reads but would not write itself."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    body = b"".join(chunk(k, c) for k, c in extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body


def deep_row(*values: int) -> bytes:
    return b"\0" + struct.pack(f">{len(values)}H", *values)


def tiff(
    order: str, width: int, channels: int, photometric: int, values: bytes, *, bits: int = 16, **tags: int
) -> bytes:
    """An uncompressed TIFF file of one row; `tags` are numbers named t284 and so on."""
    planes = channels if tags.get("t284") == 2 else 1
    entries: dict[int, tuple[str, list[int]]] = {
        256: ("H", [width]),
        257: ("H", [1]),
        258: ("H", [bits] * channels),
        259: ("H", [1]),
        262: ("H", [photometric]),
        273: ("I", [0] * planes),
        277: ("H", [channels]),
        278: ("H", [1]),
        279: ("I", [len(values) // planes] * planes),
    }
    entries |= {int(k[1:]): ("H", [v]) for k, v in tags.items()}
    start = 8 + 2 + 12 * len(entries) + 4
    spare = 64  # room for the entries that do not fit in four bytes
    entries[273] = ("I", [start + spare + i * (len(values) // planes) for i in range(planes)])
    table, beside = b"", b""
    for tag, (kind, numbers) in sorted(entries.items()):
        raw = struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
        if len(raw) > 4:
            beside, raw = beside + raw, struct.pack(f"{order}I", start + len(beside))
        table += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[kind], len(numbers)) + raw.ljust(4, b"\0")
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}H", len(entries)) + table + bytes(4) + beside.ljust(spare, b"\0") + values


def profile(space: bytes, curves: dict[bytes, float], primaries: dict[bytes, tuple[float, float, float]]) -> bytes:
    """An ICC profile (version 2, display) of gamma curves and primaries."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78), b"cprt": b"text" + bytes(5)}
    tags[b"wtpt"] = b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249)
    tags |= {k: b"XYZ " + bytes(4) + fixed(*v) for k, v in primaries.items()}
    tags |= {k: b"curv" + bytes(4) + struct.pack(">IH", 1, round(g * 256)) for k, g in curves.items()}
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, 128 + 4 + 12 * len(tags) + len(body), len(content))
        body += padded
    head = struct.pack(">I4sI4s4s4s", 128 + len(table) + len(body), bytes(4), 0x02100000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + body


R, G, B = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)  # sRGB's, under D50
RGB_CURVES = {b"rTRC": 2.2, b"gTRC": 2.2, b"bTRC": 2.2}
SWAPPED = profile(b"RGB ", RGB_CURVES, {b"rXYZ": G, b"gXYZ": R, b"bXYZ": B})
LINEAR = profile(b"RGB ", dict.fromkeys(RGB_CURVES, 1.0), {b"rXYZ": R, b"gXYZ": G, b"bXYZ": B})
LINEAR_GRAY = profile(b"GRAY", {b"kTRC": 1.0}, {})

PICTURE = Image.fromarray(drawn())
LOSSLESS = {
    "png": saved(PICTURE, "PNG"),
    "png interlaced": saved(PICTURE, "PNG", interlace=1),
    "webp": saved(PICTURE, "WEBP", lossless=True),
    "webp animation": saved(
        PICTURE, "WEBP", lossless=True, save_all=True, append_images=[PICTURE.transpose(Image.Transpose.ROTATE_180)]
    ),
    "tiff": saved(PICTURE, "TIFF"),
    "tiff deflate": saved(PICTURE, "TIFF", compression="tiff_deflate"),
    "tiff lzw": saved(PICTURE, "TIFF", compression="tiff_lzw"),
    "tiff packbits": saved(PICTURE, "TIFF", compression="packbits"),
    "tiff pages": saved(PICTURE, "TIFF", save_all=True, append_images=[PICTURE.rotate(180)]),
    "bmp": saved(PICTURE, "BMP"),
}
LOSSY = {
    "jpeg": saved(PICTURE, "JPEG", quality=95),
    "jpeg progressive": saved(PICTURE, "JPEG", quality=95, progressive=True),
    "webp lossy": saved(PICTURE, "WEBP", quality=95),
    "tiff jpeg": saved(PICTURE, "TIFF", compression="jpeg", quality=95),
    "tiff cmyk": saved(PICTURE.convert("CMYK"), "TIFF"),
    "jpeg cmyk": saved(PICTURE.convert("CMYK"), "JPEG", quality=95),
    "tiff ycbcr": saved(PICTURE.convert("YCbCr"), "TIFF"),
    "tiff lab": saved(PICTURE.convert("LAB"), "TIFF"),
}
FLAT = Image.fromarray(np.where(np.mgrid[:37, :53][1][..., None] < 20, RED, BLUE).astype(np.uint8))
PALETTE = FLAT.quantize(4)
INDEXED = {
    "png palette": saved(PALETTE, "PNG"),
    "bmp palette": saved(PALETTE, "BMP"),
    "tiff palette": saved(PALETTE, "TIFF"),
    "gif": saved(PALETTE, "GIF"),
    "gif interlaced": saved(PALETTE, "GIF", interlace=1),
    "gif animation": saved(
        PALETTE, "GIF", save_all=True, append_images=[PALETTE.transpose(Image.Transpose.ROTATE_180)], loop=0
    ),
}
INK = Image.fromarray(np.where(np.mgrid[:37, :53][0] % 9 < 2, 0, 255).astype(np.uint8))
BITS = {
    "png 1 bit": saved(INK.convert("1"), "PNG"),
    "bmp 1 bit": saved(INK.convert("1"), "BMP"),
    "tiff 1 bit": saved(INK.convert("1"), "TIFF"),
    "tiff group 4": saved(INK.convert("1"), "TIFF", compression="group4"),
    "gif gray": saved(INK, "GIF"),
    "png gray": saved(INK, "PNG"),
    "tiff gray": saved(INK, "TIFF"),
    "bmp gray": saved(INK, "BMP"),
    "webp gray": saved(INK, "WEBP", lossless=True),
}
FILES = LOSSLESS | LOSSY | INDEXED | BITS


class TestReading:
    @pytest.mark.parametrize("kind", LOSSLESS)
    def test_lossless_color_files_are_read_exactly(self, kind: str, tmp_path: Path) -> None:
        found = image.read(file_of(tmp_path, LOSSLESS[kind]))
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, drawn())

    @pytest.mark.parametrize("kind", LOSSY)
    def test_lossy_and_other_color_models_are_read_nearly(self, kind: str, tmp_path: Path) -> None:
        found = image.read(file_of(tmp_path, LOSSY[kind])).astype(int)
        assert found.shape == (37, 53, 3)
        assert np.abs(found - drawn()).mean() < 6
        assert np.abs(found[4, 8] - RED).max() < 12

    @pytest.mark.parametrize("kind", INDEXED)
    def test_palette_files_are_read_exactly_and_animations_by_their_first_picture(
        self, kind: str, tmp_path: Path
    ) -> None:
        np.testing.assert_array_equal(image.read(file_of(tmp_path, INDEXED[kind])), np.asarray(FLAT))

    @pytest.mark.parametrize("kind", BITS)
    def test_gray_and_bilevel_files_are_read_exactly(self, kind: str, tmp_path: Path) -> None:
        file = file_of(tmp_path, BITS[kind])
        np.testing.assert_array_equal(image.read(file), np.repeat(np.asarray(INK)[..., None], 3, 2))
        np.testing.assert_array_equal(image.read_drawing(file).lines, np.asarray(INK))

    def test_a_drawing_is_the_same_however_its_file_keeps_it(self, tmp_path: Path) -> None:
        gray, alpha = np.asarray(INK), np.full((*np.asarray(INK).shape, 1), 255, np.uint8)
        color = np.repeat(gray[..., None], 3, 2)
        for i, pixels in enumerate((gray, color, np.concatenate([color, alpha], 2))):
            image.write(tmp_path / f"{i}.png", pixels)
            found = image.read_drawing(tmp_path / f"{i}.png")
            np.testing.assert_array_equal(found.lines, gray)
            np.testing.assert_array_equal(found.layer, color)
            assert found.alpha is None
            assert found.own is None

    def test_the_name_of_a_file_does_not_decide_what_it_is(self, tmp_path: Path) -> None:
        for name in ("a.jpg", "b.txt", "c"):
            np.testing.assert_array_equal(image.read(file_of(tmp_path, LOSSLESS["png"], name)), drawn())

    def test_a_minus_reads_stdin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LOSSLESS["png"])))
        np.testing.assert_array_equal(image.read("-"), drawn())
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
        with pytest.raises(ImageError, match=r"^stdin: empty"):
            image.read("-")

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
    def test_a_picture_of_one_pixel_is_read(self, kind: str, tmp_path: Path) -> None:
        found = image.read(file_of(tmp_path, saved(Image.new("RGB", (1, 1), (250, 250, 250)), kind)))
        assert found.shape == (1, 1, 3)
        assert np.abs(found.astype(int) - 250).max() < 3


class TestDepths:
    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_16_bit_gray_keeps_its_high_bits(self, kind: str, tmp_path: Path) -> None:
        values = np.array([[0, 257, 32768, 65535]], np.uint16)
        found = image.read(file_of(tmp_path, saved(Image.fromarray(values), kind)))
        assert found[0, :, 0].tolist() == [0, 1, 128, 255]

    def test_16_bit_color_png_keeps_its_high_bits(self, tmp_path: Path) -> None:
        color = png(2, 1, 16, 2, deep_row(65535, 32768, 0, 257, 258, 511))
        assert image.read(file_of(tmp_path, color))[0].tolist() == [[255, 128, 0], [1, 1, 1]]
        alpha = png(1, 1, 16, 6, deep_row(65535, 32768, 0, 257))
        assert image.read_rgba(file_of(tmp_path, alpha))[0].tolist() == [[255, 128, 0, 1]]
        gray = png(1, 1, 16, 4, deep_row(65535, 32768))
        assert image.read_rgba(file_of(tmp_path, gray))[0].tolist() == [[255, 255, 255, 128]]

    @pytest.mark.parametrize("order", "<>")
    def test_16_bit_tiff_is_read_in_both_byte_orders(self, order: str, tmp_path: Path) -> None:
        def found(channels: int, photometric: int, *values: int, **tags: int) -> list[list[int]]:
            content = struct.pack(f"{order}{len(values)}H", *values)
            written = tiff(order, len(values) // channels, channels, photometric, content, **tags)
            return image.read_rgba(file_of(tmp_path, written))[0].tolist()

        assert found(1, 1, 65535, 32768) == [[255] * 4, [128, 128, 128, 255]]
        assert found(3, 2, 65535, 32768, 0, 257, 258, 511) == [[255, 128, 0, 255], [1, 1, 1, 255]]
        assert found(4, 2, 65535, 32768, 0, 65535, t338=2) == [[255, 128, 0, 255]]
        assert found(4, 5, 65535, 0, 0, 0) == [[0, 255, 255, 255]]

    def test_16_bit_gray_tiff_whose_0_is_white_is_not_read_as_its_negative(self, tmp_path: Path) -> None:
        content = tiff("<", 2, 1, 0, struct.pack("<2H", 65535, 0))
        assert image.read(file_of(tmp_path, content))[0, :, 0].tolist() == [0, 255]
        inverse = saved(INK.convert("1"), "TIFF", tiffinfo={262: 0})
        np.testing.assert_array_equal(image.read_drawing(file_of(tmp_path, inverse)).lines, np.asarray(INK))

    def test_deep_files_that_would_come_out_as_other_colors_are_refused(self, tmp_path: Path) -> None:
        whole = tiff("<", 2, 1, 1, struct.pack("<2I", 2**32 - 1, 2**31), bits=32)
        assert "32 bits" in refused(file_of(tmp_path, whole))
        assert "64 bits" in refused(file_of(tmp_path, tiff("<", 1, 1, 1, struct.pack("<d", 0.5), bits=64, t339=3)))
        assert "raw sensor" in refused(file_of(tmp_path, tiff("<", 2, 1, 32803, struct.pack("<2H", 1, 2))))

    def test_floating_gray_is_0_to_1_and_survives_what_is_no_number(self, tmp_path: Path) -> None:
        values = np.array([[0, 0.5, 1, np.nan]], np.float32)
        found = image.read(file_of(tmp_path, saved(Image.fromarray(values), "TIFF")))
        assert found[0, :, 0].tolist() == [0, 128, 255, 0]

    def test_gray_of_1_2_and_4_bits_spans_black_to_white(self, tmp_path: Path) -> None:
        two = image.read(file_of(tmp_path, png(4, 1, 2, 0, b"\0\x1b")))
        assert two[0, :, 0].tolist() == [0, 85, 170, 255]
        four = image.read(file_of(tmp_path, png(2, 1, 4, 0, b"\0\x0f")))
        assert four[0, :, 0].tolist() == [0, 255]


class TestAlpha:
    def test_transparent_places_are_white_paper(self, tmp_path: Path) -> None:
        pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 128]]], np.uint8)
        file = file_of(tmp_path, saved(Image.fromarray(pixels), "PNG"))
        np.testing.assert_array_equal(image.read_rgba(file), pixels)
        assert image.read(file)[0].tolist() == [[10, 20, 30], [255, 255, 255], [127, 127, 127]]

    def test_gray_with_alpha_is_read(self, tmp_path: Path) -> None:
        pixels = np.array([[[40, 255], [40, 0]]], np.uint8)
        file = file_of(tmp_path, saved(Image.fromarray(pixels, "LA"), "PNG"))
        assert image.read_rgba(file)[0].tolist() == [[40, 40, 40, 255], [40, 40, 40, 0]]

    def test_a_transparent_color_of_palette_gray_or_color_files_is_transparent(self, tmp_path: Path) -> None:
        def alphas(content: bytes) -> list[int]:
            return image.read_rgba(file_of(tmp_path, content))[0, :, 3].tolist()

        palette = (b"PLTE", bytes([9, 9, 9, 8, 8, 8, 7, 7, 7]))
        assert alphas(png(3, 1, 8, 3, b"\0\0\1\2", palette, (b"tRNS", bytes([0, 100])))) == [0, 100, 255]
        assert alphas(png(3, 1, 8, 3, b"\0\0\1\2", palette)) == [255] * 3
        assert alphas(png(2, 1, 8, 0, b"\0\x09\x08", (b"tRNS", struct.pack(">H", 9)))) == [0, 255]
        assert alphas(png(2, 1, 8, 2, b"\0\x09\x08\x07\1\2\3", (b"tRNS", struct.pack(">3H", 9, 8, 7)))) == [0, 255]
        assert alphas(png(2, 1, 1, 0, b"\0\x80", (b"tRNS", struct.pack(">H", 1)))) == [0, 255]
        assert alphas(png(2, 1, 16, 0, deep_row(65535, 999), (b"tRNS", struct.pack(">H", 999)))) == [255, 0]
        clear = struct.pack(">3H", 65535, 32768, 0)
        assert alphas(png(2, 1, 16, 2, deep_row(65535, 32768, 0, 1, 2, 3), (b"tRNS", clear))) == [0, 255]

    def test_a_transparent_gif_is_on_white(self, tmp_path: Path) -> None:
        content = saved(PALETTE, "GIF", transparency=PALETTE.getpixel((0, 0)))
        found = image.read(file_of(tmp_path, content))
        assert found[0, 0].tolist() == [255] * 3
        assert found[0, -1].tolist() == list(BLUE)

    def test_ink_on_nothing_is_a_drawing_on_paper(self, tmp_path: Path) -> None:
        pixels = np.zeros((40, 40, 4), np.uint8)
        pixels[10:12, 5:35, 3] = 255
        drawing = image.read_drawing(file_of(tmp_path, saved(Image.fromarray(pixels), "PNG")))
        assert drawing.alpha is None
        assert drawing.shape == (40, 40)
        np.testing.assert_array_equal(drawing.lines, 255 - pixels[..., 3])
        np.testing.assert_array_equal(drawing.layer, np.repeat(drawing.lines[..., None], 3, 2))

    def test_a_cut_out_with_opaque_paper_keeps_its_alpha(self, tmp_path: Path) -> None:
        pixels = np.zeros((40, 40, 4), np.uint8)
        pixels[8:32, 8:32] = 255
        pixels[20, 8:32, :3] = (90, 40, 40)
        drawing = image.read_drawing(file_of(tmp_path, saved(Image.fromarray(pixels), "PNG")))
        assert drawing.alpha is not None
        np.testing.assert_array_equal(drawing.alpha, pixels[..., 3])
        assert drawing.lines[0, 0] == 255
        assert drawing.lines[20, 20] < 80
        assert drawing.layer[20, 20].tolist() == [90, 40, 40]

    def test_an_empty_layer_is_blank_paper(self) -> None:
        drawing = image.to_drawing(np.zeros((5, 7, 4), np.uint8))
        assert drawing.alpha is None
        assert drawing.lines.min() == 255

    def test_what_is_no_drawing_is_refused(self) -> None:
        for shape in ((4, 4, 2), (4,), (0, 4), (4, 0, 3)):
            with pytest.raises(ImageError, match="a drawing"):
                image.to_drawing(np.zeros(shape, np.uint8))
        with pytest.raises(ImageError, match="float32"):
            image.to_drawing(np.zeros((4, 4), np.float32))


def stored_turned(picture: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels that a camera stores under an EXIF orientation of an upright picture."""
    turns: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }
    return np.ascontiguousarray(turns[orientation](picture))


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
    def test_a_turned_picture_is_set_upright(self, kind: str, orientation: int, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        known: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}
        options = known.get(kind, {})
        content = saved(Image.fromarray(stored_turned(drawn(), orientation)), kind, exif=exif, **options)
        found = image.read(file_of(tmp_path, content)).astype(int)
        assert found.shape == (37, 53, 3)
        assert np.abs(found - drawn()).max() <= (30 if kind == "JPEG" else 0)

    def test_a_broken_or_impossible_orientation_turns_nothing(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 77
        for block in (exif, b"Exif\0\0II*\0" + b"\xff" * 40, b"nonsense"):
            content = saved(PICTURE, "PNG", exif=block)
            np.testing.assert_array_equal(image.read(file_of(tmp_path, content)), drawn())


class TestProfiles:
    @pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
    def test_colors_of_another_profile_become_srgb(self, kind: str, tmp_path: Path) -> None:
        red = Image.new("RGB", (16, 16), (255, 0, 0))
        content = saved(red, kind, icc_profile=SWAPPED, **({"lossless": True} if kind == "WEBP" else {}))
        found = image.read(file_of(tmp_path, content))[8, 8].astype(int)
        assert np.abs(found - (0, 255, 0)).max() < 8

    def test_a_linear_profile_lightens_the_middle(self, tmp_path: Path) -> None:
        middle = Image.new("RGB", (4, 4), (55, 55, 55))
        found = image.read(file_of(tmp_path, saved(middle, "PNG", icc_profile=LINEAR)))[0, 0].astype(int)
        assert np.abs(found - 128).max() < 4

    def test_profiles_reach_palette_gray_alpha_and_16_bit_files(self, tmp_path: Path) -> None:
        def found(picture: Image.Image, icc: bytes) -> list[int]:
            return image.read_rgba(file_of(tmp_path, saved(picture, "PNG", icc_profile=icc)))[0, 0].tolist()

        assert found(Image.new("RGB", (4, 4), (255, 0, 0)).quantize(2), SWAPPED)[1] > 247
        assert found(Image.new("RGBA", (4, 4), (255, 0, 0, 70)), SWAPPED)[1::2] == pytest.approx([255, 70], abs=8)
        assert found(Image.new("L", (4, 4), 55), LINEAR_GRAY)[0] == pytest.approx(128, abs=4)
        assert found(Image.new("LA", (4, 4), (55, 70)), LINEAR_GRAY)[::3] == pytest.approx([128, 70], abs=4)
        deep = Image.fromarray(np.full((4, 4), 55 * 257, np.uint16))
        assert found(deep, LINEAR_GRAY)[0] == pytest.approx(128, abs=4)

    def test_an_srgb_profile_changes_next_to_nothing(self, tmp_path: Path) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        found = image.read(file_of(tmp_path, saved(PICTURE, "PNG", icc_profile=srgb))).astype(int)
        assert np.abs(found - drawn()).max() <= 1

    @pytest.mark.parametrize("icc", [b"nonsense", SWAPPED[:200], b"\0" * 400, LINEAR_GRAY])
    def test_a_broken_profile_or_one_of_another_color_model_is_ignored(self, icc: bytes, tmp_path: Path) -> None:
        for kind in ("PNG", "TIFF"):
            content = saved(PICTURE, kind, icc_profile=icc)
            np.testing.assert_array_equal(image.read(file_of(tmp_path, content)), drawn())

    def test_an_rgb_profile_in_a_cmyk_file_is_ignored(self, tmp_path: Path) -> None:
        content = saved(PICTURE.convert("CMYK"), "TIFF", icc_profile=SWAPPED)
        np.testing.assert_array_equal(image.read(file_of(tmp_path, content)), drawn())

    def test_a_profile_that_is_not_even_bytes_is_ignored(self, tmp_path: Path) -> None:
        # Tag 34675 as one short number: the library hands it on as a number.
        content = tiff("<", 1, 3, 2, struct.pack("<3H", 65535, 32768, 0), t34675=7)
        assert image.read(file_of(tmp_path, content))[0, 0].tolist() == [255, 128, 0]


class TestBrokenFiles:
    def test_a_missing_file_a_folder_an_empty_file_and_text_are_refused(self, tmp_path: Path) -> None:
        assert "no such file" in refused(tmp_path / "missing.png")
        assert "folder" in refused(tmp_path)
        assert "empty" in refused(file_of(tmp_path, b""))
        assert "not a picture" in refused(file_of(tmp_path, b"a line\nanother line\n", "notes.png"))
        assert "not a picture" in refused(file_of(tmp_path, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"))
        refused(file_of(tmp_path, np.random.default_rng(0).bytes(4000)))

    def test_names_that_no_file_system_takes_are_refused(self, tmp_path: Path) -> None:
        for name in ("x" * 5000 + ".png", "a\0b.png", "a\nb.png"):
            with pytest.raises(ImageError) as caught:
                image.read(tmp_path / name)
            assert "\n" not in str(caught.value)
            assert "\0" not in str(caught.value)

    def test_a_file_that_may_not_be_read_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def denied(_: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", denied)
        assert "Permission denied" in refused(tmp_path / "a.png")

    @pytest.mark.parametrize("kind", FILES)
    def test_a_truncated_file_is_refused_unless_only_its_trailer_is_gone(self, kind: str, tmp_path: Path) -> None:
        content = FILES[kind]
        whole = image.read_rgba(file_of(tmp_path, content))
        # Some formats may lose what follows the last pixel: PNG its IEND and a checksum (21 bytes), GIF and Group 4
        # their end marks, BMP its padding; and files of several pictures all but the first. What is read then must
        # be the whole picture; anything else must be refused.
        spare = len(content) // 2 + 40 if kind in ("gif animation", "tiff pages") else 24
        cuts = {1, 2, 3, 4, 8, 12, 16, 26, 30, 50, 100} | {int(len(content) * i / 16) for i in range(1, 16)}
        for cut in sorted(c for c in cuts if c < len(content) - spare):
            refused(file_of(tmp_path, content[:cut]))
        for cut in np.linspace(len(content) - spare, len(content) - 1, 12).astype(int):
            found = attempt(file_of(tmp_path, content[:cut]))
            assert isinstance(found, str) or np.array_equal(found, whole)

    @pytest.mark.parametrize("kind", FILES)
    def test_corrupted_bytes_never_raise_anything_but_an_image_error(self, kind: str, tmp_path: Path) -> None:
        random = np.random.default_rng(list(kind.encode()))
        picture = FILES[kind]
        refusals = 0
        for _ in range(100):
            content = bytearray(picture)
            for _ in range(random.integers(1, 6)):
                # Heads and tags break in more ways than pixels do.
                reach = len(content) if random.random() < 0.5 else min(len(content), 200)
                content[random.integers(reach)] = random.integers(256)
            if random.random() < 0.1:
                at = int(random.integers(len(content)))
                del content[at : at + int(random.integers(1, 40))]
            file = file_of(tmp_path, bytes(content))
            found = attempt(file)
            if isinstance(found, str):
                refusals += 1
                assert "\n" not in found
                assert str(file) in found
        assert refusals > 2  # the corruption bites

    def test_a_few_bytes_that_claim_a_huge_picture_are_refused(self, tmp_path: Path) -> None:
        for side in (60000, 14000, 12700):
            assert "too large" in refused(file_of(tmp_path, png(side, side, 8, 0, b"")))
        bmp = bytearray(BITS["bmp 1 bit"])
        bmp[18:26] = struct.pack("<ii", 60000, 60000)
        assert "too large" in refused(file_of(tmp_path, bytes(bmp)))
        gif = bytearray(INDEXED["gif"])
        gif[6:10] = struct.pack("<HH", 60000, 60000)
        assert "too large" in refused(file_of(tmp_path, bytes(gif)))
        huge = tiff("<", 60000, 1, 1, b"", bits=8)
        huge = huge.replace(struct.pack("<HHIHH", 257, 3, 1, 1, 0), struct.pack("<HHIHH", 257, 3, 1, 60000, 0))
        assert "too large" in refused(file_of(tmp_path, huge))

    def test_a_huge_webp_is_refused(self, tmp_path: Path) -> None:
        # An extended header (VP8X) that claims 16384 x 16384 px over a small picture.
        small = LOSSLESS["webp"][12:]
        body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16383).to_bytes(3, "little") * 2 + small
        refused(file_of(tmp_path, b"RIFF" + struct.pack("<I", len(body)) + body))

    def test_the_largest_picture_is_measured_before_it_is_decoded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(decoding, "MAX_PIXELS", 37 * 53)
        image.read(file_of(tmp_path, LOSSLESS["png"]))
        monkeypatch.setattr(decoding, "MAX_PIXELS", 37 * 53 - 1)
        assert "too large" in refused(file_of(tmp_path, LOSSLESS["png"][:-100]))

    def test_a_text_chunk_that_unpacks_without_end_is_harmless(self, tmp_path: Path) -> None:
        bomb = (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000)))
        found = attempt(file_of(tmp_path, png(1, 1, 8, 0, b"\0\x07", bomb)))
        assert isinstance(found, str) or found.tolist() == [[[7, 7, 7, 255]]]


WRITTEN = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp"}


def pixels_of(channels: int, shape: tuple[int, int] = (37, 53)) -> np.ndarray:
    if channels == 1:
        return drawn(*shape)[..., 0]
    if channels == 3:
        return drawn(*shape)
    alpha = np.linspace(0, 255, shape[0] * shape[1]).reshape(*shape, 1).astype(np.uint8)
    return np.concatenate([drawn(*shape), alpha], 2)


class TestWriting:
    def test_the_endings_that_are_written_are_known(self) -> None:
        assert set(image.WRITES) == WRITTEN

    @pytest.mark.parametrize("channels", [1, 3, 4])
    @pytest.mark.parametrize("ending", sorted(WRITTEN))
    @pytest.mark.parametrize("shape", [(37, 53), (1, 1), (1, 7)])
    def test_what_is_written_is_read_again(
        self, ending: str, channels: int, shape: tuple[int, int], tmp_path: Path
    ) -> None:
        pixels, file = pixels_of(channels, shape), tmp_path / f"a{ending}"
        image.write(file, pixels)
        if channels == 4 and ending in (".png", ".webp", ".tif", ".tiff"):
            np.testing.assert_array_equal(image.read_rgba(file), pixels)
            return
        wanted = np.repeat(pixels[..., None], 3, 2) if channels == 1 else image.flatten(pixels)
        error = np.abs(image.read(file).astype(int) - wanted)
        assert error.max() == 0 or (image.WRITES[ending] == "JPEG" and error.mean() < 8)

    def test_a_png_is_written_by_runs_where_that_keeps_it_small_and_nowhere_else(self) -> None:
        y, x = np.mgrid[:400, :400]
        soft = np.dstack([x / 2, y / 2, (x + y) / 4])
        soft = (soft + np.random.default_rng(0).integers(0, 3, soft.shape)).astype(np.uint8)
        tone = np.where(np.cos(x * 0.7) + np.cos(y * 0.7) > 0.8, 0, 255).astype(np.uint8)
        for picture, runs in ((soft, True), (tone, False)):
            usual, content = io.BytesIO(), image.encode(picture, "PNG")
            Image.fromarray(picture).save(usual, "PNG")
            assert (content != usual.getvalue()) == runs
            assert len(content) <= 1.15 * usual.tell()
            np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(content))), picture)

    def test_endings_may_be_in_capitals(self, tmp_path: Path) -> None:
        image.write(tmp_path / "A.PNG", drawn())
        assert (tmp_path / "A.PNG").read_bytes().startswith(b"\x89PNG")

    def test_a_minus_writes_png_to_stdout(self, monkeypatch: pytest.MonkeyPatch) -> None:
        out = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
        image.write("-", drawn())
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(out.getvalue()))), drawn())

    def test_an_unknown_ending_is_refused_with_the_known_ones(self, tmp_path: Path) -> None:
        for name in ("a.xyz", "a", ".png", "a.gif"):
            with pytest.raises(ImageError, match=r"unknown ending .*\.png.*\.bmp"):
                image.write(tmp_path / name, drawn())
        assert list(tmp_path.iterdir()) == []

    def test_an_existing_file_is_replaced_only_with_force(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, b"precious")
        with pytest.raises(ImageError, match="exists"):
            image.write(file, drawn())
        assert file.read_bytes() == b"precious"
        image.write(file, drawn(), force=True)
        np.testing.assert_array_equal(image.read(file), drawn())
        assert [f.name for f in tmp_path.iterdir()] == ["picture.png"]

    @pytest.mark.parametrize("force", [False, True])
    def test_places_that_cannot_be_written_are_refused(self, force: bool, tmp_path: Path) -> None:
        (tmp_path / "folder.png").mkdir()
        (tmp_path / "file").write_bytes(b"")
        for name in ("none/a.png", "folder.png", "file/a.png", "x" * 5000 + ".png", "a\0b.png"):
            with pytest.raises(ImageError) as caught:
                image.write(tmp_path / name, drawn(), force=force)
            assert "\n" not in str(caught.value)
        assert sorted(f.name for f in tmp_path.iterdir()) == ["file", "folder.png"]

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
    def test_a_read_only_folder_is_refused(self, tmp_path: Path) -> None:
        folder = tmp_path / "locked"
        folder.mkdir(mode=0o555)
        with pytest.raises(ImageError, match="cannot be written"):
            image.write(folder / "a.png", drawn())

    def test_a_failed_rename_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = file_of(tmp_path, b"precious")

        def fails(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            for way in ("replace", "hardlink_to", "rename"):
                patch.setattr(Path, way, fails)
            for name, force in ((file.name, True), ("new.png", False)):
                with pytest.raises(ImageError, match="No space left"):
                    image.write(tmp_path / name, drawn(), force=force)
        assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {"picture.png": b"precious"}

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
    def test_a_full_disk_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = file_of(tmp_path, b"precious")
        straight = Path.open

        def full(path: Path, mode: str = "r") -> object:
            if mode != "xb":
                return straight(path, mode)
            straight(path, mode).close()
            return Path("/dev/full").open("wb")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", full)
            with pytest.raises(ImageError, match="No space left"):
                image.write(file, drawn(), force=True)
        assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {"picture.png": b"precious"}

    def test_a_file_system_without_hard_links_is_written_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(Path, "hardlink_to", fails)
        image.write(tmp_path / "a.png", drawn())
        np.testing.assert_array_equal(image.read(tmp_path / "a.png"), drawn())
        assert [f.name for f in tmp_path.iterdir()] == ["a.png"]

    def test_pixels_that_no_file_can_hold_are_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(ImageError, match=r"a\.webp.*WEBP"):
            image.write(tmp_path / "a.webp", np.zeros((1, 17000), np.uint8))
        with pytest.raises(ImageError, match=r"a\.jpg.*JPEG"):
            image.write(tmp_path / "a.jpg", np.zeros((1, 66000), np.uint8))
        wrong: tuple[Any, ...] = (
            np.zeros((4, 4), np.float32),
            np.zeros((4, 4, 2), np.uint8),
            np.zeros((0, 4), np.uint8),
        )
        for pixels in wrong:
            with pytest.raises(ImageError, match=r"a\.png: a picture"):
                image.write(tmp_path / "a.png", pixels)
        assert list(tmp_path.iterdir()) == []

    def test_of_two_writers_without_force_one_wins_and_one_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Both have looked before either has written.
        both = threading.Barrier(2)
        looked = Path.exists

        def look(path: Path) -> bool:
            there = looked(path)
            both.wait(10)
            return there

        outcome: list[str] = []

        def write(value: int) -> None:
            try:
                image.write(tmp_path / "a.png", np.full((4, 4), value, np.uint8))
                outcome.append("written")
            except ImageError as error:
                outcome.append("refused" if "exists" in str(error) else str(error))

        writers = [threading.Thread(target=write, args=(v,)) for v in (1, 2)]
        with monkeypatch.context() as patch:
            patch.setattr(Path, "exists", look)
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
        assert sorted(outcome) == ["refused", "written"]
        assert [f.name for f in tmp_path.iterdir()] == ["a.png"]

    @pytest.mark.skipif(os.name != "posix", reason="permission bits are a POSIX matter")
    def test_files_get_the_permissions_of_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            image.write(tmp_path / "a.png", drawn())
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o640


class TestPixels:
    def test_gray_weighs_colors_as_bt_601(self) -> None:
        picture = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
        assert image.gray(picture)[0].tolist() == [76, 150, 29, 255]

    def test_resizing_keeps_channels_and_flat_colors(self) -> None:
        for channels in (1, 3, 4):
            pixels = np.full((9, 7) if channels == 1 else (9, 7, channels), 90, np.uint8)
            for shape in ((3, 2), (20, 31), (1, 1), (9, 7)):
                resized = image.resize(pixels, shape)
                assert resized.shape == (*shape, *pixels.shape[2:])
                assert resized.min() == resized.max() == 90

    def test_resizing_without_smoothing_makes_no_new_colors(self) -> None:
        checks = (np.indices((8, 8)).sum(0) % 2 * 255).astype(np.uint8)
        assert set(np.unique(image.resize(checks, (13, 5), smooth=False))) <= {0, 255}
        assert len(np.unique(image.resize(checks, (13, 5)))) > 2

    def test_a_plane_is_resized_in_floating_point(self) -> None:
        plane = np.array([[-1.5, 2.5]], np.float32)
        resized = image.resize_plane(plane, (1, 4))
        assert resized.dtype == np.float32
        np.testing.assert_allclose(resized, [[-1.5, -0.5, 1.5, 2.5]])
