"""Notices: what a person should know and what stops nothing, as records of the loggers under "senga".

The library logs and leaves it to its caller what becomes of that; the command line, and the workers that it starts, put
each record on a line of stderr.
"""

import logging
import sys

ROOT = logging.getLogger("senga")


class _OnStderr(logging.Handler):
    """To stderr as it is at the time: whoever takes it over later has the records too."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"senga: {self.format(record)}\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def show() -> None:
    """From now on records of this process are told on stderr."""
    if not are_shown():
        ROOT.addHandler(_OnStderr())


def are_shown() -> bool:
    """Whether `show` was called in this process."""
    return any(isinstance(handler, _OnStderr) for handler in ROOT.handlers)
