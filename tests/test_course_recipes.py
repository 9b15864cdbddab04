"""Recipes of courses are as strict as others, and stages say what is shown when."""

import dataclasses
import inspect
from pathlib import Path

import pytest

from conftest import call
from senga.errors import RecipeError
from senga.learn.course_export import EXPORTERS
from senga.learn.course_recipes import (
    TASKS,
    CloseRecipe,
    CloserSize,
    CourseRecipe,
    Judge,
    PainterSize,
    PaintRecipe,
    ShadeRecipe,
    ShaderSize,
    as_table,
    course_from_table,
    is_course,
    read_course,
    shortened,
)
from senga.learn.curriculum import Course, Stage, views_at
from senga.learn.data.borders import Look, Openings
from senga.learn.data.lights import Parts
from senga.learn.data.samples import Views
from senga.learn.lessons import LESSONS, make_painter
from senga.learn.networks.closer import Closer
from senga.learn.networks.painter import Painter
from senga.learn.networks.shader import Shader
from senga.recipefile import read_recipe, read_table, shipped_courses, shipped_recipes

GOOD = """
name = "good"
about = "All that a course must say."
task = "paint"
[course]
pictures = 1000
[[stages]]
upto = 0.5
size = 96
[[stages]]
upto = 1
size = 144
native = 0.25
[views]
filtered = 0.5
[reveals]
none = 0.5
[network]
bins = 64
"""

SHADE = """
name = "light"
about = "All that a shader's course must say."
task = "shade"
[course]
pictures = 1000
[parts]
size = 32
largest = 1.5
cap = 0.5
[adversary]
weight = 0.01
[network]
fine = 8
"""

CLOSE = """
name = "walls"
about = "All that a closer's course must say."
task = "close"
[course]
pictures = 1000
[look]
size = 64
native = 0.5
[openings]
gaps = 1
[network]
width = 8
"""


def parsed(tmp_path: Path, text: str) -> CourseRecipe:
    file = tmp_path / "a.toml"
    file.write_text(text)
    return read_course(file)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        parsed(tmp_path, text)
    message = str(caught.value)
    assert "\n" not in message
    assert "a.toml" in message
    return message


@pytest.mark.parametrize("file", shipped_courses(), ids=lambda file: file.stem)
def test_every_shipped_course_is_read_by_file_and_by_name(file: Path) -> None:
    recipe = read_course(file)
    assert recipe.name == file.stem
    assert read_course(file.stem) == recipe
    assert is_course(read_table(file))


def test_a_course_is_told_from_other_recipes() -> None:
    assert "painter" in {file.stem for file in shipped_courses()}
    assert not any(is_course(read_table(file)) for file in shipped_recipes())


