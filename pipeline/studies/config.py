"""The configuration of a study. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from vaeflow.components.closest import did_you_mean
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.models.config import Config
from vaeflow.models.notation import Notation
from vaeflow.pipeline.studies.fields import RECIPE, FieldName, Fields, check_field, overlap
from vaeflow.pipeline.studies.search_config import SearchConfig

MOST_MEMBERS = 1_000
MOST_SEEDS = 100
VariantName = Annotated[str, Notation(r"[^\x00-\x1f\x7f]{1,60}", "a name of 1 to 60 characters on one line")]


class StudyConfig(Config):
    """A study: a recipe, what is varied or searched, what is compared and shown, and what to look for."""

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
    search: SearchConfig | None = Field(
        None, description="What is searched instead of varied: the best of many trials is evaluated."
    )
    seeds: int = Field(1, ge=1, le=MOST_SEEDS, description="Number of runs of each variant, with seeds from 0.")
    compare: tuple[str, ...] = Field((), max_length=100, description="Metrics that the page compares; by default all.")
    show: tuple[str, ...] = Field(
        (), max_length=100, description="Figures that the page shows side by side; by default those of all variants."
    )
    read: str = Field("", max_length=5_000, description="What to look for, in a few sentences.")
    minutes: float | None = Field(
        None, gt=0, le=1e6, description="Time that all members take one after the other, on two processor cores."
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
    def _says_each_thing_once(self) -> Self:
        if RECIPE in self.set:
            raise ValueError(f"set.{RECIPE}: expected the recipe of all members in the field {RECIPE} of the study")
        given = {"set": self.set, **{f"variants.{name}": fields for name, fields in self.variants.items()}}
        for where, fields in given.items():
            if varied := [field for field in fields if field in self.vary]:
                raise ValueError(f"{where}: {varied[0]}: the study varies it: set it or vary it")
        return self

    @model_validator(mode="after")
    def _varies_or_searches(self) -> Self:
        varies = [name for name in ("variants", "vary") if getattr(self, name)]
        if self.search and varies:
            raise ValueError(f"search: expected no {varies[0]} besides: a study varies fields, or searches them")
        if not self.search and not varies:
            raise ValueError("expected fields in vary, or variants, or a search")
        return self

    @model_validator(mode="after")
    def _search_decides_what_it_searches(self) -> Self:
        if self.search is None:
            return self
        if self.seeds != 1:
            raise ValueError(f"seeds: expected 1, since a search trains each trial once, got {self.seeds}")
        for field in self.set:
            for searched in self.search.ranges:
                if overlap(field, searched):
                    raise ValueError(f"set.{field}: the study searches {searched}: set it or search it")
        return self

    @property
    def seeds_of_runs(self) -> range:
        """The seeds of the runs of each variant."""
        first = self.search.seed if self.search else 0
        return range(first, first + self.seeds)
