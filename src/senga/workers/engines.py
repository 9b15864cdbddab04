"""Who the workers are: processes of this machine, or a cluster's."""

from collections.abc import Generator, Iterable
from typing import Literal, Protocol

from senga import extras
from senga.errors import SengaError
from senga.workers.worker import Answer, Job, Worker

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "ray")


class Answers(Protocol):
    """How an engine is called: answers come as they are ready."""

    def __call__(
        self, worker: Worker[Job, Answer], jobs: Iterable[Job], workers: int | None
    ) -> Generator[Answer, None, None]:
        """See `senga.workers.processes.answers`."""
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


def answers_of(engine: Engine) -> Answers:
    """How an engine is called; the cluster's is loaded only when it is asked for. Raises as `find_engine`."""
    if find_engine(engine) == "ray":
        from senga.workers import ray

        return ray.answers
    from senga.workers import processes

    return processes.answers
