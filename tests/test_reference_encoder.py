"""The frozen eye: what it says of a reference, and that training and use hear the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import patchwork
from senga import image
from senga.color import conditioning
from senga.color.conditioning import SIDE
from senga.errors import TrainingError
from senga.learn.data.condition_sampling import COLORS, sample_palette
from senga.learn.networks.reference_encoder import FEATURES, GRID, Eye, open_eye


@pytest.fixture(scope="module")
def eye() -> Eye:
    return open_eye(conditioning.EYE)


def test_tokens_are_features_colors_and_places_row_by_row() -> None:
    picture = torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    tokens = Eye()(picture)
    assert tokens.shape == (2, GRID * GRID, FEATURES + 5)
    side = SIDE // GRID
    row, column = 2, 5
    token = tokens[1, row * GRID + column]
    tile = picture[1, :, row * side : (row + 1) * side, column * side : (column + 1) * side]
    torch.testing.assert_close(token[FEATURES : FEATURES + 3], tile.mean((1, 2)))
    torch.testing.assert_close(token[FEATURES + 3 :], torch.tensor([row, column]) / (GRID - 1) * 2 - 1)


def test_the_eye_is_frozen() -> None:
    eye = Eye()
    assert not any(p.requires_grad for p in eye.parameters())
    picture = torch.rand(1, 3, SIDE, SIDE, requires_grad=True)
    assert not eye(picture).requires_grad


def test_the_shipped_eye_opens_and_sees(eye: Eye) -> None:
    assert not eye.training
    assert not any(p.requires_grad for p in eye.parameters())
    one, other = (torch.from_numpy(patchwork(SIDE, SIDE, s)).permute(2, 0, 1)[None] / 255 for s in (1, 2))
    features = [eye(p)[0, :, :FEATURES] for p in (one, other)]
    assert all(torch.isfinite(f).all() for f in features)
    torch.testing.assert_close(features[0].square().mean(1), torch.ones(GRID * GRID), atol=0.05, rtol=0)
    assert (features[0] - features[1]).abs().mean() > 0.05


@pytest.mark.parametrize("shape", [(SIDE, SIDE), (150, 70)])
def test_training_and_use_see_a_reference_alike(eye: Eye, shape: tuple[int, int]) -> None:
    reference = patchwork(*shape, 3)
    seen = conditioning.look(reference)
    assert seen.shape == (1, conditioning.TOKENS, conditioning.WIDTH)
    assert (conditioning.SIDE, conditioning.TOKENS, conditioning.WIDTH) == (SIDE, GRID * GRID, FEATURES + 5)
    small = torch.tensor(image.resize(reference, (SIDE, SIDE))).permute(2, 0, 1)[None] / 255
    np.testing.assert_allclose(seen, eye(small).numpy(), atol=1e-3)


def test_training_and_use_tell_a_palette_alike() -> None:
    red = torch.tensor([0.8, 0.2, 0.0]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    trained = next(
        p
        for s in range(20)
        if (p := sample_palette(red, torch.ones(1, dtype=torch.bool), torch.Generator().manual_seed(s)))[0, :, 3].any()
    )
    used = conditioning.make_conditioning(["#cc3300"]).palette
    assert trained.shape[2] == used.shape[2] == 4
    assert trained.shape[1] == COLORS
    told = trained[0][trained[0, :, 3] > 0]
    assert len(told) == 1
    np.testing.assert_allclose(told[0].numpy(), used[0, 0], atol=0.03)
    assert not trained[0][trained[0, :, 3] == 0].any()
    assert not conditioning.Conditioning.none().palette.any()


@pytest.mark.parametrize("name", ["gone.onnx", "text.onnx", "inker.onnx"])
def test_files_that_hold_no_eye_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.onnx").write_text("hello")
    (tmp_path / "inker.onnx").write_bytes(conditioning.EYE.with_name("inker.onnx").read_bytes())
    with pytest.raises(TrainingError) as caught:
        open_eye(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
