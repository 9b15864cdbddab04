"""Training of recipes from pairs: CPU or GPU, one device or several, by the same code.

`train` is a `RecipeRun` from its setup to its finish: set up, restored if it was stopped, then step by step with an
evaluation now and then.
"""

import json
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from senga import image
from senga.errors import TrainingError
from senga.learn import checkpoint, distributed, run_history
from senga.learn.adversary import Adversary
from senga.learn.answers import answer
from senga.learn.batch_norms import SETTLE, settle
from senga.learn.color_bins import fit_bins
from senga.learn.curves import draw_curves
from senga.learn.data.batches import Batch, Batches
from senga.learn.data.store import Shelf
from senga.learn.data.window import Share
from senga.learn.freed_memory import keep_freed_memory
from senga.learn.line_validation import LineValidation
from senga.learn.losses import compute_losses
from senga.learn.networks.generators import make_generator
from senga.learn.networks.spec import Answer, Network
from senga.learn.networks.style import open_encoder
from senga.learn.precision import in_half, laid_out
from senga.learn.run_log import Tally, append, forget_after
from senga.learn.standing import LOG, SCORES, held, stop_asked, write_standing
from senga.learn.validation import Validation
from senga.pairs.pairset import PairSet
from senga.recipe import AT_USE, Recipe, Training, as_table
from senga.recipefile import from_saved_table

LATEST = 300
"""Seconds after which a checkpoint is written, however few steps there were: slow machines lose no more. Ours."""


@dataclass(frozen=True)
class Progress:
    """Where a run is: `step` of `steps` done, mean `losses` since the last report, `speed` in pictures a second."""

    step: int
    steps: int
    losses: dict[str, float]
    speed: float


