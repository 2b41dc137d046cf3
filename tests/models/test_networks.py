import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vaeflow.models.model_config import ConvolutionalNetwork, DenseNetwork
from vaeflow.models.networks import build_decoder, build_encoder

SIDE = st.integers(1, 17)


@settings(max_examples=12, deadline=None)
@given(
    shape=st.tuples(SIDE, SIDE, st.sampled_from([1, 3])),
    network=st.sampled_from(
        [
            DenseNetwork(hidden=(5, 3)),
            ConvolutionalNetwork(filters=(2,), hidden=4),
            ConvolutionalNetwork(filters=(2, 3, 4), hidden=4),
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
    assert [w.shape for w in encoder.weights] == [(4, 7), (7,), (7, 5), (5,)]
    assert [w.shape for w in decoder.weights] == [(3, 5), (5,), (5, 7), (7,), (7, 4), (4,)]
