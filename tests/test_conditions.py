"""Palettes and references that training makes of its targets."""

import itertools

import torch
from torch import Generator, Tensor

from senga.learn.data.condition_sampling import COLORS, disturb, exchanged, main_colors, recolor, sample_palette

FOUR = torch.tensor([[0.9, 0.1, 0.1], [0.1, 0.7, 0.2], [0.1, 0.2, 0.8], [1.0, 1.0, 1.0]])


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def flat(n: int = 1, size: int = 64) -> Tensor:
    """Four flat colors, of one half, one quarter and two eighths of the picture."""
    number = torch.zeros(size, size, dtype=torch.long)
    number[size // 2 :] = 1
    number[size // 2 : size * 3 // 4, size // 2 :] = 2
    number[size * 3 // 4 :, size // 2 :] = 3
    return FOUR[number].permute(2, 0, 1).expand(n, 3, size, size).contiguous()


def near(picture: Tensor, within: float = 0.05) -> Tensor:
    """Share of each of the four colors in pictures: (N, 4)."""
    away = (picture.flatten(2).transpose(1, 2).unsqueeze(2) - FOUR).abs().amax(3)
    return (away < within).float().mean(1)


class TestPalettes:
    def test_main_colors_are_a_flat_picture_s_colors_with_their_shares(self) -> None:
        colors, share = main_colors(flat(2))
        for mine, parts in zip(colors, share, strict=True):
            assert float(parts.sum()) == 1
            assert int((parts > 0).sum()) == 4
            for wanted, part in zip(FOUR, (0.5, 0.25, 0.125, 0.125), strict=True):
                at = (mine - wanted).abs().sum(1).argmin()
                torch.testing.assert_close(mine[at], wanted)
                assert float(parts[at]) == part

    def test_some_colors_are_left_out_of_most_palettes(self) -> None:
        given = torch.arange(200) < 150
        palette = sample_palette(flat(200), given, seeded())
        assert palette.shape == (200, COLORS, 4)
        assert set(palette[..., 3].flatten().tolist()) == {0.0, 1.0}
        assert not palette[150:].any()
        assert not palette[palette[..., 3] == 0].any()
        number = palette[:150, :, 3].sum(1)
        assert number.max() == 4
        assert 0.1 < (number == 4).float().mean() < 0.8
        told = palette[palette[..., 3] == 1][:, :3]
        assert torch.cdist(told, FOUR).min(1).values.max() < 0.06
        assert torch.equal(palette, sample_palette(flat(200), given, seeded()))


class TestReferences:
    def test_a_disturbed_reference_has_the_colors_but_not_the_places(self) -> None:
        picture = flat(64, 96)
        moved = disturb(picture, seeded(3))
        assert moved.shape == picture.shape
        assert float(moved.min()) >= 0
        assert float(moved.max()) <= 1
        before, after = near(picture), near(moved)
        assert after.sum(1).min() > 0.7, "hardly any color is new"
        assert (after.mean(0) - before.mean(0)).abs().max() < 0.1
        # Half of the places or more show another color, in most.
        other = ((moved - picture).abs().amax(1) > 0.2).flatten(1).float().mean(1)
        assert other.median() > 0.4
        assert torch.equal(moved, disturb(picture, seeded(3)))
        assert not torch.equal(moved, disturb(picture, seeded(4)))

    def test_the_picture_itself_is_left_as_it_is(self) -> None:
        picture = flat(4, 96)
        before = picture.clone()
        disturb(picture, seeded())
        assert torch.equal(picture, before)


class TestStrangeColors:
    def test_grays_stay_and_channels_change_places(self) -> None:
        gray = torch.rand(6, 1, 8, 8).expand(6, 3, 8, 8)
        orders = torch.tensor(list(itertools.permutations(range(3))))
        assert torch.equal(recolor(gray, orders), gray)
        picture = torch.rand(6, 3, 8, 8)
        changed = recolor(picture, orders)
        for i, order in enumerate(orders.tolist()):
            assert torch.equal(changed[i], picture[i, order])

    def test_only_the_chosen_are_exchanged(self) -> None:
        chosen = torch.arange(120) < 60
        orders = exchanged(chosen, seeded())
        assert torch.equal(orders.sort(1).values, torch.arange(3).expand(120, 3))
        assert torch.equal(orders[60:], torch.arange(3).expand(60, 3))
        assert len({tuple(order) for order in orders[:60].tolist()}) == 6
