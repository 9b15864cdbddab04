"""Pictures that end before their end, those too that the image library reads in silence."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from senga import image
from senga.errors import ImageError
from senga.truncation import missing

PICTURE = np.random.default_rng(0).integers(0, 256, (61, 43, 3)).astype(np.uint8)


def written(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PICTURE).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(pixels: bytes, interlaced: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", PICTURE.shape[1], PICTURE.shape[0], 8, 2, 0, 0, interlaced)
    packed = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + packed


def rows(picture: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in picture)


def passes(count: int) -> bytes:
    places = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    return b"".join(rows(PICTURE[y::dy, x::dx]) for y, x, dy, dx in places[:count])


def refusal(content: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        image.read_bytes(content, "x")
    assert "\n" not in str(caught.value)
    return str(caught.value)


WHOLE = {
    "png": written("PNG"),
    "png, interlaced": png(passes(7), 1),
    "jpeg": written("JPEG"),
    "jpeg, progressive": written("JPEG", progressive=True),
    "jpeg, restarts": written("JPEG", restart_marker_blocks=1),
    "webp": written("WEBP", quality=95),
    "webp, lossless": written("WEBP", lossless=True),
    "bmp": written("BMP"),
    "tiff": written("TIFF"),
    "tiff, packed": written("TIFF", compression="tiff_deflate"),
}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("after", [b"", bytes(5000), b"\xff\xda\xff\xd9 what a phone adds" * 9])
def test_whole_pictures_are_whole_whatever_comes_after_them(content: bytes, after: bytes) -> None:
    assert missing(content + after) == ""
    assert image.read_bytes(content + after, "x").shape == (61, 43, 4)


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_cut_off_ones_are_told_with_how_much_is_there(content: bytes, share: float) -> None:
    said = refusal(content[: int(len(content) * share)])
    assert "ends early" in said or "truncated" in said


@pytest.mark.parametrize("kind", ["jpeg", "jpeg, progressive", "webp"])
def test_zeros_where_a_copy_was_stopped_are_told(kind: str) -> None:
    content = WHOLE[kind]
    at = len(content) // 2
    assert f"{at}" in refusal(content[:at] + bytes(len(content) - at))


@pytest.mark.parametrize(
    ("content", "share"),
    [(png(rows(PICTURE[:30])), "49 %"), (png(passes(6), 1), "51 %"), (png(passes(1), 1), "1 %"), (png(b""), "0 %")],
)
def test_a_png_of_too_few_rows_is_told(content: bytes, share: str) -> None:
    assert f"{share} of its pixels" in refusal(content)


def test_a_png_whose_pixels_were_damaged_is_told() -> None:
    content = bytearray(png(rows(PICTURE)))
    content[-20] ^= 1
    assert "checksum" in refusal(bytes(content))


def test_whatever_comes_is_no_error() -> None:
    random = np.random.default_rng(0)
    for content in WHOLE.values():
        for _ in range(60):
            junk = bytearray(content)
            for at in random.integers(0, len(junk), 6).tolist():
                junk[at] = int(random.integers(0, 256))
            assert isinstance(missing(bytes(junk[: int(random.integers(0, len(junk)))])), str)
            assert isinstance(missing(bytes(junk[:60])), str)
