import json
import logging
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError
from sklearn.datasets import load_sample_images

from tests.components.conftest import Images, WriteExamples
from vaeflow.components import progress
from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.examples import load_split, num_examples, read_transform
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import training_data, validation_batches
from vaeflow.components.training.fit import Training
from vaeflow.components.training.history import History, Pruned
from vaeflow.models.building import load
from vaeflow.models.errors import InputError, RunError
from vaeflow.models.objectives.elbo import ElboObjective

SMALL = {"model": {"latent_dim": 3, "network": {"hidden": [16]}}, "epochs": 2, "batch_size": 64, "xla": False}


def config(**changes) -> TrainConfig:
    return TrainConfig.model_validate(SMALL | changes)


def diverging(learning_rate: float, **changes) -> TrainConfig:
    """With a learning rate that no recipe can have."""
    return config(**changes).model_copy(update={"learning_rate": learning_rate})


def history(model: Model) -> dict:
    return json.loads((model.path / "history.json").read_text())


def test_training_improves_the_validation_elbo_and_records_it(trained: Model):
    record = history(trained)
    epochs = record["epochs"]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    assert epochs[2]["val_objective"] > epochs[0]["val_objective"]
    assert epochs[2]["elbo"] == pytest.approx(epochs[2]["log_likelihood"] - epochs[2]["kl"], rel=1e-5)
    assert trained.properties["val_objective"] == epochs[record["best_epoch"] - 1]["val_objective"]
    assert TrainConfig.model_validate_json((trained.path / "config.json").read_text()).model.latent_dim == 3


def test_the_active_dimensions_of_every_epoch_are_recorded(trained: Model, digits_examples: Examples):
    record = history(trained)
    assert len(record["active_units"]) == len(record["epochs"])
    model = load(trained.path / "model.keras")
    codes = model.embed(load_split(digits_examples, "validation").images).numpy()
    assert record["active_units"][record["best_epoch"] - 1] == np.flatnonzero(codes.var(axis=0) > 0.01).tolist()


def test_the_transform_of_the_examples_stays_with_the_model(trained: Model, digits_examples: Examples):
    assert read_transform(trained) == read_transform(digits_examples)


@pytest.mark.full
@pytest.mark.parametrize(
    ("examples", "likelihood"),
    [
        ("digits_examples", "bernoulli"),
        ("grey_examples", "gaussian"),
        ("grey_examples", "continuous_bernoulli"),
    ],
)
def test_samples_of_a_short_training_are_as_bright_as_the_images(
    examples: str, likelihood: str, tmp_path: Path, request: pytest.FixtureRequest
):
    model = SMALL["model"] | {"likelihood": {"name": likelihood}}
    split = request.getfixturevalue(examples)
    trained = load(train(config(epochs=1, model=model), split, output=tmp_path).path / "model.keras")
    samples = trained.generate(500, np.array([0, 1])).numpy()
    assert samples.mean() == pytest.approx(np.mean(load_split(split, "train").images / 255), abs=0.05)


@pytest.mark.full
def test_samples_of_photographs_are_as_bright_as_they_are(write_examples: WriteExamples, tmp_path: Path):
    whole = np.asarray(load_sample_images().images[0])
    corners = np.random.default_rng(0).integers(0, (whole.shape[0] - 64, whole.shape[1] - 64), (240, 2))
    crops = np.stack([whole[top : top + 64, left : left + 64] for top, left in corners])
    split = write_examples(tmp_path / "crops", {"train": Images(crops[:200]), "test": Images(crops[200:])})
    model = {"network": {"name": "convolutional", "hidden": 256}, "likelihood": {"name": "gaussian"}}
    trained = load(train(config(epochs=3, model=model), split, output=tmp_path / "trained").path / "model.keras")
    samples = trained.generate(200, np.array([0, 1])).numpy()
    assert samples.mean() == pytest.approx(np.mean(crops[:200] / 255), abs=0.05)


@pytest.fixture(scope="module")
def shown() -> list[tuple]:
    """What the progress bar of `stopped` showed: its description and total, then each move with its note."""
    return []


