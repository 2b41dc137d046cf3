"""The fields of a recipe that a study sets."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import Field

from vaeflow.models.notation import Notation
from vaeflow.pipeline.comparison.recipe_fields import SEEDS

DECIDED = {
    **dict.fromkeys(SEEDS, "the number of seeds in the field seeds instead, or search.seed"),
    "evaluate.require": "nothing: a study requires nothing of its members",
    "publish.to": "nothing: a study publishes nothing",
}
"""The fields that a study itself decides, and what is expected in their place."""

RECIPE = "recipe"
FieldName = Annotated[
    str,
    Field(max_length=200),
    Notation(rf"{RECIPE}|\w+(\.\w+)+", "a field with its section, such as train.objective.beta, or recipe"),
]
"""A field of a recipe, with its section, such as `train.objective.beta`, or the recipe itself."""
Fields = Mapping[FieldName, Any]


def check_field(field: str, value: Any) -> None:
    """Raises `ValueError` if a study decides the field itself, or a part of it, or if a recipe has no name."""
    if field in DECIDED:
        raise ValueError(f"{field}: expected {DECIDED[field]}")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            check_field(f"{field}.{name}", inner)
    if field == RECIPE and not (isinstance(value, str) and value):
        raise ValueError(f"{field}: expected the name of a recipe, or a YAML file, got {value!r}")


def short_names(fields: Collection[str]) -> dict[str, str]:
    """The end of the name of each field, of as many parts as no other one of them has."""
    return {field: _short_name(field, [other for other in fields if other != field]) for field in fields}


def _short_name(field: str, others: Collection[str]) -> str:
    parts = field.split(".")
    ends = (".".join(parts[start:]) for start in reversed(range(len(parts))))
    return next((end for end in ends if not any(f".{other}".endswith(f".{end}") for other in others)), field)


def overlap(one: str, other: str) -> bool:
    """Whether two fields are the same, or one is a section that contains the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
