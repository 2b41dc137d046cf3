"""The FactorVAE score: whether the dimension that varies least tells which factor is fixed."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import FACTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor, Votes
    from vaeflow.components.evaluation.disentanglement.points import Points
    from vaeflow.components.evaluation.spread import Spread
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

POINTS = 64
"""Number of points with the fixed factor that each vote is made from."""
ACTIVE = 0.05
"""Standard deviation of a dimension's means below which it takes no part. Locatello et al. 2019."""
BLOCK = 1000
"""Number of votes whose points are in memory at a time."""

FACTOR_VAE_SCORE = Metric(
    "factor_vae_score",
    "FactorVAE score",
    "accuracy of a majority vote",
    needs=(FACTORS,),
    costly=True,
    better="higher",
    headline=True,
)


def compute(study: "Study") -> "dict[str, Spread]":
    """The score over several draws of votes."""
    from vaeflow.components.evaluation.disentanglement.repetition import repeated

    return repeated(study, measure, (FACTOR_VAE_SCORE.name,))


def measure(points: "Points", random: "np.random.Generator") -> dict[str, float]:
    """Accuracy on new votes of the factor that most votes for a dimension had; 0 if no dimension is active.

    Kim & Mnih 2018, "Disentangling by Factorising", §4.
    """
    import numpy as np

    from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN

    deviation = points.drawn(TRAIN, random).codes.std(axis=0, ddof=1, dtype=np.float64)
    active = deviation >= ACTIVE
    if not active.any():
        return {FACTOR_VAE_SCORE.name: 0.0}
    scaled = points.codes[:, active] / deviation[active]
    fixed = FixedFactor(points.factors)
    train, test = fixed.votes(TRAIN, random), fixed.votes(TEST, random)
    counts = np.zeros((scaled.shape[1], points.factors.shape[1]), np.int64)
    np.add.at(counts, (least_varying(scaled, fixed, train, random), train.factors), 1)
    predicted = counts.argmax(axis=1)[least_varying(scaled, fixed, test, random)]
    return {FACTOR_VAE_SCORE.name: float((predicted == test.factors).mean())}


def least_varying(
    codes: "Codes", fixed: "FixedFactor", votes: "Votes", random: "np.random.Generator"
) -> "NDArray[np.int64]":
    """For each vote, the dimension [votes] of codes [n, d] with the least variance among points with the value."""
    import numpy as np

    from vaeflow.components.evaluation.disentanglement.fixed_factor import Votes

    least = []
    for start in range(0, len(votes.rows), BLOCK):
        some = Votes(votes.rows[start : start + BLOCK], votes.factors[start : start + BLOCK])
        least.append(codes[fixed.sharing(some, POINTS, random)].var(axis=1).argmin(axis=1))
    return np.concatenate(least)


def note(study: "Study") -> str:
    """How the score is measured."""
    from vaeflow.components.evaluation.disentanglement.repetition import TEST, TRAIN, drawn_from

    return (
        f"FactorVAE score (Kim & Mnih 2018): a majority vote from {TRAIN:,} votes, evaluated on {TEST:,}, each from "
        f"{POINTS} points with one fixed factor; dimensions whose means have a standard deviation below {ACTIVE} take "
        f"no part. The points are {drawn_from(study)}"
    )


FAMILY = Family((FACTOR_VAE_SCORE,), compute=compute, note=note)
