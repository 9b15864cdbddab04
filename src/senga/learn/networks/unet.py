"""Pixel generators of the published accounts. Shapes stand at the lines' ends for a 128 px example."""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks.spec import COLORS, Network, Spec


def _block(inner: int, outer: int, *, stride: int = 1, up: bool = False) -> nn.Sequential:
    """Convolution, batch norm, ReLU; 3x3, or 4x4 with stride 2 (transposed if `up`)."""
    kernel = 4 if stride == 2 or up else 3
    conv: nn.Module
    if up:
        conv = nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=False)
    else:
        conv = nn.Conv2d(inner, outer, kernel, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outer), nn.ReLU())


class PaintsChainer(Network):
    """The nine-and-nine-layer U-Net of PaintsChainer.

    Source: taizan, PaintsChainer, 2017 (first stage); widths 32 to 512, batch norm and ReLU but for the last layer.

    Args:
        planes: input planes (the account: 4). width: channels of the first layer (32).
    """

    spec = Spec({"colorize": COLORS}, size_multiple=16, conditions=("hints",))

    def __init__(self, planes: int = 4, width: int = 32) -> None:
        super().__init__()
        w = width
        self.c0 = _block(planes, w)
        self.c1, self.c2 = _block(w, 2 * w, stride=2), _block(2 * w, 2 * w)
        self.c3, self.c4 = _block(2 * w, 4 * w, stride=2), _block(4 * w, 4 * w)
        self.c5, self.c6 = _block(4 * w, 8 * w, stride=2), _block(8 * w, 8 * w)
        self.c7, self.c8 = _block(8 * w, 16 * w, stride=2), _block(16 * w, 16 * w)
        self.dc8, self.dc7 = _block(32 * w, 16 * w, up=True), _block(16 * w, 8 * w)
        self.dc6, self.dc5 = _block(16 * w, 8 * w, up=True), _block(8 * w, 4 * w)
        self.dc4, self.dc3 = _block(8 * w, 4 * w, up=True), _block(4 * w, 2 * w)
        self.dc2, self.dc1 = _block(4 * w, 2 * w, up=True), _block(2 * w, w)
        self.dc0 = nn.Conv2d(2 * w, 3, 3, padding=1)

    def forward(self, planes: Tensor) -> Tensor:
        """(N, planes, H, W) to (N, 3, H, W); H and W multiples of 16."""
        e0 = self.c0(planes)  # w, 128
        e2 = self.c2(self.c1(e0))  # 2w, 64
        e4 = self.c4(self.c3(e2))  # 4w, 32
        e6 = self.c6(self.c5(e4))  # 8w, 16
        e7 = self.c7(e6)  # 16w, 8
        d7 = self.dc7(self.dc8(torch.cat([e7, self.c8(e7)], 1)))  # 8w, 16
        d5 = self.dc5(self.dc6(torch.cat([e6, d7], 1)))  # 4w, 32
        d3 = self.dc3(self.dc4(torch.cat([e4, d5], 1)))  # 2w, 64
        d1 = self.dc1(self.dc2(torch.cat([e2, d3], 1)))  # w, 128
        answer: Tensor = self.dc0(torch.cat([e0, d1], 1))
        return answer


class Ronneberger(Network):
    """The plain U-Net: pairs of 3x3 convolutions, max-pooling, four levels, sigmoid out.

    Source: Ronneberger, Fischer, Brox 2015, as Lento's account uses it, from picture to gray line art; edges are
    padded, so that sizes stay.

    Args:
        planes: input planes. width: channels of the first level (published: 64). skips: connections from encoder to
            decoder; without them it is the plain autoencoder that the account found poor. answers: planes that come
            out: 1, line art, or 3, colors.
    """

    spec = Spec({"colorize": COLORS, "lines": ("paper",)}, size_multiple=16, conditions=("hints",))

    def __init__(self, planes: int = 3, width: int = 64, *, skips: bool = True, answers: int = 1) -> None:
        super().__init__()
        widths = [width * 2**i for i in range(5)]
        self.skips = skips
        self.down = nn.ModuleList(_double(a, b) for a, b in zip([planes, *widths], widths, strict=False))
        rising = widths[::-1]
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in itertools.pairwise(rising))
        self.join = nn.ModuleList(_double(2 * b if skips else b, b) for b in rising[1:])
        self.last = nn.Conv2d(width, answers, 1)
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")

    def forward(self, planes: Tensor) -> Tensor:
        """(N, planes, H, W) to (N, answers, H, W) in [0, 1], line art 1 = paper; H and W multiples of 16."""
        kept = []
        x = planes
        for level, double in enumerate(self.down):
            x = double(F.max_pool2d(x, 2) if level else x)  # w, 128; ...; 16w, 8
            kept.append(x)
        for up, double, beside in zip(self.up, self.join, kept[-2::-1], strict=True):
            x = up(x)  # 8w, 16; ...; w, 128
            x = double(torch.cat([beside, x], 1) if self.skips else x)
        return torch.sigmoid(self.last(x))


