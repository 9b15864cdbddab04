"""The senga server that the plugin starts for itself, and ends: a child process that lives no longer than Krita."""

from __future__ import annotations

import json
import secrets
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from .installation import Installation, clean_environment, last_line, quiet
from .words import LineError

STARTING = 90.0
"""Most seconds until the server says where it listens. Ours: a cold disk and a slow machine."""

ENDING = 3.0
"""Seconds that it has to end by itself."""


class Engine:
    """A server of one installation; started when it is first asked for."""

    def __init__(self, installation: Installation, options: tuple[str, ...] = ()) -> None:
        """Starts nothing yet. `options`: more of `senga serve`."""
        self.installation = installation
        self._options = options
        self._lock = threading.Lock()
        self._process = None
        self._address = ""
        self._token = ""
        self._errors = None

    @property
    def pid(self) -> int | None:
        """The server's process id; None while it does not run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def address(self) -> tuple[str, str]:
        """The server's address and token; starts it where it does not run, which takes seconds: not for the window.

        Raises:
            LineError: it did not start, and why.
        """
        with self._lock:
            if self.pid is None:
                self._start()
            return self._address, self._token

    def has_ended(self, within: float) -> bool:
        """Whether the server does not run any more, or ends within so many seconds: a connection breaks before that."""
        process = self._process
        if process is None:
            return True
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ends the server."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        self._end()
        self._token = secrets.token_urlsafe(24)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        command = self.installation.command(
            "serve", "--host", "127.0.0.1", "--port", "0", "--for-parent", "--no-browser", *self._options
        )
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                env={**clean_environment(), "SENGA_TOKEN": self._token},
                cwd=str(Path(self.installation.python).parent),  # never a folder in which a `senga` might lie
                **quiet(),
            )  # fmt: skip
        except OSError as error:
            self._end()
            raise LineError("no start", why=error.strerror or str(error)) from error
        said = self._first_line()
        try:
            port = int(json.loads(said)["port"])
        except (ValueError, KeyError, TypeError):
            self._process.kill()
            self._process.wait()
            why = self._complaint(said)
            self._end()
            raise LineError("no start", why=why) from None
        self._address = f"http://127.0.0.1:{port}"

    def _first_line(self) -> str:
        """What it says first; a server that says nothing for too long is ended, which ends the reading too."""
        process = self._process
        late = threading.Timer(STARTING, process.kill)
        late.daemon = True
        late.start()
        try:
            return process.stdout.readline().decode("utf-8", "replace").strip()
        finally:
            late.cancel()

    def _complaint(self, said: str) -> str:
        self._errors.seek(0)
        text = self._errors.read().decode("utf-8", "replace")
        return last_line(text) if text.strip() else (said[:200] or f"exit code {self._process.returncode}")

    def _end(self) -> None:
        """Its stdin's end tells it to go; who does not hear is killed."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.stdin.close()
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None
