"""What every objective must do: one row each."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import TypeAdapter

from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.classifier.config import ClassifierConfig
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.building import build_objective
from vaeflow.models.objectives.config import Objective, ObjectiveConfig

SHAPE = (4, 3, 1)
ROWS = [
    {"name": "elbo", "beta": 4},
    {"name": "elbo", "samples": 3, "warm_up": {"epochs": 2}},
    {"name": "elbo", "warm_up": {"name": "cyclical", "steps": 8}, "free_bits": 0.1},
    {"name": "elbo", "capacity": {"epochs": 2}},
    {"name": "iwae", "samples": 3},
    {"name": "iwae", "samples": 3, "doubly_reparameterised": True},
    {"name": "beta_tc", "samples": 2},
    {"name": "beta_tc", "sampling": "weighted"},
    {"name": "factor_vae", "samples": 2, "hidden": [4]},
]
IMAGES = np.random.default_rng(1).integers(0, 256, (12, *SHAPE), dtype=np.uint8)


def read(row: Mapping[str, Any]) -> ObjectiveConfig:
    return TypeAdapter(Objective).validate_python(row)


def rows(*, quick: Collection[int]) -> pytest.MarkDecorator:
    """All rows; those at other places than the `quick` ones are `full`."""
    marks = [() if place in quick else pytest.mark.full for place in range(len(ROWS))]
    params = [pytest.param(read(row), id=str(row), marks=mark) for row, mark in zip(ROWS, marks, strict=True)]
    return pytest.mark.parametrize("config", params)


def compiled(config: ObjectiveConfig, *, jit_compile: bool) -> LatentVariableModel:
    keras.utils.set_random_seed(7)
    vae = VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(8,)))
    config.check(vae)
    model = build(vae, DataSpec(image_shape=SHAPE, observation=Observation(binarise="dynamic")))
    objective = build_objective(config, code_dim=model.code_dim, steps_per_epoch=3, num_images=12)
    model.compile(keras.optimizers.Adam(0.01), objective, jit_compile=jit_compile)
    return model


def test_each_of_images_has_a_row():
    names, kinds = {row["name"] for row in ROWS}, get_args(get_args(Objective)[0])
    assert names == {kind.model_fields["name"].default for kind in kinds} - {*ClassifierConfig.objectives}


@rows(quick=range(len(ROWS)))
def test_a_step_moves_every_weight_of_every_group_and_reports_finite_terms(config: ObjectiveConfig):
    model = compiled(config, jit_compile=False)
    groups = model._groups()
    batch = (tf.constant(IMAGES), tf.fill([12], -1))
    model.train_step(batch)
    before = {name: [np.array(weight) for weight in weights] for name, weights in groups.items()}
    results = model.train_step(batch)
    assert np.isfinite([float(value) for value in results.values()]).all(), results
    assert {"objective", "elbo", "log_likelihood", "kl"} <= results.keys() == model.test_step(batch).keys()
    for name, weights in groups.items():
        for old, new in zip(before[name], weights, strict=True):
            assert not np.array_equal(old, new), new.path


@rows(quick=[])
def test_it_trains_as_a_loop_of_steps_under_xla(config: ObjectiveConfig):
    data = tf.data.Dataset.from_tensor_slices((IMAGES, np.full(12, -1, np.int32))).batch(4)
    history = compiled(config, jit_compile=True).fit(data.batch(3), epochs=1, shuffle=False, verbose=0).history
    assert np.isfinite([*history.values()]).all(), history
