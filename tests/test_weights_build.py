"""`senga weights build`: a shipped model file out of recipes alone."""

from pathlib import Path

import pytest

from conftest import call
from senga.errors import RecipeError
from senga.learn import checkpoint
from senga.learn.chain import ALL, Chain, chains_of, read_chain, stages_of
from senga.learn.course_export import EXPORTERS
from senga.learn.course_recipes import CourseRecipe
from senga.learn.data.cache import Cache, Plan, build
from senga.learn.networks.closer import Closer
from senga.learn.run_history import digest_of_file, history_of
from senga.model.card import Card
from senga.model.history import NOTHING, from_rows
from senga.model.session import Session
from senga.model.shipped import OPEN, WEIGHTS
from test_cache import make_set
from test_recipes_run import SMALL, pairs

__all__ = ["pairs"]  # a fixture

COURSE = """
name = "{name}"
about = "A closer small enough for tests."
task = "close"
[course]
pictures = 8
batch = 2
rate = {rate}
warmup = 1
[look]
size = 32
[network]
width = 8
"""

CHAIN = """
name = "tiny"
about = "Two runs, one from the other's weights."
file = "tiny.onnx"
[[steps]]
recipe = "first.toml"
[[steps]]
recipe = "second.toml"
start = "first.toml"
[export]
license_weights = "CC0"
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    folder = tmp_path_factory.mktemp("weights")
    return build(Plan((make_set(folder / "set", splits=("train",) * 2 + ("val",)),)), folder / "cache", workers=1)


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain of two courses of four steps each, in the present folder."""
    monkeypatch.chdir(tmp_path)
    for name, rate in (("first", 1e-3), ("second", 1e-4)):
        (tmp_path / f"{name}.toml").write_text(COURSE.format(name=name, rate=rate))
    (tmp_path / "chain.toml").write_text(CHAIN.replace("[export]", "[export]\nbits = 8"))
    return tmp_path / "chain.toml"


