"""The plugin in the real Krita: without a window by kritarunner, in its own under Xvfb. Skipped where Krita is not."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blocks import ROOT

INSIDE = ROOT / "tests" / "krita_inside"
LIMIT = 600
"""Most seconds of a session; a first start alone takes half a minute, and the machine may have other work."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("kritarunner") is None, reason="Krita is not installed"),
]
windowed = pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="there is no Xvfb")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the plugin is installed by `senga krita install`, and one more that runs the sessions."""
    home = tmp_path_factory.mktemp("home")
    (home / "run").mkdir(mode=0o700)
    (home / "out").mkdir()
    place = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", "from senga.cli import main; main()", "krita", "install"]
    subprocess.run(command, env=place, check=True, capture_output=True)
    plugins = home / ".local/share/krita/pykrita"
    shutil.copytree(INSIDE / "hook", plugins / "hook")
    told = (plugins / "senga_krita.desktop").read_text().replace("X-KDE-Library=senga_krita", "X-KDE-Library=hook")
    (plugins / "hook.desktop").write_text(told)
    settings = home / ".config/kritarc"
    settings.write_text(settings.read_text().replace("[python]\n", "[python]\nenable_hook=true\n"))
    return home


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a Krita: nothing of this Python's, which would lead its own astray."""
    plain = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(home / "run")}
    return {**plain, "PYTHONUNBUFFERED": "1", "SENGA_PYKRITA": str(home / ".local/share/krita/pykrita"), **more}


def headless(home: Path, session: str) -> str:
    """What a session of krita_inside/files.py printed; it has passed."""
    done = subprocess.run(
        ["kritarunner", "-s", "files", "-f", "main", "--", session, str(home / "out")],
        env=surroundings(home, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(INSIDE)),
        capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip
    assert (done.returncode, "PASSED" in done.stdout) == (0, True), done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def window(home: Path, session: str) -> "subprocess.CompletedProcess[str]":
    """How a session of krita_inside/window.py ended."""
    return subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "krita", "--nosplash"],
        env=surroundings(home, HOOK_RUN=session, HOOK_PATH=str(INSIDE), HOOK_OUT=str(home / "out")),
        capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip


def passed(done: "subprocess.CompletedProcess[str]") -> str:
    assert (done.returncode, "PASSED" in done.stdout) == (0, True), done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("session", ["coloring", "selection", "models", "lines", "palettes", "opaque", "largest"])
def test_documents_are_answered_without_a_window(home: Path, session: str) -> None:
    headless(home, session)


@windowed
def test_an_artist_colors_takes_back_and_paints_live(home: Path) -> None:
    passed(window(home, "painting"))


@windowed
def test_every_button_and_the_settings_in_three_languages(home: Path) -> None:
    passed(window(home, "pages"))


@windowed
@pytest.mark.parametrize("session", ["animated", "sixteen_bit", "cmyk"])
def test_documents_of_frames_and_of_other_colors_in_the_window(home: Path, session: str) -> None:
    passed(window(home, session))


@windowed
def test_a_server_that_dies_leaves_the_document_as_it_was(home: Path) -> None:
    passed(window(home, "broken"))


@windowed
def test_a_press_after_a_pause_is_answered(home: Path) -> None:
    passed(window(home, "paused"))


@windowed
def test_a_krita_that_dies_leaves_no_server(home: Path) -> None:
    window(home, "killed")
    server = int((home / "out/server").read_text())
    end = time.monotonic() + 15
    while time.monotonic() < end and alive(server):
        time.sleep(0.1)
    assert not alive(server)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@windowed
def test_an_answer_and_a_live_stroke_take_little_computing(home: Path) -> None:
    """Seconds of all processors, which other work on the machine does not change as it does those of a clock."""
    said = next(line for line in passed(window(home, "times")).splitlines() if line.startswith("{"))
    print(said)
    found = json.loads(said)
    assert found["color"]["processor"] <= 8
    assert found["live"]["processor"] <= 6
