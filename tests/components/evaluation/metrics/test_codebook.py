import math

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.evaluation.measuring.batch import Batch
from vaeflow.components.evaluation.metrics.codebook import COUNTS, measure, perplexity
from vaeflow.components.evaluation.settings import Settings
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vq_vae.config import VQVAEConfig
from vaeflow.models.networks.config import DenseNetwork


def test_equally_frequent_symbols_have_their_number_as_perplexity():
    assert perplexity(np.full(8, 1 / 8)) == pytest.approx(8)


def test_symbols_that_do_not_occur_do_not_count():
    expected = math.exp(-(3 * math.log(1 / 6) / 6 + math.log(1 / 2) / 2))
    assert perplexity(np.array([1, 0, 1, 1, 0, 3]) / 6) == pytest.approx(expected)


def test_the_symbols_of_each_image_are_counted():
    config = VQVAEConfig(latent_dim=6, positions=3, codebook_size=5, network=DenseNetwork(hidden=(8,)))
    model = build(config, DataSpec(image_shape=(4, 4, 1)))
    images = np.random.default_rng(0).integers(0, 256, (7, 4, 4, 1), np.uint8)
    counts = measure(Batch(model, tf.constant(images), tf.fill([7], -1), tf.constant(0), Settings()))[COUNTS]
    symbols = model.symbols(model.observe(images)).numpy()
    np.testing.assert_array_equal(counts, [np.bincount(row, minlength=5) for row in symbols])
