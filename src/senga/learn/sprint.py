"""Training against the clock, on a machine that is lent for minutes: everything in memory, samples made on the device.

The course's stages and rate go by the share of the time that is gone. Scores and averaged weights are written every
minute, so that whatever ends the machine early leaves the last of them.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from safetensors.torch import save as encode
from torch import Tensor, nn

from senga import image, storage
from senga.errors import TrainingError
from senga.learn import checkpoint, run_history
from senga.learn.course_recipes import PaintRecipe, as_table
from senga.learn.courses import pace
from senga.learn.curriculum import views_at
from senga.learn.data.batched import make_batch
from senga.learn.data.painter_batches import PainterBatch
from senga.learn.data.prepared import Prepared
from senga.learn.data.samples import Draws, Views
from senga.learn.lessons import JUDGED, make_painter
from senga.learn.networks.painter import Painter
from senga.learn.painter_lesson import PainterLesson, fit_bins, objectives
from senga.learn.run_log import append
from senga.learn.standing import LOG, SCORES

FILE = 15_000_000
"""Bytes of a file of weights at most: what is taken back from a lent machine is often limited. Ours."""

LAST = 0.04
"""Share of the time that is kept for the last scores and for writing, 20 seconds at most. Ours."""


@dataclass(frozen=True)
class Sprint:
    """How to train against the clock.

    Attributes:
        seconds: from `begun` on, after which all is written. steps: at most; 0: as many as the time allows.
        batch: samples a step. rate: in place of the recipe's; 0: the recipe's times the root of how much larger the
            batch is, twice it at most.
        save: seconds between scores. least: pictures that are ready before the first step.
        compiled: have the step compiled.
        workers: processes that decode and find regions.
        begun: when the clock started, by `time.monotonic`.
    """

    seconds: float = 600.0
    steps: int = 0
    batch: int = 256
    rate: float = 0.0
    save: float = 60.0
    least: int = 1000
    compiled: bool = True
    workers: int = 16
    begun: float = 0.0


def run_sprint(
    recipe: PaintRecipe,
    folders: list[Path],
    out: Path,
    scratch: Path,
    sprint: Sprint,
    *,
    device: str = "cpu",
    start: list[Path] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """Trains the painter from packed pictures; the last scores, with `steps`, `pictures` and `first_step` (seconds).

    Args:
        recipe: of the painter. folders: of packed pictures. out: folder of weights, scores and log.
        scratch: folder of files that are not kept. sprint: how long and how. device: "cpu" or "cuda".
        start: files of weights to start from. tell: called with each line worth reading.

    Raises:
        TrainingError: no pictures; weights of another network; a loss that is not finite.
    """
    out.mkdir(parents=True, exist_ok=True)
    prepared = Prepared(folders, scratch, device=device, workers=sprint.workers)
    try:
        prepared.begin(tell)
        prepared.wait_until(sprint.least)
        return _Runner(recipe, prepared, out, sprint, device, start or [], tell).run()
    finally:
        prepared.close()


class _Runner:
    """Network, average and optimizer of a sprint."""

    def __init__(
        self,
        recipe: PaintRecipe,
        prepared: Prepared,
        out: Path,
        sprint: Sprint,
        device: str,
        start: list[Path],
        tell: Callable[[str], None],
    ) -> None:
        self.recipe, self.prepared, self.out, self.sprint = recipe, prepared, out, sprint
        self.device, self.tell, self.course = device, tell, recipe.course
        torch.manual_seed(self.course.seed)
        torch.set_float32_matmul_precision("high")
        network = make_painter(recipe)
        if start:
            load_parts(start, network)
        else:
            random = np.random.default_rng(self.course.seed)
            looks = min(400, 20 * len(prepared.held.of("train")))
            network.bins.copy_(fit_bins(prepared.held, len(network.bins), Views(), random, looks))
        self.runs = run_history.begin(as_table(recipe), "", device, start[0] if start else None, None)
        self.network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.weights = [p for p in self.network.parameters() if p.requires_grad]
        self.average = [w.detach().clone() for w in self.weights]
        self.judged = make_painter(recipe).to(device).eval()
        self.judged.load_state_dict(self.network.state_dict())
        larger = min(2.0, math.sqrt(sprint.batch / self.course.batch))
        self.rate = sprint.rate or self.course.rate * larger
        self.optimizer = torch.optim.AdamW(
            self.weights,
            lr=self.rate,
            betas=(0.9, self.course.beta2),
            weight_decay=self.course.decay,
            fused=device != "cpu",
            foreach=device == "cpu",
        )
        self.draws = Draws(prepared.held, recipe.views.cap)
        self.lesson = PainterLesson(self.judged, prepared.held, judged=JUDGED, device=device)
        self.random = np.random.default_rng([self.course.seed, 1])
        self.step, self.first = 0, 0.0
        self.sums = torch.zeros(2, device=device)
        self.counted, self.reported = 0, time.monotonic()
        self.learn: Callable[[PainterBatch, bool], Tensor] = self._losses
        if sprint.compiled:
            self.learn = torch.compile(self._losses, dynamic=False)

    def run(self) -> dict[str, float]:
        """Trains until the time or the steps are over."""
        saved = time.monotonic()
        end = self.sprint.begun + self.sprint.seconds - min(20.0, self.sprint.seconds * LAST)
        self.network.train()
        while (not self.sprint.steps or self.step < self.sprint.steps) and time.monotonic() < end:
            self._learn_once()
            now = time.monotonic()
            if self.prepared.take_up():
                self.draws.renew()
            if now - self.reported > 10:
                self._log(now)
            if now - saved > self.sprint.save and end - now > min(10.0, self.sprint.save):
                self.judge()
                saved = time.monotonic()
        self._log(time.monotonic())
        scores = self.judge(sheet=True)
        seen = self.step * self.sprint.batch
        summary = scores | {"steps": float(self.step), "pictures": float(seen), "first_step": self.first}
        storage.write(self.out / "summary.json", json.dumps(summary, indent=1).encode())
        self.tell(f"done: {self.step:,} steps, {seen:,} pictures, {time.monotonic() - self.sprint.begun:.0f} s in all")
        return summary

    @property
    def share(self) -> float:
        """How much of the sprint is over."""
        by_time = (time.monotonic() - self.sprint.begun) / self.sprint.seconds
        return min(1.0, max(by_time, self.step / self.sprint.steps if self.sprint.steps else 0.0))

    def judge(self, *, sheet: bool = False) -> dict[str, float]:
        """Scores the averaged weights and writes them."""
        judged: list[Tensor] = [p for p in self.judged.parameters() if p.requires_grad]
        with torch.no_grad():
            torch._foreach_copy_(judged, self.average)
            scores = self.lesson.validate(self.judged)
            picture = self.lesson.sheet(self.judged) if sheet else None
        seen = self.step * self.sprint.batch
        append(self.out / SCORES, {"step": self.step, "seen": seen, **scores})
        self.tell(f"{seen:,} pictures: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
        minutes = (time.monotonic() - self.sprint.begun) / 60
        about = {"recipe": self.recipe.name, "settings": json.dumps(as_table(self.recipe)), "seen": str(seen)}
        about |= {"step": str(self.step), "minutes": f"{minutes:.1f}"}
        about[run_history.HISTORY] = run_history.in_text(self.runs, steps=self.step, pictures=seen, minutes=minutes)
        save_parts(self.out, self.judged, about)
        if picture is not None:
            image.write(self.out / "sheet.webp", picture, force=True)
        return scores

    def _learn_once(self) -> None:
        course, share = self.course, self.share
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * pace(course, self.step, int(share * course.pictures))
        referred = self.sprint.batch % 2 == 0 and self.random.random() < self.recipe.reveals.references
        with torch.no_grad():
            views = views_at(self.recipe.views, self.recipe.stages, share)
            batch = make_batch(
                self.prepared.store, self._numbers(referred), views, self.recipe.reveals, referred=referred
            )
        try:
            losses = self._falls(batch, referred)
        except Exception as error:  # compilers raise errors of many kinds
            if self.learn == self._losses:
                raise
            self.tell(f"not compiled ({type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}); as it is")
            self.learn = self._losses
            losses = self._falls(batch, referred)
        nn.utils.clip_grad_norm_(self.weights, course.clip)
        self.optimizer.step()
        decay = min(course.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(self.average, [w.detach() for w in self.weights], 1 - decay)
        self.sums += losses.detach()
        self.step, self.counted = self.step + 1, self.counted + 1
        if self.step == 1:
            self.first = time.monotonic() - self.sprint.begun
            self.tell(f"first step after {self.first:.0f} s, {len(self.draws)} pictures ready")

    def _falls(self, batch: PainterBatch, referred: bool) -> Tensor:
        """Losses of a batch; leaves their gradients."""
        self.optimizer.zero_grad(set_to_none=True)
        losses = self.learn(batch, referred)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        return losses

    def _losses(self, batch: PainterBatch, referred: bool) -> Tensor:
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device != "cpu"):
            losses = objectives(self.network, batch, referred=referred)
        return torch.stack([v.float() for v in losses.values()])

    def _numbers(self, referred: bool) -> Tensor:
        """Numbers of the next pictures, (B,); see `senga.learn.data.painter_batches.make_batch`."""
        count = self.sprint.batch
        if not referred:
            numbers = [self.draws.next(self.random) for _ in range(count)]
        else:
            numbers = []
            for _ in range(count // 2):
                one = self.draws.next(self.random)
                numbers += [one, self.draws.beside(one, self.random) if self.random.random() < 0.6 else one]
        return torch.tensor(numbers).to(self.device, non_blocking=True)

    def _log(self, now: float) -> None:
        if not self.counted:
            return
        means = (self.sums / self.counted).tolist()
        if not all(map(math.isfinite, means)):
            raise TrainingError(f"the loss is not finite at step {self.step}; lower the rate")
        speed = self.counted * self.sprint.batch / max(now - self.reported, 1e-6)
        named = dict(zip(("surprise", "mean"), means, strict=True))
        row: dict[str, Any] = {"step": self.step, "seen": self.step * self.sprint.batch, "speed": speed, **named}
        append(self.out / LOG, row | {"ready": len(self.draws), "share": self.share})
        shown = ", ".join(f"{k} {v:.4f}" for k, v in named.items())
        self.tell(f"step {self.step:,}, {speed:.0f} pictures a second, {len(self.draws):,} ready: {shown}")
        self.sums.zero_()
        self.counted, self.reported = 0, now


def save_parts(folder: Path, network: nn.Module, about: dict[str, str], limit: int = FILE) -> list[Path]:
    """Writes weights as fp16 safetensors, in as many files as `limit` bytes each ask for; their names.

    One file is `weights.safetensors`; several are `weights-0.safetensors` and so on.
    """
    tensors = {
        k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in network.state_dict().items()
    }
    groups: list[dict[str, Tensor]] = [{}]
    room = limit - 100_000
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        if groups[-1] and size > room:
            groups.append({})
            room = limit - 100_000
        groups[-1][name] = tensor
        room -= size
    one = len(groups) == 1
    files = []
    for i, group in enumerate(groups):
        file = folder / ("weights.safetensors" if one else f"weights-{i}.safetensors")
        storage.write(file, encode(group, about))
        files.append(file)
    return files


def load_parts(files: list[Path], network: nn.Module) -> None:
    """Starts a network from the files of `save_parts`, or from one that `senga.learn.checkpoint.load_weights` reads.

    Raises:
        TrainingError: missing or broken files, or weights of another network.
    """
    if len(files) == 1:
        checkpoint.load_weights(files[0], network)
        return
    tensors: dict[str, Tensor] = {}
    for file in files:
        try:
            tensors |= load_file(file)
        except Exception as error:
            raise TrainingError(f"{file}: not a weights file ({error})") from error
    mine = network.state_dict()
    wrong = [k for k in mine if k not in tensors or tensors[k].shape != mine[k].shape]
    if wrong or len(tensors) != len(mine):
        names = ", ".join(map(str, files))
        raise TrainingError(f"{names}: weights of another network ({len(wrong)} of {len(mine)} tensors do not fit)")
    network.load_state_dict({k: v.to(mine[k].dtype) for k, v in tensors.items()})


def join_parts(files: list[Path], recipe: PaintRecipe, out: Path) -> None:
    """Writes the files of `save_parts` as one file of weights, from which a course can start; what they say stays."""
    network: Painter = make_painter(recipe)
    load_parts(files, network)
    with safe_open(files[0], "numpy") as first:
        about = dict(first.metadata() or {})
    save_parts(out.parent, network, about, limit=1 << 40)[0].replace(out)
