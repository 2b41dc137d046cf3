"""Serialisation, compared with Protocol Buffers."""

import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.images.parsing import parse
from vaeflow.components.images.serialising import LabelledImage, serialise

TEXT = st.text(st.characters(codec="utf-8"))
LABELS = st.none() | st.integers(-(2**63), 2**63 - 1)
# No name begins with another one: of these, implementations of Protocol Buffers differ in the order.
FACTORS = st.none() | st.dictionaries(st.sampled_from(["scale", "x", "ü"]), st.integers(0, 1000))


def example(content):
    """The same content in a message of TensorFlow."""
    features = {
        name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[text.encode() if isinstance(text, str) else text]))
        for name, text in content._asdict().items()
        if name not in ("label", "factors") and text is not None
    }
    integers = {f"factors/{name}": value for name, value in (content.factors or {}).items()}
    if content.label is not None:
        integers["label"] = content.label
    for name, value in integers.items():
        features[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))
    return tf.train.Example(features=tf.train.Features(feature=features))


@given(st.builds(LabelledImage, TEXT, LABELS, st.binary(), st.none() | TEXT, st.none() | TEXT, FACTORS))
def test_the_bytes_are_those_of_protocol_buffers(content):
    assert serialise(content) == example(content).SerializeToString(deterministic=True)


@pytest.mark.parametrize("length", [0, 127, 128, 2**14 - 1, 2**14, 2**21])
def test_every_length_is_serialised(length):
    content = LabelledImage("a" * (length // 8), 3, b"x" * length)
    assert serialise(content) == example(content).SerializeToString(deterministic=True)


def test_original_images_with_and_without_labels_come_back():
    labelled = [LabelledImage("a/ü.png", 3, b"\0\xff", "0a", ""), LabelledImage("c", -1, b"x", "0b", "ö")]
    assert parse([*map(serialise, labelled)], labelled=True) == labelled
    without = [content._replace(label=None) for content in labelled]
    assert parse([*map(serialise, without)], labelled=False) == without


def test_factors_come_back():
    some = [LabelledImage(f"{n}", None, b"x", "0a", "", {"y": n, "scale": 0}) for n in range(3)]
    assert parse([*map(serialise, some)], labelled=False, factors=("scale", "y")) == some
