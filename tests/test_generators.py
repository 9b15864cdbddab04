"""Behaviors that every generator has; a new one joins by a line in `RECIPES`."""

import dataclasses
from typing import Any, Literal, get_args

import pytest
import torch
from torch import Tensor, nn

from senga.color.encode import encode
from senga.errors import RecipeError
from senga.learn.answers import answer
from senga.learn.data.batches import Batch
from senga.learn.data.hint_sampling import sample_hints
from senga.learn.networks.cell_blocks import parameters
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.generators import GENERATORS, input_planes, make_generator, spec_of
from senga.learn.networks.reference_encoder import Eye
from senga.learn.networks.spec import Answer
from senga.learn.networks.unet import Autoencoder, PaintsChainer, StridedUNet
from senga.recipe import Encoding, Generator, GeneratorKind, Hinting, Lines, Losses, Recipe, Task, Training
from senga.recipe_rules import check

RECIPES: dict[str, tuple[Generator, Encoding | Literal["picture"]]] = {
    "colorist": (Generator(kind="colorist", width=40, layers=1, rounds=8), "masked-channels"),
    "paintschainer": (Generator(kind="paintschainer", width=4), "channels"),
    "unet": (Generator(kind="unet", width=8), "overwrite"),
    "unet without hints": (Generator(kind="unet", width=8, kernel=3), "none"),
    "autoencoder": (Generator(kind="autoencoder", width=8), "mix"),
    "ronneberger": (Generator(kind="ronneberger", width=8), "picture"),
    "ronneberger without skips": (Generator(kind="ronneberger", width=8, skips=False), "picture"),
    "inker": (Generator(kind="inker", width=24), "picture"),
    "ronneberger in color": (Generator(kind="ronneberger", width=8), "masked-channels"),
    "unet from 0 to 1": (Generator(kind="unet", width=8, kernel=3, out="relu"), "none"),
    "style2paints": (Generator(kind="style2paints", width=8), "none"),
}
"""Network and encoding of its hints; "picture" stands for those that draw lines of a color picture."""
PLANES_OUT = {"ronneberger": 1, "ronneberger without skips": 1, "inker": 2}
KINDS = pytest.mark.parametrize("kind", RECIPES)


def recipe_of(kind: str) -> Recipe:
    generator, encoding = RECIPES[kind]
    if encoding == "picture":
        losses = Losses(strokes=1) if kind == "inker" else Losses(l1=1)
        return Recipe("test", "A test.", task="lines", generator=generator, losses=losses, training=Training(steps=1))
    hints = Hinting(kind="none" if encoding == "none" else "dots", size=3, none=0.0, encoding=encoding)
    return Recipe("test", "A test.", hints=hints, generator=generator, losses=Losses(l1=1), training=Training(steps=1))


def whole_recipe(kind: str) -> Recipe:
    """As `recipe_of`, with all that the rules want of a recipe."""
    recipe = recipe_of(kind)
    lines = Lines("given" if recipe.task == "lines" else "mix")
    data = dataclasses.replace(recipe.data, size=64, lines=lines)
    references = 1.0 if recipe.generator.kind == "style2paints" else 0.0
    return dataclasses.replace(recipe, data=data, hints=dataclasses.replace(recipe.hints, references=references))


