"""The anomaly score of a trained model: a number that says how unlike the training images an image is."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.distances import Gaussian
from vaeflow.models.errors import InputError

if TYPE_CHECKING:
    import tensorflow as tf

SCORE_FILE = "score.json"
"""The file of a `Scoring`, in an evaluation and in the assets of exported models."""
ScoreName = Literal["reconstruction_error", "mahalanobis"]
"""The scores that are functions of the image and the model alone, without random numbers."""


class Scored(Protocol):
    """What a score needs of a model."""

    @property
    def inferred_dim(self) -> int:
        """Number of leading code dimensions that are inferred from the image."""

    def embed(self, x: "tf.Tensor", labels: "tf.Tensor | None" = None) -> "tf.Tensor":
        """The posterior mean, [batch, code]."""

    def errors(self, x: "tf.Tensor", labels: "tf.Tensor | None" = None) -> "tf.Tensor":
        """Squared error of the reconstruction at each place, [batch, h, w]."""


class Scoring(Config):
    """A score, and the threshold above which an image is an anomaly, as measured on normal validation images.

    `codes` is needed for Mahalanobis distances. `quantiles` are those of the normalised scores of the validation
    images, from the smallest to the largest in equal steps.
    """

    name: ScoreName = "reconstruction_error"
    threshold: float = Field(1, gt=0)
    codes: Gaussian | None = None
    quantiles: tuple[float, ...] = ()

    def raw(self, model: "Scored", x: "tf.Tensor", labels: "tf.Tensor | None") -> "tf.Tensor":
        """The score itself, [batch], from 0: the mean squared error of the reconstruction, or a distance of codes."""
        import tensorflow as tf

        if self.codes is not None:
            return self.codes.distance(model.embed(x, labels)[:, : model.inferred_dim])
        return tf.reduce_mean(model.errors(x, labels), axis=(1, 2))

    def normalised(self, raw: "tf.Tensor") -> "tf.Tensor":
        """Scores in [0, 1], of which 0.5 is the threshold, in the same order: logistic in log(raw / threshold).

        Images that are far stranger than the validation images thus keep their order. A logistic function of the raw
        score itself would be 1 for all of them in float32.
        """
        return 1 - self.threshold / (raw + self.threshold)


def read_scoring(file: Path) -> Scoring | None:
    """The scoring in a file, if it exists. Raises `InputError` if it cannot be read."""
    if not file.is_file():
        return None
    try:
        return Scoring.model_validate_json(file.read_bytes())
    except ValueError:
        raise InputError(
            f"{file}: cannot be read: it is damaged, or of another version; run the recipe of its run again"
        ) from None
