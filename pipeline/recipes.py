"""Load recipes: a packaged name or a YAML file, with changes from the command line, gives a validated configuration."""

import copy
import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.names import did_you_mean
from vaeflow.pipeline.validation import problems

SUFFIXES = (".yaml", ".yml")


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
    settings = _parse(_read(source), str(recipe)) or {}
    if not isinstance(settings, dict):
        raise InputError(f"{recipe}: expected sections such as 'train:', got {type(settings).__name__}.")
    for change in changes:
        _apply(change, settings)
    try:
        return Recipe(_run_name(source), PipelineConfig.model_validate(settings))
    except ValidationError as error:
        raise InputError("\n".join(problems(error, PipelineConfig, settings))) from None


def _run_name(source: Traversable) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(source.name).stem)


def _find(recipe: str) -> Traversable:
    known = packaged()
    if recipe in known:
        return known[recipe]
    path = Path(recipe)
    if path.is_file():
        return path
    if path.suffix in SUFFIXES or len(path.parts) > 1:
        raise InputError(f"{recipe}: expected a YAML file, but there is no such file.")
    raise InputError(
        f"{recipe}: no such recipe.{did_you_mean(recipe, known)} Expected a YAML file or one of: {', '.join(known)}."
    )


def _read(source: Traversable) -> str:
    try:
        return source.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{source}: expected YAML in UTF-8, got bytes that are not UTF-8.") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror}.") from None


class _UniqueKeyLoader(yaml.SafeLoader):
    """A YAML loader that rejects duplicate keys instead of silently using the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"'{key.value}' is given twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _parse(text: str, name: str) -> Any:
    try:
        return yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{name}{line}: {error.problem}.") from None
    except yaml.YAMLError as error:
        raise InputError(f"{name}: invalid YAML: {str(error).splitlines()[0]}.") from None


def _apply(change: str, settings: dict[str, Any]) -> None:
    """Apply one `section.field=value` in place. A section that the recipe omits starts from its defaults."""
    dotted, equals, text = change.partition("=")
    *sections, field = dotted.strip().split(".")
    if not equals or not all((*sections, field)):
        raise InputError(f"--set {change}: expected section.field=value.")
    defaults: Any = PipelineConfig().model_dump(mode="json")
    here: Any = settings
    for depth, section in enumerate(sections):
        defaults = defaults.get(section, {}) if isinstance(defaults, dict) else {}
        if here.get(section) is None:
            here[section] = copy.deepcopy(defaults) if isinstance(defaults, dict) else {}
        here = here[section]
        if not isinstance(here, dict):
            raise InputError(f"--set {change}: '{'.'.join(sections[: depth + 1])}' is a value, not a section.")
    here[field] = _value(text)


def _value(text: str) -> Any:
    """Parse a value as YAML. Text that is not valid YAML, such as `>= -120`, is returned as it is."""
    try:
        return _parse(text, "")
    except InputError:
        return text
