"""Exported encoders of toy models with random weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaeflow.components.images.config import Transform
from vaeflow.components.images.intensity import BY_TYPE, Intensity
from vaeflow.components.inference.applying import Applied, apply
from vaeflow.components.inference.tasks import TASKS, Task
from vaeflow.components.serving.exporting import write_unchecked
from vaeflow.components.sources.config import IngestConfig
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

IMAGES = np.random.default_rng(0).integers(0, 256, (2300, 6, 6), np.uint8)
"""Three shards of a compressed archive."""

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


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("archive") / "new.npz"
    np.savez_compressed(file, images=IMAGES, labels=np.where(np.arange(len(IMAGES)) % 2, "cat", "dog"))
    return f"npz:{file}"


def applied(task: str, encoder: Path, source: str, output: Path, **options: Any) -> Applied:
    """Apply an encoder; options may be fields of ingest."""
    fields = {name: options.pop(name) for name in ("max_quarantined", "white") if name in options}
    return apply(BY_NAME[task], encoder, IngestConfig(source=source, **fields), output, **options)
