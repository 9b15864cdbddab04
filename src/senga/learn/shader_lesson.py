"""The shader's lesson: flats and line art, and how light falls, to the picture."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from senga import image
from senga.color.shader import PAPER, Lighting
from senga.learn.data.cache import Cache
from senga.learn.data.lights import Lit, Parts, make_lit
from senga.learn.data.samples import Draws
from senga.learn.data.shader_batches import LitBatch, collate, make_batch
from senga.learn.networks.shader import LIGHT, Shader, usual_change

JUDGED = 24
"""Validation pictures. Ours."""

FRINGE = 0.15
"""What a pixel counts that is next to a line and darker than its flat: the picture's own ink, wider than the line."""

LIGHT_ERROR, EDGES, INK, DRIFT = 0.1, 0.1, 0.2, 0.02
"""Weights: of light and of its differences between neighbors, both counted in what is usual of the picture's contrast
(squared where small: absolute errors alone teach no light); of the lines' color; and of what changes' means over
regions, taken off at use, are: they shall not wander. Ours."""

DARK = 0.3
"""Quantile of the lines' true colors that is learned: extractors draw lines where pictures have none, and their median
color is so light that lines fade. Ours."""

QUIET = 150
"""Steps that a new judge of patches learns before it is listened to. Ours."""


class PatchJudge(nn.Module):
    """Tells painted patches from real ones, knowing flats, lines and how light falls; greater for real.

    Source: patches, Isola et al. 2017; spectral norm, Miyato et al. 2018.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        w = width
        shapes = [(3 + 4 + LIGHT, w, 4, 2), (w, 2 * w, 4, 2), (2 * w, 4 * w, 4, 2), (4 * w, 1, 3, 1)]
        self.layers = nn.ModuleList(spectral_norm(nn.Conv2d(i, o, k, s, 1)) for i, o, k, s in shapes)

    def forward(self, painted: Tensor, planes: Tensor, light: Tensor) -> Tensor:
        """(N, 1, h, w) of painted (N, 3, H, W), the shader's planes and light."""
        lights = light[:, :, None, None].expand(-1, -1, *painted.shape[2:])
        x = torch.cat([painted - planes[:, 1:4], planes[:, :4], lights], 1)
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), 0.2)
        answer: Tensor = self.layers[-1](x)
        return answer


