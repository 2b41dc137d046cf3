"""The configurations of the steps export and publish. Importable without TensorFlow."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from vaeflow.components.home import expanded
from vaeflow.models.config import Config
from vaeflow.models.notation import Notation

LABELS_FILE = "labels.txt"
"""The file of class names in the assets of both models."""


def _local(folder: object) -> object:
    """Before it becomes a `Path`, in which a URL looks like any other path."""
    if folder == "":
        raise ValueError("expected a folder, got an empty name")
    return expanded(folder) if isinstance(folder, str) else folder


Folder = Annotated[Path, BeforeValidator(_local)]
"""A folder, in which `~` is the user's home folder."""


ModelName = Annotated[
    str, Field(max_length=100), Notation("[a-z][a-z0-9_-]*", "a small letter, and then small letters, digits, - and _")
]
"""The prefix of the names of served models, and so of folders."""


class ExportConfig(Config):
    """Configuration of the names of the served models."""

    name: ModelName = Field("vaeflow", description="Prefix of the model names in TF Serving.")


class PublishConfig(Config):
    """Configuration of where the served models are published."""

    to: Folder | None = Field(
        None,
        description="Folder watched by TF Serving, to which every run adds its models as the newest version, unless "
        "they already are. Without it, nothing is published.",
    )
