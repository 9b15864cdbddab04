"""Light on flat colors keeps each region's mean, whatever the network says."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from conftest import patchwork
from senga import image
from senga.color import shader as shader_module
from senga.color.light import Light, softened
from senga.color.regions import find_regions
from senga.color.scaling import Enlarger
from senga.color.shader import PAPER, Lighting, Shader, places
from senga.color.shading import Shading
from senga.errors import HintError, ImageError, ModelError, SengaError
from senga.learn import shader_lesson
from senga.learn.data.cache import ABOUT, FORMAT, Cache, Entry
from senga.learn.data.lights import Parts, light_of, make_lit
from senga.learn.data.samples import Draws
from senga.learn.data.shader_batches import make_batch
from senga.learn.export import Origin
from senga.learn.networks import shader as networks
from senga.learn.shader_export import shader_difference
from senga.learn.shader_lesson import ShaderLesson
from standins import tiny_shader

ORIGIN = Origin("", "drawn by tests", "CC0", "CC0", "today", 0)


@pytest.fixture(scope="module")
def network() -> networks.Shader:
    """A small network that answers wildly."""
    return tiny_shader()


@pytest.fixture(scope="module")
def shader(shader_file: Path) -> Shader:
    return Shader.open(shader_file, threads=1)


def drawing(height: int = 90, width: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines, the regions' colors and labels: boxes and circles on a white ground."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    lines = np.full((height, width), 255, np.uint8)
    for _ in range(5):
        cy, cx, r = random.random() * height, random.random() * width, 8 + random.random() * height / 3
        lines[np.abs(np.hypot(y - cy, x - cx) - r) < 1.2] = 0
    labels = find_regions(lines, least=4).labels
    colors = random.integers(0, 256, (int(labels.max()) + 1, 3)).astype(np.uint8)
    colors[np.bincount(labels.reshape(-1)).argmax()] = 255
    return lines, colors, labels


def lit(
    shader: Shader, lines: np.ndarray, colors: np.ndarray, labels: np.ndarray, light: Lighting = Lighting(), **how: int
) -> Shading:
    return shader.shade(shader.look(lines, labels), colors, light, **how)


def off_means(shading: Shading, lines: np.ndarray, strength: float) -> np.ndarray:
    """How far the mean of each region's paper is from its flat color, in levels of 255."""
    color = shading.color(strength)
    found = []
    for i, flat in enumerate(shading.flats.colors):
        at = shading.flats.labels == i
        if (at & (lines >= PAPER)).any():
            at &= lines >= PAPER
        found.append(color[at].mean(0) - flat)
    return np.abs(found)


@pytest.mark.parametrize("strength", [0.5, 1.0, 1.5])
def test_each_regions_mean_is_kept_at_every_strength(shader: Shader, strength: float) -> None:
    lines, colors, labels = drawing()
    shading = lit(shader, lines, colors, labels)
    assert np.abs(shading.color(strength).astype(int) - shading.flats.layer).max() > 20
    assert off_means(shading, lines, strength).max() < 0.5


def test_strength_nothing_answers_the_flats(shader: Shader) -> None:
    shading = lit(shader, *drawing())
    assert np.array_equal(shading.color(0), shading.flats.layer)


def test_colors_of_lines_are_darker_than_what_they_lie_on(shader: Shader) -> None:
    lines, colors, labels = drawing()
    ink = image.gray(lit(shader, lines, colors, labels).ink).astype(float)
    assert (ink <= 0.6 * image.gray(colors[labels]) + 2).all()


def test_lines_on_bare_paper_stay_dark(shader: Shader) -> None:
    lines, colors, labels = drawing()
    white = np.full_like(colors, 255)
    ink = image.gray(lit(shader, lines, white, labels).ink).astype(float)
    assert ink.max() <= 0.3 * 255 + 2
    assert image.gray(lit(shader, lines, np.full_like(colors, 250), labels).ink).max() > 0.3 * 255 + 2


def test_a_greater_strength_goes_further(shader: Shader) -> None:
    shading = lit(shader, *drawing())
    far = [np.abs(shading.color(s).astype(float) - shading.flats.layer).mean() for s in (0.3, 0.6, 1.0, 1.5)]
    assert far == sorted(far)
    assert far[0] > 0


def test_a_white_ground_stays_white_and_a_black_one_black(shader: Shader) -> None:
    lines, colors, labels = drawing()
    ground = np.bincount(labels.reshape(-1)).argmax()
    for level in (255, 0):
        colors[ground] = level
        for strength in (0.5, 1.0, 1.5):
            assert (lit(shader, lines, colors, labels).color(strength)[labels == ground] == level).all()


