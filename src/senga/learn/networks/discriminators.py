"""Networks that judge pictures; shapes stand at the lines' ends for 128 px.

Each answers with numbers before the sigmoid.
"""

import itertools

from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks.style import style_size
from senga.learn.networks.unet import initialize
from senga.recipe import Recipe


class AccountDiscriminator(nn.Module):
    """The seven-layer discriminator of PaintsChainer, to real against made.

    Source: taizan, PaintsChainer, 2017; its two classes are told here as the difference of their numbers.

    Args:
        planes: 3, or 4 with line art. size: side of the pictures, px, a multiple of 16. width: of the first layer.
    """

    def __init__(self, planes: int, size: int, width: int = 32) -> None:
        super().__init__()
        w = width
        shape = [(planes, w, 2), (w, w, 1), (w, 2 * w, 2), (2 * w, 2 * w, 1)]
        shape += [(2 * w, 4 * w, 2), (4 * w, 4 * w, 1), (4 * w, 8 * w, 2)]
        layers: list[nn.Module] = []
        for inner, outer, stride in shape:
            kernel = 4 if stride == 2 else 3
            layers += [nn.Conv2d(inner, outer, kernel, stride, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.classes = nn.Linear(8 * w * (size // 16) ** 2, 2)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, planes, size, size) to (N, 1), greater for real."""
        classes: Tensor = self.classes(self.layers(picture).flatten(1))  # 8w * 8 * 8
        return classes[:, 1:] - classes[:, :1]


class StridedDiscriminator(nn.Module):
    """The downsampling half of Priyadarshi's model 1, to one number a picture, or one a patch.

    Source: Priyadarshi, "Automating color image generation from a given sketch", model 2; `patch` is that account's
    future work: three levels, and a convolution in place of the flat layer, after Isola et al. 2017.

    Args:
        planes: 3, or 4 with line art. size: side of the pictures, px, a multiple of 32. width: of the first layer.
        patch: judge patches.
    """

    def __init__(self, planes: int, size: int, width: int = 64, *, patch: bool = False) -> None:
        super().__init__()
        widths = [width, 2 * width, 4 * width] + ([] if patch else [8 * width, 8 * width])
        inner = [planes, *widths[:-1]]
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, 5, 2, 2, bias=i == 0) for i, (a, b) in enumerate(zip(inner, widths, strict=True))
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(w) if i else nn.Identity() for i, w in enumerate(widths))
        last: nn.Module = nn.Conv2d(widths[-1], 1, 5, 1, 2)
        if not patch:
            last = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * (size // 32) ** 2, 1))
        self.last = last
        initialize(self)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, planes, size, size) to (N, 1) or (N, 1, size / 8, size / 8), greater for real."""
        x = picture * 2 - 1
        for conv, norm in zip(self.down, self.norms, strict=True):
            x = F.leaky_relu(norm(conv(x)), 0.2)  # 64, 32, 16, then 8, 4
        answer: Tensor = self.last(x)
        return answer


class StyleDiscriminator(nn.Module):
    """Answers with a style vector: that of a real picture, nearly zero for a made one.

    Source: Zhang, Ji, Lin, Liu 2017 (arXiv 1706.03319), after AC-GAN; layers ours.

    Args:
        planes: 3, or 4 with line art. style: numbers of the vector. width: of the first layer.
    """

    def __init__(self, planes: int, style: int, width: int = 32) -> None:
        super().__init__()
        widths = [planes, *(width * 2**i for i in range(5))]
        layers: list[nn.Module] = []
        for i, (inner, outer) in enumerate(itertools.pairwise(widths)):
            norm = [nn.BatchNorm2d(outer)] if i else []
            layers += [nn.Conv2d(inner, outer, 4, 2, 1, bias=i == 0), *norm, nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        self.said = nn.Linear(widths[-1], style)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, planes, S, S) to (N, style)."""
        answer: Tensor = self.said(self.layers(picture).mean((2, 3)))  # 16w
        return answer


def make_discriminator(recipe: Recipe) -> nn.Module:
    """The recipe's discriminator, freshly initialized from torch's global seed."""
    d, size = recipe.discriminator, recipe.data.size
    planes = 4 if d.sees == "pair" else 3
    if d.kind == "paintschainer":
        return AccountDiscriminator(planes, size, d.width or 32)
    if d.kind == "style":
        return StyleDiscriminator(planes, style_size(recipe.generator), d.width or 32)
    return StridedDiscriminator(planes, size, d.width or 64, patch=d.kind == "patch")
