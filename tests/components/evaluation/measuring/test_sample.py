from pathlib import Path

import numpy as np
import pytest

from vaeflow.components.artifacts import Examples
from vaeflow.components.evaluation.measuring.sample import Collector, Sample, draw_indices


def test_a_split_that_is_not_larger_is_the_sample():
    np.testing.assert_array_equal(draw_indices(5, 5, seed=1), np.arange(5))


def test_places_are_drawn_by_the_seed_each_at_most_once_and_evenly():
    first, same, other = (draw_indices(1000, 300, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
    assert (np.diff(first) > 0).all()
    hits = np.bincount(np.concatenate([draw_indices(20, 5, seed) for seed in range(800)]), minlength=20)
    assert np.abs(hits - 200).max() < 5 * np.sqrt(200)


@pytest.mark.parametrize("batch_size", [1, 4, 7, 40])
def test_rows_of_the_places_are_kept_from_batches_of_any_size(batch_size):
    values, indices = np.arange(20) ** 2, np.array([0, 3, 4, 11, 19])
    collector = Collector(indices)
    for start in range(0, 20, batch_size):
        part = slice(start, start + batch_size)
        collector.add({"square": values[part], "label": -values[part]})
    sample = collector.sample(Examples(Path()))
    np.testing.assert_array_equal(sample.measures["square"], values[indices])
    np.testing.assert_array_equal(sample.labels, -values[indices])


def test_images_are_read_in_the_order_that_is_asked_for(tmp_path, write_examples, digits):
    examples = write_examples(tmp_path / "examples", {"test": digits._replace(images=digits.images[:30], labels=None)})
    sample = Sample(examples, np.array([2, 5, 7, 28]), np.full(4, -1), {})
    np.testing.assert_array_equal(sample.images([3, 0, 0, 2]), digits.images[[28, 2, 2, 7]])
