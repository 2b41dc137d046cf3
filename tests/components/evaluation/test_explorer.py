"""`explorer.npz`: what it says of the images agrees with the examples, the model and the other files."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import FeatureNetwork
from vaeflow.components.evaluation.assessment import begin
from vaeflow.components.evaluation.explorer import MAX_PIXEL_VALUES, save_explorer, thumbnail_size
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import read_subject
from vaeflow.components.images.examples import load_split
from vaeflow.models import building


@pytest.fixture(scope="module")
def explorer(toy_evaluation):
    with np.load(toy_evaluation.path / "explorer.npz") as archive:
        return dict(archive)


def test_it_has_the_images_as_the_model_sees_them(explorer, toy_subject):
    examples, model, _ = toy_subject
    split, network = load_split(examples, "test"), building.load(model.path / "model.keras")
    x = network.observe(split.images)
    assert explorer["ids"].tolist() == split.ids
    np.testing.assert_array_equal(explorer["labels"], split.labels)
    np.testing.assert_array_equal(explorer["thumbnails"], np.rint(255 * x.numpy()))
    np.testing.assert_allclose(explorer["mean"], network.embed(x), atol=1e-5)
    np.testing.assert_array_equal(explorer["centre"], np.zeros(2))


def test_its_terms_are_those_of_each_image(explorer, toy_evaluation):
    table = pq.read_table(toy_evaluation.path / "per_image.parquet").to_pydict()
    terms = [term["name"] for term in json.loads(str(explorer["about"]))["terms"]]
    assert {"elbo", "kl", "log_likelihood", "iw_log_likelihood", "psnr"} <= set(terms)
    for name in terms:
        np.testing.assert_allclose(explorer[f"terms/{name}"], table[name], rtol=1e-6)


def test_it_describes_model_and_sample(explorer):
    about = json.loads(str(explorer["about"]))
    assert about["source"] == "folder:<my> & 'yours'"
    assert (about["test_images"], about["seed"], about["image_shape"]) == (160, 0, [8, 8, 1])
    assert (about["code_dim"], about["class_dim"], about["layers"], about["continuous"]) == (2, 0, {}, True)
    assert about["classes"][3] == "<b>3</b>"


@pytest.mark.full
def test_projections_of_a_code_with_more_dimensions(digits_examples, trained, tmp_path):
    subject = read_subject(digits_examples, trained, FeatureNetwork(tmp_path))
    study = begin(Settings(sample=60, seed=3, skip=("iw_log_likelihood",)), subject, output=tmp_path)
    save_explorer(study, tmp_path)
    with np.load(tmp_path / "explorer.npz") as archive:
        arrays = dict(archive)
    codes = arrays["mean"]
    assert codes.shape == (60, 3)
    _, _, axes = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(arrays["pca/mean"], codes.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(np.abs(np.sum(arrays["pca/axes"] * axes[:2], axis=1)), 1, rtol=1e-4)
    assert arrays["points/tsne"].shape == (60, 2)
    split = load_split(digits_examples, "test")
    rows = [split.ids.index(identifier) for identifier in arrays["ids"]]
    assert rows == study.measured.sample.indices.tolist()
    np.testing.assert_array_equal(arrays["labels"], np.array(split.labels)[rows])
    x = subject.network.observe(tf.constant(split.images[rows]))
    np.testing.assert_allclose(codes, subject.network.embed(x), atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "count", "expected"),
    [((28, 28, 1), 10_000, (28, 28)), ((128, 64, 3), 100, (64, 32)), ((64, 64, 3), 10_000, (23, 23))],
)
def test_thumbnails_are_smaller_if_images_are_large_or_many(shape, count, expected):
    assert thumbnail_size(shape, count) == expected
    assert count * np.prod([*expected, shape[-1]]) <= MAX_PIXEL_VALUES
