import math
from collections import Counter

import numpy as np
import pytest

from vaeflow.components.evaluation.disentanglement.mutual_information import (
    BINS,
    entropies,
    in_bins,
    largest_gaps,
    mutual_information,
)
from vaeflow.components.evaluation.disentanglement.points import Points


def counted(left, right):
    """Mutual information in nats, from the numbers of equal pairs."""
    n, pairs, lefts, rights = len(left), Counter(zip(left, right, strict=True)), Counter(left), Counter(right)
    return sum(c / n * math.log(c * n / (lefts[a] * rights[b])) for (a, b), c in pairs.items())


def test_bins_are_of_equal_width_and_contain_both_ends():
    codes = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    low, high = codes.min(axis=0), codes.max(axis=0)
    expected = np.minimum(BINS - 1, ((codes - low) / (high - low) * BINS).astype(int))
    np.testing.assert_array_equal(in_bins(codes), expected)


def test_a_constant_dimension_is_in_one_bin():
    assert len(np.unique(in_bins(np.full((5, 1), 0.3, np.float32)))) == 1


def test_mutual_information_is_that_of_counted_pairs():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, (300, 2))
    codes = (factors @ [[1.0, 0.5, 0.0], [0.0, 0.5, 0.0]] + 0.1 * rng.normal(size=(300, 3))).astype(np.float32)
    found = mutual_information(Points(codes, factors, ("a", "b")))
    binned = in_bins(codes)
    for dim, factor in np.ndindex(3, 2):
        expected = counted(binned[:, dim].tolist(), factors[:, factor].tolist())
        assert found[dim, factor] == pytest.approx(expected)


def test_entropies_are_those_of_the_frequencies():
    factors = np.array([[0, 0], [0, 1], [0, 2], [1, 3]])
    expected = [-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)), math.log(4)]
    np.testing.assert_allclose(entropies(factors), expected)


def test_the_gap_of_a_single_dimension_is_its_score():
    np.testing.assert_array_equal(largest_gaps(np.array([[0.2, 0.5]])), [0.2, 0.5])
    np.testing.assert_allclose(largest_gaps(np.array([[0.1, 0.5], [0.4, 0.5], [0.2, 0.1]])), [0.2, 0.0])
