"""TensorFlow functions that are not inlined into the graph that calls them."""

from functools import partial

import tensorflow as tf

# If a function is inlined into a branch, all of its operations are visited for every image, even if the branch is not
# taken, and each use of the function is another copy.
noinline = partial(tf.function, autograph=False, experimental_attributes={"_noinline": True})
