"""The verb `pairs pack`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.progress import progress_bar


def pairs_pack(
    folder: Annotated[Path, typer.Argument(help="Folder of a pair set.")],
    out: Annotated[Path, typer.Argument(help="Folder of the new set; the same command again goes on.")],
    shards: Annotated[int, typer.Option(help="Pairs a shard.", min=1)] = 1000,
) -> None:
    """Pack a pair set into shards: tar files as WebDataset lays them."""
    from senga.image import encode_numbers
    from senga.learn.data.color_regions import kept_regions
    from senga.pairs.pack import pack_pairs
    from senga.pairs.pairset import Pair, PairSet

    pairs = PairSet.open(folder)

    def regions(pair: Pair) -> bytes | None:
        packed = pairs.regions(pair)
        found = kept_regions(pairs, pair) if packed is None else packed
        return None if found is None else encode_numbers(found)

    with progress_bar("shards") as bar:
        task = bar.add_task("", total=None)
        packed = pack_pairs(
            pairs,
            out,
            each=shards,
            regions=regions,
            report=lambda done, total: bar.update(task, completed=done, total=total),
        )
    count = len({pair.shard for pair in packed.pairs})
    size = sum(file.stat().st_size for file in (out / "shards").iterdir())
    typer.echo(f"{out}: {len(packed.pairs)} pairs in {count} shards, {size / 1e9:.2f} GB")
