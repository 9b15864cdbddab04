"""The colorist: hints stay near and are obeyed, palettes and references are heard, stages come to the same."""

from typing import Any

import pytest
import torch
from torch import Tensor

from senga.learn import colorist_export
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.spec import Answer, Tokens

RED, BLUE, GREEN = (0.9, 0.1, 0.1), (0.1, 0.2, 0.9), (0.2, 0.8, 0.3)


def fresh(seed: int = 0, **other: Any) -> Colorist:
    torch.manual_seed(seed)
    return Colorist(width=40, layers=1, rounds=8, bins=8, **other).eval()


def lively(seed: int = 0) -> Colorist:
    """A network in which nothing is zero any more, as after training."""
    network = fresh(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return network


def boxes(height: int, width: int, side: int = 32) -> Tensor:
    """Line art (1, 1, H, W) of closed boxes with lines of 2 px, 1 = paper."""
    line = torch.ones(1, 1, height, width)
    for start in (0, 1):
        line[:, :, start::side] = 0
        line[..., start::side] = 0
    line[:, :, -2:], line[..., -2:] = 0, 0
    return line


def planes(line: Tensor, hints: dict[tuple[int, int], tuple[float, float, float]] | None = None) -> Tensor:
    """Planes (1, 5, H, W) with 3x3 dots of hints at (x, y)."""
    hint, mask = torch.zeros(1, 3, *line.shape[2:]), torch.zeros_like(line)
    for (x, y), color in (hints or {}).items():
        hint[:, :, y - 1 : y + 2, x - 1 : x + 2] = torch.tensor(color).view(1, 3, 1, 1)
        mask[:, :, y - 1 : y + 2, x - 1 : x + 2] = 1
    return torch.cat([line, hint, mask], 1)


def wishes(colors: int = 3, strength: float = 1.0, seed: int = 1) -> Tokens:
    seeded = torch.Generator().manual_seed(seed)
    palette = torch.cat([torch.rand(1, colors, 3, generator=seeded), torch.ones(1, colors, 1)], 2)
    return Tokens(palette, torch.rand(1, 64, 261, generator=seeded), torch.full((1, 1), strength))


def guess_of(answer: Answer) -> Tensor:
    """The colors before hints, which this network always has."""
    assert answer.guess is not None
    return answer.guess


def told(network: Colorist, given: Tensor, tokens: Tokens | None = None) -> Tensor:
    with torch.no_grad():
        painted: Tensor = network(given, tokens)
    return painted


def apart(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max())


class TestHints:
    def test_hints_are_obeyed_where_lines_close_a_region_before_anything_is_learned(self) -> None:
        line = boxes(64, 64)
        color = told(fresh(), planes(line, {(16, 16): RED, (48, 16): BLUE, (16, 48): GREEN, (48, 48): RED}))[0]
        for (x, y), wanted in {(0, 0): RED, (32, 0): BLUE, (0, 32): GREEN, (32, 32): RED}.items():
            inside = color[:, y + 4 : y + 28, x + 4 : x + 28].flatten(1)
            assert apart(inside, torch.tensor(wanted).view(3, 1)) < 0.1

    def test_a_black_hint_is_a_hint(self) -> None:
        line = boxes(32, 32)
        black = told(fresh(), planes(line, {(16, 16): (0, 0, 0)}))[0, :, 4:28, 4:28]
        assert black.max() < 0.1
        assert told(fresh(), planes(line))[0, :, 4:28, 4:28].max() > 0.2

    def test_one_more_hint_changes_nothing_far_away(self) -> None:
        line = boxes(32, 480)
        network, before = lively(), {(400, 16): GREEN, (240, 20): BLUE}
        change = (told(network, planes(line, {**before, (12, 16): RED})) - told(network, planes(line, before))).abs()
        # 8 cells by way of hints, 8 in the layers that weigh them, 2 for borders of cells, 28 px in those that shade.
        assert change[..., 190:].max() == 0
        assert change[..., :32].max() > 0.05

    def test_colors_without_hints_never_see_hints(self) -> None:
        network, line = lively(), boxes(64, 64)
        with torch.no_grad():
            plain, hinted = (network.answer(planes(line, h)) for h in ({}, {(16, 16): RED}))
        assert plain.logits is not None
        assert hinted.logits is not None
        assert torch.equal(plain.logits, hinted.logits)
        assert torch.equal(guess_of(plain), guess_of(hinted))
        assert apart(plain.planes, hinted.planes) > 1e-3

    def test_color_outside_the_mask_says_nothing(self) -> None:
        network, given = lively(), planes(boxes(64, 64), {(16, 16): RED})
        dirty = given.clone()
        dirty[:, 1:4] += 0.7 * (1 - given[:, 4:5])
        assert torch.equal(told(network, given), told(network, dirty))

    def test_without_hints_each_pixel_has_its_cell_s_color(self) -> None:
        network = lively()
        for layer in (network.touch, network.mixing):
            torch.nn.init.zeros_(layer.weight)
            assert layer.bias is not None
            torch.nn.init.zeros_(layer.bias)
        with torch.no_grad():
            said = network.answer(planes(boxes(64, 96)))
        color, label, guess = said.planes, said.label, guess_of(said)
        assert label is not None
        own = guess.flatten(2).gather(2, label.unsqueeze(1).expand(1, 3, -1)).view_as(color)
        assert guess.flatten(2).std(2).min() > 0.01
        # Before anything is learned of mixing, a pixel's own cell counts e^6 and its eight neighbors 1 each.
        assert apart(color, own) <= 8 / (torch.e**6 + 8) * float(guess.max() - guess.min()) + 1e-5


class TestWishes:
    def test_a_palette_and_a_reference_change_the_colors(self) -> None:
        network, given = lively(), planes(boxes(64, 64))
        silence, tokens = network.silence(given), wishes()
        palette = Tokens(tokens.palette, silence.reference, silence.strength)
        reference = Tokens(silence.palette, tokens.reference, tokens.strength)
        plain = told(network, given)
        assert apart(plain, told(network, given, palette)) > 1e-3
        assert apart(plain, told(network, given, reference)) > 1e-3
        weak = Tokens(silence.palette, tokens.reference, tokens.strength * 0.1)
        assert apart(told(network, given, weak), told(network, given, reference)) > 1e-3

    def test_a_strength_of_0_is_no_reference(self) -> None:
        network, given = lively(), planes(boxes(64, 64))
        silence, tokens = network.silence(given), wishes(strength=0)
        unheard = Tokens(silence.palette, tokens.reference, tokens.strength)
        assert apart(told(network, given), told(network, given, unheard)) < 1e-5

    def test_the_order_of_a_palette_does_not_matter(self) -> None:
        network, given, tokens = lively(), planes(boxes(64, 64)), wishes(5)
        turned = Tokens(tokens.palette[:, [3, 1, 4, 0, 2]], tokens.reference, tokens.strength)
        assert apart(told(network, given, tokens), told(network, given, turned)) < 1e-5

    def test_a_color_that_is_not_there_is_not_heard(self) -> None:
        network, given, tokens = lively(), planes(boxes(64, 64)), wishes(3)
        absent = torch.tensor([[[0.9, 0.1, 0.7, 0.0], [0.0, 0.0, 0.0, 0.0]]])
        more = Tokens(torch.cat([absent, tokens.palette], 1), tokens.reference, tokens.strength)
        assert apart(told(network, given, tokens), told(network, given, more)) < 1e-5
        present = torch.cat([torch.cat([absent[:, :1, :3], torch.ones(1, 1, 1)], 2), tokens.palette], 1)
        heard = Tokens(present, tokens.reference, tokens.strength)
        assert apart(told(network, given, tokens), told(network, given, heard)) > 1e-3

    def test_examples_of_a_batch_hear_their_own_wishes_only(self) -> None:
        network, line = lively(), boxes(32, 48)
        one, other = wishes(3, seed=1), wishes(3, 0.4, seed=2)
        both = Tokens(*(torch.cat(pair) for pair in zip(vars(one).values(), vars(other).values(), strict=True)))
        together = told(network, planes(line).expand(2, -1, -1, -1), both)
        assert apart(together[:1], told(network, planes(line), one)) < 1e-5
        assert apart(together[1:], told(network, planes(line), other)) < 1e-5
        assert apart(together[:1], together[1:]) > 1e-3


class TestUse:
    @pytest.mark.parametrize("seed", [0, 1, 3])
    def test_stages_one_after_another_come_to_the_whole_network_s_answer(self, seed: int) -> None:
        network, given = lively(), colorist_export.example(48, 80, seed)
        tensors = {name: torch.from_numpy(values) for name, values in given.items()}
        whole = told(
            network,
            torch.cat([tensors["line"], tensors["hint"], tensors["mask"]], 1),
            Tokens(tensors["palette"], tensors["reference"], tensors["strength"]),
        )
        assert apart(whole, torch.from_numpy(colorist_export.run_network(network, given)["color"])) < 1e-6

    def test_training_and_use_compute_the_same(self) -> None:
        network, given = lively(), planes(boxes(32, 32), {(16, 16): RED})
        in_use = told(network, given, wishes())
        assert torch.equal(told(network.train(), given, wishes()), in_use)

    def test_a_lower_temperature_chooses_among_the_colors_that_are_told(self) -> None:
        network, given = lively(), planes(boxes(64, 64))
        tokens = Tokens(wishes(5).palette, wishes().reference, torch.zeros(1, 1))

        def guess(told: Tokens | None) -> Tensor:
            with torch.no_grad():
                return guess_of(network.answer(given, told)).flatten(2)[0].T

        offered = torch.cat([network.bins, tokens.palette[0, :, :3]])
        soft, alone = torch.cdist(guess(tokens), offered).min(1).values.mean(), guess(None)
        network.temperature = 0.01
        assert torch.cdist(guess(tokens), offered).min(1).values.mean() < 0.5 * soft
        assert torch.equal(guess(None), alone)

    def test_sharpness_gives_each_region_one_of_a_palette_s_colors(self) -> None:
        network, given = lively(), planes(boxes(64, 64))
        network.group_bins()
        tokens = Tokens(wishes(4).palette, wishes().reference, torch.zeros(1, 1))
        with torch.no_grad():
            network.pointed.bias[64] += 20  # the palette's colors alone are in question

        def guess(sharpness: float) -> Tensor:
            network.sharpness = sharpness
            with torch.no_grad():
                return guess_of(network.answer(given, tokens))[0]

        def off_the_palette(color: Tensor) -> float:
            return float(torch.cdist(color.flatten(1).T, tokens.palette[0, :, :3]).min(1).values.mean())

        mixed, chosen = guess(0.0), guess(5.0)
        assert off_the_palette(chosen) < 0.5 * off_the_palette(mixed)
        # Inside a closed box of 3x3 whole cells there is one color.
        assert chosen[:, 1:3, 1:3].flatten(1).std(1).max() < 0.02

    def test_a_palette_s_rarely_chosen_colors_are_favored(self) -> None:
        network = fresh(sharpness=4.0)
        network.group_bins()
        chance = torch.zeros(1, 8 + 2, 4, 4)
        chance[:, 8, :, :2], chance[:, 9, :, :2] = 0.9, 0.1
        chance[:, 8, :, 2:], chance[:, 9, :, 2:] = 0.55, 0.45  # most likely the first everywhere
        alone = torch.zeros(1, 9, 4, 4)
        alone[:, 4] = 1  # every cell for itself
        offered = torch.tensor([[RED, BLUE]])

        def chosen(told: float) -> Tensor:
            return network.decided(chance, offered, 2, torch.full((1, 1, 1, 1), told), alone)[0]

        assert apart(chosen(1.0)[:, :, :2], torch.tensor(RED).view(3, 1, 1)) < 0.05
        assert apart(chosen(1.0)[:, :, 2:], torch.tensor(BLUE).view(3, 1, 1)) < 0.05

    def test_decision_gives_each_region_one_group_of_colors_and_boldness_a_colorful_one(self) -> None:
        network, given = lively(), planes(boxes(64, 64))
        network.group_bins()
        assert torch.equal(network.groups.sum(1), torch.ones(8))  # each bin is in one group

        def guess(decision: float, boldness: float = 0.0) -> Tensor:
            network.decision, network.boldness = decision, boldness
            with torch.no_grad():
                return guess_of(network.answer(given))[0]

        def off_the_bins(color: Tensor) -> float:
            return float(torch.cdist(color.flatten(1).T, network.bins).min(1).values.mean())

        mixed, chosen = guess(0.0), guess(5.0)
        assert off_the_bins(chosen) < 0.2 * off_the_bins(mixed)
        assert chosen[:, 1:3, 1:3].flatten(1).std(1).max() < 0.02
        bold = guess(5.0, 50.0)
        most = network.bins[(network.bins - network.bins.mean(1, keepdim=True)).norm(dim=1).argmax()]
        assert float((bold - most.view(3, 1, 1)).abs().max()) < 0.05

    def test_filling_carries_a_hint_to_the_ends_of_its_closed_area_and_no_further(self) -> None:
        network, given = fresh(), planes(boxes(64, 64), {(8, 8): RED})
        with torch.no_grad():
            network.trust[0] = -2.0  # as if training had made it careful

        def painted(filling: float) -> Tensor:
            network.filling = filling
            return told(network, given)[0]

        far = torch.tensor(RED).view(3, 1, 1)
        careful, filled = painted(0.0), painted(6.0)
        end = (slice(None), slice(20, 30), slice(20, 30))
        assert (filled[end] - far).abs().mean() < 0.3 * (careful[end] - far).abs().mean()
        assert torch.equal(filled[:, 40:, 40:], careful[:, 40:, 40:])

    def test_filling_lets_go_where_the_way_is_long(self) -> None:
        network, given = fresh(), planes(torch.ones(1, 1, 32, 352), {(8, 16): RED})
        network.rounds = 48
        with torch.no_grad():
            network.trust[0] = -2.0

        def painted(filling: float) -> Tensor:
            network.filling = filling
            return told(network, given)[0]

        change = (painted(3.0) - painted(0.0)).abs().mean((0, 1))
        # Fully held for 100 px, then less and less: no border where a leak ends.
        assert change[40:90].min() > 3 * change[270:290].max()
        steps = change[110:330].unfold(0, 8, 8).mean(1).diff().abs()
        assert steps.max() < 0.25 * change[40:90].mean()

    def test_two_hints_on_paper_meet_without_steps_and_stay_what_they_are(self) -> None:
        network, given = fresh(), planes(torch.ones(1, 1, 64, 160), {(20, 30): RED, (140, 30): BLUE})

        def painted(evenness: float) -> Tensor:
            network.evenness = evenness
            return told(network, given)[0]

        stepped, smooth = painted(0.0), painted(1.0)

        def steepest(color: Tensor) -> float:
            return float(color[:, 30, 40:120].unfold(1, 8, 8).mean(2).diff().abs().amax())

        assert steepest(smooth) < 0.7 * steepest(stepped)
        for x, color in ((20, RED), (140, BLUE)):
            assert (smooth[:, 30, x] - torch.tensor(color)).abs().max() < 0.1

    def test_vividness_is_a_gain_on_chroma(self) -> None:
        network, given = lively(), planes(boxes(64, 64))

        def guess(vividness: float) -> Tensor:
            network.vividness = vividness
            with torch.no_grad():
                return guess_of(network.answer(given))

        def chroma(color: Tensor) -> float:
            return float((color.amax(1) - color.amin(1)).mean())

        assert apart(guess(0.0)[:, :1], guess(0.0)[:, 1:2]) < 1e-5
        assert chroma(guess(1.5)) > 1.2 * chroma(guess(1.0)) > 0

    def test_a_width_that_does_not_divide_is_refused(self) -> None:
        with pytest.raises(ValueError, match="multiple of 40"):
            Colorist(width=50)
