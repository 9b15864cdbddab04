"""Minutes, not seconds: run before a release (`make slow`)."""

from pathlib import Path

import pytest
import torch

from senga.color.encode import PLANES
from senga.learn.export import TOLERANCE, Origin, _prepared, difference, export
from senga.learn.generators import make_generator
from senga.model.session import Session
from senga.recipe import read_recipe

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["house", "paintschainer-128", "danbooru-unet", "danbooru-unet-patches"])
def test_every_shipped_recipe_exports_at_its_full_size(name: str, tmp_path: Path) -> None:
    recipe = read_recipe(name)
    torch.manual_seed(0)
    network = make_generator(recipe)
    card = export(recipe, network, Origin("", "made", "none", "none", "never", 0), tmp_path / "m.onnx")
    session = Session.open(tmp_path / "m.onnx")
    planes = PLANES[recipe.hints.encoding]
    assert difference(_prepared(recipe, network), session, planes, card.size_multiple) <= TOLERANCE
