"""The fields of a recipe that a study sets."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from vaeflow.pipeline.comparison.recipe_fields import SEEDS

DECIDED = {
    **dict.fromkeys(SEEDS, "the number of seeds in the field seeds instead, or search.seed"),
    "evaluate.require": "nothing: a study requires nothing of its members",
    "publish.to": "nothing: a study publishes nothing",
}
"""The fields that a study itself decides, and what is expected in their place."""

RECIPE = "recipe"
FieldName = Annotated[str, StringConstraints(pattern=rf"^({RECIPE}|\w+(\.\w+)+)$", max_length=200)]
"""A field of a recipe, with its section, such as `train.objective.beta`, or the recipe itself."""
Fields = Mapping[FieldName, Any]


def check_field(field: str, value: Any) -> None:
    """Raises `ValueError` if a study decides the field itself, or if the value is a recipe without a name."""
    if field in DECIDED:
        raise ValueError(f"{field}: expected {DECIDED[field]}")
    if field == RECIPE and not (isinstance(value, str) and value):
        raise ValueError(f"{field}: expected the name of a recipe, or a YAML file, got {value!r}")


def overlap(one: str, other: str) -> bool:
    """Whether two fields are the same, or one is a section that contains the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
