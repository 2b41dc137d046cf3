"""Numbers in byte strings, read in a TensorFlow graph. Bytes beyond the end of a string are zero."""

import tensorflow as tf


def octets(text: tf.Tensor, at: tf.Tensor | int, size: tf.Tensor | int) -> tf.Tensor:
    """The bytes [at, at + size) of a scalar string, int64 [size]; `size` is at least 1."""
    start = tf.minimum(tf.cast(at, tf.int64), tf.cast(tf.strings.length(text), tf.int64))
    part = tf.strings.substr(text, start, tf.cast(size, tf.int64))
    return tf.cast(tf.io.decode_raw(part, tf.uint8, fixed_length=tf.cast(size, tf.int32)), tf.int64)


def number(text: tf.Tensor, at: tf.Tensor | int, size: int, *, big_endian: tf.Tensor | bool) -> tf.Tensor:
    """The unsigned number, as int64, in the `size` bytes at offset `at` of a scalar string."""
    return to_number(octets(text, at, size), size, big_endian)


def to_number(digits: tf.Tensor, size: int, big_endian: tf.Tensor | bool) -> tf.Tensor:
    """Bytes int64 [..., size] → the unsigned numbers int64 [...] that they encode."""
    places = tf.constant([256**place for place in range(size)], tf.int64)
    return tf.reduce_sum(digits * tf.where(big_endian, places[::-1], places), axis=-1)


def starts_with(text: tf.Tensor, prefix: str) -> tf.Tensor:
    """Whether each byte string starts with the prefix, a regular expression."""
    return tf.strings.regex_full_match(text, rf"(?s)(?:{prefix})\C*")


def contains(text: tf.Tensor, pattern: str) -> tf.Tensor:
    """Whether each byte string contains the pattern, a regular expression."""
    return tf.strings.regex_full_match(text, rf"(?s)\C*(?:{pattern})\C*")
