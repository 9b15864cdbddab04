"""Training on a Ray cluster: `senga.learn.train.train`, called in each worker of Ray Train.

The machines must see pair set and run folder by the same names; a pair set by URL is fetched by each. Ray starts lost
workers again; the run then goes on from its own checkpoint.
"""

import math
import shutil
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from senga.workers.ray import connect  # first: it says what Ray is to read when it is imported

# isort: split
import ray
from ray.exceptions import RayError
from ray.train import FailureConfig, RunConfig, ScalingConfig

from senga.errors import SengaError, TrainingError
from senga.learn.standing import ask_to_stop, stop_asked
from senga.pairs.fetched import origin
from senga.pairs.pairset import PairSet
from senga.recipe import Recipe

if TYPE_CHECKING:  # the desk's process does without torch
    from senga.learn.train import Progress

RETRIES = 3
"""Times that a run goes on by itself after it lost workers (ours)."""

STATE = ".ray"
"""Folder in the run's where Ray keeps what it needs while it runs."""

Said = tuple[Literal["report"], "Progress"] | tuple[Literal["tell"], str]


@dataclass(frozen=True)
class Order:
    """What a worker is to do; see `train_on_cluster`."""

    recipe: Recipe
    pairs: str
    run: Path
    start: Path | None
    budget: float
    memory: float | None


def train_on_cluster(
    recipe: Recipe,
    pairs: PairSet,
    run: Path,
    *,
    start: Path | None = None,
    devices: int = 1,
    nodes: int = 1,
    budget: float = math.inf,
    memory: float | None = None,
    report: Callable[["Progress"], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Trains in `devices` times `nodes` workers of a cluster, each with a GPU where there are any.

    Other arguments, and errors, as `senga.learn.train.train`.

    Raises:
        TrainingError: not enough room, folders that workers do not see, workers that are lost again and again.
        KeyboardInterrupt: somebody asked it to stop, and the workers have saved.
    """
    from ray.train.torch import TorchConfig, TorchTrainer

    from senga.learn.distributed import PATIENCE

    connect(log=False)  # what a person should read comes over the desk
    share = _share(devices * nodes)
    (run / STATE).mkdir(parents=True, exist_ok=True)
    begin = start.resolve() if start else None
    order = Order(recipe, origin(pairs.folder), run.resolve(), begin, budget, memory)
    desk = ray.remote(num_cpus=0)(_Desk).remote()
    trainer = TorchTrainer(
        _work,
        train_loop_config={"order": order, "desk": desk},
        torch_config=TorchConfig(timeout_s=int(PATIENCE.total_seconds())),
        scaling_config=share,
        run_config=RunConfig(storage_path=str(order.run / STATE), failure_config=FailureConfig(max_failures=RETRIES)),
    )
    failed: list[BaseException] = []

    def fit() -> None:
        try:
            trainer.fit()
        except BaseException as error:  # told by the thread that waits
            failed.append(error)

    def listen() -> None:
        for kind, what in ray.get(desk.take.remote()):
            report(what) if kind == "report" else tell(what)

    tell(f"starting {devices * nodes} workers")
    # In a thread of its own: in the main one Ray would take ctrl-C for itself.
    at_work = threading.Thread(target=fit, daemon=True)
    at_work.start()
    try:
        with stop_asked(run) as asked:
            while at_work.is_alive():
                if asked():
                    ask_to_stop(run)  # workers hear no signal of this process, and see this folder
                listen()
                at_work.join(0.5)
        listen()
        refusal, stopped = ray.get(desk.ended.remote())
    finally:
        shutil.rmtree(run / STATE, ignore_errors=True)
    if refusal:
        raise TrainingError(refusal)
    if stopped:
        raise KeyboardInterrupt
    if failed:
        lost = [e for e in getattr(failed[0], "worker_failures", {}).values() if isinstance(e, RayError)]
        if not lost:  # an error of ours, with its traceback
            raise failed[0]
        reason = str(lost[0]).strip().partition(". ")[0]
        raise TrainingError(
            f"{run}: workers were lost {RETRIES + 1} times ({reason}); the same command goes on from its checkpoint"
        ) from failed[0]


def _share(workers: int) -> ScalingConfig:
    """A GPU for each worker, or else as many processors as all of them can have.

    Raises:
        TrainingError: there is no room for so many workers.
    """
    machines = [m["Resources"] for m in ray.nodes() if m["Alive"]]
    kind = "GPU" if any(m.get("GPU") for m in machines) else "CPU"
    found = [int(m.get(kind, 0)) for m in machines]
    if sum(found) < workers:
        raise TrainingError(f"--engine ray: {workers} workers wanted, and the cluster has {sum(found)} {kind}s")
    if kind == "GPU":
        return ScalingConfig(num_workers=workers, use_gpu=True)
    cores = max(n for n in range(1, max(found) + 1) if sum(f // n for f in found) >= workers)
    return ScalingConfig(num_workers=workers, resources_per_worker={"CPU": cores})


class _Desk:
    """Where workers lay what they have to say; it outlives them."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.refusal = ""
        self.stopped = False

    def say(self, said: Said) -> None:
        self.said.append(said)

    def take(self) -> list[Said]:
        said, self.said = self.said, []
        return said

    def refuse(self, reason: str) -> None:
        self.refusal = reason

    def stop(self) -> None:
        self.stopped = True

    def ended(self) -> tuple[str, bool]:
        """Why no worker is to go on: a refusal, or that somebody asked for it."""
        return self.refusal, self.stopped


def _work(given: dict[str, Any]) -> None:
    """One worker's part, from the last checkpoint on; what a person can mend is not tried again."""
    from senga.learn.train import train

    order: Order = given["order"]
    desk = given["desk"]
    if any(ray.get(desk.ended.remote())):
        return
    try:
        if not (order.run / STATE).is_dir():
            raise TrainingError(f"{order.run}: not on {socket.gethostname()}; use a disk that all machines share")
        train(
            order.recipe,
            PairSet.open(order.pairs),
            order.run,
            start=order.start,
            budget=order.budget,
            memory=order.memory,
            report=lambda progress: desk.say.remote(("report", progress)),
            tell=lambda text: desk.say.remote(("tell", text)),
        )
    except KeyboardInterrupt:  # all workers at the same step
        ray.get(desk.stop.remote())
    except SengaError as error:
        ray.get(desk.refuse.remote(str(error)))
        raise  # the others would wait for this one
