"""Data sets that TensorFlow does not tune while they are read."""

import tensorflow as tf


def untuned(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """The same elements, of which as many are made at a time as there are cores, from the first to the last.

    A thread that adjusts their number sleeps for longer and longer, and often misses that the iterator is to be
    deleted. This then waits for it: an epoch of training took up to twice as long.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
