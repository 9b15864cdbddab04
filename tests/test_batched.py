"""Samples made on the device, a batch at a time, obey the laws of those that are made one after another."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from senga import image
from senga.color.tokens import KNOWN, make_tokens, opponent
from senga.learn.data import batched
from senga.learn.data.batched import BatchViews, Store
from senga.learn.data.cache import Cache, Plan, build
from senga.learn.data.painter_batches import PainterBatch, collate, make_sample, most_tokens
from senga.learn.data.reveals import Revealed, Reveals, reveal, true_colors
from senga.learn.data.samples import View, Views, spoiled, take_view
from test_cache import make_set

SIZE = 32


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    folder = tmp_path_factory.mktemp("cache")
    return build(Plan((make_set(folder / "set", splits=("train",) * 6),)), folder / "cache", workers=1)


@pytest.fixture(scope="module")
def store(cache: Cache) -> Store:
    kept = [cache.read(i) for i in range(len(cache.entries))]
    areas = np.array([k.color.shape[0] * k.color.shape[1] for k in kept])

    def joined(parts: list[np.ndarray], axis: int) -> torch.Tensor:
        return torch.from_numpy(np.concatenate(parts, axis))

    return Store(
        joined([k.color.reshape(-1, 3) for k in kept], 0),
        joined([k.lines.reshape(2, -1) for k in kept], 1),
        joined([k.labels.reshape(2, -1).astype(np.int16) for k in kept], 1),
        torch.from_numpy(np.cumsum(areas) - areas),
        torch.tensor([k.color.shape[0] for k in kept]),
        torch.tensor([k.color.shape[1] for k in kept]),
    )


def as_batch(views: list[View]) -> BatchViews:
    return BatchViews(
        torch.from_numpy(np.stack([v.color for v in views])).float(),
        torch.from_numpy(np.stack([v.lines for v in views])).float(),
        torch.from_numpy(np.stack([v.labels for v in views])).long(),
    )


def a_square(
    store: Store, number: int, side: int, top: int, left: int, size: int, *, variant: int = 0, flip: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers, sides, tops, lefts, variants = (torch.tensor([i]) for i in (number, side, top, left, variant))
    color, lines, labels = batched.cut(store, numbers, sides, tops, lefts, variants, torch.tensor([flip]), size)
    return color[0].numpy(), lines[0].numpy(), labels[0].numpy()


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("variant", [0, 1])
def test_a_part_at_its_own_size_is_the_picture_s_own_pixels(
    cache: Cache, store: Store, variant: int, flip: bool
) -> None:
    kept = cache.read(3)
    color, lines, labels = a_square(store, 3, 24, 5, 7, 24, variant=variant, flip=flip)
    part = np.s_[5:29, 7:31]
    step = -1 if flip else 1
    assert np.array_equal(np.rint(color), kept.color[part][:, ::step])
    assert np.array_equal(np.rint(lines), kept.lines[variant][part][:, ::step])
    assert np.array_equal(labels, kept.labels[variant][part][:, ::step])


@pytest.mark.parametrize("size", [16, 24, 48])
def test_a_picture_made_smaller_or_larger_looks_as_by_the_picture_library(
    cache: Cache, store: Store, size: int
) -> None:
    kept = cache.read(2)
    color, lines, labels = a_square(store, 2, 40, 1, 3, size)
    part = np.s_[1:41, 3:43]
    at = ((np.arange(size) + 0.5) * 40 / size).astype(int)
    assert np.array_equal(labels, kept.labels[0][part][at[:, None], at[None]])
    for mine, whole in ((color, kept.color), (lines, kept.lines[0])):
        other = image.resize(np.ascontiguousarray(whole[part]), (size, size)).astype(float)
        moved = np.roll(other, 1, 1)
        assert np.abs(mine - other).mean() < 0.35 * np.abs(moved - other).mean()  # nearer than when a pixel off


def test_regions_are_numbered_measured_and_colored_as_one_by_one(cache: Cache) -> None:
    random = np.random.default_rng(0)
    views = [take_view(cache, i % 6, Views(size=SIZE), random) for i in range(12)]
    most = most_tokens(SIZE)
    together = batched.make_tokens(as_batch(views), most)
    for i, view in enumerate(views):
        tokens = make_tokens(view.lines, view.labels, most)
        truth = opponent(true_colors(view.color, view.lines, tokens))
        label = together.label[i].numpy()
        assert together.many[i] == tokens.count == together.there[i].sum()
        assert np.array_equal(label < 0, tokens.label < 0)
        assert np.allclose(together.planes[i].numpy(), tokens.planes, atol=1e-6)
        for region in range(tokens.count):  # those of one size may stand in another order
            (mine,) = np.unique(label[tokens.label == region])
            assert np.array_equal(label == mine, tokens.label == region)
            assert np.allclose(together.shares[i, mine].numpy(), tokens.shares[region], atol=1e-6)
            assert np.allclose(together.geometry[i, mine].numpy(), tokens.geometry[region], atol=2e-4)
            assert np.allclose(together.truth[i, mine].numpy(), truth[region], atol=1e-5)
        assert not together.shares[i, tokens.count :].any()
        assert not together.geometry[i, tokens.count :].any()


def two_halves() -> BatchViews:
    """Red and blue, with four pixels of ink in the middle, which have the colors of their sides."""
    color = torch.zeros(1, SIZE, SIZE, 3)
    color[:, :, : SIZE // 2, 0] = color[:, :, SIZE // 2 :, 2] = 255
    lines = torch.full((1, SIZE, SIZE), 255.0)
    lines[:, :, SIZE // 2 - 2 : SIZE // 2 + 2] = 0
    labels = torch.zeros(1, SIZE, SIZE, dtype=torch.long)
    labels[:, :, SIZE // 2 :] = 1
    return BatchViews(color, lines, labels)


def test_a_dot_has_the_color_of_its_region_s_paper() -> None:
    views = two_halves()
    tokens = batched.make_tokens(views, 32)
    assert tokens.many.tolist() == [2]
    sides = {int(tokens.label[0, 0, 0]): [1, 0, 0], int(tokens.label[0, 0, -1]): [0, 0, 1]}
    for seed in range(20):
        torch.manual_seed(seed)
        dots = batched.dot_colors(views, tokens)
        for region, rgb in sides.items():
            assert np.allclose(dots[0, region].numpy(), opponent(np.array(rgb)), atol=1e-5)


def revealed_together(views: BatchViews, count: int, reveals: Reveals) -> dict[str, float]:
    many = BatchViews(*(part.expand(count, *part.shape[1:]) for part in views))
    tokens = batched.make_tokens(many, 32)
    known, weight, palette, offered = batched.reveal(many, tokens, reveals)
    there = tokens.there.bool()
    assert known.shape == (count, 32, KNOWN)
    assert not known[~there].any()
    assert not weight[~there].any()
    assert not palette[offered == 0].any()
    off = (known[:, :, :3] - tokens.truth).abs().amax(2)
    hinted, guessed = known[:, :, 3] > 0, known[:, :, 4] > 0
    assert not (hinted & guessed).any()
    assert not weight[hinted].any()
    hints = hinted.sum(1).float()
    return {
        "none": float((hints == 0).float().mean()),
        "hints": float(hints.mean()),
        "guesses": float(guessed.float()[there].mean()),
        "wrong": float((off[guessed] > 0.3).float().mean()),
        "dots": float((off[hinted] > 0.03).float().mean()),
        "weight": float(weight.sum(1).mean()),
        "palettes": float((offered.sum(1) > 0).float().mean()),
        "offered": float(offered.sum(1)[offered.sum(1) > 0].mean()),
    }


def revealed_alone(view: View, count: int, reveals: Reveals) -> dict[str, float]:
    random = np.random.default_rng(0)
    tokens = make_tokens(view.lines, view.labels, 32)
    found: list[Revealed] = [reveal(view, tokens, reveals, random) for _ in range(count)]
    known = np.stack([t.known for t in found])
    off = np.abs(known[:, :, :3] - np.stack([t.truth for t in found])).max(2)
    hinted, guessed = known[:, :, 3] > 0, known[:, :, 4] > 0
    sizes = np.array([len(t.palette) for t in found])
    return {
        "none": float((hinted.sum(1) == 0).mean()),
        "hints": float(hinted.sum(1).mean()),
        "guesses": float(guessed.mean()),
        "wrong": float((off[guessed] > 0.3).mean()),
        "dots": float((off[hinted] > 0.03).mean()),
        "weight": float(np.mean([t.weight.sum() for t in found])),
        "palettes": float((sizes > 0).mean()),
        "offered": float(sizes[sizes > 0].mean()),
    }


def test_as_much_is_told_as_one_by_one(cache: Cache) -> None:
    torch.manual_seed(0)
    view = take_view(cache, 1, Views(size=SIZE, accidents=0), np.random.default_rng(3))
    together, alone = revealed_together(as_batch([view]), 1500, Reveals()), revealed_alone(view, 1500, Reveals())
    assert make_tokens(view.lines, view.labels, 32).count > 3
    for name, value in alone.items():
        assert together[name] == pytest.approx(value, rel=0.15, abs=0.03), name


@pytest.mark.parametrize(
    ("reveals", "holds"),
    [
        (Reveals(none=1, guesses=0, palettes=0), lambda t: t["none"] == 1 and t["guesses"] == t["palettes"] == 0),
        (Reveals(none=0, one=1, guesses=0, palettes=1), lambda t: t["hints"] == t["palettes"] == 1),
        (Reveals(none=0, one=1, patches=0, guesses=0), lambda t: t["dots"] < 0.02),
    ],
)
def test_shares_of_what_is_told_are_obeyed(reveals: Reveals, holds: Callable[[dict[str, float]], bool]) -> None:
    torch.manual_seed(0)
    assert holds(revealed_together(two_halves(), 200, reveals))


def test_accidents_come_as_often_and_change_as_much(cache: Cache) -> None:
    torch.manual_seed(0)
    view = take_view(cache, 0, Views(size=SIZE, accidents=0), np.random.default_rng(1))
    lines = torch.from_numpy(view.lines).float().expand(1500, SIZE, SIZE)
    assert torch.equal(batched.spoiled(lines, 0.0), lines)
    random = np.random.default_rng(0)
    alone = np.stack([spoiled(view.lines, 0.15, random) for _ in range(1500)]).astype(float)
    together = batched.spoiled(lines, 0.15).numpy()
    changed = [(np.abs(a - view.lines).reshape(1500, -1).max(1) > 0).mean() for a in (alone, together)]
    assert changed[1] == pytest.approx(changed[0], abs=0.05)
    assert together.mean() == pytest.approx(alone.mean(), abs=2)
    assert together.min() >= 0
    assert together.max() <= 255


@pytest.mark.parametrize("native", [0.0, 1.0])
def test_a_batch_has_the_form_of_others(cache: Cache, store: Store, native: float) -> None:
    torch.manual_seed(0)
    views = Views(size=SIZE, native=native)
    numbers = torch.arange(6)
    batch = batched.make_batch(store, numbers, views, Reveals(), referred=True)
    random = np.random.default_rng(0)
    other = collate([make_sample(cache, i, views, Reveals(), random) for i in range(6)], [1, 0, 3, 2, 5, 4])
    for name in PainterBatch.__dataclass_fields__:
        mine, theirs = getattr(batch, name), getattr(other, name)
        assert mine.shape == theirs.shape, name
        assert mine.dtype == theirs.dtype, name
        assert torch.isfinite(mine).all(), name
    assert all(p in (-1, i ^ 1) for i, p in enumerate(batch.partner.tolist()))
    alone = batched.make_batch(store, numbers, views, Reveals())
    assert alone.partner.tolist() == [-1] * 6
    again = batched.make_tokens(batched.take_views(store, numbers, views), 32)
    assert torch.allclose(again.shares.sum((2, 3)), again.there)


def test_a_seed_gives_the_same_batch_again(store: Store) -> None:
    made = []
    for _ in range(2):
        torch.manual_seed(5)
        made.append(batched.make_batch(store, torch.arange(4), Views(size=SIZE), Reveals()))
    assert all(torch.equal(a, b) for a, b in zip(vars(made[0]).values(), vars(made[1]).values(), strict=True))
