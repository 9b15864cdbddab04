"""Small ink: lettering, dots, tone and short strokes stay; dust goes."""

import io

import mahotas
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from senga.lines.clean import Cleaned, Cleaning, clean, clean_up, is_line_art
from senga.lines.digital import find_ground

HEIGHT, WIDTH = 900, 700
TONE = (slice(560, 860), slice(60, 380))
RANDOM = np.random.default_rng(5)


def manga_page(pitch: float = 8.0, dot: float = 2.4) -> np.ndarray:
    """A frame, a ring, lettering with all that is small in it, and dots of tone, 0 = ink, with soft borders."""
    times = 4
    page = Image.new("L", (WIDTH * times, HEIGHT * times), 255)
    pen = ImageDraw.Draw(page)
    pen.rectangle([20 * times, 20 * times, (WIDTH - 20) * times, (HEIGHT - 20) * times], outline=0, width=4 * times)
    pen.ellipse([200 * times, 40 * times, 500 * times, 340 * times], outline=0, width=3 * times)
    for top, size in ((370, 14), (400, 18), (440, 24), (490, 32)):
        font = ImageFont.load_default(size * times)
        pen.text((50 * times, top * times), "Illuminati: lit, i; filling!! ... 1", font=font, fill=0)
    for row, y in enumerate(np.arange(TONE[0].start, TONE[0].stop, pitch)):
        for x in np.arange(TONE[1].start + pitch / 2 * (row % 2), TONE[1].stop, pitch):
            pen.ellipse([times * (x - dot / 2), times * (y - dot / 2), times * (x + dot / 2), times * (y + dot / 2)], 0)
    return np.asarray(page.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))


def scanned(page: np.ndarray, dust: int = 0, noise: float = 4.0) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """The page on warm paper in light that falls off, with grain; and where on bare paper dust lies, (y, x)."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    gray = 1 - 0.75 * (1 - page / 255.0)
    places = []
    for top, left in RANDOM.integers(30, [HEIGHT - 30, WIDTH - 30], (dust, 2)):
        gray[top : top + 2, left : left + 2] *= 0.5
        if (page[top - 5 : top + 7, left - 5 : left + 7] > 250).all():
            places.append((int(top), int(left)))
    light = 0.95 - 0.25 * np.hypot(y / HEIGHT - 0.2, x / WIDTH - 0.1)
    color = 255 * (gray * light)[..., None] * np.array([1, 0.95, 0.85])
    return np.clip(color + RANDOM.normal(0, noise, color.shape), 0, 255).astype(np.uint8), places


def pieces(ink: np.ndarray) -> tuple[np.ndarray, int]:
    labels, count = mahotas.label(ink, Bc=np.ones((3, 3), bool))
    return labels, int(count)


def share_kept(cleaned: Cleaned, page: np.ndarray) -> float:
    """Of the page's pieces of ink, those of which something is left."""
    labels, count = pieces(page < 128)
    return float(len(np.setdiff1d(np.unique(labels[cleaned.lines < 128]), [0])) / count)


def dust_left(cleaned: Cleaned, places: list[tuple[int, int]]) -> float:
    return float(np.mean([(cleaned.lines[y : y + 2, x : x + 2] < 128).any() for y, x in places]))


def jpeg(page: np.ndarray, quality: int) -> np.ndarray:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def test_a_clean_page_keeps_every_piece_of_ink() -> None:
    page = manga_page()
    cleaned = clean_up(page)
    assert cleaned.specks == 0
    assert pieces(cleaned.lines < 128)[1] == pytest.approx(pieces(page < 128)[1], abs=3)  # borders touch or part
    assert share_kept(cleaned, page) == 1
    lone = np.full((500, 500), 255, np.uint8)
    lone[100:400, 100:103] = 0
    lone[250, 300] = 0
    assert clean(lone)[250, 300] == 0


@pytest.mark.parametrize("quality", [90, 60, 30])
def test_a_clean_page_saved_as_jpeg_keeps_every_piece_too(quality: int) -> None:
    page = manga_page()
    cleaned = clean_up(jpeg(page, quality))
    assert share_kept(cleaned, page) == 1
    assert cleaned.specks == 0
    assert 255 - cleaned.lines[TONE].mean() == pytest.approx(255 - page[TONE].mean(), rel=0.35)


