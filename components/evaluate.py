"""Evaluate: a model is measured on the test split, drawn, and judged."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, PositiveInt, field_validator

from vaeflow.components.artifacts import Evaluation, Examples, Model
from vaeflow.components.evaluation.verdict import Requirement
from vaeflow.models.config import Config

log = logging.getLogger(__name__)


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


def evaluate(
    config: EvaluateConfig, examples: Examples, model: Model, *, output: Path, beam_args: Sequence[str] = ()
) -> Evaluation:
    """Encode the test split, measure the bounds and the latent space, judge, draw the figures and the report.

    A verdict that is not passed is no error here: it is in the artifact's property `passed`. Raises `InputError`
    for examples that cannot be evaluated as asked, and `RunError` for a model that encodes to NaN.
    """
    from vaeflow.components.evaluation.assessment import assess
    from vaeflow.components.evaluation.gallery import draw, save_pictures
    from vaeflow.components.evaluation.metrics import headline, save_embeddings
    from vaeflow.components.evaluation.report import save_report
    from vaeflow.components.evaluation.subject import read_subject

    subject = read_subject(examples, model, config.requirements)
    assessment = assess(config, subject, scratch=output, beam_args=beam_args)
    results = assessment.results
    results.save(output / "metrics.json")
    save_embeddings(output / "embeddings.npz", subject.test.ids, subject.test.labels, assessment.measures)
    pictures = save_pictures(draw(subject, assessment, config.seed), output / "figures")
    save_report(output, config, subject, results, pictures)
    for check in results.verdict.checks:
        if not check.passed:
            log.warning("evaluate.require is not met: %s", check)
    return Evaluation(output, {"passed": results.verdict.passed, **headline(results.metrics)})
