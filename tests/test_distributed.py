"""Training by several processes: of one machine, of several nodes, of a Ray cluster."""

import csv
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from safetensors.torch import load_file
from torch import Tensor

from senga import extras, image
from senga.cli import main
from senga.errors import TrainingError
from senga.learn import checkpoint, distributed
from senga.learn.networks.generators import make_generator
from senga.recipefile import parse_recipe

SENGA = str(Path(sys.executable).with_name("senga"))

# No batch norm: its statistics are of each process's own part of a batch.
RECIPE = """
name = "parts"
about = "A network that learns the same of a batch and of its parts."
task = "lines"
[data]
size = 64
lines = {{ kind = "given" }}
[generator]
kind = "ronneberger"
width = 8
[losses]
l1 = 1
[training]
steps = {steps}
batch = {batch}
rate = 1e-3
precision = "fp32"
clip = 1.0
average = 0.9
evaluate = 1000
save = {save}
"""

# Each process takes its part of the batch that one process alone would have had; with PARTS alone, the first.
PARTS = """
import os
from torch import distributed
from senga.cli import main
from senga.learn.data.batches import Batch, Batches
whole = Batches.next
def part(self):
    if not hasattr(self, "begun"):
        self.begun = bool(self.seeded.manual_seed(7))
    batch = whole(self)
    rank, world = 0, int(os.environ.get("PARTS", 1))
    if distributed.is_initialized():
        rank, world = distributed.get_rank(), distributed.get_world_size()
    return Batch(*(plane.chunk(world)[rank] for plane in (batch.planes, batch.target, batch.line)))
Batches.next = part
main()
"""


@pytest.fixture(scope="module")
def pair_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    random = np.random.default_rng(0)
    (folder / "pictures").mkdir()
    for i in range(12):
        picture = random.integers(0, 256, (8, 8, 3), np.uint8).repeat(10, 0).repeat(10, 1)
        image.write(folder / "pictures" / f"{i}.png", picture)
    build = ["pairs", "build", folder / "pictures", folder / "set", "--method", "dilate", "--workers", 1]
    ended(begun([SENGA, *build, "--val", 0, "--test", 0]))
    return folder / "set"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*distributed.NODE, "LOCAL_RANK", "RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)


@dataclass
class Begun:
    """A command under way, and the file that takes what it says."""

    process: "subprocess.Popen[bytes]"
    log: Path


