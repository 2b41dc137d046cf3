"""The configurations of the steps export and publish. Importable without TensorFlow."""

from pathlib import Path

from pydantic import Field

from vaeflow.models.config import Config

LABELS_FILE = "labels.txt"
"""The file of class names in the assets of both models."""


class ExportConfig(Config):
    """Configuration of the names of the served models."""

    name: str = Field(
        "vaeflow", pattern=r"^[a-z][a-z0-9_-]*$", max_length=100, description="Prefix of the model names in TF Serving."
    )


class PublishConfig(Config):
    """Configuration of where the served models are published."""

    to: Path | None = Field(
        None,
        description="Folder watched by TF Serving, to which every run adds its models as the newest version, unless "
        "they already are. Without it, nothing is published.",
    )
