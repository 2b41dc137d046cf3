"""Ingest: a source of images becomes a TFDS directory of original images."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, PositiveInt

from vaeflow.components.artifacts import Dataset
from vaeflow.models.config import Config


class IngestConfig(Config):
    """Where the images come from, and how many bad ones are too many."""

    source: str = Field("mnist5k", description="mnist5k, digits, tfds:NAME[:VERSION], folder:PATH or npz:PATH.")
    images: str | None = Field(None, description="npz only: the array that holds the images; found when not given.")
    labels: str | None = Field(None, description="npz only: the array that holds the labels; found when not given.")
    max_quarantined: float = Field(0.01, ge=0, le=1, description="Fail above this fraction of unreadable images.")
    max_pixels: PositiveInt = Field(50_000_000, description="An image with more pixels is quarantined.")


def ingest(config: IngestConfig, *, output: Path, beam_args: Sequence[str] = ()) -> Dataset:
    """Read, check and write every image of the source; what cannot be read goes to `quarantine.jsonl`."""
    raise NotImplementedError
