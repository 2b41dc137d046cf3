import numpy as np
import pytest
import tensorflow as tf
from matplotlib.patches import Circle

from vaeflow.components.evaluation.drawing.scatter import Colouring
from vaeflow.components.evaluation.figures.latent_plane import SMALL, latent_plane, magnify
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.distributions import standard_normal
from vaeflow.models.family.autoencoder.config import AutoencoderConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

CODES = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
PLAIN = Colouring(None, ())


@pytest.mark.parametrize("scale", [0.001, 1, 50])
def test_axes_are_equal_around_the_origin_and_show_three_standard_deviations_and_all_codes(scale):
    (axis,) = latent_plane(scale * CODES, PLAIN, True).figure.axes
    circles = [patch for patch in axis.patches if isinstance(patch, Circle)]
    assert [circle.radius for circle in circles] == [1, 2, 3]
    assert all(circle.center == (0, 0) for circle in circles)
    low, high = axis.get_xlim()
    assert axis.get_aspect() == 1
    assert (low, high) == axis.get_ylim()
    assert low == -high
    assert high > max(3, np.abs(scale * CODES).max())


def test_codes_that_are_a_spot_in_their_axes_are_magnified():
    (axis,) = latent_plane(CODES, PLAIN, True).figure.axes
    limits = axis.get_xlim()
    magnify(axis, CODES, PLAIN)
    assert not axis.child_axes
    axis.set(xlim=np.multiply(SMALL, limits), ylim=np.multiply(SMALL, limits))
    magnify(axis, CODES, PLAIN)
    (corner,) = axis.child_axes
    assert corner.get_xlim() == corner.get_ylim() == limits
    points = corner.collections[0].get_offsets()
    np.testing.assert_array_equal(points, CODES)
    assert not axis.indicate_inset(corner.viewLim.bounds).rectangle.get_bbox().overlaps(corner_in(axis, corner))


def corner_in(axis, corner):
    """The place of a corner, in the units of the axes."""
    axis.figure.draw_without_rendering()
    return corner.get_window_extent().transformed(axis.transData.inverted())


def test_the_caption_tells_how_many_codes_are_within_three_standard_deviations():
    codes = np.array([[0, 0], [0, 2.9], [2.5, 2.5], [9, 0]], np.float32)
    assert "50% of the points are in the largest circle" in latent_plane(codes, PLAIN, True).caption


@pytest.mark.parametrize(
    ("config", "standard"),
    [
        (VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(4,))), True),
        (VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(4,)), prior={"name": "mixture", "components": 3}), False),
        (AutoencoderConfig(latent_dim=2, network=DenseNetwork(hidden=(4,))), False),
    ],
)
def test_the_circles_are_those_of_the_prior_only_if_it_is_standard_normal(config, standard):
    model = build(config, DataSpec(image_shape=(4, 4, 1)))
    if not standard:
        prior = model.prior_layer if hasattr(model, "prior_layer") else model.fitted_prior
        prior.set_weights([weight + 0.3 for weight in prior.get_weights()])
    z = tf.constant([[0, 0], [1, 1], [2, 2], [3, 3]], tf.float32)
    assert np.allclose(model.prior().log_prob(z), standard_normal(2).log_prob(z), atol=1e-3) == standard
    assert config.standard_normal_prior == standard
    caption = latent_plane(CODES, PLAIN, standard).caption
    assert ("the prior of this model is another" in caption) != standard
