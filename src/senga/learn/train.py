"""The whole training loop, on one page: CPU or GPU, one device or several, by the same code."""

import csv
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from senga import image
from senga.errors import TrainingError
from senga.learn import checkpoint, distributed, objectives, run_history
from senga.learn.adversary import Adversary
from senga.learn.answers import answer
from senga.learn.curves import draw_curves
from senga.learn.data.batches import Batch, Batches
from senga.learn.data.line_augmentation import gray
from senga.learn.data.store import Shelf
from senga.learn.data.window import Share
from senga.learn.line_validation import LineValidation
from senga.learn.networks.generators import make_generator
from senga.learn.networks.spec import Answer, Network
from senga.learn.networks.style import open_encoder
from senga.learn.validation import Validation
from senga.pairs.pairset import PairSet
from senga.recipe import AT_USE, Recipe, Training, as_table
from senga.recipefile import from_table

LOG = "losses.csv"
SCORES = "scores.csv"
SETTLE = 256
"""Examples from which batch norms take their statistics (ours)."""


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
    A crash or ctrl-C loses at most `recipe.training.save` steps; what is resumed comes to the same numbers.

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
        TrainingError: nothing to train on, or `run` holds another experiment.
    """
    t = recipe.training
    if recipe.data.lines.kind == "given" and any(p.line is None for p in pairs.pairs):
        raise TrainingError(f"{pairs.folder}: has pairs without line art; set [data.lines] kind to draw it")
    run.mkdir(parents=True, exist_ok=True)
    fabric = distributed.join(devices, nodes)
    device, world, leads = fabric.device, fabric.world_size, fabric.is_global_zero
    if not leads:  # one speaks for all
        report, tell = _silent, _silent
    half = _half_precision(t)
    torch.manual_seed(t.seed)
    generator = make_generator(recipe)
    if start:
        checkpoint.load_weights(start, generator)
    seeded = torch.Generator(device).manual_seed(t.seed + 1 + 1000 * fabric.global_rank)
    tell(f"reading pictures of {pairs.folder}")
    state = checkpoint.load(run)
    share = Share(fabric.global_rank, world)
    step, spent = (state["step"], state.get("spent", 0.0)) if state else (0, 0.0)
    batches = Batches(recipe, pairs, seeded, memory=memory, share=share, step=step, shelf=shelf)
    if batches.window:
        tell(batches.window.describe())
    steps = t.steps or max(1, t.epochs * len(batches) // (t.batch * world))
    saved = json.loads(state.get(run_history.HISTORY, "[]")) if state else None
    runs = run_history.begin(as_table(recipe), pairs.fingerprint(), device.type, start, saved, count=world)
    rarity = torch.ones(1)
    if generator.spec.bins:
        colors = _some_colors(batches)
        if start:
            rarity = objectives.rarity(colors, generator.bins)
        else:
            bins, rarity = objectives.fit_bins(colors, len(generator.bins))
            generator.bins.copy_(bins)
    generator = generator.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    eye = open_encoder(recipe.generator).to(device) if recipe.hints.references else None
    average = checkpoint.Average(generator, t.average)
    optimizer = torch.optim.AdamW(
        generator.parameters(), lr=t.rate, betas=(t.beta1, t.beta2), weight_decay=t.decay, eps=1e-8
    )
    adversary = Adversary(recipe, device) if recipe.losses.adversary else None
    if state:
        _same_experiment(state["recipe"], recipe, run)
        if len(state["seeded"]) != world:
            raise TrainingError(
                f"{run}: a run of {len(state['seeded'])} processes, not of {world};"
                " go on with as many, or anew with --run"
            )
        generator.load_state_dict(state["generator"])
        optimizer.load_state_dict(state["optimizer"])
        average.tensors = {k: v.to(device) for k, v in state["average"].items()}
        # Cloned: torch crashes on a view into the states of all processes.
        seeded.set_state(state["seeded"][fabric.global_rank].clone())
        rarity = state["rarity"]
        if adversary:
            adversary.network.load_state_dict(state["discriminator"])
            adversary.optimizer.load_state_dict(state["discriminator_optimizer"])
        tell(f"going on at step {step} of {steps}")
    if any(int(other) != step for other in distributed.gather(torch.tensor(step), device)):
        raise TrainingError(f"{run}: not the same folder for all processes; let it lie on a disk that all nodes share")
    wrapped, optimizer = fabric.setup(generator, optimizer)
    if adversary:
        adversary.network, adversary.optimizer = fabric.setup(adversary.network, adversary.optimizer)
    wrapped.mark_forward_method("answer")
    rarity = fabric.broadcast(rarity).to(device)
    validation: Validation | LineValidation | None = None
    if leads:
        if recipe.task == "lines":
            validation = LineValidation(recipe, pairs, device)
        else:
            validation = Validation(recipe, pairs, device, eye=eye)
        (run / "recipe.json").write_text(json.dumps(as_table(recipe), indent=1))
        _forget_after(run / LOG, step)
        _forget_after(run / SCORES, step)

    began = time.monotonic()

    def minutes() -> float:
        return spent + (time.monotonic() - began) / 60

    def done() -> float:
        share = max(step / steps, minutes() / budget)
        # All processes must come to the same answer, whatever their clocks say.
        return float(fabric.broadcast(share)) if world > 1 and budget < math.inf else share

    def history() -> str:
        return run_history.in_text(runs, steps=step, pictures=step * t.batch * world, minutes=minutes())

    def save() -> None:
        states = distributed.gather(seeded.get_state(), device)
        if leads:
            content = {"recipe": json.dumps(as_table(recipe)), "step": step, "seeded": states}
            content |= {"generator": generator.state_dict(), "average": average.tensors}
            content |= {"optimizer": optimizer.state_dict(), "rarity": rarity, "spent": minutes()}
            content[run_history.HISTORY] = history()
            if adversary:
                content |= {"discriminator": adversary.network.state_dict()}
                content |= {"discriminator_optimizer": adversary.optimizer.state_dict()}
            checkpoint.save(run, content)

    def settle(network: nn.Module) -> None:
        """Gives batch norms the statistics of this very network's activations.

        Those kept while training lag behind its weights: after a few hundred steps a network that was off by 0.18 in
        training was off by 0.23 with them. Source: Wu, Johnson 2021 (precise BN).
        """
        norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
        if not norms:
            return
        network.eval()
        before = [m.momentum for m in norms]
        for m in norms:
            m.reset_running_stats()
            m.momentum = None  # the mean of all batches
            m.train()
        for batch in batches.aside(-(-SETTLE // t.batch), t.seed + 2):
            with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=half):
                answer(network, batch, eye)
        for m, momentum in zip(norms, before, strict=True):
            m.momentum = momentum

    sums: dict[str, float] = {}
    since, counted = time.monotonic(), 0
    generator.train()
    try:
        over = done()
        while over < 1:
            for group in optimizer.param_groups:
                group["lr"] = t.rate * _pace(t, step, over)
            batch = batches.next()
            with torch.autocast(device.type, torch.bfloat16, enabled=half):
                said = answer(wrapped, batch, eye)
                fooled = adversary.fool(said.planes, batch, said.style) if adversary else None
            losses = compute_losses(recipe, said, batch, generator, rarity)
            if fooled is not None:
                losses["adversary"] = recipe.losses.adversary * fooled
            total = torch.stack(list(losses.values())).sum()
            if not torch.isfinite(total):
                raise TrainingError(f"{run}: the loss is not finite at step {step}; lower the rate, or clip")
            optimizer.zero_grad()
            fabric.backward(total)
            norm = fabric.clip_gradients(wrapped, optimizer, max_norm=t.clip or math.inf, error_if_nonfinite=False)
            if norm is not None and not torch.isfinite(norm):
                raise TrainingError(f"{run}: the gradient is not finite at step {step}; lower the rate, or clip")
            optimizer.step()
            average.update(generator, step) if t.average else None
            if adversary and adversary.wants(step):
                with torch.autocast(device.type, torch.bfloat16, enabled=half):
                    judged = adversary.judge(said.planes, batch, said.style)
                adversary.optimizer.zero_grad()
                fabric.backward(judged)
                adversary.optimizer.step()
            step, counted = step + 1, counted + 1
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            now, over = time.monotonic(), done()
            if leads and (now - since > 10 or over >= 1):
                means = {k: v / counted for k, v in sums.items()} | (adversary.told if adversary else {})
                _append(run / LOG, {"step": step, **means})
                report(Progress(step, steps, means, counted * t.batch * world / (now - since)))
                sums, since, counted = {}, now, 0
            if step % t.save == 0 or over >= 1:
                save()
            if (step % t.evaluate == 0 or over >= 1) and validation:
                scores = _evaluate(generator, average, t, validation, run, step, settle)
                tell(f"step {step}: {validation.describe(scores) if scores else 'no validation pairs'}")
                since, counted, sums = time.monotonic(), 0, {}
    except KeyboardInterrupt:
        if world == 1:
            save()
            tell(f"stopped at step {step} of {steps}; the same command goes on from here")
        else:  # several stop at different moments, and saving takes all of them
            tell(f"stopped at step {step} of {steps}; the same command goes on from the last checkpoint")
        raise
    averaged = make_generator(recipe).to(device)
    averaged.load_state_dict(average.tensors if t.average else generator.state_dict())
    settle(averaged)
    averaged = averaged.to("cpu").eval()
    if leads:
        about = {"recipe": json.dumps(as_table(recipe)), "pairs": pairs.fingerprint(), "steps": str(step)}
        about |= {"minutes": f"{minutes():.1f}", run_history.HISTORY: history()}
        checkpoint.save_weights(run / checkpoint.WEIGHTS, averaged, about)
    fabric.barrier()  # no process goes on to what starts from these weights before they are there
    return averaged


def compute_losses(recipe: Recipe, said: Answer, batch: Batch, generator: Network, rarity: Tensor) -> dict[str, Tensor]:
    """The recipe's objectives, each weighted, by name."""
    weights, got = recipe.losses, said.planes.float()
    losses: dict[str, Tensor] = {}
    if weights.l1:
        losses["l1"] = weights.l1 * nn.functional.l1_loss(got, batch.target)
    if weights.l2:
        losses["l2"] = weights.l2 * nn.functional.mse_loss(got, batch.target)
    if weights.cross_entropy:
        chance = got.clamp(1e-4, 1 - 1e-4)
        losses["cross_entropy"] = weights.cross_entropy * nn.functional.binary_cross_entropy(chance, batch.target)
    if weights.chroma:
        losses["chroma"] = weights.chroma * objectives.chroma(got, batch.target, 1 - batch.line)
    if weights.seen:
        losses["seen"] = weights.seen * objectives.seen(got, said.ink, batch.target, batch.line)
    if weights.obey:
        losses["obey"] = weights.obey * objectives.obey(got, batch.planes)
    if weights.guess:
        assert said.guess is not None
        assert said.label is not None
        losses["guess"] = weights.guess * objectives.guess(said.guess.float(), said.label, batch.target, batch.line)
    if weights.classes:
        assert said.logits is not None
        assert said.label is not None
        losses["classes"] = weights.classes * objectives.classes(
            said.logits, said.label, batch.target, 1 - batch.line, generator.bins, rarity
        )
    if weights.strokes:
        assert said.logits is not None
        losses["strokes"] = weights.strokes * objectives.strokes(said.logits.float(), batch.target)
    if said.entry is not None and said.leave is not None:
        losses["entry"] = weights.entry * nn.functional.l1_loss(said.entry.float(), gray(batch.target))
        losses["leave"] = weights.leave * nn.functional.l1_loss(said.leave.float(), batch.target)
    return losses


