"""A training loop for runs that never stop: they save by the clock, log pictures a second, and go on where they were.

One process, a processor or a GPU. The recipes of published experiments train by `senga.learn.train`; this loop serves
lessons that make their own samples from a cache.
"""

import csv
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from senga import image
from senga.errors import TrainingError
from senga.learn import checkpoint
from senga.learn.lesson import Lesson

LOG, SCORES, STATUS = "losses.csv", "scores.csv", "status.json"


@dataclass(frozen=True)
class Course:
    """How long, and at which rate.

    Attributes:
        pictures: seen in all, over all parts of the run.
        batch: samples a step.
        rate: of AdamW, reached after `warmup` steps; falls as a cosine to a twentieth over the last `cooldown` share.
        average: decay of the moving average of weights.
        save, evaluate: minutes between checkpoints, and between validations.
        seed: of everything drawn at random.
    """

    pictures: int
    batch: int = 16
    rate: float = 8e-4
    beta2: float = 0.98
    decay: float = 0.02
    warmup: int = 200
    cooldown: float = 0.33
    clip: float = 1.0
    average: float = 0.999
    save: float = 3.0
    evaluate: float = 15.0
    seed: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a run is, in its folder as `status.json`.

    Attributes:
        step: steps done. seen: pictures. minutes: of training, over all parts.
        speed: pictures a second over the last minute. process: number of the process that trains, or trained.
        written: when, as seconds since 1970.
    """

    step: int
    seen: int
    pictures: int
    minutes: float
    speed: float
    process: int
    written: float


def follow(
    lesson: Lesson,
    course: Course,
    run: Path,
    about: dict[str, Any],
    *,
    start: Path | None = None,
    device: str = "cpu",
    budget: float = math.inf,
    tell: Callable[[str], None] = lambda _: None,
) -> nn.Module:
    """Trains a lesson's network, or goes on with it.

    Args:
        lesson: what is learned. course: how long and how.
        run: folder; checkpoint, log, scores, sheets and averaged weights land there.
        about: what is written beside the weights: recipe, data.
        start: weights to start a new run from.
        budget: minutes from now after which this part ends, the run not being over.
        tell: called with each line worth reading.

    Returns:
        The averaged network, in evaluation mode.

    Raises:
        TrainingError: a loss that is not finite; a checkpoint of another network.
    """
    run.mkdir(parents=True, exist_ok=True)
    network = lesson.network
    torch.manual_seed(course.seed)
    if start:
        checkpoint.load_weights(start, network)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = checkpoint.Average(network, course.average)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=course.rate, betas=(0.9, course.beta2), weight_decay=course.decay, foreach=True
    )
    step, seen, spent = 0, 0, 0.0
    state = checkpoint.load(run)
    if state:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        average.tensors = {k: v.to(device) for k, v in state["average"].items()}
        step, seen, spent = state["step"], state["seen"], state["minutes"]
        tell(f"going on at {seen:,} pictures of {course.pictures:,}")
    # What comes after a break is drawn anew, not repeated: a run that stops often still sees everything.
    random = np.random.default_rng([course.seed, step])
    _forget_after(run, step)
    began = saved = evaluated = renewed = told = time.monotonic()
    sums: dict[str, float] = {}
    counted = 0
    half = device != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())

    def minutes() -> float:
        return spent + (time.monotonic() - began) / 60

    def save() -> None:
        content = {"recipe": json.dumps(about), "step": step, "seen": seen, "minutes": minutes()}
        content |= {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "average": average.tensors}
        checkpoint.save(run, content)

    network.train()
    with _ahead(lesson, random, course.batch) as batches:
        while seen < course.pictures and time.monotonic() - began < 60 * budget:
            for group in optimizer.param_groups:
                group["lr"] = course.rate * pace(course, step, seen)
            batch = next(batches)
            with torch.autocast(device, torch.bfloat16, enabled=half):
                losses = lesson.losses(batch)
            total = torch.stack([v.float() for v in losses.values()]).sum()
            if not torch.isfinite(total):
                raise TrainingError(f"{run}: the loss is not finite at step {step}; lower the rate")
            optimizer.zero_grad(set_to_none=True)
            total.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), course.clip)
            optimizer.step()
            average.update(network, step)
            step, seen, counted = step + 1, seen + course.batch, counted + 1
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            now = time.monotonic()
            if now - told > 60:
                speed = counted * course.batch / (now - told)
                means = {k: v / counted for k, v in sums.items()}
                append(run / LOG, {"step": step, "seen": seen, "minutes": minutes(), "speed": speed, **means})
                standing = Standing(step, seen, course.pictures, minutes(), speed, os.getpid(), time.time())
                (run / STATUS).write_text(json.dumps(asdict(standing), indent=1))
                shown = ", ".join(f"{k} {v:.4f}" for k, v in means.items())
                tell(f"{seen:,} of {course.pictures:,} pictures, {speed:.1f} a second: {shown}")
                sums, counted, told = {}, 0, now
            if now - renewed > 300:
                lesson.renew()
                renewed = now
            if now - saved > 60 * course.save:
                save()
                saved = now
            if now - evaluated > 60 * course.evaluate:
                judge(lesson, network, average, run, step, seen, tell)
                write_weights(run, network, average, about, seen, minutes())
                evaluated = told = time.monotonic()
                sums, counted = {}, 0
    save()
    judge(lesson, network, average, run, step, seen, tell)
    averaged = write_weights(run, network, average, about, seen, minutes())
    return averaged


def pace(course: Course, step: int, seen: int) -> float:
    """The rate at a step, as a share of the course's."""
    rise = min(1.0, (step + 1) / max(1, course.warmup))
    left = (1 - seen / course.pictures) / max(1e-6, course.cooldown)
    fall = 1.0 if left >= 1 else 0.05 + 0.95 * 0.5 * (1 - math.cos(math.pi * max(0.0, left)))
    return rise * fall


