# mypy: no-warn-return-any
"""Backends on GPUs, with something in their place at the ONNX runtime's door: its list of providers and its session."""

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

import senga
from conftest import call
from senga import bench, extras, image, stopping
from senga.color import closer, reading
from senga.errors import ModelError
from senga.jobs import given_files
from senga.learn.colorist_export import pack
from senga.lines import learned
from senga.model import gpu_session, providers, runtime
from senga.model.session import EXACT, STAGES, Session
from senga.model.shipped import WEIGHTS
from test_staged_model import A_CARD, graph

CLOSER, PAINTER = WEIGHTS / "closer.onnx", WEIGHTS / "painter.zip"
REAL = onnxruntime.InferenceSession
ROUNDING = 1e-4


class Gpu:
    """What stands in a GPU's place: it computes on the processor, rounds otherwise, and fails when it is told to."""

    def __init__(self) -> None:
        self.available = ["CUDAExecutionProvider", "CPUExecutionProvider"]
        self.asked: list[Any] = []
        self.opens: Callable[[], None] = lambda: None
        self.runs: Callable[[], None] = lambda: None
        self.shown = True
        self.ran = 0
        self.random = np.random.default_rng(0)

    def session(self, content: Any, options: Any = None, **given: Any) -> Any:
        wanted = given["providers"]
        if wanted == ["CPUExecutionProvider"]:
            return REAL(content, options, providers=wanted)
        self.asked.append((wanted[0], options))
        self.opens()
        return _Session(self, REAL(content, options, providers=["CPUExecutionProvider"]), wanted[0][0])

    def names(self) -> list[str]:
        return [name for (name, _), _ in self.asked]


class _Session:
    def __init__(self, gpu: Gpu, real: Any, name: str) -> None:
        self._gpu, self._real, self._name = gpu, real, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_providers(self) -> list[str]:
        return [self._name, "CPUExecutionProvider"] if self._gpu.shown else ["CPUExecutionProvider"]

    def run(self, wanted: list[str], feeds: dict[str, Any], options: Any = None) -> list[Any]:
        self._gpu.ran += 1
        self._gpu.runs()
        return [self._rounded(answer) for answer in self._real.run(wanted, feeds, options)]

    def _rounded(self, answer: Any) -> Any:
        if answer.dtype != np.float32:
            return answer
        size = np.maximum(np.abs(answer), np.abs(answer).mean())
        return answer + (ROUNDING * self._gpu.random.standard_normal(answer.shape) * size).astype(np.float32)


def forget() -> None:
    gpu_session.LOST.clear()
    for kept in (providers.tell, runtime._load_cuda, closer.opened, reading.opened_shader, learned.opened):
        kept.cache_clear()
    given_files.forget()


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gpu]:
    found = Gpu()
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: found.available)
    monkeypatch.setattr(onnxruntime, "InferenceSession", found.session)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: print("loading"), raising=False)
    forget()
    yield found
    forget()


def drawing() -> image.Drawing:
    lines = np.full((160, 200), 255, np.uint8)
    y, x = np.mgrid[:160, :200]
    for cy, cx, r in ((60, 60, 40), (90, 130, 55), (80, 90, 15)):
        lines[np.abs(np.hypot(y - cy, x - cx) - r) < 1.5] = 0
    return image.to_drawing(lines)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "senga.model"]


def looked(backend: str) -> Any:
    return closer.Closer.open(threads=1, backend=backend).look(drawing().lines)


def fails(why: str = "CUDA failure 2: out of memory\nand more") -> Callable[[], None]:
    def fail() -> None:
        raise RuntimeError(why)

    return fail


