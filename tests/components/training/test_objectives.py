"""State of objectives across epochs, and the effect of their schedules on early stopping."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.examples import load_split
from vaeflow.components.train import train
from vaeflow.components.training.compiling import compile_as_trained
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import VALIDATION_BATCH
from vaeflow.components.training.fit import Training
from vaeflow.components.training.learned_objective import OBJECTIVE_FILE
from vaeflow.models.building import load

SMALL = {
    "model": {"latent_dim": 3, "network": {"hidden": [16]}},
    "batch_size": 256,
    "learning_rate": 3e-3,
    "xla": False,
}


def config(objective: dict, **changes: object) -> TrainConfig:
    return TrainConfig.model_validate(SMALL | {"objective": objective} | changes)


def outcome(model: Model) -> tuple[np.ndarray, list[float]]:
    epochs = json.loads((model.path / "history.json").read_text())["epochs"]
    weights = load(model.path / "model.keras").get_weights()
    return np.concatenate([weight.ravel() for weight in weights]), [epoch["val_objective"] for epoch in epochs]


@pytest.mark.full
@pytest.mark.parametrize(
    "objective",
    [
        {"name": "factor_vae", "gamma": 5, "hidden": [8]},
        {"warm_up": {"epochs": 3}},
        {"capacity": {"nats": 3, "epochs": 3}},
    ],
    ids=str,
)
def test_a_training_in_two_parts_is_bit_identical_to_one_in_one(
    objective: dict, digits_examples: Examples, tmp_path: Path
):
    whole = train(config(objective, epochs=4), digits_examples, output=tmp_path / "whole")
    train(config(objective, epochs=2), digits_examples, output=tmp_path / "parts")
    parts = train(config(objective, epochs=4), digits_examples, output=tmp_path / "parts")
    for one, other in zip(outcome(parts), outcome(whole), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_history_knows_how_long_the_objective_warms_up_and_whether_its_epochs_compare(
    digits_examples: Examples, tmp_path: Path
):
    histories = [
        Training(config(objective), digits_examples, tf.distribute.get_strategy(), tmp_path).history
        for objective in ({}, {"warm_up": {"epochs": 3}}, {"name": "factor_vae", "hidden": [8]})
    ]
    assert [history.warm_up for history in histories] == [0, 3, 0]
    assert [history.comparable for history in histories] == [True, True, False]


@pytest.mark.full
def test_patience_waits_for_the_end_of_the_warm_up(digits_examples: Examples, tmp_path: Path):
    """With such a small learning rate, no epoch is better than the first: without a warm-up, two would be trained."""
    idle = config({"warm_up": {"epochs": 3}}, epochs=12, learning_rate=1e-12, patience=1)
    _, objectives = outcome(train(idle, digits_examples, output=tmp_path))
    assert len(objectives) == 4


@pytest.mark.full
def test_of_a_factor_vae_the_last_epoch_is_kept(digits_examples: Examples, tmp_path: Path):
    objective = {"name": "factor_vae", "hidden": [8]}
    model = train(config(objective, epochs=3, patience=1, learning_rate=0.5), digits_examples, output=tmp_path)
    assert model.properties["best_epoch"] == 3


@pytest.mark.full
def test_a_loaded_factor_vae_goes_on_with_its_discriminator(digits_examples: Examples, tmp_path: Path, caplog):
    trained = train(config({"name": "factor_vae", "hidden": [8]}, epochs=2), digits_examples, output=tmp_path)
    last = json.loads((tmp_path / "history.json").read_text())["epochs"][-1]
    model, images = load(trained.path / "model.keras"), load_split(digits_examples, "validation").images
    compile_as_trained(model, trained.path)
    options = {"batch_size": VALIDATION_BATCH, "return_dict": True, "verbose": 0}
    measured = model.evaluate(images, **options)
    for term in ("objective", "total_correlation", "discriminator_loss"):
        assert measured[term] == pytest.approx(last[f"val_{term}"], rel=1e-4)
    model.fit(images, epochs=2, verbose=0)
    assert model.evaluate(images, **options)["discriminator_loss"] != measured["discriminator_loss"]
    for content in (b"no zip", None):
        (tmp_path / OBJECTIVE_FILE).unlink()
        if content:
            (tmp_path / OBJECTIVE_FILE).write_bytes(content)
        compile_as_trained(load(trained.path / "model.keras"), trained.path)
        assert f"{tmp_path / OBJECTIVE_FILE}: cannot be read: " in caplog.messages[-1]


def test_an_objective_that_learns_nothing_leaves_no_file(trained: Model):
    assert not (trained.path / OBJECTIVE_FILE).exists()
