"""Where senga is on this machine, and how the plugin makes a place for it from a wheel that lies beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .words import LineError

NOTE = "installation.json"
"""File in the plugin's folder that `senga krita install` writes: {"python": ..., "package": ...}."""

LEAST = (3, 11)
"""Oldest Python that runs senga."""

RUN = "import sys; folder = sys.argv.pop(1); sys.path[:0] = [folder] * bool(folder); from senga.cli import main; main()"
"""What starts senga: its first argument is the folder of the package, "" where Python finds it by itself."""


class Installation(NamedTuple):
    """A Python that has senga.

    Attributes:
        python: the interpreter. package: folder that holds `senga`; "" if Python finds it by itself.
    """

    python: str
    package: str = ""

    def command(self, *arguments: str) -> list[str]:
        """The command line of senga."""
        return [self.python, "-c", RUN, self.package, *arguments]


def own_place(home: Path | None = None) -> Path:
    """The folder of the environment that the plugin makes."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "senga-krita" / "venv"
    if sys.platform == "darwin":
        return (home or Path.home()) / "Library" / "Application Support" / "senga-krita" / "venv"
    return Path(os.environ.get("XDG_DATA_HOME") or (home or Path.home()) / ".local" / "share") / "senga-krita" / "venv"


def python_in(place: Path) -> Path:
    """The interpreter of an environment."""
    return place / "Scripts" / "python.exe" if os.name == "nt" else place / "bin" / "python"


def find(folder: Path, chosen: str = "", place: Path | None = None) -> Installation | None:
    """The installation that is used: the person's choice, the noted one, the plugin's own, else one on the PATH.

    Args:
        folder: of the plugin. chosen: a Python, as set by the person; "" for none. place: see `own_place`.
    """
    if chosen:
        return Installation(chosen) if Path(chosen).is_file() else None
    noted = _noted(folder)
    if noted is not None:
        return noted
    own = python_in(place or own_place())
    if own.is_file():
        return Installation(str(own))
    script = shutil.which("senga")
    beside = None if script is None else Path(script).parent / ("python.exe" if os.name == "nt" else "python")
    return Installation(str(beside)) if beside is not None and beside.is_file() else None


def _noted(folder: Path) -> Installation | None:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        found = Installation(str(note["python"]), str(note.get("package", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    there = Path(found.python).is_file() and (not found.package or (Path(found.package) / "senga").is_dir())
    return found if there else None


def wheel_beside(folder: Path) -> Path | None:
    """The newest senga-*.whl in the plugin's folder, or in the one that holds it."""
    found = [f for place in (folder, folder.parent) for f in place.glob("senga-*.whl")]
    return max(found, key=lambda f: [int(n) for n in re.findall(r"\d+", f.name.split("-")[1])], default=None)


def clean_environment() -> dict[str, str]:
    """The environment without what Krita's own Python is told by it."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")}


def quiet() -> dict:
    """Arguments of `Popen` that keep a console from opening."""
    return {"creationflags": 0x08000000} if os.name == "nt" else {}


def find_python() -> str:
    """A Python that is new enough.

    Raises:
        LineError: none is there.
    """
    names = [f"python3.{minor}" for minor in (13, 12, 11)] + ["python3", "python"]
    for command in [[n] for n in names] + ([["py", "-3"]] if os.name == "nt" else []):
        path = shutil.which(command[0])
        if path is None:
            continue
        asked = [path, *command[1:], "-c", "import sys; print(sys.executable); sys.exit(sys.version_info < (3, 11))"]
        try:
            done = _run(asked, 20)
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip().splitlines()[-1]
    raise LineError("no python")


def make(folder: Path, place: Path, tell=lambda step: None, python: str = "") -> Installation:
    """Makes an environment with senga from the wheel beside the plugin; takes minutes.

    Args:
        folder: of the plugin. place: of the environment. tell: hears of each step, a word.
        python: to make it with; "" finds one.

    Raises:
        LineError: no wheel, no Python, or what a step complained of. What was there before stays then.
    """
    wheel = wheel_beside(folder)
    if wheel is None:
        raise LineError("no wheel", folder=folder)
    python = python or find_python()
    aside = place.with_name(place.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    tell("venv")
    if _run([python, "-m", "venv", str(aside)], 300).returncode != 0:
        shutil.rmtree(aside, ignore_errors=True)
        raise LineError("no venv", python=python)
    tell(wheel.name)
    pip = [str(python_in(aside)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", f"{wheel}[web]"]
    done = _run(pip, 1800)
    if done.returncode != 0:
        shutil.rmtree(aside, ignore_errors=True)
        raise LineError("no install", why=last_line(done.stderr or done.stdout))
    shutil.rmtree(place, ignore_errors=True)
    # The scripts of an environment name its folder, its interpreter does not: only that one is used.
    aside.rename(place)
    return Installation(str(python_in(place)))


def last_line(text: str) -> str:
    """The last line of a program's complaint that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "senga:"))]
    return (errors or lines or ["?"])[-1][:300]


def _run(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, text=True,
        errors="replace", env=clean_environment(), check=False, **quiet(),
    )  # fmt: skip
