"""The networks of recipes by their kinds, and the one place that makes them."""

from senga.color.encode import PLANES
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.inker import Inker
from senga.learn.networks.spec import Network, Spec
from senga.learn.networks.style import style_size
from senga.learn.networks.style2paints import Style2Paints
from senga.learn.networks.unet import Autoencoder, PaintsChainer, Ronneberger, StridedUNet
from senga.recipe import GeneratorKind, Recipe

GENERATORS: dict[GeneratorKind, type[Network]] = {
    "paintschainer": PaintsChainer,
    "unet": StridedUNet,
    "autoencoder": Autoencoder,
    "ronneberger": Ronneberger,
    "style2paints": Style2Paints,
    "inker": Inker,
    "colorist": Colorist,
}


def spec_of(recipe: Recipe) -> Spec:
    """The traits of the recipe's network."""
    return GENERATORS[recipe.generator.kind].spec


def make_generator(recipe: Recipe) -> Network:
    """The recipe's network, freshly initialized from torch's global seed."""
    g = recipe.generator
    planes = input_planes(recipe)
    if g.kind == "colorist":
        return Colorist(width=g.width or 160, layers=g.layers, rounds=g.rounds)
    if g.kind == "paintschainer":
        return PaintsChainer(planes, g.width or 32)
    if g.kind == "unet":
        return StridedUNet(planes, g.width or 64, g.kernel or 5, out=g.out)
    if g.kind == "autoencoder":
        return Autoencoder(planes, g.width or 64, g.kernel or 5)
    if g.kind == "ronneberger":
        return Ronneberger(planes, g.width or 64, skips=g.skips, answers=1 if recipe.task == "lines" else 3)
    if g.kind == "style2paints":
        return Style2Paints(planes, g.width or 32, style_size(g))
    return Inker(g.width or 48)


def input_planes(recipe: Recipe) -> int:
    """Planes that the recipe's network takes: a picture's, or line art and hints in the recipe's encoding."""
    return spec_of(recipe).planes or (3 if recipe.task == "lines" else PLANES[recipe.hints.encoding])