def made(kind: str, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return make_generator(recipe_of(kind))


def batch(kind: str, n: int = 2, height: int = 64, width: int = 64, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Planes and wanted answers for fields with outlines, hinted as the recipe says."""
    seeded = torch.Generator().manual_seed(seed)
    fields = torch.rand((n, 3, height // 32 + 1, width // 32 + 1), generator=seeded)
    color = fields.repeat_interleave(32, 2).repeat_interleave(32, 3)[..., 9 : 9 + height, 9 : 9 + width].contiguous()
    line = torch.ones(n, 1, height, width)
    line[:, :, 22::32] = 0
    line[..., 22::32] = 0
    recipe = recipe_of(kind)
    if recipe.task == "lines":
        wanted = line if PLANES_OUT[kind] == 1 else torch.cat([1 - line] * 2, 1)
        return color * line, wanted
    hint, mask = sample_hints(color, recipe.hints, seeded)
    return torch.cat(encode(line, hint, mask, recipe.hints.encoding), 1), color


@KINDS
class TestEveryGenerator:
    def test_colors_have_the_size_of_the_drawing(self, kind: str) -> None:
        network = made(kind).eval()
        multiple = spec_of(recipe_of(kind)).size_multiple
        for rows, columns in ((1, 1), (1, 3), (5, 2), (3, 3)):
            planes, _ = batch(kind, 1, rows * multiple, columns * multiple)
            with torch.no_grad():
                color = network(planes)
            assert color.shape == (1, PLANES_OUT.get(kind, 3), rows * multiple, columns * multiple)
            assert torch.isfinite(color).all()

    def test_its_spec_names_the_planes_that_it_answers_with(self, kind: str) -> None:
        spec, task = spec_of(recipe_of(kind)), recipe_of(kind).task
        assert len(spec.answers[task]) == PLANES_OUT.get(kind, 3)
        assert task in spec.answers

    def test_it_takes_the_planes_of_its_encoding_and_no_others(self, kind: str) -> None:
        network = made(kind).eval()
        planes, _ = batch(kind)
        assert planes.shape[1] == input_planes(recipe_of(kind))
        network(planes)
        with pytest.raises((RuntimeError, IndexError)):
            network(planes[:, :-1])

    def test_the_seed_decides_the_weights_and_the_answer(self, kind: str) -> None:
        planes, _ = batch(kind)
        with torch.no_grad():
            first, again, other = (made(kind, seed).eval()(planes) for seed in (3, 3, 4))
        assert torch.equal(first, again)
        assert not torch.equal(first, other)

    def test_every_parameter_gets_a_gradient(self, kind: str) -> None:
        network = made(kind)
        planes, color = batch(kind)
        given, eye = Batch(planes, color, color), None
        if kind == "colorist":
            given.palette = torch.cat([torch.rand(2, 3, 3), torch.ones(2, 3, 1)], 2)
            given.reference, eye = torch.rand(1, 3, 96, 96), Eye()
        if kind == "style2paints":
            given.reference, eye = torch.rand(2, 3, 96, 96), Eye()
        # Layers that begin as zero let no gradient through before the first step, one in another before the second.
        optimizer = torch.optim.Adam(network.parameters(), 1e-3)
        for _ in range(3 if kind == "colorist" else 2):
            optimizer.zero_grad()
            said = answer(network, given, eye)
            loss = (said.planes - color).square().mean()
            if said.label is not None:
                assert said.logits is not None
                loss = loss + torch.logsumexp(said.logits, 1).mean()
            if said.ink is not None:
                loss = loss + (said.ink - color).square().mean()
            if said.guide_gray is not None and said.guide_color is not None:
                loss = loss + (said.guide_gray - color[:, :1]).square().mean()
                loss = loss + (said.guide_color - color).square().mean()
            torch.autograd.backward(loss)
            optimizer.step()
        assert eye is None or all(p.grad is None for p in eye.parameters())
        without = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
        assert without == []

    def test_a_few_steps_on_one_batch_lower_the_loss(self, kind: str) -> None:
        network = made(kind)
        planes, color = batch(kind)
        optimizer = torch.optim.Adam(
            network.parameters(), 1e-3 if kind in ("colorist", "ronneberger in color") else 3e-3
        )
        losses = []
        for _ in range(20):
            loss = (network(planes) - color).abs().mean()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            losses.append(float(loss.detach()))
        assert losses[-1] < 0.92 * losses[0]

    def test_in_use_a_drawing_s_colors_do_not_depend_on_its_neighbors_in_the_batch(self, kind: str) -> None:
        network = made(kind)
        planes, _ = batch(kind, 3)
        network(planes)  # batch norms have something to remember
        network.eval()
        with torch.no_grad():
            together = network(planes)
            alone = torch.cat([network(planes[i : i + 1]) for i in range(3)])
        torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)

    def test_in_use_the_answer_is_the_same_each_time(self, kind: str) -> None:
        network = made(kind).eval()
        planes, _ = batch(kind)
        with torch.no_grad():
            assert torch.equal(network(planes), network(planes))

    def test_the_drawing_and_the_hints_both_count(self, kind: str) -> None:
        if recipe_of(kind).task == "lines":
            pytest.skip("takes a picture: neither drawing nor hints")
        network = made(kind)  # not in use yet: batch norms bring an untrained network's small answers to one scale
        encoding = recipe_of(kind).hints.encoding
        line, color, mask = torch.ones(1, 1, 64, 64), torch.full((1, 3, 64, 64), 0.9), torch.zeros(1, 1, 64, 64)
        drawn, hinted = line.clone(), mask.clone()
        drawn[:, :, 20:23] = 0
        hinted[:, :, 40:50, 40:50] = 1

        def colors(line: Tensor, mask: Tensor) -> Tensor:
            with torch.no_grad():
                painted: Tensor = network(torch.cat(encode(line, color * 0.3, mask, encoding), 1))
            return painted

        assert (colors(drawn, mask) - colors(line, mask)).abs().max() > 1e-5
        if encoding != "none":
            assert (colors(line, hinted) - colors(line, mask)).abs().max() > 1e-5


def accepted(recipe: Recipe) -> bool:
    try:
        check(recipe, "here")
    except RecipeError:
        return False
    return True


class TestRules:
    """Recipes are read without torch, so their rules say again what the networks' specs say: here they agree."""

    @KINDS
    def test_sizes_are_those_that_the_network_takes(self, kind: str) -> None:
        recipe, multiple = whole_recipe(kind), spec_of(recipe_of(kind)).size_multiple
        for size in (16, 32, 40, 48, 64, 96):
            sized = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, size=size))
            assert accepted(sized) == (size % multiple == 0)

    @KINDS
    def test_tasks_are_those_that_the_network_has_an_answer_for(self, kind: str) -> None:
        recipe = whole_recipe(kind)
        assert accepted(recipe)
        data = dataclasses.replace(recipe.data, lines=Lines("given"))
        bare = dataclasses.replace(recipe, data=data, hints=Hinting(references=recipe.hints.references))
        other: Task = "lines" if recipe.task == "colorize" else "colorize"
        assert accepted(dataclasses.replace(bare, task=other)) == (other in spec_of(recipe).answers)

    @KINDS
    @pytest.mark.parametrize("condition", ["palette", "reference"])
    def test_conditions_are_those_that_the_network_takes(self, kind: str, condition: str) -> None:
        recipe = whole_recipe(kind)
        given: dict[str, Any] = {f"{condition}s": 1.0}
        told = dataclasses.replace(recipe, hints=dataclasses.replace(recipe.hints, **given))
        assert accepted(told) == (condition in spec_of(recipe).conditions)

    @KINDS
    def test_classes_are_for_networks_with_color_bins(self, kind: str) -> None:
        recipe = whole_recipe(kind)
        classed = dataclasses.replace(recipe, losses=dataclasses.replace(recipe.losses, classes=1.0))
        assert accepted(classed) == spec_of(recipe).bins


