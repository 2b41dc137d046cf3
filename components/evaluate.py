"""The step evaluate: metrics, figures, findings and a verdict for a model on the test split."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vaeflow.components.artifacts import Evaluation, Examples, FeatureNetwork, Model
from vaeflow.components.evaluation.config import EvaluateConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.results import Results

log = logging.getLogger(__name__)


def evaluate(
    config: EvaluateConfig,
    examples: Examples,
    model: Model,
    features: FeatureNetwork,
    *,
    output: Path,
    beam_args: Sequence[str] = (),
) -> Evaluation:
    """Encode the test split, compute the metrics, compare them with the requirements, and write figures and report.

    A failed verdict is not an error: the artifact's property `passed` records it. Raises `InputError` if the examples
    cannot be evaluated as configured, and `RunError` if the model encodes images to values that are not finite.
    """
    from vaeflow.components.evaluation.anomalies.exported import exported_score
    from vaeflow.components.evaluation.anomalies.threshold import save_scoring
    from vaeflow.components.evaluation.anomalous_images import anomalies_of
    from vaeflow.components.evaluation.assessment import assess, begin, headline
    from vaeflow.components.evaluation.explorer import save_explorer
    from vaeflow.components.evaluation.gallery import draw, save_pictures
    from vaeflow.components.evaluation.report.page import save_report
    from vaeflow.components.evaluation.requirements import check_available
    from vaeflow.components.evaluation.subject import read_subject

    config.check_extras()
    with anomalies_of(config, examples, scratch=output, beam_args=beam_args) as anomalies:
        subject = read_subject(examples, model, features, anomalies)
        check_available(config.requirements, subject)
        exported_score(config.score, subject)
        study = begin(config, subject, output=output, beam_args=beam_args)
        save_scoring(study, output)
        results = assess(study, config.requirements)
        results.save(output / "metrics.json")
        pictures = save_pictures(draw(study), output / "figures")
    save_report(output, config, subject, results, pictures)
    if subject.config.generative:
        save_explorer(study, output)
    _tell(results)
    return Evaluation(output, {"passed": results.verdict.passed, **headline(results.metrics)})


def _tell(results: "Results") -> None:
    for finding in results.findings:
        log.info("finding: %s: %s", finding.title, finding.evidence)
    for check in results.verdict.checks:
        if not check.passed:
            log.warning("evaluate.require is not met: %s", check)
