import io
import json
from collections.abc import Callable
from zipfile import ZipFile

import h5py
import keras
import numpy as np
import pytest

from vaeflow.models import saving
from vaeflow.models.building import build, load
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
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


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_its_first_weight(content: bytes) -> bytes:
    """As written by a version whose model had another layer."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w") as changed:
        weights = io.BytesIO(source.read("model.weights.h5"))
        with h5py.File(weights, "r+") as file:
            del file["encoder"]
        for name in source.namelist():
            changed.writestr(name, weights.getvalue() if name.endswith(".h5") else source.read(name))
    return target.getvalue()


def with_another_config(text: str) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        target = io.BytesIO()
        with ZipFile(target, "w") as archive:
            archive.writestr("config.json", text)
        return target.getvalue()

    return changed


CHANGES = {
    "cut": cut,
    "without a weight": without_its_first_weight,
    "empty": lambda content: b"",
    "text": lambda content: b"text",
    "a list": with_another_config("[1]"),
    "nothing": with_another_config('{"config": {"config": null}}'),
    "too deep": with_another_config("[" * 100_000),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_cannot_be_read_is_an_error_by_name(model, tmp_path, change):
    path = tmp_path / "model.keras"
    save(model, path)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError, match=r"model\.keras: expected a model saved by this version of vaeflow"):
        load(path)


def test_a_missing_file_is_an_error_by_name(tmp_path):
    with pytest.raises(InputError, match=r"no\.keras: expected a model"):
        load(tmp_path / "no.keras")


def test_shared_objects_are_numbered_whatever_their_addresses():
    def config(*addresses: int) -> bytes:
        return json.dumps([{"units": 7, "shared_object_id": address} for address in addresses]).encode()

    kept = saving._timeless("config.json", config(70, 90, 70))
    assert kept == saving._timeless("config.json", config(8, 9, 8)) == config(0, 1, 0)
    assert kept != saving._timeless("config.json", config(70, 90, 90))
