import json
from zipfile import ZipFile

import keras
import numpy as np
import pytest

from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.saving import save


@pytest.fixture
def model():
    return build(VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(4,))), DataSpec(image_shape=(4, 4, 1)))


def test_keras_itself_reads_what_was_saved(model, tmp_path):
    save(model, tmp_path / "model.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.config == model.config
    for one, other in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_models_with_equal_weights_give_equal_files(model, tmp_path):
    other = build(model.config, model.data)
    other.set_weights(model.get_weights())
    save(model, tmp_path / "one.keras")
    save(other, tmp_path / "other.keras")
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "other.keras").read_bytes()


def test_no_time_is_in_the_file(model, tmp_path):
    save(model, tmp_path / "model.keras")
    with ZipFile(tmp_path / "model.keras") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("metadata.json")) == {"keras_version": keras.version()}
