"""Discriminators, the game against them, and style2paints, whose discriminator answers with a style."""

import csv
import dataclasses
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from senga import image
from senga.color.colorizer import Colorizer
from senga.learn import checkpoint
from senga.learn.adversary import Adversary
from senga.learn.answers import answer
from senga.learn.batch_norms import SETTLE
from senga.learn.data.batches import Batch, Batches
from senga.learn.export import Origin, export
from senga.learn.networks.discriminators import make_discriminator
from senga.learn.networks.generators import make_generator
from senga.learn.networks.reference_encoder import Eye
from senga.learn.networks.style import Fc1, open_encoder, shrunk, style_of, style_size
from senga.learn.networks.style2paints import Style2Paints
from senga.learn.train import train
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.recipe import Data, Discriminator, Generator, Hinting, Lines, Losses, Recipe, Training

pytestmark = pytest.mark.usefixtures("few_settled")

UNET = Recipe(
    name="game",
    about="Small.",
    data=Data(size=32, lines=Lines("dilate")),
    generator=Generator(kind="unet", width=8, kernel=3),
    discriminator=Discriminator(kind="strided", width=8, every=2, rate=1e-3),
    losses=Losses(l1=10.0, adversary=1.0),
    training=Training(steps=6, batch=4, rate=1e-3, precision="fp32", save=2, evaluate=6),
)
STYLED = dataclasses.replace(
    UNET,
    hints=Hinting(references=1.0),
    generator=Generator(kind="style2paints", width=8),
    discriminator=Discriminator(kind="style", width=8, rate=1e-3),
    losses=Losses(l1=1.0, guide_gray=0.3, guide_color=0.9, adversary=0.01),
)
JUDGES = {
    "paintschainer": Discriminator(kind="paintschainer", width=4, rate=2e-3),
    "strided": Discriminator(kind="strided", width=8, rate=2e-3),
    "patch": Discriminator(kind="patch", width=8, rate=2e-3),
    "pair": Discriminator(kind="patch", sees="pair", width=8, rate=2e-3),
    "least squares": Discriminator(kind="strided", width=8, loss="least-squares", rate=2e-3),
    "style": Discriminator(kind="style", width=8, rate=2e-3),
    "style, least squares": Discriminator(kind="style", width=8, loss="least-squares", rate=2e-3),
}


def judging(name: str) -> Recipe:
    base = STYLED if name.startswith("style") else UNET
    return dataclasses.replace(base, discriminator=JUDGES[name])


def striped(n: int, seed: int = 0) -> tuple[Batch, Tensor]:
    """Pictures of upright stripes in one color each, some lines, and styles that tell the colors."""
    seeded = torch.Generator().manual_seed(seed)
    color = torch.rand((n, 3, 1, 1), generator=seeded).expand(n, 3, 32, 32).contiguous()
    color[..., int(torch.randint(0, 4, (), generator=seeded)) :: 4] = 0
    line = (torch.rand((n, 1, 32, 32), generator=seeded) > 0.1).float()
    style = color.amax((2, 3)).repeat(1, 86)[:, :256]
    return Batch(line, color, line), style


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    rows = []
    for i in range(8):
        random = np.random.default_rng(i)
        color = np.full((40, 44, 3), random.integers(120, 256, 3), np.uint8)
        color[8:30, 6 + i : 30] = random.integers(0, 256, 3)
        image.write(folder / f"{i}.png", color)
        split: Split = "val" if i == 7 else "train"
        rows.append(Pair(f"{i}.png", None, f"{i}.png", (0, 0, 44, 40), 0, "none", {}, f"{i}", split, f"{i}"))
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


