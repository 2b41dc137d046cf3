"""The configuration of a whole run, with one section per step."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.config import ExportConfig, PublishConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.config import Config
from vaeflow.models.notation import Notation
from vaeflow.pipeline.former_names import renamed
from vaeflow.pipeline.resources import Resources

ImageName = Annotated[str, Notation(r"\S+", "the name of a container image, without spaces")]
StepName = Literal["ingest", "preprocess", "train", "features", "evaluate", "export", "publish"]


class BeamConfig(Config):
    """The engine of the steps that are Beam pipelines. It has no effect on their results."""

    args: tuple[str, ...] = Field(
        (),
        max_length=1_000,
        description="Options for Apache Beam, such as --runner=FlinkRunner. Those of --beam-arg come after them.",
    )


class KubeflowConfig(Config):
    """Settings of the Kubeflow pipeline. The local runner ignores them."""

    image: ImageName = Field("vaeflow:latest", description="Container image of every step.")
    caching: bool = Field(True, description="Whether Kubeflow reuses the result of a step whose inputs are unchanged.")
    resources: Mapping[StepName, Resources] = Field({}, description="Resources of each step.")


class PipelineConfig(Config):
    """A recipe: the configuration of each step. Every field has a default, so a recipe gives only what differs."""

    description: str = Field("", description="One-line description, shown by `vaeflow recipes`.")
    base: str = Field("", description="Recipe that this one is laid over: the name of a packaged one, or a YAML file.")
    ingest: IngestConfig = Field(IngestConfig(), description="Where the images come from.")
    preprocess: PreprocessConfig = Field(PreprocessConfig(), description="How images become examples, in splits.")
    train: TrainConfig = Field(TrainConfig(), description="The model and its training.")
    features: FeaturesConfig = Field(
        FeaturesConfig(), description="The network in whose features distributions of images are compared."
    )
    evaluate: EvaluateConfig = Field(EvaluateConfig(), description="What is measured, and what is required of it.")
    export: ExportConfig = Field(ExportConfig(), description="How the model is served.")
    publish: PublishConfig = Field(PublishConfig(), description="Where the served model is published.")
    beam: BeamConfig = Field(BeamConfig(), description="The engine of ingest, preprocess and the encoding in evaluate.")
    kubeflow: KubeflowConfig = Field(KubeflowConfig(), description="The pipeline on a cluster.")

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, settings: Any) -> Any:
        """Also read fields under their former names."""
        return renamed(settings) if isinstance(settings, Mapping) else settings
