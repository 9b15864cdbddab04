"""A session on a GPU that goes over to the processor where the GPU fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

from senga import stopping
from senga.model.providers import PROVIDERS, Gpu, tell

Opened = Any
"""A session of the ONNX runtime: it has no types."""


LOST: set[Gpu] = set()
"""GPUs that did not open in this process: no further graph tries them."""


def give_up(gpu: Gpu, reason: str) -> None:
    """From now on the processor works in the place of a GPU, which is told with the reason."""
    LOST.add(gpu)
    tell(f"backend {gpu}: does not open ({reason}); the processor works instead")


class GpuSession:
    """A session on a GPU with the ONNX runtime's `run`; after the first run that fails, one on the processor."""

    def __init__(self, gpu: Gpu, opened: Opened, name: str, on_processor: Callable[[], Opened]) -> None:
        """A session.

        Args:
            gpu: which. opened: the session there. name: the model file, for the note.
            on_processor: opens the same graph on the processor.
        """
        self._gpu, self._opened, self._name, self._on_processor = gpu, opened, name, on_processor
        self._failed = False
        one_by_one = PROVIDERS[gpu].one_by_one
        self._turn: AbstractContextManager[Any] = Lock() if one_by_one else nullcontext()

    def run(self, wanted: list[str], feeds: dict[str, Any], options: Any = None) -> list[Any]:
        """The outputs that are wanted, as the runtime's own `run` answers and raises."""
        opened = self._opened
        if self._failed:
            answers: list[Any] = opened.run(wanted, feeds, options)
            return answers
        try:
            with self._turn:
                answers = opened.run(wanted, feeds, options)
        except Exception as error:  # the runtime raises errors of many kinds, none of them public
            stopping.check()  # it was ended, and works well
            instead = self._on_processor()
            answers = instead.run(wanted, feeds, options)  # where this fails too, it is the input
            self._opened, self._failed = instead, True
            tell(f"{self._name}: backend {self._gpu} failed ({one_line(error)}); the processor goes on instead")
        return answers


def one_line(error: Exception) -> str:
    """The first line of what an error says, or its kind."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
