"""How fast courses train on this machine: samples a second, steps, and matrix products as a yardstick."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from senga import image
from senga.learn.course_recipes import PaintRecipe, read_course
from senga.learn.courses import Training, ahead
from senga.learn.curriculum import Course
from senga.learn.data.cache import Cache, Plan, build
from senga.learn.data.painter_batches import make_sample
from senga.learn.data.samples import Draws, Views
from senga.learn.lesson import Lesson
from senga.learn.lessons import make_lesson, make_painter
from senga.learn.painter_lesson import PainterLesson
from senga.learn.precision import has_bf16
from senga.pairs.pairset import Pair, write_manifest

SIZE, BATCH = 128, 16
"""Side of a view, px, and samples a step of the painter: those in which goals are stated. Ours."""

OTHERS = ("shader", "closer")
"""Courses that are timed after it, as their recipes have them."""

GOALS = {1: 22, 2: 45}
"""Pictures a second to reach on so many threads. Ours: a plain U-Net's, measured on two cores."""

SAMPLES = 100
"""The same of the sample maker, on one. Ours: it then takes a fifth of a step's time."""

MADE = 12
"""Pictures that are made where no cache is given. Ours."""


def time_training(cache: Path | None, threads: Sequence[int], seconds: float) -> Iterator[str]:
    """The report, line by line as it is measured; arguments as `senga.bench.training_text`."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    before = torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        opened = Cache.open(cache) if cache else made_cache(Path(folder))
        yield f"cache: {cache or 'made pictures'}, {len(opened.entries)} pictures; torch {torch.__version__}"
        try:
            for count in threads:
                if allowed:
                    os.sched_setaffinity(0, allowed[:count])
                torch.set_num_threads(count)
                yield from _on(opened, count, seconds, Path(folder) / f"run-{count}")
        finally:
            torch.set_num_threads(before)
            if allowed:
                os.sched_setaffinity(0, allowed)


def _on(cache: Cache, threads: int, seconds: float, run: Path) -> Iterator[str]:
    name = "1 thread" if threads == 1 else f"{threads} threads"
    # Where the processor has none, courses do without, and a product takes minutes.
    half = f"{matrix_product(torch.bfloat16) / 1e9:.0f} in bf16" if has_bf16() else "no bf16 on this processor"
    yield f"{name}: matrix product: {matrix_product(torch.float32) / 1e9:.0f} GFLOP/s in fp32, {half}"
    recipe = read_course("painter")
    assert isinstance(recipe, PaintRecipe)
    views, random = Views(size=SIZE), np.random.default_rng(0)
    if threads == 1:
        draws = Draws(cache, views.cap)
        speed = rate(lambda: make_sample(cache, draws.next(random), views, recipe.reveals, random), seconds)
        yield f"{name}: {speed:.0f} samples a second at {SIZE} px (goal: {SAMPLES})"
    torch.manual_seed(0)
    run.mkdir()
    lesson = PainterLesson(make_painter(recipe), cache, views, recipe.reveals)
    speed = step_rate(lesson, Course(pictures=1 << 40, batch=BATCH), run, seconds)
    goal = f" (goal: {GOALS[threads]})" if threads in GOALS else ""
    yield f"{name}: {speed:.1f} pictures a second in steps of {BATCH} at {SIZE} px{goal}, samples included"
    for other in OTHERS:
        course = read_course(other)
        speed = step_rate(make_lesson(course, cache, fresh=True), course.course, run, seconds)
        yield f"{name}: {speed:.1f} pictures a second of the {other} in steps of {course.course.batch}"


def step_rate(lesson: Lesson[Any], course: Course, run: Path, seconds: float) -> float:
    """Pictures a second of a lesson's steps, samples included; `run` is a folder that nothing is kept in."""
    training = Training(lesson, course, run, {}, None, "cpu", lambda _: None)
    lesson.network.train()
    with ahead(lesson, np.random.default_rng(0), course.batch) as batches:
        return course.batch * rate(lambda: training.learn(next(batches)), seconds)


def rate(work: Callable[[], object], seconds: float) -> float:
    """Calls a second over some seconds, after one call that is not counted."""
    work()
    start, calls = time.perf_counter(), 0
    while calls == 0 or time.perf_counter() - start < seconds:
        work()
        calls += 1
    return calls / (time.perf_counter() - start)


def matrix_product(kind: torch.dtype, side: int = 2048, runs: int = 5) -> float:
    """FLOP/s of the product of two square matrices, best of `runs`."""
    a = torch.rand(side, side).to(kind)
    best = 0.0
    for _ in range(runs + 1):
        start = time.perf_counter()
        a @ a
        best = max(best, 2 * side**3 / (time.perf_counter() - start))
    return best


def made_cache(folder: Path) -> Cache:
    """A cache of made pictures: rings and rectangles of one color each, as many regions as drawings have."""
    source = folder / "set"
    source.mkdir()
    pairs = []
    for i in range(MADE):
        random = np.random.default_rng(i)
        picture = np.full((256, 320, 3), 235, np.uint8)
        for _ in range(60):
            y, x = random.integers(230), random.integers(290)
            h, w = random.integers(10, 80), random.integers(10, 80)
            picture[y : y + h, x : x + w] = 25
            picture[y + 2 : y + h - 2, x + 2 : x + w - 2] = random.integers(60, 256, 3)
        image.write(source / f"{i}.png", picture)
        name, split = f"{i}.png", "val" if i == 0 else "train"
        pairs.append(Pair(name, None, name, (0, 0, 320, 256), 0, "none", {}, f"{i:064x}", split, name))  # type: ignore[arg-type]
    write_manifest(source, pairs)
    return build(Plan((source,)), folder / "cache", workers=1)
