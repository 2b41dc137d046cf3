"""Export: a model that passed its evaluation becomes SavedModels for TF Serving."""

from pathlib import Path

from pydantic import Field

from vaeflow.components.artifacts import Evaluation, Model, ServingModel
from vaeflow.models.config import Config


class ExportConfig(Config):
    """How the served models are named."""

    name: str = Field("vaeflow", pattern=r"^[a-z][a-z0-9_-]*$", description="Prefix of the names in TF Serving.")


def export(config: ExportConfig, model: Model, evaluation: Evaluation, *, output: Path) -> ServingModel:
    """Write decoder and encoder, and check each in a fresh process that cannot import vaeflow."""
    raise NotImplementedError
