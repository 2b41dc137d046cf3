"""What is evaluated: a trained model and the examples, checked before any work is done on them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.config import Transform
from vaeflow.components.images.examples import label_names, load_labels, num_examples, read_transform
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

MODEL_FILE = "model.keras"


class Subject(NamedTuple):
    """The two artifacts, the loaded model, and what is known about the test split: `images` is their number.

    The split is `labelled` if the class of at least one image is known.
    """

    examples: Examples
    model: Model
    network: LatentVariableModel
    transform: Transform
    images: int
    labelled: bool
    label_names: Sequence[str]

    @property
    def model_file(self) -> Path:
        """The file that holds the model."""
        return self.model.path / MODEL_FILE

    @property
    def known_labels(self) -> DataConfig:
        """Which labels of the training split training knew."""
        return DataConfig.model_validate(self.read_json("config.json").get("data", {}))

    def read_json(self, name: str) -> dict[str, Any]:
        """What train left beside the model: `config.json` or `history.json`."""
        content: dict[str, Any] = json.loads((self.model.path / name).read_bytes())
        return content


def read_subject(examples: Examples, model: Model) -> Subject:
    """Load the model and describe the split. Raises `InputError` for an empty one or images of another shape."""
    transform = read_transform(examples)
    images = num_examples(examples, "test")
    if images == 0:
        raise InputError("preprocess.test_fraction: the test split is empty, there is nothing to evaluate.")
    labels = load_labels(examples, "test")
    labelled = labels is not None and bool((labels >= 0).any())
    network = building.load(model.path / MODEL_FILE)
    if network.image_shape != transform.image_shape:
        raise InputError(
            f"The model was made for images {network.image_shape}, the examples are {transform.image_shape}."
        )
    return Subject(examples, model, network, transform, images, labelled, label_names(examples) or ())
