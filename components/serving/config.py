"""The configuration of the step export. Importable without TensorFlow."""

from pathlib import Path

from pydantic import Field

from vaeflow.models.config import Config


class ExportConfig(Config):
    """Configuration of the names of the served models, and of where they are published."""

    name: str = Field(
        "vaeflow", pattern=r"^[a-z][a-z0-9_-]*$", max_length=100, description="Prefix of the model names in TF Serving."
    )
    publish_to: Path | None = Field(
        None, description="Folder watched by TF Serving, to which every export adds a new version of both models."
    )
