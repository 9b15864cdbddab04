"""Networks that see pictures whole: what they are shown, at which size they are used, how they are settled."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from conftest import patchwork
from senga import image
from senga.errors import RecipeError
from senga.learn import checkpoint
from senga.learn.data.batches import Batches
from senga.learn.data.line_sources import Pen
from senga.learn.data.whole_pictures import picture_reader
from senga.learn.export import working_area
from senga.learn.networks.generators import make_generator
from senga.learn.train import train
from senga.learn.validation import BUDGETS, Validation
from senga.lines import edges
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.recipe import Data, Generator, Hinting, LineKind, Lines, Losses, Recipe, Training, as_table
from senga.recipefile import from_table, read_recipe, shipped_recipes

pytestmark = pytest.mark.usefixtures("few_settled", "no_curves")

CPU = torch.device("cpu")
WHOLE = Recipe(
    name="test",
    about="A pixel network small enough for tests.",
    data=Data(size=32, lines=Lines("dilate"), whole=True),
    generator=Generator(kind="paintschainer", width=4),
    losses=Losses(l2=1.0),
    training=Training(steps=6, batch=4, rate=3e-2, precision="fp32", save=6, evaluate=6, seed=5),
)


def with_lines(kind: LineKind, learned: float = 0.0) -> Recipe:
    return dataclasses.replace(WHOLE, data=dataclasses.replace(WHOLE.data, lines=Lines(kind, learned)))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    rows = []
    splits: list[Split] = ["train" if i < 8 else "val" for i in range(10)]
    for i, split in enumerate(splits):
        height, width = (20, 24) if i == 7 else (96, 64 + 8 * i)
        color = patchwork(height, width, i)
        line = 255 - 200 * np.eye(height, width, dtype=np.uint8)
        image.write(folder / f"{i}.png", color)
        image.write(folder / f"{i}-line.png", line)
        digest = hashlib.sha256((folder / f"{i}.png").read_bytes()).hexdigest()
        rows.append(
            Pair(f"{i}.png", f"{i}-line.png", f"{i}.png", (0, 0, width, height), 0, "given", {}, digest, split, f"{i}")
        )
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


def seen(recipe: Recipe, pairs: PairSet, i: int) -> np.ndarray:
    return picture_reader(recipe, pairs, Pen(recipe.data.lines, CPU))(pairs.pairs[i])


def test_pictures_are_shrunk_whole_and_small_ones_left(pairs: PairSet) -> None:
    assert seen(WHOLE, pairs, 0).shape == (48, 32, 4)
    assert seen(WHOLE, pairs, 4).shape == (32, 32, 4)
    assert seen(WHOLE, pairs, 7).shape == (20, 24, 4)
    color = pairs.color(pairs.pairs[0])
    halves = color.reshape(48, 2, 32, 2, 3).mean((1, 3))
    # Smoothed as it is shrunk: near the mean of the pixels that each stands for, and nowhere a single one of them.
    assert np.abs(seen(WHOLE, pairs, 0)[..., :3] - halves).mean() < 6


def test_lines_are_drawn_first_and_get_thin(pairs: PairSet) -> None:
    color = pairs.color(pairs.pairs[0])
    drawn = edges.dilate(np.round(color @ (0.299, 0.587, 0.114)).astype(np.uint8))
    mine = seen(WHOLE, pairs, 0)[..., 3]
    assert np.abs(mine - drawn.reshape(48, 2, 32, 2).mean((1, 3))).mean() < 8
    given = seen(with_lines("given"), pairs, 0)[..., 3]
    assert 55 < given.min() < 200  # a line one pixel wide is gray when it is half as wide
    assert seen(with_lines("learned"), pairs, 5)[..., 3].shape == seen(WHOLE, pairs, 5).shape[:2]


def test_a_pair_has_the_same_lines_each_time(pairs: PairSet) -> None:
    for recipe in (with_lines("mix"), with_lines("mix", 0.5)):
        assert np.array_equal(seen(recipe, pairs, 1), seen(recipe, pairs, 1))
    other = dataclasses.replace(with_lines("mix"), training=dataclasses.replace(WHOLE.training, seed=6))
    mixed = [np.array_equal(seen(with_lines("mix"), pairs, i), seen(other, pairs, i)) for i in range(6)]
    assert not all(mixed)


def test_batches_and_validation_are_of_the_same_size_and_lines(pairs: PairSet) -> None:
    batch = Batches(WHOLE, pairs, torch.Generator().manual_seed(1)).next()
    assert batch.planes.shape == (4, 1, 32, 32)
    assert torch.equal(batch.planes, batch.line)
    color, line = Validation(WHOLE, pairs, CPU).examples[0]
    picture = torch.from_numpy(seen(WHOLE, pairs, 8)).permute(2, 0, 1)[None].float() / 255
    assert color.shape[2:] == line.shape[2:] == (32, 32)
    assert picture.shape[2:] == (32, 43)
    assert (line.mean() - picture[:, 3].mean()).abs() < 0.03
    assert working_area(WHOLE) == 32 * 32 * 4 // 3


class Seen(nn.Module):
    """Keeps what it is shown, answers white."""

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        self.planes = planes
        return planes.new_ones(len(planes), 3, *planes.shape[2:])


@pytest.mark.parametrize(
    ("hinting", "budgets", "places"),
    [
        (Hinting(), (0,), 0),
        (Hinting("dots", encoding="channels"), BUDGETS, 64 * 9),
        (Hinting("fixed-patches", size=7, none=0.5, encoding="overwrite"), (0, 20), 20 * 49),
        (Hinting("patches", count=3, size=5, none=0.5, encoding="overwrite"), (0, 3), 3 * 25),
        (Hinting("blur", size=9, none=0.5, encoding="mix"), (0, 1), 32 * 32),
    ],
)
def test_a_network_is_measured_with_hints_that_it_learned_from(
    pairs: PairSet, hinting: Hinting, budgets: tuple[int, ...], places: int
) -> None:
    validation = Validation(dataclasses.replace(WHOLE, hints=hinting), pairs, CPU)
    assert validation.budgets == budgets
    shown = Seen()
    for i in range(len(validation.examples)):
        validation.paint(shown, i, 0)
        bare = shown.planes
        validation.paint(shown, i, budgets[-1])
        changed = (shown.planes != bare).any(1).sum().item()
        assert changed == pytest.approx(places, rel=0.5)  # places overlap and are cut off at the border
        hinted = shown.planes
        validation.paint(shown, i, budgets[-1])
        assert torch.equal(hinted, shown.planes)
    assert [row["hints"] for row in validation.scores(Seen())] == list(budgets)


def test_what_is_drawn_aside_takes_nothing_from_the_stream(pairs: PairSet) -> None:
    plain, other = (Batches(WHOLE, pairs, torch.Generator().manual_seed(1)) for _ in range(2))
    aside = [batch.target for batch in other.aside(2, seed=9)]
    assert len(aside) == 2
    assert not torch.equal(*aside)
    assert torch.equal(plain.next().target, other.next().target)
    again = [batch.target for batch in other.aside(2, seed=9)]
    assert torch.equal(aside[0], again[0])
    assert torch.equal(plain.next().target, other.next().target)


def test_batch_norms_know_the_network_that_is_kept(pairs: PairSet, tmp_path: Path) -> None:
    """A network that still learns fast when it ends answers in use as it did in training."""
    kept = train(WHOLE, pairs, tmp_path / "run")
    state = checkpoint.load(tmp_path / "run")
    assert state is not None
    lagging = make_generator(WHOLE)
    lagging.load_state_dict(state["generator"])
    batches = Batches(WHOLE, pairs, torch.Generator().manual_seed(3))
    planes = torch.cat([batches.next().planes for _ in range(16)])

    def gap(network: nn.Module) -> float:
        with torch.no_grad():
            used = network.eval()(planes)
            trained = lagging.train()(planes)
        return float((used - trained).abs().mean())

    mine = gap(kept)
    lagging.load_state_dict(state["generator"])
    assert mine < 0.3 * gap(lagging)
    norms = [m for m in kept.modules() if isinstance(m, nn.BatchNorm2d)]
    assert all(m.momentum == 0.1 for m in norms)
    # Saved as it is returned, and the same when the run is read again.
    again = make_generator(WHOLE)
    checkpoint.load_weights(tmp_path / "run" / checkpoint.WEIGHTS, again)
    assert torch.allclose(again.state_dict()[name := next(iter(n for n, _ in again.named_buffers()))],
                          kept.state_dict()[name], atol=1e-3)  # fmt: skip
    assert same(kept, train(WHOLE, pairs, tmp_path / "run"))


def same(a: nn.Module, b: nn.Module) -> bool:
    first, second = a.state_dict(), b.state_dict()
    return all(torch.equal(first[k], second[k]) for k in first)


def test_whole_goes_with_pixel_networks_alone() -> None:
    table = as_table(WHOLE)
    for section, entry in (("data", {"shrink": [1.0, 2.0]}), ("task", "lines")):
        changed = {**table, section: {**table[section], **entry} if isinstance(entry, dict) else entry}
        with pytest.raises(RecipeError, match=r"\[data.whole\]"):
            from_table(changed)
    published = [read_recipe(file) for file in shipped_recipes()]
    others = {"ours"} | {r.source for r in published if r.task == "lines"}
    assert all(r.data.whole for r in published if r.source not in others)
