"""The lesson of each task, made from its recipe, and trained: what a verb calls.

A further task needs its kind of recipe in `senga.learn.course_recipes`, a class as `senga.learn.lesson.Lesson`
describes it, and an entry in `LESSONS`; to become a model file, one in `senga.learn.course_export`.
"""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from senga.learn import checkpoint
from senga.learn.closer_lesson import CloserLesson
from senga.learn.course_recipes import CloseRecipe, CourseRecipe, PaintRecipe, ShadeRecipe, as_table
from senga.learn.courses import follow
from senga.learn.data.cache import Cache
from senga.learn.data.samples import Views
from senga.learn.freed_memory import keep_freed_memory
from senga.learn.lesson import Lesson
from senga.learn.networks.closer import Closer
from senga.learn.networks.painter import Painter
from senga.learn.networks.shader import Shader
from senga.learn.painter_lesson import PainterLesson, fit_bins
from senga.learn.shader_lesson import ShaderLesson
from senga.learn.standing import held

JUDGED = Views(size=128, whole=1.0, accidents=0.0)
"""How validation's pictures are shown, whatever the training sees: numbers of all parts of a run compare. Ours."""


def make_lesson(recipe: CourseRecipe, cache: Cache, *, fresh: bool, device: str = "cpu") -> Lesson[Any]:
    """The lesson that a recipe describes, with a network of seeded random weights.

    Args:
        recipe: of a course. cache: samples are made from it.
        fresh: a run begins, and does not go on: what is read off the data first is read.
        device: of the losses.
    """
    torch.manual_seed(recipe.course.seed)
    return LESSONS[recipe.task](recipe, cache, fresh=fresh, device=device)


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
    """Trains a course, or goes on with it; this process keeps the memory that it frees from then on.

    Args:
        threads: processor threads; None: as many as PyTorch takes. Else as `senga.learn.courses.follow`.

    Raises:
        TrainingError: as `senga.learn.courses.follow`.
    """
    with held(run):
        keep_freed_memory()
        if threads:
            torch.set_num_threads(threads)
        fresh = not (run / checkpoint.CHECKPOINT).exists()
        lesson = make_lesson(recipe, cache, fresh=fresh, device=device)
        about = {"recipe": recipe.name, "settings": as_table(recipe), "cache": cache.key, "data": cache.described()}
        follow(lesson, recipe.course, run, about, start=start, device=device, budget=budget, tell=tell)


def _painter(recipe: PaintRecipe, cache: Cache, *, fresh: bool, device: str) -> Lesson[Any]:
    network = make_painter(recipe)
    if fresh:
        network.bins.copy_(fit_bins(cache, len(network.bins), Views(), np.random.default_rng(recipe.course.seed)))
    return PainterLesson(
        network, cache, recipe.views, recipe.reveals, judged=JUDGED, stages=recipe.stages, device=device
    )


def make_painter(recipe: PaintRecipe) -> Painter:
    """The painter that a recipe describes, with random weights and random bins."""
    return Painter(**dataclasses.asdict(recipe.network))


def _shader(recipe: ShadeRecipe, cache: Cache, *, fresh: bool, device: str) -> Lesson[Any]:
    network, judge = Shader(**dataclasses.asdict(recipe.network)), recipe.adversary
    return ShaderLesson(network, cache, recipe.parts, device=device, adversary=judge.weight, since=judge.since)


def _closer(recipe: CloseRecipe, cache: Cache, *, fresh: bool, device: str) -> Lesson[Any]:
    return CloserLesson(
        Closer(**dataclasses.asdict(recipe.network)), cache, recipe.look, recipe.openings, device=device
    )


LESSONS: dict[str, Callable[..., Lesson[Any]]] = {"paint": _painter, "shade": _shader, "close": _closer}
"""What makes the lesson of each task; arguments as `make_lesson`."""
