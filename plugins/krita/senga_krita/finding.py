"""Which layer holds the lines, and which the hints: guesses of names and of what is seen from afar. Numbers only."""

from __future__ import annotations

from typing import NamedTuple, Optional

LINE_NAMES = ("line", "ink", "線", "ペン入れ", "线", "墨")
HINT_NAMES = ("hint", "ヒント", "提示", "色指定")
NOT_LINES = (
    "color",
    "colour",
    "flat",
    "shad",
    "light",
    "background",
    "paper",
    "bg",
    "塗り",
    "色",
    "影",
    "背景",
    "阴影",
)
"""Words in names of layers, in small letters. Ours."""


class Look(NamedTuple):
    """What is seen of a layer from afar, shares of 0 to 1 of its area.

    Attributes:
        clear: transparent. dark: covered by gray ink, by how dark it is. paper: covered by light gray.
        colored: covered by what has a color. painted: covered at all.
    """

    clear: float
    dark: float
    paper: float
    colored: float

    @property
    def painted(self) -> float:
        """Covered by anything."""
        return self.dark + self.paper + self.colored


class Layer(NamedTuple):
    """A layer that may be chosen.

    Attributes:
        id: its unique id. name: as shown. depth: groups around it. visible: whether it and its groups are shown.
        look: from afar; None if it was not looked at.
    """

    id: str
    name: str
    depth: int
    visible: bool
    look: Optional[Look]  # noqa: UP045 - Krita's own Python may be 3.8


def looked(data: bytes) -> Look:
    """The look of a small picture's bytes, B, G, R, A each pixel."""
    count = max(1, len(data) // 4)
    dark = paper = colored = clear = 0.0
    for at in range(0, len(data) - 3, 4):
        blue, green, red, alpha = data[at : at + 4]
        clear += 255 - alpha
        if not alpha:
            continue
        low, high = min(red, green, blue), max(red, green, blue)
        if high - low > 40:
            colored += alpha
        else:
            darkness = (255 - high) * alpha / 255
            dark += darkness
            paper += alpha - darkness
    return Look(clear / 255 / count, dark / 255 / count, paper / 255 / count, colored / 255 / count)


def line_layer(layers: list[Layer]) -> Layer | None:
    """The layer that most likely holds the lines, None if none does; `layers` from the lowest to the highest."""
    best, most = None, 0.0
    for place, layer in enumerate(layers):
        score = _line_score(layer)
        score += 0.01 * place / len(layers) if score > 0 else 0.0  # of two that look alike, the upper one
        if score > most:
            best, most = layer, score
    return best


def hint_layers(layers: list[Layer], lines: Layer | None) -> list[Layer]:
    """The layers that hold hints by their names; others are chosen by hand."""
    return [one for one in layers if (lines is None or one.id != lines.id) and _named(one.name, HINT_NAMES)]


def is_opaque(look: Look) -> bool:
    """Whether a line layer has its paper in it: what lies below it would not be seen."""
    return look.clear < 0.02


def _line_score(layer: Layer) -> float:
    """How much a layer looks like lines: more than 0 if it may be them."""
    look = layer.look
    if look is None or _named(layer.name, HINT_NAMES) or look.dark < 0.0015:
        return 0.0
    # Ink covers little, and what is not ink is nothing or paper.
    thin = look.dark < 0.45 and look.colored < 0.25 * look.dark + 0.005
    named = _named(layer.name, LINE_NAMES)
    if not (thin or named):
        return 0.0
    score = 1.0 * named + 0.5 * thin
    if thin and not is_opaque(look) and look.paper < 2 * look.dark + 0.02:
        score += 0.3  # ink on nothing
    if not named and _named(layer.name, NOT_LINES):
        score -= 0.4
    return score + (0.1 if layer.visible else -0.3)


def _named(name: str, words: tuple[str, ...]) -> bool:
    small = name.lower()
    return any(word in small for word in words)
