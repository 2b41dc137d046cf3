"""DCI: disentanglement, completeness and informativeness, from how classifiers of the factors use the code."""

import math
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import FACTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.disentanglement.points import Points
    from vaeflow.components.evaluation.spread import Spread
    from vaeflow.components.evaluation.study import Study

TREES, LEAF = 10, 10
"""Number of trees of a forest, and the least number of points in one of their leaves."""

DISENTANGLEMENT = Metric(
    "dci_disentanglement", "DCI disentanglement", "of the dimensions", needs=(FACTORS,), costly=True, better="higher"
)
COMPLETENESS = Metric(
    "dci_completeness", "DCI completeness", "of the factors", needs=(FACTORS,), costly=True, better="higher"
)
INFORMATIVENESS = Metric(
    "dci_informativeness", "DCI informativeness", "accuracy", needs=(FACTORS,), costly=True, better="higher"
)


class Fitted(NamedTuple):
    """Importances [d, k] of the dimensions for each factor, which sum to one for each, and mean test accuracy."""

    importances: "NDArray[np.float64]"
    accuracy: float


def compute(study: "Study") -> "dict[str, Spread]":
    """The three scores over several draws of points."""
    from vaeflow.components.evaluation.disentanglement.repetition import repeated

    return repeated(study, measure, [metric.name for metric in FAMILY.metrics])


def measure(points: "Points", random: "np.random.Generator") -> dict[str, float]:
    """The scores of points that are drawn from these."""
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN

    importances, accuracy = fit(points.drawn(TRAIN, random), points.drawn(TEST, random), int(random.integers(2**31)))
    return {
        DISENTANGLEMENT.name: disentanglement(importances),
        COMPLETENESS.name: disentanglement(importances.T),
        INFORMATIVENESS.name: accuracy,
    }


def fit(train: "Points", test: "Points", seed: int) -> Fitted:
    """Random forests that predict the factors, as in the paper; every split considers all dimensions."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    forests = [
        RandomForestClassifier(TREES, max_features=None, min_samples_leaf=LEAF, random_state=seed, n_jobs=-1)
        for _ in train.factors.T
    ]
    for forest, values in zip(forests, train.factors.T, strict=True):
        forest.fit(train.codes, values)
    accuracies = [
        (forest.predict(test.codes) == values).mean() for forest, values in zip(forests, test.factors.T, strict=True)
    ]
    return Fitted(np.stack([forest.feature_importances_ for forest in forests], axis=1), float(np.mean(accuracies)))


def disentanglement(importances: "NDArray[np.float64]") -> float:
    """1 - H_k(rows of importances [d, k]), weighted by the importance of the row; 0 if none has any.

    Eastwood & Williams 2018, "A Framework for the Quantitative Evaluation of Disentangled Representations", §2. That of
    the transposed importances is the completeness.
    """
    from scipy.special import entr

    totals = importances.sum(axis=1)
    used = totals > 0
    if not used.any():
        return 0.0
    shares = importances[used] / totals[used, None]
    columns = importances.shape[1]
    entropy = entr(shares).sum(axis=1) / math.log(columns) if columns > 1 else 0.0
    return float(((1 - entropy) * totals[used]).sum() / totals.sum())


def note(study: "Study") -> str:
    """How the scores are measured."""
    from vaeflow.components.evaluation.disentanglement.points import encoded_points
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN, drawn_from

    return (
        f"DCI (Eastwood & Williams 2018): for each factor, a random forest of {TREES} trees with at least {LEAF} "
        f"points in a leaf, fitted to the posterior means of {TRAIN:,} points. Its importances are those of impurity, "
        f"and informativeness is its mean accuracy on {TEST:,} points; scores from other classifiers, such as the "
        f"boosted trees of Locatello et al. 2019, differ. The points are {drawn_from(study)}"
        f"{learned_by_heart(len(study.once(encoded_points).codes), TRAIN)}"
    )


def learned_by_heart(images: int, points: int) -> str:
    """A warning if each image is drawn often enough to fill a leaf by itself; empty otherwise."""
    if points < LEAF * images:
        return ""
    return (
        f" Each image is drawn about {points / images:.0f} times, so that a leaf can hold one image alone: "
        "informativeness is then near 1 for every code that tells the images apart, also an untrained one."
    )


FAMILY = Family((DISENTANGLEMENT, COMPLETENESS, INFORMATIVENESS), compute=compute, note=note)
