"""Networks that are not trained any more: their weights come out of the model files in the package."""

from pathlib import Path
from typing import TypeVar

from torch import nn

from senga.learn.eight_bits import load_stored

Module = TypeVar("Module", bound=nn.Module)


def load(module: Module, file: Path) -> Module:
    """The module with a model file's weights, frozen, in evaluation mode.

    Raises:
        TrainingError: not there, or weights of another network.
    """
    load_stored(file, module)
    return module.requires_grad_(False).eval()
