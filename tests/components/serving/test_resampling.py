"""The signature that draws the lower layers of a hierarchy anew."""

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.images.config import Transform
from vaeflow.components.serving.cases import check_in_fresh_process
from vaeflow.components.serving.exporting import write_unchecked
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.ladder_vae.config import LadderVAEConfig

pytestmark = pytest.mark.full

SHAPE = (4, 4, 1)
OBSERVATION = Observation(binarise="dynamic")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A Ladder VAE with random weights, and where it was exported."""
    upper = ({"latent_dim": 2, "hidden": (4,)},)
    config = LadderVAEConfig(
        latent_dim=3, upper=upper, network={"name": "dense", "hidden": (6,)}, normalisation="layer"
    )
    model = building.build(config, DataSpec(image_shape=SHAPE, observation=OBSERVATION))
    random = np.random.default_rng(3)
    model.set_weights([random.normal(0, 0.4, weight.shape) for weight in model.get_weights()])
    transform = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=OBSERVATION)
    return model, write_unchecked(model, transform, tmp_path_factory.mktemp("ladder"))


def test_it_answers_with_the_codes_and_their_images(exported):
    model, written = exported
    decoder = tf.saved_model.load(str(written["decoder"].folder)).signatures
    z = tf.random.stateless_normal([4, 5], [1, 2])
    asked = {"layer": tf.constant(1), "seed": tf.constant(7), "temperature": tf.constant(0.5)}
    answer = decoder["resample"](z=z, **asked)
    expected = model.resample(z, 1, tf.constant([7, 0]), 0.5)
    np.testing.assert_allclose(answer["z"], expected, atol=1e-5)
    np.testing.assert_allclose(answer["images"], model.decode(expected), atol=1e-5)
    np.testing.assert_array_equal(answer["z"][:, 3:], z[:, 3:])


def test_it_gives_the_same_answers_without_vaeflow(exported):
    _, written = exported
    assert "resample" in {case.signature for case in written["decoder"].cases}
    check_in_fresh_process({written["decoder"].folder: written["decoder"].cases})
