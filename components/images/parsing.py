"""Parsing of records of original images, many at once."""

from collections.abc import Sequence
from itertools import repeat

import tensorflow as tf

from vaeflow.components.images.factors import feature_name
from vaeflow.components.images.serialising import LabelledImage

_TEXT = tf.io.FixedLenFeature((), tf.string, default_value="")
_FEATURES = {"id": _TEXT, "image": _TEXT, "digest": _TEXT, "group": _TEXT}
_INTEGER = tf.io.FixedLenFeature((), tf.int64)
_LABEL = {"label": _INTEGER}


def parse(records: Sequence[bytes], *, labelled: bool, factors: Sequence[str] = ()) -> list[LabelledImage]:
    """Parse records that `serialise` made of original images, with their labels if they are `labelled`, and factors."""
    values = {feature_name(name): _INTEGER for name in factors}
    columns = tf.io.parse_example(tf.constant(records), _FEATURES | (_LABEL if labelled else {}) | values)
    ids, images, digests, groups = (columns[name].numpy().tolist() for name in _FEATURES)
    labels = columns["label"].numpy().tolist() if labelled else [None] * len(records)
    rows = zip(*(columns[name].numpy().tolist() for name in values), strict=True) if factors else repeat(None)
    return [
        LabelledImage(id.decode(), label, image, digest.decode(), group.decode(), _named(factors, row))
        for id, label, image, digest, group, row in zip(ids, labels, images, digests, groups, rows, strict=False)
    ]


def _named(factors: Sequence[str], row: Sequence[int] | None) -> dict[str, int] | None:
    return None if row is None else dict(zip(factors, row, strict=True))
