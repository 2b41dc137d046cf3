"""Evaluate: a model is measured on the test split, drawn, and judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, PositiveInt, field_validator

from vaeflow.components.artifacts import Evaluation, Examples, Model
from vaeflow.components.evaluation.verdict import Requirement
from vaeflow.models.config import Config


class EvaluateConfig(Config):
    """What is measured, and what is required of it."""

    importance_samples: PositiveInt = Field(100, description="Samples per image of the log-likelihood estimate.")
    clustering_seeds: PositiveInt = Field(5, description="k-means runs, each from another seed.")
    neighbours: PositiveInt = Field(5, description="k of the nearest-neighbour classifier on the posterior means.")
    probe_images: PositiveInt = Field(10_000, description="At most so many training images teach the two classifiers.")
    batch_size: PositiveInt = 250
    seed: int = 0
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


def evaluate(
    config: EvaluateConfig, examples: Examples, model: Model, *, output: Path, beam_args: Sequence[str] = ()
) -> Evaluation:
    """Encode the test split, measure the bound and the latent clustering, draw the figures and the report."""
    raise NotImplementedError
