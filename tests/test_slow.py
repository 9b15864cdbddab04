"""Minutes, not seconds: run before a release (`make slow`)."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from senga import image
from senga.learn.colourist import Colourist
from senga.learn.export import TOLERANCE, Origin, _prepared, difference, export, staged_difference
from senga.learn.generators import input_planes, make_generator
from senga.model.session import Session
from senga.recipefile import read_recipe, shipped_recipes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", [file.stem for file in shipped_recipes()])
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


TWIN = """
name = "twin"
about = "The same picture again and again, so that any two batches are the same."
[data]
size = 64
lines = {{ kind = "dilate" }}
flip = false
[generator]
kind = "unet"
width = 8
kernel = 3
{discriminator}
[losses]
l1 = 1
{adversary}
[training]
steps = 12
batch = {batch}
rate = 1e-3
precision = "fp32"
evaluate = 12
save = 12
"""
GAME = ("[discriminator]\nkind = 'strided'\nwidth = 8", "adversary = 0.1")


@pytest.mark.parametrize("game", [("", ""), GAME], ids=["alone", "game"])
def test_two_processes_learn_what_one_learns_from_as_large_a_batch(game: tuple[str, str], tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (8, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    for i in range(4):
        image.write(pictures / f"{i}.png", picture)
    senga = Path(sys.executable).with_name("senga")
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}

    def run(*arguments: object) -> None:
        subprocess.run([senga, *map(str, arguments)], check=True, env=environment, capture_output=True, timeout=300)

    run("pairs", "build", pictures, tmp_path / "set", "--method", "none", "--val", 0, "--test", 0, "--workers", 1)
    losses = []
    for devices, batch in ((1, 4), (2, 2)):
        recipe = tmp_path / f"{devices}.toml"
        recipe.write_text(TWIN.format(batch=batch, discriminator=game[0], adversary=game[1]))
        folder = tmp_path / f"run{devices}"
        run("train", recipe, "--pairs", tmp_path / "set", "--run", folder, "--devices", devices)
        with (folder / "losses.csv").open(newline="") as lines:
            losses.append([{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)])
        with torch.no_grad():
            state = torch.load(folder / "checkpoint.pt", weights_only=True)["generator"]
        losses[-1].append({k: float(v.float().abs().mean()) for k, v in state.items()})
    one, two = losses
    assert one[-2]["step"] == two[-2]["step"] == 12
    for first, second in zip(one, two, strict=True):
        for key in first.keys() - {"step"}:
            assert second[key] == pytest.approx(first[key], rel=0.02, abs=1e-3), key
