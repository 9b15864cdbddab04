"""The colorist: one network for no hints, hints, a palette, a reference, in any mixture.

It works in five stages, so that each new wish re-runs as little as possible:

    cut    line art -> cells and the ways between them           geometry, once a drawing
    read   line art -> features of the drawing                    once a drawing
    think  features, palette, reference -> a color for each cell  once a palette or reference
    reach  hints -> which cell takes which hint, from how far     geometry, at each hint
    paint  all of it -> color                                     at each hint

What hints do stays near them: `think`, which sees the whole drawing, does not see hints, and `paint`, which does,
looks a few cells far. A hint that is added cannot repaint the other end of the drawing.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks import cells
from senga.learn.networks.blocks import Residual
from senga.learn.networks.cell_blocks import Attention, Norm, Spread
from senga.learn.networks.spec import COLORS, Answer, Network, Spec, Tokens
from senga.learn.objectives import bin_targets, fit_bins
from senga.recipe import AT_USE, Generator

BINS = 256
HEARD = 128
"""Channels of a palette's or reference's token inside the network (ours)."""

SILENT = -30.0
"""Loudness of a token that is not there: e to this power is nothing."""

FILL, REACHED, FADING = slice(0, 3), slice(3, 4), slice(4, 7)
"""Planes that `reach` makes of the hints for each cell: the nearest hint's color, whether one leads here, and how near
it is on three scales."""

OWN, SHARE, INKED, UNLIKE = slice(7, 10), slice(10, 11), slice(11, 12), slice(12, 13)
"""The next ones: the color of hints inside the cell, which share of it they and ink cover, how unlike they are."""

AGREED, BACKED = slice(13, 16), slice(16, 17)
"""The last ones: what the hints around agree on, and how many stand behind it."""

HINT_PLANES = BACKED.stop
"""How many these are."""

HOLD = 14 / 255
"""How far a color may be from the hint on it, in each channel: a Delta E 2000 of about 5. Ours."""

INSIDE = 300
"""Ways shorter than this, half a wall, led over paper alone."""

FADE = 200
"""Over this last part of `INSIDE` a hint that fills its area lets go of it: a way so long may be a leak (ours)."""

BLEND = 4
"""Cells over which hinted colors run into what is around them, to each side (ours)."""

FLAT = 32
"""Cells over which the colors of a region are evened out, to each side (ours)."""

GROUPS, ROUNDS = 14, 4
"""Groups of like color bins that a region chooses among, and rounds of its choice (ours)."""

FAIRNESS = 0.5
"""How much a palette's colors are evened out over a drawing, from 0 to 1, equal shares (ours)."""

LUMA = (0.299, 0.587, 0.114)

HOPS = 8
"""Cells that the hints of a region are averaged over, to each side (ours)."""


class Cut(NamedTuple):
    """Geometry of drawings: see `cells.Cells`; `choice` is unshuffled to (N, 9 * 64, h, w)."""

    label: Tensor
    ways: Tensor
    choice: Tensor


class Read(NamedTuple):
    """Features of drawings: `fine` (N, F, H/4, W/4), `x` (N, width, h, w), `mixing` (N, 9 * 64, h, w)."""

    fine: Tensor
    x: Tensor
    mixing: Tensor


class Thought(NamedTuple):
    """Colors without hints: `x` (N, width, h, w), `guess` (N, 3, h, w)."""

    x: Tensor
    guess: Tensor


class Reached(NamedTuple):
    """Where hints lead: `planes` (N, HINT_PLANES, h, w), planes by name as above, and `distance` (N, 1, h, w)."""

    planes: Tensor
    distance: Tensor


