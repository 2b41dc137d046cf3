"""The β-VAE score: whether a linear classifier tells from differences of codes which factor is fixed."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.metrics.probes import MAX_ITERATIONS
from vaeflow.components.evaluation.needs import FACTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor, Votes
    from vaeflow.components.evaluation.disentanglement.points import Points
    from vaeflow.components.evaluation.spread import Spread
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

PAIRS = 64
"""Number of pairs whose differences are averaged."""

BETA_VAE_SCORE = Metric(
    "beta_vae_score", "β-VAE score", "accuracy of a linear classifier", needs=(FACTORS,), costly=True, better="higher"
)


def compute(study: "Study") -> "dict[str, Spread]":
    """The score over several draws of pairs."""
    from vaeflow.components.evaluation.disentanglement.repetition import repeated

    return repeated(study, measure, (BETA_VAE_SCORE.name,))


def measure(points: "Points", random: "np.random.Generator") -> dict[str, float]:
    """Accuracy of a logistic regression that predicts the fixed factor. Higgins et al. 2017, "β-VAE", §3."""
    from sklearn.linear_model import LogisticRegression

    from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN

    fixed = FixedFactor(points.factors)
    train, test = fixed.votes(TRAIN, random), fixed.votes(TEST, random)
    classifier = LogisticRegression(max_iter=MAX_ITERATIONS)
    classifier.fit(differences(points.codes, fixed, train, random), train.factors)
    predicted = classifier.predict(differences(points.codes, fixed, test, random))
    return {BETA_VAE_SCORE.name: float((predicted == test.factors).mean())}


def differences(
    codes: "Codes", fixed: "FixedFactor", votes: "Votes", random: "np.random.Generator"
) -> "NDArray[np.float64]":
    """Mean absolute differences [votes, d] of the codes of pairs that share the factor of the vote.

    The first points of a vote's pairs are drawn freely, so that each pair has a value of its own.
    """
    import numpy as np

    from vaeflow.components.evaluation.disentanglement.fixed_factor import Votes

    total = np.zeros((len(votes.rows), codes.shape[1]))
    for _ in range(PAIRS):
        first = random.integers(len(codes), size=len(votes.rows))
        second = fixed.sharing(Votes(first, votes.factors), 1, random)[:, 0]
        total += np.abs(codes[first] - codes[second])
    return total / PAIRS


def note(study: "Study") -> str:
    """How the score is measured."""
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN, drawn_from

    return (
        f"β-VAE score (Higgins et al. 2017): a logistic regression fitted to {TRAIN:,} mean absolute differences of "
        f"the posterior means of {PAIRS} pairs with one factor in common, evaluated on {TEST:,}. The points are "
        f"{drawn_from(study)}"
    )


FAMILY = Family((BETA_VAE_SCORE,), compute=compute, note=note)
