"""A training experiment as frozen data: what a recipe does not say has the default written here."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

Task = Literal["colorize", "lines"]
LineKind = Literal["given", "mix", "xdog", "dilate", "canny", "learned"]
HintKind = Literal["none", "mix", "dots", "strokes", "patches", "fixed-patches", "blur"]
Encoding = Literal["none", "channels", "masked-channels", "overwrite", "mix"]
GeneratorKind = Literal["paintschainer", "unet", "autoencoder", "ronneberger", "style2paints", "inker", "colorist"]
DiscriminatorKind = Literal["none", "paintschainer", "strided", "patch", "style"]
Precision = Literal["auto", "fp32", "bf16"]

# Priyadarshi, model 4: rows and columns of the patches' middles at 128 px.
FIXED_ROWS = (64, 32, 96, 32, 96, 32, 64, 64, 96, 16, 32, 16, 16, 64, 16, 96, 112, 112, 96, 80)
FIXED_COLUMNS = (64, 32, 96, 96, 32, 64, 32, 96, 64, 16, 16, 32, 64, 16, 96, 16, 112, 96, 112, 80)


@dataclass(frozen=True)
class Lines:
    """Where line art comes from while training: the pair set ("given"), or drawn on the fly.

    Attributes:
        kind: the way; "learned" draws with the shipped inker.
        learned: share of examples that the shipped inker draws instead (with kind "mix").
    """

    kind: LineKind = "given"
    learned: float = 0.0


@dataclass(frozen=True)
class Data:
    """How pictures become square examples.

    Attributes:
        size: side of an example, px.
        lines: where the line art comes from.
        shrink: (least, most) picture pixels a pixel of the example; 1 crops without resizing.
        whole: pictures are seen whole: each is shrunk, lines drawn, until its shorter side has `size` px, and cut to a
            square there; in place of `shrink`.
        flip: mirror half of the examples.
        turn: turn examples by 0, 90, 180 or 270 degrees.
        cap: no source may have more than this share of the draws (1 = no cap).
        disguise: for the task "lines": share of examples whose picture is changed under its lines: ink recolored,
            fills recolored, shaded, shadowed, darkened, textured, blurred, noisy.
    """

    size: int = 128
    lines: Lines = Lines()
    shrink: tuple[float, float] = (1.0, 1.0)
    whole: bool = False
    flip: bool = True
    turn: bool = False
    cap: float = 1.0
    disguise: float = 0.0


@dataclass(frozen=True)
class Hinting:
    """Which hints are sampled from the target, and how they enter the planes.

    Attributes:
        kind: "mix" draws none, dots, strokes, patches or a blurred color map for each example.
        count: hints an example (for "mix": the most dots of an example).
        size: side of a patch, dot or blur window, px (for "mix": not used).
        none: share of examples without hints, of those that `kind` makes hints for.
        encoding: see `senga.color.hints.encode`.
        regions: share of examples that get strokes in regions of one color in place of `kind` (colorist).
        palettes: share of examples that are given the target's palette (colorist).
        references: share of examples that are shown a reference: made of the same picture (colorist), or the target
            itself (style2paints).
    """

    kind: HintKind = "none"
    count: int = 20
    size: int = 7
    none: float = 0.3
    encoding: Encoding = "none"
    regions: float = 0.0
    palettes: float = 0.0
    references: float = 0.0


AT_USE = ("temperature", "vividness", "sharpness", "decision", "boldness", "evenness", "filling")
"""Settings of a generator that training does not depend on: they act when the network is used."""


@dataclass(frozen=True)
class Generator:
    """The network; 0 stands for the kind's own value.

    Attributes:
        kind: which network. There is no default: it is what an experiment is about, and what ships of those that
            color (painter, shader, closer) is trained by courses, not from pairs.
        width: channels at the first scale (pixel networks), at 1/4 of the size (inker), or at 1/8 (colorist).
        kernel: side of the kernels (unet, autoencoder).
        layers: transformer layers (colorist).
        rounds: reach of a hint, in cells (colorist).
        temperature, vividness: of the answer over color bins, when the network is used (colorist).
        sharpness, decision: how decidedly a region takes one color, with a palette or reference and without, when the
            network is used (colorist).
        boldness: how much colorful colors are favored without them, when the network is used (colorist).
        evenness: share by which unhinted colors are evened out over a region, when the network is used (colorist).
        filling: how much more a hint is trusted in all of its area closed by lines, when the network is used, in
            logits (colorist).
        skips: connections from encoder to decoder (ronneberger).
        out: "tanh" works with values from -1 to 1, "relu" with values from 0 to 1 (unet).
        encoder: what reads references (style2paints): "eye", the frozen VGG16 trunk inside the package, or
            "vgg19-fc1", whose weights are in `encoder_file`.
    """

    kind: GeneratorKind
    width: int = 0
    kernel: int = 0
    layers: int = 4
    rounds: int = 64
    temperature: float = 1.0
    vividness: float = 0.0
    sharpness: float = 0.0
    decision: float = 0.0
    boldness: float = 0.0
    evenness: float = 0.0
    filling: float = 0.0
    skips: bool = True
    out: Literal["tanh", "relu"] = "tanh"
    encoder: Literal["eye", "vgg19-fc1"] = "eye"
    encoder_file: str = ""


@dataclass(frozen=True)
class Discriminator:
    """The network that learns to tell the generator's pictures from real ones, against which the generator learns.

    Attributes:
        kind: which network; "none": the generator learns alone.
        width: channels of its first layer; 0 stands for the kind's own value.
        sees: the picture alone ("color"), or beside its line art ("pair").
        loss: of its answers; see `senga.learn.adversary`.
        every: it learns at every so many of the generator's steps.
        rate, beta1: Adam's.
    """

    kind: DiscriminatorKind = "none"
    width: int = 0
    sees: Literal["color", "pair"] = "color"
    loss: Literal["cross-entropy", "least-squares"] = "cross-entropy"
    every: int = 1
    rate: float = 2e-4
    beta1: float = 0.5


@dataclass(frozen=True)
class Losses:
    """Weights of the objectives; an objective with weight 0 is not computed.

    Attributes:
        l1, l2: mean absolute or squared error of RGB in the generator's value range.
        cross_entropy: binary cross-entropy of RGB in [0, 1].
        chroma: absolute error in YUV, chroma twice, less on ink (ours).
        classes: cross-entropy over the color bins of the colorist, rare colors weighted up.
        strokes: cross-entropy and overlap of the inker's ink and center lines.
        composite: absolute and squared error of the picture as people see it, lines on top (ours).
        cell_mean: the same of the colorist's colors for cells before any hint, against the picture's mean there.
        hint_l1: absolute error at hints on paper.
        adversary: what the discriminator finds wrong.
        guide_gray, guide_color: absolute error of the guide decoders at the middle's entry (gray) and exit (color),
            of style2paints.
    """

    l1: float = 0.0
    l2: float = 0.0
    cross_entropy: float = 0.0
    chroma: float = 0.0
    classes: float = 0.0
    strokes: float = 0.0
    composite: float = 0.0
    cell_mean: float = 0.0
    hint_l1: float = 0.0
    adversary: float = 0.0
    guide_gray: float = 0.0
    guide_color: float = 0.0


@dataclass(frozen=True)
class Training:
    """The optimization.

    Attributes:
        steps: optimizer steps; `epochs` passes over the training split when steps is 0.
        after: shipped recipe whose trained weights it starts from ("" = from nothing).
        batch: examples a step, on each device.
        rate, beta1, beta2: Adam's; `decay` > 0 makes it AdamW.
        warmup: steps of linear rise of the rate.
        cooldown: share of all steps, at the end, in which the rate falls linearly to 0.
        clip: largest gradient norm (0 = not clipped).
        average: decay of the moving average of weights, which is what is measured and exported (0 = none).
        precision: "auto" is bf16 on a GPU, and on a CPU that computes it natively, else fp32.
        seed: of everything drawn at random.
        evaluate, save: steps between evaluations (with sample grid) and between checkpoints; there is one every five
            minutes, too.
    """

    steps: int = 0
    epochs: int = 0
    after: str = ""
    batch: int = 16
    rate: float = 2e-4
    beta1: float = 0.9
    beta2: float = 0.99
    decay: float = 0.0
    warmup: int = 0
    cooldown: float = 0.0
    clip: float = 0.0
    average: float = 0.0
    precision: Precision = "auto"
    seed: int = 0
    evaluate: int = 1000
    save: int = 500


@dataclass(frozen=True)
class Recipe:
    """One experiment: what goes in, what learns, against what, for how long."""

    name: str
    about: str
    source: str = "ours"
    task: Task = "colorize"
    data: Data = field(default_factory=Data)
    hints: Hinting = field(default_factory=Hinting)
    generator: Generator = field(kw_only=True)
    discriminator: Discriminator = field(default_factory=Discriminator)
    losses: Losses = field(default_factory=Losses)
    training: Training = field(default_factory=Training)


def as_table(recipe: Recipe) -> dict[str, Any]:
    """The recipe as nested plain data, every default written out."""
    return dataclasses.asdict(recipe)


COOLDOWN = 0.3
"""Share of the steps in which the rate of a shortened run falls. Ours."""


def scaled_down(
    recipe: Recipe, steps: int | None = None, batch: int | None = None, largest: int | None = None
) -> Recipe:
    """The recipe for a smaller machine or pair set.

    Args:
        recipe: in place of whose own numbers these are taken.
        steps: optimizer steps. It is evaluated halfway at the latest, and its rate falls to 0 over the last of them: a
            run that ends early would else be taken from wherever it swung to.
        batch: examples a step.
        largest: examples have at most so many px a side.
    """
    training, data = recipe.training, recipe.data
    if largest:
        data = dataclasses.replace(data, size=min(data.size, largest))
    if batch:
        training = dataclasses.replace(training, batch=batch)
    if steps:
        evaluate = min(training.evaluate, -(-steps // 2))
        cooldown = max(training.cooldown, COOLDOWN)
        training = dataclasses.replace(training, steps=steps, epochs=0, evaluate=evaluate, cooldown=cooldown)
    return dataclasses.replace(recipe, training=training, data=data)
