"""Preprocess: original images become fixed-shape uint8 examples in train, validation and test."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.components.images.records import STATISTICS_FILE, TRANSFORM_FILE, Transform
from vaeflow.components.preprocessing.splitting import SPLITS, plan_splits
from vaeflow.models.config import Config, Observation
from vaeflow.models.errors import InputError


class PreprocessConfig(Config):
    """The shape of an example, its pixels, and the splits."""

    image_size: PositiveInt | tuple[PositiveInt, PositiveInt] = Field(28, description="Side, or [height, width].")
    color: Literal["grey", "rgb"] = "grey"
    resize: Literal["area", "bilinear"] = "area"
    fit: Literal["crop", "pad"] = Field("crop", description="crop: fill the frame and cut; pad: fit inside it.")
    binarise: Literal["none", "static", "dynamic"] = "none"
    validation_fraction: float = Field(0.1, gt=0, lt=1, description="Used only where the source has no validation.")
    test_fraction: float = Field(0.1, gt=0, lt=1, description="Used only where the source has no test split.")
    seed: int = Field(0, description="Seed of the binarisation and of the split.")

    @model_validator(mode="after")
    def _something_is_left_to_train_on(self) -> "PreprocessConfig":
        if self.validation_fraction + self.test_fraction >= 1:
            raise ValueError("validation_fraction and test_fraction together must be below 1")
        return self

    def transform(self) -> Transform:
        """Record how an image becomes an example and an example what a model sees."""
        height, width = (self.image_size,) * 2 if isinstance(self.image_size, int) else self.image_size
        return Transform(
            image_shape=(height, width, 1 if self.color == "grey" else 3),
            color=self.color,
            resize=self.resize,
            fit=self.fit,
            observation=Observation(binarise=self.binarise, seed=self.seed),
        )


def preprocess(config: PreprocessConfig, dataset: Dataset, *, output: Path, beam_args: Sequence[str] = ()) -> Examples:
    """Resize and split every image; write the statistics and the transform that all later steps use.

    Raises:
        InputError: a split would be left without an image.
    """
    import numpy as np
    import tensorflow_datasets as tfds

    from vaeflow.components.images.directory import describe
    from vaeflow.components.preprocessing.conversion import convert

    info = tfds.builder_from_directory(dataset.path).info
    splitting = plan_splits(
        info.splits,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        seed=config.seed,
    )
    transform = config.transform()
    statistics = convert(info, splitting, transform, output, beam_args)
    counts = {split: statistics[split].count if split in statistics else 0 for split in SPLITS}
    if not all(counts.values()):
        got = ", ".join(f"{split} {count}" for split, count in counts.items())
        raise InputError(f"preprocess: every split needs an image, but the source gives {got}")
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
    return Examples(output, {**origin, "image_shape": "×".join(map(str, transform.image_shape)), **counts})