@dataclass
class ShaderLesson:
    """See `senga.learn.lesson.Lesson`.

    Attributes:
        network: in training. cache: samples are made from it. parts: of training samples.
        adversary: weight of the judge of patches; 0: none. It is not kept with the run: when a run goes on, it learns
            anew, and is not listened to for `QUIET` steps.
        since: share of the course's pictures after which the judge comes in.
    """

    network: Shader
    cache: Cache
    parts: Parts = Parts()
    pairs: int | None = None
    device: str = "cpu"
    adversary: float = 0.0
    since: float = 0.7
    draws: Draws = field(init=False)
    _kept: list[Lit] = field(default_factory=list, init=False, repr=False)
    _judged: bool = field(default=False, init=False, repr=False)
    _steps: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        self.draws = Draws(self.cache, self.parts.cap, self.pairs)
        if self.adversary:
            self._judge = PatchJudge().to(self.device)
            self._optimizer = torch.optim.Adam(self._judge.parameters(), 4e-4, (0.5, 0.99))

    def advance(self, share: float) -> None:
        self._judged = self.adversary > 0 and share >= self.since

    def batch(self, random: np.random.Generator, count: int) -> LitBatch:
        return make_batch(self.draws, count, self.parts, random)

    def losses(self, batch: LitBatch) -> dict[str, Tensor]:
        b = batch.to(self.device)
        answer = self.network(b.planes, b.light)
        with torch.autocast(self.device, enabled=False):
            losses, painted = objectives(answer.float(), b)
        losses["patches"] = self._game(painted, b) if self._judged else painted.new_zeros(())
        return losses

    def _game(self, painted: Tensor, b: LitBatch) -> Tensor:
        """The judge learns from these pictures; then what the shader loses by its judgment."""
        self._judge.requires_grad_(True)
        real = self._judge(b.color, b.planes, b.light).float()
        made = self._judge(painted.detach(), b.planes, b.light).float()
        loss = F.relu(1 - real).mean() + F.relu(1 + made).mean()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._steps += 1
        if self._steps < QUIET:
            return painted.new_zeros(())
        self._judge.requires_grad_(False)
        believed: Tensor = self._judge(painted, b.planes, b.light).float().mean()
        return -self.adversary * believed

    def renew(self) -> None:
        self.draws.renew()

    def validate(self, network: Shader) -> dict[str, float]:
        """PSNR on paper and over all with flats alone, and by usual and by true light; edges within regions."""
        rows = []
        for lit in self.samples():
            lines = lit.lines[..., None]
            on = lit.lines >= PAPER / 255
            black = lit.flat * lines
            row = {"paper_flat": psnr(lit.flat, lit.color, on), "whole_black": psnr(black, lit.color)}
            for name, light in (("usual", Lighting().numbers()), ("true", lit.light[None])):
                change, ink = answered(network, lit, light, self.device)
                color = lit.flat + change
                row[f"paper_{name}"] = psnr(color, lit.color, on)
                row[f"whole_{name}"] = psnr(color * lines + ink * (1 - lines), lit.color)
                row[f"edges_{name}"] = edges(color, lit) / edges(lit.color, lit)
            row["whole_ink"] = psnr(black + ink * (1 - lines), lit.color)
            rows.append(row)
        return {k: float(np.mean([r[k] for r in rows])) for k in rows[0]} if rows else {}

    def samples(self) -> list[Lit]:
        """Validation samples, whole pictures at their own size; fewer while the cache is young."""
        numbers = self.cache.of("val", 0)[:JUDGED]
        if len(self._kept) != len(numbers):
            self._kept = [whole(self.cache, n) for n in numbers]
        return self._kept

    def sheet(self, network: Shader) -> image.Pixels | None:
        """Rows of: line art, flats, by usual light, by true light, truth; middle squares."""
        rows = []
        for lit in self.samples()[:12]:
            lines = lit.lines[..., None]
            row = [np.repeat(lines, 3, 2), lit.flat * lines]
            for light in (Lighting().numbers(), lit.light[None]):
                change, ink = answered(network, lit, light, self.device)
                row.append((lit.flat + change) * lines + ink * (1 - lines))
            row.append(lit.color)
            side = 192
            cut = [np.pad(r[:side, :side], [(0, max(0, side - s)) for s in r.shape[:2]] + [(0, 0)]) for r in row]
            rows.append(np.concatenate(cut, 1))
        if not rows:
            return None
        sheet: image.Pixels = np.rint(np.concatenate(rows).clip(0, 1) * 255).astype(np.uint8)
        return sheet


def objectives(answer: Tensor, b: LitBatch) -> tuple[dict[str, Tensor], Tensor]:
    """Losses of an answer, and the pictures painted with it, (N, 3, H, W)."""
    lines, flat = b.planes[:, :1], b.planes[:, 1:4]
    weight = lines**4 + 0.02
    raw = answer[:, :3] * 2 - 1
    mean = _means(raw, weight, b)
    change = raw - _spread(mean, b)
    wanted = b.color - flat
    # The picture's own ink beside the line is no shade.
    beside = (F.max_pool2d(1 - lines, 3, 1, 1) > 0.15) & (wanted.mean(1, keepdim=True) < 0)
    sure = weight * torch.where(beside, FRINGE, 1.0)
    usual = usual_change(b.light)[:, None, None, None] + 0.01
    off = (change - wanted) / usual
    light = _error(off, sure)
    edge = off.new_zeros(())
    for scale in range(3):
        if scale:
            off, sure = F.avg_pool2d(off * sure, 2), F.avg_pool2d(sure, 2)
            off = off / (sure + 1e-3)
        for axis in (2, 3):
            size = off.shape[axis] - 1
            one, two = (off.narrow(axis, i, size) for i in (0, 1))
            both = torch.minimum(sure.narrow(axis, 0, size), sure.narrow(axis, 1, size))
            edge = edge + _error(one - two, both) / 6
    ink = answer[:, 3:]
    dark = 1 - lines
    lighter = ink - b.color
    inked = (2 * torch.maximum((1 - DARK) * lighter, -DARK * lighter) * dark).sum() / (3 * dark.sum() + 1)
    drift = (_spread(mean, b) / usual).square().mean()
    losses = {"light": LIGHT_ERROR * light, "edges": EDGES * edge, "ink": INK * inked, "drift": DRIFT * drift}
    return losses, (flat + change) * lines + ink * dark


