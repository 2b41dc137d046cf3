"""What metrics and figures need of the model, the images or the training. Importable without TensorFlow.

This is the only module of evaluate that asks for a model's capabilities.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vaeflow.components.images.factors import Factor

if TYPE_CHECKING:
    from vaeflow.components.training.data_config import DataConfig
    from vaeflow.models.model_config import ModelConfig


class Known(Protocol):
    """What is known of a model and the images that evaluate it."""

    @property
    def config(self) -> "ModelConfig":
        """The configuration of the model."""

    @property
    def known_labels(self) -> "DataConfig":
        """The configuration of the labels that training uses."""

    @property
    def labelled(self) -> bool:
        """Whether the class of at least one test image is known."""

    @property
    def factors(self) -> "Sequence[Factor]":
        """The factors that generated the images, as far as they are known."""

    @property
    def has_anomalies(self) -> bool:
        """Whether there are images that are not like those of training, to tell from the test images."""

    @property
    def images(self) -> int:
        """Number of test images."""

    @property
    def code_dim(self) -> int | None:
        """Size of the code vector; None if it is not known yet."""

    @property
    def inferred_dim(self) -> int | None:
        """Number of code dimensions that are inferred from the image; None if it is not known yet."""


MIN_FACTORS = 2
"""Number of factors with several values without which nothing can be told apart."""
ANY_FACTORS = (Factor("any", 2),) * MIN_FACTORS
"""Stands for factors that are not known yet."""


class Prospect(NamedTuple):
    """What a recipe says before any work. What it leaves open is assumed to be as metrics and figures need it."""

    config: "ModelConfig"
    known_labels: "DataConfig"
    labelled: bool = True
    factors: "Sequence[Factor]" = ANY_FACTORS
    has_anomalies: bool = True
    images: int = sys.maxsize
    code_dim: int | None = None
    inferred_dim: int | None = None


@dataclass(frozen=True)
class Need:
    """A condition on the subject of an evaluation.

    `title` completes "needs ..."; `otherwise` says why the condition is not met, with `{model}` for the model's name.
    """

    title: str
    met_by: Callable[[Known], bool]
    otherwise: str


def unmet_need(needs: Iterable[Need], subject: Known) -> str:
    """The first need that is not met, such as "needs labels, and the test images have none"; empty if all are met."""
    for need in needs:
        if not need.met_by(subject):
            return f"needs {need.title}, {need.otherwise.format(model=subject.config.name)}"
    return ""


LABELS = Need("labels", lambda subject: subject.labelled, "and the test images have none")
FEW_LABELS = Need(
    "train.data.labels", lambda subject: subject.known_labels.labels is not None, "and training knew all labels"
)
FACTORS = Need(
    "known factors of variation",
    lambda subject: sum(factor.size > 1 for factor in subject.factors) >= MIN_FACTORS,
    f"and at least {MIN_FACTORS} are not known of these images",
)
ANOMALIES = Need(
    "preprocess.normal or evaluate.anomalies",
    lambda subject: subject.has_anomalies,
    "and no images are said to be anomalies",
)
SEVERAL_IMAGES = Need("several test images", lambda subject: subject.images > 1, "and there is only one")
GENERATIVE = Need(
    "a generative model", lambda subject: subject.config.generative, "and the model {model} has no decoder"
)
A_BOUND = Need(
    "a bound on the likelihood",
    lambda subject: subject.config.bounds_likelihood,
    "and the model {model} has none",
)
A_CLASSIFIER = Need("a model that classifies", lambda subject: subject.config.classifies, "and this {model} does not")
GIVEN_CLASSES = Need(
    "a model that is given the class of each image",
    lambda subject: subject.config.conditional,
    "and this {model} is not",
)
A_CODEBOOK = Need("a model with a codebook", lambda subject: subject.config.quantises, "and the model {model} has none")
A_DIAGONAL_POSTERIOR = Need(
    "one layer of codes with a diagonal normal posterior",
    lambda subject: subject.config.optimisable_posterior,
    "and that of this {model} is another",
)
REAL_CODES = Need(
    "codes of real numbers alone",
    lambda subject: subject.config.continuous and not subject.config.codes_class,
    "and classes or symbols are part of the code of this {model}",
)
A_PRIOR_OF_ITS_OWN = Need(
    "a trained prior",
    lambda subject: not (subject.config.standard_normal_prior or subject.config.fits_prior),
    "and that of this {model} is N(0, I), or fitted after training",
)
A_PRIOR_IN_TRAINING = Need(
    "a prior that the model is trained with",
    lambda subject: not subject.config.fits_prior,
    "and that of this {model} is fitted after training",
)
SEVERAL_DIMENSIONS = Need(
    "several latent dimensions", lambda subject: subject.code_dim != 1, "and this {model} has only one"
)
TWO_DIMENSIONS = Need(
    "a two-dimensional code",
    lambda subject: subject.code_dim in (2, None),
    "and the code of this {model} has another number of dimensions",
)
ONE_INFERRED = Need(
    "a code with one dimension inferred from the image",
    lambda subject: subject.inferred_dim in (1, None),
    "and the code of this {model} has more",
)
TWO_INFERRED = Need(
    "a code with two dimensions inferred from the image",
    lambda subject: subject.inferred_dim in (2, None),
    "and the code of this {model} has another number",
)
MORE_INFERRED = Need(
    "a code with more than two dimensions inferred from the image",
    lambda subject: subject.inferred_dim is None or subject.inferred_dim > 2,
    "and the code of this {model} has at most two",
)
CONTINUOUS_CODES = Need(
    "codes of real numbers", lambda subject: subject.config.continuous, "and those of the model {model} are discrete"
)
NOISE_REMOVAL = Need("a model that removes noise", lambda subject: subject.config.denoises, "and this {model} does not")
OWN_CLUSTERS = Need(
    "a model with clusters of its own", lambda subject: subject.config.has_clusters, "and this {model} has none"
)
PIXEL_LIKELIHOOD = Need(
    "training by the likelihood of pixels",
    lambda subject: subject.config.fits_pixels,
    "and the model {model} is trained by features",
)
A_KL_TERM = Need(
    "a KL term between code and prior",
    lambda subject: subject.config.has_kl and not subject.config.quantises,
    "and the model {model} has none",
)
A_LEARNED_VARIANCE = Need(
    "a learned variance of the pixels",
    lambda subject: getattr(getattr(subject.config, "likelihood", None), "variance", "fixed") != "fixed",
    "and this {model} has none",
)
A_MIXTURE = Need(
    "a mixture as its prior", lambda subject: subject.config.prior_components is not None, "and this {model} has none"
)
