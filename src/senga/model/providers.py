"""GPUs, by the ONNX runtime's own execution providers: which there are, how each is opened, how a person gets one.

None of this was tried on a GPU by the developers: it is written by the runtime's own documents, and held by tests that
stand something in its place. `senga bench --backend NAME` measures speed and difference where there is one.
"""

import importlib.metadata
import logging
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, get_args

from senga import extras

log = logging.getLogger("senga.model")

Gpu = Literal["cuda", "directml", "coreml"]
GPUS: tuple[Gpu, ...] = get_args(Gpu)
"""What `--backend auto` looks for, the first that is there."""


@dataclass(frozen=True)
class Provider:
    """An execution provider.

    Attributes:
        name: as the ONNX runtime calls it.
        systems: of `sys.platform`, where it exists. where: the same in words.
        package: that brings it in the place of plain onnxruntime; "" where that has it.
        settings: its own options. Answers shall be those of the processor: full precision throughout.
        one_by_one: whether its sessions take one run at a time.
    """

    name: str
    systems: tuple[str, ...]
    where: str
    package: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    one_by_one: bool = False


PROVIDERS: dict[Gpu, Provider] = {
    "cuda": Provider(
        "CUDAExecutionProvider",
        ("linux", "win32"),
        "Linux and Windows",
        "onnxruntime-gpu",
        # Drawings come in many sizes: trying all ways of each convolution for each size would cost more than it gives.
        {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC", "arena_extend_strategy": "kSameAsRequested"},
    ),
    "directml": Provider("DmlExecutionProvider", ("win32",), "Windows", "onnxruntime-directml", one_by_one=True),
    "coreml": Provider(
        "CoreMLExecutionProvider",
        ("darwin",),
        "macOS",
        # The neural engine counts in 16 bits; the older form of model does so on the GPU too.
        settings={"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"},
    ),
}


def is_gpu(backend: str) -> bool:
    """Whether a backend is a GPU's, or one that may come to it."""
    return backend == "auto" or backend in GPUS


def first_gpu(available: Collection[str]) -> Gpu | None:
    """The first of `GPUS` among the providers that are available, as the runtime names them; None: none."""
    return next((gpu for gpu in GPUS if PROVIDERS[gpu].name in available), None)


def why_missing(gpu: Gpu) -> str:
    """Why a provider is not among those that are available, with the mend, on one line."""
    provider = PROVIDERS[gpu]
    if sys.platform not in provider.systems:
        return f"there is none but on {provider.where}"
    if not provider.package:
        return "the onnxruntime that is installed has none; run: pip install --force-reinstall --no-deps onnxruntime"
    if _is_installed(provider.package):
        # Both packages are the same files: whichever is installed last is there.
        return (
            f"another onnxruntime lies over {provider.package}; "
            f"run: pip install --force-reinstall --no-deps {provider.package}"
        )
    usual = "directml" if sys.platform == "win32" else "cuda"  # what the extra brings here
    how = extras.command("gpu") if gpu == usual else f"pip install '{provider.package}[cuda,cudnn]'"
    return f"the onnxruntime that is installed has none; run: {how}"


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@lru_cache
def tell(text: str) -> None:
    """Tells something of a backend, once a process: a model has many graphs."""
    log.warning("%s", text)
