"""Means over runs, and the best of them."""

import math

import pytest

from vaeflow.pipeline.comparison.estimates import best_row, estimate, unpaired_error
from vaeflow.pipeline.comparison.evaluated import Measured
from vaeflow.pipeline.comparison.records import Difference, Estimate
from vaeflow.pipeline.comparison.standard_error import StandardError


def test_several_runs_have_their_sample_standard_deviation():
    found = estimate([Measured(1.0, 3.0), Measured(2.0, 4.0), Measured(6.0, None)])
    assert (found.mean, found.runs) == (3.0, 3)
    assert found.std == pytest.approx(math.sqrt((4 + 1 + 9) / 2))
    assert found.error is None
    assert estimate([Measured(1.0, 3.0), Measured(2.0, 4.0)]).error == pytest.approx(math.sqrt(12.5))


def test_a_single_run_has_no_deviation_over_runs():
    assert estimate([Measured(1.0, 3.0)]) == Estimate(1.0, 1, None, 3.0)


def test_a_value_that_is_not_finite_makes_the_mean_undefined():
    found = estimate([Measured(1.0, 0.1), Measured(math.nan, 0.1)])
    assert math.isnan(found.mean)
    assert (found.runs, found.std, found.error) == (2, None, None)


def test_more_runs_reduce_the_error_over_trainings_but_not_that_over_images():
    assert Estimate(0, 4, std=6.0, error=4.0).standard_error.value == pytest.approx(5)
    assert Estimate(0, 9, std=9.0).standard_error == pytest.approx((3, 8))
    assert Estimate(0, 1, error=4.0).standard_error == (4, math.inf)
    assert Estimate(0, 1).standard_error is None
    assert unpaired_error(Estimate(0, 1, error=3.0), Estimate(9, 1, error=4.0)) == (5, math.inf)
    assert unpaired_error(Estimate(0, 1, error=3.0), Estimate(9, 1)) is None


ROWS = {"a": Estimate(1.0, 1), "b": Estimate(3.0, 1), "c": Estimate(2.0, 1)}


@pytest.mark.parametrize(("better", "best"), [("higher", "b"), ("lower", "a"), (None, None)])
def test_the_best_row_depends_on_which_way_is_better(better, best):
    assert best_row(ROWS, better, lambda *rows: StandardError(0.1)) == best


def test_no_row_is_best_if_one_other_is_within_the_margin():
    errors = {("b", "a"): StandardError(0.1), ("b", "c"): StandardError(0.52)}
    assert best_row(ROWS, "higher", lambda *rows: errors[rows]) is None
    assert best_row(ROWS, "higher", lambda *rows: {**errors, ("b", "c"): StandardError(0.5)}[rows]) == "b"
    assert best_row(ROWS, "higher", lambda *rows: {**errors, ("b", "c"): StandardError(0.5, 10)}[rows]) is None


def test_no_row_is_best_without_errors_or_without_others():
    assert best_row(ROWS, "higher", lambda *rows: None) is None
    assert best_row({"a": ROWS["a"]}, "higher", lambda *rows: StandardError(0.1)) is None
    assert best_row({"a": ROWS["a"], "b": Estimate(math.nan, 1)}, "higher", lambda *rows: StandardError(0.1)) is None


def test_a_difference_is_beyond_noise_if_0_is_outside_the_interval_over_images_and_trainings():
    def difference(value, training_error):
        return Difference("a", "b", "elbo", 10, value, StandardError(3.0), training_error)

    assert difference(-6.0, None).beyond_noise
    assert not difference(5.8, None).beyond_noise
    assert difference(9.9, StandardError(4.0, 10_000)).beyond_noise
    assert not difference(-9.7, StandardError(4.0, 10_000)).beyond_noise
    assert not difference(math.nan, None).beyond_noise


def test_two_runs_need_a_larger_difference_than_many():
    def difference(degrees):
        return Difference("a", "b", "elbo", 10, 10.0, StandardError(0.0, 9), StandardError(3.0, degrees))

    assert difference(30).beyond_noise
    assert not difference(2).beyond_noise  # the 97.5 % quantile of t with 2 degrees of freedom is 4.30
