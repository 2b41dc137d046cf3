"""Posterior means with class labels, as classifiers of codes use them."""

from typing import NamedTuple, cast

from vaeflow.components.evaluation.measuring.batch import posterior_draws, posterior_means
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.examples import load_labels
from vaeflow.models.arrays import Codes, Labels


class Embedded(NamedTuple):
    """Posterior means [n, latent] and class labels [n], -1 where unknown."""

    mean: Codes
    labels: Labels

    def known(self) -> "Embedded":
        """The images whose class is known."""
        return Embedded(self.mean[self.labels >= 0], self.labels[self.labels >= 0])

    def first(self, dims: int) -> "Embedded":
        """The first `dims` dimensions of the posterior means."""
        return Embedded(self.mean[:, :dims], self.labels)


def labelled_sample(study: Study) -> Embedded:
    """The images of the sample whose class is known, with the inferred part of their codes."""
    return Embedded(study.codes, study.labels).known()


class TrainingCodes(NamedTuple):
    """Posterior means of training images, and a code drawn from the posterior of each, both [n, code]."""

    mean: Codes
    draw: Codes


def training_codes(study: Study) -> TrainingCodes:
    """The codes of the first training images; call through `Study.once`."""
    with study.encode("train", (posterior_means, posterior_draws), limit=study.settings.probe_images) as encoded:
        return TrainingCodes(encoded.whole("mean"), encoded.whole("draw"))


def labelled_training_images(study: Study) -> Embedded:
    """The first training images whose class is known, with their whole codes; call through `Study.once`."""
    mean = study.once(training_codes).mean
    labels = load_labels(study.subject.examples, "train", len(mean))
    return Embedded(mean, cast("Labels", labels)).known()  # either all splits have labels or none
