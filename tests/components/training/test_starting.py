"""Training that begins with the weights of another model."""

import json

import numpy as np
import pytest

from tests.models.contract.rows import MODEL_ROWS, describe
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.starting import weights_by_path
from vaeflow.models import building
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError


def config(latent_dim=3, hidden=(16,), **fields):
    model = {"name": "vae", "latent_dim": latent_dim, "network": {"hidden": hidden}} | fields.pop("model", {})
    return TrainConfig.model_validate({"model": model, "batch_size": 64, "xla": False, **fields})


def weights(model):
    return building.load(model.path / "model.keras").get_weights()


def test_training_begins_with_the_weights_of_the_other_model(trained, digits_examples, output):
    model = train(config(epochs=0), digits_examples, output=output, start=trained.path / "model.keras")
    for found, expected in zip(weights(model), weights(trained), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.full
def test_earlier_phases_are_not_repeated(digits_examples, tmp_path):
    """The mixture of VaDE, which is fitted to the codes of pretraining, is also the other model's."""
    vade = config(epochs=0, model={"name": "vade", "clusters": 3, "pretrain_epochs": 1})
    folders = [tmp_path / "other", tmp_path / "ours"]
    for folder in folders:
        folder.mkdir()
    other = train(vade, digits_examples, output=folders[0])
    seeded = vade.model_copy(update={"seed": 1})
    model = train(seeded, digits_examples, output=folders[1], start=other.path / "model.keras")
    assert json.loads((model.path / "history.json").read_text())["epochs"] == []
    for found, expected in zip(weights(model), weights(other), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"latent_dim": 4},
            r"train\.start_from: .*; \S+/kernel has the shape \[16, 6\] in \S+, and the shape \[16, 8\] here",
        ),
        ({"hidden": (16, 9)}, r"train\.start_from: .*; encoder/dense_1/kernel is not in \S+\.keras$"),
        (
            {"model": {"likelihood": {"name": "gaussian", "variance": "learned"}}},
            r"train\.start_from: .*; image_decoder/learned_gaussian/\S+ is not in \S+\.keras$",
        ),
        ({"model": {"name": "m2"}}, r"train\.start_from: .*; \S+ is not in \S+\.keras$"),
    ],
    ids=["codes", "layers", "variance", "model"],
)
def test_a_model_with_other_layers_is_refused_by_the_name_of_the_layer(
    trained, digits_examples, output, fields, message
):
    with pytest.raises(InputError, match=message):
        train(config(epochs=1, **fields), digits_examples, output=output, start=trained.path / "model.keras")
    assert not (output / "model.keras").exists()


def test_what_only_the_other_model_has_is_named(digits_examples, tmp_path):
    folders = [tmp_path / "other", tmp_path / "ours"]
    for folder in folders:
        folder.mkdir()
    learned = config(epochs=0, model={"likelihood": {"name": "gaussian", "variance": "learned"}})
    other = train(learned, digits_examples, output=folders[0])
    with pytest.raises(InputError, match=r"; image_decoder/learned_gaussian/\S+ is in \S+, and not in this model$"):
        train(config(epochs=0), digits_examples, output=folders[1], start=other.path / "model.keras")


@pytest.mark.full
@pytest.mark.parametrize("row", MODEL_ROWS, ids=describe)
def test_every_weight_of_every_model_has_a_path_of_its_own_that_all_models_of_its_kind_share(row):
    data = DataSpec(image_shape=(8, 8, 1), num_classes=3)
    one, other = (weights_by_path(building.build(row, data)) for _ in range(2))
    assert [*one] == [*other]
    assert len(one) == len(building.build(row, data).weights)


def test_a_file_that_is_no_model_is_refused(digits_examples, output, tmp_path):
    (tmp_path / "text.keras").write_text("text")
    for name, message in (("text.keras", "expected a model saved by"), ("missing.keras", "there is no such file")):
        with pytest.raises(InputError, match=message):
            train(config(epochs=1), digits_examples, output=output, start=tmp_path / name)


def test_a_run_that_is_only_named_is_refused(digits_examples, output):
    with pytest.raises(InputError, match=r"train\.start_from: small-1: expected the file of this model as `start`"):
        train(config(start_from="small-1"), digits_examples, output=output)
