import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vaeflow.components.preprocessing.statistics import SplitStatisticsFn

COMBINE = SplitStatisticsFn(["zero", "one", "two"])

images = hnp.arrays(np.uint8, (3, 2, 2), elements=st.integers(0, 255))
binary = hnp.arrays(np.uint8, (3, 2, 2), elements=st.sampled_from([0, 255]))
elements = st.lists(st.tuples(st.integers(-1, 2), images | binary), min_size=1, max_size=12)


def batch(items):
    return [label for label, _ in items], np.stack([image for _, image in items])


def add_all(items):
    """The sums of two batches, or of one if there is a single image."""
    sums = COMBINE.create_accumulator()
    for some in filter(None, (items[:1], items[1:])):
        sums = COMBINE.add_input(sums, batch(some))
    return sums


@settings(deadline=None)
@given(elements)
def test_statistics_are_those_of_numpy(items):
    statistics = COMBINE.extract_output(add_all(items))
    pixels = np.stack([image for _, image in items]) / 255
    assert statistics.count == len(items)
    np.testing.assert_allclose(statistics.mean, pixels.mean((0, 1, 2)))
    np.testing.assert_allclose(statistics.stddev, pixels.std((0, 1, 2)), atol=1e-12)
    np.testing.assert_allclose(statistics.mean_image, pixels.mean(0))
    assert statistics.binary == set(np.unique(pixels)).issubset({0, 1})
    labels = [label for label, _ in items]
    assert statistics.labels == {"zero": labels.count(0), "one": labels.count(1), "two": labels.count(2)}


@settings(deadline=None)
@given(elements, elements, elements)
def test_merging_is_associative_and_the_same_as_adding(first, second, third):
    def merge(*parts):
        return COMBINE.merge_accumulators(parts)

    left = merge(merge(add_all(first), add_all(second)), add_all(third))
    right = merge(add_all(first), merge(COMBINE.create_accumulator(), merge(add_all(third), add_all(second))))
    together = COMBINE.extract_output(add_all(first + second + third))
    assert COMBINE.extract_output(left) == COMBINE.extract_output(right) == together


def test_without_labels_there_is_no_histogram():
    combine = SplitStatisticsFn(None)
    sums = combine.add_input(combine.create_accumulator(), ([None], np.zeros((1, 2, 2, 1), np.uint8)))
    assert combine.extract_output(sums).labels is None


def test_a_large_split_loses_no_precision():
    sums = add_all([(0, np.full((3, 2, 2), 254, np.uint8))])
    merged = COMBINE.merge_accumulators([sums] * 100_000)
    statistics = COMBINE.extract_output(merged)
    assert statistics.stddev == (0, 0)
    assert statistics.mean == pytest.approx((254 / 255,) * 2, rel=1e-15)
