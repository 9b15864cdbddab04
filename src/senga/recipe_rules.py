"""What a recipe may not say: parts that do not go together, and numbers out of range."""

import dataclasses
import math

from senga.errors import RecipeError
from senga.recipe import Recipe


def check(recipe: Recipe, place: str) -> None:
    """Refuses a recipe that contradicts itself; `place` names it.

    Raises:
        RecipeError: with the section and the mend.
    """
    training, data, losses = recipe.training, recipe.data, recipe.losses
    if (training.steps > 0) == (training.epochs > 0):
        raise RecipeError(f"{place}, [training]: give either 'steps' or 'epochs', greater than 0")
    positive = {"training.batch": training.batch, "training.rate": training.rate, "data.size": data.size}
    positive |= {"training.evaluate": training.evaluate, "training.save": training.save, "data.cap": data.cap}
    positive |= {"discriminator.every": recipe.discriminator.every, "discriminator.rate": recipe.discriminator.rate}
    for name, value in positive.items():
        if not 0 < value < math.inf:  # nan too is refused
            raise RecipeError(f"{place}, [{name}]: must be greater than 0, found {value}")
    for section in ("training", "hints", "losses", "generator", "discriminator"):
        for name, value in dataclasses.asdict(getattr(recipe, section)).items():
            if isinstance(value, int | float) and not 0 <= value < math.inf:
                raise RecipeError(f"{place}, [{section}.{name}]: must not be negative, found {value}")
    shares = {"hints.none": recipe.hints.none, "training.beta1": training.beta1, "training.beta2": training.beta2}
    shares |= {"discriminator.beta1": recipe.discriminator.beta1}
    if data.lines.learned and data.lines.kind != "mix":
        raise RecipeError(f"{place}, [data.lines]: 'learned' goes with kind 'mix'")
    shares |= {"data.lines.learned": data.lines.learned}
    shares |= {f"hints.{name}": getattr(recipe.hints, name) for name in ("regions", "palettes", "references")}
    shares |= {"training.average": training.average, "training.cooldown": training.cooldown, "data.cap": data.cap}
    for name, value in shares.items():
        if value > 1 or (value == 1 and name.rpartition(".")[2] in ("beta1", "beta2", "average")):
            raise RecipeError(f"{place}, [{name}]: must be a share up to 1 (betas and average: under 1), found {value}")
    if not any(dataclasses.astuple(losses)):
        raise RecipeError(f"{place}, [losses]: every weight is 0; known: {', '.join(dataclasses.asdict(losses))}")
    in_cells = recipe.generator.kind == "colorist"
    only = {
        "losses.cell_mean": losses.cell_mean,
        "losses.classes": losses.classes,
        "hints.palettes": recipe.hints.palettes,
    }
    for name, value in only.items():
        if value and not in_cells:
            raise RecipeError(f"{place}, [{name}]: needs the colorist")
    _check_style(recipe, place)
    _check_discriminator(recipe, place)
    if data.shrink[0] <= 0 or data.shrink[1] < data.shrink[0]:
        raise RecipeError(f"{place}, [data.shrink]: wanted least <= most, both greater than 0")
    if data.whole and (data.shrink != (1.0, 1.0) or in_cells or recipe.task == "lines"):
        raise RecipeError(f"{place}, [data.whole]: goes without 'shrink', for pixel networks that color")
    if (recipe.hints.kind == "none") != (recipe.hints.encoding == "none"):
        raise RecipeError(f"{place}, [hints]: kind and encoding must both be 'none', or neither")
    if in_cells and recipe.hints.encoding != "masked-channels":
        raise RecipeError(f"{place}, [hints]: the colorist takes encoding 'masked-channels'")
    g = recipe.generator
    _check_task(recipe, place)
    if losses.hint_l1 and recipe.hints.encoding != "masked-channels":
        raise RecipeError(f"{place}, [losses]: 'hint_l1' needs hints of encoding 'masked-channels'")
    multiple = 32 if g.kind in ("unet", "autoencoder") else 16
    if data.size % multiple:
        raise RecipeError(f"{place}, [data.size]: must be a multiple of {multiple} for {g.kind}, found {data.size}")
    if in_cells and g.width % 40:
        raise RecipeError(f"{place}, [generator]: the colorist's width must be a multiple of 40, found {g.width}")
    if g.kind == "inker" and g.width % 3:
        raise RecipeError(f"{place}, [generator]: the inker's width must be a multiple of 3, found {g.width}")
    if g.kernel and g.kernel % 2 == 0:
        raise RecipeError(f"{place}, [generator]: 'kernel' must be odd, found {g.kernel}")


def _check_style(recipe: Recipe, place: str) -> None:
    g, styled = recipe.generator, recipe.generator.kind == "style2paints"
    if recipe.hints.references and not styled and g.kind != "colorist":
        raise RecipeError(f"{place}, [hints.references]: needs the colorist or style2paints")
    if styled and not recipe.hints.references:
        raise RecipeError(f"{place}, [hints]: style2paints learns from 'references'; give their share, up to 1")
    if styled and recipe.training.batch < 2:
        raise RecipeError(f"{place}, [training.batch]: style2paints sets styles against each other; wanted 2 at least")
    for name in ("guide_gray", "guide_color"):
        if getattr(recipe.losses, name) and not styled:
            raise RecipeError(f"{place}, [losses]: '{name}' is of the guide decoders, which style2paints has")
    if (g.encoder == "vgg19-fc1") != bool(g.encoder_file):
        raise RecipeError(f"{place}, [generator]: 'encoder_file' goes with encoder 'vgg19-fc1': its weights' path")
    if g.out != "tanh" and g.kind != "unet":
        raise RecipeError(f"{place}, [generator]: 'out' is of the unet")


def _check_discriminator(recipe: Recipe, place: str) -> None:
    d, g = recipe.discriminator, recipe.generator
    if bool(recipe.losses.adversary) != (d.kind != "none"):
        raise RecipeError(f"{place}, [losses]: 'adversary' and a [discriminator] go together")
    if d.kind == "none":
        return
    if recipe.task != "colorize" or g.kind == "colorist":
        raise RecipeError(f"{place}, [discriminator]: judges colors of pixel generators, not those of '{g.kind}'")
    if d.kind == "style" and g.kind != "style2paints":
        raise RecipeError(f"{place}, [discriminator]: 'style' answers with a style, which style2paints has")
    if d.kind == "style" and recipe.hints.references < 1:
        raise RecipeError(f"{place}, [discriminator]: 'style' wants a reference in each example; set references = 1")


def _check_task(recipe: Recipe, place: str) -> None:
    kind, lines = recipe.generator.kind, recipe.task == "lines"
    if kind != "ronneberger" and lines != (kind == "inker"):
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
    for name in ("chroma", "classes", "composite", "hint_l1"):
        if getattr(recipe.losses, name):
            raise RecipeError(f"{place}, [losses]: '{name}' is for the task 'colorize'")
    if recipe.data.shrink[0] < 1:
        raise RecipeError(f"{place}, [data.shrink]: lines are not drawn larger than they are; the least is 1")
    if not 0 <= recipe.data.disguise <= 1:
        raise RecipeError(f"{place}, [data.disguise]: must be a share up to 1, found {recipe.data.disguise}")
