"""The conditions under which metrics are measured."""

import pytest

from tests import protocols
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.conditions import (
    CONDITIONS,
    FEATURE_NETWORK,
    OBSERVATION,
    TEST_IMAGES,
    Circumstances,
)
from vaeflow.components.evaluation.metrics import anomalies, augmentation
from vaeflow.components.evaluation.protocol import IN_FEATURES
from vaeflow.components.feature_learning.record import FeatureRecord
from vaeflow.components.images.splits import SPLITS
from vaeflow.models.family.autoencoder.config import AutoencoderConfig, GaussianCorruption
from vaeflow.models.family.cvae.config import CVAEConfig
from vaeflow.models.family.vae.config import VAEConfig

PROTOCOL = protocols.PROTOCOL.model_copy(
    update={"features": FeatureRecord(task="classes", features=64, digest="1" * 64)}
)
HERE = Circumstances(PROTOCOL, dict.fromkeys(SPLITS, "aa"), VAEConfig(), binary=False)
BOUNDS = {"elbo", "bits_per_dim", "iw_log_likelihood"}
RECONSTRUCTED = {"log_likelihood", "psnr", "ssim", "detail_correlation"}
DENOISED = {"noisy_psnr", "denoised_psnr", "noisy_ssim", "denoised_ssim"}
IMAGE_MEASURES = ("kid", "frechet", "precision", "recall", "density", "coverage")
KMEANS = {"kmeans_accuracy", "kmeans_nmi", "kmeans_ari", "silhouette"}
DISENTANGLED = {name for name, metric in METRICS.items() if metric.origin == "a sample of all splits"}
SAMPLED = {name for name, metric in METRICS.items() if metric.origin == "the sample"}
REMADE = {f"{measure}_reconstructed" for measure in IMAGE_MEASURES}
OF_TRAINING = {f"{measure}_training_images" for measure in IMAGE_MEASURES}
FEATURED = {metric.name for family in IN_FEATURES for metric in family.metrics}
SEEN = {name for name in METRICS if name.startswith(("sharpness_", "near_"))}
AUGMENTED = {metric.name for metric in augmentation.FAMILY.metrics}
DETECTION = {metric.name for metric in anomalies.FAMILY.metrics}


def told_apart(other):
    """The metrics that are not compared between two circumstances."""
    return {
        name for name, metric in METRICS.items() if any(each.of(HERE) != each.of(other) for each in metric.conditions)
    }


def with_protocol(**fields):
    return HERE._replace(protocol=PROTOCOL.model_copy(update=fields))


def with_digest(split):
    return HERE._replace(digests={**HERE.digests, split: "bb"})


@pytest.mark.parametrize(
    ("other", "metrics"),
    [
        (with_digest("test"), set(METRICS)),
        (
            with_digest("train"),
            DISENTANGLED
            | OF_TRAINING
            | DETECTION
            | AUGMENTED
            | {name for name in METRICS if name.endswith(("_error", "_accuracy"))},
        ),
        (with_digest("validation"), DISENTANGLED),
        (with_protocol(dataset="the same images by another path"), set()),
        (with_protocol(likelihood="gaussian"), BOUNDS | {"log_likelihood"}),
        (
            with_protocol(binarisation="static"),
            BOUNDS | {"kl"} | RECONSTRUCTED | DENOISED | SEEN | REMADE | DETECTION | AUGMENTED,
        ),
        (
            with_protocol(binarisation_seed=1),
            BOUNDS | {"kl"} | RECONSTRUCTED | DENOISED | SEEN | REMADE | DETECTION | AUGMENTED,
        ),
        (with_protocol(importance_samples=5_000), {"iw_log_likelihood"}),
        (with_protocol(sample=3), SAMPLED),
        (with_protocol(seed=1), SAMPLED | DISENTANGLED),
        (with_protocol(clusters=3), KMEANS),
        (with_protocol(clustering_seeds=3), KMEANS),
        (with_protocol(neighbours=3), {"knn_accuracy", "class_overlap"}),
        (with_protocol(probe_images=3), {"knn_accuracy", "linear_probe_accuracy"}),
        (with_protocol(labels=100), {"classification_error", "logistic_error", "svm_error"} | AUGMENTED),
        (with_protocol(label_seed=1), set()),
        (with_protocol(label_draws=3), {"logistic_error", "svm_error"}),
        (with_protocol(points=3), DISENTANGLED),
        (with_protocol(anomalies="other images"), DETECTION),
        (with_protocol(augmentation="more images"), AUGMENTED),
        (with_protocol(features=FeatureRecord(task="classes", features=64, digest="12" * 32)), FEATURED),
        (HERE._replace(model=CVAEConfig()), BOUNDS | {"kl"} | RECONSTRUCTED | REMADE),
        (HERE._replace(model=VAEConfig(latent_dim=2)), set()),
    ],
)
def test_metrics_are_told_apart_by_the_conditions_that_they_depend_on_alone(other, metrics):
    if other.digests["train"] == "bb":
        metrics = metrics - {"classification_error", "kmeans_accuracy", "cluster_accuracy"}
    assert told_apart(other) == metrics


def test_noise_of_another_strength_is_another_condition():
    noisy = [AutoencoderConfig(corruption=GaussianCorruption(name="gaussian", stddev=stddev)) for stddev in (0.1, 0.5)]
    one, other = (HERE._replace(model=model) for model in noisy)
    differing = {
        name for name, metric in METRICS.items() if any(each.of(one) != each.of(other) for each in metric.conditions)
    }
    assert differing == DENOISED
    assert noisy[1].noise == "gaussian, stddev 0.5"
    assert AutoencoderConfig().noise == ""


@pytest.mark.parametrize(
    ("likelihood", "binarisation", "binary", "observed"),
    [
        ("bernoulli", "dynamic", False, "probability of black and white pixels"),
        ("bernoulli", "none", True, "probability of black and white pixels"),
        ("bernoulli", "none", False, "cross-entropy of grey pixels, which is no likelihood"),
        ("bernoulli", "none", None, "cross-entropy of pixels that may be grey"),
        ("gaussian", "none", False, "density of pixels in [0, 1]"),
        ("continuous_bernoulli", "none", None, "density of pixels in [0, 1]"),
        ("gaussian", "static", False, "density of pixels in [0, 1], at black and white ones"),
        ("of a later version", "none", False, "of a later version likelihood"),
    ],
)
def test_what_a_likelihood_measures_follows_from_its_name_and_the_pixels(likelihood, binarisation, binary, observed):
    circumstances = with_protocol(likelihood=likelihood, binarisation=binarisation)._replace(binary=binary)
    assert OBSERVATION.of(circumstances) == observed


def test_a_feature_network_is_shown_by_its_task_and_the_beginning_of_its_digest():
    assert FEATURE_NETWORK.text(HERE) == "classes, digest 11111111"
    assert FEATURE_NETWORK.text(with_protocol(features=None)) == "not recorded"


def test_images_without_a_digest_are_known_by_their_source_alone():
    here, other = (Circumstances(PROTOCOL.model_copy(update={"dataset": name})) for name in ("toy", "other"))
    assert TEST_IMAGES.of(here) != TEST_IMAGES.of(other)
    assert TEST_IMAGES.of(here) != TEST_IMAGES.of(HERE)
    assert TEST_IMAGES.text(here) == "toy, digest not recorded"


def test_conditions_are_a_closed_set_in_which_every_one_is_used():
    assert {condition for metric in METRICS.values() for condition in metric.conditions} == set(CONDITIONS)
    assert len({condition.title for condition in CONDITIONS}) == len(CONDITIONS)
