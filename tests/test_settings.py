"""Rules of settings guard callers of the library as they guard the command line, each in its own words."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import senga
from conftest import ring
from senga import Colorizer, Hints, SengaError, SettingError, image
from senga.compare.comparison import Comparison
from senga.jobs.coloring import ColorDrawings
from senga.jobs.drawing import CleanUp, DrawLines
from senga.jobs.flats import LayFlats
from senga.jobs.frames import ColorAnimation, find_frame
from senga.jobs.prepare import prepare
from senga.jobs.work import Work
from senga.learn.training_settings import TrainingSettings
from senga.pairs.plan import BuildPlan

RED = (255, 0, 0)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (ColorDrawings, {"sheet": True}, "'sheet' goes with 'candidates'"),
        (ColorDrawings, {"reach": "wide"}, "unknown 'reach' 'wide'; known: region, object, far"),
        (ColorDrawings, {"layer": "sky"}, "'layer': unknown layer 'sky'"),
        (ColorDrawings, {"layer": "flat", "candidates": 2}, "'layer' is of one answer; leave out 'candidates'"),
        (ColorDrawings, {"layer": "flat", "max_ram": 900}, "'max_ram' goes with pictures"),
        (ColorDrawings, {"layer": "flat", "colored": "skip"}, "'colored' goes with plain pictures"),
        (ColorDrawings, {"colored": "blue"}, "'colored' blue: give redo, copy or skip"),
        (ColorDrawings, {"reference_strength": 0.5}, "'reference_strength' goes with 'reference'"),
        (ColorDrawings, {"reference": "r.png", "reference_strength": 2}, "'reference_strength' 2: give a share"),
        (ColorDrawings, {"from_picture": True, "layer": "flat"}, "'from_picture' makes one picture of one: leave out"),
        (LayFlats, {"source": "lines"}, "unknown 'source' 'lines'"),
        (LayFlats, {"source": "hints"}, "'source' hints needs 'hints'"),
        (LayFlats, {"source": "hints", "hints": "h.png", "palette": (RED,)}, "'palette' goes with 'source' both"),
        (DrawLines, {"method": "xdog", "model": Path("m.onnx")}, "'model' goes with learned and mix, not with 'xdog'"),
        (Comparison, {}, "give either 'pairs' SET or 'frozen' FOLDER"),
        (Comparison, {"pairs": Path("p"), "models": ("shipped",), "keep": Path("k")}, "'keep' goes with 'frozen'"),
        (Comparison, {"frozen": Path("f"), "models": ("shipped",), "strip": Path("s")}, "'strip' goes with 'pairs'"),
        (Comparison, {"frozen": Path("f"), "models": ("shipped",), "candidates": 1}, "'candidates' 1: one answer"),
        (TrainingSettings, {"recipe": "painter"}, "painter is a course: give 'cache' CACHE"),
        (TrainingSettings, {"recipe": "painter", "cache": Path("c"), "steps": 5}, "it takes 'cache', 'pictures'"),
        (TrainingSettings, {"recipe": "colorist"}, "colorist trains from a pair set: give 'pairs'"),
        (TrainingSettings, {"recipe": "colorist", "pairs": Path("p"), "threads": 2}, "'device' are of courses"),
        (ColorAnimation, {"at": "f1.png"}, "'at' goes with 'key'"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_by_their_names(kind: Any, settings: Any, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        kind(**settings)
    assert said in str(refused.value)
    assert "--" not in str(refused.value)
    assert "--" in refused.value.as_options()


@pytest.mark.parametrize("settings", [{"tint": 2.0}, {"light": -1.0}, {"candidates": 65}, {"seed": -1}])
def test_values_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SengaError, match=f"{next(iter(settings))}.*wanted"):
        ColorDrawings(**settings)


@pytest.mark.parametrize(
    ("work", "out", "said"),
    [
        (ColorDrawings(), "o.psd", "o.psd: has the layers of one drawing"),
        (ColorDrawings(from_picture=True), "o.ora", "'from_picture' makes pictures; o.ora has layers"),
        (ColorDrawings(colored="skip", candidates=2), "out", "'colored' goes with plain pictures"),
        (ColorDrawings(character=Path("gone.toml")), "out", "gone.toml: cannot be read"),
        (ColorDrawings(reference="gone.png"), "out", "gone.png: no such file"),
        (CleanUp(svg=True), "-", "'svg' writes a file beside the result"),
        (LayFlats(svg=True), "-", "'svg' writes a file beside the result"),
    ],
)
def test_what_sources_and_target_do_not_go_with_is_refused_before_any_work(
    work: Work, out: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        image.write(name, ring(20, 20, 6))
    with pytest.raises(SengaError) as refused:
        prepare(work, ["a.png", "b.png"], out)
    assert said in str(refused.value)
    assert not Path("out").exists()


def test_a_strength_needs_a_character_with_a_reference(tmp_path: Path) -> None:
    file = tmp_path / "mina.toml"
    file.write_text('name = "Mina"\n')
    work = ColorDrawings(character=file, reference_strength=0.5)
    with pytest.raises(SettingError, match="or with a character that has one"):
        work.check(["a.png"], "out")


def test_a_pair_set_takes_parameters_of_methods_that_draw() -> None:
    with pytest.raises(SettingError, match="'set' goes with methods that draw, not with 'none'"):
        BuildPlan.drawing("none", {"sigma": 1.0})
    assert BuildPlan.drawing("xdog", {"sigma": 1.0}, crop=64).drawn_by()["sigma"] == 1.0


def test_verbs_say_options_where_the_library_says_names() -> None:
    error = SettingError("{max_ram} of {out}: leave out {candidates}", out="{layer}.psd")
    assert error.as_options() == "--max-ram of {layer}.psd: leave out --candidates"
    assert str(error) == "'max_ram' of {layer}.psd: leave out 'candidates'"


def test_frames_are_found_by_name_then_by_stem_else_the_first() -> None:
    names = ["f1.png", "f2.png", "f2.tif"]
    assert [find_frame(names, key) for key in ("f2.tif", "f2.jpg", "other.png")] == [2, 1, 0]
    assert find_frame(names, "other.png", "f2.tif") == 2
    with pytest.raises(SettingError, match=r"'at' f9\.png: none of the frames"):
        find_frame(names, "f1.png", "f9.png")


def test_flats_of_arrays_are_those_of_the_verb(painter_file: Path, tmp_path: Path) -> None:
    lines, hints = ring(120, 130, 40), Hints.blank((120, 130)).dot((65, 60), "#f00", 3)
    image.write(tmp_path / "d.png", lines)
    hints.write(tmp_path / "h.png")
    model = Colorizer.open(painter_file, threads=1)
    blue = {"palette": ((0, 0, 255), (0, 128, 0))}
    for source, settings, file in (("hints", {}, None), ("both", blue, painter_file)):
        given: dict[str, Any] = {"source": source, "ball_radius": 2.0, "gap": 0.5, **settings}
        colorizer = model if file else None
        for layer in (False, True):
            work = LayFlats(1, hints=str(tmp_path / "h.png"), layer=layer, model=file, **given)
            plan = prepare(work, [str(tmp_path / "d.png")], str(tmp_path / f"{source}{layer}.png"))
            work.open()
            work.do(plan.tasks[0].item, plan.tasks[0].target, force=False)
            found = senga.flats(lines, hints, layer=layer, colorizer=colorizer, **given)
            read = image.read_rgba if layer else image.read
            assert np.array_equal(read(plan.tasks[0].target), found)
        assert tuple(found[60, 65]) == (*RED, 255)


def test_flats_and_regions_refuse_what_cannot_be() -> None:
    lines = ring(40, 40, 12)
    with pytest.raises(SettingError, match="'source' hints needs 'hints'"):
        senga.flats(lines, source="hints")
    with pytest.raises(SengaError, match="a gap is from 0 to 8"):
        senga.find_regions(lines, gap=9)
    assert senga.find_regions(lines).count == 2


def test_a_character_of_nothing_named_is_asked_for_nothing() -> None:
    asked = ColorDrawings(palette=(RED,), light=0.5).request
    assert (asked.palette, asked.light, asked.reference, asked.candidates) == (("#ff0000",), 0.5, None, 1)
    assert dataclasses.replace(ColorDrawings(), candidates=3).names("a.png") == ["a-1.png", "a-2.png", "a-3.png"]


def test_a_training_is_read_from_its_recipe_and_what_is_given_in_place_of_it() -> None:
    course = TrainingSettings("painter", cache=Path("c"), pictures=640, batch=4)
    assert (course.course.course.pictures, course.course.course.batch) == (640, 4)
    assert (course.folder, course.minutes) == (Path("runs/painter"), float("inf"))
    experiment = TrainingSettings("colorist", pairs=Path("p"), steps=7, budget=2.0)
    assert (experiment.experiment.training.steps, experiment.minutes) == (7, 2.0)
    assert experiment.folder == Path("runs/colorist")
