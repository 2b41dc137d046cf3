"""The step preprocess: original images become fixed-shape uint8 examples in train, validation and test."""

import json
from collections.abc import Sequence
from pathlib import Path

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.components.images.config import TRANSFORM_FILE
from vaeflow.components.images.factors import FACTORS
from vaeflow.components.images.intensity import BY_TYPE, INTENSITY_FILE, Intensity
from vaeflow.components.images.splits import SPLITS, TEST_FRACTION
from vaeflow.components.images.statistics import STATISTICS_FILE
from vaeflow.components.preprocessing.config import PreprocessConfig

_ORIGIN = ("source", "black", "white", "range")


def preprocess(config: PreprocessConfig, dataset: Dataset, *, output: Path, beam_args: Sequence[str] = ()) -> Examples:
    """Transform and split all images; write the statistics and the transform that later steps use.

    Raises `InputError` if there are too few images to have some in every split, or if a normal class does not exist.
    """
    import numpy as np
    import tensorflow_datasets as tfds

    from vaeflow.components.images.directory import describe
    from vaeflow.components.images.identity_table import read_identities
    from vaeflow.components.preprocessing.allocation import allocate
    from vaeflow.components.preprocessing.conversion import convert
    from vaeflow.components.preprocessing.normal import normal_classes

    info = tfds.builder_from_directory(dataset.path).info
    normal = normal_classes(config.normal, info.features["label"].names if "label" in info.features else None)
    allocated = allocate(read_identities(dataset.path), config, normal)
    transform = config.transform()
    statistics = convert(info, allocated.allocation, transform, output, beam_args)
    features = {
        "id": tfds.features.Text(),
        "image": tfds.features.Tensor(shape=transform.image_shape, dtype=np.uint8, encoding="bytes"),
        **{name: info.features[name] for name in (FACTORS, "label") if name in info.features},
    }
    describe(output, "examples", features)
    # The dataset contains levels, but new images are as the source stores them.
    recorded = transform.model_copy(update={"intensity": read_intensity(dataset)})
    (output / TRANSFORM_FILE).write_text(recorded.model_dump_json(indent=2))
    (output / STATISTICS_FILE).write_text(json.dumps({split: statistics[split].model_dump() for split in SPLITS}))
    origin = {key: value for key, value in dataset.properties.items() if key in _ORIGIN}
    properties = {
        **origin,
        "image_shape": "×".join(map(str, transform.image_shape)),
        **allocated.counts,
        TEST_FRACTION: allocated.allocation.rule.test_fraction,
        **({"normal": ", ".join(config.normal)} if config.normal else {}),
        "copies_across_splits": allocated.copies,
        "contradicting_labels": allocated.contradicting,
        "groups_across_splits": allocated.grouped,
    }
    return Examples(output, properties)


def read_intensity(dataset: Dataset) -> Intensity:
    """Black and white of the source, by type if an older version has not recorded them."""
    path = dataset.path / INTENSITY_FILE
    return Intensity.model_validate_json(path.read_bytes()) if path.exists() else BY_TYPE
