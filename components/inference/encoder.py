"""An exported encoder with what its assets say of it: the transform, the classes and its version."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.inference.tasks import Task
from vaeflow.components.serving.config import LABELS_FILE
from vaeflow.components.serving.exporting import MODEL_FILE
from vaeflow.models.arrays import Pixels
from vaeflow.models.errors import InputError
from vaeflow.models.scoring import SCORE_FILE, Scoring, read_scoring

_DIGITS = 12  # of the digest of the weights, enough to tell models apart
_AT_ONCE, _VALUES_AT_ONCE = 256, 2**22
"""Limits of the images, and of their values, that the model takes at once."""

Answers = Mapping[str, NDArray[Any]]


class Encoder:
    """The signature of a task, in the SavedModel of an encoder."""

    def __init__(self, folder: Path, task: Task):
        """Raises `InputError` if the model lacks the signature."""
        self._assets = assets = folder / "assets"
        description = json.loads((assets / MODEL_FILE).read_bytes())
        self.version: str = description["weights_sha256"][:_DIGITS]
        self.transform = Transform.model_validate_json((assets / TRANSFORM_FILE).read_bytes())
        self.task = task
        self._names = _lines(assets / LABELS_FILE)
        self._signatures = tf.saved_model.load(str(folder)).signatures
        if task.signature not in self._signatures:
            raise InputError(f"vaeflow {task.name}: the run's model ({description['config']['name']}) {task.lacking}.")
        self._signature = self._signatures[task.signature]

    @property
    def scoring(self) -> Scoring | None:
        """The anomaly score of the model, if it has one. Raises `InputError` if it is of another version."""
        return read_scoring(self._assets / SCORE_FILE)

    @property
    def outputs(self) -> dict[str, tf.TensorSpec]:
        """The specification of each column, [n, ...]."""
        specs = self._signature.structured_outputs
        return {column: specs[output] for column, output in self.task.columns.items()}

    @property
    def conditional(self) -> bool:
        """Whether the model has to be given the class of each image."""
        _, inputs = self._signature.structured_input_signature
        return "label" in inputs

    def class_numbers(self, names: Sequence[str] | None) -> list[int] | None:
        """The model's number of each class of a source, in order; None if the model is not given the class.

        Raises `InputError` if the source has no classes, or one that the model does not have.
        """
        if not self.conditional:
            return None
        if names is None:
            raise InputError("SOURCE: expected images with labels, because the run's model is given the class of each.")
        if unknown := [name for name in names if name not in self._names]:
            known = ", ".join(self._names)
            raise InputError(f"SOURCE: the run's model has no class {unknown[0]!r}. Classes: {known}.")
        return [self._names.index(name) for name in names]

    def answer(self, examples: Pixels, classes: Sequence[int] | None) -> Answers:
        """The columns [n, ...] of examples uint8 [n, h, w, c] and, if the model is given them, their classes [n]."""
        step = max(1, min(_AT_ONCE, _VALUES_AT_ONCE // examples[0].size))
        parts = [
            self._ask(examples[start : start + step], None if classes is None else classes[start : start + step])
            for start in range(0, len(examples), step)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in self.task.columns}

    def _ask(self, examples: Pixels, classes: Sequence[int] | None) -> Answers:
        given = {} if classes is None else {"label": tf.constant(classes, tf.int32)}
        answer = self._signature(images=tf.constant(examples), **given)
        return {column: answer[output].numpy() for column, output in self.task.columns.items()}


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")[:-1] if file.is_file() else []
