"""What a recipe says of ingest. Importable without TensorFlow."""

from pydantic import Field, PositiveInt, field_validator, model_validator

from vaeflow.components.sources.location import parse
from vaeflow.models.config import Config


class IngestConfig(Config):
    """Where the images come from, and how many bad ones are too many."""

    source: str = Field("mnist5k", description="mnist5k, digits, tfds:NAME[:VERSION], folder:PATH or npz:PATH.")
    images: str | None = Field(None, description="npz only: the array that holds the images; found when not given.")
    labels: str | None = Field(None, description="npz only: the array that holds the labels; found when not given.")
    max_quarantined: float = Field(0.01, ge=0, le=1, description="Fail above this fraction of unreadable images.")
    max_pixels: PositiveInt = Field(50_000_000, description="An image with more pixels is quarantined.")

    @field_validator("source")
    @classmethod
    def _source_has_a_known_form(cls, source: str) -> str:
        parse(source)
        return source

    @model_validator(mode="after")
    def _only_an_npz_has_arrays(self) -> "IngestConfig":
        if (self.images or self.labels) and parse(self.source).kind != "npz":
            raise ValueError(f"images and labels name arrays of an npz, but source is {self.source!r}")
        return self
