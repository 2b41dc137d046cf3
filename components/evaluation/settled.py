"""What an evaluation settles about the use of its model. Importable without TensorFlow."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.models.scoring import SCORE_FILE, Scoring, read_scoring

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel


class Settled(NamedTuple):
    """The anomaly score of the model, if it has one, and whether its classifier sees grey values."""

    scoring: Scoring | None = None
    classifies_grey: bool = False

    def apply(self, model: "LatentVariableModel") -> None:
        """Let the model score and classify like this."""
        model.scoring, model.classifies_grey = self


def read_settled(folder: Path) -> Settled:
    """Read what the evaluation in a folder settles. Raises `InputError` if its score is of another version."""
    protocol = json.loads((folder / "metrics.json").read_bytes())["protocol"]
    return Settled(read_scoring(folder / SCORE_FILE), protocol.get("classifies_grey", False))
