import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from vaeflow.models.config import Observation
from vaeflow.models.observation import binarise, observe

GREY = np.random.default_rng(0).integers(0, 256, (500, 6, 5, 1), dtype=np.uint8)


def test_without_binarisation_pixels_are_divided_by_255():
    np.testing.assert_allclose(observe(GREY, Observation()), GREY / 255, atol=1e-7)


@pytest.mark.parametrize("level", [0, 1, 60, 128, 254, 255])
def test_binarising_is_a_draw_with_the_grey_value_as_its_probability(level: int):
    images = GREY.copy()
    images[:, 2, 3] = level
    ones = int(np.sum(binarise(images, seed=0)[:, 2, 3]))
    assert scipy.stats.binomtest(ones, len(images), level / 255).pvalue > 1e-3


def test_noise_is_independent_between_pixels_and_between_images():
    noise = np.asarray(
        binarise(np.where(np.arange(GREY.size).reshape(GREY.shape) % 5 == 0, GREY, 128).astype(np.uint8), 0)
    )
    grey = noise.reshape(len(noise), -1)[:, 1:5]
    correlations = np.corrcoef(np.vstack([grey.T, np.roll(grey, 1, axis=0).T]))
    assert np.abs(correlations[~np.eye(len(correlations), dtype=bool)]).max() < 0.2


def test_the_same_image_gives_the_same_binary_image_in_any_batch_and_graph():
    whole = np.asarray(binarise(GREY, seed=3))
    np.testing.assert_array_equal(binarise(GREY[17:18], seed=3)[0], whole[17])
    np.testing.assert_array_equal(tf.function(binarise, jit_compile=True)(GREY, 3), whole)


def test_binarising_twice_is_binarising_once():
    once = np.asarray(binarise(GREY, seed=3))
    np.testing.assert_array_equal(binarise((255 * once).astype(np.uint8), seed=9), once)


def test_the_seed_changes_the_draw():
    assert not np.array_equal(binarise(GREY, seed=0), binarise(GREY, seed=1))


def test_dynamic_binarisation_draws_afresh_only_where_a_seed_is_given():
    dynamic = Observation(binarise="dynamic", seed=4)
    first, second = (np.asarray(observe(GREY, dynamic, tf.constant([0, s]))) for s in (0, 1))
    assert not np.array_equal(first, second)
    assert abs((first.mean() + second.mean()) / 2 - GREY.mean() / 255) < 0.01
    np.testing.assert_array_equal(observe(GREY, dynamic), observe(GREY, Observation(binarise="static", seed=4)))
