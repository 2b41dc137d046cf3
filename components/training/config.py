"""The configuration of the step train. Importable without TensorFlow."""

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from vaeflow.components.training.data_config import DataConfig
from vaeflow.models.config import Config
from vaeflow.models.objectives.config import ElboConfig, Objective
from vaeflow.models.registry import DEFAULT
from vaeflow.models.registry import Model as ModelChoice


class TrainConfig(Config):
    """Configuration of the model and its training."""

    model: ModelChoice = DEFAULT
    objective: Objective = ElboConfig()
    data: DataConfig = DataConfig()
    epochs: PositiveInt = 50
    batch_size: PositiveInt = Field(100, description="Number of images per step, over all devices.")
    learning_rate: float = Field(
        1e-3, gt=0, description="Learning rate of Adam; the initial one if the schedule is 'cosine'."
    )
    schedule: Literal["constant", "cosine"] = "constant"
    patience: PositiveInt = Field(
        10, description="Number of epochs without a better validation objective after which training stops."
    )
    seed: int = Field(
        0, ge=0, lt=2**31, description="Seed of the initial weights, the noise and the order of the images."
    )
    strategy: Literal["none", "mirrored", "multi_worker", "tpu"] = "none"
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    xla: bool | None = Field(
        None,
        description="Whether to compile training with XLA; by default where that is possible and faster, so not for "
        "convolutions on a CPU.",
    )
    deterministic: bool = Field(
        False, description="Whether repeated runs are bit-identical; slower, because it excludes XLA."
    )
    memory_budget: PositiveInt = Field(
        2048, description="Maximum size in MiB of a training split that is kept in memory; a larger one is streamed."
    )

    @model_validator(mode="after")
    def _batches_have_room(self) -> Self:
        labelled = self.data.labelled_per_batch
        if labelled and labelled >= self.batch_size:
            raise ValueError(f"data.labelled_per_batch must be below batch_size, {self.batch_size}, got {labelled}")
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
