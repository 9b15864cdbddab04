"""Training of line extractors: examples, disguises, a run, its resume, what is refused."""

import dataclasses
import hashlib
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from conftest import patchwork
from senga import RecipeError, image
from senga.learn import objectives
from senga.learn.data.batches import Batches
from senga.learn.data.line_targets import scales, with_centers
from senga.learn.data.picture_augmentation import disguise
from senga.learn.train import train
from senga.lines.strokes import centers
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.recipe import Recipe
from senga.recipefile import parse_recipe, read_recipe

pytestmark = pytest.mark.usefixtures("few_settled")

INKER = parse_recipe(
    """
name = "small"
about = "An inker small enough for tests."
task = "lines"
[data]
size = 32
lines = { kind = "given" }
shrink = [1.0, 1.5]
turn = true
disguise = 0.5
[generator]
kind = "inker"
width = 24
[losses]
strokes = 1.0
[training]
steps = 6
batch = 2
rate = 1e-3
average = 0.9
precision = "fp32"
save = 2
evaluate = 3
"""
)
UNET = dataclasses.replace(
    INKER,
    data=dataclasses.replace(INKER.data, shrink=(1.0, 1.0), disguise=0.0),
    generator=dataclasses.replace(INKER.generator, kind="ronneberger", width=8),
    losses=dataclasses.replace(INKER.losses, strokes=0.0, l1=1.0),
)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    rows = []
    splits: list[Split] = ["train" if i < 6 else "val" for i in range(8)]
    for i, split in enumerate(splits):
        color = patchwork(64, 80, i)
        line = np.where((color == 20).all(2), 0, 255).astype(np.uint8)
        image.write(folder / f"{i}.png", color)
        image.write(folder / f"{i}-line.png", line)
        digest = hashlib.sha256(color.tobytes()).hexdigest()
        rows.append(
            Pair(f"{i}.png", f"{i}-line.png", f"{i}.png", (0, 0, 80, 64), 0, "given", {}, digest, split, f"{i}")
        )
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


def same(a: nn.Module, b: nn.Module) -> bool:
    first, second = a.state_dict(), b.state_dict()
    return all(torch.equal(first[k], second[k]) for k in first)


class TestExamples:
    def test_targets_are_ink_and_nearness_to_its_center_lines(self, pairs: PairSet) -> None:
        pair = pairs.pairs[0]
        shown = list(with_centers(pairs, pair, (1.0, 2.0)))
        assert [s.shape for s in shown] == [(64, 80, 5), (45, 57, 5), (32, 40, 5)]
        full = shown[0]
        assert (full[..., 3] == pairs.line(pair)).all()
        center = centers(pairs.line(pair) < 128)
        assert (full[center][:, 4] == 255).all()
        assert (full[~center][:, 4] < 255).all()

    def test_scales_are_the_ends_and_their_middle(self) -> None:
        assert scales((1.0, 4.0)) == [1.0, 2.0, 4.0]
        assert scales((1.0, 1.0)) == [1.0]

    def test_a_batch_holds_a_picture_and_what_to_answer(self, pairs: PairSet) -> None:
        batch = Batches(INKER, pairs, torch.Generator().manual_seed(1)).next()
        assert batch.planes.shape == (2, 3, 32, 32)
        assert batch.target.shape == (2, 2, 32, 32)
        torch.testing.assert_close(batch.target[:, :1], 1 - batch.line)
        plain = Batches(UNET, pairs, torch.Generator().manual_seed(1)).next()
        assert torch.equal(plain.target, plain.line)
        dark = plain.planes.amax(1, keepdim=True) < 0.1
        assert plain.line[dark].max() < 0.5, "without a disguise, ink is where the picture is dark"


class TestDisguise:
    def make(self, n: int = 24) -> tuple[torch.Tensor, torch.Tensor]:
        """Discs of flat color with black outlines on white."""
        y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
        away = torch.hypot(y - 32, x - 32) - 20
        line = (away.abs() > 2).float().expand(n, 1, 64, 64)
        fill = torch.where(away < 0, 0.6, 1.0).expand(n, 3, 64, 64) * torch.tensor([1.0, 0.8, 0.5]).view(1, 3, 1, 1)
        fill = torch.where(away < 0, fill, torch.ones_like(fill))
        return fill * line, line.contiguous()

    def test_pictures_change_and_stay_pictures(self) -> None:
        color, line = self.make()
        changed = disguise(color, line, 1.0, torch.Generator().manual_seed(0))
        assert changed.shape == color.shape
        assert 0 <= changed.min() <= changed.max() <= 1
        assert torch.isfinite(changed).all()
        assert ((changed - color).abs().mean((1, 2, 3)) > 0.02).float().mean() > 0.9

    def test_the_share_and_the_seed_decide(self) -> None:
        color, line = self.make(200)
        half = disguise(color, line, 0.5, torch.Generator().manual_seed(2))
        untouched = (half == color).flatten(1).all(1).float().mean()
        assert 0.35 < untouched < 0.65
        assert torch.equal(half, disguise(color, line, 0.5, torch.Generator().manual_seed(2)))
        assert torch.equal(color, disguise(color, line, 0.0, torch.Generator().manual_seed(2)))

    def test_lines_still_differ_from_what_lies_beside_them(self) -> None:
        color, line = self.make(100)
        changed = disguise(color, line, 1.0, torch.Generator().manual_seed(4))
        inner, ring = torch.zeros(64, 64, dtype=torch.bool), line[0, 0] < 0.5
        inner[26:38, 26:38] = True
        apart = (changed[:, :, inner].mean(2) - changed[:, :, ring].mean(2)).abs().amax(1)
        assert (apart > 0.04).float().mean() > 0.85

    def test_ink_that_is_not_dark_is_left_alone(self) -> None:
        color, line = self.make()
        pale = color * 0.2 + 0.8 * line.new_tensor([1.0, 0.4, 0.4]).view(1, 3, 1, 1)
        changed = disguise(pale, line, 1.0, torch.Generator().manual_seed(4))
        # Exposure and noise may change it, a new pen does not: red stays the strongest channel of the lines.
        ring = line[0, 0] < 0.5
        means = changed[:, :, ring].mean(2)
        assert (means[:, 0] > means[:, 1]).float().mean() > 0.9


