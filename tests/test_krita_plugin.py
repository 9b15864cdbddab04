"""The Krita plugin's logic, on a small stub of Krita; what needs the real one is in test_krita.py."""

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from blocks import ROOT
from conftest import call
from krita_stub import App, Document
from senga import kritaplugin
from senga.errors import SengaError

sys.path.insert(0, str(ROOT / "plugins" / "krita"))
from senga_krita import answer, finding, installation, palettes, places, refusing, words
from senga_krita.engine import Engine
from senga_krita.settings import Settings
from senga_krita.together import Together

SIZE = 4 * 4 * 3


def layers(*names: str, value: int = 7) -> list[answer.Layer]:
    blends = {"shade": "multiply", "light": "screen"}
    return [answer.Layer(n, blends.get(n, "normal"), n != "hints", bytes([value]) * SIZE) for n in names]


def seen(id: str, name: str, look: tuple[float, float, float, float], *, visible: bool = True) -> finding.Layer:
    return finding.Layer(id, name, 0, visible, finding.Look(*look))


INK, PAPER, PAINT, STROKES, NOTHING = (
    (0.95, 0.05, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.3, 0.05, 0.05, 0.6), (0.97, 0.0, 0.0, 0.03), (1.0, 0.0, 0.0, 0.0),
)  # fmt: skip


class TestFinding:
    def test_ink_on_nothing_is_found_among_paper_and_paint_whatever_it_is_called(self) -> None:
        found = finding.line_layer(
            [
                seen("a", "Layer 1", PAPER),
                seen("b", "Layer 2", PAINT),
                seen("c", "Layer 3", INK),
                seen("d", "x", NOTHING),
            ]
        )
        assert found is not None
        assert found.id == "c"

    @pytest.mark.parametrize("name", ["Line art", "線画", "线稿", "inks", "主線"])
    def test_a_name_decides_between_two_that_look_alike(self, name: str) -> None:
        found = finding.line_layer([seen("a", name, INK), seen("b", "sketch", INK)])
        assert found is not None
        assert found.id == "a"

    def test_a_scan_with_its_paper_is_lines_where_nothing_else_is(self) -> None:
        found = finding.line_layer([seen("a", "Background", (0.0, 0.08, 0.92, 0.0))])
        assert found is not None

    def test_paint_paper_and_empty_layers_are_no_lines(self) -> None:
        assert finding.line_layer([seen("a", "x", PAPER), seen("b", "y", PAINT), seen("c", "z", NOTHING)]) is None

    def test_hints_are_found_by_name_and_are_not_lines(self) -> None:
        all_layers = [seen("a", "ink", INK), seen("b", "Hints", STROKES), seen("c", "ヒント 2", STROKES)]
        lines = finding.line_layer(all_layers)
        assert lines is not None
        assert lines.id == "a"
        assert [one.id for one in finding.hint_layers(all_layers, lines)] == ["b", "c"]

    def test_the_look_of_pixels(self) -> None:
        clear, black, white, red = bytes(4), bytes([0, 0, 0, 255]), bytes([255] * 4), bytes([0, 0, 255, 255])
        assert finding.looked(clear + black + white + red) == (0.25, 0.25, 0.25, 0.25)
        assert finding.looked(bytes([0, 0, 0, 51]) * 10).dark == pytest.approx(0.2)
        assert finding.is_opaque(finding.looked(white * 3 + black))
        assert not finding.is_opaque(finding.looked(white + clear))


