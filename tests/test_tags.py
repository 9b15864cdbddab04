"""What goes through from a picture to its results: bytes of copies, resolution, color profile, format."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from conftest import call, patchwork, ring
from senga import image
from senga.color.files.layerfile import write_layers
from senga.color.layers import layers_of
from senga.errors import SettingError
from senga.imagefiles.tags import PROFILE, SRGB, SRGB_GRAY, Tags, bounded_dpi
from senga.jobs.color_settings import COLORED
from test_image import LINEAR, LINEAR_GRAY, SWAPPED

FORMATS = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "WEBP": ".webp"}
OWN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DRAWN = np.repeat(ring(48, 40, 12, 3)[..., None], 3, 2)


def saved(pixels: np.ndarray | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    given = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    if kind == "WEBP":
        options.setdefault("lossless", True)
    given.save(out, kind, **options)
    return out.getvalue()


def tags_of(content: bytes) -> Tags:
    return image.read_tagged(content, "a picture")[1]


def means(profile: bytes, mode: str) -> list[int]:
    """What the middle of each channel shows in sRGB."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    middle = Image.new(mode, (1, 1), 128 if mode == "L" else (128, 60, 200))
    shown = ImageCms.profileToProfile(middle, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert shown is not None
    return [int(value) for value in np.asarray(shown)[0, 0]]


class TestResolution:
    @pytest.mark.parametrize("given", FORMATS)
    @pytest.mark.parametrize("wanted", FORMATS)
    def test_it_goes_from_every_format_to_every_other(self, given: str, wanted: str) -> None:
        exif = Image.Exif()
        exif[282], exif[283], exif[296] = 300.0, 600.0, 2
        content = saved(DRAWN, given, **({"exif": exif} if given == "WEBP" else {"dpi": (300, 600)}))
        tags = tags_of(content)
        assert tags.dpi == (300, 600)
        assert tags_of(image.encode(DRAWN, wanted, tags=tags)).dpi == (300, 600)

    @pytest.mark.parametrize(
        "dpi", [(0, 0), (float("inf"), 300), (float("nan"), 300), (1e9, 1e9), (-300, 300), 300, "x"]
    )
    def test_nonsense_is_dropped(self, dpi: Any) -> None:
        assert bounded_dpi(dpi) is None

    def test_nonsense_in_files_is_dropped(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[282], exif[283], exif[296] = 0.0, 0.0, 2
        assert tags_of(saved(DRAWN, "JPEG", exif=exif)).dpi is None
        assert tags_of(saved(DRAWN, "BMP", dpi=(10**7, 10**7))).dpi is None
        assert tags_of(saved(DRAWN)).dpi is None
        image.write(tmp_path / "a.tif", DRAWN, tags=Tags())
        assert tags_of((tmp_path / "a.tif").read_bytes()).dpi is None

    def test_a_turned_picture_is_turned_with_its_resolution(self) -> None:
        exif = Image.Exif()
        exif[274] = 6
        assert tags_of(saved(DRAWN, dpi=(300, 600), exif=exif)).dpi == (600, 300)

    def test_centimeters_of_exif_are_inches(self) -> None:
        exif = Image.Exif()
        exif[282], exif[283], exif[296] = 100.0, 100.0, 3
        assert tags_of(saved(DRAWN, "WEBP", exif=exif)).dpi == pytest.approx((254, 254))


class TestProfiles:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_a_profile_of_srgb_goes_through_as_it_is_and_touches_no_pixel(self, kind: str) -> None:
        picture = patchwork(40, 48)
        given = saved(picture, icc_profile=OWN)
        pixels, tags = image.read_tagged(given, "a picture")
        np.testing.assert_array_equal(pixels[..., :3], picture)
        assert tags.profile == OWN
        assert Image.open(io.BytesIO(image.encode(picture, kind, tags=tags))).info["icc_profile"] == OWN

    @pytest.mark.parametrize("profile", [SWAPPED, LINEAR])
    def test_pixels_of_another_profile_are_converted_and_said_to_be_srgb(self, profile: bytes) -> None:
        given = saved(Image.new("RGB", (8, 8), (128, 60, 200)), icc_profile=profile)
        pixels, tags = image.read_tagged(given, "a picture")
        assert tags.profile == SRGB
        again, same = image.read_tagged(image.encode(pixels, "PNG", tags=tags), "its result")
        np.testing.assert_array_equal(again, pixels)
        assert same == tags
        assert np.abs(pixels[0, 0, :3].astype(int) - means(profile, "RGB")).max() <= 1

    def test_the_profiles_that_are_written_mean_srgb(self) -> None:
        assert np.abs(np.array(means(SRGB, "RGB")) - (128, 60, 200)).max() <= 1
        assert means(SRGB_GRAY, "L") == [128] * 3

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
    def test_gray_results_have_a_profile_of_gray(self, kind: str) -> None:
        for given in (saved(DRAWN, icc_profile=OWN), saved(DRAWN[..., 0], icc_profile=LINEAR_GRAY)):
            written = Image.open(io.BytesIO(image.encode(DRAWN[..., 0], kind, tags=tags_of(given))))
            assert written.info["icc_profile"] == SRGB_GRAY
        written = Image.open(io.BytesIO(image.encode(DRAWN, kind, tags=Tags(profile=SRGB_GRAY))))
        assert written.info["icc_profile"] == SRGB

    @pytest.mark.parametrize("profile", [b"nonsense", SWAPPED[:200], LINEAR_GRAY])
    def test_a_profile_that_says_nothing_of_the_picture_is_not_handed_on(self, profile: bytes) -> None:
        assert tags_of(saved(DRAWN, icc_profile=profile)).profile == b""

    def test_a_huge_profile_is_not_handed_on_as_it_is(self) -> None:
        huge = bytearray(OWN + bytes(PROFILE))
        huge[:4] = struct.pack(">I", len(huge))
        assert tags_of(saved(DRAWN, "TIFF", icc_profile=bytes(huge))).profile == SRGB


class TestLayers:
    def test_a_psd_says_resolution_and_profile(self, tmp_path: Path) -> None:
        drawing = image.to_drawing(DRAWN, Tags((600.0, 300.0), OWN))
        write_layers(tmp_path / "a.psd", layers_of(drawing, DRAWN))
        found = Image.open(io.BytesIO((tmp_path / "a.psd").read_bytes()))
        resources = {number: data for number, _, data in getattr(found, "resources")}  # noqa: B009
        assert resources[1005] == struct.pack(">IHHIHH", 600 << 16, 1, 1, 300 << 16, 1, 1)
        assert resources[1039] == OWN
        np.testing.assert_array_equal(np.asarray(found.convert("RGB")), DRAWN)

    def test_an_ora_says_them_in_its_stack_and_its_merged_picture(self, tmp_path: Path) -> None:
        drawing = image.to_drawing(DRAWN, Tags((600.0, 300.0), OWN))
        write_layers(tmp_path / "a.ora", layers_of(drawing, DRAWN))
        with zipfile.ZipFile(tmp_path / "a.ora") as pack:
            assert b'xres="600" yres="300"' in pack.read("stack.xml")
            assert tags_of(pack.read("mergedimage.png")) == drawing.tags


def test_jpeg_keeps_colors_at_full_size() -> None:
    lines = np.full((32, 32, 3), 255, np.uint8)
    lines[::2] = (220, 20, 60)
    content = image.encode(lines, "JPEG")
    at = content.index(b"\xff\xc0")
    assert content[at + 11] == 0x11  # sampling of luminance: one by one
    assert np.abs(np.asarray(Image.open(io.BytesIO(content))).astype(int) - lines).mean() < 4


@pytest.fixture
def comic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and a comic of a colored JPEG, a colored PNG with alpha, and a drawing."""
    monkeypatch.chdir(tmp_path)
    clear = np.dstack([patchwork(60, 60), np.full((60, 60), 255, np.uint8)])
    clear[:20, :, 3] = 0
    pages = {
        "000 cover.JPG": saved(patchwork(80, 64), "JPEG", quality=85),
        "001 clear.png": saved(clear, dpi=(300, 300)),
        "002.png": saved(DRAWN, dpi=(600, 600)),
    }
    (tmp_path / "book").mkdir()
    with zipfile.ZipFile("book.cbz", "w") as pack:
        for name, content in pages.items():
            (tmp_path / "book" / name).write_bytes(content)
            pack.writestr(name, content)
    return tmp_path


class TestCopies:
    def test_colored_pages_go_over_byte_for_byte(self, comic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "copy" in COLORED
        assert call(monkeypatch, "color", "book.cbz", "-o", "out.cbz", "--colored", "copy") == 0
        assert call(monkeypatch, "color", "book", "-o", "out", "--colored", "copy", "--format", "webp") == 0
        with zipfile.ZipFile("out.cbz") as pack:
            packed = {name: pack.read(name) for name in pack.namelist()}
        loose = {file.name: file.read_bytes() for file in (comic / "out").iterdir() if not file.name.startswith(".")}
        assert sorted(packed) == ["000 cover.JPG", "001 clear.png", "002.png"]
        assert sorted(loose) == ["000 cover.JPG", "001 clear.png", "002.webp"]
        for name in ("000 cover.JPG", "001 clear.png"):
            own = (comic / "book" / name).read_bytes()
            assert packed[name] == own
            assert loose[name] == own
        assert packed["002.png"] != (comic / "book" / "002.png").read_bytes()
        assert tags_of(packed["002.png"]).dpi == (600, 600)

    def test_a_file_that_is_named_keeps_its_name(self, comic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cover, clear = comic / "book" / "000 cover.JPG", comic / "book" / "001 clear.png"
        assert call(monkeypatch, "color", cover, "-o", "same.jpeg", "--colored", "copy") == 0
        assert (comic / "same.jpeg").read_bytes() == cover.read_bytes()
        assert call(monkeypatch, "color", clear, "-o", "other.tif", "--colored", "copy") == 0
        assert image.format_of((comic / "other.tif").read_bytes()) == "TIFF"
        np.testing.assert_array_equal(image.read_rgba(comic / "other.tif"), image.read_rgba(clear))
        assert tags_of((comic / "other.tif").read_bytes()).dpi == (300, 300)

    def test_a_copy_that_lies_there_is_that_copy_and_another_file_is_not_written_over(
        self, comic: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cover = comic / "book" / "000 cover.JPG"
        (comic / "out").mkdir()
        there = comic / "out" / "000 cover.JPG"
        there.write_bytes(cover.read_bytes())
        assert call(monkeypatch, "color", cover, "-o", "out", "--colored", "copy") == 0
        there.write_bytes(b"a person's")
        assert call(monkeypatch, "color", cover, "-o", "out", "--colored", "copy") == 2
        assert there.read_bytes() == b"a person's"
        assert "exists" in capsys.readouterr().err


class TestFormats:
    @pytest.mark.parametrize("format", ["jpg", "webp", "tif"])
    def test_folders_and_comics_are_written_in_the_format_that_is_asked_for(
        self, format: str, comic: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert call(monkeypatch, "clean", "book", "-o", "out", "--format", format) == 0
        assert call(monkeypatch, "clean", "book.cbz", "-o", "out.cbz", "--format", format) == 0
        names = sorted(file.name for file in (comic / "out").iterdir())
        assert names == [f"000 cover.{format}", f"001 clear.{format}", f"002.{format}"]
        with zipfile.ZipFile("out.cbz") as pack:
            assert sorted(pack.namelist()) == names
            assert image.format_of(pack.read(names[0])) == image.WRITES[f".{format}"]
        assert tags_of((comic / "out" / names[2]).read_bytes()).dpi == (600, 600)

    def test_input_is_the_source_s_own_and_png_where_that_is_not_written(
        self, comic: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (comic / "book" / "003.gif").write_bytes(saved(DRAWN, "GIF"))
        assert call(monkeypatch, "clean", "book", "-o", "out", "--format", "input") == 0
        names = sorted(file.name for file in (comic / "out").iterdir())
        assert names == ["000 cover.JPG", "001 clear.png", "002.png", "003.png"]
        assert image.format_of((comic / "out" / names[0]).read_bytes()) == "JPEG"

    def test_frames_have_it_too(self, comic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (comic / "cut").mkdir()
        (comic / "cut" / "a.png").write_bytes(saved(DRAWN, dpi=(600, 600), icc_profile=OWN))
        assert call(monkeypatch, "frames", "cut", "-o", "out", "--format", "tif") == 0
        assert tags_of((comic / "out" / "a.tif").read_bytes()) == Tags((600, 600), OWN)

    def test_a_format_that_is_none_or_not_the_named_file_s_is_refused(
        self, comic: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call(monkeypatch, "clean", "book", "-o", "out", "--format", "gif") == 2
        assert "--format gif" in capsys.readouterr().err
        assert call(monkeypatch, "clean", "book/002.png", "-o", "a.png", "--format", "jpg") == 2
        assert "--format goes with folders" in capsys.readouterr().err
        assert not (comic / "out").exists()
        with pytest.raises(SettingError):
            raise SettingError("{format}")


@pytest.mark.parametrize("verb", ["color", "flats", "lines", "clean"])
def test_every_verb_hands_resolution_and_profile_on(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(saved(DRAWN, dpi=(600, 600), icc_profile=SWAPPED))
    more = ["--method", "xdog"] if verb == "lines" else []
    assert call(monkeypatch, verb, "a.png", "-o", "b.png", *more) == 0
    found = Image.open(io.BytesIO((tmp_path / "b.png").read_bytes()))
    assert found.info["icc_profile"] == (SRGB_GRAY if found.mode == "L" else SRGB)
    assert tags_of((tmp_path / "b.png").read_bytes()).dpi == (600, 600)
