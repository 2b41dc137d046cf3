"""Anomalies: how well scores tell them from normal test images."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.anomalies.scores import SCORES, Score
from vaeflow.components.evaluation.conditions import ANOMALOUS_IMAGES, BINARISATION, TRAINING_IMAGES
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import ANOMALIES

if TYPE_CHECKING:
    from vaeflow.components.evaluation.spread import Interval
    from vaeflow.components.evaluation.study import Study

DEPENDS_ON = (ANOMALOUS_IMAGES, TRAINING_IMAGES, BINARISATION)


def _metrics(score: Score) -> tuple[Metric, ...]:
    def metric(measure: str, title: str, better: str, *, headline: bool = False) -> Metric:
        return Metric(
            f"{measure}_{score.name}",
            f"{title}: {score.title}",
            "share",
            needs=(ANOMALIES, *score.needs),
            costly=True,
            better=better,  # type: ignore[arg-type]
            headline=headline,
            depends_on=DEPENDS_ON,
        )

    return (
        metric("auroc", "AUROC", "higher", headline=True),
        metric("average_precision", "Average precision", "higher"),
        metric("fpr95", "False positives at 95 % recall", "lower"),
    )


def compute(study: "Study") -> "dict[str, Interval]":
    """Every measure of every score."""
    from vaeflow.components.evaluation.anomalies.detection import detection
    from vaeflow.components.evaluation.anomalies.measuring import score_images

    scored = study.once(score_images)
    return {
        f"{measure}_{name}": value
        for name in scored.normal
        for measure, value in detection(scored.normal[name], scored.anomalous[name], study.settings.seed).items()
    }


def note(study: "Study") -> str:
    """What the scores are, and on which images they are compared."""
    from vaeflow.components.evaluation.anomalies.detection import DRAWS
    from vaeflow.components.evaluation.anomalies.measuring import available_scores, score_images

    scored = study.once(score_images)
    normal, anomalous = (len(next(iter(scores.values()))) for scores in scored)
    sources = "; ".join(f"{score.title} is {score.source}" for score in available_scores(study))
    return (
        f"{anomalous} anomalies are told from {normal} normal test images. {sources}. The brackets contain 95 % of "
        f"{DRAWS:,} bootstrap samples, with as many images of each kind, drawn with the evaluation seed."
    )


FAMILY = Family(tuple(metric for score in SCORES for metric in _metrics(score)), compute=compute, note=note)
