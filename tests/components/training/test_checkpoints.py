from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.training.checkpoints import Checkpoints
from vaeflow.components.training.history import History
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.registry import MODELS, read_config

NAMES = [kind.model_fields["name"].default for kind in MODELS]


def model(name: str = "vae") -> LatentVariableModel:
    size = {} if name == "classifier" else {"latent_dim": 16}
    config = read_config({"name": name, **size, "network": {"hidden": (4, 3)}})
    built = build(config, DataSpec(image_shape=(3, 3, 1), num_classes=2))
    built.compile(keras.optimizers.Adam(0.1), ElboObjective() if config.generative else CrossEntropyObjective())
    return built


def step(target: LatentVariableModel) -> None:
    target.train_step((tf.fill((2, 3, 3, 1), tf.constant(200, tf.uint8)), tf.fill([2], -1)))


def state(of: keras.Model) -> list[np.ndarray]:
    states = [variable for optimizer in of.optimizers.values() for variable in optimizer.variables]
    return [np.array(variable) for variable in (*of.weights, *states)]


def history(*objectives: float) -> History:
    return History([{"val_objective": objective} for objective in objectives])


def checkpoints(folder: Path, of: LatentVariableModel, *objectives: float) -> Checkpoints:
    return Checkpoints(folder, of, history(*objectives))


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_weights_and_optimizers_come_back_bit_by_bit(name: str, tmp_path: Path):
    """Every weight: those of layers in lists, and those that this phase does not train."""
    saved, restored = model(name), model(name)
    saved.set_weights([weight + 0.1 for weight in saved.get_weights()])
    step(saved)
    checkpoints(tmp_path, saved, -1).save()
    again = checkpoints(tmp_path, restored)
    again.restore(again.last)
    assert again.history == history(-1)
    step(saved)
    step(restored)
    for one, other in zip(state(saved), state(restored), strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_the_last_and_the_best_epoch_are_kept(tmp_path: Path):
    trained = model()
    for objectives in ([-3], [-3, -1], [-3, -1, -2], [-3, -1, -2, -4]):
        checkpoints(tmp_path, trained, *objectives).save()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-00002", "epoch-00004"]


def test_the_best_epoch_comes_back_after_worse_ones(tmp_path: Path):
    trained = model()
    step(trained)
    best = state(trained)
    checkpoints(tmp_path, trained, -1).save()
    step(trained)
    worse = checkpoints(tmp_path, trained, -1, -2)
    worse.save()
    worse.restore_best()
    assert worse.history == history(-1, -2)
    for one, other in zip(state(trained), best, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_that_was_being_written_is_ignored_and_replaced(tmp_path: Path):
    trained = model()
    checkpoints(tmp_path, trained, -2).save()
    (tmp_path / "epoch-00002.tmp").mkdir()
    (tmp_path / "epoch-00002.tmp" / "state.index").write_text("half")
    assert checkpoints(tmp_path, trained).last == 1
    checkpoints(tmp_path, trained, -2, -1).save()
    assert checkpoints(tmp_path, trained).last == 2


def test_without_a_checkpoint_there_is_no_last_epoch(tmp_path: Path):
    assert checkpoints(tmp_path / "none", model()).last == 0
