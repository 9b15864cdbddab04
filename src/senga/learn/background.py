"""Training in the background: from code that stays as it is, on a core of its own, until it is done or asked to stop.

Work on a checkout must not disturb a run that lasts for days. So a run that is started from a checkout gets its own
copy of the code (a git worktree of the present commit) and of the environment (hard links: no room, a few seconds),
both below the run's folder. Started again it goes on with that code, or with the then present commit if it is asked to.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import senga
from senga import storage
from senga.errors import TrainingError
from senga.learn.data.cache import ABOUT
from senga.learn.standing import STOP, is_alive, read_standing, stop
from senga.learn.training_settings import TrainingSettings
from senga.pairs.fetched import spelled
from senga.pairs.pairset import PairSet
from senga.storage import is_remote

TEXT, STARTED, CODE, ENVIRONMENT = "log.txt", "started.json", "code", "environment"

STOPS = 600.0
"""Seconds that a run may take to save and end: it may be judging."""

ENTRY = "import sys; from senga.cli import main; sys.argv[0] = 'senga'; main()"


@dataclass(frozen=True)
class Started:
    """How a run was started last, in its folder as `started.json`.

    Attributes:
        arguments: of `senga`. commit: of the code; "" outside a checkout.
        core: processor core that it is kept to; -1: any.
    """

    arguments: tuple[str, ...]
    commit: str
    core: int
    process: int


def read_started(run: Path) -> Started | None:
    """How a run was started last, or None."""
    try:
        row = json.loads((run / STARTED).read_text())
        return Started(**row | {"arguments": tuple(row["arguments"])})
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def checkout() -> Path | None:
    """The git checkout that this code runs from, or None: an installed package, or a run's own copy."""
    root = Path(senga.__file__).resolve().parents[2]
    return root if (root / ".git").is_dir() else None


def own_code(root: Path, run: Path, *, renew: bool) -> tuple[Path, str]:
    """The run's worktree of a checkout, made at the present commit; and its commit.

    Args:
        root: of the checkout. renew: move a worktree that is there to the present commit.

    Raises:
        TrainingError: git fails, or somebody changed files in the worktree.
    """
    tree = (run / CODE).resolve()
    if not (tree / ".git").exists():
        run.mkdir(parents=True, exist_ok=True)
        _git(root, "worktree", "prune")
        _git(root, "worktree", "add", "--detach", str(tree), "HEAD")
    elif renew:
        _git(tree, "checkout", "--quiet", "--detach", _git(root, "rev-parse", "HEAD"))
    return tree, _git(tree, "rev-parse", "--short", "HEAD")


def own_environment(run: Path, tree: Path, *, renew: bool) -> Path:
    """The interpreter of the run's copy of this environment; that of this process where it is no environment.

    Files are hard links where the disk allows: installing others later replaces names, not what they meant.
    """
    if sys.prefix == sys.base_prefix:
        return Path(sys.executable)
    folder = (run / ENVIRONMENT).resolve()
    python = folder / "bin" / "python"
    mine = Path(next(p for p in sys.path if p.startswith(sys.prefix) and p.endswith("site-packages")))
    theirs = folder / mine.relative_to(sys.prefix)
    if python.exists() and not renew:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    shutil.rmtree(theirs)
    shutil.copytree(mine, theirs, copy_function=_linked, symlinks=True)
    for pointer in theirs.glob("*senga*.pth"):  # to the checkout
        pointer.unlink()
    (theirs / "senga-run.pth").write_text(f"{tree / 'src'}\n")
    return python