class TestDiscriminators:
    @pytest.mark.parametrize("name", JUDGES)
    def test_each_learns_to_tell_lying_stripes_from_upright_ones(self, name: str) -> None:
        torch.manual_seed(0)
        adversary = Adversary(judging(name), torch.device("cpu"))
        told = []
        for step in range(150):
            batch, style = striped(8, step)
            loss = adversary.judge(batch.target.transpose(2, 3), batch, style)
            adversary.optimizer.zero_grad()
            torch.autograd.backward(loss)
            adversary.optimizer.step()
            told.append(adversary.reported["accuracy"])
        assert np.mean(told[-20:]) > 0.9
        # And then upright ones are what the generator is led to.
        batch, style = striped(8, 999)
        with torch.no_grad():
            lying, upright = (adversary.fool(c, batch, style) for c in (batch.target.transpose(2, 3), batch.target))
        assert float(lying) > 1.2 * float(upright)

    def test_patches_are_judged_one_by_one(self) -> None:
        recipe = dataclasses.replace(UNET, discriminator=Discriminator(kind="patch", width=4))
        judge = make_discriminator(recipe).eval()
        picture = torch.zeros(1, 3, 32, 32)
        with torch.no_grad():
            before = judge(picture)
            picture[:, :, :2, :2] = 1
            after = judge(picture)
        assert before.shape == (1, 1, 4, 4)
        assert (before != after)[0, 0, 0, 0]
        wide = judge(torch.zeros(1, 3, 320, 320)).shape
        assert wide == (1, 1, 40, 40)

    def test_a_pair_judge_sees_the_lines(self) -> None:
        adversary = Adversary(judging("pair"), torch.device("cpu"))
        batch, _ = striped(2)
        other = dataclasses.replace(batch, line=1 - batch.line)
        with torch.no_grad():
            seen, unseen = (adversary.fool(batch.target, b, None) for b in (batch, other))
        assert float(seen) != float(unseen)

    def test_the_generator_learns_from_being_fooled_and_not_from_being_judged(self) -> None:
        torch.manual_seed(0)
        adversary = Adversary(UNET, torch.device("cpu"))
        batch, _ = striped(4)
        made = torch.rand(4, 3, 32, 32, requires_grad=True)
        torch.autograd.backward(adversary.judge(made, batch, None))
        assert made.grad is None
        torch.autograd.backward(adversary.fool(made, batch, None))
        assert made.grad is not None
        assert float(made.grad.abs().sum()) > 0

    def test_it_learns_at_every_second_step_where_the_recipe_says_so(self) -> None:
        adversary = Adversary(UNET, torch.device("cpu"))
        assert [adversary.wants(step) for step in range(4)] == [True, False, True, False]


