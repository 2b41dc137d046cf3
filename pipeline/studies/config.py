"""The configuration of a study. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from vaeflow.components.closest import did_you_mean
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.models.config import Config
from vaeflow.pipeline.comparison.recipe_fields import SEEDS

MOST_MEMBERS = 1_000
MOST_SEEDS = 100
DECIDED = {
    **dict.fromkeys(SEEDS, "the number of seeds in the field seeds instead"),
    "evaluate.require": "nothing: a study requires nothing of its members",
    "publish.to": "nothing: a study publishes nothing",
}
"""The fields that a study itself decides, and what is expected in their place."""

RECIPE = "recipe"
FieldName = Annotated[str, StringConstraints(pattern=rf"^({RECIPE}|\w+(\.\w+)+)$", max_length=200)]
"""A field of a recipe, with its section, such as `train.objective.beta`, or the recipe itself."""
Fields = Mapping[FieldName, Any]
VariantName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]


def check_field(field: str, value: Any) -> None:
    """Raises `ValueError` if a study decides the field itself, or if the value is a recipe without a name."""
    if field in DECIDED:
        raise ValueError(f"{field}: expected {DECIDED[field]}")
    if field == RECIPE and not (isinstance(value, str) and value):
        raise ValueError(f"{field}: expected the name of a recipe, or a YAML file, got {value!r}")


class StudyConfig(Config):
    """A study: a recipe, what is varied, with how many seeds, what is compared and shown, and what to look for."""

    description: str = Field("", description="One-line description, shown by `vaeflow studies`.")
    recipe: str = Field("mnist5k", description="Recipe that is varied: the name of a packaged one, or a YAML file.")
    set: Fields = Field({}, description="Fields that all members set, such as {train.epochs: 20}.")
    variants: Mapping[VariantName, Fields] = Field(
        {},
        max_length=MOST_MEMBERS,
        description="Variants by name, each with the fields that it sets; the field recipe replaces that of the study.",
    )
    vary: Mapping[FieldName, tuple[Any, ...]] = Field(
        {},
        max_length=10,
        description="Values of fields, such as {train.objective.beta: [0, 1, 4]}. Of several fields, and of variants, "
        "all combinations are made.",
    )
    seeds: int = Field(1, ge=1, le=MOST_SEEDS, description="Number of runs of each variant, with seeds from 0.")
    compare: tuple[str, ...] = Field((), max_length=100, description="Metrics that the page compares; by default all.")
    show: tuple[str, ...] = Field(
        (), max_length=100, description="Figures that the page shows side by side; by default those of all variants."
    )
    read: str = Field("", max_length=5_000, description="What to look for, in a few sentences.")
    minutes: float | None = Field(
        None, gt=0, le=1e6, description="Time that all members take together on two processor cores."
    )

    @field_validator("compare", "show")
    @classmethod
    def _known(cls, names: tuple[str, ...], info: Any) -> tuple[str, ...]:
        noun, known = ("metric", METRICS) if info.field_name == "compare" else ("figure", FIGURES)
        for name in names:
            if name not in known:
                nearest = did_you_mean(name, known).lstrip() or f"Known: {', '.join(known)}"
                raise ValueError(f"{name}: no such {noun}. {nearest}")
        return names

    @field_validator("vary")
    @classmethod
    def _several_values(cls, vary: Mapping[str, tuple[Any, ...]]) -> Mapping[str, tuple[Any, ...]]:
        for field, values in vary.items():
            if not values:
                raise ValueError(f"{field}: expected at least one value")
            repeated = [value for place, value in enumerate(values) if value in values[:place]]
            if repeated:
                raise ValueError(f"{field}: expected different values, got {repeated[0]!r} twice")
        return vary

    @model_validator(mode="after")
    def _leaves_to_the_study_what_it_decides(self) -> Self:
        for fields in (self.set, *self.variants.values()):
            for field, value in fields.items():
                check_field(field, value)
        for field, values in self.vary.items():
            for value in values:
                check_field(field, value)
        return self

    @model_validator(mode="after")
    def _varies_something(self) -> Self:
        if not self.vary and not self.variants:
            raise ValueError("expected fields in vary, or variants")
        return self
