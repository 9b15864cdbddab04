"""Layers put together: what a document shows where it holds no merged picture, and what one of its groups shows.

Meant for drawings: blends as painting programs have them, masks, clipping, opacity, groups. Adjustments and vectors
that the file has no pixels of are left out, and named; effects are not drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senga.imagefiles.layered.blends import BLENDS
from senga.imagefiles.layered.tree import Convert, Mask, Node, Pixels, UnreadDocumentError

ROWS = 128
"""Rows that are blended at a time. Ours."""

WORK = 64
"""Pixels that are unpacked at most, in canvases of the largest picture allowed. Ours."""

HELD = 4
"""Canvases that groups within groups hold at once, at most, of the largest picture allowed. Ours."""

Place = tuple[Pixels, tuple[int, int]]
"""Pixels (h, w, 4) and (x, y) of their left upper corner."""


@dataclass
class Composer:
    """Puts layers together.

    Attributes:
        shape: (height, width) of the picture, px. most: largest picture allowed, px.
        left_out: what was not shown as its program shows it, in words.
    """

    shape: tuple[int, int]
    convert: Convert
    most: int
    left_out: dict[str, None] = field(default_factory=dict)
    _work: int = 0
    _held: int = 0

    def compose(self, nodes: tuple[Node, ...]) -> Pixels:
        """What nodes show together, (H, W, 4) uint8, straight alpha.

        Raises:
            UnreadDocumentError: broken, or more to do than a drawing can need.
        """
        canvas = self._canvas()
        self._draw(canvas, nodes)
        return canvas

    def alone(self, node: Node) -> Pixels:
        """A layer or group by itself in its place, (H, W, 4) uint8; that it is hidden, and its opacity, do not count.

        Raises:
            UnreadDocumentError: as `compose`.
        """
        if node.children is not None:
            canvas = self.compose(node.children)
            _apply(canvas, (0, 0), node.masks)
            return canvas
        canvas = np.zeros((*self.shape, 4), np.uint8)
        for pixels, (x, y) in self._layer(node):
            canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        return canvas

    def _canvas(self) -> Pixels:
        self._held += self.shape[0] * self.shape[1]
        if self._held > max(HELD * self.most, 1 << 24):
            raise UnreadDocumentError("too many groups within groups for its size; merge some")
        return np.zeros((*self.shape, 4), np.uint8)

    def _free(self) -> None:
        self._held -= self.shape[0] * self.shape[1]

    def _draw(self, canvas: Pixels, nodes: tuple[Node, ...]) -> None:
        """Draws nodes on a canvas, the lowest first; those that are clipped with the one that they are clipped to."""
        at = 0
        while at < len(nodes):
            end = at + 1
            while end < len(nodes) and nodes[end].clipped:
                end += 1
            base, clipped = nodes[at], [n for n in nodes[at + 1 : end] if n.visible]
            at = end
            if not base.visible:
                continue
            if clipped:
                self._draw_clipped(canvas, base, clipped)
            elif base.children is not None and base.through:
                self._draw_through(canvas, base)
            else:
                self._lay(canvas, base)

    def _draw_clipped(self, canvas: Pixels, base: Node, clipped: list[Node]) -> None:
        whole = self._canvas()
        for pixels, at in self._shown(base):
            _blend(whole, pixels, at, "normal", 1.0)
        cover = whole[..., 3].copy()
        for node in clipped:
            for pixels, at in self._shown(node):
                _blend(whole, pixels, at, self._known(node.blend), node.opacity, atop=True)
        whole[..., 3] = cover
        _blend(canvas, whole, (0, 0), self._known(base.blend), base.opacity)
        self._free()

    def _draw_through(self, canvas: Pixels, group: Node) -> None:
        """A group's layers on what lies below it; with a mask or an opacity, as much of the change as they let pass."""
        children = group.children or ()
        if group.opacity >= 1 and not group.masks:
            self._draw(canvas, children)
            return
        before = self._canvas()
        before[:] = canvas
        self._draw(canvas, children)
        share = np.full(self.shape, round(255 * group.opacity), np.uint8)
        for mask in group.masks:
            share = _times(share, _cut(mask, (0, 0), self.shape))
        for top in range(0, self.shape[0], ROWS):
            part = slice(top, top + ROWS)
            _mix(canvas[part], before[part], share[part])
        self._free()

    def _lay(self, canvas: Pixels, node: Node) -> None:
        for pixels, at in self._shown(node):
            if node.blend == "keep":
                _keep(canvas, pixels, at, node.opacity)
            else:
                _blend(canvas, pixels, at, self._known(node.blend), node.opacity, atop=node.within)

    def _shown(self, node: Node) -> Iterator[Place]:
        """A node's pixels, masked; nothing of what has none."""
        if node.children is None:
            yield from self._layer(node)
            return
        canvas = self._canvas()
        self._draw(canvas, node.children)
        _apply(canvas, (0, 0), node.masks)
        yield canvas, (0, 0)
        self._free()

    def _layer(self, node: Node) -> Iterator[Place]:
        """A layer's pixels, masked, cut to the picture."""
        if node.unread:
            self.left_out.setdefault(node.unread)
        if node.unpack is None or (node.size is not None and 0 in node.size):
            return
        if node.size is not None:
            self._count(node.size)
        pixels = self.convert(node.unpack())
        if node.size is None:
            self._count((pixels.shape[0], pixels.shape[1]))
        x, y = node.at
        left, top = max(0, -x), max(0, -y)
        cut = pixels[top : max(top, self.shape[0] - y), left : max(left, self.shape[1] - x)]
        if 0 in cut.shape:
            return
        if node.masks:
            cut = cut.copy()
            _apply(cut, (x + left, y + top), node.masks)
        yield cut, (x + left, y + top)

    def _count(self, size: tuple[int, int]) -> None:
        if size[0] * size[1] > self.most:
            raise UnreadDocumentError(f"a layer of {size[1]}x{size[0]} px, too large; crop it to the picture")
        self._work += size[0] * size[1]
        if self._work > WORK * self.most:
            raise UnreadDocumentError("more in its layers than can be put together; save it with its merged picture")

    def _known(self, blend: str) -> str:
        if blend in BLENDS or blend == "erase":
            return blend
        self.left_out.setdefault(f"the blend '{blend}'")
        return "normal"


