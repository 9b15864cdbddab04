"""A training experiment as frozen data, read whole from one strict TOML file.

No inheritance, no dotted strings: what a recipe does not say has the default written here, and a key that is not
known here is refused by name.
"""

import dataclasses
import math
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from senga.errors import RecipeError

Task = Literal["colorize", "lines"]
LineKind = Literal["given", "mix", "xdog", "dilate", "canny"]
HintKind = Literal["none", "mix", "dots", "strokes", "patches", "fixed-patches", "blur"]
Encoding = Literal["none", "channels", "masked-channels", "overwrite", "mix"]
GeneratorKind = Literal["house", "paintschainer", "unet", "autoencoder", "ronneberger", "inker", "colourist"]
Precision = Literal["auto", "fp32", "bf16"]

# Priyadarshi, model 4: rows and columns of the patches' middles at 128 px.
FIXED_ROWS = (64, 32, 96, 32, 96, 32, 64, 64, 96, 16, 32, 16, 16, 64, 16, 96, 112, 112, 96, 80)
FIXED_COLUMNS = (64, 32, 96, 96, 32, 64, 32, 96, 64, 16, 16, 32, 64, 16, 96, 16, 112, 96, 112, 80)


@dataclass(frozen=True)
class Lines:
    """Where line art comes from while training: the pair set ("given"), or drawn on the fly.

    Attributes:
        kind: the way. learned: share of examples that the shipped inker draws instead (with kind "mix").
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
        flip: mirror half of the examples.
        turn: turn examples by 0, 90, 180 or 270 degrees.
        cap: no source may have more than this share of the draws (1 = no cap).
        disguise: for the task "lines": share of examples whose picture is changed under its lines: ink recolored,
            fills recolored, shaded, shadowed, darkened, textured, blurred, noisy.
    """

    size: int = 128
    lines: Lines = Lines()
    shrink: tuple[float, float] = (1.0, 1.0)
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
        regions: share of examples that get strokes in regions of one color in place of `kind` (colourist).
        palettes, references: share of examples that are told the target's palette, or shown a reference made of the
            same picture (colourist).
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
        kind: which network.
        width: channels at the first scale (pixel networks), at 1/4 of the size (inker), or at 1/8 (house,
            colourist).
        kernel: side of the kernels (unet, autoencoder).
        layers: transformer layers (house, colourist).
        rounds: reach of a hint, in cells (house, colourist).
        temperature, vividness: of the answer over color bins, when the network is used (house, colourist).
        sharpness, decision: how decidedly a region takes one color, with a palette or reference and without, when the
            network is used (colourist).
        boldness: how much colorful colors are favored without them, when the network is used (colourist).
        evenness: share by which unhinted colors are evened out over a region, when the network is used (colourist).
        filling: how much more a hint is trusted in all of its area closed by lines, when the network is used, in
            logits (colourist).
        skips: connections from encoder to decoder (ronneberger).
    """

    kind: GeneratorKind = "house"
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


@dataclass(frozen=True)
class Losses:
    """Weights of the objectives; an objective with weight 0 is not computed.

    Attributes:
        l1, l2: mean absolute or squared error of RGB in the generator's value range.
        cross_entropy: binary cross-entropy of RGB in [0, 1].
        chroma: absolute error in YUV, chroma twice, less on ink (ours).
        classes: cross-entropy over the color bins of the house and the colourist, rare colors weighted up.
        strokes: cross-entropy and overlap of the inker's ink and center lines.
        seen: absolute and squared error of the picture as people see it, lines on top (ours).
        guess: the same of the colourist's colors for cells before any hint. obey: absolute error at hints on paper.
    """

    l1: float = 0.0
    l2: float = 0.0
    cross_entropy: float = 0.0
    chroma: float = 0.0
    classes: float = 0.0
    strokes: float = 0.0
    seen: float = 0.0
    guess: float = 0.0
    obey: float = 0.0


@dataclass(frozen=True)
class Training:
    """The optimization.

    Attributes:
        steps: optimizer steps; `epochs` passes over the training split when steps is 0.
        batch: examples a step, on each device.
        rate, beta1, beta2: Adam's; `decay` > 0 makes it AdamW.
        warmup: steps of linear rise of the rate.
        cooldown: share of all steps, at the end, in which the rate falls linearly to 0.
        clip: largest gradient norm (0 = not clipped).
        average: decay of the moving average of weights, which is what is measured and exported (0 = none).
        precision: "auto" is bf16 on a GPU, and on a CPU that computes it natively, else fp32.
        seed: of everything drawn at random.
        evaluate, save: steps between evaluations (with sample grid) and between checkpoints.
    """

    steps: int = 0
    epochs: int = 0
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
    generator: Generator = field(default_factory=Generator)
    losses: Losses = field(default_factory=Losses)
    training: Training = field(default_factory=Training)


def read_recipe(path: str | Path) -> Recipe:
    """Recipe from a TOML file.

    Args:
        path: a file, or the name of a recipe that ships with senga.

    Raises:
        RecipeError: no such recipe, not TOML, or an entry that is missing, unknown or of the wrong type.
    """
    file = Path(path)
    if not file.exists():
        shipped = {p.stem: p for p in shipped_recipes()}
        if str(path) not in shipped:
            raise RecipeError(f"{path}: no such recipe file; shipped recipes: {', '.join(sorted(shipped))}")
        file = shipped[str(path)]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{file}: cannot be read: {error}") from error
    return parse_recipe(text, str(file))


def parse_recipe(text: str, place: str = "recipe") -> Recipe:
    r"""Recipe from TOML text; `place` names it in errors.

    >>> parse_recipe('name = "a"\nabout = "b"\ngenerator.kind = "unet"\nlosses.l1 = 1\ntraining.steps = 1').losses.l1
    1.0
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{place}: not valid TOML: {error}") from error
    return from_table(table, place)


