"""The docker's widgets and where they lie; what they do is said by who listens to them."""

from __future__ import annotations

from krita import Krita
from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from .words import say

LEAST = 270
"""Least height of the docker, px: down to the line that says what is going on. Ours."""


class Panel(QScrollArea):
    """Lines, hints, buttons, palette, reference, and one line that says what is going on; all in one language."""

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addLayout(self._layer_rows())
        column.addLayout(self._button_rows())
        column.addLayout(self._state_rows())
        column.addWidget(self._ideas())
        column.addLayout(self._choice_rows())
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setWidget(inner)
        self.setMinimumHeight(LEAST)

    def tell(self, text: str, convert: bool = False) -> None:
        """Shows a line of text, with the button that converts a document if that mends it."""
        self.convert.setVisible(convert)
        self.state.setText(text)

    def show_work(self, under_way: bool) -> None:
        """Shows whether work is under way; meanwhile no button can be pressed but the one that ends it."""
        for button in self.buttons.values():
            button.setEnabled(not under_way)
        self.bar.setVisible(under_way)
        self.cancel.setVisible(under_way)

    def _layer_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self.lines = QComboBox()
        self.lines.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.again = _tool("view-refresh", "⟳", say("again"))
        self.hints = QListWidget()
        self.hints.setFixedHeight(58)
        self.add_hints = _tool("list-add", "+", say("new hints"))
        grid.addWidget(QLabel(say("lines layer")), 0, 0)
        grid.addWidget(self.lines, 0, 1)
        grid.addWidget(self.again, 0, 2)
        grid.addWidget(QLabel(say("hint layers")), 1, 0, Qt.AlignTop)
        grid.addWidget(self.hints, 1, 1)
        grid.addWidget(self.add_hints, 1, 2, Qt.AlignTop)
        return grid

    def _button_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        self.buttons = {}
        for name, word, row, column, span in (
            ("color", "color", 0, 0, 3),
            ("flats", "flats", 0, 3, 3),
            ("ideas", "ideas", 1, 0, 3),
            ("clean", "clean", 1, 3, 3),
            ("lines", "from picture", 2, 0, 4),
        ):
            button = QPushButton(say(word))
            button.setObjectName(f"senga_{name}")
            button.setToolTip(say(f"{word} tip"))
            button.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
            grid.addWidget(button, row, column, 1, span)
            self.buttons[name] = button
        for name in ("color", "flats"):
            self.buttons[name].setMinimumHeight(34)
        font = self.buttons["color"].font()
        font.setBold(True)
        self.buttons["color"].setFont(font)
        self.live = QCheckBox(say("live"))
        self.live.setObjectName("senga_live")
        self.live.setToolTip(say("live tip"))
        grid.addWidget(self.live, 2, 4, 1, 2)
        return grid

    def _ideas(self) -> QListWidget:
        self.ideas = QListWidget()
        self.ideas.setViewMode(QListWidget.IconMode)
        self.ideas.setIconSize(QSize(112, 112))
        self.ideas.setResizeMode(QListWidget.Adjust)
        self.ideas.setMovement(QListWidget.Static)
        self.ideas.setMinimumHeight(132)
        self.ideas.hide()
        return self.ideas

    def _choice_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self.palette_box = QComboBox()
        self.palette_box.setIconSize(QSize(96, 14))
        self.palette_box.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.reference_box = QComboBox()
        self.reference_box.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        for row, (word, box) in enumerate((("palette", self.palette_box), ("reference", self.reference_box))):
            grid.addWidget(QLabel(say(word)), row, 0)
            grid.addWidget(box, row, 1)
        return grid

    def _state_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.bar.hide()
        self.set_up = QPushButton(say("set up"))
        self.set_up.setObjectName("senga_set_up")
        self.state = QLabel()
        self.state.setObjectName("senga_state")
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.cancel = _tool("dialog-cancel", "✕", say("cancel"))
        self.cancel.hide()
        self.settings = _tool("configure", "⚙", say("settings"))
        self.settings.setObjectName("senga_settings")
        last = QHBoxLayout()
        last.addWidget(self.state, 1)
        last.addWidget(self.cancel, 0, Qt.AlignTop)
        last.addWidget(self.settings, 0, Qt.AlignTop)
        self.convert = QPushButton(say("convert"))
        self.convert.setObjectName("senga_convert")
        self.convert.hide()
        rows.addWidget(self.set_up)
        rows.addWidget(self.convert)
        rows.addWidget(self.bar)
        rows.addLayout(last)
        return rows


def _tool(icon: str, text: str, tip: str) -> QToolButton:
    """A small button with one of Krita's icons, or else with a sign."""
    button = QToolButton()
    picture = Krita.instance().icon(icon)
    if picture is None or picture.isNull():
        button.setText(text)
    else:
        button.setIcon(picture)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    return button
