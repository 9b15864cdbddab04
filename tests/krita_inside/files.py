"""A session without a window, run by kritarunner: documents, answers as layers, files."""

import json
import os
import sys
import time
import traceback
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), os.environ["SENGA_PYKRITA"]]


def main(args):
    """Runs one of the sessions below, and tells how it went by the exit code and a last line."""
    code = 1
    try:
        globals()[args[0]](Path(args[1]))
        print("PASSED")
        code = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def opened():
    """Krita, and the plugin's studio with a server of its own."""
    from krita import Krita
    from senga_krita import installation
    from senga_krita.asking import Asker
    from senga_krita.engine import Engine
    from senga_krita.settings import Settings
    from senga_krita.studio import Studio

    app = Krita.instance()
    app.setBatchmode(True)
    found = installation.find(Path(os.environ["SENGA_PYKRITA"]) / "senga_krita")
    assert found is not None, "no installation noted"
    return app, Studio(app, Settings(app), Asker(Engine(found)))


def answered(studio, document, kind="color", **more):
    question = studio.question(document, kind, **more)
    layers = studio.asker.layers(question)
    studio.lay(document, question, layers)
    document.waitForDone()
    return layers


def named(document, name):
    from senga_krita import places

    return next(node for node, _ in places.every_node(document.rootNode()) if node.name() == name)


def whole(document, node):
    return bytes(node.pixelData(0, 0, document.width(), document.height()))


def coloring(place):
    """Hints are obeyed, lines are not touched, the answer lies under them, and is found again in the file."""
    import drawing
    from senga_krita import places

    app, studio = opened()
    document = drawing.drawn_document(app)
    ink, hints = named(document, "ink"), named(document, "my hints")
    before = whole(document, ink), whole(document, hints)
    answered(studio, document)
    assert [row[0] for row in drawing.tree(document.rootNode())] == [
        "my hints", "ink", "senga", "  hints", "  light", "  shade", "  flat", "Background",
    ], drawing.tree(document.rootNode())  # fmt: skip
    modes = {row[0].strip(): row[1:] for row in drawing.tree(document.rootNode())}
    assert modes["shade"] == ("multiply", True)
    assert modes["light"] == ("screen", True)
    assert modes["flat"] == ("normal", True)
    assert modes["hints"] == ("normal", False)
    assert (whole(document, ink), whole(document, hints)) == before
    flat = whole(document, named(document, "flat"))
    # One color a region, each from the stroke in it; the faint one, as a light pen draws it, counts as well.
    assert near(drawing.pixel(flat, 400, 60, 100), (0xD0, 0x20, 0x30, 255))
    assert drawing.pixel(flat, 400, 140, 150) == drawing.pixel(flat, 400, 60, 100)
    assert near(drawing.pixel(flat, 400, 260, 100), (0x20, 0x40, 0xD0, 255))
    # The copy of the hints keeps the pen's pressure.
    copy = whole(document, named(document, "hints"))
    assert copy == before[1]
    assert 80 < drawing.pixel(copy, 400, 290, 90)[3] < 100
    # What is seen is what the lines are multiplied over.
    document.refreshProjection()
    file = place / "saved.kra"
    assert document.saveAs(str(file))
    app.setBatchmode(True)
    again = app.openDocument(str(file))
    assert drawing.tree(again.rootNode()) == drawing.tree(document.rootNode())
    assert whole(again, named(again, "flat")) == flat
    assert places.answer_of(again) is not None
    assert bytes(again.pixelData(0, 0, 400, 300)) == bytes(document.pixelData(0, 0, 400, 300))
    # Asked in the file that was opened again, the answer replaces itself.
    document.close()
    answered(studio, again)
    assert [row[0] for row in drawing.tree(again.rootNode())].count("senga") == 1
    studio.asker.close()


def near(found, wanted, by=12):
    """A color that is one to the eye: the network's own answer may differ by a little."""
    return all(abs(a - b) <= by for a, b in zip(found, wanted))


