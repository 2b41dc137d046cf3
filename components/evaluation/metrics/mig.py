"""MIG, the mutual information gap: whether each factor is in one code dimension only."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import FACTORS

if TYPE_CHECKING:
    import numpy as np

    from vaeflow.components.evaluation.disentanglement.points import Points
    from vaeflow.components.evaluation.spread import Spread
    from vaeflow.components.evaluation.study import Study

MIG = Metric("mig", "MIG", "mutual information gap", needs=(FACTORS,), costly=True, better="higher", headline=True)


def compute(study: "Study") -> "dict[str, Spread]":
    """The gap over several draws of points."""
    from vaeflow.components.evaluation.disentanglement.repetition import repeated

    return repeated(study, measure, (MIG.name,))


def measure(points: "Points", random: "np.random.Generator") -> dict[str, float]:
    """The gap of points that are drawn from these."""
    from vaeflow.components.evaluation.disentanglement.repetition import TRAIN

    return {MIG.name: gap(points.drawn(TRAIN, random))}


def gap(points: "Points") -> float:
    """Mean over the factors of the difference of the two largest mutual informations, relative to the entropy.

    Chen et al. 2018, "Isolating Sources of Disentanglement in VAEs", §4, with the binned means of the codes in place
    of samples, as in Locatello et al. 2019.
    """
    from vaeflow.components.evaluation.disentanglement.mutual_information import (
        entropies,
        largest_gaps,
        mutual_information,
    )

    return float((largest_gaps(mutual_information(points)) / entropies(points.factors)).mean())


def note(study: "Study") -> str:
    """How the gap is measured."""
    from vaeflow.components.evaluation.disentanglement.mutual_information import BINS
    from vaeflow.components.evaluation.disentanglement.repetition import TRAIN, drawn_from

    return (
        f"MIG (Chen et al. 2018): posterior means in {BINS} bins of equal width, of {TRAIN:,} points "
        f"{drawn_from(study)}"
    )


FAMILY = Family((MIG,), compute=compute, note=note)
