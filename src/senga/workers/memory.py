"""How many works fit into memory at a time."""

import ctypes
import os
from pathlib import Path

SPARED = 0.8
"""Share of the memory that is free which works take together, where nobody says how much. Ours."""

CGROUP = Path("/sys/fs/cgroup")
"""Where a container's bound is told."""

MMAP_THRESHOLD, LARGE = -3, 1_000_000
"""The C library's number of the size from which on a block has pages of its own; and what we set it to, bytes. Ours: a
stroke on a small drawing asks for less, and pages that are given back are cleared anew each time."""


def return_large_blocks() -> bool:
    """Lets large blocks go back to the machine as soon as they are free; whether the C library could be told so.

    By itself GNU's raises the size from which on blocks have pages of their own to that of the largest picture, and
    works in many threads then leave holes that no other fits into: 200 strokes on 12 million px took twice the memory.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE))
    except (AttributeError, OSError, TypeError):  # another C library, or none that can be asked
        return False


def free_memory() -> int | None:
    """Bytes that this machine, or the container around this process, has free; None where it does not tell."""
    known = [size for size in (_of_machine(), _of_container()) if size is not None]
    return min(known) if known else None


def affordable(count: int, need: float, most: float | None) -> int:
    """Workers that work at a time.

    Args:
        count: so many are wanted. need: bytes of each, at its largest work; 0 if that is not known.
        most: bytes of all together; None: no bound.

    >>> affordable(8, 2e9, 7e9), affordable(8, 2e9, 1e9), affordable(8, 0, 7e9), affordable(8, 2e9, None)
    (3, 1, 8, 8)
    """
    if most is None or need <= 0:
        return count
    return max(1, min(count, int(most / need)))


def _of_machine() -> int | None:
    """By Linux's own estimate of what can be had without swapping; else by pages that are free."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _of_container() -> int | None:
    try:
        most, used = ((CGROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
        return max(0, int(most) - int(used)) if most != "max" else None
    except (OSError, ValueError):
        return None
