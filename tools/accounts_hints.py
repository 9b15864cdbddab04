"""Measures what hints are worth to finished runs, each by its own kind: `python tools/accounts_hints.py SET RUN...`.

Hints at places that a person picks are no measure for a network that learned from patches at fixed places or from a
blur of the whole picture. Here each run's network answers without hints, with those that it learned from, and with
those of the other runs that enter the planes in the same way (`Validation`, at most 100 pictures).
"""

import dataclasses
import json
import sys
from pathlib import Path

import torch

from senga.learn import checkpoint
from senga.learn.networks.generators import make_generator
from senga.learn.validation import Validation
from senga.pairs.pairset import PairSet
from senga.recipe import Recipe
from senga.recipefile import from_saved_table

CPU = torch.device("cpu")
MOST = 100


def main(folder: str, *runs: str) -> None:
    pairs = PairSet.open(Path(folder))
    recipes = [from_saved_table(json.loads((Path(run) / "recipe.json").read_text()), run) for run in runs]
    print("| run | shown | PSNR, dB | colorfulness |\n|---|---|---|---|")
    for run, recipe in zip(runs, recipes, strict=True):
        generator = make_generator(recipe)
        checkpoint.load_weights(Path(run) / checkpoint.WEIGHTS, generator)
        generator.eval()
        bare = True
        for other in recipes:
            if other.hints.encoding == recipe.hints.encoding:
                for row in rows(recipe, other, pairs, generator, bare):
                    print(row, flush=True)
                bare = False


def rows(recipe: Recipe, other: Recipe, pairs: PairSet, generator: torch.nn.Module, bare: bool) -> list[str]:
    """Rows of `recipe`'s network shown `other`'s hints; without any as well if `bare`."""
    validation = Validation(dataclasses.replace(recipe, hints=other.hints), pairs, CPU, most=MOST)
    found = []
    for row in validation.scores(generator):
        if row["hints"]:
            shown = f"{row['hints']:.0f}, as {other.name}"
        elif bare:
            shown = "none"
        else:
            continue
        found.append(f"| {recipe.name} | {shown} | {row['psnr']:.2f} | {row['colorfulness']:.2f} |")
    return found


if __name__ == "__main__":
    with torch.inference_mode():
        main(*sys.argv[1:])