@pytest.mark.parametrize(("pitch", "dot"), [(8, 2.4), (6, 3), (14, 3)])
@pytest.mark.parametrize("dust", [40, 250])
def test_of_a_scan_dust_goes_and_lettering_and_tone_stay(pitch: float, dot: float, dust: int) -> None:
    page = manga_page(pitch, dot)
    taken, places = scanned(page, dust)
    cleaned = clean_up(taken)
    assert share_kept(cleaned, page) > 0.97
    assert dust_left(cleaned, places) < 0.15
    assert cleaned.specks >= 0.8 * len(places)
    assert dust_left(clean_up(taken, Cleaning(speck=0)), places) > 0.9


def test_short_strokes_of_a_scan_stay() -> None:
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    page[100:103, 50:600] = 0
    for x in range(100, 600, 60):
        page[300:308, x] = 0
    taken, _ = scanned(page, noise=2.0)
    assert share_kept(clean_up(taken), page) == 1


def test_single_pixels_all_over_a_scan_of_two_levels_go() -> None:
    page = np.where(manga_page() < 128, 0, 255).astype(np.uint8)
    dusty, places = page.copy(), []
    for top, left in RANDOM.integers(30, [HEIGHT - 30, WIDTH - 30], (200, 2)):
        if (page[top - 8 : top + 9, left - 8 : left + 9] == 255).all():
            dusty[top, left] = 0
            places.append((int(top), int(left)))
    cleaned = clean_up(dusty)
    assert share_kept(cleaned, page) > 0.99
    assert dust_left(cleaned, places) < 0.15


def test_tone_over_a_whole_scanned_page_is_not_blurred_away_as_grain() -> None:
    page = Image.new("L", (WIDTH * 2, HEIGHT * 2), 255)
    pen = ImageDraw.Draw(page)
    for y in range(80, HEIGHT * 2 - 80, 16):
        for x in range(80, WIDTH * 2 - 80, 16):
            pen.ellipse([x - 4, y - 4, x + 4, y + 4], 0)
    tone = np.asarray(page.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))
    taken, _ = scanned(tone, noise=2.0)
    cleaned = clean_up(taken)
    assert share_kept(cleaned, tone) > 0.99
    assert pieces(cleaned.lines < 128)[1] == pytest.approx(pieces(tone < 128)[1], rel=0.02)


def test_a_page_with_much_tone_is_line_art_and_a_shaded_picture_is_not() -> None:
    page = manga_page(8, 3).copy()
    dots = page[TONE][:240, :240]
    toned = np.minimum(page, np.tile(dots, (4, 3))[:HEIGHT, :WIDTH])
    shaded = np.minimum(page, np.linspace(100, 255, WIDTH).astype(np.uint8))
    assert is_line_art(page)
    assert is_line_art(toned)
    assert not is_line_art(shaded)


def test_redrawn_at_one_width_dots_stay() -> None:
    page = manga_page()
    assert share_kept(clean_up(page, Cleaning(thickness=2.0)), page) == 1


@pytest.mark.parametrize("color", [(90, 140, 235), (235, 110, 110), (170, 200, 250)])
def test_a_drawing_in_colored_pencil_alone_is_kept(color: tuple[int, int, int]) -> None:
    page = np.repeat(manga_page()[..., None], 3, 2) / 255.0
    pencil = np.rint(255 * page + np.array(color) * (1 - page)).astype(np.uint8)
    for picture in (pencil, scanned(manga_page())[0] // 2 + pencil // 2):
        cleaned = clean_up(picture)
        assert share_kept(cleaned, manga_page()) > 0.97
    assert clean_up(pencil).kept_pencil
    inked = pencil.copy()
    inked[300:500] = np.repeat(manga_page()[300:500, :, None], 3, 2)
    under = clean_up(inked)
    assert not under.kept_pencil
    assert (under.lines[TONE] == 255).all()


def test_a_white_drawing_on_black_is_cleaned_as_its_negative() -> None:
    page = manga_page()
    assert (clean(255 - page, Cleaning(invert=True)) == clean(page)).all()


def test_paper_of_one_level_is_told_from_paper_with_grain_or_light() -> None:
    page = manga_page()
    assert find_ground(page) is not None
    toned = page.copy()
    toned[100:200, 220:480] = np.minimum(toned[100:200, 220:480], 236)  # an even gray tone is no grain
    assert find_ground(toned) is not None
    tinted = np.rint(page[..., None] / 255.0 * np.array([250, 240, 215])).astype(np.uint8)
    ground = find_ground(tinted)
    assert ground is not None
    assert ground.color.tolist() == [250, 240, 215]
    assert clean_up(tinted).specks == 0
    grain = np.clip(page + RANDOM.normal(-6, 2.0, page.shape), 0, 255).astype(np.uint8)
    assert find_ground(grain) is None
    light = np.rint(page * np.linspace(0.8, 1, WIDTH)).astype(np.uint8)
    assert find_ground(light) is None
