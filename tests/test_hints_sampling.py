"""Hints that training samples, and how hints enter the planes."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from senga.color.encode import PLANES, encode
from senga.learn.data.hint_sampling import box, sample_hints
from senga.recipe import FIXED_COLUMNS, FIXED_ROWS, Encoding, Hinting, HintKind

KINDS: list[HintKind] = ["mix", "dots", "strokes", "patches", "fixed-patches", "blur"]
SIZE = {"dots": 3, "blur": 17}


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def hinting(kind: HintKind, none: float = 0.0, **other: int) -> Hinting:
    given: dict[str, Any] = {"kind": kind, "count": 20, "size": SIZE.get(kind, 7), "none": none, **other}
    return Hinting(**given)


def pictures(n: int = 8, size: int = 64) -> Tensor:
    """Smooth color in four fields with hard borders."""
    at = torch.linspace(0, 0.15, size)
    shade = (at.view(1, -1) + at.view(-1, 1)).expand(n, 3, size, size)
    colors = torch.rand((n, 3, 2, 2), generator=seeded(1)) * 0.7
    fields = colors.repeat_interleave(size // 2, 2).repeat_interleave(size // 2, 3)
    return (fields + shade).clamp(0, 1)


TWO = torch.tensor([[0.9, 0.2, 0.1], [0.1, 0.3, 0.8]])


def two_colors(n: int = 8, size: int = 64) -> Tensor:
    """Two flat colors whose border runs aslant."""
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    side = (columns + rows // 3 > 0.66 * size).long()
    return TWO[side].permute(2, 0, 1).expand(n, 3, size, size).contiguous()


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_hints_are_colors_with_a_mask_of_0_and_1(self, kind: HintKind) -> None:
        color = pictures()
        hint, mask = sample_hints(color, hinting(kind, none=0.5), seeded())
        assert hint.shape == color.shape
        assert mask.shape == (8, 1, 64, 64)
        assert hint.dtype == mask.dtype == torch.float32
        assert set(mask.flatten().tolist()) <= {0.0, 1.0}
        assert mask.sum() > 0
        assert hint.min() >= 0
        assert hint.max() <= 1
        assert (hint * (1 - mask)).abs().max() == 0

    def test_the_same_seed_lays_the_same_hints(self, kind: HintKind) -> None:
        color = pictures()
        first, again = (sample_hints(color, hinting(kind, none=0.5), seeded(7)) for _ in range(2))
        assert torch.equal(first[0], again[0])
        assert torch.equal(first[1], again[1])

    def test_another_seed_lays_other_hints(self, kind: HintKind) -> None:
        color = pictures()
        # Fixed and whole-picture hints vary in who gets any.
        first, other = (sample_hints(color, hinting(kind, none=0.5), seeded(s))[1] for s in (7, 8))
        assert not torch.equal(first, other)

    @pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
    def test_the_wanted_share_of_examples_goes_without_hints(self, kind: HintKind, share: float) -> None:
        color = pictures(1, 32).expand(300, -1, -1, -1)
        _, mask = sample_hints(color, hinting(kind, none=share), seeded())
        bare = float((mask.flatten(1).sum(1) == 0).float().mean())
        # The number of dots is drawn, and places may all fall on borders: a few more examples than wanted go without.
        slack = 0.2 if kind in ("mix", "strokes", "dots") else 0.06
        assert share - 0.06 <= bare <= share + slack

    def test_hints_show_the_target_s_own_colors_where_they_lie(self, kind: HintKind) -> None:
        color = pictures()
        hint, mask = sample_hints(color, hinting(kind), seeded())
        error = ((hint - color).abs() * mask).amax(1)[mask[:, 0] > 0]
        assert error.median() < 0.06
        assert (error < 0.15).float().mean() > (0.75 if kind in ("blur", "mix") else 0.97)

    def test_odd_multiples_of_16_are_hinted_too(self, kind: HintKind) -> None:
        color = pictures(2, 128)[:, :, :48, :112]
        hint, mask = sample_hints(color, hinting(kind), seeded())
        assert hint.shape == (2, 3, 48, 112)
        assert mask.shape == (2, 1, 48, 112)


class TestPlaces:
    @pytest.mark.parametrize("kind", ["dots", "strokes"])
    @pytest.mark.parametrize("size", [0, 3])
    def test_a_dot_or_stroke_has_one_of_the_two_colors_and_no_mixture(self, kind: HintKind, size: int) -> None:
        color = two_colors(32)
        hint, mask = sample_hints(color, hinting(kind, size=size, count=40), seeded())
        shown = hint.permute(0, 2, 3, 1)[mask[:, 0] > 0]
        assert len(shown) > 500
        far = (shown.unsqueeze(1) - TWO).abs().amax(2).amin(1)
        # Where a dot of each side overlap, their mean is shown; that is rare.
        assert (far < 0.04).float().mean() > 0.97

    def test_no_dot_sits_on_a_hard_edge(self) -> None:
        color = two_colors(32)
        _, mask = sample_hints(color, hinting("dots", size=1, count=200), seeded())
        edge = torch.zeros(32, 1, 64, 64)
        step = (color[..., 1:] - color[..., :-1]).abs().amax(1, keepdim=True) > 0.1
        edge[..., 1:][step] = 1
        edge[..., :-1][step] = 1
        assert edge.sum() > 0
        assert mask.sum() > 100
        assert (mask * edge).sum() == 0

    @pytest.mark.parametrize("kind", ["dots", "strokes"])
    def test_where_everything_is_edge_nothing_is_laid(self, kind: HintKind) -> None:
        noise = (torch.rand((4, 3, 64, 64), generator=seeded()) > 0.5).float()
        _, mask = sample_hints(noise, hinting(kind, count=200, size=3), seeded())
        assert mask.mean() < 0.01

    def test_fixed_patches_lie_at_the_published_places(self) -> None:
        color = torch.rand((1, 3, 128, 128), generator=seeded())
        hint, mask = sample_hints(color, hinting("fixed-patches"), seeded())
        wanted = torch.zeros(128, 128)
        for y, x in zip(FIXED_ROWS, FIXED_COLUMNS, strict=True):
            wanted[y - 3 : y + 4, x - 3 : x + 4] = 1
        assert len(FIXED_ROWS) == len(FIXED_COLUMNS) == 20
        assert torch.equal(mask[0, 0], wanted)
        assert torch.equal(hint, color * wanted)

    def test_fixed_places_grow_with_the_picture(self) -> None:
        _, mask = sample_hints(torch.rand(1, 3, 256, 256), hinting("fixed-patches", size=1), seeded())
        places = {(int(y), int(x)) for _, _, y, x in mask.nonzero()}
        assert places == {(2 * y, 2 * x) for y, x in zip(FIXED_ROWS, FIXED_COLUMNS, strict=True)}

    def test_random_patches_are_exact_copies_of_the_wanted_size_and_number(self) -> None:
        color = torch.rand((64, 3, 64, 64), generator=seeded())
        hint, mask = sample_hints(color, hinting("patches", count=1, size=5), seeded())
        assert torch.equal(hint, color * mask)
        area = mask.flatten(1).sum(1)
        assert area.max() == 25
        assert (area == 25).float().mean() > 0.75  # the rest are cut by the border
        assert area.min() >= 9

    @pytest.mark.parametrize("count", [1, 8, 64])
    def test_dots_are_about_as_many_as_wanted_at_most(self, count: int) -> None:
        color = torch.full((128, 3, 128, 128), 0.5)
        _, mask = sample_hints(color, hinting("dots", count=count, size=1), seeded())
        dots = mask.flatten(1).sum(1)
        assert dots.max() <= 2 * count + 5
        # Log-uniform from 1 to count: many examples with few dots, as people lay few.
        assert dots.mean() == pytest.approx(count / math.log(count + 1), rel=0.35)

    def test_a_blurred_map_covers_everything_and_is_smoother(self) -> None:
        color = two_colors(1)
        hint, mask = sample_hints(color, hinting("blur"), seeded())
        assert mask.min() == 1
        assert (hint[..., 1:] - hint[..., :-1]).abs().max() < 0.2
        assert torch.allclose(hint.mean(), color.mean(), atol=0.05)

    def test_no_hints_are_no_hints(self) -> None:
        hint, mask = sample_hints(pictures(), hinting("none"), seeded())
        assert hint.abs().sum() == mask.sum() == 0


def example(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    line = random.random((2, 1, 6, 5), np.float32)
    color = random.random((2, 3, 6, 5), np.float32)
    mask = (random.random((2, 1, 6, 5)) < 0.4).astype(np.float32)
    return line, color, mask


def as_tensors(arrays: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[Tensor, Tensor, Tensor]:
    line, color, mask = arrays
    return torch.from_numpy(line), torch.from_numpy(color), torch.from_numpy(mask)


class TestEncoding:
    @pytest.mark.parametrize("encoding", PLANES)
    def test_arrays_and_tensors_make_the_same_planes(self, encoding: Encoding) -> None:
        arrays = example()
        mine = np.concatenate(encode(*arrays, encoding), 1)
        torchs = torch.cat(encode(*as_tensors(arrays), encoding), 1)
        np.testing.assert_array_equal(mine, torchs.numpy())
        assert mine.dtype == np.float32
        assert mine.shape == (2, PLANES[encoding], 6, 5)
        assert mine.min() >= 0
        assert mine.max() <= 1

    @pytest.mark.parametrize("encoding", PLANES)
    def test_one_drawing_without_a_batch_is_encoded_alike(self, encoding: Encoding) -> None:
        arrays = example()
        one = np.concatenate(encode(arrays[0][0], arrays[1][0], arrays[2][0], encoding), 0)
        np.testing.assert_array_equal(one, np.concatenate(encode(*arrays, encoding), 1)[0])

    @pytest.mark.parametrize("encoding", [e for e in PLANES if e != "none"])
    def test_colors_outside_the_mask_do_not_matter_and_inside_do(self, encoding: Encoding) -> None:
        line, color, mask = example()
        planes = np.concatenate(encode(line, color, mask, encoding), 1)
        outside = np.concatenate(encode(line, color + (1 - mask) * 0.3, mask, encoding), 1)
        inside = np.concatenate(encode(line, color + mask * 0.3, mask, encoding), 1)
        np.testing.assert_allclose(outside, planes, atol=1e-6)
        assert np.abs(inside - planes).max() > 0.1

    def test_a_black_hint_is_told_from_none_only_with_a_mask(self) -> None:
        line, _, mask = example()
        black, nothing = np.zeros((2, 3, 6, 5), np.float32), np.zeros_like(mask)

        def planes(given: np.ndarray, encoding: Encoding) -> np.ndarray:
            return np.concatenate(encode(line, black, given, encoding), 1)

        assert not np.array_equal(planes(mask, "masked-channels"), planes(nothing, "masked-channels"))
        # The published trap, which reproductions of PaintsChainer keep.
        np.testing.assert_array_equal(planes(mask, "channels"), planes(nothing, "channels"))

    def test_hints_paste_over_the_drawing_or_mix_half_and_half(self) -> None:
        line, color, mask = example()
        over = encode(line, color, mask, "overwrite")[0]
        mixed = encode(line, color, mask, "mix")[0]
        given = np.repeat(mask > 0, 3, 1)
        np.testing.assert_allclose(over[given], color[given])
        np.testing.assert_allclose(mixed[given], ((line + color) / 2)[given], rtol=1e-6)
        bare = np.broadcast_to(line, color.shape)[~given]
        np.testing.assert_array_equal(over[~given], bare)
        np.testing.assert_array_equal(mixed[~given], bare)

    def test_an_unknown_encoding_is_refused(self) -> None:
        with pytest.raises(ValueError, match="sideways"):
            encode(*example(), "sideways")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 3, 9, 33])
def test_a_box_takes_the_mean_of_the_window_that_lies_inside(size: int) -> None:
    planes = torch.rand(1, 2, 20, 24, generator=torch.Generator().manual_seed(1))
    got, reach = box(planes, size), size // 2
    for y, x in ((0, 0), (7, 23), (10, 12), (19, 5)):
        window = planes[..., max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        torch.testing.assert_close(got[..., y, x], window.mean((2, 3)))
