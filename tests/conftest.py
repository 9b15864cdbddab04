"""Pictures drawn in code, and tiny model files that many tests share; see `standins` for their networks."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from senga import cli
from senga.color import reading, shader
from senga.recipe import Recipe
from senga.recipefile import parse_recipe

collect_ignore = ["krita_inside"]
"""What Krita runs, not pytest."""

# Tests start hundreds of processes, and pytest compiles each of its modules anew: what is compiled once is kept, in
# containers that ask for no bytecode, too.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

TINY = """
name = "tiny"
about = "A network small enough for tests."
[data]
size = 32
lines = { kind = "mix" }
[hints]
kind = "mix"
count = 20
encoding = "masked-channels"
[generator]
kind = "ronneberger"
width = 8
[losses]
chroma = 1.0
[training]
steps = 4
batch = 2
precision = "fp32"
"""


def pytest_configure() -> None:
    """Torch on one thread: two beside another busy process wait for each other."""
    import torch

    torch.set_num_threads(1)


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
def tiny_model(pytestconfig: pytest.Config, tiny_recipe: Recipe) -> Path:
    """A model file in one graph, of a small network that takes hints and was not trained."""
    from standins import write_model

    code = ("networks/unet.py", "networks/generators.py", "export.py")
    return standin(pytestconfig, "tiny.onnx", partial(write_model, tiny_recipe), *code)


LEARN = Path(cli.__file__).parent / "learn"


def standin(config: pytest.Config, name: str, made: Callable[[Path], object], *code: str) -> Path:
    """A model file that takes long to export, kept in pytest's cache until the code that makes it is another.

    Args:
        name: of the file; errors name it. made: makes it. code: files of `senga.learn` that it depends on.
    """
    files = [Path(__file__), Path(__file__).with_name("standins.py"), *(LEARN / file for file in code)]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    file = config.cache.mkdir(f"models-{digest}") / name
    if not file.exists():
        part = file.with_name(f"{os.getpid()}-{name}")
        made(part)
        part.replace(file)
    return file


@pytest.fixture(scope="session")
def painter_file(pytestconfig: pytest.Config) -> Path:
    """A model file of an untrained painter: its colors say nothing, what is done with them does."""
    from standins import write_painter

    code = ("networks/painter.py", "networks/blocks.py", "painter_export.py", "export.py")
    return standin(pytestconfig, "painter.zip", write_painter, *code)


@pytest.fixture(scope="session")
def shader_file(pytestconfig: pytest.Config) -> Path:
    """A model file of an untrained shader."""
    from standins import write_shader

    code = ("networks/shader.py", "networks/blocks.py", "shader_export.py", "export.py")
    return standin(pytestconfig, "shader.onnx", write_shader, *code)


@pytest.fixture
def shaded(shader_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That shader in the place of the one that ships."""
    monkeypatch.setattr(shader, "SHIPPED", shader_file)
    reading.opened_shader.cache_clear()
    yield shader_file
    reading.opened_shader.cache_clear()


@pytest.fixture(scope="module")
def few_colors() -> Iterator[None]:
    """Color bins from a few of the store's colors: the same way, in a fraction of the time."""
    from senga.learn import objectives

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


@pytest.fixture(scope="module")
def few_settled() -> Iterator[None]:
    """Runs whose batch norms settle on few examples: the same way, in a fraction of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("senga.learn.train.SETTLE", 8)
        yield


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of a command, carried out in this process: quicker than a new one."""
    monkeypatch.setattr(sys, "argv", ["senga", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0
