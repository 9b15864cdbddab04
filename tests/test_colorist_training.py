"""The colorist from recipe to painted page: trained, resumed, exported, used."""

import dataclasses
import hashlib
import os
import signal
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from conftest import patchwork, ring
from senga import Colorizer, Hints, image
from senga.learn import checkpoint
from senga.learn.answers import answer
from senga.learn.data.batches import Batch, Batches
from senga.learn.export import TOLERANCE, Origin, _prepared, export, staged_difference
from senga.learn.losses import compute_losses
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.generators import make_generator
from senga.learn.train import train
from senga.model.session import Session
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.recipe import Data, Generator, Hinting, Lines, Losses, Recipe, Training

pytestmark = pytest.mark.usefixtures("few_colors", "few_settled", "no_curves")

RECIPE = Recipe(
    "small",
    "A colorist small enough for tests.",
    data=Data(size=32, lines=Lines("mix"), shrink=(0.9, 1.5)),
    hints=Hinting(kind="mix", count=10, encoding="masked-channels", regions=0.6, palettes=0.5, references=0.5),
    generator=Generator(kind="colorist", width=40, layers=1, rounds=8),
    losses=Losses(composite=2.0, cell_mean=1.0, classes=0.1, hint_l1=0.5),
    training=Training(steps=3, batch=2, rate=1e-3, clip=1.0, average=0.9, precision="fp32", save=1, evaluate=3, seed=5),
)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    (folder / "color").mkdir()
    rows = []
    splits: list[Split] = ["train" if i < 4 else "val" for i in range(5)]
    for i, split in enumerate(splits):
        color = patchwork(100, 110, i)
        image.write(folder / f"color/{i}.png", color)
        digest = hashlib.sha256(color.tobytes()).hexdigest()
        rows.append(Pair(f"color/{i}.png", None, f"{i}.png", (0, 0, 110, 100), 0, "none", {}, digest, split, f"{i}"))
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


@pytest.fixture(scope="module")
def whole(pairs: PairSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Module, Path]:
    """A run that nothing stopped."""
    run = tmp_path_factory.mktemp("runs") / "whole"
    return train(RECIPE, pairs, run), run


def same(a: nn.Module, b: nn.Module) -> bool:
    first, second = a.state_dict(), b.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def test_a_run_that_was_stopped_and_resumed_equals_an_unbroken_one(
    pairs: PairSet, whole: tuple[nn.Module, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, run = whole
    straight = Batches.next
    made: list[Batch] = []

    def stopping(batches: Batches) -> Batch:
        if len(made) == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        made.append(straight(batches))
        return made[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Batches, "next", stopping)
        with pytest.raises(KeyboardInterrupt):
            train(RECIPE, pairs, tmp_path)
    assert all(batch.reference is not None and batch.palette is not None for batch in made)
    assert same(train(RECIPE, pairs, tmp_path), network)
    assert (tmp_path / "scores.csv").read_text() == (run / "scores.csv").read_text()
    header = (run / "losses.csv").read_text().splitlines()[0]
    assert set(header.split(",")) == {"step", "composite", "cell_mean", "classes", "hint_l1"}


def test_use_s_own_settings_may_change_while_a_run_goes_on(pairs: PairSet, whole: tuple[nn.Module, Path]) -> None:
    vivid = dataclasses.replace(RECIPE, generator=dataclasses.replace(RECIPE.generator, vividness=1.3, temperature=0.7))
    assert same(train(vivid, pairs, whole[1]), whole[0])


def test_a_run_that_starts_from_weights_keeps_their_bins_and_weighs_them_by_its_own_colors(
    pairs: PairSet, whole: tuple[nn.Module, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Tensor] = []

    def noting(recipe: Recipe, said: object, batch: Batch, generator: nn.Module, rarity: Tensor) -> dict[str, Tensor]:
        seen.append(rarity)
        return compute_losses(recipe, said, batch, generator, rarity)  # type: ignore[arg-type]

    monkeypatch.setattr("senga.learn.train.compute_losses", noting)
    start = tmp_path / "start.safetensors"
    network = make_generator(RECIPE)
    network.load_state_dict(whole[0].state_dict())
    white = torch.ones(3)
    network.bins.copy_(torch.rand(network.bins.shape, generator=torch.Generator().manual_seed(0)) * 0.05)
    network.bins[0] = white  # the one bin that the pictures' white can go to
    checkpoint.save_weights(start, network, {})
    still = dataclasses.replace(RECIPE, training=dataclasses.replace(RECIPE.training, steps=1, rate=1e-12))
    began = train(still, pairs, tmp_path / "run", start=start)
    torch.testing.assert_close(began.bins, network.bins.half().float())
    assert int(seen[0].argmin()) == 0, "the bin that most colors go to is not rare"


def test_every_loss_falls_where_the_answer_is_right() -> None:
    torch.manual_seed(0)
    network = make_generator(RECIPE)
    line = torch.ones(1, 1, 32, 32)
    line[:, :, 14:16] = 0
    target = torch.full((1, 3, 32, 32), 0.25)
    target[:, 0, 15:] = 0.75
    mask = torch.zeros_like(line)
    mask[:, :, 4:8, 4:8] = 1
    batch = Batch(torch.cat([line, target * mask, mask], 1), target, line)
    said = answer(network, batch)
    right = dataclasses.replace(said, planes=target)
    if said.ink is not None:
        right.ink = target
    rarity = torch.ones(256)
    before, after = (compute_losses(RECIPE, s, batch, network, rarity) for s in (said, right))
    assert after["hint_l1"] == 0
    for name in ("composite", "hint_l1"):
        assert after[name] < before[name]


@pytest.mark.slow
def test_an_exported_colorist_paints_pages_as_the_network_does(whole: tuple[nn.Module, Path], tmp_path: Path) -> None:
    network = whole[0]
    assert isinstance(network, Colorist)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    file = tmp_path / "m.senga"
    card = export(RECIPE, network, Origin("f" * 16, "made", "none", "none", "never", 3), file)
    assert card.conditions == ("hints", "palette", "reference")
    session = Session.open(file)
    assert session.staged
    assert session.card == card
    prepared = _prepared(RECIPE, network)
    assert prepared.vividness == 1.0, "0 in a recipe is the kind's own value"
    assert staged_difference(prepared, session) <= TOLERANCE  # type: ignore[arg-type]
    assert str(Path(torch.__file__).parent).encode() not in file.read_bytes()
    page = Colorizer.open(file, threads=1).page(ring(130, 90, 30))
    hints = Hints.blank((130, 90)).dot((45, 65), "#d02020")
    painted = [
        page.paint(),
        page.paint(hints),
        page.paint(palette=["#fff", "#2040d0"]),
        page.paint(reference=patchwork(50, 50)),
    ]
    assert all(p.shape == (130, 90, 3) for p in painted)
    assert len({p.tobytes() for p in painted}) == 4
    assert len(page.candidates(3)) == 3
