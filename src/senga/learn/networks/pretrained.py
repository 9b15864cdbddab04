"""Networks that are not trained any more: their weights come out of the model files in the package."""

from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

import senga
from senga.errors import TrainingError

WEIGHTS = Path(senga.__file__).parent / "weights"

Module = TypeVar("Module", bound=nn.Module)


def load(module: Module, file: Path) -> Module:
    """The module with a model file's weights, frozen, in evaluation mode.

    Raises:
        TrainingError: not there, or weights of another network.
    """
    import onnx

    try:
        graph: Any = onnx.load(str(file)).graph
        wanted = module.state_dict()
        found = {}
        for weight in graph.initializer:
            name = weight.name.removesuffix(".half").removeprefix("generator.")
            if name in wanted:
                found[name] = torch.from_numpy(onnx.numpy_helper.to_array(weight).copy()).float()
        module.load_state_dict(found)
    except Exception as error:  # protobuf's errors have no public root
        raise TrainingError(f"{file}: holds no weights of {type(module).__name__} ({error})") from error
    return module.requires_grad_(False).eval()