def from_table(table: Mapping[str, Any], place: str = "recipe") -> Recipe:
    """Recipe from nested plain data, as `as_table` gives it; `place` names it in errors."""
    recipe: Recipe = _build(Recipe, table, place, "top level")
    _check(recipe, place)
    return recipe


def shipped_recipes() -> list[Path]:
    """Recipe files inside the package."""
    return sorted((Path(__file__).parent / "recipes").glob("*.toml"))


def as_table(recipe: Recipe) -> dict[str, Any]:
    """The recipe as nested plain data, every default written out."""
    return dataclasses.asdict(recipe)


def _build(kind: type[Any], table: Mapping[str, Any], place: str, section: str) -> Any:
    known = {f.name: f for f in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for key in table:
        if key not in known:
            raise RecipeError(f"{place}, [{section}]: unknown key '{key}'; known: {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name, entry in known.items():
        if name in table:
            inner = name if section == "top level" else f"{section}.{name}"
            values[name] = _value(hints[name], table[name], place, inner)
        elif entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING:
            raise RecipeError(f"{place}, [{section}]: '{name}' is missing")
    return kind(**values)


def _value(kind: Any, value: Any, place: str, section: str) -> Any:
    def refuse(wanted: str) -> RecipeError:
        return RecipeError(f"{place}, [{section}]: wanted {wanted}, found {value!r}")

    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise refuse("a table")
        return _build(kind, value, place, section)
    if origin is Literal:
        if value not in typing.get_args(kind):
            raise refuse("one of " + ", ".join(map(str, typing.get_args(kind))))
        return value
    if origin is tuple:
        kinds = typing.get_args(kind)
        if not isinstance(value, list | tuple) or len(value) != len(kinds):
            raise refuse(f"a list of {len(kinds)}")
        return tuple(_value(k, v, place, section) for k, v in zip(kinds, value, strict=True))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, types.UnionType) or not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise refuse(f"{getattr(kind, '__name__', kind)}")
    return value


def _check(recipe: Recipe, place: str) -> None:
    training, data, losses = recipe.training, recipe.data, recipe.losses
    if (training.steps > 0) == (training.epochs > 0):
        raise RecipeError(f"{place}, [training]: give either 'steps' or 'epochs', greater than 0")
    positive = {"training.batch": training.batch, "training.rate": training.rate, "data.size": data.size}
    positive |= {"training.evaluate": training.evaluate, "training.save": training.save, "data.cap": data.cap}
    for name, value in positive.items():
        if not 0 < value < math.inf:  # nan too is refused
            raise RecipeError(f"{place}, [{name}]: must be greater than 0, found {value}")
    for section in ("training", "hints", "losses", "generator"):
        for name, value in dataclasses.asdict(getattr(recipe, section)).items():
            if isinstance(value, int | float) and not 0 <= value < math.inf:
                raise RecipeError(f"{place}, [{section}.{name}]: must not be negative, found {value}")
    shares = {"hints.none": recipe.hints.none, "training.beta1": training.beta1, "training.beta2": training.beta2}
    if data.lines.learned and data.lines.kind != "mix":
        raise RecipeError(f"{place}, [data.lines]: 'learned' goes with kind 'mix'")
    shares |= {"data.lines.learned": data.lines.learned}
    shares |= {f"hints.{name}": getattr(recipe.hints, name) for name in ("regions", "palettes", "references")}
    shares |= {"training.average": training.average, "training.cooldown": training.cooldown, "data.cap": data.cap}
    for name, value in shares.items():
        if value > 1 or (value == 1 and name in ("training.beta1", "training.beta2", "training.average")):
            raise RecipeError(f"{place}, [{name}]: must be a share up to 1 (betas and average: under 1), found {value}")
    if not any(dataclasses.astuple(losses)):
        raise RecipeError(f"{place}, [losses]: every weight is 0; known: {', '.join(dataclasses.asdict(losses))}")
    in_cells = recipe.generator.kind in ("house", "colourist")
    if losses.classes and not in_cells:
        raise RecipeError(f"{place}, [losses]: 'classes' needs the house or the colourist, which have color bins")
    only = {"losses.guess": losses.guess, "hints.palettes": recipe.hints.palettes}
    only |= {"hints.references": recipe.hints.references}
    for name, value in only.items():
        if value and recipe.generator.kind != "colourist":
            raise RecipeError(f"{place}, [{name}]: needs the colourist")
    if data.shrink[0] <= 0 or data.shrink[1] < data.shrink[0]:
        raise RecipeError(f"{place}, [data.shrink]: wanted least <= most, both greater than 0")
    if (recipe.hints.kind == "none") != (recipe.hints.encoding == "none"):
        raise RecipeError(f"{place}, [hints]: kind and encoding must both be 'none', or neither")
    if in_cells and recipe.hints.encoding != "masked-channels":
        raise RecipeError(f"{place}, [hints]: the {recipe.generator.kind} takes encoding 'masked-channels'")
    g = recipe.generator
    _check_task(recipe, place)
    if losses.obey and recipe.hints.encoding != "masked-channels":
        raise RecipeError(f"{place}, [losses]: 'obey' needs hints of encoding 'masked-channels'")
    multiple = 32 if g.kind in ("unet", "autoencoder") else 16
    if data.size % multiple:
        raise RecipeError(f"{place}, [data.size]: must be a multiple of {multiple} for {g.kind}, found {data.size}")
    if in_cells and g.width % 40:
        raise RecipeError(f"{place}, [generator]: the {g.kind}'s width must be a multiple of 40, found {g.width}")
    if g.kind == "inker" and g.width % 3:
        raise RecipeError(f"{place}, [generator]: the inker's width must be a multiple of 3, found {g.width}")
    if g.kernel and g.kernel % 2 == 0:
        raise RecipeError(f"{place}, [generator]: 'kernel' must be odd, found {g.kernel}")


def _check_task(recipe: Recipe, place: str) -> None:
    kind, lines = recipe.generator.kind, recipe.task == "lines"
    if lines != (kind in ("ronneberger", "inker")):
        raise RecipeError(f"{place}: task '{recipe.task}' does not go with generator '{kind}'")
    if bool(recipe.losses.strokes) != (kind == "inker"):
        raise RecipeError(f"{place}, [losses]: 'strokes' and the inker go together, alone: it answers with strokes")
    if kind == "inker" and (recipe.losses.l1 or recipe.losses.l2 or recipe.losses.cross_entropy):
        raise RecipeError(f"{place}, [losses]: the inker learns by 'strokes' alone")
    if not lines:
        if recipe.data.disguise:
            raise RecipeError(f"{place}, [data]: 'disguise' is for the task 'lines'")
        return
    if recipe.data.lines.kind != "given":
        raise RecipeError(f"{place}, [data.lines]: the task 'lines' learns from given lines, not from drawn ones")
    if recipe.hints.kind != "none":
        raise RecipeError(f"{place}, [hints]: the task 'lines' takes no hints")
    for name in ("chroma", "classes", "seen", "obey"):
        if getattr(recipe.losses, name):
            raise RecipeError(f"{place}, [losses]: '{name}' is for the task 'colorize'")
    if recipe.data.shrink[0] < 1:
        raise RecipeError(f"{place}, [data.shrink]: lines are not drawn larger than they are; the least is 1")
    if not 0 <= recipe.data.disguise <= 1:
        raise RecipeError(f"{place}, [data.disguise]: must be a share up to 1, found {recipe.data.disguise}")
