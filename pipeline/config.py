"""The configuration of a whole run, with one section per step."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.config import ExportConfig, PublishConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.config import Config

StepName = Literal["ingest", "preprocess", "train", "evaluate", "export", "publish"]


class Resources(Config):
    """Resources that a step requests from the cluster. Fields that are not set use the cluster's defaults."""

    cpu: str | None = Field(None, description="CPU cores in Kubernetes notation, such as '4' or '500m'.")
    memory: str | None = Field(None, description="Memory in Kubernetes notation, such as '8Gi'.")
    accelerator: str | None = Field(None, description="Resource name of the accelerator, such as 'nvidia.com/gpu'.")
    accelerator_count: int = Field(1, ge=1, le=10_000, description="Number of accelerators.")


class KubeflowConfig(Config):
    """Settings of the Kubeflow pipeline. The local runner ignores them."""

    image: str = Field("vaeflow:latest", description="Container image of every step.")
    caching: bool = Field(True, description="Whether Kubeflow reuses the result of a step whose inputs are unchanged.")
    resources: Mapping[StepName, Resources] = Field({}, description="Resources of each step.")


class PipelineConfig(Config):
    """A recipe: the configuration of each step. Every field has a default, so a recipe gives only what differs."""

    description: str = Field("", description="One-line description, shown by `vaeflow recipes`.")
    base: str = Field("", description="Recipe that this one is laid over: the name of a packaged one, or a YAML file.")
    ingest: IngestConfig = Field(IngestConfig(), description="Where the images come from.")
    preprocess: PreprocessConfig = Field(PreprocessConfig(), description="How images become examples, in splits.")
    train: TrainConfig = Field(TrainConfig(), description="The model and its training.")
    evaluate: EvaluateConfig = Field(EvaluateConfig(), description="What is measured, and what is required of it.")
    export: ExportConfig = Field(ExportConfig(), description="How the model is served.")
    publish: PublishConfig = Field(PublishConfig(), description="Where the served model is published.")
    kubeflow: KubeflowConfig = Field(KubeflowConfig(), description="The pipeline on a cluster.")

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, settings: Any) -> Any:
        """Read `export.publish_to`, the former name of `publish.to`."""
        match settings:
            case {"export": {"publish_to": folder, **export}} if not settings.get("publish"):
                return {**settings, "export": export, "publish": {"to": folder}}
            case _:
                return settings
