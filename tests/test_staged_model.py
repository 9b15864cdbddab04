# mypy: no-warn-return-any
"""Model files in stages: packed, opened, refused."""

import dataclasses
import importlib.util
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from senga import extras
from senga.color.shader import Shader
from senga.errors import ModelError
from senga.learn.colorist_export import NAMES, pack
from senga.model.card import Card
from senga.model.session import CARD, EXACT, STAGES, Session

A_CARD = Card(
    name="stages",
    task="colorize",
    encoding="masked-channels",
    low=0.0,
    high=1.0,
    size_multiple=16,
    area=96 * 96,
    conditions=("hints", "palette", "reference"),
    recipe={},
    pairs="none",
    data="made",
    license_data="none",
    license_weights="none",
    trained="never",
    steps=0,
    parameters=0,
    tolerance=0.0,
)


def graph(name: str, times: float = 1.0) -> bytes:
    """A graph with a stage's inputs and outputs; each output is the first input, multiplied."""
    inputs, outputs = NAMES[name]

    def value(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None])

    # All inputs must be used, or a runtime may drop them: what is added is multiplied by zero.
    nodes = [helper.make_node("Mul", [inputs[0], "times"], ["first"])]
    for i, other in enumerate(inputs[1:]):
        nodes.append(helper.make_node("Mul", [other, "none"], [f"none-{i}"]))
        nodes.append(helper.make_node("Add", ["first" if not i else f"sum-{i - 1}", f"none-{i}"], [f"sum-{i}"]))
    last = f"sum-{len(inputs) - 2}" if len(inputs) > 1 else "first"
    nodes += [helper.make_node("Identity", [last], [out]) for out in outputs]
    constants = [helper.make_tensor("times", TensorProto.FLOAT, [], [times])]
    constants += [helper.make_tensor("none", TensorProto.FLOAT, [], [0.0])]
    made = helper.make_graph(nodes, name, [*map(value, inputs)], [*map(value, outputs)], constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return {name: graph(name, i + 2) for i, name in enumerate(STAGES)}


@pytest.fixture
def packed(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    file = tmp_path / "model.senga"
    file.write_bytes(pack(parts, A_CARD.to_json()))
    return file


def given(name: str) -> dict[str, np.ndarray]:
    return {key: np.full((2, 3), i + 1, np.float32) for i, key in enumerate(NAMES[name][0])}


def repacked(file: Path, **changes: bytes | None) -> None:
    """Writes a zip anew with other parts, or without them."""
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as content:
        kept = {n: content.read(n) for n in content.namelist()}
    for name, part in changes.items():
        entry = CARD if name == "card" else f"{name}.onnx"
        kept.pop(entry)
        if part is not None:
            kept[entry] = part
    with zipfile.ZipFile(file, "w") as content:
        for entry, part in kept.items():
            content.writestr(entry, part)


def refused(file: Path, **options: Any) -> str:
    with pytest.raises(ModelError) as caught:
        Session.open(file, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_stages_known_to_learning_and_to_use_are_the_same() -> None:
    assert tuple(NAMES) == STAGES
    assert set(EXACT) < set(STAGES)
    known = {"line", "hint", "mask", "palette", "reference", "strength"}
    for inputs, outputs in NAMES.values():
        assert set(inputs) <= known
        known |= set(outputs)


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_what_was_packed_is_opened(packed: Path, backend: str) -> None:
    if backend == "openvino" and importlib.util.find_spec("openvino") is None:
        pytest.skip("openvino is not installed")
    session = Session.open(packed, threads=1, backend=backend)
    assert session.staged
    assert session.card == A_CARD
    for i, name in enumerate(STAGES):
        answers = session.stage(name, {**given(name), "unknown": np.zeros(1, np.float32)})
        assert tuple(answers) == NAMES[name][1]
        for values in answers.values():
            np.testing.assert_allclose(values, np.full((2, 3), i + 2))


def test_answers_stay_when_the_stage_runs_again(packed: Path) -> None:
    session = Session.open(packed, threads=1)
    first = session.stage("cut", given("cut"))["label"]
    session.stage("cut", {"line": np.full((2, 3), 9, np.float32)})
    assert (first == 2).all()


def test_equal_parts_are_packed_to_equal_bytes(parts: dict[str, bytes]) -> None:
    assert pack(parts, A_CARD.to_json()) == pack(dict(parts), A_CARD.to_json())
    assert pack(parts, A_CARD.to_json()) != pack(parts, dataclasses.replace(A_CARD, steps=1).to_json())


@pytest.mark.parametrize("part", ["card", *STAGES])
def test_a_missing_part_is_named(packed: Path, part: str) -> None:
    repacked(packed, **{part: None})
    message = refused(packed)
    assert str(packed) in message
    assert (CARD if part == "card" else f"{part}.onnx") in message


def test_a_part_that_is_no_graph_and_a_card_that_is_none_are_refused(packed: Path, parts: dict[str, bytes]) -> None:
    repacked(packed, think=b"nonsense")
    assert "not a model file" in refused(packed)
    repacked(packed, think=parts["think"], card=b"{")
    assert "its card is broken" in refused(packed)
    repacked(packed, card=dataclasses.replace(A_CARD, form=99).to_json().encode())
    assert "upgrade senga" in refused(packed)
    repacked(packed, card=dataclasses.replace(A_CARD, task="animate").to_json().encode())
    assert "animate" in refused(packed)


def test_broken_zips_are_refused_on_one_line(packed: Path) -> None:
    whole = packed.read_bytes()
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2], whole[:-30], whole[200:]):
        packed.write_bytes(content)
        assert str(packed) in refused(packed)


def test_a_zip_with_damage_in_any_place_is_opened_right_or_refused(packed: Path) -> None:
    whole = packed.read_bytes()
    messages = []
    for at in range(0, len(whole), 41):
        packed.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            assert Session.open(packed, threads=1).card == A_CARD  # a byte that nobody reads
        except ModelError as error:
            messages.append(str(error))
    assert len(messages) > 10
    assert not any("\n" in m for m in messages)


def test_an_unknown_backend_is_refused_with_the_known_ones(packed: Path) -> None:
    message = refused(packed, backend="abacus")
    assert "'abacus'" in message
    assert "onnxruntime, openvino" in message


def test_openvino_that_is_not_installed_is_told_how_to_install(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert f"openvino is not installed; run: {extras.command('openvino')}" in refused(packed, backend="openvino")


def test_openvino_takes_no_file_of_one_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    model = onnx.load_from_string(graph("cut"))
    entry = model.metadata_props.add()
    entry.key, entry.value = "senga.card", A_CARD.to_json()
    onnx.save(model, tmp_path / "one.onnx")
    assert not Session.open(tmp_path / "one.onnx").staged
    assert "only model files in stages run by openvino" in refused(tmp_path / "one.onnx", backend="openvino")


def test_a_shader_runs_by_openvino_as_by_the_runtime() -> None:
    pytest.importorskip("openvino")
    lines = np.full((48, 64), 255, np.uint8)
    lines[:, 32] = 0
    labels = (np.arange(64)[None] >= 32).astype(np.int32) + np.zeros((48, 1), np.int32)
    colors = np.array([[200, 120, 90], [60, 90, 160]], np.uint8)
    made = []
    for backend in ("onnxruntime", "openvino"):
        shader = Shader.open(threads=1, backend=backend)
        assert shader.session.backend == backend
        made.append(shader.shade(shader.look(lines, labels), colors).color(1.0).astype(int))
    off = np.abs(made[0] - made[1])  # bfloat16 where the processor has it, and rounded to other eight bits therefore
    assert off.mean() < 1
    assert np.quantile(off, 0.99) <= 4
    assert off.max() <= 16
