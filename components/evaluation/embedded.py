"""Images as a classifier of codes sees them."""

from typing import NamedTuple, cast

from vaeflow.components.evaluation.measuring.batch import posterior_means
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.examples import load_labels
from vaeflow.models.arrays import Codes, Labels


class Embedded(NamedTuple):
    """Posterior means [n, latent] and class labels [n], -1 where unknown."""

    mean: Codes
    labels: Labels

    def known(self) -> "Embedded":
        """Only the images whose class is known."""
        return Embedded(self.mean[self.labels >= 0], self.labels[self.labels >= 0])

    def first(self, dims: int) -> "Embedded":
        """Only the first dimensions of the posterior means."""
        return Embedded(self.mean[:, :dims], self.labels)


def labelled_sample(study: Study) -> Embedded:
    """The images of the sample whose class is known, by what was inferred from them."""
    return Embedded(study.codes, study.labels).known()


def labelled_training_images(study: Study) -> Embedded:
    """The first training images whose class is known, by their whole codes; to be called once in a study."""
    with study.encode("train", (posterior_means,), limit=study.settings.probe_images) as encoded:
        mean = encoded.whole("mean")
    labels = cast("Labels", load_labels(study.subject.examples, "train"))  # labels in one split are labels in all
    return Embedded(mean, labels[: len(mean)]).known()