def judge(
    lesson: Lesson,
    network: nn.Module,
    average: checkpoint.Average,
    run: Path,
    step: int,
    seen: int,
    tell: Callable[[str], None],
) -> None:
    """Scores the averaged weights, and draws the sheet."""
    mine = {k: v.clone() for k, v in network.state_dict().items()}
    network.load_state_dict(average.tensors)
    network.eval()
    try:
        with torch.no_grad():
            scores = lesson.validate(network)
            sheet = lesson.sheet(network)
    finally:
        network.load_state_dict(mine)
        network.train()
    append(run / SCORES, {"step": step, "seen": seen, **scores})
    tell(f"{seen:,} pictures: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    if sheet is not None:
        image.write(run / f"sheet-{seen:08d}.png", sheet, force=True)


def write_weights(
    run: Path, network: nn.Module, average: checkpoint.Average, about: dict[str, Any], seen: int, minutes: float
) -> nn.Module:
    """Writes the averaged weights; answers with a network that has them."""
    import copy

    averaged = copy.deepcopy(network)
    averaged.load_state_dict(average.tensors)
    averaged = averaged.to("cpu").eval()
    words = {k: v if isinstance(v, str) else json.dumps(v) for k, v in about.items()}
    checkpoint.save_weights(run / checkpoint.WEIGHTS, averaged, words | {"seen": str(seen), "minutes": f"{minutes:.1f}"})
    return averaged


def append(file: Path, row: dict[str, float]) -> None:
    """Adds a row to a CSV file; a file of other columns is put aside under a further name."""
    fields = list(row)
    if file.exists():
        with file.open(newline="") as lines:
            header = next(csv.reader(lines), [])
        if header != fields:
            file.replace(file.with_name(f"{file.stem}-{int(time.time())}.csv"))
    new = not file.exists()
    with file.open("a", newline="") as out:
        writer = csv.DictWriter(out, fields)
        if new:
            writer.writeheader()
        writer.writerow({k: v if isinstance(v, int) else f"{v:.5g}" for k, v in row.items()})


def _forget_after(run: Path, step: int) -> None:
    """Takes rows out of the logs that a lost part of the run wrote."""
    for file in (run / LOG, run / SCORES):
        if file.exists():
            with file.open(newline="") as lines:
                rows = list(csv.reader(lines))
            kept = [rows[0], *(r for r in rows[1:] if r and float(r[0]) <= step)] if rows else []
            with file.open("w", newline="") as out:
                csv.writer(out).writerows(kept)


@contextmanager
def _ahead(lesson: Lesson, random: np.random.Generator, count: int) -> Iterator[Iterator[Any]]:
    """Batches; with more than one thread, the next is made beside the step."""
    if torch.get_num_threads() < 2:
        yield iter(lambda: lesson.batch(random, count), None)
        return
    with ThreadPoolExecutor(1) as pool:

        def batches() -> Iterator[Any]:
            coming = pool.submit(lesson.batch, random, count)
            while True:
                batch = coming.result()
                coming = pool.submit(lesson.batch, random, count)
                yield batch

        yield batches()
