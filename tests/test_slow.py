"""Minutes, not seconds: run before a release (`make slow`)."""

from pathlib import Path

import pytest
import torch

from senga.learn.colourist import Colourist
from senga.learn.export import TOLERANCE, Origin, _prepared, difference, export, staged_difference
from senga.learn.generators import input_planes, make_generator
from senga.model.session import Session
from senga.recipefile import read_recipe

pytestmark = pytest.mark.slow


NAMES = ["house", "colourist", "paintschainer-128", "danbooru-unet", "danbooru-unet-patches"]
LINES = ["inker", "lines-unet", "lines-unet-mse", "lines-unet-cross-entropy", "lines-autoencoder"]


@pytest.mark.parametrize("name", [*NAMES, *LINES])
def test_every_shipped_recipe_exports_at_its_full_size(name: str, tmp_path: Path) -> None:
    recipe = read_recipe(name)
    torch.manual_seed(0)
    network = make_generator(recipe)
    card = export(recipe, network, Origin("", "made", "none", "none", "never", 0), tmp_path / "m.onnx")
    session = Session.open(tmp_path / "m.onnx")
    planes = input_planes(recipe)
    if session.staged:
        made = _prepared(recipe, network)
        assert isinstance(made, Colourist)
        assert staged_difference(made, session) <= TOLERANCE
        return
    assert difference(_prepared(recipe, network), session, planes, card.size_multiple) <= TOLERANCE
