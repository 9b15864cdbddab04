"""Who the workers are: processes of this machine, or a cluster's."""

from collections.abc import Generator, Iterable
from typing import Literal, Protocol

from senga import extras
from senga.errors import SengaError
from senga.workers.worker import Job, Result, Worker

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "ray")


class Results(Protocol):
    """How an engine is called: results come as they are ready."""

    def __call__(
        self, worker: Worker[Job, Result], jobs: Iterable[Job], workers: int | None
    ) -> Generator[Result, None, None]:
        """See `senga.workers.processes.results`."""
        ...


def find_engine(text: str) -> Engine:
    """The engine of that name.

    Raises:
        SengaError: there is none, or its package is missing.
    """
    for engine in ENGINES:
        if engine == text:
            if engine == "ray":
                extras.require("cluster", "ray", who="--engine ray needs more packages")
            return engine
    raise SengaError(f"--engine {text}: give {' or '.join(ENGINES)}")


def results_of(engine: Engine) -> Results:
    """How an engine is called; the cluster's is loaded only when it is asked for. Raises as `find_engine`."""
    if find_engine(engine) == "ray":
        from senga.workers import ray

        return ray.results
    from senga.workers import processes

    return processes.results
