"""The configuration of a whole run: one section per step."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, PositiveInt

from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.config import Config

StepName = Literal["ingest", "preprocess", "train", "evaluate", "export"]


class Resources(Config):
    """What a step asks of the cluster; what is not given is left to the cluster's own defaults."""

    cpu: str | None = Field(None, description="Cores, as Kubernetes writes them: '4' or '500m'.")
    memory: str | None = Field(None, description="As Kubernetes writes it: '8Gi'.")
    accelerator: str | None = Field(None, description="Resource name of the device, such as nvidia.com/gpu.")
    accelerator_count: PositiveInt = 1


class KubeflowConfig(Config):
    """How the pipeline runs on Kubeflow; the local runner does not look at it."""

    image: str = Field("vaeflow:latest", description="The container image that every step runs in.")
    caching: bool = Field(True, description="Let Kubeflow reuse the result of a step whose inputs are unchanged.")
    resources: Mapping[StepName, Resources] = Field({}, description="Resources by step.")


class PipelineConfig(Config):
    """A recipe: what each step does. Every field has a default, so that a recipe says only what it changes."""

    description: str = Field("", description="One line for `vaeflow recipes`.")
    ingest: IngestConfig = IngestConfig()
    preprocess: PreprocessConfig = PreprocessConfig()
    train: TrainConfig = TrainConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
    export: ExportConfig = ExportConfig()
    kubeflow: KubeflowConfig = KubeflowConfig()