@pytest.fixture(scope="module")
def stopped(shown: list[tuple], digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model from a training with such a learning rate that patience soon ran out."""

    @contextmanager
    def display(description, total):
        shown.append((description, total))
        yield lambda amount, note="": shown.append((amount, note))

    hasty = config(epochs=50, learning_rate=0.5, patience=1)
    with progress.shown_on(display):
        return train(hasty, digits_examples, output=tmp_path_factory.mktemp("stopped"))


def test_training_stops_when_patience_is_out(stopped: Model):
    record = history(stopped)
    assert len(record["epochs"]) == record["best_epoch"] + 1 < 50


def test_the_saved_model_is_the_best_epoch_s(stopped: Model, digits_examples: Examples):
    record = history(stopped)
    values = [epoch["val_objective"] for epoch in record["epochs"]]
    assert record["best_epoch"] == 1 + int(np.argmax(values)) < len(values)
    loaded = load(stopped.path / "model.keras")
    loaded.compile("sgd", ElboObjective(), seed=0, jit_compile=False)
    measured = loaded.evaluate(validation_batches(digits_examples, 2048), verbose=0, return_dict=True)
    assert measured["elbo"] == pytest.approx(max(values), rel=1e-5)


def test_the_bar_counts_epochs_and_shows_the_validation_objective(stopped: Model, shown: list[tuple]):
    head, *moves = shown
    assert head == ("Training, epochs", 50)
    epochs = history(stopped)["epochs"]
    assert sum(amount for amount, _ in moves) == pytest.approx(len(epochs))
    assert [note for _, note in moves if note] == [f"objective {epoch['val_objective']:.2f}" for epoch in epochs]


def test_each_epoch_is_told_and_can_be_made_the_last(digits_examples: Examples, tmp_path: Path):
    told = []

    def on_epoch(history: History) -> None:
        told.append(dict(history.epochs[-1]))
        if len(history.epochs) == 2:
            raise Pruned(2)

    with pytest.raises(Pruned, match="pruned after epoch 2"):
        train(config(epochs=4), digits_examples, output=tmp_path, on_epoch=on_epoch)
    assert [epoch["epoch"] for epoch in told] == [1, 2]
    assert all("val_elbo" in epoch for epoch in told)
    assert not (tmp_path / "model.keras").exists()


def test_a_finished_training_is_not_trained_again(trained: Model, digits_examples: Examples, tmp_path: Path):
    shutil.copytree(trained.path, tmp_path, dirs_exist_ok=True)
    same = TrainConfig.model_validate_json((trained.path / "config.json").read_text())
    assert history(train(same, digits_examples, output=tmp_path)) == history(trained)


def test_a_loss_that_breaks_names_its_term_and_step_and_the_weights_that_are_kept(
    digits_examples: Examples, tmp_path: Path
):
    gaussian = SMALL["model"] | {"likelihood": {"name": "gaussian"}}
    with pytest.raises(RunError, match=r"likelihood term .* at step \d+, in epoch 1; no epoch was finished before"):
        train(diverging(model=gaussian, learning_rate=1e25), digits_examples, output=tmp_path)


def test_m1_has_a_learning_rate_of_its_own_which_is_named_if_it_is_too_large(digits_examples: Examples, tmp_path: Path):
    m1_m2 = SMALL["model"] | {"name": "m1_m2", "m1_latent_dim": 2, "m1_epochs": 1, "m1_learning_rate": 3e-3}
    learned = train(config(model=m1_m2, epochs=1, learning_rate=1e-2), digits_examples, output=tmp_path / "learned")
    assert [epoch["learning_rate"] for epoch in history(learned)["epochs"]] == pytest.approx([3e-3, 1e-2])

    broken = config(model=m1_m2 | {"likelihood": {"name": "gaussian"}})
    broken = broken.model_copy(update={"model": broken.model.model_copy(update={"m1_learning_rate": 1e25})})
    with pytest.raises(RunError) as diverged:
        train(broken, digits_examples, output=tmp_path / "broken")
    assert diverged.value.advice == "lower train.model.m1_learning_rate"


@pytest.mark.full
def test_after_a_good_epoch_the_last_good_weights_are_kept(digits_examples: Examples, tmp_path: Path):
    train(config(epochs=1, schedule="cosine"), digits_examples, output=tmp_path)
    with pytest.raises(RunError, match=r"in epoch 2; the weights of epoch 1 are kept in .*last_good\.keras"):
        train(diverging(epochs=5, schedule="cosine", learning_rate=1e30), digits_examples, output=tmp_path)
    kept = load(tmp_path / "last_good.keras")
    assert np.isfinite(np.concatenate([weight.ravel() for weight in kept.get_weights()])).all()


def test_a_bernoulli_on_grey_pixels_warns_and_says_what_to_use(
    grey_examples: Examples, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="vaeflow"):
        Training(config(), grey_examples, tf.distribute.get_strategy(), tmp_path)
    assert "preprocess.binarise" in caplog.text
    assert "continuous_bernoulli" in caplog.text


@pytest.mark.full
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_and_saves_a_float32_model(precision: str, digits_examples: Examples, tmp_path: Path):
    model = train(config(precision=precision, xla=False), digits_examples, output=tmp_path)
    loaded = load(model.path / "model.keras")
    assert {weight.dtype for weight in loaded.get_weights()} == {np.dtype("float32")}
    assert history(model)["epochs"][-1]["val_objective"] > history(model)["epochs"][0]["val_elbo"]


def test_xla_is_refused_where_it_cannot_compile_the_reduction():
    with pytest.raises(ValidationError, match="xla cannot compile"):
        config(xla=True, strategy="mirrored")


def test_a_batch_larger_than_the_split_is_the_whole_split(digits_examples: Examples):
    ((images, _),) = training_data(config(batch_size=100_000), digits_examples).batches
    assert images.shape[:2] == (1, num_examples(digits_examples, "train"))


def test_a_batch_that_the_devices_cannot_share_evenly_is_refused(digits_examples: Examples):
    with pytest.raises(InputError, match=r"train\.batch_size: expected a multiple of 3, the number of devices, got 64"):
        training_data(config(), digits_examples, replicas=3)
