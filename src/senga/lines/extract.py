"""The one door to line art: a picture and a method in, line art out."""

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args

from senga.errors import SengaError
from senga.image import Pixels
from senga.lines import edges, learned, mix
from senga.lines.clean import Cleaning, clean, is_line_art
from senga.lines.polarity import inverted

Method = Literal["learned", "canny", "dilate", "xdog", "mix"]
METHODS: tuple[Method, ...] = get_args(Method)

Parameters = learned.Learned | edges.Canny | edges.Dilate | edges.Xdog | mix.Mix

KINDS: dict[str, type[Any]] = {
    "learned": learned.Learned,
    "canny": edges.Canny,
    "dilate": edges.Dilate,
    "xdog": edges.Xdog,
    "mix": mix.Mix,
}


def extract_lines(
    picture: Pixels,
    method: str = "learned",
    *,
    model: str | Path | None = None,
    threads: int | None = None,
    seed: int = 0,
    invert: bool = False,
    **parameters: float,
) -> Pixels:
    """Line art of a picture; of a picture that is line art already (`clean.is_line_art`), "learned" cleans it.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
        method: one of `METHODS`.
        model: learned, mix: model file; default: the one that ships with senga.
        threads: learned, mix: processor threads; default: all.
        seed: mix: of what is drawn at random.
        invert: the picture is white drawing on black.
        parameters: the method's own, by name; see `learned.Learned`, `edges.Canny`, `edges.Dilate`, `edges.Xdog`,
            `mix.Mix`.

    Returns:
        (H, W) uint8, 0 = ink, 255 = paper.

    Raises:
        SengaError: unknown method or parameter, or a value out of range. ModelError: a file that is no line extractor.
    """
    made = make_parameters(method, parameters)
    return draw(inverted(picture) if invert else picture, made, model=model, threads=threads, seed=seed)


def draw(
    picture: Pixels,
    parameters: Parameters,
    *,
    model: str | Path | None = None,
    threads: int | None = None,
    seed: int = 0,
    backend: str = "onnxruntime",
) -> Pixels:
    """As `extract_lines`, by made parameters, whose type names the method; `backend` as `Session.open` takes it."""
    if isinstance(parameters, edges.Canny):
        return edges.canny(picture, parameters)
    if isinstance(parameters, edges.Dilate):
        return edges.dilate(picture, parameters)
    if isinstance(parameters, edges.Xdog):
        return edges.xdog(picture, parameters)
    file = Path(model) if model else None
    if isinstance(parameters, learned.Learned):
        if is_line_art(picture):
            return clean(picture, cleaning_of(parameters))
        return learned.opened(file, threads, backend).draw(picture, parameters)
    return mix.mixed(picture, parameters, seed, lambda: learned.opened(file, threads, backend))


def cleaning_of(parameters: learned.Learned) -> Cleaning:
    """How a picture that is line art already is cleaned where it would be drawn with these parameters."""
    return Cleaning(thickness=parameters.thickness, speck=parameters.speck)


def make_parameters(method: str, given: dict[str, float]) -> Parameters:
    """A method's parameters, the given ones in place of the defaults. Raises as `extract_lines`."""
    if method not in METHODS:
        raise SengaError(f"unknown line method '{method}'; known: {', '.join(METHODS)}")
    kind = KINDS[method]
    known = {f.name: f.type for f in fields(kind)}
    for name in given:
        if name not in known:
            raise SengaError(f"{method}: unknown parameter '{name}'; known: {', '.join(known)}")
    values: dict[str, Any] = {n: _typed(known[n], v) for n, v in given.items()}
    made: Parameters = kind(**values)
    _check(made)
    return made


def _typed(kind: Any, value: float) -> float | int | bool:
    if kind in (bool, "bool"):
        return bool(value)
    return int(value) if kind in (int, "int") else float(value)


def _check(p: Parameters) -> None:
    if isinstance(p, edges.Dilate) and (p.size < 3 or p.size % 2 == 0 or p.gain <= 0):
        raise SengaError(f"dilate: size must be odd and at least 3, gain over 0; found size {p.size}, gain {p.gain}")
    if isinstance(p, edges.Xdog) and (p.sigma <= 0 or p.sigma > 100 or p.k <= 1 or p.k > 20 or p.phi <= 0):
        raise SengaError(f"xdog: sigma must be in (0, 100], k in (1, 20], phi over 0; found {p}")
    if isinstance(p, edges.Canny) and (p.low < 0 or p.high < 0):
        raise SengaError(f"canny: thresholds must not be negative; found low {p.low}, high {p.high}")
    if isinstance(p, learned.Learned):
        if not (p.thickness == 0 or 0.3 <= p.thickness <= 100):
            raise SengaError(
                f"learned: thickness must be 0 (as in the picture) or in 0.3 to 100 px, found {p.thickness}"
            )
        if not 0 <= p.detail <= 1:
            raise SengaError(f"learned: detail must be in 0 to 1, found {p.detail}")
        if not 0 <= p.gap <= 100:
            raise SengaError(f"learned: gap must be in 0 to 100 px, found {p.gap}")
    if isinstance(p, mix.Mix):
        mix.check_mix(p)
