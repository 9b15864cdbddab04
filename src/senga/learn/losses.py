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
    if weights.seen:
        losses["seen"] = weights.seen * objectives.seen(got, said.ink, batch.target, batch.line)
    if weights.obey:
        losses["obey"] = weights.obey * objectives.obey(got, batch.planes)
    if weights.guess:
        assert said.guess is not None
        assert said.label is not None
        losses["guess"] = weights.guess * objectives.guess(said.guess.float(), said.label, batch.target, batch.line)
    if weights.classes:
        assert said.logits is not None
        assert said.label is not None
        losses["classes"] = weights.classes * objectives.classes(
            said.logits, said.label, batch.target, 1 - batch.line, generator.bins, rarity
        )
    if weights.strokes:
        assert said.logits is not None
        losses["strokes"] = weights.strokes * objectives.strokes(said.logits.float(), batch.target)
    if said.entry is not None and said.leave is not None:
        losses["entry"] = weights.entry * nn.functional.l1_loss(said.entry.float(), gray(batch.target))
        losses["leave"] = weights.leave * nn.functional.l1_loss(said.leave.float(), batch.target)
    return losses
