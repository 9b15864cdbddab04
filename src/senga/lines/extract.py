"""The one door to line art: a picture and a method in, line art out."""

from dataclasses import fields
from typing import Any, Literal, get_args

from senga.errors import SengaError
from senga.image import Pixels
from senga.lines import edges

Method = Literal["canny", "dilate", "xdog"]
METHODS: tuple[Method, ...] = get_args(Method)


def extract_lines(picture: Pixels, method: str = "xdog", **parameters: float) -> Pixels:
    """Line art of a picture.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
        method: one of `METHODS`.
        parameters: the method's own, by name; see `edges.Canny`, `edges.Dilate`, `edges.Xdog`.

    Returns:
        (H, W) uint8, 0 = ink, 255 = paper.

    Raises:
        SengaError: unknown method or parameter, or a value out of range.
    """
    made = make_parameters(method, parameters)
    if isinstance(made, edges.Canny):
        return edges.canny(picture, made)
    if isinstance(made, edges.Dilate):
        return edges.dilate(picture, made)
    return edges.xdog(picture, made)


def make_parameters(method: str, given: dict[str, float]) -> "edges.Canny | edges.Dilate | edges.Xdog":
    """A method's parameters, the given ones in place of the defaults. Raises as `extract_lines`."""
    if method not in METHODS:
        raise SengaError(f"unknown line method '{method}'; known: {', '.join(METHODS)}")
    kind = edges.parameters_of(method)
    known = {f.name: f.type for f in fields(kind)}
    for name in given:
        if name not in known:
            raise SengaError(f"{method}: unknown parameter '{name}'; known: {', '.join(known)}")
    values: dict[str, Any] = {n: int(v) if known[n] in (int, "int") else float(v) for n, v in given.items()}
    made: edges.Canny | edges.Dilate | edges.Xdog = kind(**values)
    _check(made)
    return made


def _check(p: "edges.Canny | edges.Dilate | edges.Xdog") -> None:
    if isinstance(p, edges.Dilate) and (p.size < 3 or p.size % 2 == 0 or p.gain <= 0):
        raise SengaError(f"dilate: size must be odd and at least 3, gain over 0; found size {p.size}, gain {p.gain}")
    if isinstance(p, edges.Xdog) and (p.sigma <= 0 or p.sigma > 100 or p.k <= 1 or p.k > 20 or p.phi <= 0):
        raise SengaError(f"xdog: sigma must be in (0, 100], k in (1, 20], phi over 0; found {p}")
    if isinstance(p, edges.Canny) and (p.low < 0 or p.high < 0):
        raise SengaError(f"canny: thresholds must not be negative; found low {p.low}, high {p.high}")
