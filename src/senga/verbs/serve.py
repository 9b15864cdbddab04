"""The verb `serve`."""

import json
import os
import sys
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

import typer

from senga import __version__, extras
from senga.errors import SettingError
from senga.verbs.targets import Backend, Model


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; other than loopback needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8420,
    token: Annotated[
        str | None,
        typer.Option(
            help="Token that every visitor needs; default: none on loopback, else a new one.", envvar="SENGA_TOKEN"
        ),
    ] = None,
    open_: Annotated[
        bool | None, typer.Option("--open/--no-browser", help="Open the page; default: where there is a desktop.")
    ] = None,
    allow_name: Annotated[
        list[str] | None,
        typer.Option(
            help="Name that this server is also reached by, as a proxy's; repeatable.", envvar="SENGA_ALLOW_NAME"
        ),
    ] = None,
    model: Model = None,
    backend: Backend = "onnxruntime",
    workers: Annotated[
        int | None, typer.Option(help="Strokes that are answered at the same time; default: one for 4 threads.", min=1)
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Processor threads of one answer; default: a worker's share, at most 4.", min=1)
    ] = None,
    max_megapixels: Annotated[float, typer.Option(help="Largest drawing.", min=0.01, max=160)] = 40,
    max_body: Annotated[float, typer.Option(help="Largest upload, MB.", min=0.01, max=2000)] = 64,
    memory: Annotated[float, typer.Option(help="Most memory of all drawings, MB.", min=10)] = 1500,
    for_parent: Annotated[
        bool,
        typer.Option(
            "--for-parent",
            help="For programs that start senga: on loopback, the token from SENGA_TOKEN; one line of JSON on stdout "
            "when it answers; ends with the parent, or when stdin does.",
        ),
    ] = False,
    idle_minutes: Annotated[float, typer.Option(help="Unused drawings are dropped after this.", min=0.01)] = 60,
) -> None:
    """Open the artist's table: a page to paint hints and see the drawing colored, and its HTTP API."""
    extras.require("web", "fastapi", "uvicorn", "websockets", "python_multipart")
    if for_parent:
        _belong_to_parent(host)
    from senga.web.server import Limits
    from senga.web.serving import serve as run
    from senga.web.serving import share_threads

    quick, threads = share_threads(workers, threads)
    limits = Limits(
        body=int(max_body * 1e6),
        pixels=int(max_megapixels * 1e6),
        memory=int(memory * 1e6),
        idle=idle_minutes * 60,
        quick=quick,
    )

    def ready(address: str) -> None:
        if for_parent:
            typer.echo(_as_line(address))
            return
        typer.echo(f"senga: {address} (ctrl-C stops)")
        if open_ if open_ is not None else _has_desktop():
            import webbrowser

            webbrowser.open(address)

    with suppress(KeyboardInterrupt):
        run(
            host,
            port,
            limits=limits,
            model=model,
            backend=backend,
            threads=threads,
            token=token,
            names=allow_name or (),
            ready=ready,
        )
    if not for_parent:
        typer.echo("senga: stopped", err=True)


def _belong_to_parent(host: str) -> None:
    """Ends with the parent from now on, before the model is read, which takes a while."""
    from senga.web.guard import is_loopback
    from senga.web.parent import end_with_parent

    if not is_loopback(host):
        raise SettingError("{for_parent} serves the program that started it, on loopback alone; leave out {host}")
    if not os.environ.get("SENGA_TOKEN"):
        raise SettingError("{for_parent} needs a token in the environment variable SENGA_TOKEN; others see options")
    end_with_parent()


def _as_line(address: str) -> str:
    """What a parent reads: where the server answers, without its token."""
    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.netloc}"
    return json.dumps({"port": parts.port, "address": place, "api": "/api/v1", "version": __version__})


def _has_desktop() -> bool:
    """Whether a person sits here who could see a browser."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
