"""Functions that stay one operation of a TensorFlow graph."""

from functools import partial

import tensorflow as tf

# Inlined into a branch, all operations of a function would be visited for every image, whether the branch is taken or
# not; and each use of the function would be another copy of it.
apart = partial(tf.function, autograph=False, experimental_attributes={"_noinline": True})
