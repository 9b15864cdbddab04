"""In what order recipes are trained that start from each other."""

from collections.abc import Sequence

from senga.errors import RecipeError
from senga.learn.course_recipes import is_course
from senga.recipe import Recipe
from senga.recipefile import find_recipe, read_recipe, read_table


def in_order(names: Sequence[str]) -> list[Recipe]:
    """Recipes by names or files, each after the one that it starts from, none twice.

    Raises:
        RecipeError: no such recipe, or two of one name.
    """
    found: dict[str, Recipe] = {}

    def take(name: str, below: tuple[str, ...]) -> None:
        if is_course(read_table(find_recipe(name))):
            raise RecipeError(f"{name} is a course: train it by 'senga train {name} --cache CACHE'")
        recipe = read_recipe(name)
        if recipe.name in below:
            raise RecipeError(f"{name}: recipes that start from each other: {', '.join(below)}")
        if recipe.training.after:
            take(recipe.training.after, (*below, recipe.name))
        if found.setdefault(recipe.name, recipe) != recipe:
            raise RecipeError(f"{name}: another recipe is named '{recipe.name}' too; give it another name")

    for name in names:
        take(name, ())
    return list(found.values())
