"""Scores that are no better than chance."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.few_images import FIRST_DIGIT
from vaeflow.components.evaluation.doctor.remedies import HeldOut, more_test_images, more_use_of_the_code
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.metrics.classification import ERROR as CLASSIFICATION_ERROR
from vaeflow.components.evaluation.metrics.probes import KNN_ACCURACY, LINEAR_PROBE_ACCURACY
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.spread import Agreement, Spread
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case
    from vaeflow.models.arrays import Labels


class Scores(NamedTuple):
    """Scores by title, each with its level by chance; higher is better."""

    by_title: dict[str, Agreement]
    images: HeldOut


def gather(case: "Case") -> Scores | None:
    """The agreement of clusters with classes, and the accuracies of classifiers; None for a single class.

    Nothing is better than chance then, which is right for all images.
    """
    if largest_class(case.study.labels) == 1:
        return None
    compared = {METRICS[name].title: value for name, value in case.metrics.items() if isinstance(value, Agreement)}
    chance = Spread(largest_class(case.study.labels), 0.0)
    probes = {metric.title: case.metrics.get(metric.name) for metric in (KNN_ACCURACY, LINEAR_PROBE_ACCURACY)}
    accuracies = {title: Agreement(s.mean, s.std, chance) for title, s in probes.items() if isinstance(s, Spread)}
    return Scores(compared | accuracies | _classification(case, chance), case.test_images)


def _classification(case: "Case", chance: Spread) -> dict[str, Agreement]:
    error = case.metrics.get(CLASSIFICATION_ERROR.name)
    if not isinstance(error, float):
        return {}
    deviation = case.standard_error[CLASSIFICATION_ERROR.name] / 100
    return {"Accuracy of the model's classifier": Agreement(1 - error / 100, deviation, chance)}


def largest_class(labels: "Labels") -> float:
    """Share of the most frequent class among the images whose class is known: the accuracy of always naming it."""
    import numpy as np

    counts = np.bincount(labels[labels >= 0], minlength=1)
    return float(counts.max() / counts.sum()) if counts.sum() else math.nan


def find(scores: Scores) -> str:
    """The scores within two standard deviations of chance, with both numbers."""
    return "; ".join(
        f"{title} {score.mean:.3f} ± {score.std:.3f}, by chance {score.chance.mean:.3f} ± {score.chance.std:.3f}"
        for title, score in at_chance(scores).items()
    )


def at_chance(scores: Scores) -> dict[str, Agreement]:
    """The scores that are not told apart from their level by chance."""
    return {title: score for title, score in scores.by_title.items() if score.at_chance}


def remedies(scores: Scores, training: TrainConfig) -> Iterator[Change]:
    """More test images if the scores are uncertain, otherwise whatever makes the code say more about images."""
    if max(score.std for score in at_chance(scores).values()) > FIRST_DIGIT:
        yield from more_test_images(scores.images, scores.images.sample)
    yield from more_use_of_the_code(training)


SYMPTOM = Symptom(
    name="no_better_than_chance",
    title="No better than chance",
    sign="a score that uses labels is within two standard deviations of its level by chance: that for permuted labels, "
    "or the share of the largest class",
    meaning="As far as these scores show, the codes do not tell the classes apart: codes that do not depend on the "
    "class have the same.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(LABELS,),
)
