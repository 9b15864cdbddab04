"""One graph opened by a runtime: the ONNX runtime, or OpenVINO where it is installed and asked for."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from senga import extras, stopping
from senga.errors import ModelError

Backend = Literal["onnxruntime", "openvino"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)

Array = NDArray[Any]


def usable_threads() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown processor"


def check_backend(backend: str) -> Backend:
    """The backend of that name.

    Raises:
        ModelError: unknown, or not installed.
    """
    for known in BACKENDS:
        if backend == known:
            if known == "openvino":
                from importlib.util import find_spec

                if find_spec("openvino") is None:
                    raise ModelError(f"openvino is not installed; run: {extras.command('openvino')}")
            return known
    raise ModelError(f"unknown backend '{backend}'; known: {', '.join(BACKENDS)}")


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
        if self._backend == "onnxruntime":
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
        backend: which runtime.
        alone: whether this graph does all the work. The threads of a graph that is one of several must not wait
            busily for its next turn: they would take the processor from the graph that has its turn.

    Raises:
        ModelError: not a graph that the runtime opens.
    """
    many = threads or usable_threads()
    try:
        return _with_openvino(content, many) if backend == "openvino" else _with_onnxruntime(content, many, alone)
    except Exception as error:  # the runtimes raise errors of many kinds, none of them public
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"{name}: not a model file that the runtime ({backend}) opens: {reason}; export it with 'senga export'"
        ) from error


def _with_onnxruntime(content: bytes | Path, threads: int, alone: bool) -> Graph:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # The arena keeps the memory of the largest drawing ever painted; without it, memory is given back.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    # Weights in eight bits are opened to full ones: the runtime would else multiply rounded activations by them.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    if not alone:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = content if isinstance(content, bytes) else str(content)
    runtime = onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
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
