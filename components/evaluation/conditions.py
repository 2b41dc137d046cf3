"""Conditions of a measurement: what two numbers must share to be compared. Importable without TensorFlow.

Each metric names those that it depends on (`Metric.depends_on`). A k-means accuracy, for example, does not depend on
the likelihood, but the ELBO does: a density of grey pixels and a probability of black and white ones have no common
scale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vaeflow.components.evaluation.results import Protocol
    from vaeflow.models.model_config import ModelConfig

NOT_RECORDED = "not recorded"
SHORT_DIGEST = 8


class Circumstances(NamedTuple):
    """How the numbers of an evaluation were measured, as far as it is recorded.

    `digests` are those of the images of each split, `model` is the configuration of the model, and `binary` tells
    whether the stored pixels of the test images are black or white.
    """

    protocol: "Protocol"
    digests: Mapping[str, str] = {}
    model: "ModelConfig | None" = None
    binary: bool | None = None


@dataclass(frozen=True)
class Condition:
    """A condition: `of` identifies it, and `text` shows it to a reader, by default the same."""

    title: str
    of: Callable[[Circumstances], str]
    shown_as: Callable[[Circumstances], str] | None = None

    def text(self, circumstances: Circumstances) -> str:
        """The condition in words."""
        return (self.shown_as or self.of)(circumstances)


def _images(title: str, split: str) -> Condition:
    """The content of the images of a split, whatever their source is called."""

    def identity(circumstances: Circumstances) -> str:
        return circumstances.digests.get(split, f"{NOT_RECORDED}: {circumstances.protocol.dataset}")

    def shown(circumstances: Circumstances) -> str:
        digest = circumstances.digests.get(split)
        return f"{circumstances.protocol.dataset}, digest {digest[:SHORT_DIGEST] if digest else NOT_RECORDED}"

    return Condition(title, identity, shown)


def _observation(circumstances: Circumstances) -> str:
    """What the likelihood measures: a probability or a density, of which pixels."""
    from vaeflow.models.likelihoods.config import measures_density

    binary = circumstances.protocol.binarisation != "none" or circumstances.binary
    match measures_density(circumstances.protocol.likelihood), binary:
        case None, _:
            return f"{circumstances.protocol.likelihood} likelihood"
        case True, True:
            return "density of pixels in [0, 1], at black and white ones"
        case True, _:
            return "density of pixels in [0, 1]"
        case False, True:
            return "probability of black and white pixels"
        case False, False:
            return "cross-entropy of grey pixels, which is no likelihood"
        case _:
            return "cross-entropy of pixels that may be grey"


def _binarisation(circumstances: Circumstances) -> str:
    protocol = circumstances.protocol
    return "none" if protocol.binarisation == "none" else f"{protocol.binarisation}, seed {protocol.binarisation_seed}"


def _given(circumstances: Circumstances) -> str:
    match circumstances.model:
        case None:
            return NOT_RECORDED
        case model:
            return "the class of each image" if model.conditional else "nothing"


def _noise(circumstances: Circumstances) -> str:
    return NOT_RECORDED if circumstances.model is None else circumstances.model.noise or "none"


def _labels(circumstances: Circumstances) -> str:
    labels = circumstances.protocol.labels
    return "all" if labels is None else f"{labels:,}"


def _network(circumstances: Circumstances) -> str:
    features = circumstances.protocol.features
    return NOT_RECORDED if features is None else features.digest


def _network_in_words(circumstances: Circumstances) -> str:
    features = circumstances.protocol.features
    return NOT_RECORDED if features is None else f"{features.task}, digest {features.digest[:SHORT_DIGEST]}"


TEST_IMAGES = _images("test images", "test")
TRAINING_IMAGES = _images("training images", "train")
VALIDATION_IMAGES = _images("validation images", "validation")
OBSERVATION = Condition("likelihood", _observation)
BINARISATION = Condition("binarisation", _binarisation)
GIVEN = Condition("given", _given)
NOISE = Condition("noise", _noise)
IMPORTANCE_SAMPLES = Condition(
    "importance samples", lambda circumstances: f"{circumstances.protocol.importance_samples:,}"
)
SAMPLE = Condition("sample", lambda circumstances: f"{circumstances.protocol.sample:,} images")
SEED = Condition("evaluation seed", lambda circumstances: str(circumstances.protocol.seed))
CLUSTERS = Condition("clusters", lambda circumstances: str(circumstances.protocol.clusters))
CLUSTERING_SEEDS = Condition("clustering seeds", lambda circumstances: str(circumstances.protocol.clustering_seeds))
NEIGHBOURS = Condition("neighbours", lambda circumstances: str(circumstances.protocol.neighbours))
PROBE_IMAGES = Condition("probe images", lambda circumstances: f"{circumstances.protocol.probe_images:,}")
LABELS_IN_TRAINING = Condition("labels in training", _labels)
LABEL_DRAWS = Condition("label draws", lambda circumstances: str(circumstances.protocol.label_draws))
POINTS = Condition("points", lambda circumstances: f"{circumstances.protocol.points:,} images of all splits")
ANOMALOUS_IMAGES = Condition("anomalies", lambda circumstances: circumstances.protocol.anomalies or "none")
AUGMENTATION = Condition("augmentation", lambda circumstances: circumstances.protocol.augmentation or "none")
FEATURE_NETWORK = Condition("feature network", _network, _network_in_words)

CONDITIONS = (
    TEST_IMAGES,
    TRAINING_IMAGES,
    VALIDATION_IMAGES,
    OBSERVATION,
    BINARISATION,
    GIVEN,
    NOISE,
    IMPORTANCE_SAMPLES,
    SAMPLE,
    SEED,
    CLUSTERS,
    CLUSTERING_SEEDS,
    NEIGHBOURS,
    PROBE_IMAGES,
    LABELS_IN_TRAINING,
    LABEL_DRAWS,
    POINTS,
    ANOMALOUS_IMAGES,
    AUGMENTATION,
    FEATURE_NETWORK,
)
"""All conditions, in the order in which they are shown."""

OF_EVERY_METRIC = (TEST_IMAGES,)
OF_THE_SAMPLE = (SAMPLE, SEED)
OF_ALL_SPLITS = (TRAINING_IMAGES, VALIDATION_IMAGES, POINTS, SEED)
