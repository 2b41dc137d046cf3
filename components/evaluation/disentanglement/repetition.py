"""Repetition of a measure over independent draws of its points, with what a reader needs to know about the protocol."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, pstdev

import numpy as np

from vaeflow.components import progress
from vaeflow.components.evaluation.disentanglement.points import Points, encoded_points
from vaeflow.components.evaluation.needs import MIN_FACTORS
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.examples import num_examples
from vaeflow.components.images.splits import SPLITS

TRAIN, TEST = 10_000, 5_000
"""Numbers of points, or votes, that a measure is fitted to and evaluated on. Locatello et al. 2019."""
REPETITIONS = 5

Measure = Callable[[Points, np.random.Generator], Mapping[str, float]]
"""(points, random) → scores by the name of the metric."""


def repeated(study: Study, measure: Measure, metrics: Sequence[str]) -> dict[str, Spread]:
    """Mean and standard deviation of the scores with these names over independent draws from the same points.

    The scores are NaN if fewer than two factors vary in these points.
    """
    points, seed = study.once(encoded_points), study.settings.seed
    if len(points.names) < MIN_FACTORS:
        return dict.fromkeys(metrics, Spread(math.nan, math.nan))
    runs = []
    with progress.bar(f"Measuring {metrics[0]}", REPETITIONS) as advance:
        for run in range(REPETITIONS):
            runs.append(measure(points, np.random.default_rng([seed, run])))
            advance(1)
    return over_draws(runs)


def over_draws(runs: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Mean and standard deviation of each score of several runs."""
    scores = {name: [run[name] for run in runs] for name in runs[0]}
    return {name: Spread(fmean(values), pstdev(values)) for name, values in scores.items()}


def drawn_from(study: Study) -> str:
    """Which points were drawn from, and what the deviation is of."""
    count = len(study.once(encoded_points).codes)
    total = sum(num_examples(study.subject.examples, split) for split in SPLITS)
    images = f"all {count:,} images" if count == total else f"{count:,} of {total:,} images"
    return (
        f"drawn with replacement from {images} of all splits, training images included, as is usual for this measure; "
        f"points for the test may also be among those for the fit. ± is the standard deviation over {REPETITIONS} "
        "draws, for this one training."
    )