def _silent(_: object) -> None:
    pass


def _half_precision(t: Training) -> bool:
    """Whether to compute in bf16; "auto" asks the processor."""
    if t.precision == "auto":
        return torch.cuda.is_available() or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return t.precision == "bf16"


def _pace(t: Training, step: int, done: float) -> float:
    """Share of the full rate at a step, `done` of the run being over: linear warm-up, level, linear cool-down."""
    rise = min(1.0, (step + 1) / t.warmup) if t.warmup else 1.0
    fall = min(1.0, (1 - done) / t.cooldown) if t.cooldown else 1.0
    return rise * fall


def _some_colors(batches: Batches) -> Tensor:
    """Colors (M, 3) of the store, drawn as training draws pictures; does not touch the batch stream."""
    store = batches.store
    seeded = torch.Generator(store.device).manual_seed(11)
    index = torch.multinomial(batches.chances, 20_000, replacement=True, generator=seeded)
    area = store.heights[index] * store.widths[index]
    at = store.starts[index] + (torch.rand(len(index), generator=seeded, device=store.device) * (area - 1)).long()
    return store.flat[at, :3].float().cpu() / 255


def _same_experiment(saved: str, recipe: Recipe, run: Path) -> None:
    """Refuses to go on with another recipe; length and what concerns use alone may change."""

    def core(table: dict[str, Any]) -> str:
        inner = {
            k: v for k, v in table["training"].items() if k not in ("steps", "epochs", "evaluate", "save", "cooldown")
        }
        generator = {k: v for k, v in table["generator"].items() if k not in AT_USE}
        return json.dumps({**table, "about": "", "training": inner, "generator": generator}, sort_keys=True)

    # What the saved recipe does not say yet has its default.
    if core(as_table(from_table(json.loads(saved), str(run)))) != core(as_table(recipe)):
        raise TrainingError(f"{run}: holds a run of another recipe; give another folder with --run")


