"""The lesson of each task, made from its recipe, and trained: what a verb calls.

A further task needs its kind of recipe in `senga.learn.course_recipes`, a class as `senga.learn.lesson.Lesson`
describes it, and a branch in `make_lesson`.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from senga.errors import TrainingError
from senga.learn import checkpoint
from senga.learn.course_recipes import CourseRecipe, PaintRecipe, as_table
from senga.learn.courses import follow
from senga.learn.data.cache import ABOUT, Cache
from senga.learn.data.samples import Views
from senga.learn.lesson import Lesson
from senga.learn.networks.painter import Painter
from senga.learn.painter_lesson import PainterLesson, fit_bins
from senga.learn.standing import held

JUDGED = Views(size=128, whole=1.0, accidents=0.0)
"""How validation's pictures are shown, whatever the training sees: numbers of all parts of a run compare. Ours."""


def make_lesson(recipe: CourseRecipe, cache: Cache, *, fresh: bool, device: str = "cpu") -> Lesson:
    """The lesson that a recipe describes, with a network of seeded random weights.

    Args:
        recipe: of a course. cache: samples are made from it.
        fresh: a run begins, and does not go on: what is read off the data first is read.
        device: of the losses.
    """
    torch.manual_seed(recipe.course.seed)
    if isinstance(recipe, PaintRecipe):
        return _painter(recipe, cache, fresh=fresh, device=device)
    raise TrainingError(f"{recipe.name}: no lesson for this kind of recipe yet")


def train_course(
    recipe: CourseRecipe,
    cache: Cache,
    run: Path,
    *,
    start: Path | None = None,
    threads: int | None = None,
    device: str = "cpu",
    budget: float = math.inf,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Trains a course, or goes on with it.

    Args:
        threads: processor threads; None: as many as PyTorch takes. Else as `senga.learn.courses.follow`.

    Raises:
        TrainingError: as `senga.learn.courses.follow`.
    """
    with held(run):
        if threads:
            torch.set_num_threads(threads)
        fresh = not (run / checkpoint.CHECKPOINT).exists()
        lesson = make_lesson(recipe, cache, fresh=fresh, device=device)
        about = {"recipe": recipe.name, "settings": as_table(recipe), "cache": key_of(cache)}
        follow(lesson, recipe.course, run, about, start=start, device=device, budget=budget, tell=tell)


def key_of(cache: Cache) -> str:
    """The key of what a cache is made of; see `senga.learn.data.cache.Plan.key`."""
    return str(json.loads((cache.folder / ABOUT).read_text(encoding="utf-8"))["key"])


def _painter(recipe: PaintRecipe, cache: Cache, *, fresh: bool, device: str) -> PainterLesson:
    network = make_painter(recipe)
    if fresh:
        network.bins.copy_(fit_bins(cache, len(network.bins), Views(), np.random.default_rng(recipe.course.seed)))
    return PainterLesson(
        network, cache, recipe.views, recipe.reveals, judged=JUDGED, stages=recipe.stages, device=device
    )


def make_painter(recipe: PaintRecipe) -> Painter:
    """The painter that a recipe describes, with random weights and random bins."""
    size = recipe.network
    return Painter(width=size.width, deep=size.deep, tokens=size.tokens, layers=size.layers, bins=size.bins)
