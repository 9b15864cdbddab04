# mypy: no-warn-return-any
"""The geometry of the networks of cells: cells end at ink, hints spread where the lines let them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from senga.learn.networks import cells
from senga.learn.networks.colorist import Colorist

SIZES = [(16, 16), (16, 48), (48, 16), (176, 96)]


def circle(size: int = 128, radius: int = 30, *, thick: int = 1, kind: int = cv2.LINE_8, gap: int = 0) -> np.ndarray:
    """Ink of one circle, (H, W) float, 1 = ink; a gap of so many px at its right."""
    ink = np.zeros((size, size), np.uint8)
    middle = size // 2
    cv2.circle(ink, (middle, middle), radius, 255, thick, kind)
    ink[middle - gap // 2 : middle - gap // 2 + gap, middle + radius // 2 :] = 0
    return ink.astype(np.float32) / 255


def tensor(ink: np.ndarray) -> Tensor:
    return torch.from_numpy(ink)[None, None]


def labels(ink: np.ndarray) -> np.ndarray:
    return cells.find_cells(tensor(ink)).label[0].view(ink.shape).numpy()


def sides(ink: np.ndarray) -> np.ndarray:
    """Number of the region that each pixel of paper belongs to, 0 on ink; corners do not connect."""
    return cv2.connectedComponents((ink == 0).astype(np.uint8), connectivity=4)[1]


def told(ink: np.ndarray, hints: list[tuple[int, int]], rounds: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel: which of the hints at (x, y) colors it (-1: none), and how far it is."""
    found = cells.find_cells(tensor(ink))
    h, w = ink.shape[0] // 8, ink.shape[1] // 8
    label = found.label[0]
    at = [int(label.view(ink.shape)[y, x]) for x, y in hints]
    hinted = torch.zeros(1, 1, h, w, dtype=torch.bool)
    hinted.view(-1)[at] = True
    source, distance = cells.geodesic_fill(found.ways, hinted, rounds)
    reached = distance.flatten() < 2.0**21
    names = torch.full((h * w,), -1)
    for i, cell in enumerate(at):
        names[cell] = i
    names = torch.where(reached, names[source[0]], -1)
    return names[label].view(ink.shape).numpy(), distance.flatten()[label].view(ink.shape).numpy()


DRAWINGS: dict[str, Callable[[int, int], np.ndarray]] = {
    "blank": lambda h, w: np.zeros((h, w), np.float32),
    "all ink": lambda h, w: np.ones((h, w), np.float32),
    "noise": lambda h, w: np.random.default_rng(0).random((h, w), np.float32),
    "dust": lambda h, w: (np.random.default_rng(1).random((h, w)) < 0.3).astype(np.float32),
    "stripes": lambda h, w: (np.indices((h, w))[1] % 2).astype(np.float32),
    "checks": lambda h, w: (np.indices((h, w)).sum(0) % 2).astype(np.float32),
}


