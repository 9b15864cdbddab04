"""Walls over open lines: how they divide regions, how they are read off a network's answer, how it learns them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import patchwork, ring, standin
from senga.color import closer as closers
from senga.color import regions as regions_of
from senga.color.closer import Closer, cleared, find_closed_regions, level, walls
from senga.color.regions import find_regions
from senga.errors import HintError, ModelError, TrainingError
from senga.learn import checkpoint, closer_lesson
from senga.learn.closer_export import export_closer
from senga.learn.closer_lesson import CloserLesson, collate
from senga.learn.data.borders import (
    BorderStore,
    Look,
    Openings,
    border_pixels,
    find_borders,
    join_alike,
    opened,
    take_opened,
)
from senga.learn.data.cache import Cache, Entry, Kept
from senga.learn.export import Origin
from senga.learn.networks import closer as networks

WIDE = 24
"""A gap that no usual ball bridges, px."""


class Drawn(Cache):
    """A cache of pictures drawn in code, in memory."""

    def __init__(self, count: int) -> None:
        super().__init__(Path("drawn"))
        self.kept = []
        for i in range(count):
            color = patchwork(80, 96, i)
            lines = np.where(color.max(2) < 40, 0, 255).astype(np.uint8)
            self.kept.append(Kept(color, np.stack([lines, lines]), np.zeros((2, 80, 96), np.uint16)))
            split = "val" if i % 4 == 0 else "train"
            self.entries.append(Entry(str(i), 0, split, str(i), "drawn", (80, 96), 0))  # type: ignore[arg-type]

    def refresh(self) -> int:
        return 0

    def read(self, number: int) -> Kept:
        return self.kept[number]


def across(gap: int) -> np.ndarray:
    """A wall over the gap of `ring(120, 120, 40)`."""
    wall = np.zeros((120, 120), bool)
    wall[60 - gap // 2 - 2 : 60 + gap // 2 + 2, 100] = True
    return wall


def test_a_wall_closes_a_gap_that_is_wider_than_the_ball() -> None:
    lines = ring(120, 120, 40, gap=WIDE)
    assert find_regions(lines).count == 1
    regions = find_regions(lines, walls=across(WIDE))
    assert regions.count == 2
    assert regions.labels[60, 60] != regions.labels[60, 110]


def test_walls_are_paper_and_belong_to_the_regions_beside_them() -> None:
    lines, wall = ring(120, 120, 40, gap=WIDE), across(WIDE)
    regions = find_regions(lines, walls=wall)
    assert (regions.paper == find_regions(lines).paper).all()
    assert regions.paper[wall & (lines == 255)].all()
    assert sorted(np.unique(regions.labels)) == list(range(regions.count))
    assert set(np.unique(regions.labels[wall])) <= {regions.labels[60, 60], regions.labels[60, 110]}


def test_a_wall_that_closes_nothing_changes_nothing() -> None:
    lines, wall = ring(120, 120, 40), np.zeros((120, 120), bool)
    wall[60, 60:90] = True  # from the middle towards the ring, a way around it left
    assert (find_regions(lines, walls=wall).labels == find_regions(lines).labels).all()


def test_no_region_is_lost_to_walls_and_nothing_changes_without_any() -> None:
    lines = np.where(np.random.default_rng(3).random((90, 70)) < 0.1, 0, 255).astype(np.uint8)
    plain = find_regions(lines)
    assert (find_regions(lines, walls=np.zeros(lines.shape, bool)).labels == plain.labels).all()
    wall = np.zeros(lines.shape, bool)
    wall[:, 35], wall[45] = True, True
    walled = find_regions(lines, walls=wall)
    pairs = np.unique(np.stack([plain.labels.reshape(-1), walled.labels.reshape(-1)]), axis=1)
    assert pairs.shape[1] == walled.count  # every region lies within one of those without walls
    assert walled.count >= plain.count


def test_a_sliver_between_a_wall_and_a_line_is_no_region() -> None:
    lines = np.full((100, 100), 255, np.uint8)
    lines[:, 50] = 0
    wall = np.zeros(lines.shape, bool)
    wall[:, 54] = True
    assert find_regions(lines, walls=wall).count == 2
    wall = np.roll(wall, 20, 1)
    assert find_regions(lines, walls=wall).count == 3


def test_a_large_drawing_is_walled_at_its_reduced_size_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions_of, "WORKING", 30_000)
    lines = ring(240, 250, 70, thick=4, gap=60)
    wall = np.zeros(lines.shape, bool)
    wall[86:154, 190] = True
    assert find_regions(lines).count == 1
    regions = find_regions(lines, walls=wall)
    assert regions.factor == 2
    assert regions.count == 2
    assert regions.labels[120, 125] != regions.labels[120, 240]


def test_walls_of_another_size_are_refused() -> None:
    with pytest.raises(HintError, match="walls of"):
        find_regions(np.full((9, 9), 255, np.uint8), walls=np.zeros((9, 8), bool))


def test_a_greater_gap_takes_less_chance_for_a_wall_and_none_at_all_takes_none() -> None:
    chance = np.full((40, 40), 0.02, np.float32)
    for column, height in ((8, 0.97), (20, 0.6), (32, 0.4)):
        chance[:, column] = height
    found = [np.any(walls(chance, (80, 80), gap), axis=0) for gap in (0, 0.5, 1, 2)]
    assert [int(f[[16, 40, 64]].sum()) for f in found] == [0, 1, 2, 3]
    assert level(0.2) > level(1) > level(4)


def test_a_wall_is_thin_and_stands_out_of_what_is_around_it() -> None:
    chance = np.full((64, 64), 0.02, np.float32)
    chance[:, 28:33] = 0.9
    thin = walls(chance, (64, 64))
    assert thin.any(1).all()
    assert thin.sum() <= 2 * 64
    unsure = (0.6 + np.random.default_rng(0).random((64, 64)) / 10).astype(np.float32)
    assert not walls(unsure, (64, 64)).any()


@pytest.mark.parametrize("gap", [-1, 9, float("nan")])
def test_gaps_out_of_range_are_refused(gap: float) -> None:
    with pytest.raises(HintError, match="a gap is from"):
        find_closed_regions(np.full((9, 9), 255, np.uint8), gap)


def test_gray_grainy_paper_is_cleared_and_ink_on_it_stays() -> None:
    ink = np.zeros((64, 64), np.float32)
    ink[:, 30:32] = 0.5
    paper = np.linspace(0.05, 0.2, 64, dtype=np.float32)[None] + np.random.default_rng(0).normal(0, 0.01, (64, 64))
    seen = cleared((1 - (1 - ink) * (1 - paper)).astype(np.float32))
    assert (cleared(ink) == ink).all()
    assert seen[:, :28].mean() < 0.01
    assert abs(float(seen[:, 30:32].mean()) - 0.5) < 0.06


def small_network() -> networks.Closer:
    """Of few weights drawn at random, whose answers are not all alike."""
    torch.manual_seed(0)
    network = networks.Closer(8)
    for weight in network.parameters():  # what begins at zero hides what it does, and equal ones are stored once
        weight.data.add_(torch.randn_like(weight), alpha=0.05)
    torch.nn.init.normal_(network.leave.weight, std=0.5)
    network.load_state_dict({k: v.half().float() for k, v in network.state_dict().items()})
    return network.eval()


def write_small(file: Path) -> None:
    origin = Origin("none", "made", "none", "none", "never", 0)
    export_closer(small_network(), {"name": "closer"}, origin, file, bits=16)


def test_the_network_is_small_and_answers_at_half_the_size() -> None:
    whole = networks.Closer()
    assert sum(p.numel() for p in whole.parameters()) <= 1_000_000
    assert whole(torch.rand(2, 1, 48, 80)).shape == (2, 1, 24, 40)


def closer_file(config: pytest.Config) -> Path:
    code = ("export.py", "closer_export.py", "networks/closer.py", "networks/cell_blocks.py", __file__)
    return standin(config, "closer.onnx", write_small, *code)


def test_the_model_file_agrees_with_the_network_and_takes_drawings_of_any_size(pytestconfig: pytest.Config) -> None:
    closer = Closer.open(closer_file(pytestconfig), threads=1)
    card = closer.session.card
    assert (card.task, card.answer) == ("close", ("wall",))
    for shape in ((1, 1), (37, 90), (500, 600)):
        lines = np.full(shape, 255, np.uint8)
        lines[shape[0] // 2] = 0
        chance = closer.look(lines)
        assert chance.size * 4 <= card.area * 1.2
        assert 0 <= chance.min() <= chance.max() <= 1
        assert closer.walls(lines).shape == shape
    ink = torch.rand(1, 1, 64, 96, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = torch.sigmoid(small_network()(ink)).numpy()
    assert np.ptp(wanted) > 0.1
    assert np.abs(closer.session.run(ink.numpy()) - wanted).max() < 2e-3


@pytest.mark.slow  # the exporter takes its time; in eight bits: a chain of test_weights_build
def test_in_eight_bits_it_answers_nearly_so(tmp_path: Path) -> None:
    file, lines = tmp_path / "closer.onnx", ring(96, 96, 30, thick=3, gap=14)
    export_closer(small_network(), {"name": "closer"}, Origin("", "", "", "", "", 0), file)
    with torch.no_grad():
        wanted = torch.sigmoid(small_network()(torch.from_numpy(1 - lines[None, None] / np.float32(255)))).numpy()
    got = Closer.open(file, threads=1).session.run(1 - lines[None, None].astype(np.float32) / np.float32(255))
    assert 0 < np.abs(got - wanted).mean() < 0.02


def test_training_goes_on_from_the_model_file(pytestconfig: pytest.Config) -> None:
    file = closer_file(pytestconfig)
    started = networks.Closer(8)
    checkpoint.load_weights(file, started)
    known = small_network().state_dict()
    assert all(torch.equal(value, known[name]) for name, value in started.state_dict().items())
    with pytest.raises(TrainingError, match="another network"):
        checkpoint.load_weights(file, networks.Closer(16))


def test_a_file_of_another_task_is_no_closer(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="closes open lines"):
        Closer.open(tiny_model)


def test_the_shipped_closer_closes_an_open_circle() -> None:
    shipped = closers.opened(None, 1)
    assert closers.SHIPPED.stat().st_size <= 3_000_000
    lines = ring(256, 256, 80, thick=3, gap=14)
    assert find_regions(lines).count == 1
    assert find_regions(lines, walls=shipped.walls(lines)).count >= 2
    whole = ring(256, 256, 80, thick=3)
    assert find_regions(whole, walls=shipped.walls(whole)).count == 2


def test_borders_lie_between_unlike_colors_and_under_the_middle_of_lines() -> None:
    color = np.full((60, 90, 3), (240, 220, 200), np.uint8)
    color[:, 30:] = (60, 90, 200)
    color[:, 60:] = (50, 78, 175)  # a shadow
    color[:, 27:34] = 0
    lines = np.where(color.max(2) == 0, 0, 255).astype(np.uint8)
    borders = find_borders(color, lines)
    found = np.flatnonzero(border_pixels(borders.sure).any(0))
    assert len(found) == 2
    assert abs(found.mean() - 30) <= 1


def test_areas_alike_in_color_are_joined_the_most_alike_first() -> None:
    labels = np.array([[0, 1, 2, 3]])
    mean = np.array([[0.0, 0, 0], [6, 0, 0], [18, 0, 0], [0, 40, 0]])
    fine, sure = join_alike(labels, mean, np.array([10.0, 10, 10, 1]), (8, 16))
    assert fine.tolist() == [0, 0, 1, 2]
    assert sure.tolist() == [0, 0, 0, 1]


def test_opened_lines_lose_ink_and_whole_ones_keep_it() -> None:
    ink = (ring(96, 96, 30) == 0).astype(np.float32)
    random = np.random.default_rng(0)
    gone = [opened(ink, Openings(whole=0, gaps=1, wobble=0, paper=0), random)[ink > 0].mean() for _ in range(10)]
    assert 0.1 < np.mean(gone) < 0.95
    assert opened(ink, Openings(whole=1), random) is ink


def test_walls_in_view_and_ink_lie_over_each_other() -> None:
    cache = Drawn(4)
    store, how = BorderStore(cache), Openings(whole=1)
    hits = []
    for seed in range(8):
        random = np.random.default_rng(seed)
        view = take_opened(store, seed % 4, Look(64, native=0.4, larger=0.3, filtered=0), how, random)
        assert view.ink.shape == (64, 64)
        assert view.walls.shape == view.weight.shape == (32, 32)
        near = view.ink.reshape(32, 2, 32, 2).max((1, 3)) > 0.3
        hits.append(near[view.walls > 0].mean() if view.walls.any() else 1)
        assert view.weight[near].max(initial=0) <= 0.1 + 1e-6
    assert np.mean(hits) > 0.7


def test_a_few_steps_lower_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closer_lesson, "FIRST", 6)
    torch.manual_seed(0)
    lesson = CloserLesson(networks.Closer(8), Drawn(8), Look(64, cap=1.0))
    random = np.random.default_rng(0)
    batch = lesson.batch(random, 8)
    optimizer = torch.optim.AdamW(lesson.network.parameters(), 5e-3)
    losses = []
    for _ in range(15):
        total = torch.stack(list(lesson.losses(batch).values())).sum()
        optimizer.zero_grad()
        torch.autograd.backward(total)
        optimizer.step()
        losses.append(float(total.detach()))
    assert losses[-1] < 0.85 * losses[0]
    with torch.no_grad():
        scores = lesson.validate(lesson.network.eval())
        sheet = lesson.sheet(lesson.network)
    assert 0 <= scores["precision"] <= 1
    assert 0 < scores["f1"] <= 1
    assert sheet is not None
    assert collate(lesson.samples()).ink.shape == (2, 1, 64, 64)
