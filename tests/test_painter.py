"""The painter: what its network may know, how rounds draw colors, how hints reach."""

from pathlib import Path

import numpy as np
import pytest
import torch

from senga.color.painting import AMONG, FOLLOWING, FREE_LEADERS, LEADERS, Painting, known_colors, rgb_table
from senga.color.regions import find_regions
from senga.color.schemes import VARIED, rank_schemes, schemes_of, worth
from senga.color.tokens import KNOWN, from_opponent, make_tokens, opponent
from senga.color.votes import FREE, SETTLED, Luck, choose
from senga.errors import TrainingError
from senga.learn import checkpoint
from senga.learn.data.painter_batches import Sample, collate
from senga.learn.data.reveals import Reveals, dot_colors, main_colors, reveal, true_colors
from senga.learn.data.samples import View, pale
from senga.learn.eight_bits import round_weights
from senga.learn.networks.painter import Answer, Painter, mean_color, surprise
from senga.learn.painter_lesson import answered
from senga.model.session import Session
from standins import tiny_painter

SIDE = 64


def squares(count: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Colored squares, the lines between them, and their numbers."""
    step = SIDE // count
    rows = np.arange(SIDE) // step
    labels = (rows[:, None] * count + rows).astype(np.int32)
    random = np.random.default_rng(3)
    color = random.integers(0, 256, (count * count, 3)).astype(np.uint8)[labels]
    lines = np.full((SIDE, SIDE), 255, np.uint8)
    lines[::step], lines[:, ::step] = 0, 0
    return color, lines, labels


def sample(reveals: Reveals, seed: int = 0) -> Sample:
    color, lines, labels = squares()
    view = View(color, lines, labels, 0, 1.0)
    tokens = make_tokens(lines, labels, 32)
    return Sample(view, tokens, reveal(view, tokens, reveals, np.random.default_rng(seed)))


NOTHING = Reveals(none=1.0, one=0.0, guesses=0.0, palettes=0.0)


def test_opponent_colors_come_back() -> None:
    colors = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    assert np.abs(from_opponent(opponent(colors)) - colors).max() < 1e-5


def test_tokens_tell_where_a_region_lies_and_share_its_places() -> None:
    lines = np.full((32, 64), 255, np.uint8)
    labels = np.zeros((32, 64), np.int32)
    labels[:16, 32:] = 7  # above, on the right
    tokens = make_tokens(lines, labels, 8)
    assert tokens.names.tolist() == [0, 7]
    x, y = tokens.geometry[1, :2]
    assert x > 0
    assert y < 0
    assert tokens.geometry[1, 4] ** 2 == pytest.approx(0.25)
    assert np.allclose(tokens.shares.sum((1, 2)), 1)
    assert tokens.shares[1, :4, 8:].sum() == pytest.approx(1)


def test_regions_beyond_the_most_go_without_a_token() -> None:
    _, lines, labels = squares()
    tokens = make_tokens(lines, labels, 5)
    assert tokens.count == 5
    assert (tokens.label == -1).mean() == pytest.approx(11 / 16)


def test_true_colors_are_those_of_paper() -> None:
    color, lines, labels = squares()
    inked = np.where(lines[..., None] < 128, 0, color).astype(np.uint8)
    tokens = make_tokens(lines, labels, 32)
    truth = true_colors(inked, lines, tokens)
    wanted = np.stack([color[labels == name][0] for name in tokens.names]) / 255
    assert np.abs(truth - wanted).max() < 0.02
    dots = dot_colors(color, lines, tokens, np.random.default_rng(0))
    assert np.abs(dots - wanted).mean() < 0.1


def test_what_is_told_does_not_count_in_the_loss() -> None:
    revealed = sample(Reveals(none=0.0, one=1.0, guesses=0.0, palettes=0.0)).revealed
    hinted = revealed.known[:, 3] > 0
    assert hinted.sum() == 1
    assert (revealed.weight[hinted] == 0).all()
    assert (revealed.weight[~hinted] > 0).all()


def test_guesses_are_marked_as_such_and_never_lie_on_hints() -> None:
    for seed in range(20):
        known = sample(Reveals(none=0.0, one=0.5, guesses=1.0, palettes=0.0), seed).revealed.known
        assert not ((known[:, 3] > 0) & (known[:, 4] > 0)).any()
        assert (np.abs(known[known[:, 3:].sum(1) == 0, :3]).sum(1) == 0).all()


def test_a_palette_has_the_pictures_colors_and_no_two_alike() -> None:
    truth = opponent(np.repeat(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32), 4, 0))
    for seed in range(10):
        palette = main_colors(truth, np.ones(12, np.float32), np.random.default_rng(seed))
        near = np.sqrt(np.square(palette[:, None] - truth[None]).sum(2)).min(1)
        assert (near < 0.1).sum() >= min(2, len(palette) - 2)
        assert (near < 0.1).sum() <= 3


def test_hints_and_palettes_reach_every_region() -> None:
    network, batch = tiny_painter(), collate([sample(NOTHING)])
    with torch.no_grad():
        before = network(*batch.inputs()).logits[:, :, :16].softmax(2)
        batch.known[0, 0, :4] = torch.tensor([0.3, 0.2, -0.2, 1.0])
        hinted = network(*batch.inputs()).logits[:, :, :16].softmax(2)
        batch.palette[0, 0], batch.offered[0, 0] = torch.tensor([0.1, 0.4, 0.0]), 1
        offered = network(*batch.inputs()).logits[:, :, :16].softmax(2)
    assert ((before - hinted).abs().amax(2)[0, :16] > 1e-6).all()
    assert ((offered - hinted).abs().amax(2)[0, :16] > 1e-6).all()


def test_what_fills_up_a_batch_changes_nothing() -> None:
    network, one = tiny_painter(), sample(NOTHING)
    color, lines, labels = squares(8)
    view = View(color, lines, labels, 0, 1.0)
    tokens = make_tokens(lines, labels, 64)
    other = Sample(view, tokens, reveal(view, tokens, NOTHING, np.random.default_rng(0)))
    with torch.no_grad():
        alone = network(*collate([one]).inputs())
        beside = network(*collate([one, other]).inputs())
    a, b = alone.logits[0, :16, :16], beside.logits[0, :16, :16]
    assert torch.allclose(a, b, atol=1e-4)


def test_only_known_colors_can_be_pointed_at() -> None:
    network, batch = tiny_painter(), collate([sample(NOTHING)])
    batch.known[0, 2, :4] = torch.tensor([0.3, 0.2, -0.2, 1.0])
    with torch.no_grad():
        chance = network(*batch.inputs()).logits.softmax(2)[0, :16, 16:]
    assert (chance[:, 2] > 1e-6).all()
    rest = chance.clone()
    rest[:, 2] = 0
    assert float(rest.max()) < 1e-9


def test_a_reference_lends_its_colors_to_its_partner_alone() -> None:
    network, batch = tiny_painter(), collate([sample(NOTHING), sample(NOTHING)], [1, -1])
    with torch.no_grad():
        answer, known = answered(network, batch, referred=bool((batch.partner >= 0).any()))
    assert known.shape[1] == 64
    assert known[0, 32:48, 5].tolist() == [1.0] * 16
    assert not known[1, 32:].any()
    chance = answer.logits.softmax(2)
    assert float(chance[0, :16, 16 + 32 : 16 + 48].min()) > 1e-7
    assert float(chance[1, :16, 16 + 32 :].max()) < 1e-9


def test_surprise_is_least_where_the_truth_is_likely() -> None:
    bins = torch.tensor([[0.0, 0, 0], [0.4, 0, 0]])
    known, palette = torch.zeros(1, 1, KNOWN), torch.zeros(1, 1, 3)
    logits = torch.tensor([[[0.0, 3.0, -30, -30]]])
    answer = Answer(logits, torch.zeros(1, 1, 2, 3))
    likely = surprise(answer, bins, known, palette, torch.tensor([[[0.4, 0, 0]]]))
    seldom = surprise(answer, bins, known, palette, torch.tensor([[[0.0, 0, 0]]]))
    never = surprise(answer, bins, known, palette, torch.tensor([[[0.0, 0.5, 0]]]))
    assert float(likely) < float(seldom) < float(never)
    assert float(mean_color(answer, bins, known, palette)[0, 0, 0]) == pytest.approx(0.4 * 0.9526, abs=1e-3)


def test_steps_teach_it_a_drawing() -> None:
    network = tiny_painter().train()
    samples = [sample(Reveals(palettes=0.0), seed) for seed in range(8)]
    batch = collate(samples)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)

    def loss() -> torch.Tensor:
        answer, known = answered(network, batch, referred=bool((batch.partner >= 0).any()))
        return (surprise(answer, network.bins, known, batch.palette, batch.truth) * batch.weight).sum(1).mean()

    first = float(loss().detach())
    for _ in range(60):
        optimizer.zero_grad()
        lost = loss()
        lost.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss().detach()) < 0.5 * first


@pytest.fixture(scope="module")
def session(painter_file: Path) -> Session:
    return Session.open(painter_file)


def test_training_goes_on_from_a_model_file(painter_file: Path) -> None:
    rounded, started = tiny_painter(), tiny_painter(seed=1)
    round_weights(rounded)
    checkpoint.load_weights(painter_file, started)
    for name, weight in rounded.state_dict().items():
        assert torch.equal(weight, started.state_dict()[name]), name
    other = Painter(width=32, deep=1, tokens=48, layers=2, bins=16)
    with pytest.raises(TrainingError, match="another network"):
        checkpoint.load_weights(painter_file, other)


def test_eight_bits_keep_weights_to_a_part_in_two_hundred_and_convolutions_to_one_in_a_hundred() -> None:
    network, rounded = tiny_painter(), tiny_painter()
    round_weights(rounded)
    for one, two in zip(network.parameters(), rounded.parameters(), strict=True):
        most = one.detach().flatten(1).abs().amax(1) if one.ndim > 1 else one.detach().abs()
        gap = (one - two).detach().abs().flatten(1).amax(1) if one.ndim > 1 else (one - two).detach().abs()
        assert (gap <= most / (100 if one.ndim == 4 else 200)).all()


@pytest.fixture
def painting(session: Session) -> Painting:
    _, lines, _ = squares()
    regions = find_regions(lines)
    return Painting.read(session, lines, regions.labels, regions)


NO_PALETTE = np.zeros((0, 3), np.float32)


def test_the_model_file_says_how_it_works(session: Session) -> None:
    assert session.by_regions
    assert session.card.stages == ("read", "think")


def test_rounds_draw_the_same_by_the_same_seed(painting: Painting) -> None:
    nothing = known_colors(painting.tokens, {})
    one, two, other = painting.answer(nothing, NO_PALETTE, [4, 4, 5])
    assert np.array_equal(one, two)
    assert not np.allclose(one, other)
    assert np.abs(one).sum(1).min() > 0  # every region has drawn


def test_what_hints_tell_is_no_matter_of_luck(painting: Painting) -> None:
    told = known_colors(painting.tokens, {3: (200, 30, 60)})
    one, two = (painting.answer(told, NO_PALETTE, [seed], luck=SETTLED)[0] for seed in (0, 9))
    assert np.array_equal(one, two)


def test_the_schemes_of_a_drawing_have_what_its_regions_are_likely_to_be() -> None:
    bins = opponent(np.array([[0.1, 0.2, 0.8], [0.9, 0.2, 0.2], [0.95, 0.95, 0.95]], np.float32))
    blue = np.array([[0.98, 0.01, 0.01]] * 3, np.float32)
    weights = np.ones(3, np.float32)

    def off(chances: np.ndarray, color: np.ndarray) -> float:
        return float(
            np.mean([_least_off(scheme, color) for scheme in schemes_of(rank_schemes(chances, bins, weights), 0)])
        )

    blues, reds, others = off(blue, bins[0]), off(blue[:, [1, 0, 2]], bins[1]), off(blue, bins[1])
    assert blues < 0.7 * others
    assert reds < 0.7 * others


def test_seeds_try_schemes_of_their_own() -> None:
    random = np.random.default_rng(2)
    bins = opponent(random.random((6, 3)))
    chances = random.dirichlet(np.ones(6), 4).astype(np.float32)
    ranks = rank_schemes(chances, bins, np.ones(4, np.float32))
    tried = [schemes_of(ranks, s) for s in range(64)]
    assert len({scheme.tobytes() for group in tried for scheme in group}) == len(ranks) == 512
    assert tried[0].shape == (8, 8, 3)
    assert not np.array_equal(schemes_of(ranks, 64), tried[0])  # another order of the same
    assert schemes_of(ranks, 2**32 - 1).shape == (8, 8, 3)


def test_a_coloring_is_worth_more_varied_likely_and_light() -> None:
    random = np.random.default_rng(3)
    shares = np.array([0.4, 0.3, 0.2, 0.1], np.float32)
    varied = opponent(np.array([[0.9, 0.5, 0.5], [0.5, 0.6, 0.9], [0.9, 0.9, 0.6], [0.6, 0.8, 0.6]], np.float32))
    brown = np.repeat(opponent(np.array([[0.7, 0.5, 0.3]], np.float32)), 4, 0)
    sure = random.random((1, 4)).astype(np.float32)

    def of(colors: np.ndarray, likelihood: np.ndarray) -> float:
        return float(worth(colors[None], likelihood, shares)[0])

    assert of(varied, sure) > of(brown, sure)
    assert of(varied, sure) > of(varied, sure - 1)
    assert of(varied, sure) > of(varied - np.array([0.4, 0, 0], np.float32), sure)
    stretched = varied.copy()
    stretched[:, 1:] = 3 * stretched[:, 1:]
    assert of(stretched, sure) - of(varied, sure) < VARIED * np.log(3)  # loud colors count no more


def _least_off(scheme: np.ndarray, color: np.ndarray) -> float:
    return float(np.sqrt(np.square(scheme - color).sum(1)).min())


def test_a_drawing_takes_the_scheme_of_its_seed_where_nobody_gives_a_palette(painting: Painting) -> None:
    one, other = painting.schemes([0, 5])
    assert not np.array_equal(one, other)
    nothing = known_colors(painting.tokens, {})
    together = painting.answer(nothing, np.stack([one, other]), [0, 5])
    for answer, scheme, seed in zip(together, (one, other), (0, 5), strict=True):
        assert np.allclose(answer, painting.answer(nothing, scheme, [seed])[0], atol=1e-4)


def test_small_regions_and_the_ground_are_drawn_calmly(painting: Painting) -> None:
    geometry = np.repeat(painting.tokens.geometry[:1], 3, 0)
    geometry[:, 4], geometry[:, 8] = (0.5, 0.05, 0.5), (0, 0, 0.9)  # large, small, large and all along the frame
    large, small, ground = FREE.heats(geometry)
    assert large > 5 * small > 0 == ground
    assert Luck(0.3, 0.3).heats(geometry)[2] == pytest.approx(0.3)


def test_shades_of_a_color_outweigh_a_single_likelier_one() -> None:
    bins = np.array([[0.9, 0, 0], [0.2, 0, 0], [0.22, 0, 0], [0.24, 0, 0]], np.float32)
    logits = np.log(np.array([[0.4, 0.2, 0.2, 0.2, 1e-9]], np.float32))
    pointed, calm = np.zeros((1, 3), np.float32), np.zeros((1, 4), np.float32)
    color, _ = choose(logits, bins[None], bins, pointed, calm, Luck(0, 0.1))
    assert color[0, 0] == pytest.approx(0.22, abs=0.01)
    color, _ = choose(logits, bins[None], bins, pointed, calm, Luck(0, 0.001))
    assert color[0, 0] == pytest.approx(0.9, abs=0.01)


def test_a_known_color_that_is_likely_is_taken_as_it_is() -> None:
    bins = np.array([[0.2, 0, 0], [0.8, 0, 0]], np.float32)
    pointed = np.array([[0.23, 0.01, 0.0], [0.8, 0.1, 0.0]], np.float32)
    calm = np.zeros((1, 2), np.float32)
    for share, wanted in ((0.7, pointed[0]), (0.1, bins[0])):
        logits = np.log(np.array([[0.9 - share, 0.05, share, 0.05]], np.float32))
        color, _ = choose(logits, bins[None], bins, pointed, calm, Luck(0, 0.1))
        assert np.allclose(color[0], wanted, atol=1e-6 if share == 0.7 else 0.01)


def test_hints_stay_exactly(painting: Painting) -> None:
    told = known_colors(painting.tokens, {3: (200, 30, 60)})
    assert rgb_table(painting.answer(told, NO_PALETTE, [0])[0])[3].tolist() == [200, 30, 60]


def test_the_largest_regions_draw_one_by_one(painting: Painting, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    think = Painting._think

    def noting(self: Painting, state: np.ndarray, palettes: np.ndarray, borrowed: object) -> object:
        asked.append((state.shape[1], int((state[0, :, 4] > 0).sum())))
        return think(self, state, palettes, None)

    monkeypatch.setattr(Painting, "_think", noting)
    painting.answer(known_colors(painting.tokens, {}), NO_PALETTE, [0])
    led = min(LEADERS, painting.tokens.count)
    assert [known for _, known in asked[:led]] == list(range(led))
    assert max(regions for regions, _ in asked[:led]) <= AMONG
    assert len(asked) <= led + FOLLOWING


def test_where_nobody_asks_for_colors_all_others_follow_the_leaders_as_they_follow_hints(
    painting: Painting, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[np.ndarray] = []
    think = Painting._think

    def noting(self: Painting, state: np.ndarray, palettes: np.ndarray, borrowed: object) -> object:
        asked.append(state[0, :, 3:5].copy())
        return think(self, state, palettes, None)

    nothing = known_colors(painting.tokens, {})
    scheme = opponent(np.array([[20, 40, 120], [200, 60, 40]], np.float32) / 255)
    monkeypatch.setitem(vars(painting), "_bare", np.arange(painting.tokens.count) == 0)
    monkeypatch.setattr(Painting, "_think", noting)
    painting.answer(nothing, scheme, [0], free=True)
    led = min(FREE_LEADERS, painting.tokens.count - 1)
    follows = asked[led]
    assert asked[led - 1][:, 0].sum() == 0  # one does not follow another so
    assert (follows[:, 0].sum(), follows[:, 1].tolist()) == (led, [1.0] + [0.0] * (len(follows) - 1))
    asked.clear()
    painting.answer(nothing, scheme, [0])
    assert sum(known[:, 0].sum() for known in asked) == 0


def test_hints_change_what_they_bear_on_and_leave_the_rest(painting: Painting) -> None:
    nothing, told = known_colors(painting.tokens, {}), known_colors(painting.tokens, {0: (10, 200, 30)})
    base = painting.answer(nothing, NO_PALETTE, [0])[0]
    hinted = painting.answer(told, NO_PALETTE, [0])[0]
    reached = painting.reached([base], [hinted], told, nothing, NO_PALETTE)[0]
    changed, whole = (np.abs(colors - base).sum(1) > 1e-6 for colors in (reached, hinted))
    assert changed[0]
    assert (changed <= whole).all()
    assert np.allclose(reached[~changed], base[~changed])


def test_every_region_of_a_drawing_has_a_token(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("senga.color.painting.MOST", 5)
    _, lines, _ = squares()
    regions = find_regions(lines)
    painting = Painting.read(session, lines, regions.labels, regions)
    assert painting.tokens.count == 5
    assert len(painting.token_of) == regions.count
    assert set(painting.token_of.tolist()) <= set(range(5))


def test_pale_lines_are_thinner_or_fainter_and_never_anew() -> None:
    lines = np.full((24, 24), 255, np.uint8)
    lines[10:13] = 0
    random = np.random.default_rng(0)
    made = [pale(lines.copy(), 1.0, random) for _ in range(3)]
    assert all((m >= lines).all() and 0 < (255 - m.astype(int)).sum() < (255 - lines.astype(int)).sum() for m in made)
    assert pale(lines, 0.0, random) is lines


def test_a_ground_that_is_likely_to_be_bare_stays_paper(painting: Painting, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = known_colors(painting.tokens, {})
    scheme = opponent(np.array([[20, 40, 120], [200, 60, 40]], np.float32) / 255)
    bare = np.zeros(painting.tokens.count, bool)
    bare[0] = True
    monkeypatch.setitem(vars(painting), "_bare", bare)
    stays, drawn = (rgb_table(painting.answer(nothing, scheme, [0], free=p)[0]) for p in (True, False))
    assert stays[0].tolist() == [255, 255, 255]
    assert drawn[0].tolist() != [255, 255, 255]
    told = known_colors(painting.tokens, {0: (200, 30, 60)})
    assert rgb_table(painting.answer(told, scheme, [0], free=True)[0])[0].tolist() == [200, 30, 60]
