"""A server that belongs to the program that started it: it ends with it, however that ends.

The parent holds the other end of this process's stdin. When the system closes it, because the parent closed it or died,
even by SIGKILL, a read here comes to its end: that works on every system. Where another process has inherited that end
and keeps it open, the parent's death shows by its number.
"""

import os
import threading
import time

LOOK = 0.2
"""Seconds between two looks at whether the parent is still there. Ours."""


def end_with_parent() -> None:
    """From now on this process ends at once, in the middle of a work too, when its stdin does or its parent dies.

    Nothing of a server's is kept in files, so that none is left half written; and nobody is left who would wait for
    the interpreter to take itself apart, which takes seconds where the processors are busy.
    """
    for watch in (_await_end_of_stdin, _await_end_of_parent):
        threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()


def _await_end_of_stdin(_: int) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:  # it was never open, or the other end broke
        pass
    os._exit(0)


def _await_end_of_parent(parent: int) -> None:
    while os.getppid() == parent:  # elsewhere than on POSIX it never changes, and stdin has to do
        time.sleep(LOOK)
    os._exit(0)
