"""Recipes are strict: what is not understood is refused by file, section and name."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from senga.errors import RecipeError
from senga.recipe import Recipe, as_table
from senga.recipefile import from_saved_table, from_table, parse_recipe, read_recipe, shipped_recipes

GOOD = """
name = "good"
about = "All that a recipe must say."
generator = { kind = "unet" }
[data]
size = 64
lines = { kind = "mix" }
shrink = [1, 2.5]
[hints]
kind = "dots"
encoding = "masked-channels"
[losses]
l1 = 1
[training]
steps = 10
"""


def changed(before: str, after: str) -> str:
    assert GOOD.count(before) == 1
    return GOOD.replace(before, after)


def refused(text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "a.toml")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("a.toml")
    return message


@pytest.mark.parametrize("file", shipped_recipes(), ids=lambda file: file.stem)
def test_every_shipped_recipe_is_read_by_file_and_by_name(file: Path) -> None:
    recipe = read_recipe(file)
    assert recipe.name == file.stem
    assert recipe.about
    assert read_recipe(file.stem) == recipe


def test_recipes_ship() -> None:
    assert {"inker", "paintschainer-128"} <= {f.stem for f in shipped_recipes()}


def test_what_a_recipe_says_is_what_it_holds() -> None:
    recipe = parse_recipe(GOOD)
    assert recipe.data.size == 64
    assert recipe.data.lines.kind == "mix"
    assert recipe.data.shrink == (1.0, 2.5)
    assert recipe.losses.l1 == 1.0
    assert isinstance(recipe.losses.l1, float)  # whole numbers are numbers
    assert recipe.source == "ours"


@pytest.mark.parametrize(
    ("before", "after", "section", "key", "known"),
    [
        ("steps = 10", "steps = 10\nepoch = 3", "[training]", "'epoch'", "beta1, beta2"),
        ("steps = 10", "steps = 10\n[trainin]", "[top level]", "'trainin'", "losses, name"),
        ('kind = "mix"', 'kind = "mix", thin = 1', "[data.lines]", "'thin'", "kind"),
        ("l1 = 1", "l1 = 1\ngan = 1", "[losses]", "'gan'", "chroma"),
    ],
)
def test_an_unknown_key_is_named_with_the_known_ones(
    before: str, after: str, section: str, key: str, known: str
) -> None:
    message = refused(changed(before, after))
    assert section in message
    assert key in message
    assert known in message


@pytest.mark.parametrize(
    ("before", "after", "section", "wanted"),
    [
        ("size = 64", "size = true", "[data.size]", "int"),
        ("size = 64", "size = 64.0", "[data.size]", "int"),
        ("size = 64", 'size = "64"', "[data.size]", "int"),
        ("size = 64", "size = [64]", "[data.size]", "int"),
        ("size = 64", "size = 64\nflip = 1", "[data.flip]", "bool"),
        ("l1 = 1", 'l1 = "much"', "[losses.l1]", "float"),
        ("l1 = 1", "l1 = true", "[losses.l1]", "float"),
        ("l1 = 1", "l1 = {}", "[losses.l1]", "float"),
        ("shrink = [1, 2.5]", "shrink = [1]", "[data.shrink]", "a list of 2"),
        ("shrink = [1, 2.5]", "shrink = 1.0", "[data.shrink]", "a list of 2"),
        ("shrink = [1, 2.5]", 'shrink = [1, "2"]', "[data.shrink]", "float"),
        ("shrink = [1, 2.5]", "shrink = [false, 2]", "[data.shrink]", "float"),
        ('lines = { kind = "mix" }', 'lines = "mix"', "[data.lines]", "a table"),
        ('kind = "mix"', 'kind = "pencil"', "[data.lines.kind]", "xdog"),
        ('kind = "dots"', "kind = 3", "[hints.kind]", "strokes"),
        ('kind = "dots"', "kind = [1]", "[hints.kind]", "strokes"),
        ('kind = "dots"', "kind = { a = 1 }", "[hints.kind]", "strokes"),
        ('name = "good"', "name = 3", "[name]", "str"),
        ('name = "good"', 'name = "good"\ntask = "draw"', "[task]", "colorize"),
        ('generator = { kind = "unet" }', "generator = 7", "[generator]", "a table"),
        ('"unet"', '"house"', "[generator.kind]", "one of paintschainer, unet"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_what_was_wanted(
    before: str, after: str, section: str, wanted: str
) -> None:
    message = refused(changed(before, after))
    assert section in message
    assert wanted in message
    assert "found" in message


@pytest.mark.parametrize("key", ["name", "about", "generator"])
def test_what_is_missing_is_named(key: str) -> None:
    line = next(line for line in GOOD.splitlines() if line.startswith(key))
    assert f"[top level]: '{key}' is missing" in refused(changed(line, ""))


def test_no_network_is_a_recipe_s_by_default() -> None:
    assert "[generator]: 'kind' is missing" in refused(changed('kind = "unet"', "width = 8"))


@pytest.mark.parametrize(
    ("before", "after", "section"),
    [
        ("steps = 10", "steps = 10\nepochs = 2", "[training]"),
        ("steps = 10", "", "[training]"),
        ("steps = 10", "steps = -1", "[training"),
        ("steps = 10", "steps = 10\nepochs = -2", "[training.epochs]"),
        ("steps = 10", "steps = 10\nbatch = 0", "[training.batch]"),
        ("steps = 10", "steps = 10\nrate = -1e-3", "[training.rate]"),
        ("steps = 10", "steps = 10\nrate = nan", "[training.rate]"),
        ("steps = 10", "steps = 10\nsave = 0", "[training.save]"),
        ("steps = 10", "steps = 10\nevaluate = 0", "[training.evaluate]"),
        ("l1 = 1", "l1 = 0", "[losses]"),
        ("l1 = 1", "", "[losses]"),
        ("l1 = 1", "l1 = -1", "[losses.l1]"),
        ("l1 = 1", "l1 = inf", "[losses.l1]"),
        ("steps = 10", "steps = 10\nbeta1 = 1.0", "[training.beta1]"),
        ("steps = 10", "steps = 10\nwarmup = -1", "[training.warmup]"),
        ("steps = 10", "steps = 10\ncooldown = 1.5", "[training.cooldown]"),
        ('kind = "dots"', 'kind = "dots"\nnone = 1.1', "[hints.none]"),
        ('kind = "dots"', 'kind = "dots"\ncount = -3', "[hints.count]"),
        ("size = 64", "size = 0", "[data.size]"),
        ("size = 64", "size = 65", "[data.size]"),
        ("size = 64", "size = 64\ncap = 0", "[data.cap]"),
        ("shrink = [1, 2.5]", "shrink = [2, 1]", "[data.shrink]"),
        ("shrink = [1, 2.5]", "shrink = [0, 1]", "[data.shrink]"),
        ('encoding = "masked-channels"', 'encoding = "none"', "[hints]"),
        ('kind = "dots"', 'kind = "none"', "[hints]"),
        ('"unet"', '"unet", kernel = 4', "[generator]"),
        ("size = 64\nlines", "size = 72\nlines", "[data.size]"),
    ],
)
def test_entries_that_contradict_each_other_or_sense_are_refused(before: str, after: str, section: str) -> None:
    assert section in refused(changed(before, after))


COLORIST = """
name = "good"
about = "All that the colorist takes."
[data]
lines = { kind = "mix" }
[hints]
kind = "mix"
encoding = "masked-channels"
regions = 1
palettes = 0.5
references = 0.25
[generator]
kind = "colorist"
vividness = 1.2
[losses]
composite = 1
cell_mean = 1
classes = 0.1
hint_l1 = 0.5
[training]
steps = 10
"""


def test_the_colorist_takes_regions_palettes_references_and_its_losses() -> None:
    recipe = parse_recipe(COLORIST)
    assert (recipe.hints.regions, recipe.hints.palettes, recipe.hints.references) == (1.0, 0.5, 0.25)
    assert (recipe.losses.composite, recipe.losses.cell_mean, recipe.losses.hint_l1) == (1.0, 1.0, 0.5)
    assert recipe.generator.vividness == 1.2


@pytest.mark.parametrize("name", ["regions", "palettes", "references"])
@pytest.mark.parametrize("share", [1.1, -0.1, float("nan")])
def test_shares_of_the_colorist_s_conditions_are_shares(name: str, share: float) -> None:
    before = next(line for line in COLORIST.splitlines() if line.startswith(f"{name} ="))
    assert f"[hints.{name}]" in refused(COLORIST.replace(before, f"{name} = {share}"))


@pytest.mark.parametrize("name", ["hints.palettes", "hints.references", "losses.cell_mean", "losses.classes"])
def test_what_only_the_colorist_takes_is_refused_to_others(name: str) -> None:
    section, key = name.split(".")
    assert f"[{name}]: needs the colorist" in refused(changed(f"[{section}]", f"[{section}]\n{key} = 0.5"))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('encoding = "masked-channels"', 'encoding = "mix"', "the colorist takes encoding 'masked-channels'"),
        ('kind = "colorist"', 'kind = "colorist"\nwidth = 50', "the colorist's width must be a multiple of 40"),
        ("[data]", "[data]\nsize = 72", "must be a multiple of 16 for colorist"),
        ("[generator]", "[generator]\nlayer = 3", "unknown key 'layer'"),
        ('"mix" }', '"mix", learned = 1.5 }', "[data.lines.learned]"),
        ('"mix" }', '"xdog", learned = 0.5 }', "'learned' goes with kind 'mix'"),
    ],
)
def test_a_colorist_that_makes_no_sense_is_refused(before: str, after: str, said: str) -> None:
    assert COLORIST.count(before) == 1
    assert said in refused(COLORIST.replace(before, after))


def test_hints_can_be_obeyed_only_where_the_planes_tell_them_apart() -> None:
    text = GOOD.replace("l1 = 1", "l1 = 1\nhint_l1 = 1")
    assert parse_recipe(text).losses.hint_l1 == 1
    other = text.replace('"masked-channels"', '"overwrite"')
    assert "'hint_l1' needs hints of encoding 'masked-channels'" in refused(other)


def test_no_toml_is_refused_on_one_line() -> None:
    assert "not valid TOML" in refused("name = \n[[[")


def test_files_that_cannot_be_read_are_refused_with_the_shipped_names(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.toml: no such recipe.*inker"):
        read_recipe(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for place in (binary, tmp_path):
        with pytest.raises(RecipeError) as caught:
            read_recipe(place)
        assert str(place) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(changed("l1 = 1", "l9 = 1"))
    with pytest.raises(RecipeError, match=r"mine\.toml, \[losses\]: unknown key 'l9'"):
        read_recipe(file)


OLD_NAMES = {
    "seen": "composite",
    "guess": "cell_mean",
    "obey": "hint_l1",
    "entry": "guide_gray",
    "leave": "guide_color",
}


@pytest.mark.parametrize("old", OLD_NAMES)
def test_a_loss_by_its_old_name_is_refused_by_its_new_one(old: str) -> None:
    assert (
        refused(changed("l1 = 1", f"l1 = 1\n{old} = 0"))
        == f"a.toml, [losses]: '{old}' is called '{OLD_NAMES[old]}' now"
    )


@pytest.mark.parametrize("name", ["colorist", "style2paints-v1"])
def test_what_was_saved_when_losses_had_other_names_is_the_same_recipe(name: str) -> None:
    recipe = read_recipe(name)
    table = json.loads(json.dumps(as_table(recipe)))
    before = {new: old for old, new in OLD_NAMES.items()}
    old = {"losses": {before.get(name, name): weight for name, weight in table["losses"].items()}}
    assert from_saved_table(table | old, "run") == from_saved_table(table, "run") == recipe
    with pytest.raises(RecipeError, match="'seen' is called 'composite' now"):
        from_table(table | old)


def test_what_was_saved_is_read_no_less_strictly() -> None:
    table = as_table(parse_recipe(GOOD))
    for broken in ({"losses": 3}, {"losses": {"l9": 1}}):
        with pytest.raises(RecipeError, match=r"run, \[losses\]: "):
            from_saved_table(table | broken, "run")


def test_a_table_of_all_entries_gives_the_recipe_back() -> None:
    for recipe in [parse_recipe(GOOD), *map(read_recipe, shipped_recipes())]:
        table = json.loads(json.dumps(as_table(recipe)))
        assert parse_recipe(as_toml(table)) == recipe
        assert table["training"]["beta1"] == recipe.training.beta1  # defaults are written out


def as_toml(table: dict[str, Any]) -> str:
    """TOML of nested plain data; JSON's strings, numbers and lists are TOML's too."""

    def inline(value: object) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + " }"
        return json.dumps(value)

    return "\n".join(f"{key} = {inline(value)}" for key, value in table.items())


def test_a_recipe_is_frozen_and_comparable() -> None:
    recipe = parse_recipe(GOOD)
    for part in (recipe, recipe.data, recipe.data.lines, recipe.hints, recipe.losses, recipe.training):
        field = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field, None)
    assert recipe == parse_recipe(GOOD)
    assert recipe != parse_recipe(changed("size = 64", "size = 32"))
    assert isinstance(recipe, Recipe)
    assert len({recipe, parse_recipe(GOOD)}) == 1


GAME = 'l1 = 1\nadversary = 1\n[discriminator]\nkind = "strided"'
STYLED = """
name = "styled"
about = "All that a recipe with references must say."
[data]
lines = { kind = "mix" }
[hints]
references = 1.0
[generator]
kind = "style2paints"
[discriminator]
kind = "style"
[losses]
l1 = 1
guide_gray = 0.3
adversary = 0.01
[training]
steps = 1
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed("l1 = 1", "l1 = 1\nadversary = 1"), "'adversary' and a [discriminator] go together"),
        (changed("l1 = 1", 'l1 = 1\n[discriminator]\nkind = "patch"'), "'adversary' and a [discriminator] go together"),
        (COLORIST.replace("hint_l1 = 0.5", GAME), "not those of 'colorist'"),
        (changed("l1 = 1", GAME.replace("strided", "style")), "which style2paints has"),
        (changed("l1 = 1", GAME + "\nevery = 0"), "[discriminator.every]: must be greater than 0"),
        (changed("l1 = 1", GAME + "\nbeta1 = 1.0"), "[discriminator.beta1]: must be a share"),
        (changed("l1 = 1", GAME + '\nsees = "all"'), "[discriminator.sees]: wanted one of color, pair"),
        (changed("l1 = 1", "l1 = 1\nguide_color = 1"), "'guide_color' is of the guide decoders"),
        (changed('kind = "dots"', 'kind = "dots"\nreferences = 1'), "needs the colorist or style2paints"),
        (changed('"unet"', '"paintschainer", out = "relu"'), "'out' is of the unet"),
        (STYLED + "batch = 1\n", "sets styles against each other"),
        (STYLED.replace("references = 1.0", ""), "style2paints learns from 'references'"),
        (STYLED.replace("references = 1.0", "references = 0.5"), "set references = 1"),
        (STYLED.replace('"style2paints"', '"style2paints"\nencoder = "vgg19-fc1"'), "'encoder_file' goes with"),
        (STYLED.replace('"style2paints"', '"style2paints"\nencoder_file = "a.pt"'), "'encoder_file' goes with"),
    ],
)
def test_discriminators_and_references_go_where_they_belong(text: str, said: str) -> None:
    assert said in refused(text)