class TestStrokes:
    def test_the_right_answer_costs_least(self) -> None:
        target = torch.zeros(1, 2, 16, 16)
        target[:, :, 7:9] = 1
        right, blank, wrong = (
            objectives.strokes(v, target) for v in (target * 16 - 8, -8 + 0 * target, 8 - 16 * target)
        )
        assert right < 0.02
        assert right < blank < wrong

    def test_faint_lines_are_not_given_up(self) -> None:
        target = torch.zeros(1, 2, 64, 64)
        target[:, :, 30] = 1
        logits = torch.full_like(target, -3.0, requires_grad=True)
        torch.autograd.backward(objectives.strokes(logits, target))
        assert logits.grad is not None
        assert logits.grad[:, :, 30].mean() < 0 < logits.grad[:, :, 5].mean()
        assert logits.grad[:, :, 30].abs().mean() > 10 * logits.grad[:, :, 5].abs().mean()


class TestRun:
    @pytest.mark.parametrize("recipe", [INKER, UNET], ids=["inker", "unet"])
    def test_a_run_is_measured_shown_and_resumed_to_the_same_numbers(
        self, recipe: Recipe, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[str] = []
        whole = train(recipe, pairs, tmp_path / "whole", tell=said.append)
        assert any("precision" in s and "width spread" in s for s in said)
        header, *rows = (tmp_path / "whole" / "scores.csv").read_text().splitlines()
        assert header == "step,f1,precision,recall,width_error,width_spread"
        assert len(rows) == 2
        # A row for each validation pair: picture, answer, truth.
        assert image.read(tmp_path / "whole" / "samples-000006.png").shape == (2 * 256, 3 * 256, 3)
        assert image.read(tmp_path / "whole" / "curves.png").std() > 1
        straight, count = Batches.next, [0]

        def stopping(batches: Batches) -> object:
            count[0] += 1
            if count[0] == 3:
                os.kill(os.getpid(), signal.SIGTERM)
            return straight(batches)

        with monkeypatch.context() as patch:
            patch.setattr(Batches, "next", stopping)
            with pytest.raises(KeyboardInterrupt):
                train(recipe, pairs, tmp_path / "broken")
        assert same(train(recipe, pairs, tmp_path / "broken"), whole)
        assert (tmp_path / "broken" / "scores.csv").read_text() == (tmp_path / "whole" / "scores.csv").read_text()

    def test_pairs_without_line_art_are_refused(self, pairs: PairSet, tmp_path: Path) -> None:
        bare = PairSet(pairs.folder, tuple(dataclasses.replace(p, line=None) for p in pairs.pairs))
        with pytest.raises(Exception, match="pairs without line art"):
            train(INKER, bare, tmp_path / "run")


LINES = """
name = "x"
about = "y"
task = "lines"
generator.kind = "ronneberger"
losses.l1 = 1.0
training.steps = 1
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"ronneberger"', '"unet"', "task 'lines' does not go with generator 'unet'"),
        ('"ronneberger"', '"inker"', "'strokes' and the inker go together"),
        ("losses.l1 = 1.0", "losses.strokes = 1.0", "'strokes' and the inker go together"),
        ("losses.l1 = 1.0", "losses.l1 = 1.0\nlosses.chroma = 1.0", "'chroma' is for the task 'colorize'"),
        ("training", 'data.lines.kind = "mix"\ntraining', "learns from given lines"),
        ("training", "data.shrink = [0.5, 1.0]\ntraining", "the least is 1"),
        ("training", "data.disguise = 1.5\ntraining", "must be a share up to 1"),
        ("training", 'hints.kind = "dots"\nhints.encoding = "channels"\ntraining', "takes no hints"),
    ],
)
def test_recipes_that_make_no_sense_are_refused(before: str, after: str, said: str) -> None:
    assert parse_recipe(LINES).task == "lines"
    assert before in LINES
    with pytest.raises(RecipeError, match=said):
        parse_recipe(LINES.replace(before, after, 1), "a.toml")


def test_the_shipped_line_recipes_say_what_their_accounts_say() -> None:
    published = read_recipe("lines-unet")
    assert (published.data.size, published.data.shrink, published.losses.l1) == (128, (1.0, 1.0), 1.0)
    assert published.generator.skips
    assert read_recipe("inker").generator.kind == "inker"
