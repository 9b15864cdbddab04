"""A server that belongs to the program that started it ends with it, however that ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")

from conftest import ring
from senga import Client, ServerError, image

TOKEN = "a-token-of-enough-characters"
SERVE = [sys.executable, "-c", "from senga.cli import main; main()", "serve", "--port", "0", "--for-parent"]
ENVIRONMENT = os.environ | {"SENGA_TOKEN": TOKEN, "OMP_NUM_THREADS": "1"}
SECOND = 1.0

PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen({SERVE!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
HOLDER
print(child.pid, child.stdout.readline().decode(), flush=True)
time.sleep(600)
"""

needs_posix = pytest.mark.skipif(os.name != "posix", reason="kills by signals")


def told(line: bytes | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not fetched by anybody does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def seconds_until_gone(pid: int) -> float:
    start = time.monotonic()
    while is_there(pid) and time.monotonic() < start + 20:
        time.sleep(0.01)
    return time.monotonic() - start


@pytest.fixture
def server() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as made:
        yield made
        made.kill()


class Parent:
    """A program that started a server; `pid` is the server's."""

    def __init__(self, holder: str = "") -> None:
        code = PARENT.replace("HOLDER", holder)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=ENVIRONMENT, start_new_session=True
        )
        assert self.process.stdout is not None
        pid, _, line = self.process.stdout.readline().decode().partition(" ")
        self.pid, self.said = int(pid), told(line)
        self.client = Client(self.said["address"], TOKEN)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Whatever a test left."""
        self.client.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def parent() -> Iterator[Parent]:
    made = Parent()
    yield made
    made.end()


def test_it_tells_its_port_on_one_line_and_needs_the_token(server: subprocess.Popen[bytes]) -> None:
    assert server.stdout is not None
    assert server.stdin is not None
    said = told(server.stdout.readline())
    assert said["address"] == f"http://127.0.0.1:{said['port']}"
    assert TOKEN not in json.dumps(said)
    with Client(said["address"], TOKEN) as client:
        assert client.health()["status"] == "ok"
    with Client(said["address"]) as stranger, pytest.raises(ServerError, match="needs the token") as refused:
        stranger.health()
    assert refused.value.status == 401
    server.stdin.close()
    start = time.monotonic()
    assert server.wait(20) == 0
    assert time.monotonic() - start < SECOND
    assert server.stdout.read() == b"", "nothing but that line"


@needs_posix
def test_it_ends_with_a_parent_that_is_killed(parent: Parent) -> None:
    assert parent.client.health()["status"] == "ok"
    parent.kill()
    assert seconds_until_gone(parent.pid) < SECOND


@needs_posix
def test_a_work_under_way_does_not_keep_it(parent: Parent) -> None:
    picture = image.encode(ring(1400, 1000, 300), "PNG")

    def ask() -> None:
        with suppress(ServerError):  # unless all was answered before
            parent.client.candidates(picture, 64)

    asking = threading.Thread(target=ask)
    asking.start()
    while parent.client.progress().step != "working" or parent.client.progress().seconds < 1:
        time.sleep(0.02)
    parent.kill()
    assert seconds_until_gone(parent.pid) < SECOND
    asking.join(10)
    assert not asking.is_alive()


@needs_posix
@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="another process may hold a pipe only where it is inherited"
)
def test_it_ends_too_where_another_process_holds_its_stdin() -> None:
    holder = "subprocess.Popen(['sleep', '60'], pass_fds=[child.stdin.fileno()])"
    parent = Parent(holder)
    try:
        parent.kill()
        assert seconds_until_gone(parent.pid) < SECOND
    finally:
        parent.end()


@needs_posix
def test_one_whose_parent_dies_before_it_is_ready_ends_too() -> None:
    with subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as server:
        assert server.stdin is not None
        server.stdin.close()
        assert server.wait(30) == 0
        assert server.stdout is not None
        assert server.stdout.read() == b""


@pytest.mark.parametrize(
    ("more", "token", "said"),
    [(["--host", "0.0.0.0"], TOKEN, "on loopback alone"), ([], "", "SENGA_TOKEN")],
)
def test_it_is_for_the_parent_alone(more: list[str], token: str, said: str) -> None:
    environment = ENVIRONMENT | {"SENGA_TOKEN": token}
    done = subprocess.run([*SERVE, *more], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert len(done.stderr.decode().strip().splitlines()) == 1