def _error(off: Tensor, weight: Tensor) -> Tensor:
    """Huber's loss."""
    mean: Tensor = (F.huber_loss(off, torch.zeros_like(off), reduction="none", delta=1.5) * weight).mean()
    return mean


def _means(values: Tensor, weight: Tensor, b: LitBatch) -> Tensor:
    """(regions, C) means of (N, C, H, W)."""
    by = weight.permute(0, 2, 3, 1).reshape(-1, 1)
    at = b.labels.reshape(-1)
    rows = torch.cat([values.permute(0, 2, 3, 1).reshape(-1, values.shape[1]) * by, by], 1)
    sums = rows.new_zeros(b.regions, rows.shape[1]).index_add(0, at, rows)
    return sums[:, :-1] / sums[:, -1:]


def _spread(means: Tensor, b: LitBatch) -> Tensor:
    """(N, C, H, W) of (regions, C)."""
    return means[b.labels].permute(0, 3, 1, 2)


def whole(cache: Cache, number: int) -> Lit:
    """A picture at its own size, cut to sides that the network takes."""
    kept = cache.read(number)
    height, width = (s // 16 * 16 for s in kept.color.shape[:2])
    part = np.s_[:height, :width]
    return make_lit(kept.color[part], kept.lines[0][part], kept.labels[0][part])


def answered(network: Shader, lit: Lit, light: np.ndarray, device: str) -> tuple[np.ndarray, np.ndarray]:
    """Change, less its mean over each region, and ink, (H, W, 3) float32 each."""
    b = collate([lit], light).to(device)
    answer = network(b.planes, b.light).float()
    raw = answer[:, :3] * 2 - 1
    change = raw - _spread(_means(raw, b.planes[:, :1] ** 4 + 0.02, b), b)
    found = (p[0].permute(1, 2, 0).cpu().numpy() for p in (change, answer[:, 3:].clamp(0, 1)))
    return next(found), next(found)


def psnr(one: np.ndarray, other: np.ndarray, where: np.ndarray | None = None) -> float:
    """PSNR in dB of pictures in [0, 1], where wanted."""
    off = np.square(np.clip(one, 0, 1) - other).mean(2)
    return float(-10 * np.log10(max(off.mean() if where is None else off[where].mean(), 1e-6)))


def edges(color: np.ndarray, lit: Lit) -> float:
    """How much neighbors within a region's paper differ, root mean square."""
    on = lit.lines >= PAPER / 255
    total = count = 0.0
    for axis in (0, 1):
        one, two = (np.take(color, np.arange(i, color.shape[axis] - 1 + i), axis) for i in (0, 1))
        a, b = (np.take(lit.labels, np.arange(i, color.shape[axis] - 1 + i), axis) for i in (0, 1))
        p, q = (np.take(on, np.arange(i, color.shape[axis] - 1 + i), axis) for i in (0, 1))
        both = (a == b) & p & q
        total += float(np.square(one - two)[both].sum())
        count += 3 * float(both.sum())
    return float(np.sqrt(total / max(count, 1) + 1e-8))
