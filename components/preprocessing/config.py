"""The configuration of the step preprocess. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from vaeflow.components.images.config import Transform
from vaeflow.models.config import Config, Observation
from vaeflow.models.quantities import Seed

Pixels = Annotated[int, Field(ge=1, le=8_192)]
"""Side of an example in pixels."""

Duplicates = Literal["together", "keep", "drop"]


def _as_name(name: object) -> object:
    """YAML reads the names of digits as numbers."""
    return str(name) if type(name) is int else name


class PreprocessConfig(Config):
    """Configuration of the examples and the splits."""

    image_size: Pixels | tuple[Pixels, Pixels] = Field(
        28, description="Side of the examples in pixels, or [height, width]."
    )
    colour: Literal["grey", "rgb"] = Field("grey", description="Whether the examples have one channel or three.")
    resize: Literal["area", "bilinear"] = Field(
        "area", description="'area': each pixel is the average over what it covers; 'bilinear': with antialiasing."
    )
    fit: Literal["crop", "pad"] = Field(
        "crop", description="How images of other proportions fit: 'crop' cuts off two sides, 'pad' adds black."
    )
    binarise: Literal["none", "static", "dynamic"] = Field(
        "none",
        description="Whether each pixel becomes 0 or 1, drawn with its grey value as the probability: 'static' once, "
        "'dynamic' anew at every use in training.",
    )
    validation_fraction: float = Field(
        0.1, gt=0, lt=1, description="Fraction of the images for validation, if the source has no validation split."
    )
    test_fraction: float = Field(
        0.1, gt=0, lt=1, description="Fraction of the images for testing, if the source has no test split."
    )
    duplicates: Duplicates = Field(
        "together",
        description="Images with the same pixels: 'together' keeps them, and images of one group, in one split; 'drop' "
        "also keeps only one of them; 'keep' divides all images one by one. A test split of the source never changes.",
    )
    normal: tuple[Annotated[str, BeforeValidator(_as_name)], ...] = Field(
        (),
        max_length=1_000,
        description="Names of the classes of normal images. The model is trained, validated and tested on these alone; "
        "images of the other classes are anomalies, which evaluate tells from the normal test images. By default, all "
        "images are normal.",
    )
    seed: Seed = Field(0, description="Seed of the binarisation and the split.")

    @model_validator(mode="after")
    def _something_is_left_to_train_on(self) -> "PreprocessConfig":
        if self.validation_fraction + self.test_fraction >= 1:
            raise ValueError("the sum of validation_fraction and test_fraction must be below 1")
        return self

    def transform(self) -> Transform:
        """The transform of images to examples, including how a model observes them."""
        height, width = (self.image_size,) * 2 if isinstance(self.image_size, int) else self.image_size
        return Transform(
            image_shape=(height, width, 1 if self.colour == "grey" else 3),
            colour=self.colour,
            resize=self.resize,
            fit=self.fit,
            observation=Observation(binarise=self.binarise, seed=self.seed),
        )
