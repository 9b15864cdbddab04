"""The cluster engine, on clusters of this machine. Slow, and only where Ray is installed (the extra `cluster`)."""

import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from senga import image
from senga.errors import SengaError
from senga.inputs.item import Item, find_items
from senga.jobs import engine
from senga.jobs.drawing import DrawLines
from senga.jobs.targets import plan
from senga.jobs.tasks import Outcome
from senga.lines.extract import make_parameters
from senga.pairs.build import BuildPlan, build_pairs

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")

CANNY = DrawLines(1, method="canny", parameters=make_parameters("canny", {}))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for i in range(240):
        file = tmp_path / "in" / f"{i % 4}" / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.write(file, random.integers(0, 256, (30, 32, 3), np.uint8).repeat(16, 0).repeat(16, 1))
    return tmp_path / "in"


@pytest.fixture
def nodes() -> Iterator[list[object]]:
    """A cluster of two nodes with a processor each; the second can be killed."""
    made = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = made.add_node(num_cpus=1)
    ray.init(address=made.address, logging_level="ERROR")
    try:
        yield [made, second]
    finally:
        ray.shutdown()
        made.shutdown()


def results(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.suffix in (".png", ".tar")}


def test_a_node_that_is_killed_in_the_middle_costs_nothing(
    pages: Path, tmp_path: Path, nodes: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, second = nodes
    here = plan(find_items([str(pages)]), str(tmp_path / "here"))
    engine.run(here, CANNY, workers=1)
    seen: list[str] = []

    def tell(outcome: Outcome, total: int) -> None:
        seen.append(outcome.task.target)
        if len(seen) == 40:
            cluster.remove_node(second, allow_graceful=False)  # type: ignore[attr-defined]

    there = plan(find_items([str(pages)]), str(tmp_path / "there"))
    summary = engine.run(there, CANNY, engine="ray", tell=tell)
    assert not summary.failed
    assert max(Counter(seen).values()) == 1
    assert len(seen) == 240
    assert results(tmp_path / "there") == results(tmp_path / "here")
    left = [f.name for f in (tmp_path / "there").rglob(".senga-*") if f.name != ".senga-run.jsonl"]
    assert not left
    resumed = engine.run(plan(find_items([str(pages)]), str(tmp_path / "there"), resume=True), CANNY, resume=True)
    assert {o.status for o in resumed.outcomes} == {"kept"}


def test_a_pair_set_built_by_a_cluster_is_the_same_as_one_built_here(
    pages: Path, tmp_path: Path, nodes: list[object]
) -> None:
    cluster, second = nodes
    wanted = BuildPlan("xdog", crop=64, crops=2, shard=20)
    build_pairs(pages, tmp_path / "here", wanted, workers=1)
    done: list[int] = []

    def tell(so_far: int, total: int, skipped: int) -> None:
        done.append(so_far)
        if len(done) == 3:
            cluster.remove_node(second, allow_graceful=False)  # type: ignore[attr-defined]

    report = build_pairs(pages, tmp_path / "there", wanted, engine="ray", report=tell)
    assert (report.pairs, report.added) == (480, 480)
    assert done == sorted(set(done))
    assert results(tmp_path / "there") == results(tmp_path / "here")
    assert (tmp_path / "there" / "manifest.jsonl").read_bytes() == (tmp_path / "here" / "manifest.jsonl").read_bytes()
    assert not list((tmp_path / "there").rglob("*.part"))
    with tarfile.open(tmp_path / "there" / "shards" / "000011.tar") as tar:
        assert len(tar.getnames()) == 20 * 2 * 3


@dataclass(frozen=True)
class Poison(DrawLines):
    """Ends its process on one page."""

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Draws, or dies."""
        if item.name.endswith("/17.png"):
            os._exit(1)
        return super().do(item, target, force=force)


def test_a_page_that_ends_every_worker_is_told_and_the_others_are_done(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    order = plan(find_items([str(pages)]), str(tmp_path / "out"))
    try:
        summary = engine.run(order, Poison(1, method="canny", parameters=CANNY.parameters), engine="ray")
    finally:
        ray.shutdown()
    failed = [o for o in summary.outcomes if o.status == "failed"]
    assert [o.task.item.name for o in failed] == ["1/17.png"]
    assert "a worker process was ended on it" in failed[0].reason
    assert len(results(tmp_path / "out")) == 239


def test_the_verb_starts_a_cluster_of_its_own_and_says_little(pages: Path, tmp_path: Path) -> None:
    senga = str(Path(sys.executable).with_name("senga"))
    (pages / "0" / "torn.png").write_bytes(b"torn")
    order = [senga, "lines", pages, "-o", tmp_path / "out", "--method", "canny", "--engine", "ray", "--workers", "2"]
    done = subprocess.run(list(map(str, order)), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 240
    told = [line for line in done.stderr.splitlines() if line.strip()]
    assert [line for line in told if "torn.png" in line]
    assert len(told) == 1, done.stderr


def test_a_cluster_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pages: Path) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(SengaError, match="--engine ray: no cluster"):
        engine.run(plan(find_items([str(pages)]), str(tmp_path / "out")), CANNY, engine="ray")
