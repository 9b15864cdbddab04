"""One graph opened by a runtime: the ONNX runtime, on the processor or a GPU, or OpenVINO, if that is asked for."""

import platform
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from senga import extras, stopping
from senga.errors import ModelError
from senga.model.gpu_session import LOST, GpuSession, give_up, one_line
from senga.model.providers import GPUS, PROVIDERS, Gpu, first_gpu, tell, why_missing
from senga.threads import usable_threads

Backend = Literal["onnxruntime", "openvino", "cuda", "directml", "coreml"]
"""What runs a graph; "onnxruntime" is on the processor."""

BACKENDS: tuple[str, ...] = (*get_args(Backend), "auto")
"""What a person may ask for."""

ROUNDS = b"QuantizeLinear"
"""Stands in a graph that rounds what it multiplies: the name of the operator. That which opens weights is spelled
otherwise."""

Array = NDArray[Any]


def processor() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown processor"


def version() -> str:
    """The ONNX runtime's version, whichever package it came in."""
    import onnxruntime

    return str(onnxruntime.__version__)


def choose_backend(backend: str) -> Backend:
    """What runs a model where a backend is asked for: itself, or the processor where a GPU is missing, which is told.

    Args:
        backend: of `BACKENDS`. "auto" is the first GPU there is, else the processor; never OpenVINO, which answers
            less exactly.

    Raises:
        ModelError: unknown, or OpenVINO that is not installed.
    """
    if backend == "openvino":
        from importlib.util import find_spec

        if find_spec("openvino") is None:
            raise ModelError(f"openvino is not installed; run: {extras.command('openvino')}")
        return "openvino"
    if backend == "onnxruntime":
        return "onnxruntime"
    if backend == "auto":
        found = first_gpu(set(_available()) - {PROVIDERS[gpu].name for gpu in LOST})
        if found or not LOST:  # else it was told why
            tell(f"backend auto: {found or 'the processor, as the onnxruntime that is installed knows no GPU'}")
        return found or "onnxruntime"
    for gpu in GPUS:
        if backend == gpu:
            if gpu in LOST:
                return "onnxruntime"
            if PROVIDERS[gpu].name in _available():
                return gpu
            tell(f"backend {gpu}: {why_missing(gpu)}; the processor works instead")
            return "onnxruntime"
    raise ModelError(f"unknown backend '{backend}'; known: {', '.join(BACKENDS)}")


def still(backend: Backend) -> Backend:
    """The backend, or the processor where it was given up since it was chosen."""
    return "onnxruntime" if backend in LOST else backend


def _available() -> list[str]:
    """The execution providers of the ONNX runtime that is installed."""
    import onnxruntime

    return list(onnxruntime.get_available_providers())


@dataclass(frozen=True)
class Graph:
    """A graph, opened.

    Attributes:
        inputs, outputs: names, in order.
        metadata: what the file says beside the graph, by name; empty with OpenVINO.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    metadata: dict[str, str]
    _runtime: Any
    _backend: Backend

    def run(self, given: dict[str, Array], wanted: Sequence[str] | None = None) -> list[Array]:
        """The graph's outputs, all or those wanted, for arrays by input name; what is no input of it is left out."""
        feeds = {name: given[name] for name in self.inputs}
        stopping.check()
        if self._backend != "openvino":
            return self._run_stoppable(list(wanted or self.outputs), feeds)
        found = self._runtime(feeds)
        # Copied: OpenVINO answers with views of memory that the next run overwrites.
        return [np.array(found[name]) for name in wanted or self.outputs]

    def _run_stoppable(self, wanted: list[str], feeds: dict[str, Array]) -> list[Array]:
        """A run of the ONNX runtime, which ends early where the work is not wanted any more."""
        import onnxruntime

        stop = stopping.current()
        if stop is None:
            answers: list[Array] = self._runtime.run(wanted, feeds)
            return answers
        options = onnxruntime.RunOptions()
        try:
            with stop.ends(lambda: setattr(options, "terminate", True)):
                answers = self._runtime.run(wanted, feeds, options)
        except Exception:
            stop.check()  # that is why it failed
            raise
        return answers


