"""The image library without its warnings."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Without the library's warnings about large or odd files: what matters is raised as an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