def train(
    recipe: Recipe,
    pairs: PairSet,
    run: Path,
    *,
    start: Path | None = None,
    devices: int = 1,
    nodes: int = 1,
    budget: float = math.inf,
    memory: float | None = None,
    shelf: Shelf | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> nn.Module:
    """Trains, or goes on with a run that was stopped.

    Everything lands in `run`: checkpoint, losses.csv, scores.csv, curves.png, sample grids, weights.safetensors.
    What is resumed comes to the same numbers. Asked to stop (Ctrl-C, SIGTERM, `standing.ask_to_stop`), it finishes the
    step and saves; a crash loses what came after the last checkpoint, `recipe.training.save` steps or `LATEST` seconds.
    This process keeps the memory that it frees from then on (`senga.learn.freed_memory`).

    Args:
        recipe: the experiment.
        pairs: the data.
        run: folder of the run; made if it is missing.
        start: weights file to start a new run from.
        devices: processes on each node, each with its own GPU (or its own share of the CPU).
        nodes: machines, on each of which this is called. Each process learns from batches of `recipe.training.batch`.
            A process group that stands already is joined as it is.
        budget: minutes, earlier parts of a run that was stopped included. It ends when they are over, if the steps
            are not done by then, and the rate falls in time for it.
        memory: GB (1e9 bytes) for the training pictures that each process holds at once; where that is less than all
            of them, they come and go in parts. None holds all.
        shelf: where pictures may lie that an experiment before this one read; those of this one lie there afterwards.
        report: called about every ten seconds.
        tell: called with each line worth a person's reading.

    Returns:
        The averaged generator, in evaluation mode, on the CPU.

    Raises:
        TrainingError: nothing to train on, `run` holds another experiment, or another process trains it.
        KeyboardInterrupt: somebody asked it to stop, and it has saved.
    """
    if recipe.data.lines.kind == "given" and any(p.line is None for p in pairs.pairs):
        raise TrainingError(f"{pairs.folder}: has pairs without line art; set [data.lines] kind to draw it")
    run.mkdir(parents=True, exist_ok=True)
    keep_freed_memory()
    fabric = distributed.join(devices, nodes)
    if not fabric.is_global_zero:  # one speaks for all
        report, tell = _silent, _silent
    with held(run) if fabric.is_global_zero else nullcontext():
        state = checkpoint.load(run)
        training = RecipeRun(recipe, pairs, run, fabric, state, budget, report, tell)
        if state:
            training.check(state)  # before minutes are spent on reading
        training.set_up(start, memory, shelf)
        if state:
            training.restore(state)
        training.join()
        with stop_asked(run) as stopped:
            training.work(stopped)
        network = training.finish()
    if stopped():  # while it was judged for the last time
        raise KeyboardInterrupt
    return network


@dataclass(frozen=True)
class Moment:
    """What all processes know before a step: how much is `over`, 1 at the end; whether somebody `asked` them to stop;
    whether it is `late` for a checkpoint.
    """

    over: float
    asked: bool
    late: bool


class RecipeRun:
    """One process of a run: its network and data, and where it is.

    Attributes:
        step: of `steps` done. spent: minutes of the run's earlier parts. known: its history as the checkpoint has it,
            None of a new run. leads: whether this process writes for all.
        generator: in training; `wrapped` is what the processes have in common of it.
        saved: when the last checkpoint was written, by `time.monotonic`.
    """

    def __init__(
        self,
        recipe: Recipe,
        pairs: PairSet,
        folder: Path,
        fabric: Fabric,
        state: dict[str, Any] | None,
        budget: float,
        report: Callable[[Progress], None],
        tell: Callable[[str], None],
    ) -> None:
        self.recipe, self.pairs, self.folder, self.fabric = recipe, pairs, folder, fabric
        self.device, self.world, self.leads = fabric.device, fabric.world_size, fabric.is_global_zero
        self.budget, self.report, self.tell = budget, report, tell
        self.half = in_half(recipe.training)
        self.layout = laid_out(self.device, half=self.half)
        self.step: int = state["step"] if state else 0
        self.spent: float = state.get("spent", 0.0) if state else 0.0
        self.began = self.saved = time.monotonic()
        self.known = json.loads(state.get(run_history.HISTORY, "[]")) if state else None
        self.validation: Validation | LineValidation | None = None

    def set_up(self, start: Path | None, memory: float | None, shelf: Shelf | None) -> None:
        """Network, pictures and all that learns, as they are before the first step; arguments as `train`."""
        t = self.recipe.training
        torch.manual_seed(t.seed)
        generator = make_generator(self.recipe)
        if start:
            checkpoint.load_weights(start, generator)
        rank = self.fabric.global_rank
        self.seeded = torch.Generator(self.device).manual_seed(t.seed + 1 + 1000 * rank)
        self.tell(f"reading pictures of {self.pairs.folder}")
        share = Share(rank, self.world)
        self.batches = Batches(
            self.recipe, self.pairs, self.seeded, memory=memory, share=share, step=self.step, shelf=shelf
        )
        if self.batches.window:
            self.tell(self.batches.window.describe())
        self.steps = t.steps or max(1, t.epochs * len(self.batches) // (t.batch * self.world))
        self.runs = run_history.begin(
            as_table(self.recipe), self.pairs.fingerprint(), self.device.type, start, self.known, count=self.world
        )
        self.rarity = fit_bins(generator, self.batches, fresh=start is None)
        self.generator: Network = generator.to(self.device).to(memory_format=self.layout)  # type: ignore[call-overload]
        self.eye = open_encoder(self.recipe.generator).to(self.device) if self.recipe.hints.references else None
        self.average = checkpoint.Average(self.generator, t.average)
        self.optimizer: Any = torch.optim.AdamW(
            self.generator.parameters(), lr=t.rate, betas=(t.beta1, t.beta2), weight_decay=t.decay, eps=1e-8
        )
        self.adversary = Adversary(self.recipe, self.device, self.layout) if self.recipe.losses.adversary else None

    def check(self, state: dict[str, Any]) -> None:
        """Refuses a checkpoint that is not this run's.

        Raises:
            TrainingError: it is of another recipe, or of another number of processes.
        """
        _same_experiment(state["recipe"], self.recipe, self.folder)
        if len(state["seeded"]) != self.world:
            raise TrainingError(
                f"{self.folder}: a run of {len(state['seeded'])} processes, not of {self.world};"
                " go on with as many, or anew with --run"
            )

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up a checkpoint."""
        self.generator.load_state_dict(state["generator"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.tensors = {k: v.to(self.device) for k, v in state["average"].items()}
        # Cloned: torch crashes on a view into the states of all processes.
        self.seeded.set_state(state["seeded"][self.fabric.global_rank].clone())
        self.rarity = state["rarity"]
        if self.adversary:
            self.adversary.network.load_state_dict(state["discriminator"])
            self.adversary.optimizer.load_state_dict(state["discriminator_optimizer"])
        self.tell(f"going on at step {self.step} of {self.steps}")

    def join(self) -> None:
        """Brings the processes to one network; the leading one makes ready to write and to evaluate.

        Raises:
            TrainingError: they do not see the same folder.
        """
        steps = distributed.gather(torch.tensor(self.step), self.device)
        if any(int(other) != self.step for other in steps):
            raise TrainingError(
                f"{self.folder}: not the same folder for all processes; let it lie on a disk that all nodes share"
            )
        self.wrapped, self.optimizer = self.fabric.setup(self.generator, self.optimizer)
        if self.adversary:
            game = self.adversary
            game.network, game.optimizer = self.fabric.setup(game.network, game.optimizer)
        self.wrapped.mark_forward_method("answer")
        self.rarity = self.fabric.broadcast(self.rarity).to(self.device)
        if self.leads:
            if self.recipe.task == "lines":
                self.validation = LineValidation(self.recipe, self.pairs, self.device)
            else:
                self.validation = Validation(self.recipe, self.pairs, self.device, eye=self.eye)
            (self.folder / "recipe.json").write_text(json.dumps(as_table(self.recipe), indent=1))
            forget_after(self.folder / LOG, self.step)
            forget_after(self.folder / SCORES, self.step)
        self.began = self.saved = time.monotonic()

    def work(self, stopped: Callable[[], bool]) -> None:
        """Steps until steps or minutes are over, or somebody asks for an end; logs, saves and evaluates on the way.

        Raises:
            KeyboardInterrupt: somebody asked; all is saved.
        """
        t, tally = self.recipe.training, Tally()
        self.generator.train()
        self.stand(0.0)
        now = self.agree(stopped)
        while now.over < 1:
            if now.asked:
                self.end_early(tally)
            tally.add(self.learn(now.over))
            now = self.agree(stopped)
            if self.leads and (time.monotonic() - tally.since > 10 or now.over >= 1):
                self.log(tally)
            if self.step % t.save == 0 or now.late or now.over >= 1:
                self.save()
            if (self.step % t.evaluate == 0 or now.over >= 1) and self.validation:
                self.evaluate(self.validation)
                tally.clear()

    def agree(self, stopped: Callable[[], bool]) -> Moment:
        """Where the run is; all processes come to the same answer, whatever their clocks and signals say."""
        over = max(self.step / self.steps, self.minutes() / self.budget)
        own = torch.tensor([over, stopped(), time.monotonic() - self.saved > LATEST], dtype=torch.float64)
        over, asked, late = torch.stack(distributed.gather(own, self.device)).amax(0).tolist()
        return Moment(over, bool(asked), bool(late))

    def end_early(self, tally: Tally) -> None:
        """Saves, for the same command to go on from there.

        Raises:
            KeyboardInterrupt: always.
        """
        if self.leads and tally.counted:
            self.log(tally)
        self.save()
        self.tell(f"stopped at step {self.step} of {self.steps}; the same command goes on from here")
        self.fabric.barrier()  # who ends first may take the others with it
        raise KeyboardInterrupt

    def learn(self, over: float) -> dict[str, Tensor]:
        """One step, `over` of the run being done; answers with its losses.

        Raises:
            TrainingError: loss or gradient is not finite.
        """
        t = self.recipe.training
        for group in self.optimizer.param_groups:
            group["lr"] = t.rate * _pace(t, self.step, over)
        batch = self.batches.next()
        with self.autocast():
            said = answer(self.wrapped, batch, self.eye)
            fooled = self.adversary.fool(said.planes, batch, said.style) if self.adversary else None
        losses = compute_losses(self.recipe, said, batch, self.generator, self.rarity)
        if fooled is not None:
            losses["adversary"] = self.recipe.losses.adversary * fooled
        total = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(total):
            raise self.not_finite("loss")
        self.optimizer.zero_grad()
        self.fabric.backward(total)
        most = t.clip or math.inf
        norm = self.fabric.clip_gradients(self.wrapped, self.optimizer, max_norm=most, error_if_nonfinite=False)
        if norm is not None and not torch.isfinite(norm):
            raise self.not_finite("gradient")
        self.optimizer.step()
        if t.average:
            self.average.update(self.generator, self.step)
        if self.adversary and self.adversary.wants(self.step):
            self.judge(self.adversary, said, batch)
        self.step += 1
        return losses

    def judge(self, adversary: Adversary, said: Answer, batch: Batch) -> None:
        """A step of the discriminator, on what the generator just said."""
        with self.autocast():
            judged = adversary.judge(said.planes, batch, said.style)
        adversary.optimizer.zero_grad()
        self.fabric.backward(judged)
        adversary.optimizer.step()

    def log(self, tally: Tally) -> None:
        """Writes and reports what was counted, and counts anew."""
        means = tally.means() | (self.adversary.reported if self.adversary else {})
        append(self.folder / LOG, {"step": self.step, **means})
        seconds = time.monotonic() - tally.since
        speed = tally.counted * self.stride / seconds
        self.stand(speed)
        self.report(Progress(self.step, self.steps, means, speed))
        tally.clear()

    def stand(self, speed: float) -> None:
        """Lets others know where the run is, at `speed` pictures a second."""
        if self.leads:
            write_standing(self.folder, self.step, self.seen, self.steps * self.stride, self.minutes(), speed)

    def evaluate(self, validation: Validation | LineValidation) -> None:
        """Scores the averaged weights, draws samples and curves; the weights in training stay what they are."""
        generator = self.generator
        kept = {k: v.detach().clone() for k, v in generator.state_dict().items()}
        if self.recipe.training.average:
            generator.load_state_dict(self.average.tensors)
        self.settle(generator)
        generator.eval()
        scores = validation.scores(generator)
        for row in scores:
            append(self.folder / SCORES, {"step": self.step, **row})
        if validation.examples:
            image.write(self.folder / f"samples-{self.step:06d}.png", validation.grid(generator), force=True)
        generator.load_state_dict(kept)
        generator.train()
        draw_curves(self.folder)
        self.tell(f"step {self.step}: {validation.describe(scores) if scores else 'no validation pairs'}")

    def save(self) -> None:
        """Writes the checkpoint; all processes call it."""
        states = distributed.gather(self.seeded.get_state(), self.device)
        self.saved = time.monotonic()
        if not self.leads:
            return
        content = {"recipe": json.dumps(as_table(self.recipe)), "step": self.step, "seeded": states}
        content |= {"generator": self.generator.state_dict(), "average": self.average.tensors}
        content |= {"optimizer": self.optimizer.state_dict(), "rarity": self.rarity, "spent": self.minutes()}
        content[run_history.HISTORY] = self.history()
        if self.adversary:
            content |= {"discriminator": self.adversary.network.state_dict()}
            content |= {"discriminator_optimizer": self.adversary.optimizer.state_dict()}
        checkpoint.save(self.folder, content)

    def finish(self) -> Network:
        """Writes the averaged weights; answers with their network, in evaluation mode, on the CPU."""
        averaged = make_generator(self.recipe).to(self.device)
        kept = self.average.tensors if self.recipe.training.average else self.generator.state_dict()
        averaged.load_state_dict(kept)
        self.settle(averaged)
        averaged = averaged.to("cpu").eval()
        if self.leads:
            about = {"recipe": json.dumps(as_table(self.recipe)), "pairs": self.pairs.fingerprint()}
            about |= {"steps": str(self.step), "minutes": f"{self.minutes():.1f}"}
            about[run_history.HISTORY] = self.history()
            checkpoint.save_weights(self.folder / checkpoint.WEIGHTS, averaged, about)
            # A run that its minutes ended is done all the same.
            write_standing(self.folder, self.step, self.seen, self.seen, self.minutes(), 0.0)
        self.fabric.barrier()  # no process goes on to what starts from these weights before they are there
        return averaged

    def settle(self, network: nn.Module) -> None:
        """Gives a network's batch norms statistics of its own; see `batch_norms.settle`."""

        def see(batch: Batch) -> None:
            with self.autocast():
                answer(network, batch, self.eye)

        t = self.recipe.training
        settle(network, self.batches.aside(-(-SETTLE // t.batch), t.seed + 2), see)

    def history(self) -> str:
        """Every run that led to the weights, this one last, as text."""
        return run_history.in_text(self.runs, steps=self.step, pictures=self.seen, minutes=self.minutes())

    @property
    def stride(self) -> int:
        """Pictures a step, of all processes."""
        return self.recipe.training.batch * self.world

    @property
    def seen(self) -> int:
        """Pictures seen, by all processes in all parts of the run."""
        return self.step * self.stride

    def minutes(self) -> float:
        """Of training, over all parts of the run."""
        return self.spent + (time.monotonic() - self.began) / 60

    def autocast(self) -> torch.autocast:
        """In which networks are asked."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.half)

    def not_finite(self, what: str) -> TrainingError:
        """The error of a loss or gradient that is none."""
        return TrainingError(f"{self.folder}: the {what} is not finite at step {self.step}; lower the rate, or clip")


def _silent(_: object) -> None:
    pass


def _pace(t: Training, step: int, done: float) -> float:
    """Share of the full rate at a step, `done` of the run being over: linear warm-up, level, linear cool-down."""
    rise = min(1.0, (step + 1) / t.warmup) if t.warmup else 1.0
    fall = min(1.0, (1 - done) / t.cooldown) if t.cooldown else 1.0
    return rise * fall


def _same_experiment(saved: str, recipe: Recipe, run: Path) -> None:
    """Refuses to go on with another recipe; length and what concerns use alone may change."""

    def core(table: dict[str, Any]) -> str:
        inner = {
            k: v for k, v in table["training"].items() if k not in ("steps", "epochs", "evaluate", "save", "cooldown")
        }
        generator = {k: v for k, v in table["generator"].items() if k not in AT_USE}
        return json.dumps({**table, "about": "", "training": inner, "generator": generator}, sort_keys=True)

    # What the saved recipe does not say yet has its default.
    if core(as_table(from_saved_table(json.loads(saved), str(run)))) != core(as_table(recipe)):
        raise TrainingError(f"{run}: holds a run of another recipe; give another folder with --run")
