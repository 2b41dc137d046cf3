"""The scores that every model is said to have are numbers, by image."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.contract.rows import DENSE, MODEL_ROWS, describe
from vaeflow.components.evaluation.anomalies.exported import EXPORTED, exported_score
from vaeflow.components.evaluation.anomalies.measuring import measure_images
from vaeflow.components.evaluation.anomalies.scores import MAHALANOBIS, SCORES
from vaeflow.components.evaluation.measuring.batch import Batch
from vaeflow.components.evaluation.needs import Prospect, unmet_need
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.distances import fit_gaussian
from vaeflow.models.errors import InputError
from vaeflow.models.scoring import Scoring

IMAGES = tf.constant(np.random.default_rng(0).integers(0, 256, (6, 8, 8, 1)), tf.uint8)
LABELS = tf.constant([0, 1, 2, -1, 0, 1])

pytestmark = pytest.mark.full


@pytest.mark.parametrize("row", MODEL_ROWS, ids=describe)
def test_every_score_of_a_model_is_a_number(row):
    config = row.model_copy(update={"network": DENSE})
    model = build(config, DataSpec(image_shape=(8, 8, 1), num_classes=3))
    batch = Batch(model, IMAGES, LABELS, tf.constant(0), Settings(importance_samples=2))
    subject = Prospect(config, DataConfig())
    names = {score.name for score in SCORES if not unmet_need(score.needs, subject)}
    found = measure_images(names, batch)
    assert names <= found.keys() | {"mahalanobis", "nearest_neighbour"}
    codes = fit_gaussian(found.pop("mean").numpy()[:, : model.inferred_dim])
    for score in EXPORTED:
        try:
            exported = exported_score(score.name, subject)
        except InputError:
            continue
        scoring = Scoring(name=exported.name, codes=codes if exported is MAHALANOBIS else None)
        found[f"exported {score.name}"] = scoring.raw(model, batch.x, batch.given)
    assert ("exported reconstruction_error" in found) == config.generative
    for values in found.values():
        assert values.shape == (6,)
        assert np.isfinite(values).all()
