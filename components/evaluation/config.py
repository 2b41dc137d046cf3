"""What a recipe says of evaluate. Importable without TensorFlow."""

from collections.abc import Mapping

from pydantic import Field, PositiveInt, field_validator

from vaeflow.components.evaluation.verdict import Requirement
from vaeflow.models.config import Config


class EvaluateConfig(Config):
    """What is measured, and what is required of it."""

    importance_samples: PositiveInt = Field(100, description="Samples per image of the log-likelihood estimate.")
    clustering_seeds: PositiveInt = Field(5, description="k-means runs, each from another seed.")
    clusters: PositiveInt | None = Field(
        None, description="k of k-means; by default the number of classes, or 10 without labels."
    )
    neighbours: PositiveInt = Field(5, description="k of the nearest-neighbour classifier on the posterior means.")
    probe_images: PositiveInt = Field(10_000, description="At most so many training images teach the classifiers.")
    label_draws: PositiveInt = Field(
        5, description="Where training knew few labels: draws of as many that classifiers on the codes are taught with."
    )
    batch_size: PositiveInt = 250
    seed: int = Field(0, ge=0, lt=2**31, description="Of all noise, k-means and the pictures.")
    require: Mapping[str, str] = Field({}, description='Thresholds by metric, such as {elbo: ">= -120"}.')

    @field_validator("require")
    @classmethod
    def _comparisons_of_known_metrics(cls, require: Mapping[str, str]) -> Mapping[str, str]:
        for metric, expression in require.items():
            Requirement.parse(metric, expression)
        return require

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """`require`, parsed."""
        return tuple(Requirement.parse(metric, expression) for metric, expression in self.require.items())