def _blend(
    canvas: Pixels, pixels: Pixels, at: tuple[int, int], blend: str, opacity: float, *, atop: bool = False
) -> None:
    """Blends pixels into a canvas; `atop`: only where it has something already, of which nothing changes its alpha."""
    x, y = at
    for top in range(0, pixels.shape[0], ROWS):
        above = pixels[top : top + ROWS].astype(np.float32) * (1 / 255)
        part = canvas[y + top : y + top + len(above), x : x + above.shape[1]]
        below = part.astype(np.float32) * (1 / 255)
        cover, under = above[..., 3:] * opacity, below[..., 3:]
        if blend == "erase":
            part[..., 3] = np.rint(255 * under * (1 - cover))[..., 0]
            continue
        mixed = above[..., :3]
        if blend != "normal":
            mixed = (1 - under) * mixed + under * BLENDS[blend](below[..., :3], mixed)
        if atop:
            part[..., :3] = np.rint(255 * (cover * mixed + (1 - cover) * below[..., :3]).clip(0, 1))
            continue
        alpha = cover + under * (1 - cover)
        colors = (cover * mixed + under * (1 - cover) * below[..., :3]) / np.maximum(alpha, 1e-6)
        part[..., :3] = np.rint(255 * colors.clip(0, 1))
        part[..., 3:] = np.rint(255 * alpha)


def _keep(canvas: Pixels, pixels: Pixels, at: tuple[int, int], opacity: float) -> None:
    """Leaves of a canvas what pixels cover."""
    cover = np.zeros(canvas.shape[:2], np.uint8)
    x, y = at
    cover[y : y + pixels.shape[0], x : x + pixels.shape[1]] = np.rint(pixels[..., 3] * np.float32(opacity))
    canvas[..., 3] = _times(canvas[..., 3], cover)


def _mix(after: Pixels, before: Pixels, share: Pixels) -> None:
    """Makes of `after` so much of it as the share says, (h, w) uint8, and of `before` the rest."""
    part = share[..., None].astype(np.float32) / 255
    new, old = after.astype(np.float32) / 255, before.astype(np.float32) / 255
    alpha = new[..., 3:] * part + old[..., 3:] * (1 - part)
    colors = new[..., :3] * new[..., 3:] * part + old[..., :3] * old[..., 3:] * (1 - part)
    after[..., :3] = np.rint(255 * (colors / np.maximum(alpha, 1e-6)).clip(0, 1))
    after[..., 3:] = np.rint(255 * alpha)


def _apply(pixels: Pixels, at: tuple[int, int], masks: tuple[Mask, ...]) -> None:
    """Masks pixels in their place."""
    for mask in masks:
        pixels[..., 3] = _times(pixels[..., 3], _cut(mask, at, (pixels.shape[0], pixels.shape[1])))


def _cut(mask: Mask, at: tuple[int, int], shape: tuple[int, int]) -> Pixels:
    """A mask over a box of the picture."""
    whole = np.full(shape, mask.outside, np.uint8)
    plane = mask.plane()
    x, y = mask.at[0] - at[0], mask.at[1] - at[1]
    left, top, right, bottom = max(0, x), max(0, y), x + plane.shape[1], y + plane.shape[0]
    if right > left and bottom > top:
        there = whole[top:bottom, left:right]
        there[:] = plane[top - y :, left - x :][: there.shape[0], : there.shape[1]]
    return whole


def _times(one: Pixels, other: Pixels) -> Pixels:
    """The product of two planes of 0 to 255."""
    product: NDArray[np.uint16] = one.astype(np.uint16) * other
    scaled: Pixels = ((product + 127) // 255).astype(np.uint8)
    return scaled
