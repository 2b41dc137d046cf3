"""The configuration of the step ingest. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from vaeflow.components.sources.location import FORMS, Kind, parse
from vaeflow.components.sources.sprites_grid import SpritesGrid
from vaeflow.models.config import Config
from vaeflow.models.quantities import Images

_MAX_VALUE, _MIN_CONTRAST = 1e20, 1e-6  # of stored pixels
NO_LABELS = "none"
"""The value of `ingest.labels` that turns labels off."""

_SOURCES_OF: Mapping[str, tuple[Kind, ...]] = {
    "images": ("npz",),
    "labels": ("npz", "folder"),
    "class_depth": ("folder",),
    "unlabelled": ("npz", "folder"),
    "grid": ("sprites",),
}
"""The kinds of sources that have each of these fields."""


class IngestConfig(Config):
    """Configuration of the source of the images, of what their pixels mean, and of how many may be unreadable."""

    source: str = Field(
        "mnist5k", description="Source: mnist5k, digits, sprites, tfds:NAME[:VERSION], folder:PATH or npz:PATH."
    )
    images: str | None = Field(
        None, description="Name of the array of images in an npz source; by default it is detected."
    )
    labels: str | None = Field(
        None,
        description="Where the labels are: the name of the array in an npz source, or of a CSV or TSV file in a folder "
        "with the columns file, label and optionally split and group; by default they are found by their usual names. "
        "'none' turns labels off.",
    )
    class_depth: int | None = Field(
        None,
        ge=1,
        le=100,
        description="Number of nested folders whose names form the class in a folder source; by default 1.",
    )
    unlabelled: bool | None = Field(
        None,
        description="true: images labelled -1, unlabelled or NA, or with the largest number of an integer type if it "
        "has a gap below, outside class folders or missing in the labels file have an unknown class. false: "
        "these labels are classes, and images without a label are left out. By default, they are rejected. An empty "
        "label always means unknown.",
    )
    group_pattern: str | None = Field(
        None,
        max_length=1_000,
        description="Regular expression, in the dialect RE2, that finds the group of an image, such as a patient, in "
        "its id: what its first parentheses match, or else all that it matches. Images of one group share a split. By "
        "default, groups are a column of a labels file, or an array of an npz source, with a usual name such as group "
        "or patient.",
    )
    grid: SpritesGrid | None = Field(
        None, description="Numbers of values of the factors of the source sprites; by default 6,144 images in total."
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

    @property
    def is_window(self) -> bool:
        """Whether black and white are both given: what is beyond them is clipped on purpose."""
        return self.white != "auto" and self.black != 0

    @field_validator("source", mode="before")
    @classmethod
    def _source_may_lack_its_path(cls, source: object) -> object:
        """YAML reads `folder:` as a section with an empty field."""
        return f"{next(iter(source))}:" if isinstance(source, Mapping) and [*source.values()] == [None] else source

    @field_validator("source")
    @classmethod
    def _source_has_a_known_form(cls, source: str) -> str:
        parse(source)
        return source

    @field_validator("group_pattern")
    @classmethod
    def _pattern_is_a_regular_expression(cls, pattern: str | None) -> str | None:
        if pattern:
            from vaeflow.components.sources.group_pattern import check_pattern

            check_pattern(pattern)
        return pattern

    @model_validator(mode="after")
    def _fields_suit_the_source(self) -> "IngestConfig":
        kind = parse(self.source).kind
        for field, kinds in _SOURCES_OF.items():
            value = getattr(self, field)
            if value is not None and kind not in kinds and (field, value) != ("labels", NO_LABELS):
                forms = " or ".join(FORMS[kind] for kind in kinds)
                raise ValueError(f"{field} needs a source {forms}, got {self.source!r}")
        if self.class_depth is not None and self.labels not in (None, NO_LABELS):
            raise ValueError("set only one of class_depth and labels: either folders or a file contain the labels")
        return self

    @model_validator(mode="after")
    def _white_is_above_black(self) -> "IngestConfig":
        if self.white != "auto" and self.white - self.black < _MIN_CONTRAST:
            raise ValueError(
                f"white must be above black by at least {_MIN_CONTRAST:g}, got white {self.white:g} and black "
                f"{self.black:g}"
            )
        return self
