import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.evaluation.embedded import Embedded
from vaeflow.components.evaluation.figures.attributes import (
    MAX_CLASSES,
    PANEL_ROWS,
    STEPS,
    attribute_vector,
    attributes,
    most_frequent,
    move,
)
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.likelihoods.config import GaussianLikelihood
from vaeflow.models.networks.config import DenseNetwork

RANDOM = np.random.default_rng(0)


def embedded(count: int, classes: int, dim: int = 3) -> Embedded:
    return Embedded(RANDOM.normal(size=(count, dim)).astype(np.float32), np.arange(count) % classes)


def test_the_vector_is_the_mean_with_minus_the_mean_without():
    mean = np.array([[1, 0], [3, 0], [0, 5], [0, 7], [0, 9]], np.float32)
    vector = attribute_vector(Embedded(mean, np.array([1, 1, 0, 2, 2])), 1)
    np.testing.assert_array_equal(vector, [2, -7])


def test_a_linear_decoder_moves_the_image_by_the_difference_of_its_mean_images():
    """With x = Wz + b, adding the vector adds W(mean code with - mean code without)."""
    config = VAEConfig(
        latent_dim=3, network=DenseNetwork(hidden=()), likelihood=GaussianLikelihood(variance="fixed", stddev=0.1)
    )
    model = build(config, DataSpec(image_shape=(3, 2, 1)))
    train, test = embedded(20, 2), embedded(4, 2)
    moved = move(train, test)
    images = model.likelihood(tf.constant(moved.codes)).mean().numpy()
    decoded = model.likelihood(tf.constant(train.mean)).mean().numpy()
    for row, label in enumerate(moved.classes):
        difference = decoded[train.labels == label].mean(axis=0) - decoded[train.labels != label].mean(axis=0)
        unmoved = images[row][np.flatnonzero(STEPS == 0)[0]]
        for step, image in zip(STEPS, images[row], strict=True):
            np.testing.assert_allclose(image - unmoved, step * difference, atol=1e-5)


@pytest.mark.parametrize(("classes", "each"), [(2, 2), (5, 2), (6, 1), (12, 1), (40, 1)])
def test_every_class_has_rows_with_images_of_other_classes_and_never_unknown_ones(classes, each):
    test = embedded(60, classes)
    test.labels[::3] = -1
    moved = move(embedded(3 * classes, classes), test)
    assert moved.codes.shape == (classes * each, len(STEPS), 3)
    assert moved.classes == [label for label in range(classes) for _ in range(each)]
    for place, label in zip(moved.rows, moved.classes, strict=True):
        assert test.labels[place] not in (label, -1)
    zero = np.flatnonzero(STEPS == 0)[0]
    np.testing.assert_array_equal(moved.codes[:, zero], test.mean[moved.rows])


def test_there_is_nothing_to_move_without_two_classes_or_without_images():
    assert move(embedded(5, 1), embedded(5, 1)) is None
    assert move(embedded(0, 1), embedded(5, 2)) is None
    assert move(embedded(6, 2), Embedded(np.zeros((2, 3), np.float32), np.array([-1, -1]))) is None


def test_of_too_many_classes_the_most_frequent_are_shown():
    labels = np.repeat(np.arange(100), np.where(np.arange(100) % 2, 3, 1))
    assert most_frequent(labels) == list(range(1, 2 * MAX_CLASSES, 2))
    assert most_frequent(np.array([4, 2, 2])) == [2, 4]


@pytest.mark.parametrize(("rows", "panels"), [(10, 1), (PANEL_ROWS, 1), (26, 2), (MAX_CLASSES, 2)])
def test_many_rows_are_halved_between_two_panels_and_all_are_named(rows, panels):
    names = [f"class {row}" for row in range(rows)]
    images = np.zeros((rows, 4, 4, 1), np.float32)
    picture = attributes(images, np.tile(images[:, np.newaxis], (1, 2, 1, 1, 1)), names, ["0", "1"], 500, rows)
    axes = picture.figure.axes
    assert len(axes) == panels
    assert [tick.get_text() for axis in axes for tick in axis.get_yticklabels()] == names
    assert "most frequent" not in picture.caption


def test_the_caption_tells_that_classes_are_missing():
    images = np.zeros((2, 4, 4, 1), np.float32)
    caption = attributes(images, images[:, np.newaxis], ["a", "b"], ["0"], 500, 100).caption
    assert "Shown are the 2 most frequent of 100 classes." in caption
