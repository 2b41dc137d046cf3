"""Load recipes: a packaged name or a YAML file, with changes from the command line, gives a validated configuration."""

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.entities import NO_STUDY, Membership
from vaeflow.pipeline.former_names import renamed
from vaeflow.pipeline.recipe_changes import Settings, apply, lay
from vaeflow.pipeline.recipe_text import check_text
from vaeflow.pipeline.shelf import Shelf, file_name, read_settings
from vaeflow.pipeline.validation import problems
from vaeflow.pipeline.values import shortened

MOST_BASES = 20
RECIPES = Shelf("recipes", "recipe")


class Recipe(NamedTuple):
    """A configuration, the name from which the ids of its runs are made, and of which study it is a member."""

    name: str
    config: PipelineConfig
    membership: Membership = NO_STUDY


def load(recipe: str, changes: Sequence[str] = ()) -> Recipe:
    """Load a packaged recipe or a YAML file, and apply changes of the form `section.field=value`.

    Relative paths in a recipe are relative to the current directory. Raises `InputError`, with one line per problem, if
    the recipe is invalid.
    """
    source = RECIPES.find(recipe)
    settings = _settings(source, recipe)
    base = settings.get("base")
    apply(changes, settings)
    settings = _renamed(settings)
    if settings.get("base") != base:
        raise InputError("base: cannot be changed by --set; run another recipe, or write one with this base.")
    name = file_name(Path(source.name).stem).lstrip("-") or RECIPES.noun  # not like an option of the command line
    return Recipe(name, validated(settings))


def validated(settings: Settings) -> PipelineConfig:
    """The configuration with these settings. Raises `InputError`, with one line per problem, if it is invalid."""
    check_text(settings)
    try:
        return PipelineConfig.model_validate(settings)
    except ValidationError as error:
        raise InputError("\n".join(problems(error, PipelineConfig, settings))) from None


def _settings(source: Traversable, name: str, above: Sequence[str] = ()) -> Settings:
    """The settings of a recipe, over those of its base; `above` are the recipes that have it as their base."""
    settings = _renamed(read_settings(source, name))
    base = settings.get("base")
    if not base or not isinstance(base, str):
        return settings
    if base in (name, *above):
        raise InputError(f"base: expected another recipe than {shortened(base)}, which this one is a base of.")
    if len(above) == MOST_BASES:
        raise InputError(f"base: expected at most {MOST_BASES} recipes, each the base of the one before.")
    return lay(settings, _settings(RECIPES.find(base), base, (name, *above)))


def _renamed(settings: Settings) -> Settings:
    try:
        return renamed(settings)
    except ValueError as error:
        raise InputError(f"{error}.") from None
