from contextlib import contextmanager

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components import progress
from vaeflow.components.evaluation.measuring import encoding
from vaeflow.components.evaluation.measuring.batch import posterior_means
from vaeflow.components.evaluation.measuring.encoding import encode, read, spans
from vaeflow.components.evaluation.metrics import bounds
from vaeflow.components.evaluation.settings import Settings
from vaeflow.models import building
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

COUNT = 23

MEASURED = {"elbo", "kl", "kl_terms", "bits_per_dim", "iw_log_likelihood", "effective_share"}
"""What `bounds.measure` gives."""


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


@pytest.fixture
def means(examples, model_file, tmp_path):
    """Posterior means of the test split, or of its first `limit` images."""

    def run(batch_size, limit=None):
        settings = Settings(batch_size=batch_size)
        with encode(
            examples, model_file, settings, "test", [posterior_means], scratch=tmp_path, limit=limit
        ) as encoded:
            return encoded.whole("mean")

    return run


@pytest.mark.parametrize("batch_size", [10, COUNT, 100])
def test_values_come_in_the_order_of_the_images_for_any_batch_size(means, model_file, images, batch_size):
    model = building.load(model_file)
    np.testing.assert_allclose(means(batch_size), model.embed(model.observe(tf.constant(images))), atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_spans_of_several_batches_are_the_whole_split_and_number_the_batches_through(
    examples, images, batch_size, monkeypatch
):
    monkeypatch.setattr(encoding, "BATCHES_PER_SPAN", 2)
    batches = [batch for span in spans(COUNT, batch_size) for batch in read(examples, "test", span)]
    assert [index for index, *_ in batches] == list(range(-(-COUNT // batch_size)))
    np.testing.assert_array_equal(np.concatenate([pixels for _, pixels, _ in batches]), images)


def test_a_limit_takes_the_first_images(means):
    np.testing.assert_array_equal(means(5, limit=12), means(5)[:12])


def test_a_second_run_gives_the_same_noise_and_leaves_nothing_behind(examples, model_file, tmp_path):
    settings = Settings(importance_samples=20, seed=7, batch_size=10)
    runs = []
    for _ in range(2):
        with encode(examples, model_file, settings, "test", [bounds.measure], scratch=tmp_path) as encoded:
            runs.append(list(encoded))
    for first, second in zip(*runs, strict=True):
        assert first.keys() == second.keys() == MEASURED
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])
    assert list(tmp_path.iterdir()) == []


def test_the_bar_shows_every_image(means):
    shown = []

    @contextmanager
    def display(description, total):
        shown.append((description, total))
        yield lambda amount, note="": shown.append(amount)

    with progress.shown_on(display):
        means(10)
    assert shown[0] == ("Encoding the test split", COUNT)
    assert sorted(shown[1:]) == [3, 10, 10]