def begun(command: list[object], **environment: object) -> Begun:
    told = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "RAY_ADDRESS": "local"}
    told |= {"RAY_worker_niceness": "0"}  # Ray's own workers give way to all else that runs
    told |= {name: str(value) for name, value in environment.items()}
    with tempfile.NamedTemporaryFile(suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [*map(str, command)], env=told, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Begun(process, Path(log.name))


def ended(run: Begun, code: int = 0, seconds: float = 600) -> str:
    """What a command said, when it ended with that code."""
    try:
        run.process.wait(seconds)
    finally:
        text = killed(run)
    assert run.process.returncode == code, text
    return text


def killed(run: Begun) -> str:
    """What a command said; it and what it began do not go on."""
    with suppress(ProcessLookupError):
        os.killpg(run.process.pid, signal.SIGKILL)
    run.process.wait()
    text = run.log.read_text() if run.log.exists() else ""
    run.log.unlink(missing_ok=True)
    return text


def recipe(folder: Path, *, batch: int, steps: int = 12, save: int = 1000) -> Path:
    file = folder / f"{batch}-{steps}.toml"
    file.write_text(RECIPE.format(batch=batch, steps=steps, save=save))
    return file


def loss(run: Path) -> float:
    with (run / "losses.csv").open(newline="") as lines:
        return float(list(csv.DictReader(lines))[-1]["l1"])


def weights(run: Path) -> dict[str, Tensor]:
    return load_file(run / checkpoint.WEIGHTS)


def apart(run: Path, other: Path) -> float:
    """How far two runs' networks are from each other, as a share of the way that the second's came."""
    torch.manual_seed(0)
    begin = make_generator(parse_recipe(RECIPE.format(batch=1, steps=1, save=1))).state_dict()
    here, there = (
        torch.load(folder / checkpoint.CHECKPOINT, weights_only=True)["generator"] for folder in (run, other)
    )
    gap = torch.cat([(here[name] - there[name]).flatten() for name in begin])
    way = torch.cat([(there[name] - begin[name]).flatten() for name in begin])
    return float(gap.norm() / way.norm())


def assert_same(one: Path, other: Path) -> None:
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class TestPlaces:
    def test_a_node_that_was_not_told_its_place_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, pair_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
        run = tmp_path / "run"
        command = ["senga", "train", recipe(tmp_path, batch=2), "--pairs", pair_set, "--run", run, "--nodes", 2]
        monkeypatch.setattr(sys, "argv", [*map(str, command)])
        with pytest.raises(SystemExit) as caught:
            main()
        assert caught.value.code == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert "MASTER_PORT, NODE_RANK" in line
        assert "MASTER_ADDR missing" not in line

    @pytest.mark.parametrize(("name", "value"), [("NODE_RANK", "2"), ("NODE_RANK", "one"), ("MASTER_PORT", "http")])
    def test_a_place_that_cannot_be_is_refused(self, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for known, good in zip(distributed.NODE, ("127.0.0.1", "29500", "1"), strict=True):
            monkeypatch.setenv(known, value if known == name else good)
        with pytest.raises(TrainingError, match=f"{name} is .*{value}"):
            distributed.join(1, 2)

    def test_other_processes_than_were_asked_for_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # As torchrun does; each of four would take itself for the only one.
        monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")
        monkeypatch.setenv("WORLD_SIZE", "4")
        with pytest.raises(TrainingError, match="torchrun started 4 processes, --devices 1 --nodes 1 are 1"):
            distributed.join(1, 1)

    def test_devices_that_are_not_there_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuses(**_: object) -> None:
            raise MisconfigurationException("You requested gpu: [0, 1]\n But your machine only has: [0]")

        monkeypatch.setattr(distributed, "Fabric", refuses)
        with pytest.raises(TrainingError, match=r"--devices 2: You requested gpu: \[0, 1\]$"):
            distributed.join(2, 1)

    def test_one_process_alone_leads(self) -> None:
        assert distributed.join(1, 1).is_global_zero
        assert distributed.leads()

    @pytest.mark.parametrize(
        "error",
        [
            torch.distributed.DistNetworkError("timed out\nmore"),
            RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer"),
        ],
    )
    def test_lost_processes_are_told_on_one_line(self, error: RuntimeError) -> None:
        with pytest.raises(TrainingError, match="another process") as caught, distributed.one_line_if_lost():
            raise error
        assert "\n" not in str(caught.value)

    def test_other_errors_stay_what_they_are(self) -> None:
        with pytest.raises(RuntimeError, match="out of memory"), distributed.one_line_if_lost():
            raise RuntimeError("out of memory")


@pytest.fixture(scope="module")
def one(pair_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process, from batches of four; beside it, in "part", one that saw the first half of each alone."""
    folder = tmp_path_factory.mktemp("one")
    script = folder / "parts.py"
    script.write_text(PARTS)
    command = [sys.executable, script, "train", recipe(folder, batch=4), "--pairs", pair_set, "--run"]
    ended(begun([*command, folder / "part"], PARTS=2))
    ended(begun([*command, folder / "run"]))
    return folder / "run"


@pytest.fixture(scope="module")
def two(pair_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two processes, from batches of two each; many steps."""
    folder = tmp_path_factory.mktemp("two")
    run = folder / "run"
    command = [SENGA, "train", recipe(folder, batch=2, steps=120, save=4), "--pairs", pair_set, "--run", run]
    told = ended(begun([*command, "--devices", 2]))
    assert told.count("reading pictures") == 1
    assert told.count("trained, ") == 1
    return run


@pytest.mark.slow
class TestSeveral:
    @pytest.mark.parametrize(("devices", "nodes"), [(2, 1), (1, 2), (2, 2)])
    def test_processes_learn_of_their_parts_what_one_learns_of_the_whole(
        self, devices: int, nodes: int, one: Path, pair_set: Path, tmp_path: Path
    ) -> None:
        run, port = tmp_path / "run", free_port()
        command = [sys.executable, one.parent / "parts.py", "train", recipe(tmp_path, batch=4), "--pairs", pair_set]
        command += ["--run", run, "--devices", devices, "--nodes", nodes]
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port} if nodes > 1 else {}
        ranks = [{**place, "NODE_RANK": i} if nodes > 1 else {} for i in range(nodes)]
        told = [ended(node) for node in [begun(command, **rank) for rank in ranks]]
        assert sum("trained, " in text for text in told) == 1
        if devices * nodes == 2:
            # The loss that is told is of the leading process's part.
            assert loss(run) == pytest.approx(loss(one), rel=0.1)
        # Adam makes steps of a full size of gradients that are nearly nothing, so of their rounding too.
        assert apart(run, one) < 0.1
        assert apart(one.parent / "part", one) > 0.4

    def test_a_run_goes_on_with_as_many_processes_as_it_began_with(
        self, two: Path, pair_set: Path, tmp_path: Path
    ) -> None:
        command = [SENGA, "train", two.parent / "2-120.toml", "--pairs", pair_set, "--run", two]
        assert "a run of 2 processes, not of 1" in ended(begun(command), code=2)

    def test_a_run_that_was_stopped_and_resumed_equals_an_unbroken_one(
        self, two: Path, pair_set: Path, tmp_path: Path
    ) -> None:
        options = ["--pairs", pair_set, "--run", tmp_path / "run", "--devices", 2]
        ended(begun([SENGA, "train", recipe(tmp_path, batch=2, steps=10, save=4), *options]))
        told = ended(begun([SENGA, "train", two.parent / "2-120.toml", *options]))
        assert "going on at step 10 of 120" in told
        assert_same(tmp_path / "run", two)

    def test_one_that_is_asked_to_stop_stops_all_at_one_step(self, two: Path, pair_set: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        command = [SENGA, "train", two.parent / "2-120.toml", "--pairs", pair_set, "--run", run, "--devices", 2]
        assert stopped_and_gone_on(command, run)
        assert_same(run, two)

    def test_a_process_that_is_killed_takes_the_others_with_it(self, pair_set: Path, tmp_path: Path) -> None:
        run, port = tmp_path / "run", free_port()
        command = [SENGA, "train", recipe(tmp_path, batch=2, steps=100_000, save=2), "--pairs", pair_set]
        command += ["--run", run, "--nodes", 2]
        nodes = [begun(command, MASTER_ADDR="127.0.0.1", MASTER_PORT=port, NODE_RANK=i) for i in range(2)]
        try:
            wait_for(run / checkpoint.CHECKPOINT, nodes[0])
            nodes[1].process.kill()
            told = ended(nodes[0], code=2, seconds=60)
        finally:
            for node in nodes:
                killed(node)
        assert "senga: another process of this run ended" in told
        assert "Traceback" not in told

    def test_children_end_with_the_process_that_started_them(self, pair_set: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        command = [SENGA, "train", recipe(tmp_path, batch=2, steps=100_000, save=2), "--pairs", pair_set]
        parent = begun([*command, "--run", run, "--devices", 2])
        try:
            wait_for(run / checkpoint.CHECKPOINT, parent)
            (child,) = children(parent.process.pid)
            parent.process.kill()
            parent.process.wait()
            until = time.monotonic() + 30
            while running(child):
                assert time.monotonic() < until, "the child goes on"
                time.sleep(0.5)
        finally:
            killed(parent)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra cluster")
class TestCluster:
    def test_a_lost_worker_changes_nothing_of_what_is_learned(self, two: Path, pair_set: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        command = [SENGA, "train", two.parent / "2-120.toml", "--pairs", pair_set, "--run", run]
        driver = begun([*command, "--devices", 2, "--engine", "ray"])
        try:
            wait_for(run / checkpoint.CHECKPOINT, driver)
            os.kill(workers(driver.process.pid)[-1], signal.SIGKILL)
            told = ended(driver)
        finally:
            killed(driver)
        assert "going on at step" in told
        assert_same(run, two)
        assert sorted(f.name for f in run.iterdir()) == sorted(f.name for f in two.iterdir())

    def test_who_ends_the_command_has_its_workers_save(self, two: Path, pair_set: Path, tmp_path: Path) -> None:
        run = tmp_path / "run"
        command = [SENGA, "train", two.parent / "2-120.toml", "--pairs", pair_set, "--run", run, "--devices", 2]
        assert stopped_and_gone_on([*command, "--engine", "ray"], run)
        assert_same(run, two)

    def test_workers_of_a_cluster_learn_what_processes_here_learn(
        self, two: Path, pair_set: Path, tmp_path: Path
    ) -> None:
        run = tmp_path / "run"
        command = [SENGA, "train", two.parent / "2-120.toml", "--pairs", pair_set, "--run", run]
        told = ended(begun([*command, "--devices", 2, "--engine", "ray"]))
        assert told.count("reading pictures") == 1
        assert loss(run) == pytest.approx(loss(two), rel=0.2)  # told of the last seconds' steps
        assert_same(run, two)

    def test_what_a_person_can_mend_is_told_once_on_one_line(self, two: Path, pair_set: Path, tmp_path: Path) -> None:
        command = [SENGA, "train", recipe(tmp_path, batch=3), "--pairs", pair_set, "--run", two]
        told = ended(begun([*command, "--devices", 2, "--engine", "ray"]), code=2)
        assert told.count("senga: ") == 1
        assert "another recipe" in told
        assert "Traceback" not in told

    def test_more_workers_than_there_is_room_for_are_refused(self, pair_set: Path, tmp_path: Path) -> None:
        command = [SENGA, "train", recipe(tmp_path, batch=2), "--pairs", pair_set, "--run", tmp_path / "run"]
        told = ended(begun([*command, "--devices", 1000, "--engine", "ray"]), code=2)
        assert "1000 workers wanted" in told
        assert not (tmp_path / "run").exists()


def test_a_cluster_without_its_package_is_refused(
    monkeypatch: pytest.MonkeyPatch, pair_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("senga.extras.find_spec", lambda name: None if name == "ray" else find(name))
    command = ["senga", "train", recipe(tmp_path, batch=2), "--pairs", pair_set, "--engine", "ray"]
    monkeypatch.setattr(sys, "argv", [*map(str, command)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert f"--engine ray needs more packages; run: {extras.command('cluster')}" in capsys.readouterr().err


def stopped_and_gone_on(command: list[object], run: Path) -> int:
    """Has the first process end by SIGTERM after its first checkpoint, then trains on; the step of the stop."""
    first = begun(command)
    wait_for(run / checkpoint.CHECKPOINT, first)
    first.process.terminate()
    told = ended(first, code=130, seconds=60)
    assert "Traceback" not in told
    step = torch.load(run / checkpoint.CHECKPOINT, weights_only=True)["step"]
    assert f"stopped at step {step} of 120" in told
    assert f"going on at step {step} of 120" in ended(begun(command))
    return int(step)


def wait_for(file: Path, run: Begun, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not file.exists():
        assert run.process.poll() is None, killed(run)
        assert time.monotonic() < until
        time.sleep(0.2)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


def descendants(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from descendants(child)


def workers(driver: int) -> list[int]:
    """Ray Train's workers under a driver."""
    found = []
    for pid in descendants(driver):
        name = Path(f"/proc/{pid}/cmdline").read_text()
        if "ray::" in name and "TrainWorker" in name:
            found.append(pid)
    return sorted(found)