class TestPlacing:
    def test_an_answer_comes_under_the_lines_in_one_step_and_touches_nothing_else(self) -> None:
        document = Document()
        document.add("paper")
        ink = document.add("ink")
        document.add("my hints")
        before = document.steps
        answer.put(App(), document, layers("flat", "shade", "light", "hints"), ink, False)
        assert document.steps == before + 1
        assert document.names() == ["paper", "senga", "ink", "my hints"]
        group = places.answer_of(document)
        assert document.names(group) == ["flat", "shade", "light", "hints"]
        assert [n.blendingMode() for n in group.childNodes()] == ["normal", "multiply", "screen", "normal"]
        assert [n.visible() for n in group.childNodes()] == [True, True, True, False]

    def test_a_second_answer_takes_the_first_ones_place_and_keeps_what_a_person_set(self) -> None:
        document = Document()
        document.add("paper")
        ink = document.add("ink")
        answer.put(App(), document, layers("flat", "shade"), ink, False)
        group = places.answer_of(document)
        group.setOpacity(200)
        group.childNodes()[1].setVisible(False)
        answer.put(App(), document, layers("flat", "shade", value=9), ink, False)
        assert document.names() == ["paper", "senga", "ink"]
        again = places.answer_of(document)
        assert places.id_of(again) != places.id_of(group)
        assert again.opacity() == 200
        assert not again.childNodes()[1].visible()
        assert again.childNodes()[0].pixelData(0, 0, 4, 3) == bytes([9]) * SIZE

    def test_lines_in_a_group_of_their_own_have_the_answer_under_the_group(self) -> None:
        document = Document()
        document.add("paper")
        folder = document.add("line art", kind="grouplayer")
        ink = document.add("ink", folder)
        document.add("details", folder)
        answer.put(App(), document, layers("flat"), ink, False)
        assert document.names() == ["paper", "senga", "line art"]

    @pytest.mark.parametrize(("opaque", "mode", "names", "blend"), [
        (True, "normal", ["paper", "ink", "senga"], "multiply"),
        (True, "multiply", ["paper", "senga", "ink"], "normal"),
        (False, "normal", ["paper", "senga", "ink"], "normal"),
    ])  # fmt: skip
    def test_lines_with_their_paper_have_the_answer_multiplied_above(
        self, opaque: bool, mode: str, names: list[str], blend: str
    ) -> None:
        document = Document()
        document.add("paper")
        ink = document.add("ink")
        ink.setBlendingMode(mode)
        answer.put(App(), document, layers("flat"), ink, opaque)
        assert document.names() == names
        assert places.answer_of(document).blendingMode() == blend

    def test_below_the_lowest_layer_nothing_is_put(self) -> None:
        document = Document()
        ink = document.add("ink")
        answer.put(App(), document, layers("flat"), ink, False)
        assert document.names() == ["ink", "senga"]
        assert places.answer_of(document).blendingMode() == "multiply"

    def test_live_changes_pixels_without_a_step_and_only_where_they_differ(self) -> None:
        document = Document()
        document.add("paper")
        ink = document.add("ink")
        answer.put(App(), document, layers("flat", "shade"), ink, False)
        group, steps = places.answer_of(document), document.steps
        marks = answer.marks_of(document, group)
        new = [layers("flat", value=3)[0], layers("shade")[0]]
        assert answer.repaint(App(), document, group, new, marks) == ["flat"]
        assert document.steps == steps
        assert answer.marks_of(document, group) == marks
        assert answer.repaint(App(), document, group, new, marks) == []

    def test_the_document_keeps_its_note_and_a_broken_one_is_none(self) -> None:
        document = Document()
        places.write_state(document, lines="{1}", hints={"{2}": True})
        places.write_state(document, group="{3}")
        assert places.read_state(document) == {"lines": "{1}", "hints": {"{2}": True}, "group": "{3}"}
        document.notes[places.STATE] = b"\xff{"
        assert places.read_state(document) == {}


class TestTogether:
    def test_an_undo_that_stops_between_two_answers_goes_on_and_so_does_a_redo(self) -> None:
        both = Together()
        both.note("a", "b")
        assert both.further({"b"}.__contains__) is None
        assert both.further({"a", "b"}.__contains__) == "undo"
        assert both.further({"a"}.__contains__) is None
        assert both.further({"a", "b"}.__contains__) == "redo"
        assert both.further({"b"}.__contains__) is None

    def test_answers_further_back_are_left_alone(self) -> None:
        both = Together()
        both.note("a", "b")
        both.note("b", "c")
        assert both.further({"c"}.__contains__) is None
        assert both.further({"b", "c"}.__contains__) == "undo"
        assert both.further({"b"}.__contains__) is None
        assert both.further({"a", "b"}.__contains__) == "undo"
        assert both.further({"a"}.__contains__) is None
        assert both.further(set().__contains__) is None
        assert both.further({"a"}.__contains__) is None
        assert both.further({"a", "b"}.__contains__) == "redo"


class TestRefusing:
    @pytest.mark.parametrize(("document", "word"), [
        (None, "Open"),
        (Document(8000, 8000), "megapixels"),
        (Document(3000, 4), "256"),
        (Document(4, 3, "GRAYA"), "GRAYA"),
    ])  # fmt: skip
    def test_what_cannot_be_colored_is_told_in_one_line(self, document: Document | None, word: str) -> None:
        words.set_language("en")
        why = refusing.refusal(document)
        assert why is not None
        assert word in str(why)
        assert "\n" not in str(why)

    @pytest.mark.parametrize("model", ["RGBA", "CMYKA", "LABA"])
    def test_eight_thousand_pixels_and_other_models_are_taken(self, model: str) -> None:
        assert refusing.refusal(Document(8000, 5000, model)) is None

    def test_shade_and_light_are_layers_only_where_they_multiply_alike(self) -> None:
        assert answer.multiplies_alike(Document(4, 3, "RGBA", "U16"))
        assert not answer.multiplies_alike(Document(4, 3, "RGBA", "U16", "sRGB-elle-V2-g10.icc"))
        assert not answer.multiplies_alike(Document(4, 3, "CMYKA"))


