"""The step preprocess: original images become fixed-shape uint8 examples in train, validation and test."""

import json
from collections.abc import Sequence
from pathlib import Path

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.components.images.config import TRANSFORM_FILE
from vaeflow.components.images.splits import SPLITS
from vaeflow.components.images.statistics import STATISTICS_FILE
from vaeflow.components.preprocessing.config import PreprocessConfig


def preprocess(config: PreprocessConfig, dataset: Dataset, *, output: Path, beam_args: Sequence[str] = ()) -> Examples:
    """Transform and split all images; write the statistics and the transform that later steps use.

    Raises `InputError` if there are too few images to have some in every split.
    """
    import numpy as np
    import tensorflow_datasets as tfds

    from vaeflow.components.images.directory import describe
    from vaeflow.components.images.identities import read_identities
    from vaeflow.components.preprocessing.allocation import allocate
    from vaeflow.components.preprocessing.conversion import convert

    info = tfds.builder_from_directory(dataset.path).info
    allocated = allocate(read_identities(dataset.path), config)
    transform = config.transform()
    statistics = convert(info, allocated.allocation, transform, output, beam_args)
    features = {
        "id": tfds.features.Text(),
        "image": tfds.features.Tensor(shape=transform.image_shape, dtype=np.uint8, encoding="bytes"),
    }
    if "label" in info.features:
        features["label"] = info.features["label"]
    describe(output, "examples", features)
    (output / TRANSFORM_FILE).write_text(transform.model_dump_json(indent=2))
    (output / STATISTICS_FILE).write_text(json.dumps({split: statistics[split].model_dump() for split in SPLITS}))
    origin = {key: value for key, value in dataset.properties.items() if key == "source"}
    properties = {
        **origin,
        "image_shape": "×".join(map(str, transform.image_shape)),
        **allocated.counts,
        "copies_across_splits": allocated.copies,
    }
    return Examples(output, properties)
