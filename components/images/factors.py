"""Factors of variation that generated images, as TFDS directories describe them. Importable without TensorFlow."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

FACTORS = "factors"
"""The feature with a class label for each factor. In a record, they are features of their own."""
_FEATURES_FILE = "features.json"


class Factor(NamedTuple):
    """A factor, with the number of its values: 0, 1, … size - 1."""

    name: str
    size: int


def feature_name(factor: str) -> str:
    """The name of the feature of a record that has the value of a factor, as TFDS names it."""
    return f"{FACTORS}/{factor}"


def read_factors(folder: Path) -> tuple[Factor, ...]:
    """The factors of a TFDS directory that ingest or preprocess has written, in the order of their names."""
    features = _children(json.loads((folder / _FEATURES_FILE).read_bytes()))
    factors = _children(features[FACTORS]) if FACTORS in features else {}
    return tuple(Factor(name, int(factors[name]["classLabel"]["numClasses"])) for name in sorted(factors))


def _children(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    children: Mapping[str, Any] = feature["featuresDict"]["features"]
    return children
