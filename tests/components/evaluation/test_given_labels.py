"""Codes of conditional models are judged without the given label."""

from pathlib import Path

import numpy as np
import pytest

from vaeflow.components.artifacts import Examples, FeatureNetwork
from vaeflow.components.evaluation.anomalies.scores import SCORES
from vaeflow.components.evaluation.anomalous_images import anomalies_of
from vaeflow.components.evaluation.assessment import assess, begin
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.images.examples import load_split
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.fit import data_spec
from vaeflow.components.training.projector import write_embeddings
from vaeflow.models.building import build, load
from vaeflow.models.diagnostics import active
from vaeflow.models.registry import read_config

LATENT_DIM = 3


@pytest.mark.full
@pytest.mark.parametrize("name", ["cvae", "m2"])
def test_codes_are_judged_by_what_was_inferred_from_the_images(
    name: str, digits_examples: Examples, digits_features: FeatureNetwork, tmp_path: Path
):
    (tmp_path / "model").mkdir()
    fields = {"name": name, "latent_dim": LATENT_DIM, "network": {"hidden": [16]}, "hidden": [16]}
    config = TrainConfig.model_validate({"model": fields, "epochs": 1, "learning_rate": 3e-3, "xla": False})
    model = train(config, digits_examples, output=tmp_path / "model")
    test = load_split(digits_examples, "test")
    np.savez(tmp_path / "test.npz", images=test.images)
    settings = EvaluateConfig(importance_samples=2, clustering_seeds=1, anomalies=f"npz:{tmp_path / 'test.npz'}")
    with anomalies_of(settings, digits_examples, scratch=tmp_path, beam_args=()) as anomalies:
        subject = read_subject(digits_examples, model, digits_features, anomalies)
        metrics = assess(begin(settings, subject, output=tmp_path), ()).metrics
    for score in SCORES:
        if (metric := f"auroc_{score.name}") in metrics:
            assert metrics[metric].mean == pytest.approx(0.5, abs=0.05), score
    assert metrics["linear_probe_accuracy"].mean < 0.9
    trained = load(model.path / "model.keras")
    codes = trained.embed(trained.observe(test.images), trained.given(np.asarray(test.labels, np.int32))).numpy()
    inferred = codes[:, :LATENT_DIM] if name == "cvae" else codes
    assert metrics["active_units"] == active(inferred).sum()


def test_the_projector_shows_the_codes_of_images_whose_labels_are_not_known(digits_examples: Examples, tmp_path: Path):
    fields = {"name": "m2", "latent_dim": LATENT_DIM, "network": {"hidden": [16]}, "hidden": [16]}
    model, validation = (
        build(read_config(fields), data_spec(digits_examples)),
        load_split(digits_examples, "validation"),
    )
    write_embeddings(model, digits_examples, tmp_path)
    shown = np.loadtxt(tmp_path / "codes.tsv", delimiter="\t")
    np.testing.assert_allclose(shown, model.embed(model.observe(validation.images)), atol=1e-4)
