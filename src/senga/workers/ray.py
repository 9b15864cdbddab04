"""Workers of a Ray cluster, fed by Ray Data: it holds back jobs while workers are busy, and begins lost ones again.

The cluster is the one that RAY_ADDRESS names, or that this process is connected to already; else one is started on
this machine for as long as the process lives. Its machines need the same version of senga and of Python, and must see
the files by the same names: a shared disk, or URLs.
"""

import logging
import os
import pickle
import socket
import warnings
from collections.abc import Generator, Iterable
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from typing import Any

# Before Ray is imported, which reads them then: it sends no numbers home, and says nothing about it.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray
import ray.data
from ray.exceptions import RayError

from senga import notices
from senga.errors import SengaError
from senga.workers.worker import LOST, Job, Result, Worker

BLOCK = 16
"""Most jobs that go to a worker at once: few enough to lose little with a machine. Ours."""

WAVE = 50_000
"""Jobs given to Ray at once: their descriptions lie in its memory, about 1 KB each. Ours."""

PATIENCE = 10
"""Seconds that a cluster's address has to reply."""

RETRIES = 3
"""Times that jobs are begun again when their worker is lost."""


def results(worker: Worker[Job, Result], jobs: Iterable[Job], workers: int | None) -> Generator[Result, None, None]:
    """Results as they are ready, each once.

    Args:
        worker: as for `processes.results`. jobs: taken as they are needed.
        workers: tasks at a time; None: one for each processor of the cluster.

    Raises:
        SengaError: no cluster, or one of another version of senga.
    """
    connect()
    packed = ray.put(pickle.dumps(worker))
    waiting = iter(jobs)
    while wave := list(islice(waiting, WAVE)):
        yield from _wave(worker, packed, wave, workers)


def connect(*, log: bool = True) -> None:
    """Connects to the cluster, or starts one here.

    Args:
        log: what workers log comes here too.

    Raises:
        SengaError: it cannot be reached, or its machines have another senga.
    """
    if not ray.is_initialized():
        _answers_at(os.environ.get("RAY_ADDRESS", ""))
        try:
            ray.init(include_dashboard=False, logging_level=logging.ERROR, log_to_driver=log)
        except Exception as error:  # of many kinds: addresses, versions, time
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise SengaError(f"--engine ray: no cluster: {reason}; see RAY_ADDRESS") from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # A block whose workers were lost again and again is left out of Ray's results; its jobs are then done alone.
    context.max_errored_blocks = -1
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    try:
        found = ray.get(_version.remote())
    except RayError as error:
        raise SengaError("--engine ray: its machines have no senga; install it on each of them") from error
    own = version("senga")
    if found != own:
        raise SengaError(f"--engine ray: its machines have senga {found}, this one {own}; install one of them")


def _answers_at(address: str) -> None:
    """Refuses an address where nobody replies: Ray itself would ask there for many minutes."""
    host, found, port = address.rpartition("://")[2].rpartition(":")
    if not found or not port.isdecimal():
        return  # "auto", "local" and the like
    try:
        socket.create_connection((host, int(port)), PATIENCE).close()
    except OSError as error:
        reason = error.strerror or "no reply"
        raise SengaError(
            f"--engine ray: no cluster at RAY_ADDRESS={address}: {reason}; start it, or unset it"
        ) from error


def processors() -> int:
    """Processors of the cluster as it is now."""
    known = ray.cluster_resources()
    return max(1, int(known.get("CPU", 1)))


def _wave(
    worker: Worker[Job, Result], packed: Any, jobs: list[Job], workers: int | None
) -> Generator[Result, None, None]:
    count = workers or processors()
    size = max(1, min(BLOCK, len(jobs) // (4 * count)))
    # What lies there may be the work of a task that was lost: Ray tells nobody that it begins one again.
    rows = [{"number": i, "job": pickle.dumps(worker.again(job))} for i, job in enumerate(jobs)]
    given = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // size))
    with warnings.catch_warnings():
        # Ray means to take the free arguments away, and has no other way yet to end endless retries.
        warnings.simplefilter("ignore")
        made = given.map(_Hand(packed), num_cpus=1, concurrency=count, max_retries=RETRIES)
    missing = set(range(len(jobs)))
    for batch in made.iter_batches(batch_size=None, prefetch_batches=0, batch_format="numpy"):
        for number, content in zip(batch["number"], batch["result"], strict=True):
            missing.discard(int(number))
            yield pickle.loads(content)
    for number in sorted(missing):
        job = jobs[number]
        try:
            content = ray.get(_alone.remote(packed, pickle.dumps(worker.again(job))))
        except RayError:
            yield worker.lost(job, LOST)
        else:
            yield pickle.loads(content)


class _Hand:
    """Does the job of a row."""

    def __init__(self, packed: Any) -> None:
        # By reference, or the worker would travel with every block.
        self.packed = [packed]

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        worker = _opened(ray.get(self.packed[0]))
        return {"number": row["number"], "result": pickle.dumps(worker.do(pickle.loads(row["job"])))}


@lru_cache(maxsize=1)
def _opened(packed: bytes) -> Worker[Any, Any]:
    """The worker, opened once a process: Ray gives many tasks to one."""
    worker: Worker[Any, Any] = pickle.loads(packed)
    notices.show()
    worker.open()
    return worker


def _do_alone(packed: bytes, job: bytes) -> bytes:
    return pickle.dumps(_opened(packed).do(pickle.loads(job)))


def _which_version() -> str:
    return version("senga")


_alone = ray.remote(num_cpus=1, max_retries=1)(_do_alone)
_version = ray.remote(num_cpus=0)(_which_version)
