"""What metrics and figures may need of the model, the images or the training. Importable without TensorFlow.

The only place in evaluate that asks a model what it can do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaeflow.components.evaluation.subject import Subject


@dataclass(frozen=True)
class Need:
    """A condition that what is evaluated meets or not.

    `title` completes "needs ..."; `otherwise` says why it is not met, with `{model}` for the model's name.
    """

    title: str
    met_by: Callable[["Subject"], bool]
    otherwise: str


def lack(needs: Iterable[Need], subject: "Subject") -> str:
    """The first need that is not met, as in "needs labels, and the test images have none"; empty if all are met."""
    for need in needs:
        if not need.met_by(subject):
            return f"needs {need.title}, {need.otherwise.format(model=subject.network.config.name)}"
    return ""


LABELS = Need("labels", lambda subject: subject.labelled, "and the test images have none")
FEW_LABELS = Need(
    "train.data.labels", lambda subject: subject.known_labels.labels is not None, "and training knew all labels"
)
SEVERAL_IMAGES = Need("several test images", lambda subject: subject.images > 1, "and there is only one")
A_BOUND = Need(
    "a bound on the likelihood",
    lambda subject: subject.network.bounds_likelihood,
    "and the model {model} has none",
)
A_CLASSIFIER = Need("a model that classifies", lambda subject: subject.network.classifies, "and this {model} does not")
A_CODEBOOK = Need(
    "a model with a codebook", lambda subject: subject.network.quantises, "and the model {model} has none"
)
A_PLANE = Need(
    "a code of two dimensions",
    lambda subject: subject.network.code_dim == 2,
    "and that of this {model} has another number",
)
NOISE_REMOVAL = Need(
    "a model that removes noise", lambda subject: subject.network.denoises, "and this {model} does not"
)
OWN_CLUSTERS = Need(
    "a model with clusters of its own", lambda subject: subject.network.clusters, "and this {model} has none"
)
