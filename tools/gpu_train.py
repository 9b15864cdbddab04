"""The painter trained on a GPU that is lent for minutes. How to use it: docs/gpu.md.

    python tools/gpu_train.py pack CACHE OUT [--side 256 --quality 86 --part 18]     pictures, small, in parts
    python tools/gpu_train.py train PART... -o OUT --device cuda --seconds 600       on the machine, in the checkout
    python tools/gpu_train.py train PART... -o OUT --device cpu --steps 20           the same, rehearsed anywhere
    python tools/gpu_train.py join WEIGHTS... -o FILE                                weights that came in several files

The machine needs the checkout, PyTorch, and the packages pillow, mahotas, onnx and safetensors; senga need not be
installed.
"""

import time

BEGUN = time.monotonic()

import argparse  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from senga.errors import SengaError, TrainingError  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command."""
    given = _parser().parse_args(arguments)
    try:
        given.do(given)
    except SengaError as error:
        print(f"gpu_train: {error}", file=sys.stderr)
        return 2
    return 0


def pack(given: argparse.Namespace) -> None:
    """Packs the pictures of a cache."""
    from senga.learn.data.cache import Cache
    from senga.learn.data.packed import Packing, pack, read_packed

    packing = Packing(
        side=given.side,
        quality=given.quality,
        shard=int(given.shard * 1e6),
        part=int(given.part * 1e6),
        most=int(given.most * 1e6) if given.most else 1 << 40,
    )
    parts = pack(
        Cache.open(given.cache),
        given.out,
        packing,
        lambda done, size: print(f"{done} pictures, {size / 1e6:.0f} MB", flush=True) if done % 1000 == 0 else None,
    )
    for part in parts:
        rows = [row for _, row in read_packed([part])]
        size = sum(file.stat().st_size for file in part.iterdir()) / 1e6
        train = sum(row.split == "train" for row in rows)
        print(f"{part}: {train} pictures to train on, {len(rows) - train} to judge by, {size:.1f} MB")


def train(given: argparse.Namespace) -> None:
    """Trains from packed pictures."""
    import torch

    from senga.learn.course_recipes import PaintRecipe, read_course
    from senga.learn.sprint import Sprint, run_sprint

    recipe = read_course(given.recipe)
    if not isinstance(recipe, PaintRecipe):
        raise TrainingError(f"{given.recipe}: not a recipe of the painter")
    if given.device != "cpu" and not torch.cuda.is_available():
        raise TrainingError(f"--device {given.device}: PyTorch sees no GPU here; rehearse with --device cpu --steps 20")
    sprint = Sprint(
        seconds=given.seconds,
        steps=given.steps,
        batch=given.batch,
        rate=given.rate,
        save=given.save,
        least=given.least,
        compiled=given.compile,
        workers=given.workers,
        begun=BEGUN,
    )
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        run_sprint(
            recipe,
            given.parts,
            given.out,
            Path(scratch),
            sprint,
            device=given.device,
            start=given.start,
            tell=lambda line: print(f"{time.monotonic() - BEGUN:6.1f} s  {line}", flush=True),
        )


def join(given: argparse.Namespace) -> None:
    """Makes one file of several."""
    from senga.learn.course_recipes import PaintRecipe, read_course
    from senga.learn.sprint import join_parts

    recipe = read_course(given.recipe)
    if not isinstance(recipe, PaintRecipe):
        raise TrainingError(f"{given.recipe}: not a recipe of the painter")
    join_parts(given.weights, recipe, given.out)
    print(given.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("pack", help="pictures of a cache, small, in parts that can be copied at once")
    one.add_argument("cache", type=Path)
    one.add_argument("out", type=Path, help="folder of the parts")
    one.add_argument("--side", type=int, default=256, help="shorter side at most, px")
    one.add_argument("--quality", type=int, default=86, help="of WebP, 1 to 100")
    one.add_argument("--shard", type=float, default=18, help="MB of a file at most")
    one.add_argument("--part", type=float, default=18, help="MB of a part at most")
    one.add_argument("--most", type=float, default=0, help="MB of all; 0: all pictures")
    one.set_defaults(do=pack)
    two = verbs.add_parser("train", help="train from packed pictures, against the clock")
    two.add_argument("parts", type=Path, nargs="+", help="folders of packed pictures")
    two.add_argument("-o", "--out", type=Path, required=True, help="folder of weights, scores and log")
    two.add_argument("--recipe", default="painter", help="of the painter: a name or a file")
    two.add_argument("--device", default="cuda")
    two.add_argument("--seconds", type=float, default=600, help="from the start of the program to its end")
    two.add_argument("--steps", type=int, default=0, help="at most; 0: as many as the time allows")
    two.add_argument("--batch", type=int, default=256)
    two.add_argument("--rate", type=float, default=0, help="in place of the recipe's; 0: it, more for a larger batch")
    two.add_argument("--start", type=Path, nargs="+", help="files of weights to start from")
    two.add_argument("--save", type=float, default=60, help="seconds between scores with weights")
    two.add_argument("--least", type=int, default=1000, help="pictures that are ready before the first step")
    two.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes beside; 0: none")
    two.add_argument("--no-compile", dest="compile", action="store_false", help="do not have the step compiled")
    two.add_argument("--scratch", type=Path, help="folder of files that are not kept; default: the system's")
    two.set_defaults(do=train)
    three = verbs.add_parser("join", help="weights that came in several files, as one")
    three.add_argument("weights", type=Path, nargs="+")
    three.add_argument("-o", "--out", type=Path, required=True)
    three.add_argument("--recipe", default="painter")
    three.set_defaults(do=join)
    return parser


if __name__ == "__main__":
    sys.exit(main())
