"""Factors of variation on their way from the source to evaluate."""

import json

import numpy as np
import pytest
import tensorflow_datasets as tfds

from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.disentanglement import repetition
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.components.evaluation.needs import FACTORS
from vaeflow.components.images.examples import load_factors, load_split
from vaeflow.components.images.factors import Factor, read_factors
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.sprites_grid import SpritesGrid
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork

GRID = SpritesGrid(scales=2, orientations=1, columns=4, rows=5)
SIZES = {"orientation": 1, "scale": 2, "shape": 3, "x": 4, "y": 5}
OURS = [name for name, metric in METRICS.items() if FACTORS in metric.needs]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return ingest(IngestConfig(source="sprites", grid=GRID), output=tmp_path_factory.mktemp("sprites"))


@pytest.fixture(scope="module")
def examples(dataset, tmp_path_factory):
    return preprocess(PreprocessConfig(image_size=8), dataset, output=tmp_path_factory.mktemp("examples"))


def test_the_directory_of_ingest_names_factors_and_their_numbers_of_values(dataset):
    assert read_factors(dataset.path) == tuple(map(Factor, SIZES, SIZES.values()))
    features = tfds.builder_from_directory(dataset.path).info.features["factors"]
    assert {name: feature.num_classes for name, feature in features.items()} == SIZES


def test_tfds_reads_the_factors_of_each_image(dataset):
    images = tfds.builder_from_directory(dataset.path).as_dataset(split="unsplit")
    for example in tfds.as_numpy(images):
        order = [example["factors"][name] for name in ("shape", "scale", "orientation", "x", "y")]
        assert example["id"].decode() == f"sprites/{np.ravel_multi_index(order, (3, 2, 1, 4, 5)):07d}"


def test_preprocess_keeps_the_factors_of_each_image(examples):
    seen = 0
    for split in ("train", "validation", "test"):
        shape, x = (list(SIZES).index(name) for name in ("shape", "x"))
        factors, content = load_factors(examples, split), load_split(examples, split)
        assert factors[:, shape].tolist() == content.labels.tolist()
        for values, name in zip(factors, content.ids, strict=True):
            assert values[x] == np.unravel_index(int(name[-7:]), (3, 2, 1, 4, 5))[3]
        np.testing.assert_array_equal(load_factors(examples, split, 2), factors[:2])
        seen += len(factors)
    assert seen == GRID.num_images


@pytest.mark.full
def test_an_evaluation_measures_disentanglement_on_images_of_all_splits(
    examples, write_model, write_features, tmp_path, monkeypatch
):
    monkeypatch.setattr(repetition, "TRAIN", 500)
    monkeypatch.setattr(repetition, "TEST", 200)
    config = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(16,)))
    images = load_split(examples, "train").images
    model, features = write_model(tmp_path / "model", images, config), write_features(tmp_path / "features", images)
    others = {*METRICS, *FIGURES} - {*OURS, "mutual_information"}
    evaluate(EvaluateConfig(sample=60, skip=sorted(others)), examples, model, features, output=tmp_path)
    results = json.loads((tmp_path / "metrics.json").read_text())
    assert list(results["metrics"]) == OURS
    for value in results["metrics"].values():
        assert 0 <= value["mean"] <= 1
        assert value["std"] >= 0
    points = results["protocol"]["points"]
    assert 50 < points <= 60
    notes = [note for note in results["protocol"]["notes"] if f" {points} of 120 images of all splits" in note]
    assert len(notes) == 5
    assert "β-VAE score (Higgins et al. 2017)" in (tmp_path / "report.html").read_text()
    assert [file.stem for file in (tmp_path / "figures").iterdir()] == ["mutual_information"]
