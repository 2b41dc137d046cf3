"""An image has one code, whether ingest and preprocess read it or the exported encoder."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_digits

from vaeflow.components.images.examples import load_split, read_transform
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.cases import encoder_cases
from vaeflow.components.serving.signatures import encoder_signatures
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models import building
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

pytestmark = pytest.mark.full

STORED = load_digits().images[:60].astype(np.uint8)  # from 0 to 16


@pytest.fixture
def prepare(tmp_path):
    """`prepare(config)` → the test split and the signatures of an untrained encoder of these examples."""

    def run(config):
        for name in ("dataset", "examples"):
            (tmp_path / name).mkdir()
        dataset = ingest(config, output=tmp_path / "dataset")
        examples = preprocess(PreprocessConfig(image_size=8, test_fraction=0.3), dataset, output=tmp_path / "examples")
        assert examples.properties["white"] == config.white
        keras.utils.set_random_seed(0)
        transform = read_transform(examples)
        model = building.build(
            VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(16,))), DataSpec(image_shape=transform.image_shape)
        )
        signatures = encoder_signatures(model, transform)
        assert encoder_cases(signatures, transform)
        return load_split(examples, "test"), signatures

    return run


def test_digits_from_0_to_16_have_one_code_everywhere(tmp_path, prepare, encode):
    np.savez(tmp_path / "digits.npz", images=STORED)
    split, signatures = prepare(IngestConfig(source=f"npz:{tmp_path}/digits.npz", white=16))
    stored = np.stack([STORED[int(identifier.rpartition("/")[2])] for identifier in split.ids])
    np.testing.assert_array_equal(split.images[..., 0], np.rint(stored / 16 * 255))
    expected = signatures["serving_default"](tf.constant(split.images))["mean"]
    np.testing.assert_array_equal(signatures["pixels"](tf.constant(stored[..., None]))["mean"], expected)
    files = tf.constant([encode(Image.fromarray(image)) for image in stored])
    np.testing.assert_array_equal(signatures["files"](files)["mean"], expected)
    assert "values" not in signatures


@pytest.mark.parametrize(
    ("stored", "fields"),
    [
        (STORED.astype(np.uint16) * 255, {"white": 4095}),
        ((STORED / 8 - 1).astype(np.float32), {"black": -1, "white": 1}),
    ],
)
def test_values_that_uint8_cannot_hold_have_one_code_everywhere(tmp_path, prepare, stored, fields):
    np.savez(tmp_path / "values.npz", images=stored)
    split, signatures = prepare(IngestConfig(source=f"npz:{tmp_path}/values.npz", **fields))
    expected = signatures["serving_default"](tf.constant(split.images))["mean"]
    values = np.stack([stored[int(identifier.rpartition("/")[2])] for identifier in split.ids])[..., None]
    np.testing.assert_array_equal(signatures["values"](tf.constant(values, tf.float32))["mean"], expected)
    for unfit in (values * 1000.0, np.where(values == values.max(), np.nan, values)):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"values: expected values from .* \(white\), got"):
            signatures["values"](tf.constant(unfit, tf.float32))


def test_masks_of_0_and_1_have_one_code_everywhere(tmp_path, prepare, encode):
    folder = tmp_path / "masks"
    folder.mkdir()
    for index, image in enumerate(STORED):
        (folder / f"{index}.png").write_bytes(encode(Image.fromarray((image > 7).astype(np.uint8))))
    split, signatures = prepare(IngestConfig(source=f"folder:{folder}", white=1))
    assert set(np.unique(split.images)) == {0, 255}
    expected = signatures["serving_default"](tf.constant(split.images))["mean"]
    files = tf.constant([(folder / identifier).read_bytes() for identifier in split.ids])
    np.testing.assert_array_equal(signatures["files"](files)["mean"], expected)