def test_what_the_accounts_say_is_what_their_recipes_say() -> None:
    assert parse_recipe(STYLED).discriminator.kind == "style"
    canny, model2 = read_recipe("unet-canny"), read_recipe("danbooru-pix2pix")
    assert (canny.data.lines.kind, canny.training.epochs, canny.losses.l2) == ("canny", 20, 1.0)
    assert (model2.losses.l1, model2.losses.adversary, model2.training.batch) == (100.0, 1.0, 32)
    assert (model2.discriminator.kind, model2.discriminator.every) == ("strided", 2)
    assert read_recipe("danbooru-pix2pix-blur").hints.encoding == "mix"
    style = read_recipe("style2paints-v1")
    assert (style.losses.guide_gray, style.losses.guide_color, style.losses.adversary) == (0.3, 0.9, 0.01)
    assert read_recipe("paintschainer-512").training.after == "paintschainer-128"
    # An ablation differs from what it is compared with in what it is about, and in nothing else.
    for changed_one, base, parts in (
        ("danbooru-unet-mse", "danbooru-unet", {"losses"}),
        ("danbooru-unet-cross-entropy", "danbooru-unet", {"losses"}),
        ("danbooru-unet-relu", "danbooru-unet", {"generator"}),
        ("danbooru-pix2pix", "danbooru-unet", {"losses", "discriminator"}),
        ("danbooru-pix2pix-patch", "danbooru-pix2pix", {"discriminator"}),
        ("danbooru-pix2pix-blur", "danbooru-pix2pix", {"hints"}),
        ("danbooru-unet-patches-random", "danbooru-unet-patches", {"hints"}),
        ("paintschainer-128-plain", "paintschainer-128", {"hints"}),
        ("paintschainer-128-adversary", "paintschainer-128", {"losses", "discriminator"}),
        ("paintschainer-128-adversary-plain", "paintschainer-128-adversary", {"hints"}),
        ("pix2pix-on-learned", "pix2pix-on-dilation", {"data"}),
        ("style2paints-v1-least-squares", "style2paints-v1", {"discriminator"}),
        ("style2paints-v1-dcgan", "style2paints-v1", {"discriminator"}),
        ("unet-canny-hints", "unet-canny", {"hints"}),
    ):
        one, other = as_table(read_recipe(changed_one)), as_table(read_recipe(base))
        assert {k for k in one if one[k] != other[k]} - {"name", "about"} == parts, changed_one