def start(
    arguments: Sequence[str],
    run: Path,
    *,
    root: Path | None = None,
    core: int | None = None,
    threads: int = 1,
    renew: bool = False,
    wait: float = 60.0,
) -> Started:
    """Starts `senga` with arguments that train a run, detached from this process; what it says goes to `log.txt`.

    Args:
        arguments: of `senga`, paths whole. run: folder of the run.
        root: the checkout to copy code from; None: this process's code and interpreter are used as they are.
        core: processor core to keep it to; None: any. threads: told to what computes.
        renew: take the present commit and environment, not those of the last start.
        wait: seconds after which it is left to itself, if it neither trains nor ended.

    Raises:
        TrainingError: it ended at once, with its last line; the run is being trained; git fails.
    """
    if is_alive(run):
        raise TrainingError(f"{run}: a process trains it already; --renew stops it and starts it again")
    run.mkdir(parents=True, exist_ok=True)
    (run / STOP).unlink(missing_ok=True)
    python, commit = Path(sys.executable), ""
    path = [str(Path(senga.__file__).resolve().parents[1])]
    if root is not None:
        tree, commit = own_code(root, run, renew=renew)
        python, path = own_environment(run, tree, renew=renew), [str(tree / "src")]
    pinned = f"import os; os.sched_setaffinity(0, {{{core}}}); " if core is not None and core >= 0 else ""
    settings = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    settings |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(path)}
    with (run / TEXT).open("ab") as log:
        process = subprocess.Popen(
            [str(python), "-c", pinned + ENTRY, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | settings,
            start_new_session=True,
        )
    started = Started(tuple(arguments), commit, -1 if core is None else core, process.pid)
    storage.write(run / STARTED, json.dumps(asdict(started), indent=1).encode())
    until = time.monotonic() + wait
    while not _trains(run, process.pid) and time.monotonic() < until:
        if process.poll() is not None:
            if process.returncode == 0:
                break  # a run that was at its end already
            raise TrainingError(f"{run}: ended at once: {last_line(run / TEXT)}")
        time.sleep(0.2)
    if process.poll() is None:
        process.returncode = 0  # it outlives this process: nobody waits for it
    return started


def start_training(
    wanted: TrainingSettings, *, core: int | None = None, threads: int = 1, renew: bool = False
) -> tuple[Path, Started]:
    """Starts a training in the background, or goes on with it; its folder, and how it was started.

    Args:
        wanted: recipe, and pair set or cache; of one process. core, threads: as `start`.
        renew: a run that is being trained is stopped first, and goes on with the code of the present commit.

    Raises:
        RecipeError: no such recipe. PairSetError, TrainingError: no pair set or cache there; else as `start`.
    """
    folder = wanted.folder.resolve()
    arguments = ["train", str(Path(wanted.recipe).resolve()) if Path(wanted.recipe).is_file() else wanted.recipe]
    # What is wrong with recipe or data is refused here, not in a log.
    arguments += ["--run", str(folder), *_of_course(wanted, threads), *_of_experiment(wanted)]
    arguments += ["--start", str(wanted.start.resolve())] if wanted.start else []
    if renew and is_alive(folder):
        stop(folder, STOPS)
    return folder, start(arguments, folder, root=checkout(), core=core, threads=threads, renew=renew)


def _of_course(wanted: TrainingSettings, threads: int) -> list[str]:
    """Arguments of courses alone; none if it is not one."""
    if wanted.cache is None:
        return []
    _ = wanted.course
    if not (wanted.cache / ABOUT).is_file():
        raise TrainingError(f"{wanted.cache}: no cache here; make one with 'senga cache SET... -o {wanted.cache}'")
    numbers = {"pictures": wanted.pictures, "batch": wanted.batch, "threads": threads}
    return ["--cache", str(wanted.cache.resolve()), *_as_options(numbers)]


def _of_experiment(wanted: TrainingSettings) -> list[str]:
    """Arguments of what learns from pair sets alone; none if it does not."""
    if wanted.pairs is None:
        return []
    _ = wanted.experiment
    PairSet.open(wanted.pairs)
    url = spelled(wanted.pairs)
    pairs = url if is_remote(url) else str(wanted.pairs.resolve())
    numbers = {"steps": wanted.steps, "batch": wanted.batch, "largest": wanted.largest, "memory": wanted.memory}
    return ["--pairs", pairs, *_as_options(numbers)]


def _as_options(numbers: Mapping[str, float | None]) -> list[str]:
    """Those that are said, as a command has them."""
    return [text for name, value in numbers.items() if value is not None for text in (f"--{name}", str(value))]


def _trains(run: Path, process: int) -> bool:
    """Whether a process has come so far as to train a run."""
    standing = read_standing(run)
    return standing is not None and standing.process == process and is_alive(run)


def last_line(file: Path) -> str:
    """The last line of a text file that is not blank; "" if there is none."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise TrainingError(f"{folder}: git {arguments[0]} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return done.stdout.strip()


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