def selection(place):
    """A selection limits the change, to the byte."""
    import drawing
    from krita import Selection

    app, studio = opened()
    document = drawing.drawn_document(app)
    answered(studio, document)
    old = {n: whole(document, named(document, n)) for n in ("flat", "shade", "light")}
    drawing.put(document, named(document, "my hints"), drawing.strokes(
        400, 300, (80, 90, "#20a040", 255), (280, 90, "#e0c020", 255)
    ))  # fmt: skip
    chosen = Selection()
    chosen.select(200, 0, 200, 300, 255)
    document.setSelection(chosen)
    answered(studio, document)
    for name, data in old.items():
        new = whole(document, named(document, name))
        for y in range(300):
            assert new[1600 * y : 1600 * y + 800] == data[1600 * y : 1600 * y + 800], (name, y)
    flat = whole(document, named(document, "flat"))
    assert near(drawing.pixel(flat, 400, 260, 100), (0xE0, 0xC0, 0x20, 255))
    assert near(drawing.pixel(flat, 400, 60, 100), (0xD0, 0x20, 0x30, 255))
    # Soft edges mix.
    chosen.select(0, 0, 200, 300, 128)
    document.setSelection(chosen)
    answered(studio, document)
    red, green, _, alpha = drawing.pixel(whole(document, named(document, "flat")), 400, 60, 100)
    assert 0x40 < red < 0xB0, red
    assert 0x40 < green < 0x80, green
    assert alpha == 255
    studio.asker.close()


def models(place):
    """Documents of other colors are answered so that they look the same, or refused in one line."""
    import drawing
    from senga_krita.words import LineError

    app, studio = opened()
    plain = drawing.drawn_document(app)
    answered(studio, plain)
    for model, depth, profile, names in (
        ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc", ["hints", "light", "shade", "flat"]),
        ("RGBA", "U16", "sRGB-elle-V2-g10.icc", ["hints", "color", "flat"]),
        ("RGBA", "F32", "sRGB-elle-V2-g10.icc", ["hints", "color", "flat"]),
        ("LABA", "U16", "", ["hints", "color", "flat"]),
        ("CMYKA", "U8", "", ["hints", "color", "flat"]),
    ):
        document = drawing.drawn_document(app, model=model, depth=depth, profile=profile)
        answered(studio, document)
        group = named(document, "senga")
        assert [n.name() for n in reversed(group.childNodes())] == names, (model, depth)
        assert (document.colorModel(), document.colorDepth()) == (model, depth)
        assert all((n.colorModel(), n.colorDepth()) == (model, depth) for n in group.childNodes())
        converted = plain.clone()
        converted.flatten()
        converted.waitForDone()
        converted.setColorSpace(model, depth, profile)
        wanted = seen(converted)  # not every color model can show every color
        converted.close()
        far = max(abs(a - b) for point in wanted for a, b in zip(wanted[point], seen(document)[point]))
        print(model, depth, profile, "differs by", far)
        assert far <= 8, (model, depth, far)
        # Live writes into layers of these colors too.
        question = studio.question(document, "color")
        assert studio.repaint(document, question, studio.asker.layers(question))
        again = max(abs(a - b) for point in wanted for a, b in zip(wanted[point], seen(document)[point]))
        assert again <= far + 2
        document.close()
    for width, height, model, word in (
        (400, 300, "GRAYA", "GRAYA"),
        (8000, 8000, "RGBA", "40"),
        (4000, 8, "RGBA", "256"),
    ):
        document = app.createDocument(width, height, "odd", model, "U8", "", 72.0)
        try:
            studio.question(document, "color")
        except LineError as line:
            assert word in str(line)
            assert "\n" not in str(line)
        else:
            raise AssertionError(f"{model} of {width} x {height} px was not refused")
        document.close()
    studio.asker.close()


def seen(document):
    """Colors of a document's places as they are shown, (r, g, b)."""
    document.refreshProjection()
    image = document.projection(0, 0, 400, 300)
    points = ((60, 100), (140, 150), (260, 100), (340, 150), (100, 150), (300, 150), (5, 5))
    return {p: image.pixelColor(*p).getRgb()[:3] for p in points}


