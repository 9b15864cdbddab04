"""Training starts from model files: those that ship are the only place where their numbers are kept."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from senga.errors import TrainingError
from senga.learn import checkpoint, closer_export, export, painter_export
from senga.learn.calibration import closer_examples, inker_examples, painter_examples
from senga.learn.export import TOLERANCE, Origin
from senga.learn.networks.closer import Closer
from senga.learn.networks.inker import Inker
from senga.learn.networks.painter import Painter
from senga.learn.networks.shader import Shader
from senga.learn.painter_export import example, export_painter, rounding, run_network
from senga.learn.shader_export import shader_difference
from senga.model.session import INPUT, Session
from senga.model.shipped import WEIGHTS
from standins import tiny_painter, tiny_shader


def started(network: nn.Module, file: Path) -> nn.Module:
    checkpoint.load_weights(file, network)
    return network.eval()


@pytest.mark.slow  # the networks that ship, not stand-ins
def test_every_shipped_model_file_gives_back_the_network_that_it_was_made_of() -> None:
    card = Session.open(WEIGHTS / "painter.zip", threads=1).card
    painter = started(Painter(**card.recipe["network"]), WEIGHTS / "painter.zip")
    shader = started(Shader(), WEIGHTS / "shader.onnx")
    closer, inker = started(Closer(), WEIGHTS / "closer.onnx"), started(Inker(), WEIGHTS / "inker.onnx")
    assert isinstance(painter, Painter)
    assert isinstance(shader, Shader)
    session = Session.open(WEIGHTS / "painter.zip", threads=1)
    assert rounding(painter, session, painter_examples(session)) < painter_export.ROUNDING
    given = run_network(painter, example(48, 64, 1))
    said = session.stage("think", given)  # which rounds nothing
    assert max(np.abs(said[name] - given[name]).max() for name in said) < TOLERANCE
    assert shader_difference(shader, Session.open(WEIGHTS / "shader.onnx", threads=1)) < TOLERANCE
    of_closer, of_inker = (Session.open(WEIGHTS / f"{name}.onnx", threads=1) for name in ("closer", "inker"))
    with torch.no_grad():
        for feeds in inker_examples(of_inker)[:2]:
            wanted = inker(torch.from_numpy(feeds[INPUT])).clamp(0, 1).numpy()
            assert np.abs(of_inker.run(feeds[INPUT], feeds) - wanted).mean() < export.ROUNDING
        for feeds in closer_examples(of_closer)[:2]:
            wanted = torch.sigmoid(closer(torch.from_numpy(feeds[INPUT]))).numpy()
            assert np.abs(of_closer.run(feeds[INPUT], feeds) - wanted).mean() < closer_export.ROUNDING


def test_a_painter_is_kept_in_16_or_8_bits(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="stored in 16 or 8 bits, not in 4"):
        export_painter(tiny_painter(), {}, Origin("", "", "", "", "", 0), tmp_path / "painter.zip", bits=4)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow  # the exporter takes its time; in eight bits: test_painter
def test_a_painter_in_sixteen_bits_can_be_started_from_too(tmp_path: Path) -> None:
    file, network, other = tmp_path / "painter.zip", tiny_painter(), tiny_painter(1)
    export_painter(network, {}, Origin("", "drawn by tests", "", "", "", 0), file, bits=16)
    started(other, file)
    assert all(torch.equal(v, network.half().float().state_dict()[k]) for k, v in other.state_dict().items())


def test_a_weight_that_the_exporter_made_a_constant_of_is_found(shader_file: Path) -> None:
    network, other = tiny_shader(), started(Shader(width=16, deep=16, fine=8), shader_file)
    assert all(torch.equal(v, network.half().float().state_dict()[k]) for k, v in other.state_dict().items())


def test_it_is_not_guessed_where_two_might_be_it(shader_file: Path, tmp_path: Path) -> None:
    model, file = onnx.load(str(shader_file)), tmp_path / "shader.onnx"
    kept = [w for w in model.graph.initializer if w.name != "follow"]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    (one,) = (w for w in kept if list(w.dims) == [1, 3, 1, 1])
    model.graph.initializer.append(onnx.numpy_helper.from_array(1 + onnx.numpy_helper.to_array(one), "twin"))
    onnx.save(model, str(file))
    with pytest.raises(TrainingError, match=r"shader.onnx: weights of another network \(1 of 88"):
        started(Shader(width=16, deep=16, fine=8), file)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_model_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(content)
    with pytest.raises(TrainingError) as caught:
        started(Closer(8), file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
