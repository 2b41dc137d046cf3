"""The subject of an evaluation: a trained model and the examples, checked before any work starts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.artifacts import Examples, FeatureNetwork, Model
from vaeflow.components.evaluation.anomalous_images import Anomalies
from vaeflow.components.images.config import Transform
from vaeflow.components.images.examples import label_names, load_labels, num_examples, read_transform
from vaeflow.components.images.factors import Factor, read_factors
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError
from vaeflow.models.model_config import ModelConfig

MODEL_FILE = "model.keras"


class Subject(NamedTuple):
    """The three artifacts, the loaded model, and properties of the test split.

    `images` is the number of test images. The split is `labelled` if the class of at least one image is known.
    """

    examples: Examples
    model: Model
    features: FeatureNetwork
    network: LatentVariableModel
    transform: Transform
    images: int
    labelled: bool
    label_names: Sequence[str]
    factors: Sequence[Factor] = ()
    anomalies: Anomalies | None = None

    @property
    def has_anomalies(self) -> bool:
        """Whether there are anomalies to tell from the test images."""
        return self.anomalies is not None

    @property
    def anomalous_examples(self) -> Examples:
        """The examples that have the anomalies, if there are any."""
        return self.anomalies.examples if self.anomalies else self.examples

    @property
    def model_file(self) -> Path:
        """The file of the model."""
        return self.model.path / MODEL_FILE

    @property
    def config(self) -> ModelConfig:
        """The configuration of the model."""
        return self.network.config

    @property
    def code_dim(self) -> int:
        """Size of the model's code vector."""
        return self.network.code_dim

    @property
    def inferred_dim(self) -> int:
        """Number of code dimensions that are inferred from the image."""
        return self.network.inferred_dim

    @property
    def known_labels(self) -> DataConfig:
        """The configuration of the labels that training used."""
        return DataConfig.model_validate(self.read_json("config.json").get("data", {}))

    def read_json(self, name: str) -> dict[str, Any]:
        """The content of a JSON file of train, `config.json` or `history.json`."""
        content: dict[str, Any] = json.loads((self.model.path / name).read_bytes())
        return content


def read_subject(
    examples: Examples, model: Model, features: FeatureNetwork, anomalies: Anomalies | None = None
) -> Subject:
    """Load the model and describe the test split.

    Raises `InputError` if the split is empty, or if its images do not have the shape that the model expects.
    """
    transform = read_transform(examples)
    images = num_examples(examples, "test")
    if images == 0:
        raise InputError("preprocess.test_fraction: expected images in the test split to evaluate, got none")
    labels = load_labels(examples, "test")
    labelled = labels is not None and bool((labels >= 0).any())
    network = building.load(model.path / MODEL_FILE)
    if network.image_shape != transform.image_shape:
        raise InputError(
            f"{examples.path}: expected images of shape {network.image_shape} as in training, "
            f"got {transform.image_shape}"
        )
    names, factors = label_names(examples) or (), read_factors(examples.path)
    return Subject(examples, model, features, network, transform, images, labelled, names, factors, anomalies)
