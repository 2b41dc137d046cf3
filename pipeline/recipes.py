"""Load recipes: a packaged name or a YAML file, with changes from the command line, gives a validated configuration."""

import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from vaeflow.components.closest import did_you_mean
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.former_names import renamed
from vaeflow.pipeline.recipe_changes import Settings, apply, lay
from vaeflow.pipeline.recipe_text import LONGEST_TEXT, check_text, parse
from vaeflow.pipeline.validation import problems
from vaeflow.pipeline.values import shortened, shown

SUFFIXES = (".yaml", ".yml")
MOST_BASES = 20


class Recipe(NamedTuple):
    """A configuration, and the name from which the ids of its runs are made."""

    name: str
    config: PipelineConfig


def packaged() -> dict[str, Traversable]:
    """The recipes that are packaged with vaeflow, by name."""
    found = (entry for entry in (files("vaeflow") / "recipes").iterdir() if entry.name.endswith(SUFFIXES))
    return {Path(entry.name).stem: entry for entry in sorted(found, key=lambda entry: entry.name)}


def load(recipe: str, changes: Sequence[str] = ()) -> Recipe:
    """Load a packaged recipe or a YAML file, and apply changes of the form `section.field=value`.

    Relative paths in a recipe are relative to the current directory. Raises `InputError`, with one line per problem, if
    the recipe is invalid.
    """
    source = _find(recipe)
    settings = _settings(source, recipe)
    base = settings.get("base")
    for change in changes:
        apply(change, settings)
    settings = _renamed(settings)
    if settings.get("base") != base:
        raise InputError("base: cannot be changed by --set; run another recipe, or write one with this base.")
    check_text(settings)
    try:
        return Recipe(_run_name(source), PipelineConfig.model_validate(settings))
    except ValidationError as error:
        raise InputError("\n".join(problems(error, PipelineConfig, settings))) from None


def _settings(source: Traversable, name: str, above: Sequence[str] = ()) -> Settings:
    """The settings of a recipe, over those of its base; `above` are the recipes that have it as their base."""
    settings = parse(_read(source), shortened(name))
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        got = "a list" if isinstance(settings, list) else shown(settings)
        raise InputError(f"{shortened(name)}: expected sections such as 'train:', got {got}.")
    settings = _renamed(settings)
    base = settings.get("base")
    if not base or not isinstance(base, str):
        return settings
    if base in (name, *above):
        raise InputError(f"base: expected another recipe than {shortened(base)}, which this one is a base of.")
    if len(above) == MOST_BASES:
        raise InputError(f"base: expected at most {MOST_BASES} recipes, each the base of the one before.")
    return lay(settings, _settings(_find(base), base, (name, *above)))


def _renamed(settings: Settings) -> Settings:
    try:
        return renamed(settings)
    except ValueError as error:
        raise InputError(f"{error}.") from None


def _run_name(source: Traversable) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(source.name).stem)


def _find(recipe: str) -> Traversable:
    known = packaged()
    if recipe in known:
        return known[recipe]
    path = Path(recipe)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError) as error:  # a folder that may not be entered, a name that no file can have
        raise InputError(f"{shortened(recipe)}: cannot be read: {_reason(error)}.") from None
    if path.is_dir():
        raise InputError(f"{shortened(recipe)}: expected a YAML file, but it is a folder.")
    if path.suffix in SUFFIXES or len(path.parts) > 1:
        raise InputError(f"{shortened(recipe)}: expected a YAML file, but there is no such file.")
    hint = did_you_mean(recipe, known)
    raise InputError(
        f"{shortened(recipe)}: no such recipe.{hint} Expected a YAML file, or a name that `vaeflow recipes` lists."
    )


def _read(source: Traversable) -> str:
    try:
        with source.open("rb") as file:
            return file.read(4 * LONGEST_TEXT + 1).decode()  # a character has at most 4 bytes
    except UnicodeDecodeError:
        raise InputError(f"{shortened(str(source))}: expected YAML in UTF-8, got bytes that are not UTF-8.") from None
    except OSError as error:
        raise InputError(f"{shortened(str(source))}: cannot be read: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
