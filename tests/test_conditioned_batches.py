"""Hints by regions, the regions' cache, and batches with palettes and references."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from conftest import patchwork
from senga import image
from senga.errors import SengaError, TrainingError
from senga.learn.data import color_regions as finding
from senga.learn.data.batches import Batch, Batches
from senga.learn.data.color_regions import find_regions, flat_regions, regions_of
from senga.learn.data.region_hints import region_hints
from senga.learn.data.store import PictureStore
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line
from senga.recipe import Data, Hinting, Lines, Losses, Recipe, Training
from senga.recipe import Generator as Network

RECIPE = Recipe(
    "test",
    "Batches with all that the colorist takes.",
    data=Data(size=32, lines=Lines("mix")),
    hints=Hinting(kind="mix", encoding="masked-channels", regions=0.6, palettes=1.0, references=0.5),
    generator=Network(kind="colorist", width=40, layers=1, rounds=8),
    losses=Losses(composite=1.0),
    training=Training(steps=1, batch=6),
)
COLORS = torch.tensor([[0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.1, 0.2, 0.9], [0.95, 0.9, 0.1], [0.1, 0.1, 0.1]])
NUMBERS = torch.tensor([7, 60_000, 300, 0, 41])


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def fields(n: int, step: int) -> tuple[Tensor, Tensor]:
    """Pictures (N, 3, 64, 64) of five rectangles, borders at multiples of `step`, and numbers of these regions."""
    at = torch.zeros(64, 64, dtype=torch.long)
    down, right = 24 // step * step, 36 // step * step
    at[:down, right:] = 1
    at[down:, :right] = 2
    at[down:, right:] = 3
    at[down : down + 3 * step, right : right + 3 * step] = 4
    return COLORS[at].permute(2, 0, 1).expand(n, 3, 64, 64).contiguous(), NUMBERS[at].expand(n, 64, 64)


def pair_set(folder: Path, pictures: dict[str, np.ndarray]) -> PairSet:
    rows = []
    for name, picture in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.write(folder / name, picture)
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        box = (0, 0, picture.shape[1], picture.shape[0])
        rows.append(Pair(name, None, name, box, 0, "none", {}, digest, "train", name))
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    return pair_set(folder, {f"color/{i}.png": patchwork(100, 110, i) for i in range(4)})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    """Pictures of one color each."""
    colors = [(200, 100, 20), (40, 160, 220), (90, 30, 180)]
    made = {f"color/{i}.png": np.full((100, 110, 3), c, np.uint8) for i, c in enumerate(colors)}
    return pair_set(tmp_path_factory.mktemp("plain"), made)


class TestRegionHints:
    def test_hints_have_their_region_s_color_and_lie_in_no_other(self) -> None:
        color, regions = fields(64, 4)
        hint, mask = region_hints(color, regions, seeded())
        assert hint.shape == color.shape
        assert set(mask.flatten().tolist()) == {0.0, 1.0}
        assert not (hint * (1 - mask)).any()
        assert ((hint - color).abs() * mask).max() < 0.0101  # the jitter, at most

    @pytest.mark.parametrize("seed", range(4))
    def test_borders_across_blocks_carry_no_hint_over(self, seed: int) -> None:
        color, regions = fields(64, 7)
        hint, mask = region_hints(color, regions, seeded(seed))
        at = mask.squeeze(1) > 0
        nearest = torch.cdist(hint.permute(0, 2, 3, 1)[at], COLORS).argmin(1)
        assert mask.sum() > 0
        assert torch.equal(NUMBERS[nearest], regions[at])

    def test_a_fifth_of_the_examples_has_a_hint_in_each_region_and_large_ones_come_first(self) -> None:
        color, regions = fields(300, 4)
        _, mask = region_hints(color, regions, seeded(1))
        told = torch.stack([((regions == n) * mask.squeeze(1)).flatten(1).amax(1) for n in NUMBERS], 1)
        assert 0.15 < float(told.all(1).float().mean()) < 0.45
        single = told[told.sum(1) == 1]
        sizes = torch.stack([(regions[0] == n).sum() for n in NUMBERS])
        assert len(single) > 20
        assert float(single[:, sizes.argmax()].mean()) > 0.6

    def test_the_seed_decides(self) -> None:
        color, regions = fields(8, 4)
        one, again, other = (region_hints(color, regions, seeded(s))[0] for s in (2, 2, 3))
        assert torch.equal(one, again)
        assert not torch.equal(one, other)


class TestRegionCache:
    def test_regions_are_parts_of_one_color(self) -> None:
        picture = (fields(1, 4)[0][0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
        found = find_regions(picture)
        assert found.dtype == np.uint16
        for number in np.unique(found):
            inside = picture[found == number].reshape(-1, 3)
            colors, counts = np.unique(inside, axis=0, return_counts=True)
            assert counts.max() > 0.7 * len(inside), colors

    def test_regions_are_found_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pairs = pair_set(tmp_path, {"color/a.png": patchwork(60, 70)})
        first = regions_of(pairs, pairs.pairs[0])
        assert first.shape == (60, 70)
        assert [f.name for f in (tmp_path / "regions").iterdir()] == ["a.npz"]
        monkeypatch.setattr(finding, "find_regions", lambda _: pytest.fail("found again"))
        kept = regions_of(pairs, pairs.pairs[0])
        assert kept.dtype == first.dtype
        assert (kept == first).all()

    def test_pictures_of_one_name_in_two_folders_keep_their_own(self, tmp_path: Path) -> None:
        pairs = pair_set(tmp_path, {"a/1.png": patchwork(60, 70, 1), "b/1.png": patchwork(60, 70, 2)})
        for _ in range(2):
            for pair in pairs.pairs:
                assert (regions_of(pairs, pair) == find_regions(pairs.color(pair))).all()

    def test_nothing_is_left_half_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pairs = pair_set(tmp_path, {"color/a.png": patchwork(60, 70)})

        def breaks(out: object, **_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(np, "savez_compressed", breaks)
            with pytest.raises(SengaError, match="No space"):
                regions_of(pairs, pairs.pairs[0])
        assert not list((tmp_path / "regions").iterdir())
        assert regions_of(pairs, pairs.pairs[0]).shape == (60, 70)

    @pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 half"])
    def test_a_broken_file_is_named(self, tmp_path: Path, content: bytes) -> None:
        pairs = pair_set(tmp_path, {"color/a.png": patchwork(60, 70)})
        (tmp_path / "regions").mkdir()
        (tmp_path / "regions" / "a.npz").write_bytes(content)
        with pytest.raises(TrainingError, match=r"a\.npz: cannot be read"):
            regions_of(pairs, pairs.pairs[0])

    def test_regions_of_another_picture_are_refused(self) -> None:
        with pytest.raises(TrainingError, match="regions"):
            flat_regions([np.zeros((4, 5), np.uint16)], [np.zeros((5, 4, 3), np.uint8)])

    def test_regions_are_cut_turned_and_mirrored_with_their_pictures(self) -> None:
        numbers = np.random.default_rng(0).integers(0, 65536, (40, 50)).astype(np.uint16)
        other = numbers[::-1, :30]
        pictures = [np.stack([n >> 8, n & 255, 0 * n], 2).astype(np.uint8) for n in (numbers, other)]
        store = PictureStore.of(pictures, torch.device("cpu"), flat_regions([numbers, other], pictures))
        index = torch.arange(24) % 2
        cut, regions = store.cut(index, 24, seeded(), shrink=(1.0, 1.0), flip=True, turn=True)
        assert regions is not None
        bytes_ = (cut * 255).round().long()
        assert torch.equal(bytes_[:, 0] * 256 + bytes_[:, 1], regions)
        assert len({tuple(r.flatten().tolist()) for r in regions}) == 24
        assert (
            PictureStore.of(pictures, torch.device("cpu")).cut(
                index, 24, seeded(), shrink=(1.0, 1.0), flip=True, turn=True
            )[1]
            is None
        )


class TestBatches:
    def test_the_first_examples_have_references(self, pairs: PairSet) -> None:
        batch = Batches(RECIPE, pairs, seeded()).next()
        assert batch.reference is not None
        assert batch.palette is not None
        assert batch.reference.shape == (3, 3, 96, 96)
        assert batch.palette.shape == (6, 8, 4)
        assert batch.planes.shape == (6, 5, 32, 32)
        bare = dataclasses.replace(RECIPE, hints=Hinting(kind="mix", encoding="masked-channels"))
        without = Batches(bare, pairs, seeded()).next()
        assert without.reference is None
        assert without.palette is None

    def test_strange_colors_are_in_target_palette_hints_and_reference_alike(self, plain: PairSet) -> None:
        batches = Batches(RECIPE, plain, seeded(1))
        usual = torch.tensor([[200, 100, 20], [40, 160, 220], [90, 30, 180]]) / 255
        strange = 0
        for _ in range(6):
            batch = batches.next()
            assert batch.reference is not None
            assert batch.palette is not None
            color = batch.target.mean((2, 3))
            strange += int((torch.cdist(color, usual).amin(1) > 0.05).sum())
            torch.testing.assert_close(batch.reference.mean((2, 3)), color[:3], atol=1e-3, rtol=0)
            told = batch.palette[..., 3] > 0
            away = (batch.palette[..., :3] - color.unsqueeze(1)).abs().amax(2)
            assert away[told].max() < 0.03
            away = (batch.planes[:, 1:4] - color.view(-1, 3, 1, 1)).abs() * batch.planes[:, 4:5]
            assert away.max() < 0.1
        # A quarter of those that are told a palette, less those whose channels come out in their old order.
        assert 2 <= strange <= 18

    def test_a_share_of_the_examples_is_hinted_by_regions(
        self, pairs: PairSet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []

        def counted(color: Tensor, regions: Tensor, seeded: Generator) -> tuple[Tensor, Tensor]:
            seen.append(len(color))
            assert regions.shape == (len(color), 32, 32)
            return region_hints(color, regions, seeded)

        monkeypatch.setattr("senga.learn.data.batches.region_hints", counted)
        batches = Batches(RECIPE, pairs, seeded())
        for _ in range(20):
            batches.next()
        assert 0.3 * 120 < sum(seen) < 0.75 * 120

    def test_a_resumed_stream_goes_on_with_the_batch_that_would_have_come(self, pairs: PairSet) -> None:
        random = seeded(4)
        batches = Batches(RECIPE, pairs, random)
        batches.next()
        state = random.get_state()
        following = [batches.next() for _ in range(2)]
        other = seeded(9)
        resumed = Batches(RECIPE, pairs, other)
        other.set_state(state)
        for wanted in following:
            assert same(resumed.next(), wanted)
        assert not same(Batches(RECIPE, pairs, seeded(5)).next(), Batches(RECIPE, pairs, seeded(6)).next())


def same(one: Batch, other: Batch) -> bool:
    return all(torch.equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True))
