"""The fields of recipes as flat mappings of dotted names, and those in which recipes differ."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from vaeflow.components.evaluate import evaluate
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.plan import PLAN, needed
from vaeflow.pipeline.values import shortened

SECTIONS = frozenset(step.name for step in needed(PLAN, evaluate.__name__))
"""The sections of a recipe that can change its evaluation."""
UNMEASURED = "evaluate.require"
"""What is required of the numbers does not change them."""
SEEDS = ("train.seed", "train.data.label_seed")
"""Fields that repetitions of one recipe differ in."""


class Fields(NamedTuple):
    """The values of a recipe's fields by dotted name, and the names of those that are not at their default."""

    values: Mapping[str, Any]
    given: frozenset[str]


def recorded(config: Mapping[str, Any]) -> PipelineConfig | None:
    """The recipe of a run; None if an older version recorded it in a form that is no longer valid."""
    try:
        return PipelineConfig.model_validate(config)
    except ValidationError:
        return None


def fields(config: Mapping[str, Any]) -> Fields:
    """The fields of a recorded recipe that can change its evaluation.

    Fields that an older version did not have get their default. A recipe that is no longer valid is taken as it is.
    """
    recipe = recorded(config)
    if recipe is None:
        values = dict(_flat(config))
        return Fields(values, frozenset(values))
    given = dict(_flat(recipe.model_dump(mode="json", exclude_defaults=True)))
    return Fields(dict(_flat(recipe.model_dump(mode="json"))), frozenset(given))


def _flat(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, values in config.items():
        if section in SECTIONS:
            yield from _dotted(section, values)


def _dotted(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if name == UNMEASURED:
        return
    if isinstance(value, Mapping) and value:
        for field, inner in value.items():
            yield from _dotted(f"{name}.{field}", inner)
    else:
        yield name, value


def differing(recipes: Sequence[Fields]) -> list[str]:
    """Names of the fields that differ between the recipes.

    A field that only some of them have, because they choose another alternative of a section, is left out where it is
    at its default.
    """
    names = dict.fromkeys(name for recipe in recipes for name in recipe.values)
    return [name for name in names if _differs(name, recipes)]


def _differs(name: str, recipes: Sequence[Fields]) -> bool:
    values = {text(recipe.values[name]) for recipe in recipes if name in recipe.values}
    everywhere = all(name in recipe.values for recipe in recipes)
    return len(values) > 1 or (not everywhere and any(name in recipe.given for recipe in recipes))


def distinguishing(recipes: Sequence[Fields]) -> list[dict[str, str]]:
    """For each recipe the differing fields in which it does not have the most common value."""
    common = {name: _most_common(name, recipes) for name in differing(recipes)}
    return [
        {name: shown(recipe, name) for name, most in common.items() if shown(recipe, name) not in ("", most)}
        for recipe in recipes
    ]


def _most_common(name: str, recipes: Sequence[Fields]) -> str | None:
    """The value that the most recipes have; None if as many have another one."""
    (value, count), *others = Counter(shown(recipe, name) for recipe in recipes).most_common(2)
    return None if any(other == count for _, other in others) else value


def shown(recipe: Fields, name: str) -> str:
    """The value of a field as text; empty if the recipe does not have the field."""
    return text(recipe.values[name]) if name in recipe.values else ""


def text(value: Any) -> str:
    """A value as in a recipe, in one short line."""
    match value:
        case None | True | False:
            return str(value).lower().replace("none", "null")
        case list():
            return shortened(f"[{', '.join(map(text, value))}]")
        case dict():
            return shortened(f"{{{', '.join(f'{name}: {text(inner)}' for name, inner in value.items())}}}")
        case _:
            return shortened(str(value))
