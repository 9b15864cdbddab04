"""Pictures drawn in code, and one tiny model file that many tests share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from senga import cli
from senga.learn import objectives
from senga.learn.export import Origin, export
from senga.learn.generators import make_generator
from senga.recipe import Recipe
from senga.recipefile import parse_recipe

torch.set_num_threads(1)  # two beside another busy process wait for each other

TINY = """
name = "tiny"
about = "A house small enough for tests."
[data]
size = 32
lines = { kind = "mix" }
[hints]
kind = "mix"
count = 20
encoding = "masked-channels"
[generator]
kind = "house"
width = 40
layers = 1
rounds = 12
[losses]
chroma = 1.0
classes = 0.05
[training]
steps = 4
batch = 2
precision = "fp32"
"""


def ring(height: int, width: int, radius: float, thick: float = 2.0, gap: float = 0.0) -> np.ndarray:
    """Line art with one circle in its middle, 0 = ink; `gap` px are missing at its right."""
    y, x = np.mgrid[:height, :width]
    dy, dx = y - height / 2, x - width / 2
    ink = np.abs(np.hypot(dy, dx) - radius) <= thick / 2
    if gap:
        ink &= ~((dx > 0) & (np.abs(dy) <= gap / 2))
    return np.where(ink, 0, 255).astype(np.uint8)


def patchwork(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A picture of flat colored rectangles with dark outlines, (H, W, 3)."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width, 3), random.integers(120, 256, 3), np.uint8)
    for _ in range(6):
        top, left = random.integers(0, max(1, height - 8)), random.integers(0, max(1, width - 8))
        bottom, right = top + random.integers(6, height // 2 + 7), left + random.integers(6, width // 2 + 7)
        picture[top:bottom, left:right] = 20
        picture[top + 2 : bottom - 2, left + 2 : right - 2] = random.integers(60, 256, 3)
    return picture


@pytest.fixture(scope="session")
def tiny_recipe() -> Recipe:
    return parse_recipe(TINY)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, tiny_recipe: Recipe) -> Path:
    """A model file of an untrained tiny house."""
    torch.manual_seed(0)
    generator = make_generator(tiny_recipe)
    file = tmp_path_factory.mktemp("model") / "tiny.onnx"
    export(tiny_recipe, generator, Origin("none", "made", "none", "none", "never", 0), file)
    return file


@pytest.fixture(scope="module")
def few_colors() -> Iterator[None]:
    """Color bins from a few of the store's colors: the same way, in a fraction of the time."""
    fit = objectives.fit_bins
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objectives, "fit_bins", lambda colors, count: fit(colors[:400], count, rounds=2))
        yield


@pytest.fixture(scope="module")
def no_curves() -> Iterator[None]:
    """Runs without the picture of their curves, which is slow to draw."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("senga.learn.train.draw_curves", lambda _: None)
        yield


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of a command, carried out in this process: quicker than a new one."""
    monkeypatch.setattr(sys, "argv", ["senga", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0
