"""Standard errors with their degrees of freedom, against SciPy's Welch test."""

import math

import numpy as np
import pytest
from scipy.stats import norm, t, ttest_ind

from vaeflow.pipeline.comparison.standard_error import StandardError, combined


@pytest.mark.parametrize(("ones", "others"), [(2, 2), (3, 5), (20, 4)])
def test_the_interval_of_a_difference_of_means_is_that_of_welchs_test(ones, others):
    random = np.random.default_rng(ones)
    one, other = random.normal(1, 3, ones), random.normal(0, 1, others)
    error = combined(
        *(StandardError(values.std(ddof=1) / math.sqrt(len(values)), len(values) - 1) for values in (one, other))
    )
    interval = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert 2 * error.margin == pytest.approx(interval.high - interval.low)


def test_an_error_that_is_given_has_the_interval_of_a_normal():
    assert StandardError(2.0).margin == pytest.approx(2 * norm.ppf(0.975))
    assert combined(StandardError(3.0), StandardError(4.0)) == (5.0, math.inf)


def test_an_error_of_few_values_has_a_wider_interval():
    assert StandardError(2.0, 1).margin == pytest.approx(2 * t.ppf(0.975, 1))


def test_no_error_stays_none_and_an_unknown_one_unknown():
    assert combined(StandardError(0.0, 1), StandardError(0.0, 2)).margin == 0
    assert math.isnan(combined(StandardError(math.nan), StandardError(1.0, 2)).margin)
