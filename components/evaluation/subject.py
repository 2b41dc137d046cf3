"""What is evaluated: a trained model and the test split, checked before any work is done on them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.verdict import Requirement
from vaeflow.components.images.examples import Split, Transform, label_names, load_split, read_transform
from vaeflow.models import registry
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError

MODEL_FILE = "model.keras"


class Subject(NamedTuple):
    """The two artifacts, the loaded model, and the test split: with labels where at least one image has a known one."""

    examples: Examples
    model: Model
    network: LatentVariableModel
    transform: Transform
    test: Split
    label_names: Sequence[str]

    @property
    def model_file(self) -> Path:
        """The file that holds the model."""
        return self.model.path / MODEL_FILE

    def read_json(self, name: str) -> dict[str, Any]:
        """What train left beside the model: `config.json` or `history.json`."""
        content: dict[str, Any] = json.loads((self.model.path / name).read_bytes())
        return content


def read_subject(examples: Examples, model: Model, requirements: Iterable[Requirement]) -> Subject:
    """Load both. Raises `InputError` for an empty test split, images of another shape, a requirement without labels."""
    transform = read_transform(examples)
    test = _without_unknown_labels(load_split(examples, "test"))
    _check_test_split(test, requirements)
    network = registry.load(model.path / MODEL_FILE)
    if network.image_shape != transform.image_shape:
        raise InputError(
            f"The model was made for images {network.image_shape}, the examples are {transform.image_shape}."
        )
    return Subject(examples, model, network, transform, test, label_names(examples) or ())


def _without_unknown_labels(split: Split) -> Split:
    known = split.labels is not None and (split.labels >= 0).any()
    return split if known else split._replace(labels=None)


def _check_test_split(test: Split, requirements: Iterable[Requirement]) -> None:
    if len(test.images) == 0:
        raise InputError("preprocess.test_fraction: the test split is empty, there is nothing to evaluate.")
    for requirement in requirements:
        if test.labels is None and METRICS[requirement.metric].needs_labels:
            raise InputError(
                f"evaluate.require: {requirement.metric} needs labels, and the test images have none. "
                f"Without labels there are: {', '.join(name for name in METRICS if not METRICS[name].needs_labels)}."
            )