def test_layers_multiplied_and_added_are_the_color(shader: Shader) -> None:
    shading = lit(shader, *drawing())
    shade, light = shading.layers(1.2)
    assert shade.max() <= 1
    assert light.min() >= 0
    made = shading.flats.layer * shade + 255 * light
    assert np.abs(made - shading.color(1.2))[shading.flats.layer > 0].max() < 1e-3


def test_tiles_leave_no_seams(shader: Shader) -> None:
    lines, colors, labels = drawing(256, 512, seed=4)
    whole, tiled = lit(shader, lines, colors, labels), lit(shader, lines, colors, labels, tile=320)
    away = np.diff(tiled.color().astype(float) - whole.color(), axis=1)  # tiles meet between columns
    assert np.abs(away).mean((0, 2)).max() < 1  # faded into each other, nowhere a jump


@pytest.mark.parametrize("shape", [(1, 1), (17, 40), (90, 33)])
def test_drawings_of_any_size_are_shaded(shader: Shader, shape: tuple[int, int]) -> None:
    lines = np.full(shape, 255, np.uint8)
    colors = np.array([(200, 120, 60)], np.uint8)
    shading = lit(shader, lines, colors, np.zeros(shape, np.int32))
    assert shading.color().shape == shading.ink.shape == (*shape, 3)
    assert off_means(shading, lines, 1.0).max() < 0.51


def test_large_drawings_are_looked_at_smaller_and_keep_their_means(shader: Shader) -> None:
    lines, colors, labels = drawing(900, 1200)
    shading = lit(shader, lines, colors, labels)
    assert shading.color().shape == (900, 1200, 3)
    assert off_means(shading, lines, 1.5).max() < 0.5
    ground = np.bincount(labels.reshape(-1)).argmax()
    assert (shading.color()[labels == ground] == 255).all()


