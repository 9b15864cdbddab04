"""Convolutions that a processor computes in eight bits, twice as fast, of a network that was trained in full precision.

What goes into each convolution and what comes out are rounded to 256 levels of the range that they have on examples;
what lies between convolutions stays in full precision. Weights have seven bits (see `eight_bits`).
"""

from collections.abc import Iterable, Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

from senga.learn.eight_bits import CODES, SCALES
from senga.model.runtime import open_graph

LEVELS = 255
"""Greatest code of a rounded number; the least is 0."""

MOST_SUM = 2**30
"""Greatest code of a bias, whose sums have 32 bits."""

Ranges = dict[str, tuple[float, float]]


def compute_in_eight_bits(
    model: onnx.ModelProto, examples: Iterable[Mapping[str, NDArray[np.float32]]], *, but_last: bool = False
) -> None:
    """Makes the convolutions of a graph ones of eight bits.

    Small ones, whose weights `eight_bits.store_weights` leaves as they are, stay as they are.

    Args:
        model: changed in place; its weights as `eight_bits.store_weights` stores them.
        examples: inputs by name, such as those of use: ranges are taken from them.
        but_last: the last one stays in full precision: that of a graph which answers with a picture would leave steps.
    """
    graph = model.graph
    coded = {n.output[0]: n for n in graph.node if n.op_type == "DequantizeLinear"}
    convolutions = [n for n in graph.node if n.op_type == "Conv"]
    chosen = [n for n in (convolutions[:-1] if but_last else convolutions) if n.input[1] in coded]
    ranges = _ranges(model, sorted({name for n in chosen for name in (n.input[0], n.output[0])}), examples)
    stored = {w.name: w for w in graph.initializer}
    chosen = [n for n in chosen if _fits(n, ranges[n.input[0]], coded[n.input[1]], stored)]
    answered, weights = {n.output[0] for n in chosen}, {n.input[1] for n in chosen}
    nodes: list[NodeProto] = []
    rounded: set[str] = set()
    for node in list(graph.node):
        if node.op_type == "DequantizeLinear" and node.output[0] not in weights:
            nodes += _opened(node, stored)
        elif node.output[0] not in answered:
            nodes.append(node)
        else:
            given = node.input[0]
            if given not in answered:  # what a convolution answers is rounded already
                node.input[0] = given + ".rounded"
                if given not in rounded:
                    rounded.add(given)
                    nodes += _rounding(graph, given, node.input[0], ranges[given])
            if len(node.input) > 2:
                steps = _sums(ranges[given], coded[node.input[1]], stored)
                nodes.append(_bias(graph, node, stored[node.input[2]], steps))
            out = node.output[0]
            node.output[0] = out + ".full"
            nodes += [node, *_rounding(graph, node.output[0], out, ranges[out])]
    del graph.node[:]
    graph.node.extend(nodes)


def _ranges(model: onnx.ModelProto, names: list[str], examples: Iterable[Mapping[str, NDArray[np.float32]]]) -> Ranges:
    """The least and the greatest number that each of some values has, 0 among them."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    del watched.graph.output[:]
    watched.graph.output.extend(helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names)
    opened = open_graph(watched.SerializeToString(), "a graph to be measured")
    ranges = dict.fromkeys(names, (0.0, 0.0))
    for example in examples:
        for name, values in zip(names, opened.run(dict(example), names), strict=True):
            low, high = ranges[name]
            ranges[name] = (min(low, float(values.min())), max(high, float(values.max())))
    return ranges


def _sums(
    bounds: tuple[float, float], weights: NodeProto, stored: Mapping[str, onnx.TensorProto]
) -> NDArray[np.float32]:
    """The step of each output channel's sums, before they are rounded."""
    steps: NDArray[np.float32] = _step(bounds) * numpy_helper.to_array(stored[weights.input[1]])
    return steps


def _fits(
    node: NodeProto, bounds: tuple[float, float], weights: NodeProto, stored: Mapping[str, onnx.TensorProto]
) -> bool:
    """Whether a bias can be told in steps of the sums: not beside weights that are all but nothing."""
    if len(node.input) < 3:
        return True
    bias = np.abs(numpy_helper.to_array(stored[node.input[2]]))
    return bool((bias < _sums(bounds, weights, stored) * MOST_SUM).all())


def _step(bounds: tuple[float, float]) -> np.float32:
    return np.float32(max(bounds[1] - bounds[0], 1e-6) / LEVELS)


def _rounding(graph: onnx.GraphProto, given: str, answer: str, bounds: tuple[float, float]) -> list[NodeProto]:
    """Nodes that round a value to the levels of its range."""
    step = _step(bounds)
    zero = np.uint8(np.clip(np.rint(-bounds[0] / step), 0, LEVELS))
    names = [answer + SCALES, answer + ".zero"]
    graph.initializer.extend(numpy_helper.from_array(np.array(v), n) for v, n in zip((step, zero), names, strict=True))
    return [
        helper.make_node("QuantizeLinear", [given, *names], [answer + CODES]),
        helper.make_node("DequantizeLinear", [answer + CODES, *names], [answer]),
    ]


def _bias(graph: onnx.GraphProto, node: NodeProto, bias: onnx.TensorProto, scales: NDArray[np.float32]) -> NodeProto:
    """Gives a convolution its bias in the steps that its sums have; the exact one stays, for training."""
    name = node.output[0] + ".bias"
    codes = np.rint(numpy_helper.to_array(bias) / scales).astype(np.int32)
    graph.initializer.append(numpy_helper.from_array(codes, name + CODES))
    graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), name + SCALES))
    node.input[2] = name
    return helper.make_node("DequantizeLinear", [name + CODES, name + SCALES], [name], axis=0)


def _opened(node: NodeProto, stored: Mapping[str, onnx.TensorProto]) -> list[NodeProto]:
    """Other weights, made full without the nodes by which a runtime knows products of eight bits."""
    codes, scales = node.input[:2]
    axis = next(a.i for a in node.attribute if a.name == "axis")
    values = numpy_helper.to_array(stored[scales])
    dimensions = len(stored[codes].dims)
    shape = [-1 if i == axis else 1 for i in range(dimensions)]
    stored[scales].CopyFrom(numpy_helper.from_array(values.reshape(shape), scales))
    whole = node.output[0] + ".whole"
    return [
        helper.make_node("Cast", [codes], [whole], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [whole, scales], [node.output[0]]),
    ]
