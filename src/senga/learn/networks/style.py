"""Frozen encoders of references, and the style vector that a generator and a discriminator share.

Nobody trains an encoder here: one that learned would learn to carry the reference over.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.color.conditioning import SIDE
from senga.errors import TrainingError
from senga.learn.networks.reference_encoder import FEATURES, open_eye
from senga.model.shipped import WEIGHTS
from senga.recipe import Generator

EYE = WEIGHTS / "eye.onnx"
"""The frozen eye inside the package."""

FC1 = 4096
"""Numbers of VGG19's first fully connected layer."""

_WIDTHS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
_MEANS, _SPREADS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of red, green, blue, as its weights were trained


class Fc1(nn.Module):
    """VGG19 to its first fully connected layer: references (N, 3, S, S) in [0, 1] to one token each, (N, 1, 4096).

    Source: Simonyan and Zisserman 2014; where style2paints V1 takes its style from.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width, depth in _WIDTHS:
            for _ in range(depth):
                layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]
                before = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Linear(512 * 7 * 7, FC1))
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, picture: Tensor) -> Tensor:
        """The tokens."""
        means, spreads = (picture.new_tensor(v).view(1, 3, 1, 1) for v in (_MEANS, _SPREADS))
        x = F.interpolate(picture, size=(224, 224), mode="bilinear", antialias=True)
        x = self.features((x - means) / spreads).flatten(1)
        return F.relu(self.classifier(x)).float().unsqueeze(1)


def style_size(generator: Generator) -> int:
    """Numbers of the style vector."""
    return FC1 if generator.encoder == "vgg19-fc1" else FEATURES


def open_encoder(generator: Generator) -> nn.Module:
    """The frozen encoder: (N, 3, 96, 96) in [0, 1] to tokens (N, T, at least `style_size`).

    Raises:
        TrainingError: its weights are missing or of another network.
    """
    if generator.encoder == "eye":
        return open_eye(EYE)
    encoder = Fc1()
    file = Path(generator.encoder_file)
    try:
        found = _read(file)
        encoder.load_state_dict({k: found[k].float() for k in encoder.state_dict()})
    except Exception as error:  # the loader raises errors of many kinds on broken files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise TrainingError(f"{file}: holds no weights of VGG19 as torchvision names them ({reason})") from error
    return encoder.eval()


def style_of(tokens: Tensor, strength: Tensor, size: int) -> Tensor:
    """Style vectors (N, size) in [0, 1]: the tokens' mean features, the greatest brought to 1.

    Args:
        tokens: (N, T, at least size), features first, none negative.
        strength: (N, 1), how much the reference counts; 0 makes the vector zero.
        size: how many features there are.
    """
    mean = tokens[:, :, :size].mean(1)
    return mean / mean.amax(1, keepdim=True).clamp_min(1e-6) * strength


def shrunk(picture: Tensor) -> Tensor:
    """References (N, 3, H, W) as the encoder takes them, (N, 3, 96, 96)."""
    return F.interpolate(picture, size=(SIDE, SIDE), mode="bilinear", antialias=True).clamp(0, 1)


def _read(file: Path) -> dict[str, Tensor]:
    if file.suffix == ".safetensors":
        from safetensors.torch import load_file

        tensors: dict[str, Tensor] = load_file(file)
        return tensors
    found: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    return found