class TestMaking:
    @pytest.mark.parametrize(
        ("kind", "network"),
        [
            ("colorist", Colorist),
            ("paintschainer", PaintsChainer),
            ("unet", StridedUNet),
            ("autoencoder", Autoencoder),
        ],
    )
    def test_a_recipe_s_kind_names_the_network(self, kind: str, network: type[nn.Module]) -> None:
        assert type(made(kind)) is network

    def test_every_kind_has_its_network(self) -> None:
        assert set(GENERATORS) == set(get_args(GeneratorKind))
        assert {generator.kind for generator, _ in RECIPES.values()} == set(GENERATORS)

    def test_width_kernel_and_layers_are_obeyed(self) -> None:
        base = recipe_of("unet")

        def count(kind: GeneratorKind, **other: Any) -> int:
            recipe = dataclasses.replace(base, generator=Generator(kind=kind, **other))
            return parameters(make_generator(recipe))

        assert count("unet", width=16) > 3 * count("unet", width=8)
        assert count("unet", width=8, kernel=5) > 2 * count("unet", width=8, kernel=3)
        assert count("unet", width=8) > count("autoencoder", width=8)
        deeper = dataclasses.replace(recipe_of("colorist"), generator=Generator(kind="colorist", width=40, layers=3))
        assert parameters(make_generator(deeper)) > parameters(made("colorist"))

    def test_only_the_network_of_cells_says_more_than_colors(self) -> None:
        def said(kind: str) -> Answer:
            planes, color = batch(kind)
            return answer(made(kind), Batch(planes, color, color))

        more = said("colorist")
        assert more.logits is not None
        assert more.label is not None
        assert more.logits.shape == (2, 256, 8, 8)
        assert more.label.shape == (2, 64 * 64)
        assert more.guess is not None
        assert more.guess.shape == (2, 3, 8, 8)
        plain = said("unet")
        assert plain.logits is None
        assert plain.label is None
        assert plain.guess is None


def layers(network: nn.Module, example: Tensor) -> list[tuple[str, str, tuple[int, ...], tuple[int, ...]]]:
    """Kind, name, weights and answer's size of each convolution, in the order in which they run."""
    seen: list[tuple[str, str, tuple[int, ...], tuple[int, ...]]] = []
    for name, part in network.named_modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):

            def note(module: nn.Conv2d | nn.ConvTranspose2d, _: object, out: Tensor, name: str = name) -> None:
                seen.append((type(module).__name__, name, tuple(module.weight.shape), tuple(out.shape[1:])))

            part.register_forward_hook(note)
    network(example)
    return seen