class TestCells:
    @pytest.mark.parametrize("drawing", DRAWINGS)
    @pytest.mark.parametrize("size", SIZES)
    def test_every_pixel_joins_a_cell_of_its_own_block_or_one_beside_it(
        self, drawing: str, size: tuple[int, int]
    ) -> None:
        height, width = size
        h, w = height // 8, width // 8
        found = cells.find_cells(tensor(DRAWINGS[drawing](*size)))
        assert found.label.shape == (1, height * width)
        assert found.label.dtype == torch.int64
        label = found.label[0].view(size)
        assert label.min() >= 0
        assert label.max() < h * w
        rows, columns = torch.meshgrid(torch.arange(height) // 8, torch.arange(width) // 8, indexing="ij")
        down, right = label // w - rows, label % w - columns
        assert max(down.abs().max(), right.abs().max()) <= 1
        assert found.choice.shape == (1, 9, *size)
        assert torch.equal(found.choice.sum(1), torch.ones(1, *size))
        assert torch.equal(found.choice[0].argmax(0), (down + 1) * 3 + right + 1)

    @pytest.mark.parametrize("drawing", DRAWINGS)
    def test_ways_are_the_same_in_both_directions(self, drawing: str) -> None:
        ways = cells.find_cells(tensor(DRAWINGS[drawing](48, 64))).ways[0]
        assert ways.shape == (9, 6, 8)
        assert ways.min() >= 0
        assert ways[4].min() >= 2.0**21  # a cell is no neighbor of its own
        assert torch.equal(ways[5, :, :-1], ways[3, :, 1:])
        assert torch.equal(ways[7, :-1], ways[1, 1:])
        assert torch.equal(ways[8, :-1, :-1], ways[0, 1:, 1:])
        assert ways[0, 0].min() >= 2.0**21  # nothing above the first row

    def test_on_blank_paper_each_block_is_a_cell(self) -> None:
        label = labels(np.zeros((48, 64), np.float32))
        wanted = np.arange(48).reshape(6, 8).repeat(8, 0).repeat(8, 1)
        assert (label == wanted).mean() > 0.9

    @pytest.mark.parametrize("kind", [cv2.LINE_4, cv2.LINE_8, cv2.LINE_AA])
    @pytest.mark.parametrize("thick", [1, 2, 3])
    @pytest.mark.parametrize("radius", [12, 21, 30, 55])
    def test_no_cell_lies_on_both_sides_of_a_closed_line(self, radius: int, thick: int, kind: int) -> None:
        ink = circle(128, radius, thick=thick, kind=kind)
        label, side = labels(ink), sides(ink)
        torn = [c for c in np.unique(label) if len(set(np.unique(side[label == c])) - {0}) > 1]
        assert torn == []

    @pytest.mark.parametrize("ends", [(20, 127), (20, 90), (60, 61), (100, 10), (5, 50)])
    def test_a_slanting_line_of_one_pixel_divides_too(self, ends: tuple[int, int]) -> None:
        page = np.zeros((128, 128), np.uint8)
        cv2.line(page, (0, ends[0]), (127, ends[1]), 255, 1, cv2.LINE_8)
        for ink in (page, page.T.copy()):
            drawing = ink.astype(np.float32) / 255
            label, side = labels(drawing), sides(drawing)
            strays = 0
            for cell in np.unique(label):
                counts = np.bincount(side[label == cell])[1:]
                strays += counts.sum() - counts.max(initial=0)
            assert strays <= 8  # the tip of a wedge at the border has no room for a seed of its own

    def test_drawings_of_a_batch_do_not_touch_each_other(self) -> None:
        ring, blank = tensor(circle()), torch.zeros(1, 1, 128, 128)
        both, alone = cells.find_cells(torch.cat([ring, blank])), cells.find_cells(blank)
        assert torch.equal(both.label[1], alone.label[0])
        assert torch.equal(both.ways[1], alone.ways[0])


class TestFill:
    @pytest.mark.parametrize("kind", [cv2.LINE_4, cv2.LINE_8, cv2.LINE_AA])
    @pytest.mark.parametrize("radius", [16, 30, 50])
    def test_a_closed_ring_keeps_its_hint_in_and_the_outside_s_out(self, radius: int, kind: int) -> None:
        ink = circle(128, radius, kind=kind)
        name, distance = told(ink, [(64, 64), (2, 2)])
        side = sides(ink)
        assert (name[side == side[64, 64]] == 0).all()
        assert (name[side == side[0, 0]] == 1).all()
        assert distance[64, 64] == distance[2, 2] == 0

    def test_a_lone_hint_is_far_beyond_a_line(self) -> None:
        ink = circle(128, 30)
        side = sides(ink)
        _, distance = told(ink, [(64, 64)])
        inside, outside = distance[side == side[64, 64]], distance[side == side[0, 0]]
        assert inside.max() < 60
        assert outside.min() > 3 * inside.max()

    def test_a_wide_gap_lets_the_color_out_and_a_narrow_one_hardly(self) -> None:
        outside = {}
        for gap in (0, 1, 20):
            outside[gap] = told(circle(128, 30, gap=gap), [(64, 64)])[1][64, 124]
        assert outside[20] < 80
        assert outside[0] > 150
        assert outside[1] > 2 * outside[20]

    def test_the_nearer_hint_wins_on_open_paper(self) -> None:
        name, distance = told(np.zeros((64, 128), np.float32), [(4, 32), (124, 32)])
        assert (name[:, :56] == 0).all()
        assert (name[:, 72:] == 1).all()
        assert distance[32, 36] < distance[32, 60]

    def test_without_hints_nothing_is_reached(self) -> None:
        name, distance = told(circle(), [])
        assert (name == -1).all()
        assert distance.min() >= 2.0**22

    def test_a_hint_reaches_as_many_cells_as_there_are_rounds(self) -> None:
        name, _ = told(np.zeros((8 * 5, 8 * 21), np.float32), [(4, 20)], rounds=10)
        reached = np.unique(np.nonzero(name == 0)[1] // 8)
        assert reached.tolist() == list(range(11))

    @pytest.mark.parametrize("drawing", DRAWINGS)
    @pytest.mark.parametrize("size", SIZES)
    def test_every_cell_is_reached_from_anywhere_in_any_drawing(self, drawing: str, size: tuple[int, int]) -> None:
        name, distance = told(DRAWINGS[drawing](*size), [(3, 3)])
        assert (name == 0).all()
        assert np.isfinite(distance).all()


class TestSums:
    @pytest.mark.parametrize("drawing", DRAWINGS)
    def test_the_cells_sums_add_up_to_the_whole(self, drawing: str) -> None:
        ink = tensor(DRAWINGS[drawing](48, 112)).expand(2, -1, -1, -1)
        values = torch.rand((2, 3, 48, 112), generator=torch.Generator().manual_seed(0))
        sums = cells.cell_sums(cells.find_cells(ink).label, values, 6, 14)
        assert sums.shape == (2, 3, 6, 14)
        torch.testing.assert_close(sums.sum((2, 3)), values.sum((2, 3)))

    def test_a_pixel_counts_for_its_own_cell(self) -> None:
        ink = circle()
        values = torch.zeros(1, 1, 128, 128)
        values[0, 0, 70, 50] = 3
        sums = cells.cell_sums(cells.find_cells(tensor(ink)).label, values, 16, 16)
        assert sums.flatten()[labels(ink)[70, 50]] == 3
        assert sums.sum() == 3

    def test_neighbors_are_the_nine_around_with_edges_repeated(self) -> None:
        grid = torch.arange(12.0).view(1, 1, 3, 4)
        around = cells.neighbors(grid)
        assert len(around) == 9
        assert torch.equal(around[4], grid)
        assert around[0].flatten()[5] == 0
        assert around[8].flatten()[5] == 10
        assert around[0].flatten()[0] == 0


@pytest.fixture(scope="module")
def colorist() -> Colorist:
    torch.manual_seed(0)
    return Colorist(width=40, layers=1, rounds=64).eval()


def planes(ink: np.ndarray, hints: dict[tuple[int, int], tuple[float, float, float]]) -> Tensor:
    """Planes (1, 5, H, W) of a drawing with 3x3 dots at (x, y)."""
    made = torch.zeros(1, 5, *ink.shape)
    made[:, 0] = 1 - tensor(ink)[:, 0]
    for (x, y), color in hints.items():
        where = (slice(None), slice(1, 4), slice(y - 1, y + 2), slice(x - 1, x + 2))
        made[where] = torch.tensor(color).view(1, 3, 1, 1)
        made[:, 4, y - 1 : y + 2, x - 1 : x + 2] = 1
    return made


RED, BLUE = (0.9, 0.1, 0.1), (0.1, 0.2, 0.8)


class TestColorist:
    @pytest.mark.parametrize("drawing", DRAWINGS)
    @pytest.mark.parametrize("size", SIZES)
    def test_any_multiple_of_16_gives_colors_of_the_same_size(
        self, colorist: Colorist, drawing: str, size: tuple[int, int]
    ) -> None:
        with torch.no_grad():
            color = colorist(planes(DRAWINGS[drawing](*size), {(4, 4): RED}))
        assert color.shape == (1, 3, *size)
        assert color.min() >= 0
        assert color.max() <= 1

    def test_a_hint_in_a_ring_changes_the_inside_more_than_the_outside(self, colorist: Colorist) -> None:
        ink = circle(128, 30, thick=2)
        with torch.no_grad():
            change = (colorist(planes(ink, {(64, 64): RED})) - colorist(planes(ink, {})))[0].abs().amax(0).numpy()
        side = sides(ink)
        inside, outside = change[side == side[64, 64]], change[side == side[0, 0]]
        assert inside.min() > 0.2
        assert np.quantile(outside, 0.99) < inside.min()

    def test_pixels_of_one_side_do_not_take_the_color_of_the_other(self, colorist: Colorist) -> None:
        ink = circle(128, 30)
        with torch.no_grad():
            color = colorist(planes(ink, {(64, 64): RED, (2, 2): BLUE, (125, 125): BLUE}))[0]
        side = sides(ink)
        redder = (color[0] > color[2]).numpy()
        assert redder[side == side[64, 64]].all()
        near = (np.hypot(*(np.indices(ink.shape) - 64.0)) < 40) & (side == side[0, 0])
        assert not redder[near].any()
