import math
from functools import partial

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components.evaluation.chance import agreement
from vaeflow.components.evaluation.metrics.clustering import kmeans

IMAGES, CLASSES = 48, 27
NAMES = {"kmeans_accuracy", "kmeans_nmi", "kmeans_ari"}
RANDOM = np.random.default_rng(0)
LABELS = np.concatenate([np.arange(CLASSES), RANDOM.integers(0, CLASSES, IMAGES - CLASSES)])
CENTRES = RANDOM.normal(size=(CLASSES, 8))
NOISE = RANDOM.normal(size=(IMAGES, 8))
agree = partial(agreement, kind="kmeans", seed=0)


def clusters_of(distance):
    """k-means clusters of codes whose classes are that far apart."""
    return kmeans((distance * CENTRES[LABELS] + NOISE).astype(np.float32), CLASSES, seed=0)


@pytest.fixture(scope="module")
def random_codes():
    return clusters_of(distance=0)


def test_random_codes_of_many_classes_score_high_and_no_better_than_chance(random_codes):
    scores = agree(LABELS, [random_codes])
    assert scores["kmeans_nmi"].mean > 0.75
    assert all(score.at_chance for score in scores.values())


def test_separated_classes_are_better_than_chance():
    scores = agree(LABELS, [clusters_of(distance=3)])
    assert not any(score.at_chance for score in scores.values())


@pytest.mark.parametrize(
    ("name", "oracle"), [("kmeans_nmi", normalized_mutual_info_score), ("kmeans_ari", adjusted_rand_score)]
)
def test_chance_is_the_score_of_permuted_labels(random_codes, name, oracle):
    random = np.random.default_rng(1)
    expected = [oracle(random.permutation(LABELS), random_codes) for _ in range(300)]
    chance = agree(LABELS, [random_codes])[name].chance
    assert chance.mean == pytest.approx(np.mean(expected), abs=4 * np.std(expected) / math.sqrt(200))
    assert chance.std == pytest.approx(np.std(expected), rel=0.2)


@pytest.mark.parametrize(
    ("name", "oracle"), [("kmeans_nmi", normalized_mutual_info_score), ("kmeans_ari", adjusted_rand_score)]
)
def test_the_deviation_is_that_of_bootstrap_samples_of_the_images(name, oracle):
    clusters, random = clusters_of(distance=1), np.random.default_rng(1)
    samples = [random.integers(0, IMAGES, IMAGES) for _ in range(300)]
    expected = np.std([oracle(LABELS[sample], clusters[sample]) for sample in samples])
    found = agree(LABELS, [clusters])[name]
    assert found.mean == pytest.approx(oracle(LABELS, clusters))
    assert found.std == pytest.approx(expected, rel=0.2)


def test_one_solution_found_five_times_is_as_uncertain_as_found_once(random_codes):
    once, often = agree(LABELS, [random_codes]), agree(LABELS, [random_codes] * 5)
    for name in NAMES:
        assert often[name].mean == pytest.approx(once[name].mean)
        assert often[name].std == pytest.approx(once[name].std, rel=0.2)


def test_solutions_that_differ_are_more_uncertain_than_each_of_them():
    solutions = [clusters_of(distance=0), clusters_of(distance=5)]
    deviations = [agree(LABELS, [solution])["kmeans_nmi"].std for solution in solutions]
    assert agree(LABELS, solutions)["kmeans_nmi"].std > max(deviations)


def test_images_of_unknown_class_are_left_out(random_codes):
    unknown = np.concatenate([LABELS, np.full(20, -1)])
    assert agree(unknown, [np.concatenate([random_codes, np.arange(20)])]) == agree(LABELS, [random_codes])


def test_without_a_known_label_there_is_no_agreement():
    scores = agree(np.array([-1, -1]), [np.array([0, 1])])
    assert scores.keys() == NAMES
    assert all(math.isnan(value) for score in scores.values() for value in (score.mean, score.std, score.chance.mean))
    assert not any(score.at_chance for score in scores.values())


@pytest.mark.parametrize(("labels", "clusters"), [([3], [0]), ([0, 0, 0], [0, 1, 0]), ([0, 1, 2], [0, 0, 0])])
def test_a_single_image_class_or_cluster_is_no_better_than_chance(labels, clusters):
    counts = contingency_matrix(labels, clusters)
    scores = agree(np.array(labels), [np.array(clusters)])
    assert all(score.at_chance for score in scores.values())
    assert scores["kmeans_accuracy"].chance.mean == pytest.approx(counts.max() / counts.sum())
