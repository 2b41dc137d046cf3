"""What a recipe says of export. Importable without TensorFlow."""

from pathlib import Path

from pydantic import Field

from vaeflow.models.config import Config


class ExportConfig(Config):
    """How the served models are named, and where they are published."""

    name: str = Field("vaeflow", pattern=r"^[a-z][a-z0-9_-]*$", description="Prefix of the names in TF Serving.")
    publish_to: Path | None = Field(
        None, description="A folder that TF Serving watches; every export adds the next version of both models there."
    )
