"""The verb `lines`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.line_options import Binary, Invert, Svg, Transparent
from senga.verbs.targets import (
    Backend,
    Engine,
    Force,
    Format,
    MaxRam,
    OnError,
    Report,
    Resume,
    Run,
    Threads,
    Unpack,
    Workers,
    as_bytes,
    backend_here,
    carry_out,
    in_set,
)


def lines(
    pictures: Annotated[list[str], typer.Argument(help="Color pictures, folders, archives; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, folder or archive (.zip, .cbz); '-': stdout.")],
    method: Annotated[str, typer.Option(help="learned, canny, dilate, xdog or mix.")] = "learned",
    thickness: Annotated[
        float | None, typer.Option(help="learned: width of every line, px (as wide as in the picture).")
    ] = None,
    detail: Annotated[
        float | None, typer.Option(help="learned: from 0, outlines alone, to 1, every fold and hair (1).")
    ] = None,
    outline_solids: Annotated[
        bool, typer.Option("--outline-solids", help="learned: draw the outline of solid black instead of filling it.")
    ] = False,
    gap: Annotated[float | None, typer.Option(help="learned: close gaps of lines up to this, px (6).")] = None,
    speck: Annotated[
        float | None,
        typer.Option(
            help="learned: of line art, which is cleaned: loose ink to take out, px; 0: none; -1: by the page."
        ),
    ] = None,
    low: Annotated[float | None, typer.Option(help="canny: lower threshold (100).")] = None,
    high: Annotated[float | None, typer.Option(help="canny: upper threshold (200).")] = None,
    size: Annotated[int | None, typer.Option(help="dilate: window, odd px (5).")] = None,
    gain: Annotated[float | None, typer.Option(help="dilate: gain on the difference (1).")] = None,
    sigma: Annotated[float | None, typer.Option(help="xdog: narrow Gaussian, px (0.7).")] = None,
    k: Annotated[float | None, typer.Option(help="xdog: wide / narrow sigma (1.6).")] = None,
    tau: Annotated[float | None, typer.Option(help="xdog: weight of the wide Gaussian (0.98).")] = None,
    epsilon: Annotated[float | None, typer.Option(help="xdog: gray level where ink begins (0).")] = None,
    phi: Annotated[float | None, typer.Option(help="xdog: steepness of the ink's onset (10).")] = None,
    seed: Annotated[int, typer.Option(help="mix: of what is drawn at random.")] = 0,
    invert: Invert = False,
    line_layer: Annotated[
        str | None,
        typer.Option(help="PSD, PSB, ORA, KRA: a layer or group to draw from, by name or path; default: what shows."),
    ] = None,
    binary: Binary = False,
    transparent: Transparent = False,
    svg: Svg = False,
    model: Annotated[
        Path | None,
        typer.Option(
            help="learned, mix: model file, or 'open': as for 'senga color'; default: the shipped one.",
            callback=in_set("inker.onnx"),
        ),
    ] = None,
    backend: Backend = "onnxruntime",
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    format: Format = None,
    max_ram: MaxRam = None,
    force: Force = False,
) -> None:
    """Draw line art from color pictures."""
    from senga.jobs.drawing import DrawLines
    from senga.lines import extract

    given: dict[str, float | None] = {"low": low, "high": high, "size": size, "gain": gain, "sigma": sigma}
    given |= {"k": k, "tau": tau, "epsilon": epsilon, "phi": phi}
    given |= {"thickness": thickness, "detail": detail, "gap": gap, "speck": speck}
    given |= {"solid": 0.0 if outline_solids else None}
    parameters = extract.make_parameters(method, {name: v for name, v in given.items() if v is not None})
    work = DrawLines(
        threads,
        binary,
        transparent,
        svg,
        method=method,
        parameters=parameters,
        model=model,
        seed=seed,
        invert=invert,
        max_ram=as_bytes(max_ram),
        line_layer=line_layer,
        backend=backend_here(backend, engine),
    )
    carry_out("lines", work, pictures, out, Run(force, workers, engine, resume, on_error, report, unpack, format))
