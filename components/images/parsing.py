"""Parsing of records of original images, many at once."""

from collections.abc import Sequence

import tensorflow as tf

from vaeflow.components.images.serialising import LabelledImage

_TEXT = tf.io.FixedLenFeature((), tf.string, default_value="")
_FEATURES = {"id": _TEXT, "image": _TEXT, "digest": _TEXT, "group": _TEXT}
_LABEL = {"label": tf.io.FixedLenFeature((), tf.int64)}


def parse(records: Sequence[bytes], *, labelled: bool) -> list[LabelledImage]:
    """Parse records that `serialise` made of original images, with their labels if they are `labelled`."""
    columns = tf.io.parse_example(tf.constant(records), _FEATURES | (_LABEL if labelled else {}))
    ids, images, digests, groups = (columns[name].numpy().tolist() for name in _FEATURES)
    labels = columns["label"].numpy().tolist() if labelled else [None] * len(records)
    return [
        LabelledImage(id.decode(), label, image, digest.decode(), group.decode())
        for id, label, image, digest, group in zip(ids, labels, images, digests, groups, strict=True)
    ]
