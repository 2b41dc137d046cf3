import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.evaluation.laplacian import laplacian_variance
from vaeflow.components.evaluation.metrics.sharpness import sharpness_of
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

RANDOM = np.random.default_rng(0)


def test_of_a_model_it_is_a_mean_over_images_whatever_the_batch():
    images = RANDOM.integers(0, 256, (50, 4, 5, 1), dtype=np.uint8)
    model = build(VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,))), DataSpec(image_shape=(4, 5, 1)))
    labels = np.full(50, -1)
    measured = sharpness_of(model, images, labels, batch_size=50, seed=1)
    x = images.astype(np.float32) / 255
    values = laplacian_variance(x).numpy()
    assert (measured.real.mean, measured.real.std) == pytest.approx((values.mean(), values.std() / 50**0.5), rel=1e-5)
    reconstructed, samples = model.reconstruct(x), model.generate(50, tf.constant([1, 0]))
    assert measured.reconstructed.mean == pytest.approx(laplacian_variance(reconstructed).numpy().mean(), rel=1e-5)
    assert measured.samples.mean == pytest.approx(laplacian_variance(samples).numpy().mean(), rel=1e-5)
    by_parts = sharpness_of(model, images, labels, batch_size=15, seed=1)
    for part, whole in zip(by_parts[:2], measured[:2], strict=True):
        assert (part.mean, part.std) == pytest.approx((whole.mean, whole.std), rel=1e-4)
