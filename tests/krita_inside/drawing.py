"""Pictures for documents of Krita, drawn with Qt."""

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QImage, QPainter, QPen


def to_bytes(image):
    at = image.constBits()
    at.setsize(4 * image.width() * image.height())
    return bytes(at)


def blank(width, height, color=0):
    image = QImage(width, height, QImage.Format_ARGB32)
    image.fill(color)
    return image


def faces(width, height):
    """Two circles and a box inside each: closed ink on nothing."""
    image = blank(width, height)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0), max(2.0, height / 120)))
    side = min(width / 2, height) * 0.8
    for x in (width / 4, 3 * width / 4):
        painter.drawEllipse(QPointF(x, height / 2), side / 2, side / 2)
        painter.drawRect(QRectF(x - side / 8, height / 2 - side / 8, side / 4, side / 4))
    painter.end()
    return image


def strokes(width, height, *colored):
    """Strokes (x, y, color, alpha) of a soft brush, as wide as a tenth of the height."""
    image = blank(width, height)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.Antialiasing)
    for x, y, color, alpha in colored:
        ink = QColor(color)
        ink.setAlpha(alpha)
        painter.setPen(QPen(ink, height / 12, Qt.SolidLine, Qt.RoundCap))
        painter.drawLine(QPointF(x, y), QPointF(x + height / 10, y))
    painter.end()
    return image


def hinted(width, height):
    """A red stroke in the left circle, a faint blue one in the right."""
    at = height / 2 - 0.27 * min(width / 2, height)
    return (width * 0.2, at, "#d02030", 255), (width * 0.7, at, "#2040d0", 90)


def put(document, node, image):
    node.setPixelData(to_bytes(image), 0, 0, image.width(), image.height())
    document.refreshProjection()


def drawn_document(app, width=400, height=300, model="RGBA", depth="U8", profile="sRGB-elle-V2-srgbtrc.icc"):
    """A document of white paper, a layer of ink and a layer of hints: red at the left, blue and faint at the right."""
    document = app.createDocument(width, height, "drawn", model, depth, profile, 300.0)
    document.setBatchmode(True)
    root = document.rootNode()
    paper = root.childNodes()[0]
    plain = (model, depth) == ("RGBA", "U8")
    for name, image in (
        ("", blank(width, height, QColor("white"))),
        ("ink", faces(width, height)),
        ("my hints", strokes(width, height, *hinted(width, height))),
    ):
        node = document.createNode(name, "paintlayer") if name else paper
        if name:
            root.addChildNode(node, None)
        if not plain:
            node.setColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
        put(document, node, image)
        if not plain:
            node.setColorSpace(model, depth, profile)
    document.refreshProjection()
    return document


def tree(node, depth=0):
    """Names, modes and visibility of all layers, the highest first."""
    found = []
    for one in reversed(node.childNodes()):
        found.append(("  " * depth + one.name(), one.blendingMode(), one.visible()))
        found += tree(one, depth + 1)
    return found


def pixel(data, width, x, y):
    """(r, g, b, a) of bytes B, G, R, A."""
    at = 4 * (y * width + x)
    blue, green, red, alpha = data[at : at + 4]
    return red, green, blue, alpha
