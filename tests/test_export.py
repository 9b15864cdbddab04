from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from senga import SengaError, TrainingError
from senga.color.encode import PLANES
from senga.learn import export as exporting
from senga.learn.export import Origin, difference, drawn_example, export
from senga.learn.networks.generators import make_generator
from senga.model.session import Session
from senga.recipe import Recipe
from senga.recipefile import parse_recipe

ORIGIN = Origin("f" * 16, "made", "none", "none", "never", 3)
PIXEL = """
name = "{kind}"
about = "small"
{hints}
[generator]
kind = "{kind}"
width = 8
[losses]
l1 = 1.0
[training]
steps = 1
"""


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("unet", "autoencoder")]
"""The exporter takes its time: one of a kind will do."""


@pytest.mark.parametrize("kind", ["paintschainer", *SLOW])
def test_model_file_and_network_agree_for_every_pixel_network(kind: str, tmp_path: Path) -> None:
    hints = '[hints]\nkind = "dots"\nencoding = "channels"' if kind == "paintschainer" else ""
    recipe = parse_recipe(PIXEL.format(kind=kind, hints=hints))
    torch.manual_seed(0)
    card = export(recipe, make_generator(recipe), ORIGIN, tmp_path / "m.onnx")
    session = Session.open(tmp_path / "m.onnx")
    assert session.card == card
    assert card.conditions == (("hints",) if hints else ())
    out = session.run(drawn_example(PLANES[recipe.hints.encoding], 64, 96, 0))
    assert out.shape == (1, 3, 64, 96)


@pytest.mark.parametrize(
    ("kind", "loss", "answer"),
    [
        pytest.param("ronneberger", "l1", ("paper",), marks=pytest.mark.slow),
        ("inker", "strokes", ("ink", "center")),
    ],
)
def test_model_file_and_network_agree_for_every_line_network(
    kind: str, loss: str, answer: tuple[str, ...], tmp_path: Path
) -> None:
    text = PIXEL.format(kind=kind, hints="").replace("width = 8", "width = 24").replace("l1 =", f"{loss} =")
    recipe = parse_recipe('task = "lines"\n' + text)
    torch.manual_seed(0)
    card = export(recipe, make_generator(recipe), ORIGIN, tmp_path / "m.onnx")
    assert (card.task, card.answer, card.conditions) == ("lines", answer, ())
    session = Session.open(tmp_path / "m.onnx")
    assert session.card == card
    assert session.run(drawn_example(3, 64, 96, 0)).shape == (1, len(answer), 64, 96)


@pytest.mark.slow
def test_a_line_extractor_in_eight_bits_is_smaller_and_draws_nearly_the_same(tmp_path: Path) -> None:
    text = PIXEL.format(kind="inker", hints="").replace("width = 8", "width = 24").replace("l1 =", "strokes =")
    recipe, file = parse_recipe('task = "lines"\n' + text), tmp_path / "m.onnx"
    torch.manual_seed(0)
    network = make_generator(recipe).eval()
    export(recipe, network, ORIGIN, file, bits=8)
    assert file.stat().st_size < 0.8 * sum(2 * w.numel() for w in network.parameters())
    seen = drawn_example(3, 64, 96, 0)
    with torch.no_grad():
        full = network(torch.from_numpy(seen)).clamp(0, 1).numpy()
    assert 0 < np.abs(full - Session.open(file).run(seen)).mean() < exporting.ROUNDING
    other = parse_recipe(PIXEL.format(kind="unet", hints=""))
    with pytest.raises(TrainingError, match="eight bits are of line extractors and courses"):
        export(other, make_generator(other), ORIGIN, file, bits=8)


def test_the_model_file_that_many_tests_share_is_of_its_network(tiny_model: Path, tiny_recipe: Recipe) -> None:
    torch.manual_seed(0)
    network = exporting._prepared(tiny_recipe, make_generator(tiny_recipe))
    assert difference(network, Session.open(tiny_model), 5, 16) < 1e-4


@pytest.fixture
def not_traced(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph of the model file that many tests share, of seed 0, in the place of one traced anew."""
    graph = onnx.load(str(tiny_model))
    del graph.metadata_props[:]
    monkeypatch.setattr(exporting, "_to_onnx", lambda *_: graph)


@pytest.mark.usefixtures("not_traced")
def test_export_refuses_a_file_that_disagrees(tmp_path: Path, tiny_recipe: Recipe) -> None:
    torch.manual_seed(1)
    with pytest.raises(TrainingError, match="not written: the model file differs"):
        export(tiny_recipe, make_generator(tiny_recipe), ORIGIN, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("not_traced")
def test_export_overwrites_only_when_told(tmp_path: Path, tiny_recipe: Recipe) -> None:
    torch.manual_seed(0)
    network = make_generator(tiny_recipe)
    (tmp_path / "m.onnx").write_text("mine")
    with pytest.raises(SengaError, match="exists"):
        export(tiny_recipe, network, ORIGIN, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_text() == "mine"
    card = export(tiny_recipe, network, ORIGIN, tmp_path / "m.onnx", force=True)
    session = Session.open(tmp_path / "m.onnx")
    assert session.card == card
    assert (card.steps, card.conditions) == (3, ("hints",))


def test_weights_are_stored_in_half_precision(tiny_model: Path, tiny_recipe: Recipe) -> None:
    numbers = sum(p.numel() for p in make_generator(tiny_recipe).parameters())
    assert tiny_model.stat().st_size < numbers * 2.6 + 600_000


def test_nothing_of_this_machine_is_in_the_file(tiny_model: Path) -> None:
    content = tiny_model.read_bytes()
    assert str(Path(exporting.__file__).parent).encode() not in content
    assert b"stack_trace" not in content
