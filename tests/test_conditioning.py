"""Palettes, references, candidates: what is asked of a model in stages, and how little of it is done again."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from conftest import patchwork, ring
from senga import Colorizer, HintError, Hints, ModelError
from senga.color import inference, schemes
from senga.color.conditioning import SHARE, look, make_conditioning
from senga.color.maincolors import palette_of
from senga.color.schemes import choose_palettes, distance
from senga.color.spaces import oklab
from senga.learn.colorist_export import NAMES, Stage
from senga.learn.networks.colorist import Colorist
from senga.model.card import Card
from senga.model.session import Session
from test_staged_model import A_CARD

RED = "#d02020"
OWN = ["#d02020", "#20c040", "#2040d0", "#f0e020", "#202020", "#f0f0f0"]


@dataclass
class FakeSession:
    """Stands in for an opened model file in stages: a network answers, and every stage is counted."""

    network: Colorist
    card: Card = A_CARD
    name: str = "fake"
    staged: bool = True
    by_regions: bool = False
    backend: str = "onnxruntime"
    runs: Counter[str] = field(default_factory=Counter)
    check_candidates = Session.check_candidates
    companion = Session.companion

    def stage(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        self.runs[name] += 1
        inputs, outputs = NAMES[name]
        with torch.no_grad():
            answers = Stage(self.network, name)(*(torch.tensor(given[i]) for i in inputs))
        return {k: v.numpy() for k, v in zip(outputs, answers, strict=True)}


@pytest.fixture(scope="module")
def network() -> Colorist:
    torch.manual_seed(0)
    made = Colorist(width=40, layers=1, rounds=8, bins=8).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return made


@pytest.fixture
def session(network: Colorist) -> FakeSession:
    return FakeSession(network)


def painter(session: FakeSession) -> Colorizer:
    return Colorizer(session)  # type: ignore[arg-type]


class TestPages:
    def test_a_further_hint_runs_the_last_stages_only(self, session: FakeSession) -> None:
        page = painter(session).page(ring(70, 90, 25))
        assert session.runs == {"cut": 1, "read": 1}
        hints = Hints.blank((70, 90))
        page.paint(hints)
        assert session.runs == {"cut": 1, "read": 1, "think": 1, "reach": 1, "paint": 1}
        for x in (20, 40, 60):
            hints = hints.dot((x, 35), RED)
            page.paint(hints)
        assert session.runs == {"cut": 1, "read": 1, "think": 1, "reach": 4, "paint": 4}

    def test_each_wish_is_thought_over_once(self, session: FakeSession) -> None:
        page = painter(session).page(ring(70, 90, 25))
        reference = patchwork(40, 40)
        for _ in range(2):
            page.paint(palette=OWN)
            page.paint(palette=OWN[:2])
            page.paint(reference=reference)
            page.paint(reference=reference, strength=0.5)
            page.paint()
        assert session.runs["think"] == 5
        assert session.runs["read"] == 1

    def test_not_more_wishes_are_kept_than_memory_should_hold(self, session: FakeSession) -> None:
        page = painter(session).page(ring(40, 40, 12))
        for i in range(inference.KEPT + 2):
            page.paint(palette=[(i, i, i)])
        assert session.runs["think"] == inference.KEPT + 2
        page.paint(palette=[(inference.KEPT + 1,) * 3])
        assert session.runs["think"] == inference.KEPT + 2
        page.paint(palette=[(0, 0, 0)])
        assert session.runs["think"] == inference.KEPT + 3

    @pytest.mark.parametrize("shape", [(1, 1), (1, 40), (37, 3), (150, 110)])
    def test_pictures_come_back_at_the_drawings_size(self, session: FakeSession, shape: tuple[int, int]) -> None:
        lines = np.random.default_rng(0).choice([0, 255], shape, p=[0.1, 0.9]).astype(np.uint8)
        painted = painter(session).page(lines).paint(Hints.blank(shape).dot((0, 0), RED), palette=OWN)
        assert painted.shape == (*shape, 3)
        assert painted.dtype == np.uint8

    def test_palette_reference_and_strength_change_the_picture(self, session: FakeSession) -> None:
        page = painter(session).page(ring(64, 64, 20))
        reference = patchwork(40, 40)
        answers = [page.paint(), page.paint(palette=OWN), page.paint(reference=reference)]
        answers.append(page.paint(reference=reference, strength=0.3))
        assert len({a.tobytes() for a in answers}) == 4
        assert (page.paint(reference=reference, strength=0) == answers[0]).all()
        assert (page.paint() == answers[0]).all()

    def test_a_model_that_takes_hints_alone_refuses_wishes(self, session: FakeSession) -> None:
        session.card = Card(**{**vars(A_CARD), "conditions": ("hints",)})
        page = painter(session).page(ring(40, 40, 12))
        with pytest.raises(ModelError, match="does not take a palette"):
            page.paint(palette=OWN)
        with pytest.raises(ModelError, match="does not take a reference"):
            page.paint(reference=patchwork(40, 40))
        with pytest.raises(ModelError, match="takes no palettes"):
            page.candidates(2)
        assert len(page.candidates(1)) == 1


class TestCandidates:
    def test_the_model_s_own_answer_comes_first(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 48, 15))
        hints = Hints.blank((48, 48)).dot((24, 24), RED)
        made = page.candidates(4, hints, palette=OWN)
        assert len(made) == 4
        assert (made[0] == page.paint(hints, palette=OWN)).all()
        assert len({m.tobytes() for m in made}) == 4
        assert session.runs["read"] == 1

    def test_the_seed_decides_which_they_are(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 48, 15))
        one, again, other = (page.candidates(4, seed=s) for s in (1, 1, 2))
        assert all((a == b).all() for a, b in zip(one, again, strict=True))
        assert (one[0] == other[0]).all()
        assert any((a != b).any() for a, b in zip(one, other, strict=True))

    @pytest.mark.parametrize("count", [0, 65, -1])
    def test_a_number_out_of_range_is_refused(self, session: FakeSession, count: int) -> None:
        with pytest.raises(HintError, match=r"\[candidates\]: wanted a number of 1 to 64"):
            painter(session).page(ring(40, 40, 12)).candidates(count)

    def test_wrong_wishes_are_refused(self, session: FakeSession) -> None:
        page = painter(session).page(ring(40, 40, 12))
        with pytest.raises(HintError, match="not a color"):
            page.candidates(3, palette=["brown"])
        with pytest.raises(HintError, match="do not fit"):
            page.candidates(3, Hints.blank((41, 40)))


class TestSchemes:
    def test_palettes_are_unlike_one_another(self) -> None:
        for seed in range(3):
            chosen = [oklab(np.array(p, np.uint8)) for p in choose_palettes(7, seed=seed)]
            apart = [distance(a, b) for i, a in enumerate(chosen) for b in chosen[:i]]
            drawn = np.random.default_rng(seed).permutation(len(schemes._schemes(schemes.SCHEMES)))[:7]
            random = [oklab(schemes._schemes(schemes.SCHEMES)[i]) for i in drawn]
            usual = [distance(a, b) for i, a in enumerate(random) for b in random[:i]]
            assert min(apart) > 0.02
            assert np.mean(apart) > np.mean(usual)

    def test_a_given_palette_is_kept_to_in_part(self) -> None:
        own = [(208, 32, 32), (32, 192, 64), (32, 64, 208), (240, 224, 32)]
        chosen = choose_palettes(5, own, seed=3)
        assert len(chosen) == 5
        assert all(0 < len(p) < len(own) and set(p) < set(own) for p in chosen)
        assert len({tuple(p) for p in chosen}) > 2
        assert choose_palettes(5, own, seed=3) == chosen

    def test_few_colors_are_enough(self) -> None:
        assert choose_palettes(3, ["#fff"]) == [[(255, 255, 255)]] * 3
        assert choose_palettes(0) == []
        assert len(choose_palettes(64)) == 64

    def test_the_distance_of_palettes_does_not_depend_on_order(self) -> None:
        one, other = (
            oklab(np.random.default_rng(s).integers(0, 256, (n, 3)).astype(np.uint8)) for s, n in ((0, 3), (1, 5))
        )
        assert distance(one, one[::-1]) == 0
        assert distance(one, other) == pytest.approx(distance(other, one))
        assert distance(one, other) > 0


class TestWishes:
    def test_no_wish_says_nothing(self) -> None:
        none = make_conditioning()
        assert none.palette.shape == (1, 1, 4)
        assert none.reference.shape == (1, 64, 261)
        assert not none.palette.any()
        assert not none.reference.any()
        assert not none.strength.any()
        assert make_conditioning(reference=patchwork(30, 30), strength=0).key == none.key

    def test_a_palette_is_its_colors_each_counted_whole(self) -> None:
        wanted = np.array([[1, 0, 0, 1], [0, 0.2, 1, 1]])
        np.testing.assert_allclose(make_conditioning(["#f00", (0, 51, 255)]).palette[0], wanted, atol=1e-6)

    def test_a_reference_brings_its_main_colors_unless_a_palette_is_given(self) -> None:
        reference = patchwork(60, 60)
        conditioning = make_conditioning(reference=reference, strength=0.5)
        assert conditioning.strength == 0.5
        np.testing.assert_allclose(conditioning.palette[0, :, :3] * 255, palette_of(reference), atol=1e-3)
        np.testing.assert_allclose(conditioning.palette[0, :, 3], 0.5 * SHARE)
        both = make_conditioning([RED], reference, 0.5)
        assert both.palette.shape == (1, 1, 4)
        assert (both.reference == conditioning.reference).all()
        assert both.key != conditioning.key

    def test_what_is_transparent_in_a_reference_is_seen_as_white(self) -> None:
        picture = np.dstack([patchwork(96, 96), np.full((96, 96), 255, np.uint8)])
        picture[:48, :, 3] = 0
        white = picture[..., :3].copy()
        white[:48] = 255
        np.testing.assert_allclose(look(picture), look(white), atol=1e-6)
        np.testing.assert_allclose(look(picture)[0, 0, 256:259], 1, atol=1e-6)
        hidden = set(palette_of(picture)) - set(palette_of(picture[48:]))
        assert not hidden

    @pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
    def test_a_strength_out_of_range_is_refused(self, strength: float) -> None:
        with pytest.raises(HintError, match="from 0 to 1"):
            make_conditioning(reference=patchwork(30, 30), strength=strength)

    def test_what_is_no_color_and_too_many_colors_are_refused(self) -> None:
        with pytest.raises(HintError, match="not a color"):
            make_conditioning(["#12345"])
        with pytest.raises(HintError, match="at most 256"):
            make_conditioning([(0, 0, i % 256) for i in range(257)])
        assert make_conditioning([(0, 0, i) for i in range(256)]).palette.shape == (1, 256, 4)


class TestTint:
    def test_no_tint_leaves_the_lines_as_they_are_and_paper_never_changes(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 64, 15))
        black, tinted = page.paint(), page.paint(tint=1.0)
        paper = page.drawing.layer[..., 0] == 255
        ink = page.drawing.layer[..., 0] == 0
        assert paper.any()
        assert ink.any()
        assert (black[ink] == 0).all()
        assert (tinted[paper] == black[paper]).all()
        assert (tinted[ink] != 0).any()

    def test_half_a_tint_is_half_of_the_ink_color(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 64, 15))
        ink = page.drawing.layer[..., 0] == 0
        half, whole = (page.paint(tint=t)[ink].astype(int) for t in (0.5, 1.0))
        assert np.abs(2 * half - whole).max() <= 2

    def test_candidates_are_tinted_too(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 64, 15))
        assert (page.candidates(2, tint=1.0)[0] == page.paint(tint=1.0)).all()

    @pytest.mark.parametrize("tint", [-0.1, 1.1, float("nan")])
    def test_a_tint_out_of_range_is_refused(self, session: FakeSession, tint: float) -> None:
        with pytest.raises(HintError, match=r"\[tint\]: wanted a number of 0 to 1"):
            painter(session).page(ring(48, 64, 15)).paint(tint=tint)

    def test_a_reference_may_be_gray(self, session: FakeSession) -> None:
        page = painter(session).page(ring(48, 64, 15))
        gray = patchwork(40, 40)[..., 0]
        assert (page.paint(reference=gray) == page.paint(reference=np.repeat(gray[..., None], 3, 2))).all()
