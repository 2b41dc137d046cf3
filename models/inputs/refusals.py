"""Wrong inputs that are only noticed while TensorFlow runs a graph, raised as `InputError`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from vaeflow.models.errors import InputError
from vaeflow.models.inputs.batch import NO_BATCHES

_NAME = InputError.__name__
# What TensorFlow reports of `assertion`, and of an error of Python code that it called.
_REFUSED = re.compile(rf"assertion failed: \[{_NAME}: (.*)\]|{_NAME}: (.*)")


def assertion(fits: tf.Tensor, message: str, *numbers: tf.Tensor) -> tf.Operation:
    """In a graph: fails with the message unless `fits`. The message has `{}` for each of the numbers."""
    return tf.debugging.Assert(fits, [tf.strings.format(f"{_NAME}: {message}", numbers)])


@contextmanager
def raised_by_name() -> Iterator[None]:
    """Raise `InputError` for failed assertions, and for those errors of Python code that TensorFlow called."""
    try:
        yield
    except tf.errors.OpError as error:
        refused = _REFUSED.search(error.message)
        if refused is None:
            raise
        raise InputError(refused[1] or refused[2]) from None
    except UnboundLocalError:  # by Keras 3.15, if there is no batch to predict
        raise InputError(NO_BATCHES) from None
