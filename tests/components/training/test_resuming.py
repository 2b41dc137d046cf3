"""Training interrupted between two epochs, for models with several optimizers or phases."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.fit import Training
from vaeflow.components.training.strategies import seed_everything
from vaeflow.models.building import load

MODELS = {
    "vae_gan": {"name": "vae_gan"},
    "dfc_vae": {"name": "dfc_vae", "features": "classifier", "classifier_epochs": 2},
}
INTERRUPTIONS = [("vae_gan", 1), ("dfc_vae", 1), ("dfc_vae", 3)]
"""Models and epochs. The first two epochs of the DFC-VAE train its classifier; the third belongs to the main phase."""


class Interruption(Exception):  # noqa: N818, training did not fail
    """An interruption from outside."""


class InterruptAfter(keras.callbacks.Callback):
    """Raises `Interruption` after an epoch, counted from 1, is finished and recorded."""

    def __init__(self, epoch: int):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs=None) -> None:
        if epoch + 1 == self.epoch:
            raise Interruption


class InterruptedTraining(Training):
    interrupt_after: int

    def _callbacks(self, end: int) -> list[keras.callbacks.Callback]:
        return [*super()._callbacks(end), InterruptAfter(self.interrupt_after)]


def weights(output: Path) -> list[np.ndarray]:
    return load(output / "model.keras").get_weights()


def config(name: str) -> TrainConfig:
    model = {"latent_dim": 3, "network": {"hidden": [12, 8]}} | MODELS[name]
    fields = {"model": model, "epochs": 3, "batch_size": 400, "schedule": "cosine", "xla": False}
    return TrainConfig.model_validate(fields)


@pytest.fixture(scope="module")
def whole(digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Model]:
    """`whole(name)` → that model from an uninterrupted training."""
    return cache(lambda name: train(config(name), digits_examples, output=tmp_path_factory.mktemp("whole")))


@pytest.mark.full
@pytest.mark.parametrize(("name", "epoch"), INTERRUPTIONS)
def test_it_goes_on_to_the_weights_of_an_uninterrupted_one(
    name: str, epoch: int, whole: Callable[[str], Model], digits_examples: Examples, tmp_path: Path
):
    training = config(name)
    seed_everything(training.seed, deterministic=False)
    interrupted = InterruptedTraining(training, digits_examples, tf.distribute.get_strategy(), tmp_path)
    interrupted.interrupt_after = epoch
    with pytest.raises(Interruption):
        interrupted.run()
    train(training, digits_examples, output=tmp_path)
    for one, other in zip(weights(whole(name).path), weights(tmp_path), strict=True):
        np.testing.assert_array_equal(one, other)
