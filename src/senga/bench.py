"""Time and memory of coloring on this machine, with yardsticks measured in the same run.

Machines differ and are shared: read the ratios to the matrix product and to the PaintsChainer U-Net first.
"""

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import extras
from senga.color.colorizer import Colorizer, Page
from senga.color.hints import Hints
from senga.errors import SengaError, SettingError
from senga.lines.learned import Inker, Learned
from senga.model.providers import is_gpu
from senga.model.runtime import choose_backend, processor, version

SIZES = (256, 512, 1024, 2048)
LINE_SIZES = (512, 2048)
FURTHER_SIZES = (512, 2048)
MEMORY_SIZES = () if sys.platform == "win32" else (512, 2048)  # Windows has no `resource`

NAMES = {"openvino": "OpenVINO", "cuda": "CUDA", "directml": "DirectML", "coreml": "CoreML"}
"""Backends as their makers write them."""

MEAN_APART, MOST_APART = 0.2, 2.0
"""How far an answer of a GPU may be from the processor's, as `apart` measures it. Ours: rounding of 1e-4 of each number
that a network answers gives up to 0.05 and 1 on four drawings; of 1e-3, as a GPU's short floats have it, 0.6 and 11."""


def report(
    model: str | Path | None = None,
    *,
    backend: str | None = None,
    threads: int,
    runs: int = 7,
    yardstick: bool = True,
    train: bool = False,
    cache: Path | None = None,
) -> Iterator[str]:
    """What `senga bench` says, line by line: with `train` that of `training_text`, else of `bench_text`.

    Raises:
        SettingError: a cache where training is not timed. Else as those.
    """
    if train:
        return training_text(cache, threads=threads)
    if cache:
        raise SettingError("{cache} goes with {train}")
    return bench_text(model, backend=backend, threads=threads, runs=runs, yardstick=yardstick)


def bench_text(
    model: str | Path | None, *, backend: str | None = None, threads: int, runs: int, yardstick: bool
) -> Iterator[str]:
    """The report, line by line as it is measured.

    Args:
        model: model file; None: the shipped one. threads: processor threads. runs: timed runs of each measure.
        backend: also timed, as `Colorizer.open` takes it; None: OpenVINO where it is installed.
        yardstick: also export and time the PaintsChainer U-Net with random weights (needs torch; a minute).
    """
    _pin(threads)
    yield f"machine: {processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    yield f"python {platform.python_version()}, onnxruntime {version()}"
    size = installed_size("senga")
    yield f"base install on disk: {size / 1e6:.0f} MB (senga and all that it needs, without Python itself)"
    start = time.perf_counter()
    painter = Colorizer.open(model, threads=threads)
    opened = time.perf_counter() - start
    card = painter.session.card
    yield f"model: {card.name}, {card.parameters / 1e6:.1f} M parameters, opened in {opened:.2f} s, {threads} threads"
    product = matrix_product(runs, threads)
    yield f"matrix product, fp32: {product / 1e9:.0f} GFLOP/s (best of {runs})"
    learning = find_spec("torch") is not None and find_spec("onnxscript") is not None
    flops = 0.0
    if learning:
        from senga.learn.bench_baseline import export_paintschainer, flops_a_pixel

        # Of a painter, what is computed for a drawing hangs on its regions more than on its pixels.
        flops = 0.0 if painter.session.by_regions else card.area * flops_a_pixel(card)
    best: dict[int, float] = {}
    for side in SIZES:
        fastest, middle = timed(lambda side=side: first_color(painter, side), runs)  # type: ignore[misc]
        best[side] = fastest
        share = min(1.0, side * side / card.area)
        rate = f", {flops * share / fastest / 1e9:.0f} GFLOP/s" if flops else ""
        yield f"first color {side}x{side}: min {fastest:.3f} s, median {middle:.3f} s{rate}"
    yield from _bench_further(painter, runs)
    yield from _bench_backend(backend, painter, model, best[512], threads, runs)
    for side in MEMORY_SIZES:
        yield f"peak memory, color {side}x{side}, new process: {peak_memory(model, side, threads):.0f} MB"
    yield from _bench_lines(threads, runs)
    if not yardstick:
        return
    if not learning:
        yield "PaintsChainer U-Net: not timed (needs the train extra)"
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paintschainer.onnx"
        export_paintschainer(file)
        other = Colorizer.open(file, threads=threads)
        planes = np.random.default_rng(0).random((1, 4, 512, 512), np.float32)
        fastest, middle = timed(lambda: other.session.run(planes), runs)
        yield f"PaintsChainer U-Net (random weights) 512x512: min {fastest:.3f} s, median {middle:.3f} s"
        yield f"ratio to first color 512x512 (min): {fastest / best[512]:.1f}"


