"""A SavedModel in a session of its own, as TensorFlow Serving runs it."""

import gc
import re
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.serving.errors import BY_NUMBER, Code, ServingError
from vaeflow.serving.signature import DEFAULT, Arrays, Signature, Tensor

SERVING_TAGS = ["serve"]
INTERNAL = "__saved_model"
"""The beginning of the names of signatures that initialise a SavedModel."""


class SavedModel:
    """The graph and the variables of a SavedModel.

    A session, not `tf.saved_model.load`: it frees all its memory when it is closed, it has a limit of time, and it is
    what TensorFlow Serving uses. Its methods may be called by several threads.
    """

    def __init__(self, folder: Path) -> None:
        """Load it. Raises `ServingError`, `OSError`, `ValueError` or `RuntimeError` if it cannot be loaded."""
        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph)
        try:
            with graph.as_default():
                meta_graph = tf.compat.v1.saved_model.load(self._session, SERVING_TAGS, str(folder))
        except tf.errors.OpError as error:
            raise _in_a_sentence(error) from error
        self.definitions = dict(meta_graph.signature_def)
        self.signatures = {
            name: Signature(name, _tensors(definition.inputs), _tensors(definition.outputs))
            for name, definition in self.definitions.items()
            if not name.startswith(INTERNAL)
        }

    def signature(self, name: str) -> Signature:
        """The signature with this name, or the default one for no name. Raises `ServingError` if there is none."""
        try:
            return self.signatures[name or DEFAULT]
        except KeyError:
            message = f'Serving signature key "{name or DEFAULT}" not found.'
            raise ServingError(Code.FAILED_PRECONDITION, message) from None

    def run(self, signature: Signature, arrays: Arrays, seconds: float) -> dict[str, np.ndarray]:
        """The outputs of a signature. Raises `ServingError` if the model refuses the inputs or takes too long."""
        feeds = {signature.inputs[name].graph_name: array for name, array in arrays.items()}
        fetches = {name: tensor.graph_name for name, tensor in signature.outputs.items()}
        options = tf.compat.v1.RunOptions(timeout_in_ms=max(1, int(1000 * seconds)))
        try:
            outputs = self._session.run(fetches, feeds, options=options)
        except tf.errors.OpError as error:
            raise _in_a_sentence(error) from error
        return {name: np.array(value, object) if isinstance(value, bytes) else value for name, value in outputs.items()}

    def close(self) -> None:
        """Free the memory. No other method may be called afterwards."""
        self._session.close()
        del self._session
        gc.collect()  # graphs refer to themselves


def _tensors(infos: Any) -> dict[str, Tensor]:
    return {name: Tensor.of(infos[name]) for name in sorted(infos)}


def _in_a_sentence(error: tf.errors.OpError) -> ServingError:
    """The error with what an operation says, without the nodes of the graph; of an assertion, what the model says.

    The session raises another error in place of the operation's, to which it adds where the graph was built.
    """
    original = error.__context__ if isinstance(error.__context__, tf.errors.OpError) else error
    text = re.sub(r"\{\{.*?\}\} ", "", re.split(r"\s*\[\[|\n", original.message.strip(), maxsplit=1)[0].strip())
    asserted = re.fullmatch(r"assertion failed: \[(.*)\]", text)
    return ServingError(BY_NUMBER.get(error.error_code, Code.UNKNOWN), asserted[1] if asserted else text)
