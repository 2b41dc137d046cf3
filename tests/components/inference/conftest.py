"""Exported encoders of toy models with random weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vaeflow.components.images.config import Transform
from vaeflow.components.images.intensity import BY_TYPE, Intensity
from vaeflow.components.inference.tasks import TASKS, Task
from vaeflow.components.serving.exporting import write_unchecked
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.registry import read_config
from vaeflow.models.scoring import Scoring

SHAPE = (6, 6, 1)
OBSERVATION = Observation(binarise="static", seed=4)
DATA = DataSpec(image_shape=SHAPE, observation=OBSERVATION, num_classes=2, label_names=("dog", "cat"))
TRANSFORM = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=OBSERVATION)
BY_NAME: dict[str, Task] = {task.name: task for task in TASKS}

Exported = tuple[LatentVariableModel, Path]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Exported]:
    """`exported(name, intensity)` → a toy model of this family, and the SavedModel of its encoder."""
    done: dict[tuple[str, Intensity], Exported] = {}

    def export(name: str = "vae", intensity: Intensity = BY_TYPE) -> Exported:
        if (name, intensity) not in done:
            config = read_config({"name": name, "latent_dim": 3, "network": {"name": "dense", "hidden": [8]}})
            model = building.build(config, DATA)
            rng = np.random.default_rng(0)
            model.set_weights([w + rng.normal(size=w.shape, scale=0.3).astype(w.dtype) for w in model.get_weights()])
            transform = Transform(
                image_shape=SHAPE,
                colour="grey",
                resize="area",
                fit="crop",
                observation=OBSERVATION,
                intensity=intensity,
            )
            model.scoring = Scoring(threshold=0.3, quantiles=(0.1, 0.3, 0.6))
            written = write_unchecked(model, transform, tmp_path_factory.mktemp(name))
            done[name, intensity] = model, written["encoder"].folder
        return done[name, intensity]

    return export
