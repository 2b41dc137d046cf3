"""Points: the codes of images with the values of the factors that generated them, over all splits."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from vaeflow.components.evaluation.measuring.batch import posterior_means
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.examples import load_factors, num_examples
from vaeflow.components.images.splits import SPLITS
from vaeflow.models.arrays import Codes, FactorValues

MOST_ALIKE = 0.99
"""Largest share of points with the same value of a factor: of thousands that are drawn, dozens then have another."""


class Points(NamedTuple):
    """Codes [n, d], and values [n, k] of the factors with these names."""

    codes: Codes
    factors: FactorValues
    names: tuple[str, ...]

    def varying(self) -> "Points":
        """The points without the factors of which a draw might have one value only: nearly all have the same."""
        most = np.array([np.unique(column, return_counts=True)[1].max() for column in self.factors.T])
        varies = most <= MOST_ALIKE * len(self.factors)
        return Points(self.codes, self.factors[:, varies], tuple(np.array(self.names)[varies].tolist()))

    def drawn(self, count: int, random: np.random.Generator) -> "Points":
        """As many points, drawn with replacement."""
        rows = random.integers(len(self.codes), size=count)
        return Points(self.codes[rows], self.factors[rows], self.names)


def encoded_points(study: Study) -> Points:
    """At most `evaluate.sample` images of all splits, with posterior means as codes; call through `Study.once`."""
    parts = [_encoded(study, split, count) for split, count in shares(study).items()]
    codes, factors = map(np.concatenate, zip(*parts, strict=True))
    names = tuple(factor.name for factor in study.subject.factors)
    return Points(codes[:, : study.subject.inferred_dim], factors, names).varying()


def shares(study: Study) -> Mapping[str, int]:
    """The number of images of each split that are encoded, in proportion to its size; all of them if they suffice."""
    counts = {split: num_examples(study.subject.examples, split) for split in SPLITS}
    share = min(1, study.settings.sample / sum(counts.values()))
    return {split: max(1, int(count * share)) for split, count in counts.items() if count}


def _encoded(study: Study, split: str, count: int) -> tuple[Codes, FactorValues]:
    """The first images of the split, whose order is random."""
    with study.encode(split, (posterior_means,), limit=count) as encoded:
        codes = encoded.whole("mean")
    return codes, load_factors(study.subject.examples, split, len(codes))