def training_text(cache: Path | None, *, threads: int, seconds: float = 20.0) -> Iterator[str]:
    """How fast training by courses is here, line by line.

    Args:
        cache: whose pictures; None: made ones, simpler than drawings are.
        threads: the most; one, and this many, are timed. seconds: of each measure.

    Raises:
        TrainingError: no cache there.
    """
    yield f"machine: {processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    if find_spec("torch") is None:
        yield f"training: not timed; it needs more packages; run: {extras.command('train')}"
        return
    from senga.learn.training_bench import time_training

    yield from time_training(cache, sorted({1, threads}), seconds)


def first_color(painter: Colorizer, side: int) -> NDArray[np.uint8]:
    """A made drawing, read and colored."""
    return painter.page(made_drawing(side, side)).paint()


def _bench_further(painter: Colorizer, runs: int, name: str = "") -> Iterator[str]:
    """Hints one after another on the same page, and candidates."""
    for side in FURTHER_SIZES:
        page = painter.page(made_drawing(side, side))
        laid = [Hints.blank((side, side))]

        def one_more(page: Page = page, laid: list[Hints] = laid, side: int = side) -> None:
            at = 0.1 + 0.037 * len(laid)
            stroke = [(side * at, side / 4), (side * at, side / 3)]
            laid.append(laid[-1].stroke(stroke, "#c04040", side / 64))
            page.paint(laid[-1])

        page.paint()
        fastest, middle = timed(one_more, runs)
        yield f"a further hint{name} {side}x{side}: min {fastest:.3f} s, median {middle:.3f} s"
    if "palette" in painter.session.card.conditions:
        drawing = made_drawing(512, 512)
        fastest, middle = timed(lambda: painter.page(drawing).candidates(8), max(3, runs // 2))
        yield f"8 candidates{name} 512x512, reading included: min {fastest:.3f} s, median {middle:.3f} s"


def _bench_backend(
    backend: str | None, painter: Colorizer, model: str | Path | None, best: float, threads: int, runs: int
) -> Iterator[str]:
    """The same by another backend, and how far its answer is from the processor's."""
    if backend is None and (
        find_spec("openvino") is None or not (painter.session.staged or painter.session.by_regions)
    ):
        yield "OpenVINO: not timed (needs the openvino extra and a model file in stages)"
        return
    chosen = choose_backend(backend or "openvino")
    other = Colorizer.open(model, threads=threads, backend=chosen)
    if other.session.backend == "onnxruntime":
        yield f"{backend}: not timed, as it comes to the processor here"
        return
    name = NAMES.get(chosen, chosen)
    fastest, middle = timed(lambda: first_color(other, 512), runs)
    ratio = f"{best / fastest:.1f} times as fast"
    yield f"first color, {name}, 512x512: min {fastest:.3f} s, median {middle:.3f} s, {ratio}"
    yield from _bench_further(other, runs, f", {name},")
    mean, most = apart(first_color(other, 512), first_color(painter, 512))
    said = f"{name} and the processor, 512x512: apart by {mean:.2f} levels of 255 in the mean, {most:.0f} in 99 % of it"
    if is_gpu(chosen):
        within = "within" if mean <= MEAN_APART and most <= MOST_APART else "OVER"
        said += f"; {within} the tolerance of {MEAN_APART:g} and {MOST_APART:g}"
    yield said


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """How far two pictures of a size are apart, levels of 255: in the mean, and at most in 99 % of their values."""
    difference = np.abs(one.astype(np.int16) - other.astype(np.int16))
    return float(difference.mean()), float(np.quantile(difference, 0.99))


def _bench_lines(threads: int, runs: int) -> Iterator[str]:
    """The same of the shipped line extractor, as wide as lines are in the picture and at one width."""
    inker = Inker.open(threads=threads)
    yield f"model: {inker.session.card.name}, {inker.session.card.parameters / 1e6:.1f} M parameters, {threads} threads"
    for side in LINE_SIZES:
        picture = made_picture(side, side)
        for name, parameters in (("lines", Learned()), ("lines, one width", Learned(thickness=3.0))):
            fastest, middle = timed(
                lambda picture=picture, parameters=parameters: inker.draw(picture, parameters),  # type: ignore[misc]
                runs,
            )
            yield f"{name} {side}x{side}: min {fastest:.3f} s, median {middle:.3f} s"
    for side in MEMORY_SIZES:
        yield f"peak memory, lines {side}x{side}, new process: {_peak_of(_LINES.format(side, threads)):.0f} MB"


def timed(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """(min, median) seconds of `runs` calls after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), float(np.median(seconds))


def matrix_product(runs: int, threads: int, side: int = 2048) -> float:
    """FLOP/s of numpy's fp32 product of two square matrices on `threads`, best of `runs`."""
    from threadpoolctl import threadpool_limits

    a = np.random.default_rng(0).random((side, side), np.float32)
    with threadpool_limits(threads, user_api="blas"):
        return 2 * side**3 / timed(lambda: a @ a, runs)[0]


@lru_cache(maxsize=8)
def made_drawing(height: int, width: int) -> NDArray[np.uint8]:
    """Line art with rings and bars whose lines are about 1/256 of the width, (H, W) uint8, not to be changed.

    Kept: at 2048x2048 it takes longer to make than to color, and what is timed is coloring.
    """
    y, x = np.mgrid[:height, :width].astype(np.float32)
    lines = np.full((height, width), 255, np.uint8)
    random = np.random.default_rng(0)
    thick = max(1.0, width / 256)
    for _ in range(24):
        cy, cx, r = random.random() * height, random.random() * width, random.random() * width / 4
        lines[np.abs(np.hypot(y - cy, x - cx) - r) < thick] = 0
    lines.flags.writeable = False
    return lines


def made_picture(height: int, width: int) -> NDArray[np.uint8]:
    """A color picture with the lines of `made_drawing`, (H, W, 3) uint8."""
    x = np.linspace(0.5, 1, width)[None, :, None] * np.array([0.9, 0.7, 0.6])
    picture: NDArray[np.uint8] = (made_drawing(height, width)[..., None] * x).astype(np.uint8)
    return picture


def installed_size(package: str) -> int:
    """Bytes on disk of a package and of all that its base install needs, by their install records."""
    seen: set[str] = set()
    waiting, total = [package], 0
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on other systems only
        files = [Path(str(f.locate())) for f in found.files or []]
        total += sum(_bytes(f) for f in files)
        needs = [r for r in found.requires or [] if "extra ==" not in r]
        waiting += [re.split(r"[\s\[<>=!~;(]", r, maxsplit=1)[0] for r in needs]
        if name == package and not any(f.name == "bench.py" for f in files):  # an editable install records no files
            total += sum(_bytes(f) for f in Path(__file__).parent.rglob("*"))
    return total


def peak_memory(model: str | Path | None, side: int, threads: int) -> float:
    """Peak resident memory (MB) of a new process that opens the model and colors one made drawing."""
    code = (
        "from senga.bench import made_drawing, peak_so_far\n"
        "from senga.color.colorizer import Colorizer\n"
        f"Colorizer.open({str(model) if model else None!r}, threads={threads})"
        f".page(made_drawing({side}, {side})).paint()\n"
        "print(peak_so_far())\n"
    )
    return _peak_of(code)


_LINES = """
from senga.bench import made_picture, peak_so_far
from senga.lines.learned import Inker
picture = made_picture({0}, {0})
Inker.open(threads={1}).draw(picture)
print(peak_so_far())
"""


def _peak_of(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SengaError(f"measuring memory failed: {done.stderr.strip().splitlines()[-1:]}")
    return float(done.stdout)


def peak_so_far() -> float:
    """Peak resident memory of this process, MB.

    Linux keeps it by address space; the process accounting would also count what the parent held before the start.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _pin(threads: int) -> None:
    """Keeps numpy's own threads to the same number as the model's, as far as still possible."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))[:threads]
        os.sched_setaffinity(0, allowed)


def _bytes(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