def _evaluate(
    generator: nn.Module,
    average: checkpoint.Average,
    t: Training,
    validation: Validation | LineValidation,
    run: Path,
    step: int,
    settle: Callable[[nn.Module], None],
) -> list[dict[str, float]]:
    kept = {k: v.detach().clone() for k, v in generator.state_dict().items()}
    if t.average:
        generator.load_state_dict(average.tensors)
    settle(generator)
    generator.eval()
    scores = validation.scores(generator)
    for row in scores:
        _append(run / SCORES, {"step": step, **row})
    if validation.examples:
        image.write(run / f"samples-{step:06d}.png", validation.grid(generator), force=True)
    generator.load_state_dict(kept)
    generator.train()
    draw_curves(run)
    return scores


def _append(file: Path, row: dict[str, float]) -> None:
    new = not file.exists()
    with file.open("a", newline="") as out:
        writer = csv.writer(out)
        if new:
            writer.writerow(row)
        writer.writerow([f"{v:.6g}" for v in row.values()])


def _forget_after(file: Path, step: int) -> None:
    """Drops rows that a crashed run wrote after its last checkpoint, and the one that it left half written."""
    if not file.exists():
        return
    text = file.read_text()
    rows = list(csv.reader(text[: text.rfind("\n") + 1].splitlines()))
    if not rows:
        file.unlink()
        return
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([rows[0], *(r for r in rows[1:] if int(float(r[0])) <= step)])
