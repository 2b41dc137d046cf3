"""What a recipe says of preprocess. Importable without TensorFlow."""

from typing import Literal

from pydantic import Field, PositiveInt, model_validator

from vaeflow.components.images.config import Transform
from vaeflow.models.config import Config, Observation


class PreprocessConfig(Config):
    """The shape of an example, its pixels, and the splits."""

    image_size: PositiveInt | tuple[PositiveInt, PositiveInt] = Field(28, description="Side, or [height, width].")
    colour: Literal["grey", "rgb"] = "grey"
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
            image_shape=(height, width, 1 if self.colour == "grey" else 3),
            colour=self.colour,
            resize=self.resize,
            fit=self.fit,
            observation=Observation(binarise=self.binarise, seed=self.seed),
        )
