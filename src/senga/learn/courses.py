"""A training loop for runs that never stop: they save by the clock, log pictures a second, and go on where they were.

A run ends early when somebody asks for it (`senga.learn.standing.stop_asked`), and then saves first: nothing is lost.

One process, a processor or a GPU. The recipes of published experiments train by `senga.learn.train`; this loop serves
lessons that make their own samples from a cache.
"""

import copy
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic

import numpy as np
import torch
from torch import nn

from senga import image
from senga.errors import TrainingError
from senga.learn import checkpoint, run_history
from senga.learn.curriculum import Course
from senga.learn.lesson import Learner, Lesson
from senga.learn.precision import has_bf16
from senga.learn.run_log import append, forget_after
from senga.learn.standing import LOG, SCORES, held, stop_asked, write_standing


def follow(
    lesson: Lesson[Learner],
    course: Course,
    run: Path,
    about: dict[str, Any],
    *,
    start: Path | None = None,
    device: str = "cpu",
    budget: float = math.inf,
    tell: Callable[[str], None] = lambda _: None,
) -> Learner:
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
        TrainingError: a loss that is not finite; a checkpoint of another recipe or network; another process trains
            the same run.
    """
    with held(run), stop_asked(run) as stopped:
        training = Training(lesson, course, run, about, start, device, tell)
        training.work(stopped, budget)
        return training.finish(judged=not stopped())


class Training(Generic[Learner]):
    """A run that goes on: weights, their average, the optimizer, and the clocks by which it saves and judges."""

    def __init__(
        self,
        lesson: Lesson[Learner],
        course: Course,
        run: Path,
        about: dict[str, Any],
        start: Path | None,
        device: str,
        tell: Callable[[str], None],
    ) -> None:
        self.lesson, self.course, self.run, self.about = lesson, course, run, about
        self.device, self.tell = device, tell
        self.network = network = lesson.network
        torch.manual_seed(course.seed)
        if start:
            checkpoint.load_weights(start, network)
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = checkpoint.Average(network, course.average)
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=course.rate, betas=(0.9, course.beta2), weight_decay=course.decay, foreach=True
        )
        self.step, self.seen, self.spent = 0, 0, 0.0
        saved = self._go_on()
        recipe = {"name": about.get("recipe", ""), **about.get("settings", {})}
        self.runs = run_history.begin(recipe, about.get("cache", ""), device, start, saved)
        # What comes after a break is drawn anew, not repeated: a run that stops often still sees everything.
        self.random = np.random.default_rng([course.seed, self.step])
        for file in (run / LOG, run / SCORES):
            forget_after(file, self.step)
        self.began = time.monotonic()
        self.half = device != "cpu" or has_bf16()
        self.sums: dict[str, float] = {}
        self.counted, self.reported = 0, self.began

    @property
    def minutes(self) -> float:
        """Of training, over all parts of the run."""
        return self.spent + (time.monotonic() - self.began) / 60

    def work(self, stopped: Callable[[], bool], budget: float) -> None:
        """Steps until the course, the minutes of the budget, or somebody's patience ends."""
        saved = evaluated = renewed = self.reported = time.monotonic()
        write_standing(self.run, self.step, self.seen, self.course.pictures, self.minutes, 0.0)
        self.lesson.advance(self.seen / self.course.pictures)
        self.network.train()
        with ahead(self.lesson, self.random, self.course.batch) as batches:
            while self.seen < self.course.pictures and time.monotonic() - self.began < 60 * budget and not stopped():
                self.lesson.advance(self.seen / self.course.pictures)
                self.learn(next(batches))
                now = time.monotonic()
                if now - self.reported > 60:
                    self._log(now)
                if now - renewed > 300:
                    self.lesson.renew()
                    renewed = now
                if now - saved > 60 * self.course.save:
                    self.save()
                    saved = now
                if now - evaluated > 60 * self.course.evaluate:
                    self._log(now)
                    self.judge()
                    evaluated = self.reported = time.monotonic()

    def finish(self, *, judged: bool) -> Learner:
        """Saves what there is, with scores if they are wanted; answers with the averaged network."""
        self._log(time.monotonic())
        self.save()
        if judged:
            return self.judge()
        self.tell(f"{self.run}: stopped and saved at {self.seen:,} pictures; the same command goes on")
        return self.write_weights()

    def save(self) -> None:
        """Writes the checkpoint."""
        content = {"recipe": json.dumps(self.about), "step": self.step, "seen": self.seen, "minutes": self.minutes}
        content |= {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        content[run_history.HISTORY] = self._history()
        checkpoint.save(self.run, content | {"average": self.average.tensors})

    def judge(self) -> Learner:
        """Scores the averaged weights, draws the sheet, and writes the weights; answers with their network."""
        judge(self.lesson, self.network, self.average, self.run, self.step, self.seen, self.tell)
        return self.write_weights()

    def write_weights(self) -> Learner:
        """Writes the averaged weights; answers with a network that has them, in evaluation mode."""
        averaged = copy.deepcopy(self.network)
        averaged.load_state_dict(self.average.tensors)
        averaged = averaged.to("cpu").eval()
        words = in_words(self.about, self.step, self.seen, self.minutes)
        words[run_history.HISTORY] = self._history()
        checkpoint.save_weights(self.run / checkpoint.WEIGHTS, averaged, words)
        return averaged

    def _history(self) -> str:
        """The life of the weights until now."""
        return run_history.in_text(self.runs, steps=self.step, pictures=self.seen, minutes=self.minutes)

    def _go_on(self) -> list[dict[str, Any]] | None:
        """Takes up the run's checkpoint, if there is one; its history, empty if it is older than those."""
        state = checkpoint.load(self.run)
        if state is None:
            return None
        before = json.loads(state["recipe"])
        name, mine = before.get("recipe"), self.about.get("recipe")
        if name != mine:
            raise TrainingError(f"{self.run}: a run of the recipe '{name}', not of '{mine}'; name another folder")
        task, mine = (about.get("settings", {}).get("task") for about in (before, self.about))
        if task and mine and task != mine:  # older runs do not say
            raise TrainingError(f"{self.run}: a run of the task '{task}', not of '{mine}'; name another folder")
        try:
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise TrainingError(f"{self.run}: its checkpoint is of another network; name another folder") from error
        self.average.tensors = {k: v.to(self.device) for k, v in state["average"].items()}
        self.step, self.seen, self.spent = state["step"], state["seen"], state["minutes"]
        self.tell(f"going on at {self.seen:,} pictures of {self.course.pictures:,}")
        history: list[dict[str, Any]] = json.loads(state.get(run_history.HISTORY, "[]"))
        return history

    def learn(self, batch: Any) -> None:
        """One step."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.course.rate * pace(self.course, self.step, self.seen)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.half):
            losses = self.lesson.losses(batch)
        total = torch.stack([v.float() for v in losses.values()]).sum()
        if not torch.isfinite(total):
            raise TrainingError(f"{self.run}: the loss is not finite at step {self.step}; lower the rate")
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.course.clip)
        self.optimizer.step()
        self.average.update(self.network, self.step)
        self.step, self.seen, self.counted = self.step + 1, self.seen + self.course.batch, self.counted + 1
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value.detach())

    def _log(self, now: float) -> None:
        """A row of what the losses were since the last one; nothing if nothing was learned since."""
        speed = self.counted * self.course.batch / max(now - self.reported, 1e-6)
        write_standing(self.run, self.step, self.seen, self.course.pictures, self.minutes, speed)
        if self.counted:
            means = {k: v / self.counted for k, v in self.sums.items()}
            row = {"step": self.step, "seen": self.seen, "minutes": self.minutes, "speed": speed}
            append(self.run / LOG, row | means)
            shown = ", ".join(f"{k} {v:.4f}" for k, v in means.items())
            self.tell(f"{self.seen:,} of {self.course.pictures:,} pictures, {speed:.1f} a second: {shown}")
        self.sums, self.counted, self.reported = {}, 0, now


def in_words(about: Mapping[str, Any], step: int, seen: int, minutes: float) -> dict[str, str]:
    """What stands beside a run's weights, all of it text."""
    words = {k: v if isinstance(v, str) else json.dumps(v) for k, v in about.items()}
    return words | {"step": str(step), "seen": str(seen), "minutes": f"{minutes:.1f}"}


def pace(course: Course, step: int, seen: int) -> float:
    """The rate at a step, as a share of the course's."""
    rise = min(1.0, (step + 1) / max(1, course.warmup))
    left = (1 - seen / course.pictures) / max(1e-6, course.cooldown)
    fall = 1.0 if left >= 1 else 0.05 + 0.95 * 0.5 * (1 - math.cos(math.pi * max(0.0, left)))
    return rise * fall


def judge(
    lesson: Lesson[Learner],
    network: Learner,
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


@contextmanager
def ahead(lesson: Lesson[Any], random: np.random.Generator, count: int) -> Iterator[Iterator[Any]]:
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
