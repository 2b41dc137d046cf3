import numpy as np

from vaeflow.components.evaluation.disentanglement.fixed_factor import FixedFactor, Votes


def test_points_that_share_a_factor_are_all_that_have_its_value_equally_often():
    factors = np.random.default_rng(0).integers(0, 3, (40, 2)) * [1, 5]
    rows, which = np.array([3, 17]), np.array([1, 0])
    found = FixedFactor(factors).sharing(Votes(rows, which), 20_000, np.random.default_rng(1))
    for row, factor, some in zip(rows, which, found, strict=True):
        (expected,) = np.nonzero(factors[:, factor] == factors[row, factor])
        values, counts = np.unique(some, return_counts=True)
        np.testing.assert_array_equal(values, expected)
        share = 1 / len(expected)
        deviation = np.sqrt(20_000 * share * (1 - share))
        assert np.abs(counts - 20_000 * share).max() < 5 * deviation


def test_votes_choose_points_and_factors_uniformly():
    votes = FixedFactor(np.zeros((4, 3), np.int64)).votes(30_000, np.random.default_rng(0))
    pairs = np.bincount(votes.rows * 3 + votes.factors, minlength=12)
    assert np.abs(pairs - 2500).max() < 5 * np.sqrt(30_000 / 12 * 11 / 12)
