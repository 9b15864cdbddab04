"""Where a run is, whether a process trains it, and the wish that it stop: read and written without a network."""

import contextlib
import json
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from senga import storage
from senga.errors import TrainingError

LOG, SCORES, STATUS, LOCK, STOP = "losses.csv", "scores.csv", "status.json", "lock", "stop"

_held: set[Path] = set()


@dataclass(frozen=True)
class Standing:
    """Where a run is, in its folder as `status.json`.

    Attributes:
        step: steps done. seen: pictures. minutes: of training, over all parts.
        speed: pictures a second over the last minute. process: number of the process that trains, or trained.
        written: when, as seconds since 1970.
    """

    step: int
    seen: int
    pictures: int
    minutes: float
    speed: float
    process: int
    written: float


def write_standing(run: Path, step: int, seen: int, pictures: int, minutes: float, speed: float) -> None:
    """Writes where a run is, as of now, by this process."""
    standing = Standing(step, seen, pictures, minutes, speed, os.getpid(), time.time())
    storage.write(run / STATUS, json.dumps(asdict(standing), indent=1).encode())


def read_standing(run: Path) -> Standing | None:
    """Where a run is, or None if it never came so far as to say.

    Raises:
        TrainingError: the file cannot be read.
    """
    file = run / STATUS
    if not file.is_file():
        return None
    try:
        standing = Standing(**json.loads(file.read_text()))
        if not all(isinstance(value, int | float) for value in asdict(standing).values()):
            raise TypeError("an entry is no number")
        return standing
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise TrainingError(f"{file}: cannot be read ({error}); it is written anew when the run goes on") from error


@contextmanager
def held(run: Path) -> Iterator[None]:
    """Keeps other processes from training the same run meanwhile; within one process it may be held twice.

    Raises:
        TrainingError: another process trains it.
    """
    place = run.resolve()
    if place in _held:
        yield
        return
    run.mkdir(parents=True, exist_ok=True)
    with (run / LOCK).open("a+") as file:
        if not _lock(file.fileno()):
            file.seek(0)
            raise TrainingError(f"{run}: another process trains it ({file.read().strip() or 'just started'})")
        file.truncate(0)
        file.write(f"process {os.getpid()}\n")
        file.flush()
        _held.add(place)
        storage.clear(run)
        try:
            yield
        finally:
            _held.discard(place)


def is_alive(run: Path) -> bool:
    """Whether a process trains a run; the system knows by a lock, which ends with the process."""
    if run.resolve() in _held:
        return True
    if not (run / LOCK).is_file():
        return False
    with (run / LOCK).open("a+") as file:
        return not _lock(file.fileno())


def ask_to_stop(run: Path) -> None:
    """Asks the process that trains a run to save and end; it looks at every step."""
    (run / STOP).touch()


@contextmanager
def stop_asked(run: Path) -> Iterator[Callable[[], bool]]:
    """Whether somebody asked for the run's end, by `ask_to_stop`, SIGTERM or Ctrl-C; a second signal ends at once."""
    asked = threading.Event()
    before: dict[int, Any] = {}

    def heard(number: int, frame: FrameType | None) -> None:
        asked.set()
        for each, handler in before.items():
            signal.signal(each, handler)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, heard)
    try:
        yield lambda: asked.is_set() or (run / STOP).exists()
    finally:
        (run / STOP).unlink(missing_ok=True)
        for each, handler in before.items():
            signal.signal(each, handler)


def stop(run: Path, seconds: float) -> None:
    """Asks for a run's end, as `ask_to_stop`, and waits for it.

    Raises:
        TrainingError: it has not ended in time.
    """
    ask_to_stop(run)
    if not wait_for_end(run, seconds):
        raise TrainingError(
            f"{run}: asked to stop, not ended after {seconds:.0f} s; it will when it has judged its weights"
        )


def wait_for_end(run: Path, seconds: float = math.inf) -> bool:
    """Waits until no process trains a run; whether that came in time."""
    until = time.monotonic() + seconds
    while is_alive(run):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def last_row(file: Path) -> dict[str, str]:
    """Names and values of the last row of a CSV file; empty if there is none."""
    import csv

    with contextlib.suppress(OSError), file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
        if rows:
            return rows[-1]
    return {}


def _lock(descriptor: int) -> bool:
    """Takes a file's lock; False if another has it. Where system or disk have no such locks, always True."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some disks of clusters have none
        return True
    return True
