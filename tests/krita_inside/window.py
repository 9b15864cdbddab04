"""Sessions in Krita's own window: the docker is pressed, strokes are drawn, steps are taken back."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import drawing
from krita import Krita
from PyQt5.QtCore import QAbstractItemModel, QPoint, Qt, QTimer
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication

OUT = os.environ.get("HOOK_OUT", "")


def pump(seconds=0.3, until=None):
    """Lets Krita go on: to be driven by `yield from`; True as soon as `until()` is.

    Never by `processEvents`: what Krita tells its window of new layers waits until its own loop has the word again.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until is not None and until():
            return True
        yield
    return until is None


class Table:
    """A window with a drawn document and the plugin's docker."""

    def lay(self, width=400, height=300, **colors):
        """Puts all of it there. `colors`: the document's model, depth and profile."""
        self.app = Krita.instance()
        self.app.setBatchmode(True)
        self.window = self.app.activeWindow()
        self.document = drawing.drawn_document(self.app, width, height, **colors)
        self.view = self.window.addView(self.document)
        yield from pump(1)
        self.window.qwindow().setGeometry(0, 0, 1400, 900)
        self.focus()
        yield from pump(1)
        self.docker = sys.modules["senga_krita.docker"].opened[0]
        self.docker.setVisible(True)
        self.docker.raise_()
        self.history = next(
            m
            for m in self.window.qwindow().findChildren(QAbstractItemModel)
            if m.metaObject().className() == "KisUndoModel"
        )
        yield from pump(0.5)

    def focus(self):
        """Krita's window is the active one, as a window manager would see to; here is none."""
        QApplication.setActiveWindow(self.window.qwindow())

    def press(self, name, seconds=150):
        """Presses a button of the docker, and waits for what comes."""
        button = self.docker.panel.buttons[name]
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.LeftButton)
        assert (yield from pump(seconds, lambda: self.docker.working.job is None)), self.said
        yield from pump(0.2)

    @property
    def said(self):
        return self.docker.panel.state.text()

    def steps(self):
        self.document.waitForDone()
        yield from pump(0.2)
        return self.history.rowCount() - 1

    def act(self, name):
        self.app.action(name).trigger()
        yield from pump(0.6)

    def tree(self):
        return drawing.tree(self.document.rootNode())

    def node(self, name):
        from senga_krita import places

        return next(n for n, _ in places.every_node(self.document.rootNode()) if n.name() == name)

    def data(self, name):
        return bytes(self.node(name).pixelData(0, 0, self.document.width(), self.document.height()))

    def group(self):
        from senga_krita import places

        return places.id_of(self.node("senga"))

    def groups(self):
        """Ids of all answers."""
        from senga_krita import places

        return [places.id_of(n) for n in self.document.rootNode().childNodes() if n.name() == "senga"]

    def stroke(self, x, y, color):
        """A stroke of the brush on the canvas, by the mouse, at a point of the document."""
        lift = yield from self.drawn(x, y, color)
        lift()

    def drawn(self, x, y, color):
        """A stroke to its end; what lifts the pen."""
        from krita import ManagedColor

        tone = ManagedColor("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
        tone.setComponents([*(int(color[i : i + 2], 16) / 255 for i in (5, 3, 1)), 1.0])
        self.window.activeView().setForeGroundColor(tone)
        self.window.activeView().setBrushSize(12)
        canvas = self.canvas()
        at = self.on_canvas(canvas, x, y)
        QTest.mouseMove(canvas, at)
        QTest.mousePress(canvas, Qt.LeftButton, Qt.NoModifier, at)
        for step in range(1, 6):
            QTest.mouseMove(canvas, at + QPoint(4 * step, 0))
            yield from pump(0.01)
        return lambda: QTest.mouseRelease(canvas, Qt.LeftButton, Qt.NoModifier, at + QPoint(20, 0))

    def canvas(self):
        found = [
            w
            for w in self.window.qwindow().findChildren(object)
            if w.metaObject().className() in ("KisOpenGLCanvas2", "KisQPainterCanvas") and w.isVisible()
        ]
        return found[0]

    def on_canvas(self, canvas, x, y):
        """The canvas' point of a document's point; the document lies in the middle, at 100 %."""
        left = (canvas.width() - self.document.width()) // 2
        top = (canvas.height() - self.document.height()) // 2
        return QPoint(left + x, top + y)


def shoot(name):
    if OUT:
        subprocess.run(["import", "-window", "root", str(Path(OUT) / name)], check=False)


def near(found, wanted, by=14):
    return all(abs(a - b) <= by for a, b in zip(found, wanted))


def painting():
    """Color, again, undo, redo, live: each as a person would."""
    table = Table()
    yield from table.lay()
    assert table.docker.panel.lines.currentText().endswith("ink"), table.docker.panel.lines.currentText()
    before = table.data("ink")
    start = yield from table.steps()
    yield from table.press("color")
    assert "senga" in [row[0] for row in table.tree()], table.said
    assert (yield from table.steps()) == start + 1
    first, flat = table.group(), table.data("flat")
    # Asked again with another hint, it replaces itself; one undo brings the last answer back.
    hints = table.node("my hints")
    drawing.put(table.document, hints, drawing.strokes(400, 300, (60, 100, "#20a040", 255), (260, 100, "#2040d0", 255)))
    yield from table.press("color")
    second, green = table.group(), table.data("flat")
    assert first != second
    assert near(drawing.pixel(green, 400, 60, 100), (0x20, 0xA0, 0x40, 255))
    assert [row[0] for row in table.tree()].count("senga") == 1
    yield from table.act("edit_undo")
    assert (yield from pump(10, lambda: table.groups() == [first])), table.tree()
    assert table.data("flat") == flat
    yield from table.act("edit_redo")
    assert (yield from pump(10, lambda: table.groups() == [second])), table.tree()
    assert table.data("flat") == green
    yield from table.act("edit_undo")
    assert (yield from pump(10, lambda: table.groups() == [first])), table.tree()
    yield from table.act("edit_undo")
    assert (yield from pump(10, lambda: table.groups() == [])), table.tree()
    assert [row[0] for row in table.tree()] == ["my hints", "ink", "Background"]
    yield from table.act("edit_redo")
    assert (yield from pump(10, lambda: table.groups() == [first])), table.tree()
    yield from table.act("edit_redo")
    assert (yield from pump(10, lambda: table.groups() == [second])), table.tree()
    assert table.data("ink") == before
    shoot("docker.png")
    yield from live(table)


def live(table):
    """A stroke is answered a moment later, without a step of its own; an undo of the stroke is, too."""
    table.document.setActiveNode(table.node("my hints"))
    yield from table.act("KritaShape/KisToolBrush")
    yield from table.act("zoom_to_100pct")
    yield from pump(0.3)
    QTest.mouseClick(
        table.docker.panel.live, Qt.LeftButton, Qt.NoModifier, QPoint(8, table.docker.panel.live.height() // 2)
    )
    assert table.docker.panel.live.isChecked()
    assert (yield from pump(60, lambda: table.docker.working.job is None and not table.docker.live.waiting))
    yield from pump(1.0, lambda: False)
    hints, steps, group = table.data("my hints"), (yield from table.steps()), table.group()
    flat = table.data("flat")
    yield from table.stroke(300, 150, "#e0a020")
    assert (yield from pump(10, lambda: table.data("my hints") != hints)), "the stroke was not drawn"
    assert (yield from pump(20, lambda: table.data("flat") != flat)), table.said
    assert (yield from pump(20, lambda: table.docker.working.job is None))
    assert near(drawing.pixel(table.data("flat"), 400, 310, 160), (0xE0, 0xA0, 0x20, 255), 40)
    assert (yield from table.steps()) == steps + 1
    assert table.group() == group
    yield from table.act("edit_undo")
    assert table.data("my hints") == hints
    assert (yield from pump(20, lambda: table.data("flat") == flat)), table.said
    # Who paints on the answer keeps it.
    assert (yield from pump(20, lambda: table.docker.working.job is None))
    table.node("flat").setPixelData(bytes([1, 2, 3, 255]) * 100, 0, 0, 10, 10)
    mine = table.data("flat")
    yield from table.stroke(300, 150, "#20e0e0")
    assert (yield from pump(20, lambda: not table.docker.panel.live.isChecked())), table.said
    assert table.data("flat") == mine


def animated():
    """Frames of an animated line layer stay what they are; the one that is shown is colored, and a line says so."""
    table = Table()
    yield from table.lay()
    document, ink = table.document, table.node("ink")
    first = table.data("ink")
    ink.enableAnimation()
    document.setActiveNode(ink)
    yield from pump(0.5)
    yield from show_frame(table, 10)
    yield from table.act("add_blank_frame")
    second = drawing.faces(300, 300)
    ink.setPixelData(drawing.to_bytes(second), 50, 0, 300, 300)
    document.refreshProjection()
    yield from pump(0.5)
    moved = table.data("ink")
    assert ink.animated()
    assert moved != first
    yield from table.press("color")
    assert "10" in table.said, table.said
    flat = table.data("flat")
    assert [table.node(n).animated() for n in ("flat", "shade", "light")] == [False] * 3
    yield from frames_are(table, {0: first, 10: moved})
    # The other frame is colored in its place, in one step more to undo; live follows the frame that is shown.
    yield from show_frame(table, 0)
    yield from table.press("color")
    assert table.data("flat") != flat
    assert len(table.groups()) == 1
    yield from table.act("edit_undo")
    assert (yield from pump(10, lambda: table.data("flat") == flat)), table.tree()
    yield from frames_are(table, {0: first, 10: moved})
    yield from show_frame(table, 0)
    table.docker.panel.live.setChecked(True)
    assert (yield from pump(60, lambda: table.data("flat") != flat)), table.said
    assert (yield from pump(60, lambda: table.docker.working.job is None and not table.docker.live.waiting))
    table.docker.panel.live.setChecked(False)
    yield from frames_are(table, {0: first, 10: moved})
    file = Path(OUT) / "animated.kra"
    assert document.saveAs(str(file))
    again = table.app.openDocument(str(file))
    assert drawing.tree(again.rootNode()) == table.tree()
    assert next(n for n in again.rootNode().childNodes() if n.name() == "ink").animated()


def sixteen_bit():
    """Live in a document of 16 bit."""
    yield from painted_in(depth="U16")


def cmyk():
    """Live in a document of CMYK."""
    yield from painted_in(model="CMYKA", profile="")


def painted_in(**colors):
    """A stroke is answered live in the document's own colors, and nothing else is changed."""
    table = Table()
    yield from table.lay(**colors)
    yield from table.press("color")
    table.document.setActiveNode(table.node("my hints"))
    yield from table.act("KritaShape/KisToolBrush")
    yield from table.act("zoom_to_100pct")
    table.docker.panel.live.setChecked(True)
    yield from pump(0.5)
    assert (yield from pump(60, lambda: table.docker.working.job is None and not table.docker.live.waiting))
    yield from pump(1.0)
    flat, ink, shown = table.data("flat"), table.data("ink"), seen_at(table, 310, 160)
    yield from table.stroke(300, 150, "#e0a020")
    # To convert layers Krita takes events, and with them the look at what was painted last: it must not begin anew.
    looks = QTimer()
    looks.timeout.connect(table.docker.live._after_stroke)
    looks.start(5)
    assert (yield from pump(60, lambda: table.data("flat") != flat)), table.said
    looks.stop()
    assert (yield from pump(60, lambda: table.docker.working.job is None and not table.docker.live.waiting))
    assert table.data("ink") == ink
    assert not near(seen_at(table, 310, 160), shown), table.said
    kinds = {(n.colorModel(), n.colorDepth()) for n in table.node("senga").childNodes()}
    assert kinds == {(table.document.colorModel(), table.document.colorDepth())}


def seen_at(table, x, y):
    """(r, g, b) of the document as it is shown at a point, without its hints."""
    hints = table.node("my hints")
    hints.setVisible(False)
    table.document.refreshProjection()
    copy = table.document.clone()
    hints.setVisible(True)
    copy.setColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
    copy.waitForDone()
    copy.refreshProjection()
    found = drawing.pixel(bytes(copy.pixelData(x, y, 1, 1)), 1, 0, 0)[:3]
    copy.close()
    return found


def show_frame(table, number):
    """Goes to a frame, as a person does in the timeline."""
    table.document.setCurrentTime(number)
    table.document.waitForDone()
    yield from pump(0.5)
    assert table.document.currentTime() == number


def frames_are(table, wanted):
    """The line layer has these pixels at these frames, to the byte."""
    before = table.document.currentTime()
    for number, data in wanted.items():
        yield from show_frame(table, number)
        assert table.data("ink") == data, number
    yield from show_frame(table, before)


def broken():
    """The server dies in the middle: nothing changes, a line says so, and the next question starts another."""
    table = Table()
    yield from table.lay()
    yield from table.press("color")
    tree, flat, steps = table.tree(), table.data("flat"), (yield from table.steps())
    drawing.put(table.document, table.node("my hints"), drawing.strokes(400, 300, (60, 100, "#20a040", 255)))
    hints = table.data("my hints")
    pid = table.docker.asker.engine.pid
    QTest.mouseClick(table.docker.panel.buttons["ideas"], Qt.LeftButton)
    yield from pump(0.05)
    os.kill(pid, signal.SIGKILL)
    assert (yield from pump(30, lambda: table.docker.working.job is None))
    assert "senga ended" in table.said, table.said
    assert (table.tree(), table.data("flat"), table.data("my hints")) == (tree, flat, hints)
    assert (yield from table.steps()) == steps
    yield from table.press("color")
    assert table.docker.asker.engine.pid not in (None, pid)
    assert table.data("flat") != flat, (table.said, table.tree())
    # Closing Krita's window ends the server.
    last = table.docker.asker.engine.pid
    sys.modules["senga_krita.plugin"]._close()
    assert not Path(f"/proc/{last}").exists()


def paused():
    """After a pause the server has closed the connection: the next press is answered, and Krita lives."""
    table = Table()
    yield from table.lay()
    yield from table.press("color")
    yield from pump(33.0)
    drawing.put(table.document, table.node("my hints"), drawing.strokes(400, 300, (60, 100, "#20a040", 255)))
    flat = table.data("flat")
    yield from table.press("color")
    assert table.data("flat") != flat, table.said


def killed():
    """Krita dies while senga works; who started it looks for the server."""
    table = Table()
    yield from table.lay()
    yield from table.press("color")
    (Path(OUT) / "server").write_text(str(table.docker.asker.engine.pid))
    QTest.mouseClick(table.docker.panel.buttons["ideas"], Qt.LeftButton)
    yield from pump(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


def pages():
    """Every button, the settings page and the three languages, as pictures."""
    table = Table()
    yield from table.lay(1000, 1400)
    table.focus()
    table.app.action("senga_hints").trigger()
    assert (yield from pump(10, lambda: table.document.activeNode().name() == "hints"))
    yield from pump(1.0)
    assert table.document.activeNode().name() == "hints", (table.document.activeNode().name(), table.tree(), table.said)
    assert table.tree()[0][0] == "hints"
    from senga_krita import words

    for language in ("ja", "zh", "en"):
        table.docker.open_settings()
        page = table.docker.page
        page._fields["language"].setCurrentIndex(page._fields["language"].findData(language))
        yield from pump(0.3)
        page.accept()
        yield from pump(0.5)
        assert table.docker.panel.buttons["color"].text() == words.WORDS["color"][words.LANGUAGES.index(language)]
        shoot(f"docker-{language}.png")
        table.docker.open_settings()
        yield from pump(0.5)
        shoot(f"settings-{language}.png")
        table.docker.page.reject()
        yield from pump(0.3)
    yield from table.press("ideas")
    assert table.docker.panel.ideas.count() == 4
    shoot("ideas.png")
    table.docker.panel.ideas.itemClicked.emit(table.docker.panel.ideas.item(2))
    assert (yield from pump(30, lambda: table.docker.working.job is None))
    assert "senga" in [row[0] for row in table.tree()], (table.said, table.tree())
    yield from pump(2.0)
    assert table.document.activeNode().name() == "hints"
    yield from table.press("clean")  # of an empty layer
    assert "hints" in table.said, (table.said, table.document.activeNode().name())
    shoot("pages.png")


def times():
    """Seconds of a 1,000 x 1,400 document, of the clock and of both programs' processors.

    Color; live, where all of the hint layer is new; and a live stroke of the brush, from when the pen is lifted.
    """
    table = Table()
    yield from table.lay(1000, 1400)
    found = {}
    for at, name in enumerate(("first", "color", "color")):
        yield from repaint_hints(table, at)
        found[name] = yield from timed(
            table, lambda: QTest.mouseClick(table.docker.panel.buttons["color"], Qt.LeftButton)
        )
    table.docker.panel.live.setChecked(True)
    yield from pump(0.5)
    assert (yield from pump(60, lambda: table.docker.working.job is None and not table.docker.live.waiting))

    def flats(marks):
        return lambda: table.docker.studio._marks[1].get("flat") != marks["flat"]

    for at in range(3, 6):
        # Live sees the stroke by itself, maybe before this can tell it: the clock runs from the stroke on.
        stirred = lambda at=at: (paint_hints(table, at), table.docker._stirred())
        found["live"] = yield from timed(table, stirred, flats(dict(table.docker.studio._marks[1])))
        yield from pump(1.0)
    table.document.setActiveNode(table.node("my hints"))
    yield from table.act("KritaShape/KisToolBrush")
    yield from table.act("zoom_to_100pct")
    for color in ("#c03050", "#3050c0", "#30c050"):
        lift = yield from table.drawn(610, 700, color)
        found["stroke"] = yield from timed(table, lift, flats(dict(table.docker.studio._marks[1])))
        yield from pump(1.0)
    print(json.dumps(found), flush=True)
    assert "senga" in [row[0] for row in table.tree()], (table.said, table.tree())


def repaint_hints(table, at):
    """Other strokes on the hint layer, and time for Krita to see them."""
    paint_hints(table, at)
    yield from pump(1.0)


def paint_hints(table, at):
    strokes = (200, 340, "#20a040", 255), (700 + 10 * at, 380, f"#{0x2040D0 + 0x301000 * at:06x}", 255)
    drawing.put(table.document, table.node("my hints"), drawing.strokes(1000, 1400, *strokes))
    table.document.waitForDone()


def timed(table, begin, first=None):
    """Seconds from `begin()` until `first()` and until nothing is under way any more."""
    clock, work = time.perf_counter(), worked(table)
    begin()
    found = {}
    if first is not None:
        assert (yield from pump(60, first))
        found["first change"], found["its processor"] = time.perf_counter() - clock, worked(table) - work
    assert (yield from pump(120, lambda: table.docker.working.job is None and not table.docker.live.waiting))
    found.update(clock=time.perf_counter() - clock, processor=worked(table) - work)
    return {name: round(value, 2) for name, value in found.items()}


def worked(table):
    """Seconds that all processors have worked for Krita and its server."""
    server = table.docker.asker.engine.pid
    parts = [0.0] if server is None else []
    if server is not None:
        fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
        parts.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    return sum(parts) + time.process_time()
