"""Models without any epoch: their initial weights, with what is fitted rather than trained."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from vaeflow.components.artifacts import Examples, FeatureNetwork
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.export import export
from vaeflow.components.publish import publish
from vaeflow.components.serving.config import ExportConfig, PublishConfig
from vaeflow.components.train import train
from vaeflow.components.training.compiling import compile_as_trained
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.fit import data_spec
from vaeflow.components.training.training_set import TrainingSplit
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build, load

SMALL = {"latent_dim": 3, "network": {"hidden": [16]}}


def config(**fields: object) -> TrainConfig:
    return TrainConfig.model_validate({"model": SMALL, "epochs": 0, "xla": False, "seed": 5} | fields)


def initial(config: TrainConfig, examples: Examples) -> LatentVariableModel:
    """A model as it is before the first step."""
    keras.utils.set_random_seed(config.seed)
    model = build(config.model, data_spec(examples))
    model.initialise(TrainingSplit(examples, config.seed))
    return model


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"schedule": "cosine"}, id="schedule"),
        pytest.param(
            {"model": SMALL | {"prior": {"name": "vamp", "components": 4}}}, id="vamp", marks=pytest.mark.full
        ),
        pytest.param({"objective": {"name": "factor_vae", "hidden": [8]}}, id="factor_vae", marks=pytest.mark.full),
    ],
)
def test_a_model_without_epochs_has_its_initial_weights(fields: dict, digits_examples: Examples, tmp_path: Path):
    untrained = train(config(**fields), digits_examples, output=tmp_path)
    assert untrained.properties == {"model": "vae", "best_epoch": 0}
    model = load(tmp_path / "model.keras")
    for one, other in zip(model.get_weights(), initial(config(**fields), digits_examples).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    history = json.loads((tmp_path / "history.json").read_text())
    assert (history["epochs"], history["best_epoch"]) == ([], 0)
    assert list((tmp_path / "logs" / "validation").glob("events.*"))
    compile_as_trained(model, tmp_path)
    assert model.compiled


@pytest.mark.full
def test_the_prior_of_an_untrained_autoencoder_is_fitted_after_its_pictures_in_every_call(
    digits_examples: Examples, tmp_path: Path
):
    untrained = config(model=SMALL | {"name": "autoencoder", "prior": {"name": "gaussian"}})
    for _ in range(2):
        train(untrained, digits_examples, output=tmp_path)
        model = load(tmp_path / "model.keras")
        images = TrainingSplit(digits_examples, 0).take(2_000).images
        codes = model.embed(images).numpy()
        np.testing.assert_allclose(model.prior().sample(20_000, seed=[0, 1]).numpy().mean(0), codes.mean(0), atol=0.1)
    logs = EventAccumulator(str(tmp_path / "logs" / "validation")).Reload()
    assert "samples_of_the_standard_normal" in logs.Tags()["tensors"]


@pytest.mark.full
def test_the_epochs_of_earlier_phases_remain(digits_examples: Examples, tmp_path: Path):
    model = SMALL | {"name": "vade", "clusters": 2, "pretrain_epochs": 1}
    pretrained = train(config(model=model, batch_size=400), digits_examples, output=tmp_path)
    assert pretrained.properties["best_epoch"] == 1
    means = load(tmp_path / "model.keras").prior().loc.numpy()
    assert not np.allclose(means, initial(config(model=model), digits_examples).prior().loc.numpy())


@pytest.mark.full
def test_an_untrained_model_is_evaluated_exported_and_published(
    digits_examples: Examples, digits_features: FeatureNetwork, tmp_path: Path
):
    folders = [tmp_path / name for name in ("model", "evaluation", "export", "publication", "published")]
    for folder in folders:
        folder.mkdir()
    model = train(config(), digits_examples, output=folders[0])
    settings = EvaluateConfig(importance_samples=2, clustering_seeds=1)
    evaluation = evaluate(settings, digits_examples, model, digits_features, output=folders[1])
    assert not (evaluation.path / "figures" / "loss_curves.png").exists()
    exported = export(ExportConfig(), model, evaluation, output=folders[2])
    publish(PublishConfig(to=folders[4]), exported, output=folders[3])
    assert (folders[4] / "vaeflow-decoder" / "1").is_dir()
