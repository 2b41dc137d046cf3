"""Evaluate: a model is measured on the test split, drawn, and judged."""

import logging
from collections.abc import Sequence
from pathlib import Path

from vaeflow.components.artifacts import Evaluation, Examples, Model
from vaeflow.components.evaluation.config import EvaluateConfig

log = logging.getLogger(__name__)


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