class TestGames:
    @pytest.mark.parametrize(
        "recipe", [pytest.param(UNET, id="strided"), pytest.param(STYLED, id="style", marks=pytest.mark.slow)]
    )
    def test_a_game_that_was_stopped_and_resumed_equals_an_unbroken_one(
        self, recipe: Recipe, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("senga.learn.train.draw_curves", lambda _: None)
        whole = train(recipe, pairs, tmp_path / "whole").state_dict()
        count = iter(range(99))
        straight = Batches.next

        def following(batches: Batches) -> Batch:
            if next(count) == 2:
                os.kill(os.getpid(), signal.SIGTERM)
            return straight(batches)

        with monkeypatch.context() as patch:
            patch.setattr(Batches, "next", following)
            with pytest.raises(KeyboardInterrupt):
                train(recipe, pairs, tmp_path / "broken")
        resumed = train(recipe, pairs, tmp_path / "broken").state_dict()
        assert all(torch.equal(whole[k], resumed[k]) for k in whole)

    def test_losses_and_accuracy_are_logged_and_drawn(self, pairs: PairSet, tmp_path: Path) -> None:
        train(UNET, pairs, tmp_path)
        with (tmp_path / "losses.csv").open(newline="") as lines:
            (row,) = csv.DictReader(lines)
        assert {"l1", "adversary", "discriminator", "accuracy"} <= row.keys()
        assert 0 <= float(row["accuracy"]) <= 1
        assert image.read(tmp_path / "curves.png").shape[1] > 800


class TestBudgets:
    def test_a_run_ends_when_its_minutes_are_over(
        self, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("senga.learn.train.draw_curves", lambda _: None)
        long = dataclasses.replace(UNET, training=dataclasses.replace(UNET.training, steps=10_000, cooldown=0.5))
        train(long, pairs, tmp_path, budget=0.02)
        state = checkpoint.load(tmp_path)
        assert state is not None
        assert 1 <= state["step"] < 10_000
        assert (tmp_path / checkpoint.WEIGHTS).exists()
        assert state["spent"] >= 0.02
        with (tmp_path / "scores.csv").open(newline="") as lines:
            assert int([*csv.DictReader(lines)][-1]["step"]) == state["step"]
        # What was spent is spent: nothing is left for a second time.
        train(long, pairs, tmp_path, budget=0.02)
        again = checkpoint.load(tmp_path)
        assert again is not None
        assert again["step"] == state["step"]


class TestStyle:
    def test_vectors_are_normal_and_fade_with_strength(self) -> None:
        tokens = torch.rand(3, 5, 9)
        style = style_of(tokens, torch.tensor([[1.0], [0.5], [0.0]]), 7)
        assert style.shape == (3, 7)
        torch.testing.assert_close(style.amax(1), torch.tensor([1.0, 0.5, 0.0]))
        assert float(style_of(torch.zeros(1, 2, 7), torch.ones(1, 1), 7).abs().max()) == 0

    def test_the_encoder_is_never_trained(self, pairs: PairSet) -> None:
        batches = Batches(STYLED, pairs, torch.Generator().manual_seed(0))
        eye = open_encoder(STYLED.generator)
        batch = batches.next()
        assert batch.reference is not None
        torch.testing.assert_close(batch.reference, shrunk(batch.target))  # the account: the target itself
        said = answer(make_generator(STYLED), batch, eye)
        assert said.style is not None
        assert said.guide_gray is not None
        torch.autograd.backward(said.planes.sum())
        assert not any(p.requires_grad or p.grad is not None for p in eye.parameters())

    def test_another_reference_changes_the_colors_and_is_not_copied_through(self) -> None:
        torch.manual_seed(0)
        eye = open_encoder(Generator(kind="style2paints"))
        assert isinstance(eye, Eye)
        network = Style2Paints(width=8)
        optimizer = torch.optim.Adam(network.parameters(), 3e-3)
        halves = torch.ones(4, 1, 32, 32)
        halves[:, :, :, 15:17] = 0  # all that may be seen of a reference is a style: no drawing but this
        inks = torch.tensor([[0.9, 0.2, 0.2], [0.2, 0.3, 0.9], [0.2, 0.8, 0.3], [0.9, 0.8, 0.2]]).view(4, 3, 1, 1)
        target = inks * halves
        tokens = eye(shrunk(target))
        for _ in range(80):
            loss = (network(halves, tokens, torch.ones(4, 1)) - target).abs().mean()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
        # References in another order, the first one with another drawing: stripes across.
        crossed = target.clone()
        crossed[:1, :, ::4] = 0
        order = [2, 3, 0, 1]
        with torch.no_grad():
            swapped = network(halves, eye(shrunk(crossed[order])), torch.ones(4, 1))
        for i, told in enumerate(order[:2]):  # the first one's stripes change its colors too
            gaps = (swapped[i] - target).abs().mean((1, 2, 3))
            assert int(gaps.argmin()) == told
        rows = swapped[2].mean((0, 2))  # stripes of the reference would be seen here
        assert float(rows.std()) < 0.2 * float(crossed[0].mean((0, 2)).std())

    @pytest.mark.slow
    def test_the_norm_of_styles_knows_the_network_that_is_kept(
        self, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("senga.learn.train.SETTLE", SETTLE)  # a few examples tell no mean
        kept = train(STYLED, pairs, tmp_path / "run")
        assert isinstance(kept, Style2Paints)
        eye = open_encoder(STYLED.generator)
        styles = []
        for batch in Batches(STYLED, pairs, torch.Generator().manual_seed(5)).aside(64, seed=7):
            assert batch.reference is not None
            styles.append(style_of(eye(batch.reference), torch.ones(4, 1), kept.style))
        with torch.no_grad():
            told = kept.told[0](torch.cat(styles))
        norm = kept.told[1]
        # Pictures are few and drawn at random: the mean is theirs, not that of the last few batches.
        assert float((norm.running_mean - told.mean(0)).abs().mean()) < 0.1 * float(told.std(0).mean())

    @pytest.mark.slow  # the exporter takes its time
    def test_a_model_file_takes_references(self, tmp_path: Path) -> None:
        torch.manual_seed(1)
        file = tmp_path / "styled.onnx"
        export(STYLED, make_generator(STYLED), Origin("", "", "", "", "", 0), file)
        drawing = np.full((50, 70), 255, np.uint8)
        drawing[20:22] = 0
        page = Colorizer.open(file).page(drawing)
        red, blue = (np.full((40, 40, 3), c, np.uint8) for c in ((220, 40, 40), (30, 60, 220)))
        plain, first, second = page.paint(), page.paint(reference=red), page.paint(reference=blue)
        faint = page.paint(reference=red, strength=0.0)
        assert plain.shape == (50, 70, 3)
        assert (first != second).any()
        assert (faint == plain).all()

    def test_the_account_s_own_encoder_needs_its_weights(self, tmp_path: Path) -> None:
        from safetensors.torch import save_file

        torch.manual_seed(0)
        file = tmp_path / "vgg19.safetensors"
        generator = Generator(kind="style2paints", encoder="vgg19-fc1", encoder_file=str(file))
        with pytest.raises(Exception, match=r"vgg19.safetensors: holds no weights of VGG19"):
            open_encoder(generator)
        with torch.device("meta"):
            shape = {k: v.shape for k, v in Fc1().state_dict().items()}
        save_file({k: torch.zeros(s, dtype=torch.half) for k, s in shape.items()}, file)
        encoder = open_encoder(generator)
        assert style_size(generator) == 4096
        assert encoder(torch.rand(1, 3, 96, 96)).shape == (1, 1, 4096)
        recipe = dataclasses.replace(STYLED, generator=generator)
        with pytest.raises(Exception, match="not written: its references are read by vgg19-fc1"):
            export(recipe, make_generator(recipe), Origin("", "", "", "", "", 0), tmp_path / "m.onnx")
        assert not (tmp_path / "m.onnx").exists()
