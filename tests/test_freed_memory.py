"""Memory that is freed and taken again, as training does."""

import resource
import subprocess
import sys

import pytest

COUNT = """
import resource, sys
from senga.learn.freed_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def take(size=40_000_000):
    return len(b"a" * size)  # freed at once; glibc asks for each block above 32 MB
take()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    take()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(how: str) -> int:
    said = subprocess.run([sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=True)
    return int(said.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone")
def test_kept_memory_is_not_asked_of_the_system_again() -> None:
    pages = 20 * 40_000_000 // resource.getpagesize()
    assert _faults("kept") < pages / 100 < _faults("given back")
