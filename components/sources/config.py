"""The configuration of the step ingest. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from vaeflow.components.sources.location import parse
from vaeflow.models.config import Config
from vaeflow.models.quantities import Images

_MAX_VALUE, _MIN_CONTRAST = 1e20, 1e-6  # of stored pixels


class IngestConfig(Config):
    """Configuration of the source of the images, of what their pixels mean, and of how many may be unreadable."""

    source: str = Field("mnist5k", description="Source: mnist5k, digits, tfds:NAME[:VERSION], folder:PATH or npz:PATH.")
    images: str | None = Field(
        None, description="Name of the array of images in an npz source; by default it is detected."
    )
    labels: str | None = Field(
        None, description="Name of the array of labels in an npz source; by default it is detected."
    )
    white: Literal["auto"] | Annotated[float, Field(ge=-_MAX_VALUE, le=_MAX_VALUE)] = Field(
        "auto",
        description="Stored value of white. 'auto' is the largest value of the type of integers, and 1 or 255 for "
        "floats, by their range. A type that cannot hold the number has its own white.",
    )
    black: float = Field(
        0, ge=-_MAX_VALUE, le=_MAX_VALUE, description="Stored value of black, such as -1 for floats in [-1, 1]."
    )
    max_quarantined: float = Field(0.01, ge=0, le=1, description="Maximum fraction of unreadable images.")
    max_pixels: Images = Field(
        50_000_000, description="Maximum number of pixels of an image; larger ones are quarantined."
    )

    @field_validator("source")
    @classmethod
    def _source_has_a_known_form(cls, source: str) -> str:
        parse(source)
        return source

    @model_validator(mode="after")
    def _only_an_npz_has_arrays(self) -> "IngestConfig":
        if (self.images or self.labels) and parse(self.source).kind != "npz":
            raise ValueError(f"images and labels need a source npz:PATH, got {self.source!r}")
        return self

    @model_validator(mode="after")
    def _white_is_above_black(self) -> "IngestConfig":
        if self.white != "auto" and self.white - self.black < _MIN_CONTRAST:
            raise ValueError(
                f"white must be above black by at least {_MIN_CONTRAST:g}, got white {self.white:g} and black "
                f"{self.black:g}"
            )
        return self
