"""Pictures in spite of their files: damaged decoration, rare channels, previews; refusals that say what a file is."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from senga import image
from senga.errors import ImageError
from senga.imagefiles import decoding
from senga.imagefiles.kinds import kind_of
from senga.imagefiles.tags import SRGB
from test_image import LINEAR, SWAPPED, attempt, drawn, file_of, saved, tiff

PLAIN = saved(Image.fromarray(drawn()), "PNG")
PHOTO = saved(Image.fromarray(drawn()), "JPEG", quality=95, dpi=(300, 300))
OWN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
HEAD = 8 + 25  # where the first chunk of a PNG ends


def chunk(kind: bytes, content: bytes, crc: int | None = None) -> bytes:
    own = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", own)


def before(extra: bytes) -> bytes:
    """The plain PNG with something before its pixels."""
    return PLAIN[:HEAD] + extra + PLAIN[HEAD:]


def after(extra: bytes) -> bytes:
    """The plain PNG with something between its pixels and its end."""
    return PLAIN[:-12] + extra + PLAIN[-12:]


def read(content: bytes) -> np.ndarray:
    return image.read_bytes(content, "odd")


def refusal(content: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        read(content)
    message = str(caught.value)
    assert message.startswith("odd: ")
    assert "\n" not in message
    return message


def huge(profile: bytes, size: int) -> bytes:
    """A profile with as many bytes of nothing behind it."""
    return struct.pack(">I", len(profile) + size) + profile[4:] + bytes(size)


BOMB = zlib.compress(bytes(64 << 20), 9)
DECORATION = {
    "zTXt bomb": chunk(b"zTXt", b"workflow\0\0" + BOMB),
    "iTXt bomb": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB),
    "iCCP bomb": chunk(b"iCCP", b"icc\0\0" + BOMB),
    "large tEXt": chunk(b"tEXt", b"parameters\0" + b"a" * (3 << 20)),
    "many texts": chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 1_000_000)) * 80,
    "bad CRC": chunk(b"tEXt", b"a\0b", 0),
    "bad CRC of a profile": chunk(b"iCCP", b"icc\0\0" + zlib.compress(SWAPPED), 1),
    "garbled profile": chunk(b"iCCP", b"icc\0\0garbage garbage"),
    "profile without a name": chunk(b"iCCP", b""),
    "profile of an unknown packing": chunk(b"iCCP", b"icc\0\7" + zlib.compress(SWAPPED)),
    "short pHYs": chunk(b"pHYs", b"\0\0"),
    "short gAMA": chunk(b"gAMA", b"\1"),
    "gamma of zero": chunk(b"gAMA", bytes(4)),
    "short cHRM": chunk(b"cHRM", b"\1\2"),
    "cICP": chunk(b"cICP", b"\xff\xff\xff\xff"),
    "garbled EXIF": chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
    "empty EXIF": chunk(b"eXIf", b""),
    "bad CRC of transparency": chunk(b"tRNS", bytes(6), 3),
    "animation of nothing": chunk(b"acTL", b"\0"),
    "private": chunk(b"prVt", b"\0" * 100, 5),
    "nonsensical length": struct.pack(">I", 0xFFFFFFF0) + b"tEXtab",
    "wrong length": struct.pack(">I", 9) + b"tEXt" + b"a\0b" + bytes(4),
}


class TestDecoratedPng:
    @pytest.mark.parametrize("kind", DECORATION)
    @pytest.mark.parametrize("place", [before, after])
    def test_what_is_damaged_or_too_large_beside_the_picture_is_dropped(self, kind: str, place: Any) -> None:
        np.testing.assert_array_equal(read(place(DECORATION[kind]))[..., :3], drawn())

    def test_a_file_without_its_end_or_with_something_behind_it_is_read(self) -> None:
        for content in (PLAIN[:-12], PLAIN[:-13], PLAIN[:-16], PLAIN + bytes(4096), b"\r\n" + PLAIN):
            np.testing.assert_array_equal(read(content)[..., :3], drawn())

    def test_damage_of_the_picture_itself_is_refused(self) -> None:
        at = PLAIN.index(b"IDAT")
        for content in (
            PLAIN[:20] + b"\1" + PLAIN[21:],
            PLAIN[: at + 30] + b"\xff\0\xff" + PLAIN[at + 33 :],
            PLAIN[:-60],
        ):
            refusal(content[:HEAD] + DECORATION["bad CRC"] + content[HEAD:])
            refusal(content)

    def test_what_is_whole_beside_what_is_damaged_still_counts(self) -> None:
        whole = chunk(b"pHYs", struct.pack(">IIB", 23622, 23622, 1)) + chunk(b"tRNS", struct.pack(">3H", 200, 30, 60))
        pixels, tags = image.read_tagged(before(whole + DECORATION["bad CRC"]), "odd")
        assert tags.dpi == (600, 600)
        assert pixels[0, 0, 3] == 0
        colored = before(chunk(b"iCCP", b"icc\0\0" + zlib.compress(LINEAR)) + DECORATION["bad CRC"])
        plain = read(saved(Image.fromarray(drawn()), "PNG", icc_profile=LINEAR))
        np.testing.assert_array_equal(read(colored), plain)

    def test_a_profile_of_over_a_million_bytes_converts_and_is_not_handed_on(self) -> None:
        for profile, wanted in ((OWN, drawn()), (SWAPPED, None)):
            content = before(chunk(b"iCCP", b"icc\0\0" + zlib.compress(huge(profile, 1_400_000))))
            pixels, tags = image.read_tagged(content, "odd")
            assert tags.profile == SRGB
            plain = read(saved(Image.fromarray(drawn()), "PNG", icc_profile=profile))[..., :3]
            np.testing.assert_array_equal(pixels[..., :3], plain if wanted is None else wanted)

    def test_large_text_that_a_program_wrote_is_no_reason_to_fail(self) -> None:
        texts = PngImagePlugin.PngInfo()
        texts.add_text("workflow", '{"a":1}' * 300_000, zip=True)
        np.testing.assert_array_equal(read(saved(Image.fromarray(drawn()), "PNG", pnginfo=texts))[..., :3], drawn())


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


SEGMENTS = {
    "EXIF of nothing": segment(0xE1, b"Exif\0\0"),
    "garbled EXIF": segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
    "short profile": segment(0xE2, b"ICC_PROFILE\0\1"),
    "garbled profile": segment(0xE2, b"ICC_PROFILE\0\1\1garbage"),
    "missing part of a profile": segment(0xE2, b"ICC_PROFILE\0\2\3" + SWAPPED),
    "short Adobe": segment(0xEE, b"Adobe"),
    "short JFIF": segment(0xE0, b"JFIF"),
    "garbled Photoshop": segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0"),
    "garbled list of pictures": segment(0xE2, b"MPF\0II*\0\xff\xff\0\0"),
    "length beyond the picture": b"\xff\xe1\xff\xf0Exif",
    "length of nothing": b"\xff\xfe\0\0",
    "filling": b"\xff\xff\xff",
}


class TestDecoratedJpeg:
    @pytest.mark.parametrize("kind", SEGMENTS)
    def test_what_is_damaged_beside_the_picture_is_dropped(self, kind: str) -> None:
        content = PHOTO[:2] + SEGMENTS[kind] + PHOTO[2:]
        np.testing.assert_array_equal(read(content), read(PHOTO))
        assert image.read_tagged(content, "odd")[1].dpi in ((300, 300), None)

    def test_line_ends_before_it_and_a_missing_end_mark_are_no_reason_to_fail(self) -> None:
        for content in (b"\r\n" + PHOTO, b"HTTP/1.1 200 OK\r\n\r\n" + PHOTO, PHOTO[:-2], PHOTO + bytes(99)):
            np.testing.assert_array_equal(read(content), read(PHOTO))

    def test_inks_are_not_read_as_their_negative_when_the_rest_is_damaged(self) -> None:
        inks = saved(Image.fromarray(drawn()).convert("CMYK"), "JPEG", quality=95)
        content = inks[:2] + SEGMENTS["short profile"] + inks[2:]
        np.testing.assert_array_equal(read(content), read(inks))
        assert np.abs(read(inks)[..., :3].astype(int) - drawn()).mean() < 6

    def test_a_picture_without_its_half_is_refused(self) -> None:
        assert "truncated" in refusal(PHOTO[: len(PHOTO) // 2])
        assert "truncated" in refusal(PHOTO[:2] + SEGMENTS["filling"] + PHOTO[2 : len(PHOTO) // 2])

    def test_pictures_behind_the_first_are_not_the_picture(self) -> None:
        small = Image.fromarray(drawn()[::4, ::4])
        content = saved(Image.fromarray(drawn()), "MPO", save_all=True, append_images=[small], quality=95)
        assert read(content).shape == (37, 53, 4)


def row(order: str, kind: str, *values: float) -> bytes:
    return struct.pack(f"{order}{len(values)}{kind}", *values)


class TestRareTiff:
    @pytest.mark.parametrize("order", "<>")
    def test_channels_that_the_library_does_not_know_are_read(self, order: str) -> None:
        def found(channels: int, photometric: int, values: bytes, **tags: Any) -> list[list[int]]:
            width = len(values) * 8 // tags.get("bits", 16) // channels
            pixels: list[list[int]] = read(tiff(order, width, channels, photometric, values, **tags))[0].tolist()
            return pixels

        deep = row(order, "H", 65535, 32768, 0, 65535)
        assert found(2, 1, deep, t338=2) == [[255, 255, 255, 128], [0, 0, 0, 255]]
        assert found(2, 0, deep, t338=2) == [[0, 0, 0, 128], [255, 255, 255, 255]]
        assert found(2, 1, deep) == found(2, 1, deep, t338=2)
        assert found(2, 1, row(order, "H", 16448, 32896), t338=1)[0] == pytest.approx([128] * 4, abs=1)
        inks = bytes([255, 0, 0, 0, 128, 0, 0, 0, 0, 255])
        assert found(5, 5, inks, bits=8, t338=2) == [[0, 255, 255, 128], [255, 255, 255, 255]]
        assert found(5, 5, row(order, "H", 65535, 0, 0, 0, 32896), t338=2) == [[0, 255, 255, 128]]
        assert found(5, 5, bytes([128, 0, 0, 0, 128]), bits=8, t338=1) == [[0, 255, 255, 128]]
        assert found(3, 2, row(order, "f", 1, 0.5, 0, 0.25, 0.25, 0.25), bits=32, t339=3) == [
            [255, 128, 0, 255],
            [64, 64, 64, 255],
        ]
        assert found(1, 1, row(order, "e", 0.5, 1), t339=3) == [[128, 128, 128, 255], [255, 255, 255, 255]]
        assert found(3, 8, row(order, "h", 32767, 0, 0))[0][0] == pytest.approx(119, abs=1)
        red = found(3, 8, row(order, "h", 32767, 80 * 256, 40 * 256))[0]
        assert red[0] > 200 > 100 > red[2]

    def test_planes_one_after_another_are_read(self) -> None:
        planes = tiff("<", 2, 3, 2, row("<", "H", 65535, 257, 32896, 257, 0, 514), t284=2)
        assert read(planes)[0].tolist() == [[255, 128, 0, 255], [1, 1, 2, 255]]

    @pytest.mark.parametrize("packing", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
    @pytest.mark.parametrize("differences", [1, 2])
    def test_packed_rows_of_differences_are_read(self, packing: str, differences: int) -> None:
        values = np.random.default_rng(0).integers(0, 65536, (5, 7, 2)).astype(np.uint16)
        stored = values.copy()
        if differences == 2 and packing != "packbits":
            stored[:, 1:] -= values[:, :-1]
        flat = Image.fromarray(stored.reshape(5, 14))
        content = bytearray(saved(flat, "TIFF", compression=packing, tiffinfo={317: 1, 338: 2, 277: 1}))
        # The library writes rows of one sample; their directory is made to say two.
        entries = dict(directory(bytes(content)))
        patch(content, entries[256], 7)
        patch(content, entries[277], 2)
        patch(content, entries[317], differences if packing != "packbits" else 1)
        pixels = read(bytes(content))
        wanted = np.rint(values / 257).astype(int)
        np.testing.assert_array_equal(pixels[..., 0], wanted[..., 0])
        np.testing.assert_array_equal(pixels[..., 3], wanted[..., 1])

    def test_resolution_and_turning_of_rare_ones_count_too(self) -> None:
        content = tiff("<", 2, 2, 1, row("<", "H", 65535, 65535, 0, 65535), t338=2, t274=6)
        assert read(content)[:, 0, 0].tolist() == [255, 0]

    def test_a_rare_one_that_is_cut_off_is_refused(self) -> None:
        content = tiff("<", 2, 2, 1, row("<", "H", 65535, 32768, 0, 65535), t338=2)
        for cut in range(1, 8):
            assert "ends early" in refusal(content[:-cut])

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (tiff("<", 1, 1, 1, row("<", "d", 0.5), bits=64, t339=3), "floating samples of 64 bits"),
            (tiff("<", 2, 1, 32803, row("<", "H", 1, 2)), "raw sensor"),
            (tiff("<", 1, 3, 9, bytes(3), bits=8), "ICC Lab"),
            (tiff("<", 1, 3, 2, row("<", "I", 1, 2, 3), bits=32), "samples of 32 bits"),
            (tiff("<", 1, 1, 3, row("<", "H", 3)), "palette"),
        ],
    )
    def test_what_is_not_read_is_refused_by_what_it_is(self, content: bytes, said: str) -> None:
        message = refusal(content)
        assert said in message
        assert "save it" in message


def directory(content: bytes) -> list[tuple[int, int]]:
    """The tags of a little-endian TIFF, and where their entries lie."""
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    places = [start + 2 + 12 * i for i in range(count)]
    return [(struct.unpack_from("<H", content, at)[0], at) for at in places]


def patch(content: bytearray, at: int, value: int) -> None:
    """Another single value of a tag."""
    struct.pack_into("<HII", content, at + 2, 4, 1, value)


class TestPreviews:
    def pages(self, *kinds: int) -> bytes:
        """A TIFF whose pages are of these kinds: 0 the picture, 1 a small preview, 4 a mask."""
        made = []
        for kind in kinds:
            one = Image.fromarray(drawn() if kind == 0 else drawn()[::3, ::3])
            one.encoderinfo = {"tiffinfo": {254: kind}}
            made.append(one)
        return saved(made[0], "TIFF", save_all=True, append_images=made[1:], tiffinfo={254: kinds[0]})

    @pytest.mark.parametrize("kinds", [(1, 0), (1, 1, 0), (0, 1), (1, 4, 0)])
    def test_a_preview_before_or_behind_the_picture_is_not_the_picture(self, kinds: tuple[int, ...]) -> None:
        np.testing.assert_array_equal(read(self.pages(*kinds))[..., :3], drawn())

    def test_a_preview_alone_is_what_there_is(self) -> None:
        assert read(self.pages(1)).shape == (13, 18, 4)

    def test_a_picture_below_its_preview_is_found(self) -> None:
        both = self.pages(1, 0)
        entries = dict(directory(both))
        (count,) = struct.unpack_from("<H", both, struct.unpack_from("<I", both, 4)[0])
        after_first = struct.unpack_from("<I", both, 4)[0] + 2 + 12 * count
        (second,) = struct.unpack_from("<I", both, after_first)
        below = bytearray(both)
        struct.pack_into("<I", below, after_first, 0)  # it no longer follows,
        struct.pack_into("<HHII", below, entries[max(entries)], 330, 4, 1, second)  # but lies below
        np.testing.assert_array_equal(read(bytes(below))[..., :3], drawn())

    def test_pages_that_run_in_a_circle_end(self) -> None:
        content = bytearray(self.pages(1))
        start = struct.unpack_from("<I", content, 4)[0]
        (count,) = struct.unpack_from("<H", content, start)
        struct.pack_into("<I", content, start + 2 + 12 * count, start)
        assert read(bytes(content)).shape == (13, 18, 4)


def test_a_picture_within_another_file_is_not_the_picture() -> None:
    for around in (b"\0\0\1\0\1\0\x10\x10", b"%PDF-1.7\n", b"SAI\1\2\xff"):
        assert "not a picture" in refusal(around + PLAIN)
    assert "a Photoshop document that is broken" in refusal(b"8BPS\0\1" + PLAIN)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIF"),
        (b"gimp xcf v011" + bytes(40), "GIMP"),
        (b"CSFCHUNK" + bytes(40), "Clip Studio"),
        (b"\xff\x0a" + bytes(40), "JPEG XL"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
        (b"\n<!DOCTYPE HTML><title>404</title>", "web page"),
        (b"%PDF-1.7" + bytes(40), "PDF"),
        (b"v/1\1" + bytes(40), "OpenEXR"),
        (bytes(5000), "zeros"),
        (b"\0\0\1\0\1\0\x10\x10" + bytes(40), "icon"),
    ],
)
def test_what_is_no_picture_is_refused_by_what_it_is(content: bytes, said: str) -> None:
    assert said in kind_of(content)
    assert said in refusal(content)


def test_no_damage_of_any_byte_is_more_than_a_refusal(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    files = [
        before(chunk(b"iCCP", b"icc\0\0" + zlib.compress(LINEAR)) + DECORATION["bad CRC"]),
        PHOTO[:2] + SEGMENTS["garbled profile"] + PHOTO[2:],
        tiff("<", 2, 2, 1, row("<", "H", 65535, 32768, 0, 65535), t338=2),
        TestPreviews().pages(1, 0),
        saved(Image.fromarray(drawn()), "TIFF", compression="tiff_lzw"),
    ]
    for content in files:
        for _ in range(60):
            broken = bytearray(content)
            for at in random.integers(0, min(len(broken), 600), random.integers(1, 4)):
                broken[at] = random.integers(256)
            found = attempt(file_of(tmp_path, bytes(broken)))
            assert "\n" not in found if isinstance(found, str) else found.dtype == np.uint8


def test_pictures_in_memory_are_read_by_their_file_object_as_by_their_bytes() -> None:
    found = decoding.decode(io.BytesIO(PLAIN), "odd")
    np.testing.assert_array_equal(np.asarray(found), drawn())
