"""From an untrained model to the best epoch of a training that may have been interrupted."""

import logging
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.components import progress
from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import load_split, read_statistics, read_transform
from vaeflow.components.train import TrainConfig
from vaeflow.components.training.callbacks import Advance, EpochOrder, NotFiniteError, Record, StopWhenNotFinite
from vaeflow.components.training.checkpoints import Checkpoints
from vaeflow.components.training.data import TrainingData, validation_batches
from vaeflow.components.training.history import History
from vaeflow.components.training.strategies import precision
from vaeflow.components.training.tensorboard import TensorBoard
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import RunError
from vaeflow.models.registry import build

logger = logging.getLogger(__name__)

TENSORBOARD_PROBE = 500


def compiled_model(
    config: TrainConfig, examples: Examples, strategy: tf.distribute.Strategy, steps_per_epoch: int
) -> LatentVariableModel:
    """The model with its optimizer, on the devices of the strategy."""
    transform = read_transform(examples)
    _warn_of_grey_pixels(config, examples)
    with strategy.scope(), precision(config.precision):
        model = build(config.model, transform.image_shape, transform.observation)
        model.compile(
            keras.optimizers.Adam(_learning_rate(config, steps_per_epoch)),
            seed=config.seed,
            jit_compile=_uses_xla(config),
        )
        model.optimizer.build(model.trainable_variables)
    return model


def _uses_xla(config: TrainConfig) -> bool:
    if config.xla is not None:
        return config.xla
    # XLA's convolutions on a CPU take up to thirty times as long as TensorFlow's own.
    slow = config.model.network.name == "convolutional" and not tf.config.list_physical_devices("GPU")
    return config.strategy == "tpu" or (config.strategy == "none" and not slow)


def _learning_rate(
    config: TrainConfig, steps_per_epoch: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if config.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(config.learning_rate, config.epochs * steps_per_epoch)
    return config.learning_rate


def _warn_of_grey_pixels(config: TrainConfig, examples: Examples) -> None:
    grey = not read_statistics(examples)["train"].binary
    if config.model.likelihood.name == "bernoulli" and grey and read_transform(examples).observation.binarise == "none":
        logger.warning(
            "train.model.likelihood: a Bernoulli on grey pixels is no likelihood, so its ELBO cannot be compared. "
            "Use preprocess.binarise=dynamic (or static), or the likelihood continuous_bernoulli or gaussian."
        )


def fit(
    config: TrainConfig,
    examples: Examples,
    model: LatentVariableModel,
    data: TrainingData,
    checkpoints: Checkpoints,
    *,
    logs: Path,
) -> History:
    """Train from the last checkpoint, or from the start, until the epochs or the patience are used up."""
    history = checkpoints.resume()
    first = len(history.epochs)
    if first:
        logger.info("going on after epoch %d of %d", first, config.epochs)
    if first >= config.epochs or history.out_of_patience(config.patience):
        return history
    images_per_epoch = data.steps_per_epoch * data.batch_size
    callbacks = [
        EpochOrder(data),
        StopWhenNotFinite(),
        Record(history, checkpoints, patience=config.patience, images_per_epoch=images_per_epoch),
    ]
    if checkpoints.writes:
        probe = load_split(examples, "validation").images[:TENSORBOARD_PROBE]
        callbacks.append(TensorBoard(logs, probe, epochs=config.epochs, seed=config.seed))
    with progress.bar("Training", (config.epochs - first) * len(data.batches)) as advance:
        try:
            model.fit(
                data.batches,
                validation_data=validation_batches(examples),
                initial_epoch=first,
                epochs=config.epochs,
                callbacks=[*callbacks, Advance(advance)],
                shuffle=False,  # the data has an order of its own
                verbose=0,
            )
        except NotFiniteError as error:
            raise RunError(f"{error}; {_keep_last_good(model, checkpoints, logs.parent)}") from None
    return history


def _keep_last_good(model: LatentVariableModel, checkpoints: Checkpoints, folder: Path) -> str:
    history = checkpoints.resume()
    if not history.epochs:
        return "no epoch was finished before. Lower train.learning_rate"
    path = folder / "last_good.keras"
    portable(model).save(path)
    return f"the weights of epoch {len(history.epochs)} are kept in {path}. Lower train.learning_rate"


def portable(model: LatentVariableModel) -> LatentVariableModel:
    """The same weights in a float32 model on one device, without the optimizer: what is saved and served."""
    plain = build(model.config, model.image_shape, model.observation)
    plain.set_weights(model.get_weights())
    return plain
