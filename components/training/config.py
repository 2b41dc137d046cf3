"""The configuration of the step train. Importable without TensorFlow."""

from typing import Literal, Self

from pydantic import Field, model_validator

from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.config import Config
from vaeflow.models.objectives.config import ElboConfig, Objective
from vaeflow.models.quantities import Epochs, Images, LearningRate, OptionalEpochs, Seed
from vaeflow.models.registry import DEFAULT
from vaeflow.models.registry import Model as ModelChoice
from vaeflow.models.semi_supervised.config import SemiSupervisedConfig


class TrainConfig(Config):
    """Configuration of the model and its training."""

    model: ModelChoice = Field(DEFAULT, description="Model to train, by its name.")
    objective: Objective = Field(ElboConfig(), description="What training maximises.")
    data: DataConfig = Field(DataConfig(), description="Labels that training may use.")
    start_from: str | None = Field(
        None,
        min_length=1,
        max_length=4_096,
        description="Run with whose weights training begins instead of random ones, or the path of a model.keras or "
        "its folder. `latest` is the newest finished run with a model that is not part of a study. The layers must be "
        "the same.",
    )
    epochs: OptionalEpochs = Field(
        50,
        description="Maximum number of epochs, after those of the model's earlier phases; 0 keeps the initial weights.",
    )
    batch_size: Images = Field(100, description="Number of images per step, over all devices.")
    learning_rate: LearningRate = Field(
        1e-3, description="Learning rate of Adam; the initial one if the schedule is 'cosine'."
    )
    schedule: Literal["constant", "cosine"] = Field(
        "constant", description="Whether the learning rate stays, or falls to 0 along a cosine over all epochs."
    )
    patience: Epochs = Field(
        10, description="Number of epochs without a better validation objective after which training stops."
    )
    seed: Seed = Field(0, description="Seed of the initial weights, the noise and the order of the images.")
    strategy: Literal["none", "mirrored", "multi_worker", "tpu"] = Field(
        "none",
        description="Devices to train on: one, all of this machine ('mirrored'), those of all workers, or a TPU.",
    )
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", description="Precision of computations; weights are always float32."
    )
    xla: bool | None = Field(
        None,
        description="Whether to compile training with XLA; by default where that is possible and faster, so not for "
        "convolutions on a CPU.",
    )
    deterministic: bool = Field(
        False, description="Whether repeated runs are bit-identical; slower, because it excludes XLA."
    )
    memory_budget: int = Field(
        2048,
        ge=1,
        le=2**30,
        description="Maximum size in MiB of a training or validation split that is kept in memory; a larger one is "
        "streamed.",
    )

    @model_validator(mode="after")
    def _batches_have_room(self) -> Self:
        labelled = self.data.labelled_per_batch
        if labelled and labelled >= self.batch_size:
            raise ValueError(f"data.labelled_per_batch must be below batch_size, {self.batch_size}, got {labelled}")
        return self

    @model_validator(mode="after")
    def _batches_have_both_kinds(self) -> Self:
        if self.data.labelled_per_batch and self.model.labelled_only:
            raise ValueError(
                f"data.labelled_per_batch: leave it out, because {self.model.name} is trained on labelled images alone"
            )
        return self

    @model_validator(mode="after")
    def _classes_are_summed_where_labels_are_in_place(self) -> Self:
        sums_few = isinstance(self.model, SemiSupervisedConfig) and self.model.summed_classes is not None
        if sums_few and not self.data.labelled_per_batch:
            raise ValueError(
                "model.summed_classes needs data.labelled_per_batch, so that images without a label are known"
            )
        return self

    @model_validator(mode="after")
    def _objective_suits_the_model(self) -> Self:
        self.objective.check(self.model)
        return self

    @model_validator(mode="after")
    def _xla_suits_the_rest(self) -> Self:
        if self.xla and self.strategy in ("mirrored", "multi_worker"):
            raise ValueError(f"xla cannot compile the all-reduce of strategy '{self.strategy}'; set xla to false")
        if self.xla and self.deterministic:
            raise ValueError("xla does not guarantee deterministic results: set only one of xla and deterministic")
        return self
