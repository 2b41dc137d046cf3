import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaeflow.models.networks.building import build_decoder, build_encoder
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, ResidualNetwork
from vaeflow.models.networks.dense import mlp
from vaeflow.models.networks.normalisation import normalise
from vaeflow.models.networks.residual import ResidualBlock

SIDE = st.integers(1, 17)


@settings(max_examples=8, deadline=None)
@given(
    shape=st.tuples(SIDE, SIDE, st.sampled_from([1, 3])),
    network=st.sampled_from(
        [
            DenseNetwork(hidden=(5, 3)),
            DenseNetwork(hidden=(5, 3), normalisation="layer"),
            ConvolutionalNetwork(filters=(2,), hidden=4),
            ConvolutionalNetwork(filters=(2, 3, 4), hidden=4),
            ConvolutionalNetwork(filters=(2, 3), hidden=4, normalisation="batch"),
            ResidualNetwork(filters=(3,), hidden=4, blocks=2),
            ResidualNetwork(filters=(2, 3, 4), hidden=4, normalisation="layer"),
            ResidualNetwork(filters=(16, 32), hidden=4, normalisation="group"),
        ]
    ),
    parameters=st.sampled_from([1, 2]),
)
def test_networks_fit_images_of_any_size(shape, network, parameters):
    encoded = build_encoder(network, shape)(np.zeros((2, *shape), np.float32))
    assert encoded.shape[:-1] == (2,)
    height, width, channels = shape
    decoded = build_decoder(network, shape, channels * parameters)(np.zeros((2, 3), np.float32))
    assert decoded.shape == (2, height, width, channels * parameters)


def test_the_dense_decoder_mirrors_the_encoder():
    network = DenseNetwork(hidden=(7, 5))
    encoder, decoder = build_encoder(network, (2, 2, 1)), build_decoder(network, (2, 2, 1), 1)
    encoder(np.zeros((1, 2, 2, 1), np.float32)), decoder(np.zeros((1, 3), np.float32))
    assert [w.shape for w in encoder.trainable_weights] == [(4, 7), (7,), (7, 5), (5,)]
    assert [w.shape for w in decoder.weights] == [(3, 5), (5,), (5, 7), (7,), (7, 4), (4,)]


@pytest.mark.parametrize("network", [DenseNetwork(hidden=(5,)), ConvolutionalNetwork(filters=(2,), hidden=4)])
def test_an_encoder_sees_images_less_their_mean(network):
    mean, image = np.random.default_rng(0).uniform(size=(2, 4, 3, 1)).astype(np.float32)
    encoder = build_encoder(network, (4, 3, 1))
    before = encoder((image - mean)[np.newaxis])
    encoder.layers[0].centre(mean)
    np.testing.assert_allclose(encoder(image[np.newaxis]), before, atol=1e-6)


@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_an_mlp_has_its_units_whatever_is_normalised(normalisation):
    network = mlp((7, 5), "relu", normalisation)
    assert network(np.ones((2, 3), np.float32)).shape == (2, 5)
    kernels = [weight.shape for weight in network.weights if weight.path.endswith("kernel")]
    assert kernels == [(3, 7), (7, 5)]


def test_an_mlp_without_units_leaves_the_features_as_they_are():
    features = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(mlp((), "relu", "batch")(features), features)


def test_normalised_features_have_mean_0_and_variance_1():
    """Over the batch, over an image's channels, and over 16 channels of the whole image."""
    features = np.random.default_rng(0).normal(3, 2, (6, 5, 4, 32)).astype(np.float32)
    axes = {"batch": (0, 1, 2), "layer": -1, "group": (1, 2, 4)}
    for kind, axis in axes.items():
        (layer,) = normalise(kind, 32)
        values = layer(features, training=True).numpy()
        grouped = values.reshape(6, 5, 4, 2, 16) if kind == "group" else values
        np.testing.assert_allclose(grouped.mean(axis=axis), 0, atol=1e-4)
        np.testing.assert_allclose(grouped.var(axis=axis), 1, atol=0.01)


def test_channels_that_cannot_be_divided_are_one_group():
    values = normalise("group", 5)[0](np.random.default_rng(0).normal(3, 2, (1, 1, 1, 5))).numpy()
    assert values.std() == pytest.approx(1, abs=0.01)


def test_batch_normalisation_takes_the_batch_in_training_and_what_it_saw_then_in_evaluation():
    features = np.random.default_rng(0).normal(3, 2, (400, 6)).astype(np.float32)
    (layer,) = normalise("batch", 6)
    np.testing.assert_allclose(layer(features), features, rtol=1e-2)
    for _ in range(300):
        layer(features, training=True)
    np.testing.assert_allclose(layer.moving_mean, features.mean(axis=0), rtol=1e-3)
    np.testing.assert_allclose(layer.moving_variance, features.var(axis=0), rtol=1e-3)
    single = layer(features[:1]).numpy()
    np.testing.assert_allclose(single, (features[:1] - features.mean(axis=0)) / features.std(axis=0), atol=1e-2)


@pytest.mark.parametrize("scale", ["same", "down", "up"])
def test_a_residual_block_whose_last_convolution_is_zero_is_its_shortcut(scale):
    block = ResidualBlock(ResidualNetwork(), 3, 3, scale)
    features = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype(np.float32)
    block(features)
    for weight in block.residual.layers[-1].weights:
        weight.assign(np.zeros(weight.shape))
    expected = {"same": features, "down": features[:, ::2, ::2], "up": features.repeat(2, axis=1).repeat(2, axis=2)}
    for weight in block.shortcut.trainable_variables:
        weight.assign(np.eye(3)[np.newaxis, np.newaxis] if weight.path.endswith("kernel") else np.zeros(3))
    np.testing.assert_allclose(block(features), expected[scale], rtol=1e-6)


@pytest.mark.parametrize("config", [DenseNetwork, ConvolutionalNetwork, ResidualNetwork])
def test_normalisation_in_a_network_is_trained_with_it(config):
    network = build_encoder(config(normalisation="batch"), (5, 4, 1))
    network(np.zeros((2, 5, 4, 1), np.float32))
    assert any("gamma" in weight.path for weight in network.trainable_variables)
    assert any("moving_mean" in weight.path for weight in network.non_trainable_variables)


def test_group_normalisation_is_not_for_dense_networks():
    with pytest.raises(ValueError, match="normalisation"):
        DenseNetwork(normalisation="group")
