"""The step features, on real digits with and without labels."""

from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples, FeatureNetwork
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.feature_learning.network import features_of, load_network
from vaeflow.components.feature_learning.pretrained import fingerprint
from vaeflow.components.feature_learning.record import read_record
from vaeflow.components.features import features
from vaeflow.components.images.examples import load_split
from vaeflow.models.errors import InputError
from vaeflow.models.perception.vgg19 import vgg19_inputs
from vaeflow.models.perception.weights import keras_cache

CONFIG = FeaturesConfig(images=400, epochs=8)


@pytest.fixture(autouse=True)
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache of Keras."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def learned(grey_examples: Examples, tmp_path: Path) -> FeatureNetwork:
    (tmp_path / "learned").mkdir()
    return features(CONFIG, grey_examples, output=tmp_path / "learned")


@pytest.fixture
def unlabelled(write_examples, digits, tmp_path: Path) -> Examples:
    splits = {"train": digits.images[:400], "validation": digits.images[400:500], "test": digits.images[500:]}
    return write_examples(tmp_path / "unlabelled", {name: type(digits)(images) for name, images in splits.items()})


@pytest.mark.full
def test_a_classifier_of_few_digits_tells_others_apart_by_its_features(learned, grey_examples, output):
    record = read_record(learned)
    assert (record.task, record.images, record.features) == ("classes", 400, 64)
    assert record.accuracy > 0.7
    assert learned.properties == {"task": "classes", "accuracy": round(record.accuracy, 4)}
    assert "trained on 400 labelled training images and right for" in record.description
    split, network = load_split(grey_examples, "test"), load_network(learned)
    codes = features_of(network, split.images)
    distances = np.square(codes[:, np.newaxis] - codes).sum(axis=-1) + np.diag(np.full(len(codes), np.inf))
    assert np.mean(split.labels[distances.argmin(axis=1)] == split.labels) > 0.7
    again = features(CONFIG, grey_examples, output=output)
    assert read_record(again).digest == record.digest


@pytest.mark.full
def test_without_labels_it_learns_rotations(unlabelled, output):
    record = read_record(features(CONFIG, unlabelled, output=output))
    assert (record.task, record.images) == ("rotations", 100)
    assert record.accuracy > 0.5
    assert "rotated (Gidaris et al. 2018)" in record.description


def save_as_keras_2(network: keras.Model, file: Path) -> None:
    """Write weights in the layout of the files that `keras.applications` downloads."""
    with h5py.File(file, "w") as written:
        written.attrs["layer_names"] = [layer.name for layer in network.layers]
        for layer in network.layers:
            group = written.create_group(layer.name)
            group.attrs["weight_names"] = [weight.name for weight in layer.weights]
            for weight in layer.weights:
                group[weight.name] = weight.numpy()


@pytest.mark.full
def test_without_labels_vgg19_is_taken_where_its_weights_are(unlabelled, output):
    keras.utils.set_random_seed(1)
    network = keras.applications.VGG19(include_top=False, weights=None)
    assert fingerprint(CONFIG) == ""
    keras_cache().parent.mkdir(parents=True)
    save_as_keras_2(network, keras_cache())
    assert fingerprint(CONFIG) != ""
    made = features(CONFIG, unlabelled, output=output)
    record = read_record(made)
    assert (record.task, record.features, record.accuracy) == ("imagenet", 512, None)
    images = load_split(unlabelled, "train", 6).images
    expected = network(vgg19_inputs(tf.cast(images, tf.float32) / 255)).numpy().mean(axis=(1, 2))
    found = features_of(load_network(made), images)
    np.testing.assert_allclose(found / np.linalg.norm(found), expected / np.linalg.norm(expected), rtol=1e-3)


def test_a_damaged_file_of_weights_is_an_input_error_that_names_it(unlabelled, output):
    keras_cache().parent.mkdir(parents=True)
    keras_cache().write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"vgg19.*\.h5 does not hold weights of VGG19"):
        features(CONFIG, unlabelled, output=output)