def _double(inner: int, outer: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, padding=1), nn.ReLU(), nn.Conv2d(outer, outer, 3, padding=1), nn.ReLU()
    )


def initialize(module: nn.Module) -> None:
    """Weights from N(0, 0.02), as Priyadarshi's account starts them."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(part.weight, 0.0, 0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


class StridedUNet(Network):
    """The 5x5-kernel, stride-2 U-Net of Priyadarshi's model 1: leaky ReLU 0.2 down, ReLU up, tanh out.

    Source: Priyadarshi, "Automating color image generation from a given sketch"; widths 64 to 512 over five levels
    are ours (not stated), batch norm momentum 0.9 in Keras' sense is 0.1 here.

    Args:
        planes: input planes. width: channels of the first level. kernel: odd side of all kernels.
        skips: connections from encoder to decoder. out: "tanh", values from -1 to 1 inside, or "relu", from 0 to 1.
    """

    spec = Spec({"colorize": COLORS}, size_multiple=32, conditions=("hints",))

    def __init__(
        self, planes: int = 1, width: int = 64, kernel: int = 5, *, skips: bool = True, out: str = "tanh"
    ) -> None:
        super().__init__()
        self.out = out
        widths = [width, 2 * width, 4 * width, 8 * width, 8 * width]
        reach = kernel // 2
        self.skips = skips
        inner = [planes, *widths[:-1]]
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, kernel, 2, reach, bias=i == 0) for i, (a, b) in enumerate(zip(inner, widths, strict=True))
        )
        self.down_norms = nn.ModuleList(nn.BatchNorm2d(w) if i else nn.Identity() for i, w in enumerate(widths))
        rising = widths[-2::-1]
        self.up, self.up_norms = nn.ModuleList(), nn.ModuleList()
        channels = widths[-1]
        for w in rising:
            self.up.append(nn.ConvTranspose2d(channels, w, kernel, 2, reach, output_padding=1, bias=False))
            self.up_norms.append(nn.BatchNorm2d(w))
            channels = 2 * w if skips else w
        self.last = nn.ConvTranspose2d(channels, 3, kernel, 2, reach, output_padding=1)
        initialize(self)

    def forward(self, planes: Tensor) -> Tensor:
        """(N, planes, H, W) to (N, 3, H, W); H and W multiples of 32."""
        x = planes * 2 - 1 if self.out == "tanh" else planes
        kept = []
        for conv, norm in zip(self.down, self.down_norms, strict=True):
            x = F.leaky_relu(norm(conv(x)), 0.2)  # 64, 32, 16, 8, 4
            kept.append(x)
        for i, (conv, norm) in enumerate(zip(self.up, self.up_norms, strict=True)):
            x = F.relu(norm(conv(x)))  # 8, 16, 32, 64
            if self.skips:
                x = torch.cat([x, kept[-2 - i]], 1)
        x = self.last(x)
        return (torch.tanh(x) + 1) / 2 if self.out == "tanh" else F.relu(x)


class Autoencoder(StridedUNet):
    """The same network without skips: the poor relation that Lento's account warns of."""

    def __init__(self, planes: int = 1, width: int = 64, kernel: int = 5) -> None:
        super().__init__(planes, width, kernel, skips=False)
