"""A run's state on disk: saved whole or not at all, resumed to the same numbers; weights to start another run from."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from safetensors.torch import save as encode
from torch import Tensor, nn

from senga import storage
from senga.errors import TrainingError

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.safetensors"


def save(folder: Path, state: dict[str, Any]) -> None:
    """Writes the run's checkpoint, replacing the last one only when the new one is whole."""
    with storage.writing(folder / CHECKPOINT, force=True) as out:
        torch.save(state, out)


def load(folder: Path) -> dict[str, Any] | None:
    """The run's checkpoint on the CPU, or None if there is none yet.

    Raises:
        TrainingError: the file cannot be read.
    """
    file = folder / CHECKPOINT
    if not file.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the loader raises errors of many kinds on broken files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise TrainingError(f"{file}: cannot be read ({reason}); remove it to start the run anew") from error
    if not isinstance(state, dict) or not {"recipe", "step"} <= state.keys():
        raise TrainingError(f"{file}: not a checkpoint of senga; remove it to start the run anew")
    return state


def save_weights(file: Path, module: nn.Module, about: dict[str, str]) -> None:
    """Writes weights as fp16 safetensors (integers as they are), with `about` as metadata."""
    tensors = {k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in module.state_dict().items()}
    storage.write(file, encode(tensors, about))


def load_weights(file: Path, module: nn.Module) -> None:
    """Starts a network from `save_weights`' file, or from a model file that keeps weights under their names.

    Raises:
        TrainingError: missing or broken file, or weights of another network.
    """
    if file.suffix in (".zip", ".onnx"):
        from senga.learn.eight_bits import load_stored

        load_stored(file, module)
        return
    try:
        tensors = load_file(file)
    except Exception as error:
        raise TrainingError(f"{file}: not a weights file ({error})") from error
    current = module.state_dict()
    wrong = [k for k in current if k not in tensors or tensors[k].shape != current[k].shape]
    if wrong or len(tensors) != len(current):
        raise TrainingError(f"{file}: weights of another network ({len(wrong)} of {len(current)} tensors do not fit)")
    module.load_state_dict({k: v.to(current[k].dtype) for k, v in tensors.items()})


class Average:
    """Moving average of a network's weights, slow to start so that early steps are forgotten."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.tensors: dict[str, Tensor] = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Moves towards the network's weights; `step` counts from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        mine, theirs = [], []
        for key, value in module.state_dict().items():
            if value.is_floating_point():
                mine.append(self.tensors[key])
                theirs.append(value.to(self.tensors[key].dtype))
            else:
                self.tensors[key].copy_(value)
        torch._foreach_lerp_(mine, theirs, 1 - decay)  # all at once: a few hundred calls cost a hundredth of a step
