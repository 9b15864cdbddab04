"""A frozen network that turns pictures into features, opened from a file; the other user of the ONNX runtime.

Such a file comes from outside (docs/peers/vgg.py makes one), so it has no card; the names of its input and outputs are
what it is known by.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga.errors import ModelError
from senga.model.session import usable_threads

INPUT = "picture"


@dataclass(frozen=True)
class Features:
    """An opened feature network.

    Attributes:
        name: the file, for errors.
    """

    name: str
    _runtime: Any

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
            raise ModelError(f"{file}: no such file; make one with docs/peers/vgg.py")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_threads()
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            runtime = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises errors of many kinds, none of them public
            reason = str(error).strip().splitlines()[0]
            raise ModelError(f"{file}: not a file that the ONNX runtime opens: {reason}") from error
        if [i.name for i in runtime.get_inputs()] != [INPUT]:
            raise ModelError(f"{file}: not a feature network; make one with docs/peers/vgg.py")
        return Features(str(file), runtime)

    def of(self, picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Features of a picture, one (C, h, w) a layer.

        Args:
            picture: (H, W, 3) RGB in [0, 1].
        """
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        return [layer[0] for layer in self._runtime.run(None, {INPUT: planes})]
