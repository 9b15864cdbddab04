"""A model file opened: one graph in an .onnx file, or several stages in a zip of them."""

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga.errors import ModelError
from senga.model.card import KEY, Card
from senga.model.runtime import Array, Backend, Graph, choose_backend, open_graph, still
from senga.model.shipped import SETS, beside

__all__ = ["CARD", "EXACT", "INPUT", "OUTPUTS", "STAGES", "Session"]

INPUT = "planes"
OUTPUTS = {"colorize": "color", "lines": "lines", "shade": "shaded", "close": "walls"}
"""Names of a one-graph model file's input, and of its output by task."""

STAGES = ("cut", "read", "think", "reach", "paint")
"""Graphs of a model file in stages, each a file NAME.onnx in the zip; see `senga.learn.networks.colorist`."""

EXACT = ("cut", "reach")
"""Stages that count distances: they always run in full precision, whatever the backend."""

CARD = "card.json"
"""The card's name in the zip."""


UNCOUNTED = ("shade", "close")
"""Tasks of one graph that counts no distances: any backend runs it."""


@dataclass(frozen=True)
class Session:
    """An opened model file.

    Attributes:
        card: what the file says of itself.
        name: the file, for errors.
        staged: whether it works in `STAGES`, or in one run.
        backend: what runs it: where a GPU was asked for and does not open, "onnxruntime", which is the processor.
    """

    card: Card
    name: str
    _graphs: dict[str, Graph] = field(repr=False)
    backend: str = "onnxruntime"

    @property
    def by_regions(self) -> bool:
        """Whether the file is a painter's: it answers for regions, not for pixels."""
        return "read" in self._graphs and "paint" not in self._graphs

    @property
    def staged(self) -> bool:
        """Whether the file works in stages."""
        return "paint" in self._graphs

    @staticmethod
    def open(
        path: str | Path, *, threads: int | None = None, backend: str = "onnxruntime", alone: bool = True
    ) -> "Session":
        """Opens a model file.

        Args:
            path: ONNX file with a card, or a zip of ONNX files and a card.
            threads: processor threads to use; default: all that this process may use.
            backend: of `runtime.BACKENDS`: "onnxruntime"; "openvino" (the extra of that name), faster where the
                processor computes in bfloat16, a little less exact; "cuda", "directml" or "coreml" (the extra "gpu"),
                which become the processor with a note where they are missing or fail; "auto", which of these is there.
            alone: of a file of one graph, as `runtime.open_graph` takes it.

        Raises:
            ModelError: missing, not a model, or without a card; a backend that is not there.
        """
        file = Path(path)
        if not file.is_file():
            known = ", ".join(f"'{name}'" for name in SETS)
            raise ModelError(f"{file}: no such model file, nor a set that ships: {known}")
        runtime = choose_backend(backend)
        if zipfile.is_zipfile(file):
            parts = _read_parts(file)
            card = Card.from_json(parts.pop(CARD).decode(errors="replace"), str(file))
            graphs = {
                name: open_graph(
                    parts[f"{name}.onnx"],
                    str(file),
                    threads=threads,
                    backend="onnxruntime" if name in EXACT else runtime,
                    alone=False,
                )
                for name in card.stages or STAGES
            }
        else:
            first: Backend = "onnxruntime" if runtime == "openvino" else runtime  # OpenVINO reads no card
            graph = open_graph(file, str(file), threads=threads, backend=first, alone=alone)
            if KEY not in graph.metadata:
                raise ModelError(f"{file}: has no senga card; export it with 'senga export'")
            card = Card.from_json(graph.metadata[KEY], str(file))
            if runtime == "openvino":
                if card.task not in UNCOUNTED:
                    # One graph counts distances and paints: OpenVINO's short integers would break the count.
                    raise ModelError(f"{file}: only model files in stages run by {backend}")
                graph = open_graph(file, str(file), threads=threads, backend=runtime)
            graphs = {"": graph}
        if card.task not in OUTPUTS:
            raise ModelError(f"{file}: made for the task '{card.task}', which this senga does not know; upgrade senga")
        return Session(card, str(file), graphs, still(runtime))

    def companion(self, name: str) -> Path:
        """The model file `name` that goes with this one; see `shipped.beside`."""
        return beside(self.name, name)

    def need(self, task: str) -> None:
        """Refuses a model file of another task.

        Raises:
            ModelError: it does something else.
        """
        if self.card.task != task:
            wanted = {
                "colorize": "colors line art",
                "lines": "draws lines from pictures",
                "shade": "shades flat colors",
                "close": "closes open lines",
            }
            raise ModelError(f"{self.name}: a model that {wanted[self.card.task]}; wanted one that {wanted[task]}")

    def check_candidates(self, count: int) -> None:
        """Refuses more than one answer of a model of pixels that takes no palettes: a painter draws as many as wanted.

        Raises:
            ModelError: it has one answer only.
        """
        if count > 1 and not self.by_regions and "palette" not in self.card.conditions:
            raise ModelError(f"{self.name}: takes no palettes, so it has one answer only; leave out candidates")

    def run(self, planes: NDArray[np.float32], conditions: dict[str, Array] | None = None) -> NDArray[np.float32]:
        """The answer of a network of one graph.

        Args:
            planes: (N, P, H, W) in the card's range and size multiple.
            conditions: for a network that takes references, `reference` (N, 64, 261) float32 and `strength` (N, 1)
                float32; for a shader `light` (N, 8) float32; left out where it takes none.

        Returns:
            (N, K, H, W) float32 in the card's range, clipped to it; K planes as the card's `answer` names them.
        """
        given = {INPUT: planes, **(conditions or {})}
        answer: NDArray[np.float32] = self._graphs[""].run(given, [OUTPUTS[self.card.task]])[0]
        return np.clip(answer, self.card.low, self.card.high)

    def stage(self, name: str, given: dict[str, Array]) -> dict[str, Array]:
        """The arrays that one of `STAGES` answers with, by name; takes what it needs of `given`."""
        graph = self._graphs[name]
        return dict(zip(graph.outputs, graph.run(given), strict=True))


def _read_parts(file: Path) -> dict[str, bytes]:
    """The parts of a model file in stages.

    Raises:
        ModelError: broken, or a part is missing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as content:
            parts = {name: content.read(name) for name in content.namelist()}
    except Exception as error:  # of many kinds where a byte is wrong, not all of them zipfile's own
        raise ModelError(f"{file}: a broken model file ({error}); export it again") from error
    stages: tuple[str, ...] = ()
    if CARD in parts:
        stages = Card.from_json(parts[CARD].decode(errors="replace"), str(file)).stages or STAGES
    missing = [name for name in (CARD, *(f"{s}.onnx" for s in stages)) if name not in parts]
    if missing:
        raise ModelError(f"{file}: not a model file: {missing[0]} is missing in it; export it again")
    return parts
