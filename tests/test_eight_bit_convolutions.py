"""Convolutions in eight bits: near the full ones, all else exact, weights found again."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from senga.learn.eight_bit_convolutions import compute_in_eight_bits
from senga.learn.eight_bits import load_stored, round_weights, store_weights
from senga.learn.export import forget_traces, traced
from senga.model.runtime import ROUNDS, open_graph


class Net(nn.Module):
    """A convolution between two products of matrices, and a small one."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(64, 64)
        self.conv = nn.Conv2d(64, 64, 3, padding=1)
        self.small = nn.Conv2d(64, 8, 1)
        self.after = nn.Linear(8, 600)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.before(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = self.small(torch.relu(self.conv(x)))
        return x, self.after(x.permute(0, 2, 3, 1))


@pytest.fixture(scope="module")
def net() -> Net:
    torch.manual_seed(0)
    net = Net().eval()
    round_weights(net)
    return net


@pytest.fixture(scope="module")
def stored(net: Net) -> onnx.ModelProto:
    model = traced(net, (torch.rand(1, 64, 12, 10),), ["x"], ["y", "z"], None)
    forget_traces(model)
    store_weights(model, net)
    return model


@pytest.fixture(scope="module")
def eight(stored: onnx.ModelProto) -> onnx.ModelProto:
    model = onnx.ModelProto()
    model.CopyFrom(stored)
    compute_in_eight_bits(model, [{"x": np.random.default_rng(i).random((1, 64, 12, 10), np.float32)} for i in (0, 1)])
    return model


def test_answers_are_those_of_the_network_but_for_a_hundredth(net: Net, eight: onnx.ModelProto) -> None:
    onnx.checker.check_model(eight)
    x = np.random.default_rng(7).random((1, 64, 12, 10), np.float32)
    got = dict(zip("yz", open_graph(eight.SerializeToString(), "net").run({"x": x}), strict=True))
    wanted = dict(zip("yz", (t.detach().numpy() for t in net(torch.from_numpy(x))), strict=True))
    for name in "yz":
        off = np.sqrt(np.square(got[name] - wanted[name]).mean() / np.square(wanted[name]).mean())
        assert 0 < off < 0.02


def test_what_is_no_large_convolution_is_as_exact_as_before(eight: onnx.ModelProto, net: Net) -> None:
    """The last product takes what the convolutions answer, whatever it is, and multiplies it in full precision."""
    x = np.random.default_rng(8).random((1, 64, 12, 10), np.float32)
    y, z = open_graph(eight.SerializeToString(), "net").run({"x": x})
    with torch.no_grad():
        again = net.after(torch.from_numpy(y).permute(0, 2, 3, 1)).numpy()
    assert np.abs(z - again).max() < 1e-5 * np.abs(z).max()


def test_only_graphs_that_say_so_round(stored: onnx.ModelProto, eight: onnx.ModelProto) -> None:
    assert ROUNDS not in stored.SerializeToString()
    assert ROUNDS in eight.SerializeToString()
    rounded = [n.input[0] for n in eight.graph.node if n.op_type == "QuantizeLinear"]
    assert len(rounded) == 2  # into the large convolution, and out of it


def test_weights_of_convolutions_fit_sums_of_sixteen_bits(stored: onnx.ModelProto) -> None:
    codes = {w.name: numpy_helper.to_array(w) for w in stored.graph.initializer if w.name.endswith(".codes")}
    convolution = codes["conv.weight.codes"].astype(int)
    assert convolution.shape == (64, 64, 3, 3)
    assert 2 * 255 * np.abs(convolution).max() < 2**15
    assert np.abs(codes["before.weight.turned.codes"]).max() == 127


def test_training_starts_from_the_exact_weights(net: Net, eight: onnx.ModelProto, tmp_path: Path) -> None:
    file = tmp_path / "eight.onnx"
    file.write_bytes(eight.SerializeToString())
    started = Net()
    load_stored(file, started)
    for name, weight in net.state_dict().items():
        assert torch.equal(weight, started.state_dict()[name]), name


def test_what_never_came_up_ends_at_the_range(eight: onnx.ModelProto) -> None:
    """Far larger numbers than those of the examples are cut off, not wrapped."""
    opened = open_graph(eight.SerializeToString(), "net")
    usual = np.abs(opened.run({"x": np.ones((1, 64, 12, 10), np.float32)})[0]).max()
    far = np.abs(opened.run({"x": np.full((1, 64, 12, 10), 1e4, np.float32)})[0]).max()
    assert np.isfinite(far)
    assert far < 10 * usual


def test_a_channel_that_learned_nothing_keeps_its_bias() -> None:
    torch.manual_seed(1)
    net = Net().eval()
    with torch.no_grad():
        net.conv.weight[0] = 0
        net.conv.bias[0] = 1.5  # type: ignore[index]
    round_weights(net)
    model = traced(net, (torch.rand(1, 64, 12, 10),), ["x"], ["y", "z"], None)
    forget_traces(model)
    store_weights(model, net)
    compute_in_eight_bits(model, [{"x": np.random.default_rng(0).random((1, 64, 12, 10), np.float32)}])
    x = np.random.default_rng(2).random((1, 64, 12, 10), np.float32)
    wanted = net(torch.from_numpy(x))[0].detach().numpy()
    assert np.abs(open_graph(model.SerializeToString(), "net").run({"x": x})[0] - wanted).max() < 0.02