class TestWords:
    def test_every_text_is_there_in_three_languages_with_the_same_parts(self) -> None:
        import string

        for name, texts in words.WORDS.items():
            assert len(texts) == 3, name
            parts = [{p for _, p, _, _ in string.Formatter().parse(text) if p} for text in texts]
            assert parts[0] == parts[1] == parts[2], name
            assert all(text.strip() and "\n" not in text for text in texts), name

    def test_every_text_that_is_asked_for_is_there_and_none_is_left_over(self) -> None:
        import re

        code = "".join(f.read_text() for f in (ROOT / "plugins/krita/senga_krita").glob("*.py") if f.name != "words.py")
        asked = set(re.findall(r'(?:(?<!_)say|LineError)\(\s*"([^"]+)"', code))
        assert asked
        assert asked <= set(words.WORDS)
        # Some are asked for by names that are put together, as those of settings and tips.
        built = {name for name in words.WORDS if name.endswith(" tip")} | {"reference strength"}
        assert [name for name in words.WORDS if f'"{name}"' not in code and name not in built] == []

    @pytest.mark.parametrize(("told", "wanted"), [("ja_JP.UTF-8", "ja"), ("zh_CN", "zh"), ("de_DE", "en"), ("", "en")])
    def test_the_desktops_language_is_spoken(self, told: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", told)
        words.set_language("")
        assert words.language() == wanted
        words.set_language("zh")
        assert words.say("color") == "上色"
        words.set_language("en")


class TestSettings:
    def test_they_are_kept_as_texts_within_their_bounds(self) -> None:
        app = App()
        settings = Settings(app)
        assert (settings["light"], settings["reach"], settings["faintest"]) == (1.0, "object", 20)
        settings["light"] = 9
        settings["reach"] = "elsewhere"
        assert (settings["light"], settings["reach"]) == (1.5, "object")
        app.settings[("senga", "delay")] = "soon"
        assert settings["delay"] == 80
        assert Settings(app).options() == {"light": 1.5, "reach": "object", "gap": 1.0}

    def test_what_they_say_is_what_a_request_takes(self) -> None:
        from senga.color.request import Request

        Request.from_table(Settings(App()).options())


class TestPalettes:
    def test_colors_of_an_entry(self) -> None:
        class Color:
            def __init__(self, model: str, *parts: float) -> None:
                self.model, self.parts = model, parts

            def colorModel(self) -> str:  # noqa: N802
                return self.model

            def componentsOrdered(self) -> list[float]:  # noqa: N802
                return [*self.parts]

        class Entry:
            def __init__(self, color: Color, valid: bool = True) -> None:
                self._color, self._valid = color, valid

            def isValid(self) -> bool:  # noqa: N802
                return self._valid

            def color(self) -> Color:
                return self._color

        assert palettes.hex_of(Entry(Color("RGBA", 1.0, 0.5, 0.0, 1.0))) == "#ff8000"
        assert palettes.hex_of(Entry(Color("CMYKA", 0, 0, 0, 0, 1))) == ""
        assert palettes.hex_of(Entry(Color("RGBA", 1.0, 0.5, 0.0, 1.0), valid=False)) == ""
        assert palettes.unique(["#000000", "#ffffff", "#000000"]) == ["#000000", "#ffffff"]


class TestInstallation:
    def test_senga_krita_install_puts_it_where_krita_looks_and_switches_it_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        rc = tmp_path / ".config" / "kritarc"
        rc.parent.mkdir()
        rc.write_text("[python]\nenable_other=true\n\n[theme]\nname=dark\n")
        assert call(monkeypatch, "krita", "install") == 0
        plugin = tmp_path / ".local/share/krita/pykrita/senga_krita"
        assert (plugin.with_suffix(".desktop")).is_file()
        assert (plugin.parents[1] / "actions/senga_krita.action").is_file()
        assert (plugin / "client.py").read_bytes() == (ROOT / "src/senga/client.py").read_bytes()
        assert rc.read_text() == "[python]\nenable_senga_krita=true\nenable_other=true\n\n[theme]\nname=dark\n"
        found = installation.find(plugin)
        assert found == installation.Installation(sys.executable, str(ROOT / "src"))
        done = subprocess.run(found.command("--version"), capture_output=True, text=True, check=True, cwd=tmp_path)
        assert done.stdout.startswith("senga")
        (plugin / "senga-9.9-py3-none-any.whl").write_bytes(b"")
        (plugin / "old.py").write_text("")
        assert call(monkeypatch, "krita", "install") == 0
        assert not (plugin / "old.py").exists()
        assert call(monkeypatch, "krita", "uninstall") == 0
        assert [f.name for f in plugin.iterdir()] == ["senga-9.9-py3-none-any.whl"]
        assert "senga_krita" not in rc.read_text()

    def test_the_plugin_needs_nothing_but_kritas_python(self) -> None:
        import ast

        allowed = {*sys.stdlib_module_names, "krita", "PyQt5"}
        for file in (ROOT / "plugins/krita/senga_krita").glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(), feature_version=(3, 8))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                assert all(n.split(".")[0] in allowed for n in names), (file.name, names)

    def test_a_pack_is_what_krita_imports_and_carries_its_wheel(self, tmp_path: Path) -> None:
        wheel = tmp_path / "senga-1.0-py3-none-any.whl"
        wheel.write_bytes(b"wheel")
        kritaplugin.pack(tmp_path / "p.zip", wheel)
        with zipfile.ZipFile(tmp_path / "p.zip") as archive:
            names = archive.namelist()
            archive.extractall(tmp_path / "out")
        assert {"senga_krita.desktop", "senga_krita/", "senga_krita/__init__.py", "senga_krita/client.py"} <= set(names)
        assert "actions/senga_krita.action" in names
        assert installation.wheel_beside(tmp_path / "out" / "senga_krita") == tmp_path / "out/senga_krita" / wheel.name
        with pytest.raises(SengaError, match="not a wheel"):
            kritaplugin.pack(tmp_path / "q.zip", tmp_path / "none.whl")

    def test_what_is_missing_is_told_in_one_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        words.set_language("en")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert installation.find(tmp_path, place=tmp_path / "venv") is None
        with pytest.raises(words.LineError) as none:
            installation.make(tmp_path, tmp_path / "venv")
        assert "No senga-*.whl" in str(none.value)
        (tmp_path / "senga-1.0-py3-none-any.whl").write_bytes(b"not a wheel")
        with pytest.raises(words.LineError) as none:
            installation.make(tmp_path, tmp_path / "venv")
        assert "No Python" in str(none.value)

    @pytest.mark.slow
    def test_the_button_makes_an_environment_and_a_failed_one_leaves_nothing(self, tmp_path: Path) -> None:
        """With a wheel of nothing but a name: what senga itself needs would have to be fetched."""
        words.set_language("en")
        place = tmp_path / "venv"
        wheel = tmp_path / "senga-1.0-py3-none-any.whl"
        wheel.write_bytes(b"not a wheel")
        with pytest.raises(words.LineError) as failed:
            installation.make(tmp_path, place, python=sys.executable)
        assert "could not be installed" in str(failed.value)
        assert not place.exists()
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("senga/cli.py", "def main():\n    print('here')\n")
            about = "Metadata-Version: 2.1\nName: senga\nVersion: 1.0\nProvides-Extra: web\n"
            archive.writestr("senga-1.0.dist-info/METADATA", about)
            tag = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            archive.writestr("senga-1.0.dist-info/WHEEL", tag)
            archive.writestr("senga-1.0.dist-info/RECORD", "")
        steps: list[str] = []
        made = installation.make(tmp_path, place, steps.append, sys.executable)
        assert steps == ["venv", wheel.name]
        assert installation.find(tmp_path, place=place) == made
        done = subprocess.run(
            made.command(), env=installation.clean_environment(), capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "here"


class TestEngine:
    """Started and ended as the plugin does; the whole way through Krita is in test_krita.py."""

    @pytest.fixture
    def found(self) -> installation.Installation:
        return installation.Installation(sys.executable, str(ROOT / "src"))

    def test_it_starts_answers_with_its_token_alone_and_ends(self, found: installation.Installation) -> None:
        from senga.client import Client, ServerError

        engine = Engine(found)
        address, token = engine.address()
        first = engine.pid
        try:
            with Client(address, token=token) as client:
                assert client.health()["status"] == "ok"
            with Client(address, token="x" * 20) as client, pytest.raises(ServerError):
                client.health()
            assert engine.address() == (address, token)
            assert first is not None
            os.kill(first, 9)
            end = time.monotonic() + 10
            while engine.pid is not None and time.monotonic() < end:
                time.sleep(0.01)
            again, other = engine.address()
            with Client(again, token=other) as client:
                assert client.health()["status"] == "ok"
            assert other != token
        finally:
            engine.stop()
        assert engine.pid is None

    def test_what_does_not_start_says_why_in_one_line(self, tmp_path: Path) -> None:
        words.set_language("en")
        with pytest.raises(words.LineError) as gone:
            Engine(installation.Installation(str(tmp_path / "python"))).address()
        assert "did not start" in str(gone.value)
        (tmp_path / "senga").mkdir()
        (tmp_path / "senga" / "__init__.py").write_text("")
        (tmp_path / "senga" / "cli.py").write_text("def main():\n    raise SystemExit('senga: no room')\n")
        with pytest.raises(words.LineError) as gone:
            Engine(installation.Installation(sys.executable, str(tmp_path))).address()
        assert str(gone.value) == "senga did not start: senga: no room"