class TestAccounts:
    """Sizes as the published accounts state them."""

    def test_paintschainer_has_the_account_s_layers(self) -> None:
        network = PaintsChainer(4, 32).eval()
        with torch.no_grad():
            seen = layers(network, torch.rand(1, 4, 128, 128))
        c, t = "Conv2d", "ConvTranspose2d"
        # (kind, channels in, channels out, kernel, side of the answer)
        wanted = [
            (c, 4, 32, 3, 128),
            (c, 32, 64, 4, 64),
            (c, 64, 64, 3, 64),
            (c, 64, 128, 4, 32),
            (c, 128, 128, 3, 32),
            (c, 128, 256, 4, 16),
            (c, 256, 256, 3, 16),
            (c, 256, 512, 4, 8),
            (c, 512, 512, 3, 8),
            (t, 1024, 512, 4, 16),
            (c, 512, 256, 3, 16),
            (t, 512, 256, 4, 32),
            (c, 256, 128, 3, 32),
            (t, 256, 128, 4, 64),
            (c, 128, 64, 3, 64),
            (t, 128, 64, 4, 128),
            (c, 64, 32, 3, 128),
            (c, 64, 3, 3, 128),
        ]
        found = []
        for kind, _, weight, out in seen:
            inner, outer = weight[:2] if kind == t else weight[1::-1]
            found.append((kind, inner, outer, weight[2], out[1]))
        assert found == wanted

    @pytest.mark.parametrize(
        ("up", "down"), [("dc8", "c7"), ("dc6", "c6"), ("dc4", "c4"), ("dc2", "c2"), ("dc0", "c0")]
    )
    def test_paintschainer_hands_each_scale_across(self, up: str, down: str) -> None:
        network = PaintsChainer(4, 4).eval()
        given: dict[str, Tensor] = {}
        network.get_submodule(down).register_forward_hook(lambda _, __, out: given.update(down=out))
        network.get_submodule(up).register_forward_pre_hook(lambda _, inner: given.update(up=inner[0]))
        with torch.no_grad():
            network(torch.rand(1, 4, 32, 32))
        assert torch.equal(given["up"][:, : given["down"].shape[1]], given["down"])
        assert not torch.equal(given["up"][:, -given["down"].shape[1] :], given["down"])

    def test_paintschainer_normalizes_all_but_its_last_layer(self) -> None:
        network = PaintsChainer(4, 32)
        assert sum(isinstance(m, nn.BatchNorm2d) for m in network.modules()) == 17
        assert sum(isinstance(m, nn.ReLU) for m in network.modules()) == 17

    def test_paintschainer_has_the_account_s_parameters(self) -> None:
        # Counted by hand from the account's table: convolutions without bias (batch norm has one), and the last.
        network = PaintsChainer(4, 32)
        convolutions = (
            9 * (4 * 32 + 64 * 64 + 128 * 128 + 256 * 256 + 512 * 512)
            + 16 * (32 * 64 + 64 * 128 + 128 * 256 + 256 * 512)
            + 16 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64)
            + 9 * (512 * 256 + 256 * 128 + 128 * 64 + 64 * 32)
            + (9 * 64 * 3 + 3)
        )
        norms = 2 * (32 + 2 * (64 + 128 + 256 + 512) + (512 + 256 + 256 + 128 + 128 + 64 + 64 + 32))
        assert parameters(network) == convolutions + norms

    def test_the_strided_unet_has_the_account_s_kernels_strides_and_range(self) -> None:
        network = StridedUNet(3, 64).eval()
        with torch.no_grad():
            seen = layers(network, torch.rand(1, 3, 128, 128))
        assert [out[1] for *_, out in seen] == [64, 32, 16, 8, 4, 8, 16, 32, 64, 128]
        assert {weight[2:] for _, _, weight, _ in seen} == {(5, 5)}
        # Every layer up takes the answer before it and the layer down of its size.
        ups = [weight[0] for kind, _, weight, _ in seen if kind == "ConvTranspose2d"]
        assert ups == [512, 1024, 512, 256, 128]
        with torch.no_grad():
            color = network(torch.rand(1, 3, 64, 64) * 50)
        assert color.min() >= 0
        assert color.max() <= 1

    def test_the_autoencoder_is_the_same_without_shortcuts(self) -> None:
        with torch.no_grad():
            seen = layers(Autoencoder(3, 64).eval(), torch.rand(1, 3, 128, 128))
        ups = [weight[0] for kind, _, weight, _ in seen if kind == "ConvTranspose2d"]
        assert ups == [512, 512, 256, 128, 64]

    def test_the_strided_unet_begins_with_small_weights(self) -> None:
        torch.manual_seed(0)
        for part in StridedUNet(3, 16).modules():
            if isinstance(part, nn.Conv2d | nn.ConvTranspose2d) and part.weight.numel() > 1000:
                assert float(part.weight.detach().std()) == pytest.approx(0.02, rel=0.1)
