"""What is evaluated: a trained model and the test split, checked before any work is done on them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.evaluation.catalogue import METRICS, Metric
from vaeflow.components.evaluation.verdict import Requirement
from vaeflow.components.images.examples import Split, Transform, label_names, load_split, read_transform
from vaeflow.components.training.data_config import DataConfig
from vaeflow.models import building
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

    @property
    def known_labels(self) -> DataConfig:
        """Which labels of the training split training knew."""
        return DataConfig.model_validate(self.read_json("config.json").get("data", {}))

    def read_json(self, name: str) -> dict[str, Any]:
        """What train left beside the model: `config.json` or `history.json`."""
        content: dict[str, Any] = json.loads((self.model.path / name).read_bytes())
        return content


def read_subject(examples: Examples, model: Model, requirements: Iterable[Requirement]) -> Subject:
    """Load both. Raises `InputError` for an empty test split, images of another shape, a metric that cannot be had."""
    transform = read_transform(examples)
    test = _without_unknown_labels(load_split(examples, "test"))
    if len(test.images) == 0:
        raise InputError("preprocess.test_fraction: the test split is empty, there is nothing to evaluate.")
    network = building.load(model.path / MODEL_FILE)
    subject = Subject(examples, model, network, transform, test, label_names(examples) or ())
    _check_requirements(requirements, subject)
    if network.image_shape != transform.image_shape:
        raise InputError(
            f"The model was made for images {network.image_shape}, the examples are {transform.image_shape}."
        )
    return subject


def _without_unknown_labels(split: Split) -> Split:
    known = split.labels is not None and (split.labels >= 0).any()
    return split if known else split._replace(labels=None)


def _check_requirements(requirements: Iterable[Requirement], subject: Subject) -> None:
    missing = {name: reason for name, metric in METRICS.items() if (reason := _lack(metric, subject))}
    for requirement in requirements:
        if requirement.metric in missing:
            raise InputError(
                f"evaluate.require: {requirement.metric} {missing[requirement.metric]}. "
                f"Here there are: {', '.join(name for name in METRICS if name not in missing)}."
            )


def _lack(metric: Metric, subject: Subject) -> str:
    """Why this metric is not measured here; empty where it is."""
    test, network = subject.test, subject.network
    if metric.needs_labels and test.labels is None:
        return "needs labels, and the test images have none"
    if metric.needs_classifier and not network.classifies:
        return f"needs a model that classifies, and this {network.config.name} does not"
    if metric.needs_few_labels and subject.known_labels.labels is None:
        return "needs train.data.labels"
    if metric.needs_bound and not network.bounds_likelihood:
        return f"needs a bound on the likelihood, and the model {network.config.name} has none"
    if metric.needs_codebook and not network.quantises:
        return f"needs a model with a codebook, and the model {network.config.name} has none"
    if metric.needs_noise and not network.denoises:
        return f"needs a model that removes noise, and this {network.config.name} does not"
    if metric.needs_clusters and not network.clusters:
        return f"needs a model with clusters of its own, and this {network.config.name} has none"
    return ""