def test_what_a_recipe_says_is_what_it_holds(tmp_path: Path) -> None:
    recipe = parsed(tmp_path, GOOD)
    assert isinstance(recipe, PaintRecipe)
    assert recipe.course == Course(1000)
    assert recipe.stages == (Stage(0.5, 96), Stage(1.0, 144, 0.25))
    assert recipe.views == Views(filtered=0.5)
    assert recipe.reveals.none == 0.5
    assert recipe.network == PainterSize(bins=64)
    table = as_table(recipe)
    assert course_from_table(table | {"views": {"filtered": 0.5}}) == recipe


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('task = "paint"', 'task = "draw"', "[task]: wanted one of paint, shade, close for a course"),
        ('task = "paint"', "", "[task]: wanted one of"),
        ("pictures = 1000", "", "[course]: 'pictures' is missing"),
        ("pictures = 1000", "pictures = 1000\nstep = 3", "[course]: unknown key 'step'; known: average, batch"),
        ("pictures = 1000", "pictures = 1000.5", "[course.pictures]: wanted int"),
        ("pictures = 1000", "pictures = 0", "[course.pictures]: must be greater than 0"),
        ("pictures = 1000", "pictures = 1000\nrate = nan", "[course.rate]: must be greater than 0"),
        ("pictures = 1000", "pictures = 1000\nsave = 0", "[course.save]: must be greater than 0"),
        ("pictures = 1000", "pictures = 1000\nwarmup = -1", "[course.warmup]: must not be negative"),
        ("pictures = 1000", "pictures = 1000\ncooldown = 1.5", "[course.cooldown]: must be a share"),
        ("pictures = 1000", "pictures = 1000\naverage = 1", "[course.average]: must be a share"),
        ("size = 96", "size = 100", "[stages.1.size]: must be a multiple of 16, found 100"),
        ("size = 96", "", "[stages.1]: 'size' is missing"),
        ("size = 96", 'size = "96"', "[stages.1.size]: wanted int"),
        ("size = 96", "size = 96\nwide = 3", "[stages.1]: unknown key 'wide'; known: native, size, upto"),
        ("native = 0.25", "native = 2", "[stages.2.native]: must be a share"),
        ("upto = 0.5", "upto = 1", "[stages]: 'upto' has to rise"),
        ("upto = 1\n", "upto = 0.9\n", "[stages]: 'upto' has to rise from stage to stage and end with 1"),
        ("filtered = 0.5", "size = 64", "[views]: 'size' is said by each of the stages"),
        ("filtered = 0.5", "native = 0.5", "[views]: 'native' is said by each of the stages"),
        ("filtered = 0.5", "filtered = 1.5", "[views.filtered]: must be a share"),
        ("filtered = 0.5", "thin = 2", "[views.thin]: must be a share"),
        ("filtered = 0.5", "whole = 0.5", "[views.whole]: must be 1"),
        ("filtered = 0.5", "cap = 0", "[views.cap]: must be a share"),
        ("none = 0.5", "none = -0.5", "[reveals.none]: must be a share"),
        ("bins = 64", "bins = 0", "[network.bins]: must be greater than 0"),
        ("bins = 64", "width = 60", "[network.width]: must be a multiple of 16"),
        ("[network]", "[net]", "unknown key 'net'"),
        ("[network]", "[network", "not valid TOML"),
    ],
)
def test_what_is_not_understood_or_makes_no_sense_is_refused(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert GOOD.count(before) == 1
    assert said in refused(tmp_path, GOOD.replace(before, after))


def test_the_shader_s_and_the_closer_s_recipes_hold_what_they_say(tmp_path: Path) -> None:
    shade, close = parsed(tmp_path, SHADE), parsed(tmp_path, CLOSE)
    assert isinstance(shade, ShadeRecipe)
    assert shade.parts == Parts(size=32, largest=1.5, cap=0.5)
    assert shade.adversary == Judge(weight=0.01)
    assert shade.network == ShaderSize(fine=8)
    assert isinstance(close, CloseRecipe)
    assert close.look == Look(size=64, native=0.5)
    assert close.openings == Openings(gaps=1.0)
    assert close.network == CloserSize(width=8)
    for recipe in (shade, close):
        assert course_from_table(as_table(recipe)) == recipe
    silent = parsed(tmp_path, SHADE.replace("[adversary]\nweight = 0.01\n", ""))
    assert isinstance(silent, ShadeRecipe)
    assert silent.adversary.weight == 0  # nobody judges unless told


@pytest.mark.parametrize(
    ("good", "before", "after", "said"),
    [
        (SHADE, "pictures = 1000", "", "[course]: 'pictures' is missing"),
        (SHADE, "[parts]", "[views]", "[top level]: unknown key 'views'"),
        (SHADE, "[adversary]", "[[stages]]\nsize = 32\n[adversary]", "[top level]: unknown key 'stages'"),
        (SHADE, "size = 32", "size = 32\nwide = 3", "[parts]: unknown key 'wide'; known: accidents, cap"),
        (SHADE, "size = 32", "size = 40", "[parts.size]: must be a multiple of 16, found 40"),
        (SHADE, "size = 32", "size = 0", "[parts.size]: must be a multiple of 16, found 0"),
        (SHADE, "largest = 1.5", "smallest = 0", "[parts.smallest]: must be greater than 0"),
        (SHADE, "largest = 1.5", "largest = 0.5", "[parts.largest]: must be 'smallest' or more, found 0.5"),
        (SHADE, "largest = 1.5", "largest = inf", "[parts.largest]: must be 'smallest' or more"),
        (SHADE, "largest = 1.5", "moved = 1.5", "[parts.moved]: must be a share up to 1"),
        (SHADE, "cap = 0.5", "cap = 0", "[parts.cap]: must be a share above 0"),
        (SHADE, "cap = 0.5", "flat = 0", "[parts.flat]: must be a share above 0"),
        (SHADE, "weight = 0.01", "weight = -1", "[adversary.weight]: must not be negative"),
        (SHADE, "weight = 0.01", "since = 2", "[adversary.since]: must be a share"),
        (SHADE, "weight = 0.01", "until = 1", "[adversary]: unknown key 'until'; known: since, weight"),
        (SHADE, "fine = 8", "fine = 0", "[network.fine]: must be greater than 0"),
        (SHADE, "fine = 8", "bins = 8", "[network]: unknown key 'bins'; known: deep, fine, width"),
        (CLOSE, "[look]", "[parts]", "[top level]: unknown key 'parts'"),
        (CLOSE, "size = 64", "size = 72", "[look.size]: must be a multiple of 16, found 72"),
        (CLOSE, "size = 64", "length = 72", "[look]: unknown key 'length'; known: cap, filtered, larger"),
        (CLOSE, "size = 64", "cap = 0", "[look.cap]: must be a share above 0"),
        (CLOSE, "native = 0.5", "filtered = 2", "[look.filtered]: must be a share"),
        (CLOSE, "native = 0.5", "native = 0.9", "[look]: 'native' and 'larger' are shares of the same"),
        (CLOSE, "gaps = 1", "gaps = 3", "[openings.gaps]: must be a share up to 1, found 3"),
        (CLOSE, "gaps = 1", "holes = 1", "[openings]: unknown key 'holes'; known: bars, faded"),
        (CLOSE, "width = 8", 'width = "8"', "[network.width]: wanted int"),
        (CLOSE, "width = 8", "width = 0", "[network.width]: must be greater than 0"),
    ],
)
def test_recipes_of_shader_and_closer_are_as_strict(
    tmp_path: Path, good: str, before: str, after: str, said: str
) -> None:
    assert good.count(before) == 1
    assert said in refused(tmp_path, good.replace(before, after))


def test_each_task_has_a_lesson_and_an_exporter() -> None:
    assert set(TASKS) == set(LESSONS) == set(EXPORTERS)
    assert {recipe.task for recipe in map(read_course, shipped_courses())} == set(TASKS)


def test_stages_must_be_a_list(tmp_path: Path) -> None:
    start, end = GOOD.index("[[stages]]"), GOOD.index("[views]")
    assert "[stages]: wanted a list" in refused(tmp_path, GOOD[:start] + "[stages]\nsize = 3\n" + GOOD[end:])
    assert parsed(tmp_path, GOOD[:start] + GOOD[end:].replace("filtered", "size = 64\nfiltered"))  # none at all is fine


def test_stages_follow_each_other_by_the_share_of_pictures() -> None:
    stages = (Stage(0.5, 96), Stage(0.8, 144, 0.1), Stage(1.0, 192, 0.3))
    base = Views(filtered=0.2)
    sizes = [views_at(base, stages, share).size for share in (0.0, 0.49, 0.5, 0.79, 0.8, 0.99, 1.0)]
    assert sizes == [96, 96, 144, 144, 192, 192, 192]
    late = views_at(base, stages, 0.9)
    assert (late.native, late.filtered) == (0.3, 0.2)
    assert views_at(base, (), 0.9) == base


@pytest.mark.parametrize(
    ("name", "size", "network"),
    [("painter", PainterSize(), Painter), ("shader", ShaderSize(), Shader), ("closer", CloserSize(), Closer)],
)
def test_sizes_of_networks_are_their_own(name: str, size: object, network: type) -> None:
    defaults = {n: p.default for n, p in inspect.signature(network).parameters.items()}
    assert dataclasses.asdict(size) == defaults  # type: ignore[call-overload]
    assert read_course(name).network == size


def test_a_recipe_may_ask_for_a_smaller_painter() -> None:
    recipe = read_course("painter")
    assert isinstance(recipe, PaintRecipe)
    small = make_painter(dataclasses.replace(recipe, network=PainterSize(16, 1, 96, 1, 8)))
    assert small.bins.shape == (8, 3)


def test_a_rehearsal_is_shorter(tmp_path: Path) -> None:
    recipe = parsed(tmp_path, GOOD)
    assert shortened(recipe) == recipe
    assert shortened(recipe, 10, 2).course == Course(10, batch=2)


def test_the_verbs_list_and_show_courses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "recipes", "list") == 0
    listed = "\n" + capsys.readouterr().out
    for name, task in (("painter", "paint"), ("shader", "shade"), ("closer", "close")):
        assert f"\n{name} " in listed
        assert call(monkeypatch, "recipes", "show", name) == 0
        assert f'task   = "{task}"' in capsys.readouterr().out


def test_a_folder_of_a_recipe_s_name_does_not_hide_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "closer").mkdir()
    assert read_course("closer").task == "close"
    with pytest.raises(RecipeError, match="no such recipe file"):
        read_course(tmp_path / "closer")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "painter"], "give --cache CACHE"),
        (["train", "painter", "--pairs", "x", "--cache", "y"], "painter is a course: it takes --cache"),
        (["train", "painter", "--cache", "nowhere"], "nowhere: no cache here"),
        (["train", "shader"], "shader is a course: give --cache CACHE"),
        (["train", "closer", "--cache", "nowhere"], "nowhere: no cache here"),
        (["train", "unet", "--cache", "x"], "no such recipe"),
        (["train", "unet-canny", "--cache", "x"], "unet-canny trains from a pair set"),
        (["train", "unet-canny"], "unet-canny trains from a pair set: give --pairs"),
        (["recipes", "run", "painter", "--pairs", "x"], "painter is a course: train it by 'senga train painter"),
    ],
)
def test_a_course_and_other_recipes_are_not_mixed_up(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, *arguments) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert "\n" not in error


def test_a_course_is_no_published_recipe() -> None:
    with pytest.raises(RecipeError, match="unknown key 'course'"):
        read_recipe("painter")