def weights_build(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return call(monkeypatch, "weights", "build", *arguments)


def test_a_chain_of_two_courses_becomes_a_model_file_whose_card_tells_both(
    chain: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = (chain, "--cache", cache.folder, "--runs", "runs", "--threads", 1)
    assert weights_build(monkeypatch, *arguments, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "1. first: course, 8 pictures of a cache, from random weights, in runs/tiny/1-first: to be trained" in told
    assert "from the weights in runs/tiny/1-first" in told
    assert "8 bits" in told
    assert not (tmp_path / "runs").exists()

    assert weights_build(monkeypatch, *arguments) == 0
    card = Session.open("tiny.onnx").card
    one, two = from_rows(card.history, "card")
    assert (one.recipe, one.steps, one.pictures, one.started) == ("first", 4, 8, NOTHING)
    assert (two.recipe, two.steps, two.pictures, two.started) == ("second", 4, 8, "1-first/weights.safetensors")
    assert two.started_digest == digest_of_file(tmp_path / "runs" / "tiny" / "1-first" / checkpoint.WEIGHTS)
    assert (one.data, two.data, card.license_weights) == (cache.key, cache.key, "CC0")
    checkpoint.load_weights(Path("tiny.onnx"), Closer(8))  # and so on, from the file that came out
    assert history_of(Path("tiny.onnx")) == (one, two)

    capsys.readouterr()
    assert weights_build(monkeypatch, *arguments) == 2
    assert "tiny.onnx: exists; pass --force" in capsys.readouterr().err
    again: list[Path] = []

    def export(*given: object, **_: object) -> Card:  # a file takes long
        assert isinstance(given[3], Path)
        again.append(given[3])
        return card

    monkeypatch.setitem(EXPORTERS, "close", (EXPORTERS["close"][0], export))
    # Nothing to train: no cache is asked for.
    assert weights_build(monkeypatch, chain, "--runs", "runs", "--force") == 0
    assert capsys.readouterr().out.count("is trained") == 2
    assert [file.name for file in again] == ["tiny.onnx"]


def test_it_goes_on_where_it_stopped(
    chain: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exported: list[object] = []
    real, ask = EXPORTERS["close"], [True]
    monkeypatch.setitem(EXPORTERS, "close", (real[0], lambda *a, **k: exported.append(a[2])))  # a file takes long
    from senga.learn.closer_lesson import CloserLesson
    from senga.learn.standing import ask_to_stop

    losses = CloserLesson.losses

    def asking(self: CloserLesson, batch: object) -> object:
        if ask.pop() if ask else False:
            ask_to_stop(tmp_path / "runs" / "tiny" / "1-first")
        return losses(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(CloserLesson, "losses", asking)
    arguments = (chain, "--cache", cache.folder, "--runs", "runs", "--threads", 1)
    assert weights_build(monkeypatch, *arguments) == 1
    assert "stopped before its end; the same command goes on" in capsys.readouterr().out
    assert not exported
    chained, file = read_chain(chain)
    weights_build(monkeypatch, *arguments)
    assert "going on at 2 pictures of 8" in capsys.readouterr().out
    for stage in stages_of(chained, file, tmp_path / "runs" / "tiny"):
        state = checkpoint.load(stage.folder)
        assert state is not None
        assert state["step"] == 4
    assert len(exported) == 1


@pytest.mark.usefixtures("few_settled", "no_curves")
def test_recipes_of_pair_sets_are_chained_alike(tmp_path: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        (tmp_path / f"{name}.toml").write_text(SMALL.format(name=name, after="", rate="1e-3"))
    (tmp_path / "chain.toml").write_text(CHAIN)
    out = tmp_path / "made"
    out.mkdir()
    assert weights_build(monkeypatch, "chain.toml", "--pairs", pairs, "--steps", 4, "-o", out) == 0
    card = Session.open(out / "tiny.onnx").card
    one, two = from_rows(card.history, "card")
    assert (one.recipe, one.steps, one.pictures, one.started) == ("first", 4, 8, NOTHING)
    assert (two.recipe, two.steps, two.started) == ("second", 4, "1-first/weights.safetensors")
    assert (card.steps, card.pictures, card.pairs) == (4, 8, two.data)


@pytest.mark.parametrize(("name", "folder"), [(ALL, WEIGHTS), (OPEN, WEIGHTS / OPEN)])
def test_every_shipped_model_that_was_trained_has_its_chain(name: str, folder: Path) -> None:
    made: dict[str, Chain] = {}
    for chain, place in chains_of(name):
        assert chain.name == place.stem
        stages = stages_of(chain, place, Path("runs"))
        assert isinstance(stages[-1].recipe, CourseRecipe) or chain.file == "inker.onnx"
        made[chain.file] = chain
    shipped = {f.name for f in folder.iterdir() if f.suffix in (".zip", ".onnx")}
    assert set(made) == shipped - {"eye.onnx"}  # which was never trained here
    for file, chain in made.items():
        card = Session.open(folder / file, threads=1).card
        if chain.export.area:
            assert chain.export.area == card.area


def test_a_chain_says_how_long_its_runs_are(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.toml").write_text(COURSE.format(name=name, rate="1e-3"))
    file = tmp_path / "chain.toml"
    file.write_text(CHAIN.replace('recipe = "second.toml"', 'recipe = "second.toml"\nlength = 6'))
    for steps, lengths in ((None, [8, 6]), (1, [2, 2])):
        recipes = [stage.recipe for stage in stages_of(*read_chain(file), tmp_path / "runs", steps)]
        assert [recipe.course.pictures for recipe in recipes if isinstance(recipe, CourseRecipe)] == lengths


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('start = "first.toml"', 'start = "third"', "steps.2.start]: 'third' is no step before it; known: first.toml"),
        ('recipe = "second.toml"', 'recipe = "first.toml"', "'first.toml' is there twice"),
        ("[export]", "[export]\nbits = 4", "export.bits]: wanted 16 or 8, found 4"),
        ("tiny.onnx", "../tiny.onnx", "wanted a name that ends in .onnx or .zip"),
        ("[export]", "[export]\nbits = 8", "bits 8 of line extractors too; 'second.toml' is neither"),
        ('recipe = "second.toml"', 'recipe = "gone"', "gone: no such recipe"),
        ("[export]", "[export]\ncolor = 1", "unknown key 'color'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(before: str, after: str, said: str, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.toml").write_text(SMALL.format(name=name, after="", rate="1e-3"))
    file = tmp_path / "chain.toml"
    file.write_text(CHAIN.replace(before, after, 1))
    with pytest.raises(RecipeError) as caught:
        stages_of(*read_chain(file), tmp_path / "runs")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_data_that_a_later_run_needs_are_asked_for_before_the_first(
    chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights_build(monkeypatch, chain) == 2
    assert "first is a course: give --cache" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
    assert weights_build(monkeypatch, "gone") == 2
    assert (
        "gone: no such model's recipes; known: closer, inker, open-closer, open-inker, open-painter, open-shader, "
        "painter, shader, all, open, or a file" in capsys.readouterr().err
    )
