"""The generator of style2paints V1: line art colored in the manner of a reference."""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks.spec import COLORS, Answer, Network, Spec, Tokens
from senga.learn.networks.style import style_of

LEVELS = 4


class _Residual(nn.Module):
    """Two 3x3 convolutions with batch norm beside a straight way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(2))
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])

    def forward(self, x: Tensor) -> Tensor:
        change = F.relu(self.norms[0](self.first(x)))
        added: Tensor = x + self.norms[1](self.second(change))
        return added


def _down(inner: int, outer: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 4, 2, 1, bias=False), nn.BatchNorm2d(outer), nn.LeakyReLU(0.2), _Residual(outer)
    )


def _up(inner: int, outer: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU(), _Residual(outer)
    )


def _guide(width: int, planes: int) -> nn.Sequential:
    """A decoder from the middle alone: no skips, so that what it is asked for must be in the middle."""
    widths = [max(16, width // 2**i) for i in range(LEVELS + 1)]
    layers: list[nn.Module] = []
    for inner, outer in itertools.pairwise(widths):
        layers += [nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], planes, 3, padding=1), nn.Sigmoid())


class Style2Paints(Network):
    """A residual U-Net; the reference's style vector is added at its middle layer.

    Source: Zhang, Ji, Lin, Liu 2017 (arXiv 1706.03319). Widths, depths, the norm of what the style adds and the sigmoid
    at the end are ours.

    Args:
        planes: input planes. width: channels of the first level. style: numbers of the style vector.
    """

    spec = Spec({"colorize": COLORS}, size_multiple=16, conditions=("hints", "reference"), learns_from="target")

    def __init__(self, planes: int = 1, width: int = 32, style: int = 256) -> None:
        super().__init__()
        self.style = style
        widths = [width * 2**i for i in range(LEVELS + 1)]
        self.enter = nn.Sequential(nn.Conv2d(planes, width, 3, padding=1), nn.LeakyReLU(0.2))
        self.down = nn.ModuleList(_down(a, b) for a, b in itertools.pairwise(widths))
        # Styles of two pictures differ by a hundredth of what stands at the middle; without a norm they are not heard.
        self.told = nn.Sequential(nn.Linear(style, widths[-1], bias=False), nn.BatchNorm1d(widths[-1]))
        self.middle = nn.Sequential(*(_Residual(widths[-1]) for _ in range(3)))
        rising = widths[::-1]
        # Beside the first one stands nothing, beside all others the encoder's level of the same size.
        self.up = nn.ModuleList(_up(a if i == 0 else 2 * a, b) for i, (a, b) in enumerate(itertools.pairwise(rising)))
        self.last = nn.Conv2d(2 * width, 3, 3, padding=1)
        self.entry, self.leave = _guide(widths[-1], 1), _guide(widths[-1], 3)

    def forward(self, planes: Tensor, reference: Tensor | None = None, strength: Tensor | None = None) -> Tensor:
        """Color (N, 3, H, W) in [0, 1].

        Args:
            planes: (N, P, H, W); H and W multiples of 16.
            reference: (N, T, at least style) tokens of a frozen encoder. strength: (N, 1), how much they count.
                Without both, and at strength 0, the answer is as for a middling reference.
        """
        return self._paint(planes, reference, strength)[0]

    def answer(self, planes: Tensor, tokens: Tokens | None = None) -> Answer:
        """The color, what the guide decoders say, and the references' style; of a palette it hears nothing."""
        if tokens is None:
            color, before, after = self._paint(planes, None, None)
            return Answer(color, guide_gray=self.entry(before), guide_color=self.leave(after))
        color, before, after = self._paint(planes, tokens.reference, tokens.strength)
        style = style_of(tokens.reference, tokens.strength, self.style)
        return Answer(color, guide_gray=self.entry(before), guide_color=self.leave(after), style=style)

    def _paint(
        self, planes: Tensor, reference: Tensor | None, strength: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        kept = [self.enter(planes)]  # w, 128
        for level in self.down:
            kept.append(level(kept[-1]))  # 2w, 64; ...; 16w, 8
        before = kept[-1]
        x = before
        if reference is not None and strength is not None:
            shift = self.told(style_of(reference, torch.ones_like(strength), self.style)) * strength
            x = x + shift.to(x.dtype)[:, :, None, None]
        after = self.middle(x)
        x = after
        for i, level in enumerate(self.up):
            x = level(torch.cat([x, kept[-1 - i]], 1) if i else x)
        color = torch.sigmoid(self.last(torch.cat([x, kept[0]], 1)))
        return color, before, after
