"""The objectives of a recipe, of one answer to one batch."""

from torch import Tensor, nn

from senga.learn import objectives
from senga.learn.data.batches import Batch
from senga.learn.data.line_augmentation import gray
from senga.learn.networks.spec import Answer, Network
from senga.recipe import Recipe


def compute_losses(recipe: Recipe, said: Answer, batch: Batch, generator: Network, rarity: Tensor) -> dict[str, Tensor]:
    """The recipe's objectives, each weighted, by name."""
    weights, got = recipe.losses, said.planes.float()
    losses: dict[str, Tensor] = {}
    if weights.l1:
        losses["l1"] = weights.l1 * nn.functional.l1_loss(got, batch.target)
    if weights.l2:
        losses["l2"] = weights.l2 * nn.functional.mse_loss(got, batch.target)
    if weights.cross_entropy:
        chance = got.clamp(1e-4, 1 - 1e-4)
        losses["cross_entropy"] = weights.cross_entropy * nn.functional.binary_cross_entropy(chance, batch.target)
    if weights.chroma:
        losses["chroma"] = weights.chroma * objectives.chroma(got, batch.target, 1 - batch.line)
    if weights.composite:
        losses["composite"] = weights.composite * objectives.composite(got, said.ink, batch.target, batch.line)
    if weights.hint_l1:
        losses["hint_l1"] = weights.hint_l1 * objectives.hint_l1(got, batch.planes)
    if weights.cell_mean:
        assert said.guess is not None
        assert said.label is not None
        losses["cell_mean"] = weights.cell_mean * objectives.cell_mean(
            said.guess.float(), said.label, batch.target, batch.line
        )
    if weights.classes:
        assert said.logits is not None
        assert said.label is not None
        losses["classes"] = weights.classes * objectives.classes(
            said.logits, said.label, batch.target, 1 - batch.line, generator.bins, rarity
        )
    if weights.strokes:
        assert said.logits is not None
        losses["strokes"] = weights.strokes * objectives.strokes(said.logits.float(), batch.target)
    if said.guide_gray is not None and said.guide_color is not None:
        losses["guide_gray"] = weights.guide_gray * nn.functional.l1_loss(said.guide_gray.float(), gray(batch.target))
        losses["guide_color"] = weights.guide_color * nn.functional.l1_loss(said.guide_color.float(), batch.target)
    return losses