def test_auto_takes_the_first_gpu_and_tells_it_once(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    painter = senga.Colorizer.open(threads=1, backend="auto")
    assert painter.session.backend == "cuda"
    painter.page(drawing()).paint()
    assert told(caplog) == ["backend auto: cuda"]
    assert set(gpu.names()) == {"CUDAExecutionProvider"}
    assert gpu.ran > 2  # of the painter, the closer and the shader


def test_auto_without_a_gpu_is_the_processor_which_is_told(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    gpu.available = ["AzureExecutionProvider", "CPUExecutionProvider"]
    assert Session.open(CLOSER, threads=1, backend="auto").backend == "onnxruntime"
    assert Session.open(CLOSER, threads=1, backend="auto").backend == "onnxruntime"
    assert len(told(caplog)) == 1
    assert told(caplog)[0].startswith("backend auto: the processor")


@pytest.mark.parametrize(
    ("available", "wanted"),
    [
        (["TensorrtExecutionProvider", "DmlExecutionProvider"], "directml"),
        (["CoreMLExecutionProvider"], "coreml"),
        (["DmlExecutionProvider", "CUDAExecutionProvider"], "cuda"),
    ],
)
def test_auto_knows_each_gpu(gpu: Gpu, available: list[str], wanted: str) -> None:
    gpu.available = available
    assert runtime.choose_backend("auto") == wanted


def test_the_processor_is_taken_unless_another_is_asked_for(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    assert Session.open(PAINTER, threads=1).backend == "onnxruntime"
    assert gpu.asked == []
    assert told(caplog) == []


@pytest.mark.parametrize(
    ("system", "backend", "package", "words"),
    [
        ("linux", "cuda", "", extras.command("gpu")),
        ("linux", "cuda", "onnxruntime-gpu", "pip install --force-reinstall --no-deps onnxruntime-gpu"),
        ("win32", "directml", "", extras.command("gpu")),
        ("win32", "cuda", "", "pip install 'onnxruntime-gpu[cuda,cudnn]'"),
        ("linux", "directml", "", "there is none but on Windows"),
        ("linux", "coreml", "", "there is none but on macOS"),
        ("darwin", "coreml", "", "pip install --force-reinstall --no-deps onnxruntime"),
    ],
)
def test_a_missing_gpu_is_told_with_the_mend_and_the_processor_works(
    gpu: Gpu,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    backend: str,
    package: str,
    words: str,
) -> None:
    def distribution(name: str) -> str:
        if name != package:
            raise importlib.metadata.PackageNotFoundError(name)
        return name

    gpu.available = ["CPUExecutionProvider"]
    monkeypatch.setattr(importlib.metadata, "distribution", distribution)
    monkeypatch.setattr(sys, "platform", system)
    chosen = runtime.choose_backend(backend)
    monkeypatch.undo()
    assert chosen == "onnxruntime"
    (line,) = told(caplog)
    assert line.startswith(f"backend {backend}: ")
    assert words in line
    assert line.endswith("; the processor works instead")


@pytest.mark.parametrize("how", ["raises", "left out"])
def test_a_gpu_that_does_not_open_is_given_up_once(gpu: Gpu, caplog: pytest.LogCaptureFixture, how: str) -> None:
    if how == "raises":
        gpu.opens = fails()
    gpu.shown = False
    session = Session.open(PAINTER, threads=1, backend="cuda")
    assert session.backend == "onnxruntime"
    reason = "CUDA failure 2: out of memory" if how == "raises" else "its libraries or its driver do not load"
    assert told(caplog) == [f"backend cuda: does not open ({reason}); the processor works instead"]
    assert len(gpu.asked) == 1  # the painter has two graphs
    assert np.array_equal(looked("cuda"), looked("onnxruntime"))
    assert runtime.choose_backend("auto") == "onnxruntime"
    assert len(told(caplog)) == 1


def test_a_gpu_that_fails_at_its_first_run_is_left(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    gpu.runs = fails()
    net = closer.Closer.open(threads=1, backend="cuda")
    wanted = looked("onnxruntime")
    for _ in range(3):
        assert np.array_equal(net.look(drawing().lines), wanted)
    assert gpu.ran == 1
    said = f"{CLOSER}: backend cuda failed (CUDA failure 2: out of memory); the processor goes on instead"
    assert told(caplog) == [said]


def test_input_that_the_processor_refuses_too_costs_no_gpu(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    session = Session.open(CLOSER, threads=1, backend="cuda")
    for _ in range(2):
        with pytest.raises(Exception, match="rank"):
            session.run(np.zeros((1, 16), np.float32))
    assert gpu.ran == 2
    assert told(caplog) == []


class OverError(Exception):
    pass


def test_work_that_is_ended_is_no_failure_of_the_gpu(gpu: Gpu, caplog: pytest.LogCaptureFixture) -> None:
    session = Session.open(CLOSER, threads=1, backend="cuda")
    stop = stopping.Stop(OverError)

    def end() -> None:
        stop.set()
        raise RuntimeError("terminated")

    gpu.runs = end
    with stopping.stoppable(stop), pytest.raises(OverError):
        session.run(np.zeros((1, 1, 32, 32), np.float32))
    assert told(caplog) == []
    gpu.runs = lambda: None
    session.run(np.zeros((1, 1, 32, 32), np.float32))
    assert gpu.ran == 2


def test_a_broken_file_is_refused_and_costs_no_gpu(gpu: Gpu, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="not a model file that the runtime"):
        Session.open(tmp_path / "m.onnx", threads=1, backend="cuda")
    assert told(caplog) == []
    assert Session.open(CLOSER, threads=1, backend="cuda").backend == "cuda"


def test_stages_that_count_stay_on_the_processor(gpu: Gpu, tmp_path: Path) -> None:
    parts = {name: graph(name) for name in STAGES}
    (tmp_path / "model.senga").write_bytes(pack(parts, A_CARD.to_json()))
    Session.open(tmp_path / "model.senga", threads=1, backend="cuda")
    assert len(gpu.asked) == len(set(STAGES) - set(EXACT))


def test_each_gpu_is_opened_for_full_precision(gpu: Gpu) -> None:
    gpu.available = [providers.PROVIDERS[g].name for g in providers.GPUS]
    for backend in providers.GPUS:
        Session.open(CLOSER, threads=1, backend=backend)
    settings = {name: given for (name, given), _ in gpu.asked}
    assert settings["CUDAExecutionProvider"]["use_tf32"] == "0"
    assert settings["CoreMLExecutionProvider"] == {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"}
    patterns = {name: options.enable_mem_pattern for (name, _), options in gpu.asked}
    assert patterns == {
        "CUDAExecutionProvider": True,
        "DmlExecutionProvider": False,
        "CoreMLExecutionProvider": True,
    }


def test_directml_runs_one_work_at_a_time(gpu: Gpu) -> None:
    import threading
    import time

    at_once, most = [0], [0]

    def runs() -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.02)
        at_once[0] -= 1

    gpu.available, gpu.runs = ["DmlExecutionProvider"], runs
    session = Session.open(CLOSER, threads=1, backend="directml")
    planes = np.zeros((1, 1, 32, 32), np.float32)
    works = [threading.Thread(target=session.run, args=(planes,)) for _ in range(4)]
    for work in works:
        work.start()
    for work in works:
        work.join()
    assert gpu.ran == 4
    assert most == [1]


def test_answers_of_a_gpu_are_those_of_the_processor_within_the_tolerance(gpu: Gpu) -> None:
    """As far as a machine without one can tell: every number that a network answers is rounded otherwise."""
    hints = senga.Hints.blank((160, 200)).dot((130, 90), "#c04040", 6)
    pages = {b: senga.Colorizer.open(threads=1, backend=b).page(drawing()) for b in ("onnxruntime", "cuda")}
    for laid in (None, hints):
        one, other = (pages[b].paint(laid) for b in ("onnxruntime", "cuda"))
        mean, most = bench.apart(one, other)
        assert not np.array_equal(one, other)
        assert mean <= bench.MEAN_APART
        assert most <= bench.MOST_APART
    assert gpu.ran > 4


def test_the_verbs_take_a_backend(
    gpu: Gpu,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    senga.write(tmp_path / "d.png", drawing().lines)
    senga.write(tmp_path / "p.png", np.dstack([drawing().lines] * 3) // np.array([1, 2, 3], np.uint8))
    (tmp_path / "in").mkdir()
    senga.write(tmp_path / "in" / "d.png", drawing().lines)
    for verb, source, out in (
        ("color", "d.png", "c.png"),
        ("flats", "d.png", "f.png"),
        ("lines", "p.png", "l.png"),
        ("frames", "in", "frames"),
    ):
        before = gpu.ran
        caplog.clear()
        forget()
        options = ("--backend", "auto", "--threads", 1)
        assert call(monkeypatch, verb, tmp_path / source, "-o", tmp_path / out, *options) == 0
        assert gpu.ran > before, verb
        assert told(caplog) == ["backend auto: cuda"]
    assert "loading" not in capsys.readouterr().out  # stdout may be a picture's


@pytest.mark.slow
def test_the_bench_times_a_gpu_and_tells_how_far_it_is_from_the_processor(
    gpu: Gpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "FURTHER_SIZES", (64,))
    monkeypatch.setattr(bench, "first_color", lambda painter, side: painter.page(drawing()).paint())
    painter = senga.Colorizer.open(threads=1)
    lines = list(bench._bench_backend("auto", painter, None, 1.0, 1, 1))
    assert lines[0].startswith("first color, CUDA, 512x512: min ")
    assert lines[-1].endswith("; within the tolerance of 0.2 and 2")
    forget()
    gpu.available = []
    assert list(bench._bench_backend("cuda", painter, None, 1.0, 1, 1)) == [
        "cuda: not timed, as it comes to the processor here"
    ]
