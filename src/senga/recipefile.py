"""Recipes from strict TOML files.

No inheritance, no dotted strings: each file is read whole, and a key that is not known is refused by name.
"""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from senga.errors import RecipeError
from senga.recipe import Recipe
from senga.recipe_rules import check

RENAMED: Mapping[str, str] = types.MappingProxyType(
    {"seen": "composite", "guess": "cell_mean", "obey": "hint_l1", "entry": "guide_gray", "leave": "guide_color"}
)
"""Keys of [losses] by the names that they had before, and their names now."""


def read_recipe(path: str | Path) -> Recipe:
    """Recipe from a TOML file.

    Args:
        path: a file, or the name of a recipe that ships with senga.

    Raises:
        RecipeError: no such recipe, not TOML, or an entry that is missing, unknown or of the wrong type.
    """
    file = find_recipe(path)
    return from_table(read_table(file), str(file))


def find_recipe(path: str | Path) -> Path:
    """The file of a recipe, of whatever kind, given as a file or by the name under which it ships.

    Raises:
        RecipeError: no such recipe.
    """
    if Path(path).exists() and not Path(path).is_dir():  # a run's folder may bear a recipe's name
        return Path(path)
    shipped = {p.stem: p for p in [*shipped_recipes(), *shipped_courses()]}
    if str(path) not in shipped:
        raise RecipeError(f"{path}: no such recipe file; shipped recipes: {', '.join(sorted(shipped))}")
    return shipped[str(path)]


def read_table(file: Path) -> dict[str, Any]:
    """A recipe's entries as they stand.

    Raises:
        RecipeError: the file cannot be read, or is not TOML.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{file}: not UTF-8; save it as that") from error
    return _parsed(text, str(file))


def parse_recipe(text: str, place: str = "recipe") -> Recipe:
    r"""Recipe from TOML text; `place` names it in errors.

    >>> parse_recipe('name = "a"\nabout = "b"\ngenerator.kind = "unet"\nlosses.l1 = 1\ntraining.steps = 1').losses.l1
    1.0
    """
    return from_table(_parsed(text, place), place)


def _parsed(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits, too
        deep = isinstance(error, RecursionError)
        reason = "brackets within brackets too deep" if deep else (str(error).splitlines() or ["broken"])[0]
        raise RecipeError(f"{place}: not valid TOML: {reason}") from error


def from_saved_table(table: Mapping[str, Any], place: str) -> Recipe:
    """Recipe as a run or a card keeps it, which may have been written when some keys had other names."""
    losses = table.get("losses")
    if isinstance(losses, dict):
        table = {**table, "losses": {RENAMED.get(name, name): weight for name, weight in losses.items()}}
    return from_table(table, place)


def from_table(table: Mapping[str, Any], place: str = "recipe") -> Recipe:
    """Recipe from nested plain data, as `as_table` gives it; `place` names it in errors."""
    losses = table.get("losses")
    for name in losses if isinstance(losses, dict) else ():
        if name in RENAMED:
            raise RecipeError(f"{place}, [losses]: '{name}' is called '{RENAMED[name]}' now")
    recipe = build(Recipe, table, place)
    check(recipe, place)
    return recipe


def shipped_recipes() -> list[Path]:
    """Recipe files inside the package, by name."""
    return sorted((Path(__file__).parent / "recipes").glob("*.toml"), key=lambda file: file.stem)


def shipped_courses() -> list[Path]:
    """Recipe files of courses inside the package, by name; see `senga.learn.course_recipes`."""
    return sorted((Path(__file__).parent / "recipes" / "courses").glob("*.toml"), key=lambda file: file.stem)


Built = TypeVar("Built")


def build(kind: type[Built], table: Mapping[str, Any], place: str) -> Built:
    """A dataclass of nested plain data, strictly: no entry unknown, none of a wrong type.

    Args:
        kind: a dataclass; its fields are numbers, texts, literals, tuples, or dataclasses again.
        table: of its entries. place: names the file in errors.

    Raises:
        RecipeError: with section and name.
    """
    built: Built = _build(kind, table, place, "top level")
    return built


def _build(kind: type[Any], table: Mapping[str, Any], place: str, section: str) -> Any:
    known = {f.name: f for f in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for key in table:
        if key not in known:
            raise RecipeError(f"{place}, [{section}]: unknown key '{key}'; known: {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name, entry in known.items():
        if name in table:
            inner = name if section == "top level" else f"{section}.{name}"
            values[name] = _value(hints[name], table[name], place, inner)
        elif entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING:
            raise RecipeError(f"{place}, [{section}]: '{name}' is missing")
    return kind(**values)


def _value(kind: Any, value: Any, place: str, section: str) -> Any:
    def refuse(wanted: str) -> RecipeError:
        return RecipeError(f"{place}, [{section}]: wanted {wanted}, found {value!r}")

    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise refuse("a table")
        return _build(kind, value, place, section)
    if origin is Literal:
        if value not in typing.get_args(kind):
            raise refuse("one of " + ", ".join(map(str, typing.get_args(kind))))
        return value
    if origin is tuple:
        kinds = typing.get_args(kind)
        if kinds[1:] == (...,):
            if not isinstance(value, list | tuple):
                raise refuse("a list")
            return tuple(_value(kinds[0], v, place, f"{section}.{i}") for i, v in enumerate(value, 1))
        if not isinstance(value, list | tuple) or len(value) != len(kinds):
            raise refuse(f"a list of {len(kinds)}")
        return tuple(_value(k, v, place, section) for k, v in zip(kinds, value, strict=True))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, types.UnionType) or not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise refuse(f"{getattr(kind, '__name__', kind)}")
    return value
