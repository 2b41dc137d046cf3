"""SAP, the separated attribute predictability: whether each factor can be predicted from one code dimension only."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import FACTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.disentanglement.points import Points
    from vaeflow.components.evaluation.spread import Spread
    from vaeflow.components.evaluation.study import Study

PENALTY = 0.01
"""C of the support vector machines. Locatello et al. 2019."""

SAP = Metric("sap", "SAP score", "gap of accuracies", needs=(FACTORS,), costly=True, better="higher")


def compute(study: "Study") -> "dict[str, Spread]":
    """The score over several draws of points."""
    from vaeflow.components.evaluation.disentanglement.repetition import repeated

    return repeated(study, measure, (SAP.name,))


def measure(points: "Points", random: "np.random.Generator") -> dict[str, float]:
    """The score of points that are drawn from these."""
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN

    return {SAP.name: score(points.drawn(TRAIN, random), points.drawn(TEST, random))}


def score(train: "Points", test: "Points") -> float:
    """Mean over the factors of the difference of the two largest accuracies.

    Kumar et al. 2018, "Variational Inference of Disentangled Latent Concepts from Unlabeled Observations", §3.
    """
    from vaeflow.components.evaluation.disentanglement.mutual_information import largest_gaps

    return float(largest_gaps(accuracies(train, test)).mean())


def accuracies(train: "Points", test: "Points") -> "NDArray[np.float64]":
    """Test accuracies [d, k] of a linear support vector machine that predicts a factor from one code dimension."""
    import numpy as np

    dims, factors = range(train.codes.shape[1]), range(train.factors.shape[1])
    return np.array([[_accuracy(train, test, dim, factor) for factor in factors] for dim in dims])


def _accuracy(train: "Points", test: "Points", dim: int, factor: int) -> float:
    from sklearn.svm import LinearSVC

    classifier = LinearSVC(C=PENALTY, class_weight="balanced", dual=False)
    classifier.fit(train.codes[:, [dim]], train.factors[:, factor])
    return float((classifier.predict(test.codes[:, [dim]]) == test.factors[:, factor]).mean())


def note(study: "Study") -> str:
    """How the score is measured."""
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN, drawn_from

    return (
        f"SAP score (Kumar et al. 2018): accuracies on {TEST:,} points of linear SVMs (C = {PENALTY}, "
        f"classes balanced) that are fitted to one dimension of the posterior means of {TRAIN:,} points, "
        f"{drawn_from(study)}"
    )


FAMILY = Family((SAP,), compute=compute, note=note)
