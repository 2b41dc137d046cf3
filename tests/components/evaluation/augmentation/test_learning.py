"""Augmentation with a generator that knows everything, and with one that knows nothing of the classes."""

import numpy as np
import pytest

from vaeflow.components.evaluation.augmentation.learning import Generator, Learner, Right, trained_on_each
from vaeflow.components.evaluation.metrics.augmentation import BOTH, GAIN, GENERATED, REAL, summarised
from vaeflow.models.config import DataSpec
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.training.data import Labelled

SHAPE, CLASSES, STEPS = (6, 6, 1), 3, 60
DATA = DataSpec(image_shape=SHAPE, num_classes=CLASSES)
NETWORK = DenseNetwork(hidden=(16,))
MEANS = np.random.default_rng(0).integers(75, 181, (CLASSES, *SHAPE))


def drawn(count: int, seed: int) -> Labelled:
    """Images of a class differ from its mean by far more than the means of two classes do from each other."""
    labels = np.arange(count) % CLASSES
    noise = np.random.default_rng(seed).normal(0, 60, (count, *SHAPE))
    return Labelled(np.clip(MEANS[labels] + noise, 0, 255).astype(np.uint8), labels)


def perfect(seed: int) -> Labelled:
    return drawn(600, 100 + seed)


def useless(seed: int) -> Labelled:
    """Images of any class, whatever class is asked for."""
    images, labels = perfect(seed)
    return Labelled(images, np.random.default_rng(seed).permutation(labels))


@pytest.fixture(scope="module")
def tried() -> dict[str, list[Right]]:
    """The results of one seed, by generator."""
    real, test = drawn(9, 1), drawn(900, 2)
    generators: dict[str, Generator] = {"perfect": perfect, "useless": useless}
    return {
        name: [trained_on_each(NETWORK, DATA, real, generator, test, steps=STEPS, seed=0)]
        for name, generator in generators.items()
    }


@pytest.mark.full
def test_a_perfect_generator_helps(tried: dict[str, list[Right]]):
    found = summarised(tried["perfect"])
    assert found[GAIN.name].mean > 4 * found[GAIN.name].std
    assert found[GENERATED.name].mean > found[REAL.name].mean + 4 * found[REAL.name].std


@pytest.mark.full
def test_a_useless_one_does_not_and_alone_is_no_better_than_chance(tried: dict[str, list[Right]]):
    found = summarised(tried["useless"])
    assert found[GAIN.name].mean < found[GAIN.name].std
    assert found[GENERATED.name].mean == pytest.approx(100 / CLASSES, abs=12)
    assert found[REAL.name].mean > 100 / CLASSES + 4 * found[REAL.name].std


@pytest.mark.full
def test_real_images_alone_do_not_depend_on_the_generator(tried: dict[str, list[Right]]):
    for one, other in zip(tried["perfect"], tried["useless"], strict=True):
        np.testing.assert_array_equal(one.real, other.real)
        assert not np.array_equal(one.both, other.both)


@pytest.mark.full
def test_each_training_starts_from_the_same_weights():
    learner, real, test = Learner(NETWORK, DATA, steps=20, seed=3), drawn(9, 1), drawn(50, 2)
    first = learner.right(real, test=test)
    learner.right(perfect(0), test=test)
    np.testing.assert_array_equal(learner.right(real, test=test), first)


def test_the_gain_is_paired_and_its_deviation_that_of_differences_and_seeds():
    rng = np.random.default_rng(0)
    runs = [Right(*(rng.random((3, 40)) < share)) for share in (0.5, 0.7)]
    found, differences = summarised(runs), [100.0 * run.both - 100.0 * run.real for run in runs]
    assert found[GAIN.name].mean == pytest.approx(found[BOTH.name].mean - found[REAL.name].mean)
    within, between = np.mean([each.var() / 40 for each in differences]), np.var([each.mean() for each in differences])
    assert found[GAIN.name].std == pytest.approx(np.sqrt(within + between))
