"""One task of a run, done by whichever worker: its result is written whole or not at all, or the reason reported."""

import dataclasses
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from senga import storage
from senga.errors import SengaError
from senga.inputs.item import Item
from senga.jobs.copying import copy
from senga.jobs.ledger import digest
from senga.jobs.room import check_room
from senga.jobs.targets import Plan, Task
from senga.jobs.work import Work
from senga.workers.worker import Worker

Status = Literal["done", "kept", "skipped", "failed"]

ASIDE = ".senga-aside-"
"""Beginning of the names of folders in which results are made before they are put to their place."""


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes:
        task: it. status: "kept" if an earlier run's result was proven, "skipped" if nothing was to be done.
            files: written or kept.
        seconds: of work. reason: of a failure, one line; else "".
        source, made: SHA-256 of the item's content, and of each file; for the ledger.
    """

    task: Task
    status: Status
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    source: str = ""
    made: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """A task as it travels to a worker.

    Attributes:
        task: it. force: overwrite existing files. prove: keep digests for the ledger.
        proofs: what the ledger knows of it: (source's digest, digests by file), when a run is resumed.
        resume: what lies there unproven may be a killed run's own.
    """

    task: Task
    force: bool
    prove: bool
    resume: bool
    proofs: tuple[str, dict[str, str]] | None = None


@dataclass
class Doing(Worker[Order, Outcome]):
    """A verb's work as an engine's.

    Attributes:
        work: it. repeated: whether tasks may have been begun again, so that a lost worker's half may lie about.
    """

    work: Work
    repeated: bool = False

    def open(self) -> None:
        """The work's models."""
        self.work.open()

    def do(self, job: Order) -> Outcome:
        """The task."""
        return do(job, self.work)

    def again(self, job: Order) -> Order:
        """Its result may lie there already, and only not have been reported."""
        self.repeated = True
        return dataclasses.replace(job, resume=True)

    def lost(self, job: Order, reason: str) -> Outcome:
        """A failure."""
        return Outcome(job.task, "failed", reason=f"{job.task.item.place}: {reason}")


def do(order: Order, work: Work) -> Outcome:
    """One task; every failure that a person can mend is an outcome too."""
    begun, task = time.monotonic(), order.task
    try:
        item, source = task.item.loaded(), ""  # read once, by whoever looks at it how often
        if order.prove and item.file != "-":
            source = digest(item.content())
        if order.proofs and order.proofs[0] == source and stands(order.proofs[1]):
            return Outcome(task, "kept", tuple(order.proofs[1]), time.monotonic() - begun, "", source, order.proofs[1])
        check_room(item, task.target, work)
        if task.folders and not item.broken and not storage.is_remote(task.target):
            Path(task.target).parent.mkdir(parents=True, exist_ok=True)
        # A million questions to object storage would take longer than the work: there only what may be found is asked.
        looked = order.resume or not storage.is_remote(task.target)
        there = [f for f in task.files if storage.exists(f)] if looked else []
        own = order.proofs[1] if order.proofs else {}
        if order.resume and not order.force and any(own.get(f) != storage.digest(f) for f in there):
            files = _aside(item, task, work, compare=True)
        elif storage.is_remote(task.target):
            files = _aside(item, task, work, compare=False)
        else:
            files = _made(item, task, task.target, work, force=order.force or (order.resume and bool(there)))
        made = {f: storage.digest(f) for f in files} if order.prove else {}
    except SengaError as error:
        return Outcome(task, "failed", (), time.monotonic() - begun, str(error))
    except OSError as error:
        reason = f"{task.target}: cannot be written: {error.strerror or error}"
        return Outcome(task, "failed", (), time.monotonic() - begun, reason)
    status: Status = "done" if files else "skipped"
    return Outcome(task, status, tuple(files), time.monotonic() - begun, "", source, made)


def stands(made: dict[str, str]) -> bool:
    """Whether files are there as their digests say."""
    return bool(made) and all(storage.digest(f) == d for f, d in made.items())


def clear(plan: Plan) -> None:
    """Takes away what a killed run left half-written beside its results; in object storage nothing is."""
    for place in {storage.parent(f) for task in plan.tasks for f in (task.target, task.pack) if f}:
        if storage.is_remote(place):
            continue
        storage.clear(place)
        for rest in Path(place).glob(f"{ASIDE}*"):
            shutil.rmtree(rest, ignore_errors=True)


def _made(item: Item, task: Task, target: str, work: Work, *, force: bool) -> list[str]:
    """The files of an item; `target` is where they are made."""
    match work.fate(item):
        case "skip":
            return []
        case "copy":
            return [copy(item, target, named=not task.folders, force=force)]
        case "work":
            return work.do(item, target, force=force)


def _aside(item: Item, task: Task, work: Work, *, compare: bool) -> list[str]:
    """The results, made aside and put to their place.

    Args:
        compare: what lies there is taken for ours only if it is the same, and never overwritten.
    """
    target, remote, folder = task.target, storage.is_remote(task.target), storage.parent(task.target)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=None if remote else folder) as aside:
        files = []
        for new in map(Path, _made(item, task, str(Path(aside) / storage.base(target)), work, force=False)):
            file = storage.join(folder, new.relative_to(aside).as_posix())
            there = compare and storage.exists(file)
            if there and storage.digest(file) != storage.digest(str(new)):
                raise SengaError(f"{file}: exists and is not this run's; give another name, or --force to overwrite it")
            if not there:
                storage.send(new, file)
            files.append(file)
    return files
