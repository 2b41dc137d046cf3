from contextlib import contextmanager

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components import progress
from vaeflow.components.evaluation.encoding import encode
from vaeflow.components.evaluation.measures import Bounds, embedding
from vaeflow.models import building
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

COUNT = 23


@pytest.fixture(scope="module")
def images(digits):
    return digits.images[:COUNT]


@pytest.fixture(scope="module")
def examples(tmp_path_factory, write_examples, digits, images):
    return write_examples(
        tmp_path_factory.mktemp("examples") / "toy", {"test": digits._replace(images=images, labels=None)}
    )


@pytest.fixture(scope="module")
def model_file(tmp_path_factory, write_model, images):
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(8,)))
    return write_model(tmp_path_factory.mktemp("model") / "toy", images, config).path / "model.keras"


@pytest.mark.parametrize("batch_size", [10, COUNT, 100])
def test_values_come_in_the_order_of_the_images_for_any_batch_size(examples, model_file, images, tmp_path, batch_size):
    mean = encode(examples, model_file, "test", embedding, batch_size=batch_size, scratch=tmp_path)["mean"]
    model = building.load(model_file)
    np.testing.assert_allclose(mean, model.embed(model.observe(tf.constant(images))), atol=1e-5)


def test_a_limit_takes_the_first_images(examples, model_file, tmp_path):
    everything = encode(examples, model_file, "test", embedding, batch_size=5, scratch=tmp_path)["mean"]
    some = encode(examples, model_file, "test", embedding, batch_size=5, scratch=tmp_path, limit=12)["mean"]
    np.testing.assert_array_equal(some, everything[:12])


def test_a_second_run_gives_the_same_noise_and_leaves_nothing_behind(examples, model_file, tmp_path):
    first, second = (
        encode(examples, model_file, "test", Bounds(20, seed=7), batch_size=10, scratch=tmp_path) for _ in range(2)
    )
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])
    assert list(tmp_path.iterdir()) == []


def test_the_bar_shows_every_image(examples, model_file, tmp_path):
    shown = []

    @contextmanager
    def display(description, total):
        shown.append((description, total))
        yield lambda amount: shown.append(amount)

    with progress.shown_on(display):
        encode(examples, model_file, "test", embedding, batch_size=10, scratch=tmp_path)
    assert shown[0] == ("Encoding the test split", COUNT)
    assert sorted(shown[1:]) == [3, 10, 10]
