"""A frozen network that turns pictures into features, opened from a file.

Such a file comes from outside (tools/peers/vgg.py makes one), so it has no card; the names of its input and outputs are
what it is known by.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga.errors import ModelError
from senga.model.runtime import Graph, open_graph

INPUT = "picture"


@dataclass(frozen=True)
class Features:
    """An opened feature network.

    Attributes:
        name: the file, for errors.
    """

    name: str
    _graph: Graph

    @staticmethod
    def open(path: str | Path, *, threads: int | None = None) -> "Features":
        """Opens a feature network.

        Args:
            path: ONNX file with one input called "picture", (1, 3, H, W) float32 RGB in [0, 1].
            threads: processor threads to use; default: all that this process may use.

        Raises:
            ModelError: missing, or not such a file.
        """
        file = Path(path)
        if not file.is_file():
            raise ModelError(f"{file}: no such file; make one with tools/peers/vgg.py")
        graph = open_graph(file, str(file), threads=threads)
        if graph.inputs != (INPUT,):
            raise ModelError(f"{file}: not a feature network; make one with tools/peers/vgg.py")
        return Features(str(file), graph)

    def of(self, picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Features of a picture, one (C, h, w) a layer.

        Args:
            picture: (H, W, 3) RGB in [0, 1].
        """
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        return [layer[0] for layer in self._graph.run({INPUT: planes})]