class Colorist(Network):
    """Line art, hints, palette and reference to color.

    Args:
        width: channels at 1/8 of the size (two fifths of it at 1/4, eight fifths at 1/16).
        layers: transformer layers at 1/16.
        rounds: reach of a hint, in cells.
        bins: number of color bins.
        tail: channels of the stage that paints.
        features: of the reference's frozen encoder.
        temperature: under 1 sharpens the answer over the colors when the network is used with a palette or a
            reference (1 while training).
        vividness: gain on the chroma of what no hint says, when the network is used (1 while training): the mean over
            likely colors is duller than any of them.
        sharpness: when the network is used with a palette or a reference, how decidedly each region takes one color:
            chances are raised to the power of one more at each round of `decided` (0 while training: every cell for
            itself).
        decision: the same without them.
        boldness: when the network is used without them, how much groups of more colorful colors are favored, in logits
            for each unit of chroma.
        evenness: when the network is used, share by which the colors that no hint says are evened out over a region,
            and those around hints over a few cells (0 while training).
        filling: when the network is used, how much more a hint is trusted in all of the area around it that no line
            closes off, in logits (0 while training, where areas hold colors that no line divides).
        hold: how far a color may be from the hint that lies on it, in each of red, green and blue.
    """

    spec = Spec(
        {"colorize": COLORS},
        size_multiple=16,
        planes=5,
        conditions=("hints", "palette", "reference"),
        stages=("cut", "read", "think", "reach", "paint"),
        bins=True,
        area=336 * 336,
    )

    def __init__(
        self,
        width: int = 160,
        layers: int = 4,
        rounds: int = 64,
        bins: int = BINS,
        tail: int = 80,
        features: int = 256,
        temperature: float = 1.0,
        vividness: float = 1.0,
        sharpness: float = 0.0,
        decision: float = 0.0,
        boldness: float = 0.0,
        evenness: float = 0.0,
        filling: float = 0.0,
        hold: float = HOLD,
    ) -> None:
        super().__init__()
        if width % 40:
            raise ValueError("width must be a multiple of 40")
        fine, deep = width * 2 // 5, width * 8 // 5
        self.rounds, self.features = rounds, features
        self.temperature, self.vividness = temperature, vividness
        self.sharpness, self.decision, self.boldness = sharpness, decision, boldness
        self.evenness, self.filling, self.hold = evenness, filling, hold
        self.register_buffer("bins", torch.rand(bins, 3))
        self.bins: Tensor
        # Made of the bins when the network is used, so not kept with the weights.
        self.register_buffer("groups", torch.zeros(bins, GROUPS), persistent=False)
        self.register_buffer("chroma", torch.zeros(GROUPS), persistent=False)
        self.groups: Tensor
        self.chroma: Tensor
        # read
        self.enter = nn.Conv2d(16, fine, 3, padding=1)
        self.fine = nn.Sequential(Residual(fine, norm=Norm), Residual(fine, norm=Norm))
        self.down = nn.Conv2d(4 * fine, width, 1)
        self.mixing = nn.Conv2d(4 * fine, 9 * cells.BLOCK**2, 1)
        self.before = nn.Sequential(Residual(width, norm=Norm), Residual(width, norm=Norm))
        # think
        self.deeper = nn.Conv2d(4 * width, deep, 1)
        self.deep = nn.ModuleList([Attention(deep, deep // 64, HEARD) for _ in range(layers)])
        self.rise = nn.Conv2d(deep, 4 * width, 1)
        self.after = nn.ModuleList(
            [Spread(width, 64, 6), Residual(width, norm=Norm), Spread(width, 64, 6), Residual(width, norm=Norm)]
        )
        self.norm = Norm(width)
        self.logits = nn.Conv2d(width, bins, 1)
        self.of_palette = nn.Sequential(nn.Linear(4, HEARD), nn.SiLU(), nn.Linear(HEARD, HEARD))
        self.of_reference = nn.Sequential(nn.Linear(features + 5, HEARD), nn.SiLU(), nn.Linear(HEARD, HEARD))
        self.point = nn.Conv2d(width, 64, 1)
        self.pointed = nn.Linear(HEARD, 65)
        # paint
        self.recall = nn.Conv2d(width, 96, 1)
        self.told = nn.Conv2d(HINT_PLANES + 6, 96, 1)
        self.weigh = nn.ModuleList([Residual(96, norm=Norm), Spread(96, 48, 4), Residual(96, norm=Norm)])
        self.weighed = Norm(96)
        self.verdict = nn.Conv2d(96, 5, 1)
        self.trust = nn.Parameter(torch.tensor([4.0, 0.2, 0.5]))
        self.look = nn.Conv2d(fine + 48 + 48 + 16 + 48, tail, 1)
        self.shade = nn.Sequential(Residual(tail, norm=Norm), Residual(tail, 2, norm=Norm), Residual(tail, norm=Norm))
        self.shaded = Norm(tail)
        self.touch = nn.Conv2d(tail, 96, 1)
        for layer in (self.verdict, self.mixing, self.touch):
            nn.init.zeros_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, planes: Tensor, tokens: Tokens | None = None) -> Tensor:
        """Color, (N, 3, H, W) about [0, 1], from planes (N, 5, H, W): line art, hint RGB where given, hint mask."""
        return self.answer(planes, tokens).planes

    def answer(self, planes: Tensor, tokens: Tokens | None = None) -> Answer:
        """Color, the cells' logits over color bins, the pixels' cells, `think`'s guess, and ink."""
        planes = planes.float()
        line, hint, mask = torch.split(planes, [1, 3, 1], 1)
        cut = self.cut(line)
        read = self.read(line, cut.choice)
        thought, logits = self.consider(read.x, cut.ways, tokens or self.silence(planes))
        reached = self.reach(cut, line, hint, mask)
        color, ink = self.paint(read, thought, cut.ways, reached, hint, mask)
        return Answer(color, logits, cut.label, thought.guess, ink)

    def prepare(self, settings: Generator) -> None:
        """Takes up a recipe's settings of use, and groups the bins that regions are decided by."""
        for name in AT_USE:
            setattr(self, name, getattr(settings, name))
        self.group_bins()
        self.vividness = settings.vividness or 1.0  # a gain, and 0 in a recipe is the kind's own value

    def silence(self, planes: Tensor) -> Tokens:
        """Neither palette nor reference."""
        n = planes.shape[0]
        return Tokens(planes.new_zeros(n, 1, 4), planes.new_zeros(n, 1, self.features + 5), planes.new_zeros(n, 1))

    def cut(self, line: Tensor) -> Cut:
        """Cells of line art (N, 1, H, W), 1 = paper."""
        found = cells.find_cells(1 - line)
        choice = F.pixel_unshuffle(found.choice, cells.BLOCK)
        return Cut(found.label, found.ways, choice)

    def read(self, line: Tensor, choice: Tensor) -> Read:
        """What is to be seen in line art."""
        n, _, h, w = choice.shape
        full = self.fine(self.enter(F.pixel_unshuffle(2 * (1 - line), 4)))
        folded = F.pixel_unshuffle(full, 2)  # (N, 4 fine, h, w)
        x = self.before(self.down(folded))
        # Each pixel mixes the nine cells around it; its own cell leads before anything is learned.
        mixing = self.mixing(folded).float() + 6 * choice
        mixing = torch.softmax(mixing.view(n, 9, cells.BLOCK**2, h, w), 1).reshape(n, -1, h, w)
        return Read(full, x, mixing)

    def think(self, x: Tensor, ways: Tensor, tokens: Tokens) -> Thought:
        """Colors that need no hint."""
        return self.consider(x, ways, tokens)[0]

    def consider(self, x: Tensor, ways: Tensor, tokens: Tokens) -> tuple[Thought, Tensor]:
        """As `think`, with the logits over the color bins."""
        affinity = cells.affinity(ways)
        heard = torch.cat([self.of_palette(tokens.palette), self.of_reference(tokens.reference)], 1)
        there = torch.cat([tokens.palette[:, :, 3], tokens.strength.expand(-1, tokens.reference.shape[1])], 1)
        loudness = torch.log(there.clamp_min(1e-13))  # from 0 down to `SILENT`
        deep = self.deeper(F.pixel_unshuffle(x, 2))
        for layer in self.deep:
            deep = layer(deep, heard, loudness)
        x = x + F.pixel_shuffle(self.rise(deep), 2)
        for layer in self.after:
            x = layer(x, affinity) if isinstance(layer, Spread) else layer(x)
        x = self.norm(x)
        logits = self.logits(x).float()
        # The palette's and the reference's own colors are bins too, as good as their tokens fit a cell.
        pointed = self.pointed(heard).float()
        fit = torch.einsum("nchw,ntc->nthw", self.point(x).float(), pointed[:, :, :64]) / 8
        fit = fit + (pointed[:, :, 64] + loudness.float())[:, :, None, None]
        # Whoever is given colors chooses among them; who is not, is the mean of all that may be.
        given = tokens.palette[:, :, 3].amax(1).view(-1, 1, 1, 1)
        conditioned = torch.maximum(given, tokens.strength.view(-1, 1, 1, 1))
        temperature = 1 + (self.temperature - 1) * conditioned
        chance = torch.softmax(torch.cat([logits, fit], 1) / temperature, 1)
        offered = torch.cat([tokens.palette[:, :, :3], tokens.reference[:, :, self.features : self.features + 3]], 1)
        own = chance[:, : len(self.bins)]
        guess = torch.einsum("nqhw,qc->nchw", own, self.bins)
        other = torch.einsum("nthw,ntc->nchw", chance[:, len(self.bins) :], offered.float())
        guess = guess + other
        if self.sharpness or self.decision:
            guess = self.decided(chance, offered.float(), tokens.palette.shape[1], conditioned, affinity)
        if self.evenness:  # a palette's colors stay what they are
            guess = guess + self.evenness * (1 - given) * (self.even(guess, affinity, FLAT) - guess)
        vividness = 1 + (self.vividness - 1) * (1 - conditioned)  # what is given is as vivid as it is
        gray = (guess * guess.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
        guess = (gray + vividness * (guess - gray)).clamp(0, 1)
        return Thought(x, guess), logits

    def decided(self, chance: Tensor, offered: Tensor, palette: int, conditioned: Tensor, affinity: Tensor) -> Tensor:
        """Colors (N, 3, h, w) where each region takes one group of colors, not a mixture of all.

        Neighbors that no line divides talk it over: what each holds for likely is averaged over them, what is likely
        is made likelier, and again, until regions agree (the mean field of a Potts model).

        Args:
            chance: (N, bins + T, h, w), of the color bins and of what is offered. offered: (N, T, 3) RGB.
            palette: how many of the offered, first, are of a palette: each stands for itself; the others, a
                reference's, are one group.
            conditioned: (N, 1, 1, 1), 1 where colors are given.
        """
        groups = self.groups.to(chance.dtype)
        own, first = chance[:, : len(self.bins)], len(self.bins) + palette
        colors = torch.einsum("qg,qc->qgc", groups, self.bins).flatten(1)  # (bins, G * 3)
        mass = torch.einsum("nqhw,qg->nghw", own, groups)
        colors = torch.einsum("nqhw,qk->nkhw", own, colors).view(len(mass), -1, 3, *mass.shape[2:])
        colors = colors / mass.unsqueeze(2).clamp_min(1e-6)
        rest = chance[:, first:].sum(1, keepdim=True)
        borrowed = torch.einsum("nthw,ntc->nchw", chance[:, first:], offered[:, palette:]) / rest.clamp_min(1e-6)
        favored = torch.exp(self.boldness * (1 - conditioned) * self.chroma.view(1, -1, 1, 1))
        votes = torch.cat([mass * favored, chance[:, len(self.bins) : first], rest], 1)
        votes = votes / votes.sum(1, keepdim=True)
        # Who gives six colors wants to see them: what few places would choose counts more, what many would, less.
        rare = (votes.mean((2, 3), keepdim=True) + 0.01) ** -FAIRNESS
        votes = votes * (1 + (rare - 1) * conditioned)
        votes = votes / votes.sum(1, keepdim=True)
        power = 1 + self.decision + (self.sharpness - self.decision) * conditioned
        for _ in range(ROUNDS):
            votes = self.even(votes, affinity, FLAT // 2).clamp_min(1e-6) ** power
            votes = votes / votes.sum(1, keepdim=True)
        votes = self.even(votes, affinity, 2)  # where two colors meet over paper, not by steps of a cell
        n = groups.shape[1]
        own_color = (votes[:, :n].unsqueeze(2) * colors).sum(1) + votes[:, n + palette :] * borrowed
        of_palette: Tensor = torch.einsum("nphw,npc->nchw", votes[:, n : n + palette], offered[:, :palette])
        return own_color + of_palette

    def group_bins(self) -> None:
        """Groups the color bins: to be called when the bins are known, before `decided` is used."""
        bins = self.bins.cpu()
        centers, _ = fit_bins(bins, GROUPS)
        groups = F.one_hot(bin_targets(bins, centers).argmax(1), GROUPS).to(self.bins)
        gray = (self.bins @ self.bins.new_tensor(LUMA)).unsqueeze(1)
        self.groups = groups
        self.chroma = (groups.T @ (self.bins - gray).norm(dim=1)) / groups.sum(0).clamp_min(1)

    def even(self, values: Tensor, affinity: Tensor, hops: int) -> Tensor:
        """As `spread`, by gathering: far fewer nodes in the exported graph."""
        n, c, h, w = values.shape
        index = torch.stack(cells.neighbor_places(h, w, values)).view(-1)
        weights = affinity.reshape(n, 1, 9, h * w).to(values.dtype)
        flat = values.flatten(2)
        for _ in range(hops):
            flat = (flat[:, :, index].view(n, c, 9, h * w) * weights).sum(2)
        return flat.view(n, c, h, w)

    def spread(self, values: Tensor, affinity: Tensor, hops: int) -> Tensor:
        """Values (N, C, h, w) averaged again and again with the neighbors that no ink divides."""
        for _ in range(hops):
            values = torch.stack(cells.neighbors(values), 1).mul(affinity.unsqueeze(2)).sum(1)
        return values

    def reach(self, cut: Cut, line: Tensor, hint: Tensor, mask: Tensor) -> Reached:
        """The way of the hints; hint and mask (N, 3 and 1, H, W)."""
        n, _, h, w = cut.ways.shape
        weight = mask * (line + 0.05)  # a hint that crosses a line counts where it lies on paper
        given = torch.cat([hint * weight, weight, mask, 1 - line, torch.ones_like(line)], 1)
        sums = cells.cell_sums(cut.label, given, h, w)
        colors, weighed, covered, inked, pixels = torch.split(sums, [3, 1, 1, 1, 1], 1)
        hinted, area = covered > 0.5, pixels.clamp_min(1)
        own = colors / weighed.clamp_min(1e-3)
        # How unlike the hints inside one cell are: two colors in it mean that its own color is neither.
        spread = cells.cell_sums(
            cut.label, weight * (hint - self.back(own, cut.label, hint)).abs().sum(1, keepdim=True), h, w
        )
        source, distance = cells.geodesic_fill(cut.ways, hinted, self.rounds)
        fill = own.flatten(2).gather(2, source.unsqueeze(1).expand(n, 3, h * w)).view(n, 3, h, w)
        reached = (distance < 2.0**21).to(fill.dtype)
        planes = torch.cat(
            [
                fill * reached,
                reached,
                torch.exp(-distance / 30) * reached,
                torch.exp(-distance / 300) * reached,
                torch.exp(-distance / 3000) * reached,
                own * hinted.to(own.dtype),
                covered / area,
                inked / area,
                spread / weighed.clamp_min(1e-3) * hinted.to(own.dtype),
                self.consensus(torch.cat([colors, weighed], 1), cut.ways),
            ],
            1,
        )
        return Reached(planes, distance)

    def consensus(self, sums: Tensor, ways: Tensor) -> Tensor:
        """What the hints around a cell agree on: their mean color (N, 3, h, w), and how many stand behind it.

        The nearest hint may be a slip over a line; the hints of a whole region outvote it.

        Args:
            sums: (N, 4, h, w), sum of a cell's hint colors, and of their weights.
        """
        affinity = cells.affinity(ways)
        sums = self.spread(sums, affinity, HOPS)
        weight = sums[:, 3:]
        there = (weight > 1e-3).to(sums.dtype)
        return torch.cat([sums[:, :3] / weight.clamp_min(1e-3) * there, torch.log1p(weight) * there], 1)

    def back(self, values: Tensor, label: Tensor, like: Tensor) -> Tensor:
        """Each pixel's cell's value: (N, C, h, w) to (N, C, H, W)."""
        n, c = values.shape[:2]
        return values.flatten(2).gather(2, label.unsqueeze(1).expand(n, c, label.shape[1])).view_as(like)

    def paint(
        self, read: Read, thought: Thought, ways: Tensor, reached: Reached, hint: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Color under the lines and, for who wants the lines colored too, the color of the ink; both (N, 3, H, W)."""
        n, _, h, w = thought.guess.shape
        planes, distance = reached
        fill, there = planes[:, FILL], planes[:, REACHED]
        affinity = cells.affinity(ways)
        first = planes[:, : UNLIKE.stop]  # the guess comes before what is agreed on: so weights were trained
        given = torch.cat([first, thought.guess, fill - thought.guess * there, planes[:, AGREED.start :]], 1)
        x = self.recall(thought.x) + self.told(given)
        for layer in self.weigh:
            x = layer(x, affinity) if isinstance(layer, Spread) else layer(x)
        verdict = self.verdict(self.weighed(x)).float()
        # Up to about half a wall the way led over paper; beyond it, across lines.
        doubt = self.trust[1] * distance.clamp_max(INSIDE) / 100
        doubt = doubt + self.trust[2] * (distance - INSIDE).clamp(0, 6000) / 300
        if self.filling:
            doubt = doubt - self.filling * ((INSIDE - distance) / FADE).clamp(0, 1).to(doubt.dtype)
        gate = torch.sigmoid(verdict[:, :1] + self.trust[0] - doubt) * there
        near = torch.exp(-distance / 1200) * there
        agreed = torch.sigmoid(verdict[:, 4:] - 2) * (planes[:, BACKED] > 0).to(planes.dtype)
        fill = fill + agreed * (planes[:, AGREED] - fill)
        color = gate * fill + (1 - gate) * thought.guess + near * verdict[:, 1:4]  # one color a cell

        if self.evenness:  # where one hint's reach ends and another's begins, not by steps of a cell
            free = self.evenness * (planes[:, SHARE] <= 0).to(color.dtype)
            for _ in range(BLEND):
                color = color + free * (self.even(color, affinity, 1) - color)
        around = torch.stack(cells.neighbors(color), 1)  # (N, 9, 3, h, w)
        mixing = read.mixing.view(n, 9, cells.BLOCK**2, h, w)
        pixels = sum(mixing[:, k, None] * around[:, k, :, None] for k in range(9))
        assert isinstance(pixels, Tensor)
        flat = F.pixel_shuffle(pixels.reshape(n, 3 * cells.BLOCK**2, h, w), cells.BLOCK)
        # Light and shade, and what is finer than a cell: hints as they lie, line art, and the flat colors.
        seen = [read.fine, F.pixel_unshuffle(flat, 4), F.pixel_unshuffle((hint - flat) * mask, 4)]
        seen += [F.pixel_unshuffle(mask, 4), F.interpolate(x[:, :48], scale_factor=2.0, mode="nearest")]
        change = self.touch(self.shaded(self.shade(self.look(torch.cat(seen, 1))))).float()
        color = flat + F.pixel_shuffle(change[:, :48], 4)
        # Light and shade may play on a hint, but what was painted there stays what it is.
        held = hint + (color - hint).clamp(-self.hold, self.hold)
        return color + mask * (held - color), F.pixel_shuffle(change[:, 48:], 4)