def open_graph(
    content: bytes | Path,
    name: str,
    *,
    threads: int | None = None,
    backend: Backend = "onnxruntime",
    alone: bool = True,
) -> Graph:
    """Opens an ONNX graph.

    Args:
        content: the file, or its bytes. name: for errors.
        threads: processor threads to use; default: all that this process may use.
        backend: which runtime; as `choose_backend` answers.
        alone: whether this graph does all the work. The threads of a graph that is one of several must not wait
            busily for its next turn: they would take the processor from the graph that has its turn.

    Raises:
        ModelError: not a graph that the runtime opens.
    """
    many = threads or usable_threads()
    try:
        if backend == "openvino":
            return _with_openvino(content, many)
        for gpu in GPUS:
            if backend == gpu and gpu not in LOST:
                return _on_gpu(gpu, content, name, many, alone)
        return _graph_of(_session(content, many, alone))
    except Exception as error:  # the runtimes raise errors of many kinds, none of them public
        raise ModelError(
            f"{name}: not a model file that the runtime ({backend}) opens: {one_line(error)}; "
            "export it with 'senga export'"
        ) from error


def _on_gpu(gpu: Gpu, content: bytes | Path, name: str, threads: int, alone: bool) -> Graph:
    """The graph on a GPU; where that does not open, on the processor, which is told."""
    try:
        opened = _session(content, threads, alone, gpu)
        # The runtime leaves out, with a line of its own, what does not load.
        reason = "" if PROVIDERS[gpu].name in opened.get_providers() else "its libraries or its driver do not load"
    except Exception as error:
        opened, reason = None, one_line(error)
    if reason:
        graph = _graph_of(_session(content, threads, alone))  # a broken file raises here
        give_up(gpu, reason)
        return graph
    found = _graph_of(opened)
    runtime = GpuSession(gpu, opened, name, lambda: _session(content, threads, alone))
    return Graph(found.inputs, found.outputs, found.metadata, runtime, gpu)


def _session(content: bytes | Path, threads: int, alone: bool, gpu: Gpu | None = None) -> Any:
    """A session of the ONNX runtime, on a GPU or on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # The arena keeps the memory of the largest drawing ever painted; without it, memory is given back.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    # Weights in eight bits are opened to full ones: the runtime would else multiply rounded activations by them. It may
    # where a file says which are to be rounded, and how; GPUs have no such products.
    given = content if isinstance(content, bytes) else content.read_bytes()
    rounds = gpu is None and ROUNDS in given
    options.add_session_config_entry("session.disable_quant_qdq", "0" if rounds else "1")
    if not alone:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers: list[Any] = ["CPUExecutionProvider"]
    if gpu is not None:
        if gpu == "cuda":
            _load_cuda()
        options.enable_mem_pattern = gpu != "directml"  # which cannot have it
        providers.insert(0, (PROVIDERS[gpu].name, dict(PROVIDERS[gpu].settings)))
    # Its own falling back prints, and says nothing of why.
    return onnxruntime.InferenceSession(given, options, providers=providers, enable_fallback=0)


@lru_cache
def _load_cuda() -> None:
    """Loads CUDA from the packages that came with onnxruntime-gpu, once; what is missing shows when it is used."""
    import onnxruntime

    load = getattr(onnxruntime, "preload_dlls", None)  # from 1.21 on
    if load is not None:
        with redirect_stdout(sys.stderr):  # stdout may be the picture's
            load()


def _graph_of(runtime: Any) -> Graph:
    metadata = dict(runtime.get_modelmeta().custom_metadata_map)
    inputs = tuple(i.name for i in runtime.get_inputs())
    return Graph(inputs, tuple(o.name for o in runtime.get_outputs()), metadata, runtime, "onnxruntime")


def _with_openvino(content: bytes | Path, threads: int) -> Graph:
    import openvino

    core = openvino.Core()
    given = content if isinstance(content, bytes) else content.read_bytes()
    model = core.read_model(given)
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    runtime = core.compile_model(model, "CPU", settings)
    inputs = tuple(i.get_any_name() for i in model.inputs)
    return Graph(inputs, tuple(o.get_any_name() for o in model.outputs), {}, runtime, "openvino")