def lines(place):
    """Scans are cleaned, pictures give their lines, on a layer of their own that is the line layer then."""
    import drawing
    from PyQt5.QtGui import QColor, QPainter
    from senga_krita import places

    app, studio = opened()
    for kind in ("clean", "lines"):
        document = app.createDocument(400, 300, "scan", "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 300.0)
        scan = drawing.blank(400, 300, QColor("#e8e0d0") if kind == "clean" else QColor("#80b0e0"))
        painter = QPainter(scan)
        painter.drawImage(0, 0, drawing.faces(400, 300))
        painter.end()
        node = document.rootNode().childNodes()[0]
        drawing.put(document, node, scan)
        before = whole(document, node)
        question = studio.question(document, kind, source=node)
        studio.lay_lines(document, question, studio.asker.ink(question), places.id_of(node))
        made = document.rootNode().childNodes()[-1]
        assert made.name() == "lines"
        assert whole(document, node) == before
        data = whole(document, made)
        assert set(data[0::4]) | set(data[1::4]) | set(data[2::4]) == {0}  # black ink on nothing
        assert drawing.pixel(data, 400, 5, 5)[3] == 0
        ink = [drawing.pixel(data, 400, x, 150)[3] for x in range(10, 60)]
        assert max(ink) > 128
        layers = answered(studio, document)
        assert [one.name for one in layers] == ["flat", "shade", "light"]
        assert [row[0] for row in drawing.tree(document.rootNode())][:2] == ["lines", "senga"]
        document.close()
    studio.asker.close()


def palettes(place):
    """Krita's own palettes, a reference, flats and ideas."""
    import drawing
    from krita import Krita, Palette
    from senga_krita import palettes as own

    app, studio = opened()
    names = own.names(Krita.instance())
    colors = own.colors_of(app, "Default" if "Default" in names else names[0], Palette)
    assert 2 <= len(colors) <= 256
    assert all(len(c) == 7 and int(c[1:], 16) >= 0 for c in colors)
    document = drawing.drawn_document(app)
    for node in document.rootNode().childNodes():
        if node.name() == "my hints":
            node.remove()
    layers = answered(studio, document, "flats", palette=("#203040", "#e0b090"))
    assert [one.name for one in layers] == ["flat"]
    kept = {drawing.pixel(layers[0].data, 400, x, y)[:3] for x, y in ((60, 100), (100, 150), (260, 100), (300, 150))}
    assert kept <= {(0x20, 0x30, 0x40), (0xE0, 0xB0, 0x90), (255, 255, 255)}, kept
    found = list(studio.asker.ideas(studio.question(document, "ideas")))
    assert len(found) == 4
    assert len({png for _, _, png in found}) > 1
    reference = drawing.blank(64, 64, 0xFF208040)
    layer = document.createNode("swatch", "paintlayer")
    document.rootNode().addChildNode(layer, None)
    layer.setPixelData(drawing.to_bytes(reference), 0, 0, 64, 64)
    document.refreshProjection()
    from senga_krita import places

    plain = answered(studio, document)
    borrowed = answered(studio, document, reference=places.id_of(layer))
    assert plain[0].data != borrowed[0].data
    studio.asker.close()


def opaque(place):
    """Lines with their paper in them: the answer lies above, multiplied, and shows what it would below."""
    import drawing
    from PyQt5.QtGui import QColor, QPainter

    app, studio = opened()
    wanted = None
    for own_paper in (False, True):
        document = app.createDocument(400, 300, "scan", "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 300.0)
        paper = document.rootNode().childNodes()[0]
        sheet = drawing.blank(400, 300, QColor("white"))
        drawing.put(document, paper, sheet)
        node = paper
        if own_paper:
            painter = QPainter(sheet)
            painter.drawImage(0, 0, drawing.faces(400, 300))
            painter.end()
        else:
            node = document.createNode("ink", "paintlayer")
            document.rootNode().addChildNode(node, None)
            sheet = drawing.faces(400, 300)
        drawing.put(document, node, sheet)
        answered(studio, document)
        found = seen(document)
        wanted = wanted or found
        assert all(near(found[p], wanted[p], 2) for p in wanted), (found, wanted)
        if own_paper:
            rows = drawing.tree(document.rootNode())
            assert (rows[0][0], rows[0][1], rows[-1][0]) == ("senga", "multiply", "Background")
            assert studio.notes
    studio.asker.close()


def largest(place):
    """The largest document that is taken, 8,000 x 5,000, is answered or refused in one line; larger is refused."""
    import drawing
    from senga_krita.words import LineError

    app, studio = opened()
    document = drawing.drawn_document(app, 8000, 5000)
    ink = named(document, "ink")
    before, tree = whole(document, ink), drawing.tree(document.rootNode())
    found, start = {}, time.perf_counter()
    for kind in ("flats", "color"):
        try:
            answered(studio, document, kind)
            found[kind] = round(time.perf_counter() - start, 1)
        except LineError as line:
            found[kind] = str(line)
            assert found[kind].strip(), kind
            assert "\n" not in found[kind], found
        start = time.perf_counter()
    print(json.dumps(found), flush=True)
    assert whole(document, ink) == before
    if isinstance(found["color"], float):
        flat = whole(document, named(document, "flat"))
        assert near(drawing.pixel(flat, 8000, 1250, 1500), (0xD0, 0x20, 0x30, 255))
    else:
        assert drawing.tree(document.rootNode()) == tree or isinstance(found["flats"], float)
    document.close()
    larger = app.createDocument(8000, 5001, "larger", "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 300.0)
    try:
        studio.question(larger, "color")
        raise AssertionError("taken")
    except LineError as line:
        assert "8000" in str(line), line
        assert "\n" not in str(line), line
    studio.asker.close()
