from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.feature_learning.network import (
    MAX_SIDE,
    as_inputs,
    convolutional_network,
    features_of,
    load_network,
    save_network,
    scaled,
)
from vaeflow.components.feature_learning.record import Origin, read_record

RANDOM = np.random.default_rng(0)


def images(n: int, *shape: int) -> np.ndarray:
    return RANDOM.integers(0, 256, (n, *shape), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1, 1), (8, 8, 1), (5, 7, 3), (65, 200, 3)])
def test_images_of_any_size_have_features_and_none_depends_on_another_image(shape: tuple[int, int, int]):
    some = images(3, *shape)
    network = convolutional_network(shape)
    features = features_of(network, some)
    assert features.shape == (3, 64)
    np.testing.assert_allclose(features[1:2], features_of(network, some[1:2]), atol=1e-5)


def test_a_large_image_is_averaged_down_first():
    large, small = convolutional_network((2 * MAX_SIDE, MAX_SIDE, 1)), convolutional_network((MAX_SIDE, MAX_SIDE, 1))
    small.set_weights(large.get_weights())
    some = images(2, 2 * MAX_SIDE, MAX_SIDE, 1) / np.float32(255)
    averaged = some.reshape(2, MAX_SIDE, 2, MAX_SIDE, 1).mean(axis=2)
    np.testing.assert_allclose(large(some), small(averaged), atol=1e-5)


def test_features_are_scaled_to_a_mean_square_of_one_and_not_otherwise_changed():
    network, some = convolutional_network((6, 6, 1)), images(40, 6, 6, 1)
    before, after = features_of(network, some), features_of(scaled(network, some), some)
    assert np.mean(np.square(after)) == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(after * np.sqrt(np.mean(np.square(before))), before, atol=1e-6)


def test_features_that_are_all_zero_remain_so():
    black = np.zeros((4, 6, 6, 1), np.uint8)
    assert not features_of(scaled(convolutional_network((6, 6, 1)), black), black).any()


def test_grey_values_are_seen_and_not_binarised_ones():
    np.testing.assert_allclose(as_inputs(tf.constant([0, 51, 255], tf.uint8)), [0, 0.2, 1])


def test_a_saved_network_is_read_and_its_file_does_not_depend_on_models_made_before(tmp_path: Path):
    folders = [tmp_path / name for name in ("one", "two")]
    some = images(5, 6, 6, 1)
    for folder in folders:
        folder.mkdir()
        keras.utils.set_random_seed(0)
        network = scaled(convolutional_network((6, 6, 1)), some)
        saved = save_network(network, Origin(task="rotations", accuracy=0.25), folder)
    assert (folders[0] / "features.keras").read_bytes() == (folders[1] / "features.keras").read_bytes()
    record = read_record(saved)
    assert (record.task, record.accuracy, record.features) == ("rotations", 0.25, 64)
    np.testing.assert_array_equal(features_of(load_network(saved), some), features_of(network, some))
