from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vaeflow.components.training.checkpoints import Checkpoints
from vaeflow.components.training.history import History
from vaeflow.models.config import Observation
from vaeflow.models.model_config import DenseNetwork, ModelConfig
from vaeflow.models.registry import build


def model() -> keras.Model:
    built = build(ModelConfig(latent_dim=2, network=DenseNetwork(hidden=(4,))), (3, 3, 1), Observation())
    built.compile(keras.optimizers.Adam(0.1))
    built.optimizer.build(built.trainable_variables)
    return built


def step(target: keras.Model) -> None:
    target.train_step(tf.fill((2, 3, 3, 1), tf.constant(200, tf.uint8)))


def state(of: keras.Model) -> list[np.ndarray]:
    return [np.array(variable) for variable in (*of.weights, *of.optimizer.variables)]


def history(*validation_elbos: float) -> History:
    return History([{"val_elbo": elbo} for elbo in validation_elbos])


def test_weights_and_optimizer_come_back_bit_by_bit(tmp_path: Path):
    saved, restored = model(), model()
    step(saved)
    Checkpoints(tmp_path, saved).save(history(-1))
    assert Checkpoints(tmp_path, restored).resume() == history(-1)
    step(saved)
    step(restored)
    for one, other in zip(state(saved), state(restored), strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_the_last_and_the_best_epoch_are_kept(tmp_path: Path):
    checkpoints = Checkpoints(tmp_path, model())
    for elbos in ([-3], [-3, -1], [-3, -1, -2], [-3, -1, -2, -4]):
        checkpoints.save(history(*elbos))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-00002", "epoch-00004"]


def test_the_best_epoch_comes_back_after_worse_ones(tmp_path: Path):
    trained = model()
    checkpoints = Checkpoints(tmp_path, trained)
    step(trained)
    best = state(trained)
    checkpoints.save(history(-1))
    step(trained)
    checkpoints.save(history(-1, -2))
    checkpoints.restore_best(history(-1, -2))
    for one, other in zip(state(trained), best, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_that_was_being_written_is_ignored_and_replaced(tmp_path: Path):
    checkpoints = Checkpoints(tmp_path, model())
    checkpoints.save(history(-2))
    (tmp_path / "epoch-00002.tmp").mkdir()
    (tmp_path / "epoch-00002.tmp" / "state.index").write_text("half")
    assert checkpoints.resume() == history(-2)
    checkpoints.save(history(-2, -1))
    assert checkpoints.resume() == history(-2, -1)


def test_without_a_checkpoint_training_starts_at_the_start(tmp_path: Path):
    assert Checkpoints(tmp_path / "none", model()).resume() == History()