def test_means_over_a_grid_of_a_large_drawing_are_those_of_all_its_pixels(
    shader: Shader, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, colors, labels = drawing(900, 1200, seed=1)
    lines[300:310, 300:310] = 128  # no paper
    labels[300:310, 300:310] = len(colors)
    colors = np.concatenate([colors, np.array([(90, 90, 200)], np.uint8)])
    session = shader.session
    lesser = Shader(dataclasses.replace(session, card=dataclasses.replace(session.card, area=30_000)))
    look = lesser.look(lines, labels)
    assert len(look.sample.at) < lines.size / 4
    assert sorted(set(look.sample.of.tolist())) == list(range(len(colors)))
    shading = lesser.shade(look, colors)
    assert off_means(shading, lines, 1.5).max() < 0.5
    monkeypatch.setattr(shader_module, "SAMPLED", 64)
    whole = lit(lesser, lines, colors, labels)
    assert len(whole.sample.at) > lines.size / 2
    assert np.abs(shading.color(1.5).astype(int) - whole.color(1.5)).max() <= 1


def test_colors_are_enlarged_evenly_without_seams_between_strips() -> None:
    planes = np.random.default_rng(0).random((2, 30, 40), np.float32)
    for shape in ((30, 40), (31, 40), (200, 333), (30, 90)):
        whole = [image.resize_plane(plane, shape) for plane in planes]
        enlarger = Enlarger(planes, shape)
        parts = np.concatenate([enlarger.rows(slice(i, min(i + 7, shape[0]))) for i in range(0, shape[0], 7)], 1)
        assert np.abs(parts - whole).max() < 1e-5


def test_the_same_drawing_is_shaded_the_same(shader: Shader) -> None:
    assert np.array_equal(lit(shader, *drawing()).color(), lit(shader, *drawing()).color())


def test_light_from_elsewhere_makes_another_picture(shader: Shader) -> None:
    left = lit(shader, *drawing(), Lighting(right=-1.0)).color()
    assert not np.array_equal(left, lit(shader, *drawing(), Lighting(right=1.0)).color())


def test_regions_without_paper_are_shaded_about_their_flats(shader: Shader) -> None:
    lines, colors, labels = drawing()
    lines[labels == labels[40, 60]] = 0
    assert off_means(lit(shader, lines, colors, labels), lines, 1.0).max() < 0.5


def test_what_cannot_be_is_refused(shader: Shader, tmp_path: Path) -> None:
    lines, colors, labels = drawing()
    with pytest.raises(ImageError, match="regions"):
        lit(shader, lines, colors, labels[:-1])
    with pytest.raises(ImageError, match="uint8"):
        lit(shader, lines, colors.astype(np.float32), labels)
    with pytest.raises(ImageError, match="regions have"):
        lit(shader, lines, colors[:-1], labels)
    with pytest.raises(HintError, match="light"):
        lit(shader, lines, colors, labels).color(1.6)
    with pytest.raises(ModelError, match="no such"):
        Shader.open(tmp_path / "none.onnx")


def test_the_model_file_answers_as_the_network(network: networks.Shader, shader: Shader) -> None:
    assert shader_difference(network, shader.session) < 2e-3


def test_a_new_network_paints_only_the_light_that_is_told() -> None:
    planes, light = torch.rand(1, 8, 32, 48), torch.zeros(1, 8)
    network = networks.Shader(16, 16, 8)
    assert (network(planes, light)[:, :3] == 0.5).all()
    light[:, 2] = 1  # brighter at the right
    change = network(planes, light)[:, :3] - 0.5
    right = planes[:, 6:7].expand(-1, 3, -1, -1)
    assert torch.corrcoef(torch.stack([change.reshape(-1), right.reshape(-1)]))[0, 1] > 0.99


def test_places_say_where_in_its_region_a_pixel_lies() -> None:
    lines = np.full((40, 60), 255, np.uint8)
    lines[:, 30] = 0
    labels = np.broadcast_to(np.arange(60) > 30, lines.shape).astype(np.int32)
    deep, right, down = places(lines, labels).transpose(2, 0, 1).astype(int)
    assert deep[20, 0] > 128 > deep[20, 29]
    assert right[20, 29] > 128 > right[20, 31]
    assert down[39, 5] > 128 > down[0, 5]


def shaded(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A picture of boxes that are brighter at their left, and its line art."""
    color = patchwork(96, 96, int(random.integers(1000))).astype(np.float32)
    lines = np.where(color.max(2) < 60, 0, 255).astype(np.uint8)
    fall = np.linspace(1.0, 0.6, 24, dtype=np.float32)
    color *= np.tile(fall, 4)[None, :, None]
    return color.astype(np.uint8), lines


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A cache of eight pictures to train on and two to validate with."""
    rows, content = [], b""
    for i in range(10):
        color, lines = shaded(np.random.default_rng(i))
        labels = find_regions(lines).labels.astype(np.uint16)
        entry = Entry(f"{i}", 0, "val" if i < 2 else "train", "", "", (96, 96), len(content))
        rows.append(vars(entry))
        content += color.tobytes() + 2 * lines.tobytes() + 2 * labels.tobytes()
    (tmp_path / "00000.bin").write_bytes(content)
    (tmp_path / "00000.json").write_text(json.dumps(rows))
    (tmp_path / ABOUT).write_text(json.dumps({"format": FORMAT}))
    return Cache.open(tmp_path)


def test_light_says_which_side_is_bright() -> None:
    x = np.broadcast_to(np.linspace(-0.1, 0.1, 40, dtype=np.float32)[:, None], (30, 40, 1))
    change = np.repeat(x, 3, 2)
    labels, weight = np.zeros((30, 40), np.int64), np.ones((30, 40), np.float32)
    where = places(np.full((30, 40), 255, np.uint8), labels).astype(np.float32) / np.float32(255)
    right = light_of(change, labels, weight, where)
    assert right[2] > 1
    assert abs(right[3]) < 0.05
    assert light_of(-change, labels, weight, where)[2] < -1
    assert light_of(change * np.float32(4), labels, weight, where)[0] > right[0]
    assert right[0] > light_of(change * np.float32(0.25), labels, weight, where)[0]


def test_moved_flats_are_the_means_of_the_moved_picture(cache: Cache) -> None:
    random = np.random.default_rng(0)
    batch = make_batch(Draws(cache, 1.0), 4, Parts(size=32, moved=1.0, accidents=0.0, flat=1.0), random)
    weight = batch.planes[:, :1] ** 4 + 0.02
    for region in range(batch.regions):
        at = (batch.labels == region)[:, None]
        means = [((v * weight * at).sum((0, 2, 3)) / (weight * at).sum()) for v in (batch.color, batch.planes[:, 1:4])]
        assert torch.allclose(means[0], means[1], atol=2e-3)


def test_a_few_steps_lower_the_loss_with_and_without_a_judge(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shader_lesson, "QUIET", 2)
    for adversary in (0.0, 0.01):
        torch.manual_seed(0)
        network = networks.Shader(16, 16, 8)
        lesson = ShaderLesson(network, cache, Parts(size=48, accidents=0.0, moved=0.0), adversary=adversary, since=0)
        lesson.advance(0.5)
        random = np.random.default_rng(1)
        fixed = lesson.batch(random, 8)
        optimizer = torch.optim.Adam(network.parameters(), 3e-3)
        seen = []
        for _ in range(24):
            losses = lesson.losses(fixed)
            optimizer.zero_grad()
            torch.autograd.backward(sum(losses.values(), torch.zeros(())))
            optimizer.step()
            seen.append(float(losses["light"].detach() + losses["ink"].detach()))
        assert bool(losses["patches"] != 0) == bool(adversary)
        assert seen[-1] < 0.9 * seen[0]


def test_validation_scores_flats_and_light(cache: Cache) -> None:
    network = networks.Shader(16, 16, 8).eval()
    lesson = ShaderLesson(network, cache)
    with torch.no_grad():
        scores, sheet = lesson.validate(network), lesson.sheet(network)
    assert scores["paper_true"] > scores["paper_flat"]  # the light that is told by itself is worth something
    assert 0 < scores["edges_usual"] < 1
    assert sheet is not None
    assert sheet.shape == (2 * 192, 5 * 192, 3)


def test_a_part_keeps_regions_and_colors_together(cache: Cache) -> None:
    kept = cache.read(0)
    lit = make_lit(kept.color, kept.lines[0], kept.labels[0], 48)
    assert lit.flat.shape == lit.color.shape == (48, 48, 3)
    assert sorted(np.unique(lit.labels)) == list(range(int(lit.labels.max()) + 1))


def parts(shading: Shading, light: Light) -> tuple[np.ndarray, np.ndarray]:
    """What is brighter than the flats, and what is darker, both at least 0, (H, W, 3)."""
    off = shading.color(light).astype(int) - shading.flats.layer
    return np.maximum(off, 0), np.maximum(-off, 0)


def test_light_and_shade_have_strengths_of_their_own(shader: Shader) -> None:
    shading = lit(shader, *drawing())
    both, alone = parts(shading, Light(1.0)), parts(shading, Light(1.0, shade=0))
    assert alone[1].max() == 0
    assert np.array_equal(alone[0], both[0]), "light is as it was"
    dark = parts(shading, Light(0, shade=1.0))
    assert dark[0].max() == 0
    assert np.array_equal(dark[1], both[1])
    assert np.array_equal(shading.color(Light(0.7, shade=0.7)), shading.color(0.7))
    assert parts(shading, Light(1.0, shade=1.5))[1].mean() > 1.2 * both[1].mean()


def test_softness_smooths_within_regions_and_leaves_their_means(shader: Shader) -> None:
    lines, colors, labels = drawing()
    shading = lit(shader, lines, colors, labels)
    inside = (labels[:, 1:] == labels[:, :-1])[..., None]

    def rough(light: Light, part: int) -> float:
        return float((np.abs(np.diff(parts(shading, light)[part], axis=1)) * inside).mean())

    hard = Light(1.0)
    for light, part in ((Light(1.0, softness=1.0), 0), (Light(1.0, shade_softness=1.0), 1)):
        assert rough(light, part) < 0.7 * rough(hard, part)
    color = shading.color(Light(1.0, softness=1.0, shade_softness=1.0))
    for i, flat in enumerate(shading.flats.colors):
        paper = (labels == i) & (lines >= PAPER)
        if paper.any():
            assert np.abs(color[paper].mean(0) - flat).max() < 0.5
    gains = [rough(Light(1.0, shade_softness=s), 1) for s in (0, 0.3, 0.6, 1.0)]
    assert gains[0] > 2 * max(gains[1:])


def test_what_is_spread_stays_in_its_region() -> None:
    labels = np.zeros((40, 60), np.int32)
    labels[:, 30:] = 1
    change = np.zeros((3, 40, 60), np.float32)
    change[:, 10:20, 20:30] = 0.5
    soft = softened(change, labels, np.ones((40, 60), np.float32), Light(softness=1.0))
    assert (soft[:, :, 30:] == 0).all()
    assert soft[:, 15, 29].max() < 0.5
    assert soft[:, 5, 25].min() > change[:, 5, 25].max()
    np.testing.assert_allclose(soft[:, :, :30].mean(), change[:, :, :30].mean(), rtol=0.05)


def test_a_tint_leans_shade_to_its_color_and_leaves_light(shader: Shader) -> None:
    lines, colors, labels = drawing()
    colors[:] = (170, 170, 170)
    shading = lit(shader, lines, colors, labels)
    plain, blue = shading.color(Light(1.2)), shading.color(Light(1.2, shade_tint="#4050c0"))
    dark = (plain < 150).all(2) & (plain > 20).all(2)
    assert dark.sum() > 100
    hue = blue[dark].astype(int).mean(0) - plain[dark].astype(int).mean(0)
    assert hue[2] > 5
    assert hue[0] < 0
    assert abs(image.gray(blue)[dark].mean() - image.gray(plain)[dark].mean()) < 2, "as bright as it was"
    bright = (plain >= 170).all(2)
    assert np.array_equal(blue[bright], plain[bright])
    assert np.array_equal(shading.color(Light(1.2, shade_tint="#808080")), plain), "gray is no tint"


@pytest.mark.parametrize(
    "wrong", [{"strength": 1.6}, {"shade": -0.1}, {"softness": 2}, {"side": 1.5}, {"shade_tint": "blau"}]
)
def test_light_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SengaError):
        Light(**wrong)
