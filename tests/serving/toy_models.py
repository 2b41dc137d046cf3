"""A folder of toy models, whose answers can be worked out by hand: `python -m tests.serving.toy_models FOLDER`.

The model `toy` has two versions, of which a label names the first. `serving_default` is x / 2 + 2, or + 3 in version 2,
as in the examples of TensorFlow Serving's documentation.
"""

import sys
from pathlib import Path

import tensorflow as tf

CONFIG = """\
model_config_list {
  config {
    name: "toy"
    base_path: "/models/toy"
    model_platform: "tensorflow"
    model_version_policy { specific { versions: 1 versions: 2 } }
    version_labels { key: "stable" value: 1 }
  }
}
"""


def spec(shape, dtype, name):
    return tf.TensorSpec(shape, dtype, name)


def signatures(offset):
    """The signatures of a version."""
    x = spec([None], tf.float32, "x")

    @tf.function(input_signature=[x])
    def half_plus(x):
        return {"y": x / 2 + offset[0]}

    @tf.function(input_signature=[spec([None, 2], tf.float32, "a"), spec([None], tf.int32, "b")])
    def two(a, b):
        return {"product": a * tf.cast(b, tf.float32)[:, None], "sum": tf.reduce_sum(a, axis=1)}

    @tf.function(input_signature=[spec([None], tf.string, "words")])
    def text(words):
        return {"words": words, "words_bytes": words}

    @tf.function(input_signature=[spec([], tf.int32, "n"), spec([], tf.float32, "value")])
    def repeat(n, value):
        return {"values": tf.fill([n], value)}

    @tf.function(input_signature=[x])
    def not_finite(x):
        return {"y": tf.stack([x * float("nan"), x * float("inf"), x * float("-inf"), x], axis=1)}

    @tf.function(input_signature=[spec([None], tf.uint8, "small"), spec([None], tf.int64, "large"), flags()])
    def types(small, large, flags):
        return {"small": small, "large": large, "flags": flags, "double": tf.cast(large, tf.float64) / 4}

    @tf.function(input_signature=[x])
    def positive(x):
        with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(x > 0), ["x: expected positive numbers"])]):
            return {"y": tf.sqrt(x)}

    @tf.function(input_signature=[spec([], tf.int32, "steps")])
    def busy(steps):
        count = tf.while_loop(lambda i: i < steps, lambda i: [i + 1], [tf.constant(0)])[0]
        return {"count": count}

    functions = {"two": two, "text": text, "repeat": repeat, "not_finite": not_finite, "types": types}
    return {"serving_default": half_plus, "positive": positive, "busy": busy, **functions}


def flags():
    return spec([None], tf.bool, "flags")


def write_version(base_path, number, offset, weights=1):
    """Write a version with this number of weights complete, as a publisher does: by a rename."""
    incoming = Path(base_path) / f".{number}"
    module = tf.Module()
    module.offset = tf.Variable(tf.fill([weights], float(offset)))
    tf.saved_model.save(module, str(incoming), signatures=signatures(module.offset))
    incoming.rename(incoming.with_name(str(number)))


def write_models(folder):
    """The folder for the recorded requests."""
    for number in (1, 2):
        write_version(folder / "toy", number, number + 1)
    (folder / "toy.config").write_text(CONFIG)


if __name__ == "__main__":
    write_models(Path(sys.argv[1]))
