"""The page in a real browser: a server of its own, a headless Chromium, and what a person does with both."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

CHROMIUM = os.environ.get("SENGA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SERVE = """import sys
from senga.web.serving import serve
serve("127.0.0.1", int(sys.argv[1]), threads=int(sys.argv[2]), ready=lambda address: print(address, flush=True))
"""
RED = "#e01020"


def ready() -> str:
    """Why these tests cannot run here, or ""."""
    for name in ("playwright", "fastapi", "uvicorn"):
        try:
            __import__(name)
        except ImportError:
            return f"{name} is not installed: pip install -e '.[web,webtest]'"
    return "" if CHROMIUM else "no Chromium here: install it, or name one in SENGA_CHROMIUM"


@dataclass
class Server:
    """`senga serve` in a process of its own."""

    port: int = 0
    threads: int = 2
    process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Starts it, on the port it had before if it had one; answers its address."""
        command = [sys.executable, "-c", SERVE, str(self.port), str(self.threads)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        address = self.process.stdout.readline().strip()
        assert address.startswith("http"), "the server did not start"
        self.port = int(address.rstrip("/").rsplit(":", 1)[1])
        return address

    def stop(self) -> None:
        """Ends it, as a restart does: what it knew is gone."""
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


def drawing(height: int = 300, width: int = 400) -> bytes:
    """A PNG of a ring and a box, closed, 3 px thick."""
    y, x = np.mgrid[:height, :width]
    lines = np.full((height, width), 255, np.uint8)
    lines[np.abs(np.hypot(y - height * 0.5, x - width * 0.3) - height * 0.3) < 1.5] = 0
    box = np.maximum(np.abs(y - height * 0.5) - height * 0.25, np.abs(x - width * 0.75) - width * 0.15)
    lines[np.abs(box) < 1.5] = 0
    file = io.BytesIO()
    Image.fromarray(lines).save(file, "PNG")
    return file.getvalue()


RING, BOX = (120, 150), (300, 150)
"""Places inside the ring and the box of `drawing()`, px."""
ACROSS = [(95, 150), (145, 150)]
"""A stroke inside the ring."""


@dataclass
class Table:
    """The page, open in a browser, with a person before it."""

    page: Any
    sent: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @staticmethod
    def open(context: Any, address: str) -> "Table":
        """Opens the page in a browser context."""
        table = Table(context.new_page())
        # What a browser without a person before it cannot ask: files come by downloads and file choosers instead.
        table.page.add_init_script(
            "if (!window.keepPickers) delete window.showSaveFilePicker, window.showOpenFilePicker"
        )
        table.page.on("pageerror", lambda error: table.errors.append(str(error)))
        table.page.on("websocket", lambda socket: socket.on("framesent", table._note))
        table.page.goto(address)
        table.page.wait_for_selector("html[data-ready]")
        return table

    def _note(self, payload: Any) -> None:
        if isinstance(payload, str):
            self.sent.append(json.loads(payload))

    def run(self, script: str, given: Any = None) -> Any:
        """The answer of a script that finds the page's own `app` and `renderer`."""
        load = "const {app} = await import('/page/app.js'); const renderer = await import('/page/renderer.js');"
        return self.page.evaluate(f"async (given) => {{ {load} {script} }}", given)

    def drop(self, content: bytes, name: str = "ring.png", wait: bool = True) -> None:
        """A file falls on the window."""
        self.page.evaluate(
            """([bytes, name]) => {
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
                for (const type of ['dragenter', 'dragover', 'drop'])
                    document.body.dispatchEvent(
                        new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
            }""",
            [base64.b64encode(content).decode(), name],
        )
        if wait:
            self.page.wait_for_selector(f'#tabs [aria-selected="true"][title="{name}"]')
            self.colored()

    def colored(self, seconds: float = 60) -> None:
        """Waits until the newest request has been answered."""
        self.until("const d = app.current; return !!(d && d.opened && d.color && !d.busy && !d.growing)", None, seconds)

    def until(self, script: str, given: Any = None, seconds: float = 60) -> None:
        """Waits until a script, as `run` takes it, answers true."""
        end = time.monotonic() + seconds
        while not self.run(script, given):
            assert time.monotonic() < end, f"not in {seconds} s: {script}"
            self.page.wait_for_timeout(20)

    def window(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where a place of the drawing is in the window."""
        x, y = self.run("return app.current.view.toWindow(given)", list(place))
        box = self.page.locator("#sheet").bounding_box()
        return box["x"] + x, box["y"] + y

    def paint(self, places: Sequence[tuple[float, float]], wait: bool = True) -> None:
        """A stroke of the mouse through places of the drawing."""
        first, *rest = [self.window(p) for p in places]
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for x, y in rest:
            self.page.mouse.move(x, y, steps=6)
        self.page.mouse.up()
        if wait:
            self.colored()

    def point(self, kind: str, place: tuple[float, float], number: int = 1, **more: Any) -> None:
        """One pointer event at a place of the drawing."""
        x, y = self.window(place)
        self.page.evaluate(
            """([kind, init]) => document.getElementById('sheet').dispatchEvent(
                new PointerEvent(kind, {bubbles: true, cancelable: true, isPrimary: true, buttons: 1, ...init}))""",
            [kind, {"clientX": x, "clientY": y, "pointerId": number, **more}],
        )

    def color(self, color: str) -> None:
        """The person types a color."""
        self.run("app.setColor(given)", color)

    def under(self, place: tuple[float, float]) -> tuple[int, int, int]:
        """The color under the lines at a place of the drawing."""
        hexed = self.run("return renderer.colorAt(app.current, given)", list(place))
        return tuple(int(hexed[i : i + 2], 16) for i in (1, 3, 5))  # type: ignore[return-value]

    def seen(self, place: tuple[float, float]) -> tuple[int, int, int]:
        """The color of the window at a place of the drawing."""
        x, y = self.window(place)
        shot = self.page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1}, animations="disabled")
        return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))  # type: ignore[return-value]

    def saved(self, press: Any) -> Path:
        """The file that comes of `press()`."""
        with self.page.expect_download(timeout=90000) as coming:
            press()
        return Path(coming.value.path())

    def marks(self) -> list[dict[str, Any]]:
        """The drawing's marks."""
        marks: list[dict[str, Any]] = self.run("return app.current.state.marks")
        return marks


def is_red(color: tuple[int, int, int]) -> bool:
    """True of a color that nobody calls anything else."""
    r, g, b = color
    return r > 120 and r > g + 60 and r > b + 60


def serving() -> Iterator[Server]:
    """A server, for a fixture."""
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for a file of tests."""
    yield from serving()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a file of tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def table(browser: Any, server: Server) -> Iterator[Table]:
    """The page in a window of 1280 x 800, with nothing kept from before; it must not have thrown anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    yield opened
    context.close()
    assert opened.errors == []


@pytest.fixture
def drawn(table: Table) -> Table:
    """The page with `drawing()` open and colored."""
    table.drop(drawing())
    return table
