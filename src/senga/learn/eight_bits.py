"""Weights in eight bits with a scale for each channel: a quarter of the size, and training goes on from them.

A model file is then the one place where weights are kept: what the package uses is what training starts from.

Those of convolutions have seven bits: a processor without instructions for it adds products of eight bits, two at a
time, in sixteen, which two full ones would overflow. It costs nothing that could be measured.
"""

import io
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from senga.errors import TrainingError
from senga.model.session import CARD

LEAST = 4096
"""Numbers of a weight that is stored in eight bits; smaller ones stay as they are. Ours."""

MOST, MOST_OF_CONVOLUTIONS = 127, 63
"""Greatest whole numbers that weights are rounded to."""

CODES, SCALES, TURNED = ".codes", ".scales", ".turned"
"""Endings of names: of the eight-bit numbers, of their scales, of matrices that the exporter transposed."""

HALVED = ".half"
"""What `senga.learn.export` puts after the names of weights that it stores in half precision."""


@torch.no_grad()
def round_weights(module: nn.Module) -> None:
    """Rounds large weights to what eight bits and a scale for each output channel hold."""
    for weight in module.parameters():
        if _large(weight):
            codes, scales = _coded(weight)
            weight.copy_(codes * scales)


def store_weights(model: onnx.ModelProto, module: nn.Module, prefix: str = "", *, coded: bool = True) -> None:
    """Stores a graph's weights under the network's names; large ones, rounded before, in eight bits if `coded`.

    Args:
        model: changed in place. module: the network that it was made of, after `round_weights`.
        prefix: of the names that the exporter gave.
    """
    named = {name: p.detach() for name, p in [*module.named_parameters(), *module.named_buffers()]}
    opened: list[Any] = []
    renamed: dict[str, str] = {}
    for stored in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(stored)
        found = _origin(values, stored.name.removeprefix(prefix), named)
        if found is None:
            continue
        name, turned = found
        full = name + (TURNED if turned else "")
        if full in renamed.values():  # two of equal values: one name is enough to read them back
            continue
        renamed[stored.name] = full
        if not coded or not _large(named[name]):
            stored.CopyFrom(onnx.numpy_helper.from_array(values, full))
            continue
        codes, scales = (t.numpy() for t in _coded(named[name]))
        codes = codes.astype(np.int8).reshape(named[name].shape)
        if turned:
            codes = np.ascontiguousarray(codes.T)
        axis = values.ndim - 1 if turned else 0
        stored.CopyFrom(onnx.numpy_helper.from_array(codes, full + CODES))
        model.graph.initializer.append(onnx.numpy_helper.from_array(scales.reshape(-1), full + SCALES))
        opened.append(onnx.helper.make_node("DequantizeLinear", [full + CODES, full + SCALES], [full], axis=axis))
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            if name in renamed:
                node.input[i] = renamed[name]
    nodes = [*opened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def keep_rest(models: list[onnx.ModelProto], module: nn.Module, least: float = math.inf) -> None:
    """Lays weights that the exporter made constants of into the last graph, unused there: training starts from them.

    Those of `least` numbers and more are left out.
    """
    stored = {w.name for model in models for w in model.graph.initializer}
    for ending in (CODES, SCALES, HALVED, TURNED):
        stored |= {name.removesuffix(ending) for name in stored}
    stored |= {_inner(name) for name in stored}
    for name, value in module.state_dict().items():
        if name not in stored and value.numel() < least:
            models[-1].graph.initializer.append(onnx.numpy_helper.from_array(value.numpy(), name))


def load_stored(file: Path, module: nn.Module) -> None:
    """Starts a network from the weights of a model file that `store_weights` wrote, or that holds them in halves.

    Raises:
        TrainingError: a broken file, or weights of another network.
    """
    found: dict[str, Tensor] = {}
    try:
        for content in _graphs(file):
            found |= _stored(onnx.load_from_string(content))
    except Exception as error:  # protobuf's and zipfile's errors have no common root
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise TrainingError(f"{file}: not a model file to start from ({reason})") from error
    wanted = module.state_dict()
    found |= {_inner(name): value for name, value in found.items() if name not in wanted and _inner(name) in wanted}
    _unfold(found, wanted)
    wrong = [k for k, v in wanted.items() if k not in found or found[k].shape != v.shape]
    if wrong:
        raise TrainingError(f"{file}: weights of another network ({len(wrong)} of {len(wanted)} tensors do not fit)")
    module.load_state_dict({k: found[k].to(v.dtype) for k, v in wanted.items()})


def _stored(model: onnx.ModelProto) -> dict[str, Tensor]:
    """A graph's numbers by their names, those in eight bits multiplied out, transposed ones turned back."""
    stored = {w.name: onnx.numpy_helper.to_array(w) for w in model.graph.initializer}
    found = {}
    for name, values in stored.items():
        if name.endswith(SCALES):
            continue
        full = name.removesuffix(HALVED).removesuffix(CODES)
        turned = full.endswith(TURNED)
        if name.endswith(CODES):
            scales = stored[full + SCALES]
            values = values.astype(np.float32) * (scales if turned else _upright(scales, values.ndim))
        full = full.removesuffix(TURNED)
        found[full] = torch.from_numpy(np.array(values.T if turned else values))
    return found


def _unfold(found: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    """Finds weights of which the exporter made constants under names of its own, by a shape that one alone has.

    Files made before `keep_rest` was asked for them all have such: a shader's `follow`, viewed as (1, 3, 1, 1).
    """

    def shape(value: Tensor) -> tuple[int, ...]:
        return tuple(n for n in value.shape if n != 1)

    unnamed = [v for k, v in found.items() if k not in wanted and _inner(k) not in wanted and v.is_floating_point()]
    for name in [k for k in wanted if k not in found]:
        like = [v for v in unnamed if shape(v) == shape(wanted[name])]
        missing = [k for k in wanted if k not in found and shape(wanted[k]) == shape(wanted[name])]
        if len(like) == len(missing) == 1 and like[0].numel() > 1:
            found[name] = like[0].reshape(wanted[name].shape)


def _inner(name: str) -> str:
    """A weight's name in its network, less that of the module that the exporter was given, as `generator`."""
    return name.partition(".")[2]


def _graphs(file: Path) -> list[bytes]:
    content = file.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return [parts.read(n) for n in parts.namelist() if n != CARD]


def _large(weight: Tensor) -> bool:
    return weight.ndim >= 2 and weight.numel() >= LEAST


def _coded(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers, and the scale of each output channel, shaped to multiply them."""
    flat = weight.detach().float().flatten(1)
    most = MOST_OF_CONVOLUTIONS if weight.ndim == 4 else MOST
    scales = (flat.abs().amax(1, keepdim=True) / most).clamp_min(1e-12)
    shape = (-1, *[1] * (weight.ndim - 1))
    return (flat / scales).round().view(weight.shape), scales.view(shape)


def _upright(scales: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    return scales.reshape(-1, *[1] * (dimensions - 1))


def _origin(values: NDArray[Any], hint: str, named: dict[str, Tensor]) -> tuple[str, bool] | None:
    """The network's name for an initializer, and whether it stands transposed."""
    if hint in named and tuple(named[hint].shape) == values.shape:
        return hint, False
    if values.dtype != np.float32:
        return None
    for name, tensor in named.items():
        if tensor.ndim == 2 and tuple(tensor.shape[::-1]) == values.shape and np.array_equal(tensor.numpy().T, values):
            return name, True
        if tuple(tensor.shape) == values.shape and np.array_equal(tensor.numpy(), values):
            return name, False
    return None
