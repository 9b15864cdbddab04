"""Networks of few weights that tests have in the place of the ones that ship, and their model files.

Apart from conftest, so that who needs no network does not import torch: workers in processes of their own import the
module of a test, and with it conftest.
"""

from pathlib import Path

import torch

from senga.learn import export as exporting
from senga.learn import painter_export, shader_export
from senga.learn.export import Origin
from senga.learn.networks import painter as painters
from senga.learn.networks import shader as shaders
from senga.learn.networks.blocks import Residual
from senga.learn.networks.generators import make_generator
from senga.recipe import Recipe

NOWHERE = Origin("none", "made", "none", "none", "never", 0)


def tiny_painter(seed: int = 0) -> painters.Painter:
    """A painter of few weights, drawn at random."""
    torch.manual_seed(seed)
    network = painters.Painter(width=16, deep=1, tokens=48, layers=2, bins=16)
    network.bins.copy_(torch.rand(16, 3) - 0.5)
    for weight in network.parameters():  # what begins at zero would hide what it does
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.05)
    return network.eval()


def tiny_shader() -> shaders.Shader:
    """A shader of few weights that answers wildly."""
    torch.manual_seed(3)
    network = shaders.Shader(width=16, deep=16, fine=8)
    torch.nn.init.normal_(network.leave.weight, std=0.1)
    with torch.no_grad():
        network.follow.copy_(torch.tensor([0.4, 0.5, 0.6]))  # not as it begins
    for block in network.modules():
        if isinstance(block, Residual):
            torch.nn.init.normal_(block.second.weight, std=0.1)
    return network


def write_model(recipe: Recipe, file: Path) -> None:
    """A model file in one graph, of a recipe's network that was not trained."""
    torch.manual_seed(0)
    exporting.export(recipe, make_generator(recipe), NOWHERE, file)


def write_painter(file: Path) -> None:
    """The model file of `tiny_painter`."""
    painter_export.export_painter(tiny_painter(), {}, NOWHERE, file, area=64 * 64)


def write_shader(file: Path) -> None:
    """The model file of `tiny_shader`."""
    shader_export.export_shader(tiny_shader(), {}, NOWHERE, file)
