"""The plugin's own settings page."""

from __future__ import annotations

from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from .settings import BOUNDS
from .words import say


class SettingsPage(QDialog):
    """Shows the settings, and keeps them when it is accepted."""

    def __init__(self, settings, using: str, set_up, parent=None) -> None:
        """A page.

        Args:
            settings: `Settings`. using: the Python that is used now, "" if none. set_up: called by its button.
        """
        super().__init__(parent)
        self.setWindowTitle(f"senga – {say('settings')}")
        self._settings = settings
        self._fields: dict[str, QWidget] = {}
        form = QFormLayout()
        self._choice(form, "language", [("", say("as krita")), ("en", "English"), ("zh", "中文"), ("ja", "日本語")])
        self._number(form, "light", 0.1)
        self._choice(form, "reach", [(name, say(name)) for name in ("region", "object", "far")])
        self._number(form, "gap", 0.5)
        self._number(form, "faintest", 5, " %")
        self._number(form, "reference_strength", 0.1, word="reference strength")
        self._number(form, "delay", 50, " ms")
        self._number(form, "count", 1)
        form.addRow(say("python"), self._python_row())
        self.used = QLabel(say("runs", python=using) if using else say("not found"))
        self.used.setWordWrap(True)
        form.addRow(self.used)
        self.set_up = QPushButton(say("set up"))
        self.set_up.clicked.connect(set_up)
        form.addRow(self.set_up)
        keys = QLabel(say("keys"))
        keys.setWordWrap(True)
        form.addRow(keys)
        buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addLayout(form)
        whole.addWidget(buttons)

    def accept(self) -> None:
        """Keeps what is shown."""
        for name, field in self._fields.items():
            if isinstance(field, QComboBox):
                self._settings[name] = field.currentData()
            elif isinstance(field, QLineEdit):
                self._settings[name] = field.text().strip()
            else:
                self._settings[name] = field.value()
        super().accept()

    def _choice(self, form: QFormLayout, name: str, choices) -> None:
        field = QComboBox()
        for value, text in choices:
            field.addItem(text, value)
        field.setCurrentIndex(max(0, field.findData(self._settings[name])))
        self._add(form, name, name, field)

    def _number(self, form: QFormLayout, name: str, step, suffix: str = "", word: str = "") -> None:
        least, most = BOUNDS[name]
        field = QSpinBox() if isinstance(least, int) else QDoubleSpinBox()
        field.setRange(least, most)
        field.setSingleStep(step)
        field.setSuffix(suffix)
        field.setValue(self._settings[name])
        self._add(form, name, word or name, field)

    def _python_row(self) -> QWidget:
        field = QLineEdit(self._settings["python"])
        field.setPlaceholderText(say("python auto"))
        self._fields["python"] = field
        browse = QToolButton()
        browse.setText("…")
        browse.clicked.connect(self._browse)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(field)
        line.addWidget(browse)
        return row

    def _browse(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, say("python"))
        if found:
            self._fields["python"].setText(found)

    def _add(self, form: QFormLayout, name: str, word: str, field: QWidget) -> None:
        self._fields[name] = field
        form.addRow(say(word), field)
