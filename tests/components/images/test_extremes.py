"""The summary of a value per image agrees with the sorted values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.images.extremes import largest, merge, num_images, several, single, smallest, widest_gap

VALUES = st.lists(st.floats(-2, 70_000, width=32), min_size=1, max_size=60)


@given(VALUES, VALUES)
def test_the_order_of_merging_does_not_matter(left, right):
    bins = [single(value, 0) for value in (*left, *right)]
    halves = merge(bins[: len(left)]), merge(bins[len(left) :])
    assert merge(halves) == merge(reversed(bins)) == merge(reversed(halves))


@given(VALUES)
def test_many_values_at_once_are_those_one_by_one(values):
    assert several(np.array(values), -1) == merge(single(value, -1) for value in values)
    bits = several(np.array(values) > 1, 0)
    assert all(type(found.low) is type(found.high) is float for found in bits)


@given(VALUES, st.integers(0, 60))
def test_extremes_without_outliers_are_those_of_the_sorted_values_to_an_eighth_of_an_octave(values, leave_out):
    found, ordered = merge(single(value, -3) for value in values), sorted(values)
    assert (num_images(found), smallest(found), largest(found)) == (len(values), ordered[0], ordered[-1])
    if leave_out < len(values):
        exact = ordered[len(values) - 1 - leave_out]
        assert exact <= largest(found, leave_out) <= (exact + 3) * 2 ** (1 / 8) - 3 + 1e-6 * abs(exact)


def test_the_widest_gap_has_enough_images_on_both_sides():
    values = [0] * 5 + [1] * 4 + [30] * 3 + [250] * 2 + [60_000]
    found = merge(single(value, 0) for value in values)
    assert widest_gap(found, 0, leave_out=0) == (9, 250, 1, 60_000)
    assert widest_gap(found, 0, leave_out=1) == (4, 1, 6, 30)
    assert widest_gap(found, 0, leave_out=9) is None
