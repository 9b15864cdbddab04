"""A model file opened; the only user of the ONNX runtime."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga.errors import ModelError
from senga.model.card import KEY, Card

INPUT = "planes"
OUTPUTS = {"colorize": "color", "lines": "lines"}
"""Names of a model file's one input, and of its one output by task."""


@dataclass(frozen=True)
class Session:
    """An opened model file.

    Attributes:
        card: what the file says of itself.
        name: the file, for errors.
    """

    card: Card
    name: str
    _runtime: Any

    @staticmethod
    def open(path: str | Path, *, threads: int | None = None) -> "Session":
        """Opens a model file.

        Args:
            path: ONNX file with a card.
            threads: processor threads to use; default: all that this process may use.

        Raises:
            ModelError: missing, not a model, or without a card.
        """
        file = Path(path)
        if not file.is_file():
            raise ModelError(f"{file}: no such model file")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_threads()
        # The arena keeps the memory of the largest drawing ever painted; without it, memory is given back.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            runtime = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises errors of many kinds, none of them public
            reason = str(error).strip().splitlines()[0]
            raise ModelError(f"{file}: not a model file that the ONNX runtime opens: {reason}") from error
        entries = runtime.get_modelmeta().custom_metadata_map
        if KEY not in entries:
            raise ModelError(f"{file}: has no senga card; export it with 'senga export'")
        card = Card.from_json(entries[KEY], str(file))
        if card.task not in OUTPUTS:
            raise ModelError(f"{file}: made for the task '{card.task}', which this senga does not know; upgrade senga")
        return Session(card, str(file), runtime)

    def need(self, task: str) -> None:
        """Refuses a model file of another task.

        Raises:
            ModelError: it does something else.
        """
        if self.card.task != task:
            wanted = {"colorize": "colors line art", "lines": "draws lines from pictures"}
            raise ModelError(f"{self.name}: a model that {wanted[self.card.task]}; wanted one that {wanted[task]}")

    def run(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's answer.

        Args:
            planes: (N, P, H, W) in the card's range and size multiple.

        Returns:
            (N, K, H, W) float32 in the card's range, clipped to it; K planes as the card's `answer` names them.
        """
        answer: NDArray[np.float32] = self._runtime.run([OUTPUTS[self.card.task]], {INPUT: planes})[0]
        return np.clip(answer, self.card.low, self.card.high)


def usable_threads() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
