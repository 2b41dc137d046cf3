import math

import numpy as np
import pytest

from vaeflow.components.evaluation.measuring.moments import Moments

VALUES = np.random.default_rng(0).normal(-1000, 3, (101, 4)).astype(np.float32)


def moments_of(*batches):
    moments = Moments()
    for batch in batches:
        moments.add(batch)
    return moments


@pytest.mark.parametrize("cuts", [[], [1], [50, 50, 100], list(range(1, 101))])
def test_they_are_those_of_all_values_however_they_come_in_batches(cuts):
    moments = moments_of(*np.split(VALUES, cuts))
    exact = VALUES.astype(np.float64)
    assert moments.count == 101
    np.testing.assert_allclose(moments.mean, exact.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(moments.variance, exact.var(axis=0), rtol=1e-11)
    np.testing.assert_allclose(moments.standard_error, exact.std(axis=0, ddof=1) / math.sqrt(101), rtol=1e-11)


def test_a_single_value_has_no_standard_error():
    moments = moments_of(VALUES[:1])
    assert np.isnan(moments.standard_error).all()
    np.testing.assert_array_equal(moments.variance, 0)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_is_not_lost(value):
    moments = moments_of(np.array([1.0, 2.0]), np.array([value]), np.array([3.0]))
    assert not math.isfinite(moments.mean)
    assert math.isnan(moments.standard_error)
