"""Pictures between Krita and senga: bytes of layers, QImage, PNG. No Krita here, only Qt's pictures.

Layers of 8 bit RGBA are B, G, R, A in memory, which is what QImage calls ARGB32 (straight alpha).
"""

from __future__ import annotations

from PyQt5.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PyQt5.QtGui import QImage, QPainter

QUICK = 85
"""Quality of PNGs in Qt's words: packed a little, in a fifth of the time of its default. Ours."""


def from_bytes(data, width: int, height: int) -> QImage:
    """A picture of a layer's bytes, 4 a pixel."""
    content = bytes(data)
    if len(content) != 4 * width * height:
        raise ValueError(f"{len(content)} bytes are no layer of {width} x {height} px")
    return QImage(content, width, height, 4 * width, QImage.Format_ARGB32).copy()


def to_bytes(image: QImage) -> bytes:
    """A layer's bytes of a picture, 4 a pixel."""
    held = image if image.format() == QImage.Format_ARGB32 else image.convertToFormat(QImage.Format_ARGB32)
    at = held.constBits()
    at.setsize(4 * held.width() * held.height())
    return bytes(at)


def blank(width: int, height: int) -> QImage:
    """A picture with nothing on it."""
    image = QImage(width, height, QImage.Format_ARGB32)
    image.fill(0)
    return image


def to_png(image: QImage) -> bytes:
    """PNG file of a picture."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.WriteOnly)
    image.save(buffer, "PNG", QUICK)
    return bytes(held)


def from_png(content: bytes) -> QImage:
    """A picture of a PNG file."""
    image = QImage.fromData(content)
    if image.isNull():
        raise ValueError("a picture that cannot be read")
    return image.convertToFormat(QImage.Format_ARGB32)


def on_paper(image: QImage) -> QImage:
    """A picture laid on white; gray where all of it is gray: half as large on its way."""
    paper = QImage(image.size(), QImage.Format_RGB32)
    paper.fill(Qt.white)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper.convertToFormat(QImage.Format_Grayscale8) if paper.allGray() else paper


def heard(image: QImage, faintest: int) -> QImage:
    """A hint layer whose strokes of at least `faintest` alpha (1 to 255) all count, however light the pen was.

    The server takes what is at least half opaque; a light pen with pressure on opacity is less.
    """
    data = bytearray(to_bytes(image))
    table = bytes(255 if alpha >= faintest else 0 for alpha in range(256))
    data[3::4] = data[3::4].translate(table)
    return from_bytes(data, image.width(), image.height())


def over(images: list) -> QImage:
    """Pictures of one size laid on each other, the lowest first."""
    whole = images[0].copy()
    if len(images) > 1:
        painter = QPainter(whole)
        for image in images[1:]:
            painter.drawImage(0, 0, image)
        painter.end()
    return whole


def ink_of(image: QImage) -> QImage:
    """Gray line art as black ink on nothing, as dense as the gray is dark."""
    gray = to_bytes(image)
    data = bytearray(len(gray))
    data[3::4] = gray[1::4].translate(bytes(255 - v for v in range(256)))
    return from_bytes(data, image.width(), image.height())


def placed(image: QImage, x: int, y: int, width: int, height: int) -> QImage:
    """A picture at its place in a larger one with nothing around it."""
    if (x, y) == (0, 0) and (image.width(), image.height()) == (width, height):
        return image
    whole = blank(width, height)
    painter = QPainter(whole)
    painter.setCompositionMode(QPainter.CompositionMode_Source)
    painter.drawImage(x, y, image)
    painter.end()
    return whole


def mixed(old: QImage, new: QImage, selected: bytes) -> QImage:
    """The new picture where it is selected, the old one elsewhere; byte for byte where the selection is all or nothing.

    Args:
        old, new: of one size. selected: 0 to 255 for each pixel, as Krita's selections are.
    """
    width, height = old.width(), old.height()
    if set(selected) <= {0, 255}:
        return _chosen(old, new, selected)
    plane = QImage(selected, width, height, width, QImage.Format_Alpha8)
    kept, inside = (i.convertToFormat(QImage.Format_ARGB32_Premultiplied) for i in (old, new))
    for image, mode in (
        (kept, QPainter.CompositionMode_DestinationOut),
        (inside, QPainter.CompositionMode_DestinationIn),
    ):
        painter = QPainter(image)
        painter.setCompositionMode(mode)
        painter.drawImage(0, 0, plane)
        painter.end()
    painter = QPainter(kept)
    painter.setCompositionMode(QPainter.CompositionMode_Plus)
    painter.drawImage(0, 0, inside)
    painter.end()
    return kept.convertToFormat(QImage.Format_ARGB32)


def _chosen(old: QImage, new: QImage, selected: bytes) -> QImage:
    """As `mixed`, for selections without soft edges: runs of whole rows are copied."""
    width, height = old.width(), old.height()
    data, fresh = bytearray(to_bytes(old)), to_bytes(new)
    for y in range(height):
        row = selected[y * width : (y + 1) * width]
        start = row.find(255)
        while start >= 0:
            end = row.find(0, start)
            end = width if end < 0 else end
            at, to = 4 * (y * width + start), 4 * (y * width + end)
            data[at:to] = fresh[at:to]
            start = row.find(255, end)
    return from_bytes(data, width, height)


def merged(flat: QImage, shade: QImage, light: QImage) -> QImage:
    """What flats, shade and light show together, for documents that do not multiply as 8 bit sRGB does."""
    whole = flat.convertToFormat(QImage.Format_ARGB32_Premultiplied)
    painter = QPainter(whole)
    for image, mode in ((shade, QPainter.CompositionMode_Multiply), (light, QPainter.CompositionMode_Screen)):
        painter.setCompositionMode(mode)
        painter.drawImage(0, 0, image)
    painter.end()
    return whole.convertToFormat(QImage.Format_ARGB32)
