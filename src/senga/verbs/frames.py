"""The verb `frames`."""

from typing import Annotated

import typer

from senga.verbs.line_options import LineLayer
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Backend, Force, Format, Model, Report, Threads, backend_here


def frames(
    drawings: Annotated[list[str], typer.Argument(help="Frames in order: files, a folder, a pattern or an archive.")],
    out: Annotated[str, typer.Option("-o", "--out", help="Folder of the colored frames.")],
    key: Annotated[str | None, typer.Option(help="One frame, colored by a person: its colors go on.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Name of the frame that the key is of; default: the key's own, or the first.")
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Colored picture whose colors new regions borrow.")] = None,
    tint: Annotated[
        float, typer.Option(help="How much lines take the color of what they outline, 0 to 1.", min=0, max=1)
    ] = 0.0,
    flat: Annotated[bool, typer.Option("--flat", help="One color each region, without shading.")] = False,
    light: Annotated[
        float, typer.Option(help="Strength of light and shade, 0 (flat colors) to 1.5.", min=0, max=1.5)
    ] = 1.0,
    line_layer: LineLayer = None,
    model: Model = None,
    backend: Backend = "onnxruntime",
    threads: Threads = None,
    report: Report = None,
    format: Format = None,
    force: Force = False,
) -> None:
    """Color the frames of an animation in steady colors, from one colored key frame or a reference."""
    from senga.inputs.passed import Passed
    from senga.jobs.frames import ColorAnimation, Frame, mean_flicker, write_frames_report
    from senga.storage import refuse_existing

    passed = Passed()
    work = ColorAnimation(key, at, reference, tint, flat, light, model, threads, line_layer, backend_here(backend))
    if report is not None:
        refuse_existing(report, force=force)
    with progress_bar("frames") as bar:
        task = bar.add_task("", total=None)

        def tell(frame: Frame, total: int) -> None:
            typer.echo(frame.file)
            bar.update(task, advance=1, total=total)

        painted = work.run(drawings, out, force=force, format=format, tell=tell, passed=passed)
    mean = mean_flicker(painted)
    if mean is not None:
        typer.echo(f"{len(painted)} frames; flicker of matched regions, mean Delta E 2000: {mean:.2f}", err=True)
    if line := passed.line(packing=False):
        typer.echo(f"senga: {line}", err=True)
    if report is not None:
        write_frames_report(report, painted, passed, force=force)
