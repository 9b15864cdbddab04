"""What `senga bench` needs of the learning side: how much a model computes, and a known network to time beside it."""

from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from senga.learn.export import Origin, export
from senga.learn.networks.generators import input_planes, make_generator
from senga.model.card import Card
from senga.recipefile import from_saved_table, parse_recipe

PAINTSCHAINER = """
name = "paintschainer"
about = "The PaintsChainer U-Net with random weights, to compare speeds."
source = "taizan, PaintsChainer, 2017"
[hints]
kind = "dots"
encoding = "channels"
[generator]
kind = "paintschainer"
[losses]
l2 = 1.0
[training]
steps = 1
"""


def flops_a_pixel(card: Card) -> float:
    """FLOP for each pixel of the card's working area, of convolutions, products and attention of its network."""
    recipe = from_saved_table(card.recipe, "card")
    generator = make_generator(recipe).eval()
    side = int(card.area**0.5) // card.size_multiple * card.size_multiple
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        generator(torch.ones(1, input_planes(recipe), side, side))
    return float(counter.get_total_flops()) / side**2


def export_paintschainer(file: Path) -> None:
    """Writes a model file of the PaintsChainer U-Net with seeded random weights."""
    recipe = parse_recipe(PAINTSCHAINER, "yardstick")
    torch.manual_seed(0)
    export(recipe, make_generator(recipe), Origin("", "none", "none", "none", "never", 0), file)
